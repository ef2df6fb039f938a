"""When the audit looks: windows, weeks, coverage and the length of periods, from counts per day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.plan import LIFECYCLE_IDS, AuditPlan, Window
from clm_audit.exits import DataError, Problem, UsageError
from clm_audit.measures import coverage
from clm_audit.measures.coverage import (
    DayCounts,
    Span,
    acquired_by,
    covered_spans,
    day_counts,
    fact_ends,
    response_days,
    spend_is_monthly,
)
from clm_audit.measures.daily import CATEGORIES, LIFE, on_its_side
from clm_audit.measures.engines import Collected, Columns
from clm_audit.measures.model import Calendar, Cells, day_number, to_date
from clm_audit.measures.sides import refuse_mixed_up, side_rows
from clm_audit.measures.totals import only

YEAR_WEEKS = 52
EVENTS_PER_PERIOD = 25
RETAINED_WEEKS = 4  # a customer is counted as retained once in each; a span that varied would change the figure
LEADING = (*coverage.LEADING, *LIFE)


def _leading(covered: Mapping[str, Span], go_live: int, data: Span) -> Span:
    """The days that the default windows are cut from: those of the orders, else of the next fact on both sides.

    Books often reach further than sales do; a window that only they fill would compare unequal seasons.
    """
    for fact in LEADING:
        if fact in covered and covered[fact][0] < go_live < covered[fact][1]:
            return covered[fact]
    return data


def go_live_day(plan: AuditPlan, daily: Collected) -> tuple[int, bool]:
    """The day of go-live, and whether it was taken from the data (first day of the *after* files).

    Raises :class:`UsageError` when the plan gives none and no file was declared *after*.
    """
    if plan.go_live is not None:
        return day_number(plan.go_live), False
    dated = [daily[fact] for fact in ("orders", "tickets", "sends", "campaigns", "spend", "series") if fact in daily]
    for columns in dated:
        days = columns["day"][(columns["side"] > 0) & (columns.get("counted", columns["rows"]) > 0)]
        if days.size:
            return int(days.min()), True
    raise UsageError("no go-live date", hint="give --go-live YYYY-MM-DD, or a folder before and a folder after")


def _given(window: Window) -> Span:
    return day_number(window.start), day_number(window.end)


def _default_windows(go_live: int, washout: int, data: Span) -> tuple[Span, Span]:
    """Equal spans of whole weeks in the same seasons, as far as the data allow: with whole years on both sides the last
    ones before go-live and the latest after it, so that each further quarter of data moves the second on."""
    start = go_live + 7 * washout
    n_before, n_after = (go_live - data[0]) // 7, (data[1] - start) // 7
    if n_after < 1 or n_before < 1:
        first = go_live - 7 * min(n_before, YEAR_WEEKS) if n_before >= 1 else data[0]
        last = start + 7 * min(n_after, YEAR_WEEKS) if n_after >= 1 else max(start, data[1])
        return (first, go_live), (start, last)
    if min(n_before, n_after) >= YEAR_WEEKS:
        weeks = YEAR_WEEKS * (min(n_before, n_after) // YEAR_WEEKS)
        last = start + 7 * n_after
        return (go_live - 7 * weeks, go_live), (last - 7 * weeks, last)
    if n_before >= YEAR_WEEKS:
        weeks = min(n_after, YEAR_WEEKS - washout)
        after = (start, start + 7 * weeks)
        return (after[0] - 7 * YEAR_WEEKS, after[1] - 7 * YEAR_WEEKS), after
    weeks = min(n_before, n_after)
    return (go_live - 7 * weeks, go_live), (start, start + 7 * weeks)


def _windows(plan: AuditPlan, go_live: int, data: Span) -> tuple[Span, Span]:
    """The windows of the plan; one that it leaves out mirrors the other."""
    if plan.before and plan.after:
        return _given(plan.before), _given(plan.after)
    if plan.after:
        after = _given(plan.after)
        year = 7 * YEAR_WEEKS
        shift = year * max(1, -((go_live - after[1]) // year))
        if after[0] - shift >= data[0]:
            return (after[0] - shift, after[1] - shift), after
        return (max(data[0], go_live - (after[1] - after[0])), go_live), after
    if plan.before:
        before = _given(plan.before)
        start = go_live + 7 * plan.washout_weeks
        weeks = min(before[1] - before[0], data[1] - start) // 7
        return before, (start, max(start, start + 7 * weeks))
    return _default_windows(go_live, plan.washout_weeks, data)


def _snapped(window: Span, rows: Columns, go_live: int) -> Span:
    """A window moved to the bounds of the ready-made rows that count in it: those whose middle lies inside.

    Months do not end where weeks do, and a window that says less or more than what is summed would be untrue.
    """
    middle = (rows["day"] + rows["until"] - 1) / 2
    kept = (middle >= window[0]) & (middle < window[1]) & on_its_side(rows, go_live)
    kept &= (rows["until"] <= go_live) | (rows["day"] >= go_live)
    if not kept.any():
        return window
    return int(rows["day"][kept].min()), int(rows["until"][kept].max())


def _refuse_windows_elsewhere(plan: AuditPlan, go_live: int, data: Span) -> None:
    """Raises :class:`UsageError` for each window of the plan that the data do not reach, or on the wrong side."""
    problems: list[Problem] = []
    whole = f"{to_date(data[0])} to {to_date(data[1] - 1)}"
    for name, window, wrong in (
        ("before", plan.before, plan.before is not None and day_number(plan.before.start) >= go_live),
        ("after", plan.after, plan.after is not None and day_number(plan.after.end) <= go_live),
    ):
        if window is None:
            continue
        said = f"windows.{name} is {window.start} to {window.end}"
        if day_number(window.end) <= data[0] or day_number(window.start) >= data[1]:
            hint = "give a window inside the data, or leave it out"
            problems.append(Problem(f"{said}, and the data reach from {whole}", hint=hint))
        elif wrong:
            text = f"{said}, which does not lie {name} go-live {to_date(go_live)}"
            problems.append(Problem(text, hint="change the window or the go-live date"))
    if problems:
        raise UsageError(problems=tuple(problems))


def season_aligned(before: Span, after: Span) -> bool:
    """Whether both windows hold the same seasons: equal length, and whole years or whole years apart (a week's slack).

    >>> season_aligned((0, 364), (364, 728)), season_aligned((0, 182), (182, 364))
    (True, False)
    """

    def whole_years(days: int) -> bool:
        years = round(days / 365.2425)
        return years > 0 and abs(days - years * 365.2425) <= 7

    lengths = before[1] - before[0], after[1] - after[0]
    if abs(lengths[0] - lengths[1]) > 7:
        return all(whole_years(length) for length in lengths)
    return whole_years(lengths[0]) or whole_years(after[0] - before[0])


def base_span(history_weeks: int) -> int:
    """Weeks of the active base: the longest of 52, 26, 13 that leaves half a year of history after warm-up.

    >>> base_span(78), base_span(77), base_span(51)
    (52, 26, 13)
    """
    return next((weeks for weeks in (52, 26) if history_weeks - weeks >= 26), 13)


def weeks_per_period(day: NDArray[np.int64], count: NDArray[Any], go_live: int, choices: tuple[int, ...]) -> int:
    """The shortest period (in weeks, of ``choices``) with a median of at least 25 events, else the longest.

    >>> weeks_per_period(np.arange(0, 84), np.full(84, 2), 42, (1, 2, 4))
    2
    """
    for weeks in choices[:-1]:
        period = (day - go_live) // (7 * weeks)
        sums = np.bincount(period - period.min(), weights=count) if period.size else np.zeros(1)
        if float(np.median(sums)) >= EVENTS_PER_PERIOD:
            return weeks
    return choices[-1]


def settled(calendar: Calendar, daily: Collected, counts: Mapping[str, DayCounts], gaps: Cells | None) -> Calendar:
    """The calendar with the periods of ``retained``, and of ``acquired`` where only the totals can tell them.

    Monthly spend makes 4-week periods: spread evenly, it holds no shorter signal.
    """
    merge = dict(calendar.merge)
    if gaps is not None and acquired_by(counts, calendar.go_live) == "first order seen":
        first = only(gaps, gap=0)
        merge["acquired"] = _weeks_for(calendar, first.keys["week"], first.values["customers"])
    if gaps is not None:
        merge["retained"] = RETAINED_WEEKS
    if "acquired" in merge and "spend" in daily and spend_is_monthly(daily["spend"], CATEGORIES.index("acquisition")):
        merge["acquired"] = 4
    return replace(calendar, merge=merge)


def _weeks_for(calendar: Calendar, week: NDArray[np.int64], count: NDArray[Any]) -> int:
    seen = week >= calendar.base_from
    day = calendar.go_live + 7 * week[seen]
    return weeks_per_period(day, count[seen], calendar.go_live, (1, 2, 4))


def resolve(plan: AuditPlan, daily: Collected) -> Calendar:
    """Windows, coverage and periods from the counts per day of :func:`daily.daily_frames`.

    ``merge`` holds orders, tickets, sends and acquired (by the system's date) here; those that need the
    totals are added after the reduction. Raises :class:`DataError` when go-live lies
    outside the data, :class:`UsageError` when there is no go-live.
    """
    refuse_mixed_up(plan, daily)
    everything = day_counts(daily, None)
    go_live, derived = go_live_day(plan, daily)
    counts = day_counts(daily, go_live)
    ends = fact_ends(daily, counts)
    data = _data_around(go_live, ends, fact_ends(daily, everything))
    before, after = _windows(plan, go_live, _leading(covered_spans(ends, counts, data), go_live, data))
    _refuse_windows_elsewhere(plan, go_live, data)
    if not (plan.before or plan.after) and "series" in counts and not set(LEADING) & set(counts) - {"series"}:
        before, after = (_snapped(window, daily["series"], go_live) for window in (before, after))
    span = data[0], max(after[1], go_live)
    covered = covered_spans(ends, counts, (data[0], min(span[1], data[1])))
    active = covered.get("orders", span)
    base = base_span((go_live - active[0]) // 7)
    return Calendar(
        go_live=go_live,
        span=span,
        before=before,
        after=after,
        base_weeks=base,
        base_from=-((go_live - active[0]) // 7) + base - 1,
        coverage={fact: covered[fact] for fact in sorted(covered)},
        merge=_merge(counts, response_days(daily, go_live, plan.response), go_live, span),
        season_aligned=season_aligned(before, after),
        washout_weeks=plan.washout_weeks,
        derived_go_live=derived,
        sides=side_rows(daily, go_live, plan.washout_weeks),
        inactivity_weeks=plan.inactivity_weeks if any(plan.metric(each).enabled for each in LIFECYCLE_IDS) else 0,
    )


def _data_around(go_live: int, ends: Mapping[str, Span], everything: Mapping[str, Span]) -> Span:
    """First and last day + 1 of the rows on their side, which must lie around go-live.

    ``everything``: the ends of all rows, on whichever side; what a message names is what the files hold.
    """
    whole = _hull(everything)
    if not whole[0] <= go_live < whole[1]:
        raise DataError(
            f"go-live {to_date(go_live)} lies outside the data, {to_date(whole[0])} to {to_date(whole[1] - 1)}",
            hint="give a go-live between the first and the last day, or exports that reach around it",
        )
    data = _hull(ends) if ends else (go_live, go_live)
    if not data[0] <= go_live < data[1]:
        where = "before lies before" if not ends or data[0] > go_live else "after lies on or after"
        raise DataError(
            f"no row of the files declared {where} go-live {to_date(go_live)}; "
            f"all files together reach from {to_date(whole[0])} to {to_date(whole[1] - 1)}",
            hint="give one folder with everything, leave side: out of the config for files that hold both sides, "
            "or give the right go-live date",
        )
    return data


def _hull(ends: Mapping[str, Span]) -> Span:
    return min(first for first, _ in ends.values()), max(last for _, last in ends.values())


def _merge(counts: Mapping[str, DayCounts], responses: DayCounts | None, go_live: int, span: Span) -> dict[str, int]:
    """Weeks per period for what the counts per day can tell."""
    sent = counts.get("sends") or counts.get("campaigns")
    merge: dict[str, int] = {}
    for key, found, choices in (
        ("orders", counts.get("orders"), (1, 2, 4)),
        ("tickets", counts.get("tickets"), (1, 2, 4)),
        ("sends", (responses or sent) if sent else None, (2, 4)),
        ("acquired", counts.get("acquired"), (1, 2, 4)),
    ):
        if found is not None:
            inside = (found.day >= span[0]) & (found.day < span[1])
            merge[key] = weeks_per_period(found.day[inside], found.count[inside], go_live, choices)
    return merge
