"""Are the two windows comparable? Order, length, season, time since go-live, holes, time zone."""

from __future__ import annotations

import numpy as np

from clm_audit.config.plan import METRIC_IDS, MetricId
from clm_audit.measures.model import Calendar, Measured, MetricTotals, SideRows, to_date
from clm_audit.measures.sides import HANDFUL, hole
from clm_audit.verdict.checks.base import Subject, Value, headers_only, made, read, touched
from clm_audit.verdict.model import Check

ONE_SIDED = ("handling_time_one_side", "one_side_only")  # why measuring found no series
CODES = (
    "windows_overlap",
    "windows_equal",
    "windows_unequal",
    "season_matches",
    "season_differs",
    "go_live_inside",
    "go_live_outside",
    "go_live_derived",
    "after_long",
    "after_early",
    "after_short",
    "coverage_full",
    "coverage_partial",
    "coverage_unknown",
    "sides_clear",
    "sides_covered",
    "sides_hole",
    "sides_end_early",
    "sides_start_late",
    "weeks_whole",
    "weeks_missing",
    "weeks_mostly_missing",
    "weeks_not_positive",
    "weeks_unknown",
    "tracking_both_sides",
    "tracking_starts_at_go_live",
    "tracking_unknown",
    *ONE_SIDED,
    "timezone_stated",
    "timezone_assumed",
    "timezone_unknown",
    "windows_unknown",
)
SHORT_WEEKS, EARLY_WEEKS = 13, 39  # three months; full return usually takes nine to twelve
UNEQUAL = 0.1
SEASON_APART = 0.15  # share of the days that fall into other months of the year
MISSING_WARN, MISSING_FAIL = 0.05, 0.25
STEADY: tuple[MetricId, ...] = ("purchase_frequency", "transaction_size", "service_cost")
EDGE_DAYS = 7
NEAR_DAYS = 28
TRACKED = ("tickets", "sends", "campaigns", "spend.acquisition", "spend.retention", "spend.service")


def windows(subject: Subject) -> Check:
    """The windows must not overlap, and should be about equally long."""
    measured = subject.measured
    if measured is None:
        return made("windows", "unknown", "windows_unknown", METRIC_IDS)
    (start, end), (start_after, end_after) = measured.calendar.before, measured.calendar.after
    weeks = {"before": round((end - start) / 7, 1), "after": round((end_after - start_after) / 7, 1)}
    if end > start_after:
        return made("windows", "fail", "windows_overlap", METRIC_IDS, days=end - start_after)
    longer, shorter = max(weeks.values()), min(weeks.values())
    if longer > (1 + UNEQUAL) * shorter:
        return made("windows", "warn", "windows_unequal", METRIC_IDS, **weeks)
    return made("windows", "pass", "windows_equal", METRIC_IDS, **weeks)


def season(subject: Subject) -> Check:
    """The windows should hold the same months, or season alone makes a difference."""
    measured = subject.measured
    if measured is None:
        return made("season", "unknown", "windows_unknown", METRIC_IDS)
    apart = month_distance(measured.calendar.before, measured.calendar.after)
    if apart > SEASON_APART:
        return made("season", "warn", "season_differs", METRIC_IDS, share=apart)
    return made("season", "pass", "season_matches", METRIC_IDS, share=apart)


def go_live(subject: Subject) -> Check:
    """Go-live must lie inside the data, with data on both sides of it."""
    measured = subject.measured
    if measured is None or not measured.calendar.coverage:
        return made("go_live", "unknown", "windows_unknown", METRIC_IDS)
    calendar = measured.calendar
    first = min(start for start, _ in calendar.coverage.values())
    last = max(end for _, end in calendar.coverage.values()) - 1
    days = {name: to_date(day).isoformat() for name, day in (("go_live", calendar.go_live), ("first", first))}
    days["last"] = to_date(last).isoformat()
    if not first < calendar.go_live <= last:
        return made("go_live", "fail", "go_live_outside", METRIC_IDS, **days)
    if calendar.derived_go_live:
        return made("go_live", "warn", "go_live_derived", METRIC_IDS, **days)
    return made("go_live", "pass", "go_live_inside", METRIC_IDS, **days)


def after_length(subject: Subject) -> Check:
    """Enough time since go-live for results to show."""
    measured = subject.measured
    if measured is None:
        return made("after_length", "unknown", "windows_unknown", METRIC_IDS)
    weeks = (measured.calendar.after[1] - measured.calendar.go_live) / 7
    if weeks < SHORT_WEEKS:
        return made("after_length", "warn", "after_short", METRIC_IDS, weeks=round(weeks, 1))
    code = "after_early" if weeks < EARLY_WEEKS else "after_long"
    return made("after_length", "pass", code, METRIC_IDS, weeks=round(weeks, 1))


def coverage(subject: Subject) -> Check:
    """Each fact should reach over both windows; half-covered weeks are dropped, half-covered windows warn."""
    measured = subject.measured
    if measured is None or not measured.calendar.coverage:
        return made("coverage", "unknown", "coverage_unknown")
    calendar = measured.calendar
    used = [fact for fact in read(calendar.coverage) if touched([fact]) and fact != "spend"]  # its categories are
    short = {fact: days for fact in used if (days := _uncovered(calendar, fact)) > EDGE_DAYS}
    if not short:
        return made("coverage", "pass", "coverage_full")
    fact = max(short, key=lambda name: (short[name], name))
    return made("coverage", "warn", "coverage_partial", touched(short), fact=fact, days=short[fact], facts=len(short))


def sides(subject: Subject) -> Check:
    """Rows on the wrong side for their file are left out; where the other side has nothing, that is a hole.

    A hole next to go-live empties the base of active customers, which looks like a change in how they buy.
    """
    measured = subject.measured
    if measured is None:
        return made("sides", "unknown", "windows_unknown", METRIC_IDS)
    found = {fact: rows for fact, rows in measured.calendar.sides.items() if touched([fact])}
    holes = {fact: rows for fact, rows in found.items() if hole(rows)}
    wrong = {fact: rows for fact, rows in found.items() if rows.wrong > HANDFUL}
    total = sum(rows.wrong for rows in found.values())
    if holes:
        fact, worst = max(holes.items(), key=lambda item: (item[1].lost, item[1].gap_before + item[1].gap_after))
        code, evidence = _hole(worst)
        return made("sides", "fail", code, touched(holes), **evidence, fact=fact, facts=len(holes), rows=total)
    if wrong:
        fact = max(wrong, key=lambda name: wrong[name].wrong)
        evidence = {"fact": fact, "rows": wrong[fact].wrong, "facts": len(wrong)}
        return made("sides", "warn", "sides_covered", touched(wrong), **evidence)
    return made("sides", "pass", "sides_clear", touched(found), rows=total)


def missing_weeks(subject: Subject) -> Check:
    """Periods without any event inside the windows, for what should happen every week.

    Campaigns come when they come, and spend is booked when it is booked, so neither is looked at.
    """
    measured = subject.measured
    steady = [item for item in measured.metrics if item.metric in STEADY] if measured else []
    steady = [item for item in steady if item.how.get("cost_source") != "spend"]
    holes = [(item.metric, *_holes(measured, item)) for item in steady]
    seen = [(metric, missing, of) for metric, missing, of in holes if of]
    if not seen:
        return made("missing_weeks", "unknown", "weeks_unknown")
    worst = max(seen, key=lambda hole: hole[1] / hole[2])
    evidence: dict[str, Value] = {"periods": worst[1], "of": worst[2], "metric": worst[0]}
    eaten = next(int(item.how.get("not_positive", 0)) for item in steady if item.metric == worst[0])
    for limit, status, code in (
        (MISSING_FAIL, "fail", "weeks_mostly_missing"),
        (MISSING_WARN, "warn", "weeks_missing"),
    ):
        if worst[1] > limit * worst[2]:
            metrics = tuple(metric for metric, missing, of in seen if missing > limit * of)
            code = "weeks_not_positive" if 2 * eaten > worst[1] else code
            return made("missing_weeks", "fail" if status == "fail" else "warn", code, metrics, **evidence)
    return made("missing_weeks", "pass", "weeks_whole", tuple(metric for metric, _, _ in seen))


def tracking_start(subject: Subject) -> Check:
    """A fact or field that only exists from go-live on cannot be compared with before."""
    measured = subject.measured
    if measured is None:
        return made("tracking_start", "unknown", "tracking_unknown")
    for code in ONE_SIDED:
        missing = {item.metric: item.missing for item in measured.metrics if item.missing and item.missing.code == code}
        if missing:
            detail = next(iter(missing.values())).detail
            said: dict[str, Value] = {name: detail[name] for name in ("fact", "side") if name in detail}
            return made("tracking_start", "fail", code, tuple(missing), metrics_touched=len(missing), **said)
    calendar = measured.calendar
    known = read(fact for fact in TRACKED if fact in calendar.coverage)
    late = [fact for fact in known if _one_sided(calendar, fact)]
    if late:
        first, _ = calendar.coverage[late[0]]
        evidence: dict[str, Value] = {"fact": late[0], "first": to_date(first).isoformat(), "facts": len(late)}
        return made("tracking_start", "fail", "tracking_starts_at_go_live", touched(late), **evidence)
    if not known:
        return made("tracking_start", "unknown", "tracking_unknown")
    return made("tracking_start", "pass", "tracking_both_sides", touched(known))


def timezone(subject: Subject) -> Check:
    """Stamps without a zone were read in the audit's zone; when nobody chose it, day limits may be off."""
    if headers_only(subject):
        return made("timezone", "unknown", "nothing_read")
    naive = subject.count("dates.naive")
    zone = subject.plan.timezone
    if naive is None:
        return made("timezone", "unknown", "timezone_unknown", zone=zone)
    if naive and subject.plan.origins.get("timezone", "default") == "default":
        return made("timezone", "warn", "timezone_assumed", METRIC_IDS, zone=zone, stamps=naive)
    return made("timezone", "pass", "timezone_stated", zone=zone)


def month_distance(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Share of the days (0–1) that would have to move to another month to make the two month mixes equal."""
    return float(np.abs(_months(before) - _months(after)).sum() / 2)


def _months(window: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    counts = np.bincount([to_date(day).month - 1 for day in range(*window)], minlength=12)
    return np.asarray(counts / max(1, counts.sum()), dtype=np.float64)


def _uncovered(calendar: Calendar, fact: str) -> int:
    first, end = calendar.coverage[fact]
    return max(0, first - calendar.before[0], calendar.after[1] - end)


def _holes(measured: Measured | None, item: MetricTotals) -> tuple[int, int]:
    """Missing periods and all periods of one metric that start inside a window."""
    if measured is None or item.missing is not None or not len(item.num):
        return 0, 0
    calendar = measured.calendar
    inside = np.zeros(len(item.start), dtype=bool)
    for start, end in (calendar.before, calendar.after):
        inside |= (item.start >= start) & (item.start < end)
    missing = ~np.isfinite(item.num / np.where(item.den > 0, item.den, np.nan))
    return int((missing & inside).sum()), int(inside.sum())


def _hole(rows: SideRows) -> tuple[str, dict[str, Value]]:
    """The code and numbers of the hole that the sides leave in a fact."""
    if rows.lost > HANDFUL:
        return "sides_hole", {"lost": rows.lost, "weeks": rows.lost_weeks}
    if rows.gap_before > rows.usual_gap:
        return "sides_end_early", {"days": rows.gap_before}
    return "sides_start_late", {"days": rows.gap_after}


def _one_sided(calendar: Calendar, fact: str) -> bool:
    first, end = calendar.coverage[fact]
    starts_there = first >= calendar.go_live - NEAR_DAYS > calendar.span[0]
    return starts_there or end <= calendar.go_live + EDGE_DAYS
