"""Files declared for one side of go-live: mix-ups that stop an audit, and the holes that left-out rows leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId, Source
from clm_audit.exits import UsageError
from clm_audit.measures.daily import CATEGORIES, on_its_side
from clm_audit.measures.engines import Collected, Columns
from clm_audit.measures.model import MetricTotals, SideRows, day_number, to_date

Days = NDArray[np.int64]
CODES = ("hole_at_go_live",)
FROM_A_HOLE = ("one_side_only", "too_short_before", "too_short_after", "no_base", "empty_window", "zero_denominator")
HANDFUL = 5  # rows; so few may be stamps of another time zone
LONGEST_GAP = 14  # days without a row at go-live, for facts that usually come more often than weekly
THIN = 4  # a week with less than a quarter of the rows left out is not covered by the other side
USUAL = 90  # percentile of a fact's silences that is taken as usual
NAMES = {
    "orders": "orders",
    "tickets": "tickets",
    "sends": "campaigns",
    "campaigns": "campaigns",
    "spend": "spend",
    "series": "ready-made metrics",
}
STANDS_ON: Mapping[MetricId, tuple[str, ...]] = {
    "purchase_frequency": ("orders",),
    "transaction_size": ("orders",),
    "service_cost": ("tickets", "spend.service", "orders"),
    "campaign_response": ("sends", "campaigns"),
    "acquisition_cost": ("spend.acquisition", "orders"),
    "retention_cost": ("spend.retention", "orders"),
}


def refuse_mixed_up(plan: AuditPlan, daily: Collected) -> None:
    """Raise :class:`UsageError` when what was declared *before* and *after* cannot be that.

    Either the sides hold different facts (one folder for each system), or their files are swapped.
    """
    _refuse_disjoint(plan, daily)
    for fact in NAMES:
        if fact in daily and (found := _both(daily[fact])):
            _refuse_swapped(plan, fact, *found)
            return


def _counted(columns: Columns) -> NDArray[Any]:
    found: NDArray[Any] = columns.get("counted", columns["rows"])
    return found


def _both(columns: Columns) -> tuple[Columns, Columns] | None:
    """The rows that count of the files declared *before* and *after*, when there are some of both."""
    parts = []
    for side in (-1, 1):
        kept = (columns["side"] == side) & (_counted(columns) > 0)
        parts.append({"day": columns["day"][kept], "counted": _counted(columns)[kept]})
    return (parts[0], parts[1]) if all(part["day"].size for part in parts) else None


def _refuse_disjoint(plan: AuditPlan, daily: Collected) -> None:
    facts: dict[int, list[str]] = {-1: [], 0: [], 1: []}
    for fact, name in NAMES.items():
        for side, names in facts.items():
            there = fact in daily and (_counted(daily[fact])[daily[fact]["side"] == side] > 0).any()
            if there and name not in names:
                names.append(name)
    before, after = facts[-1], facts[1]
    ready_made = NAMES["series"] in (*before, *after)  # may hold any metric, so may fit the other side's facts
    if facts[0] or ready_made or not before or not after or set(before) & set(after):
        return
    first, second = (_place(plan, side) for side in ("before", "after"))
    raise UsageError(
        f"{first} holds only {' and '.join(before)} and {second} only {' and '.join(after)}; "
        "two folders mean before and after",
        hint="put them in one folder and give --go-live, or name sources in clm-audit.yaml",
    )


def _place(plan: AuditPlan, side: str) -> str:
    """How to call what was declared for a side: its folder, when there is just one."""
    found = [source for source in plan.sources if source.side == side]
    return _shown(found[0], plan.root) if len(found) == 1 else f"the {side} side"


def _shown(source: Source, root: Path) -> str:
    path = root / source.path
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return f"{name}/" if path.is_dir() else name


def _refuse_swapped(plan: AuditPlan, fact: str, before: Columns, after: Columns) -> None:
    """The after side must not start first, unless a given date says that it holds imported history."""
    first, second = int(before["day"].min()), int(after["day"].min())
    if plan.go_live is None:
        swapped = second < first
        if second == first:
            raise UsageError(
                f"the {NAMES[fact]} of both sides start {to_date(first)}, so go-live cannot be told from them",
                hint="give --go-live YYYY-MM-DD",
            )
    else:
        live = day_number(plan.go_live)
        wrong = _most(before, before["day"] >= live) and _most(after, after["day"] < live)
        swapped = wrong and second < first and int(after["day"].max()) < int(before["day"].max())
    if swapped:
        folders = plan.origins.get("sources", "command line").startswith("command line")
        one, other = ("second folder", "first") if folders else ("after side", "before side")
        raise UsageError(
            f"The {one}'s {NAMES[fact]} start {to_date(second)}, earlier than the {other}'s ({to_date(first)}): "
            f"are the {'folders' if folders else 'sides'} swapped?",
            hint=f"give the one from before go-live first; where the {one} holds imported history, give --go-live"
            if folders
            else f"swap side: before and side: after; where the {one} holds imported history, give go_live",
        )


def _most(columns: Columns, chosen: NDArray[np.bool_]) -> bool:
    return bool(2 * columns["counted"][chosen].sum() > columns["counted"].sum())


def side_rows(daily: Collected, go_live: int, washout: int) -> dict[str, SideRows]:
    """What became of the rows of each fact that has files declared for one side; ``washout`` in weeks.

    Responses are left out of this: answers to mail from before go-live do come after it.
    """
    return {
        fact: _rows(columns, go_live, washout) for fact, columns in _facts(daily) if bool((columns["side"] != 0).any())
    }


def hole(rows: SideRows) -> bool:
    """Whether the sides leave a hole in a fact: weeks that neither has, or a silence next to go-live."""
    return rows.lost > HANDFUL or max(rows.gap_before, rows.gap_after) > rows.usual_gap


def held_back(sides: Mapping[str, SideRows], found: MetricTotals) -> NotAssessable | None:
    """Why no change of a metric can be told: the hole that the sides leave in what it stands on, else its own reason.

    Reasons that such a hole itself brings about (:data:`FROM_A_HOLE`) would send the reader after the wrong thing.
    """
    if found.missing is not None and found.missing.code not in FROM_A_HOLE:
        return found.missing
    for fact in ("series",) if found.how.get("source") == "series" else _stands_on(found):
        if fact in sides and hole(rows := sides[fact]):
            days = max(rows.gap_before, rows.gap_after)
            return NotAssessable(code="hole_at_go_live", detail={"fact": fact, "lost": rows.lost, "days": days})
    return found.missing


def _stands_on(found: MetricTotals) -> tuple[str, ...]:
    """The facts of a metric that could have a hole; of the lifecycle's, those that orders alone tell."""
    if found.metric in STANDS_ON:
        return STANDS_ON[found.metric]
    return ("orders",) if found.how.get("lost_by") == "orders" or found.metric == "repeat_purchase_rate" else ()


def _facts(daily: Collected) -> Iterator[tuple[str, Columns]]:
    """Facts as coverages call them, with only the rows that count; spend by its categories."""
    for fact in NAMES:
        if fact not in daily:
            continue
        columns = daily[fact]
        kept = _counted(columns) > 0
        if fact != "spend":
            yield fact, _part(columns, kept)
            continue
        for code, category in enumerate(CATEGORIES):
            yield f"spend.{category}", _part(columns, kept & (columns["category"] == code))


def _part(columns: Mapping[str, NDArray[Any]], kept: NDArray[np.bool_]) -> Columns:
    until = columns["until"] if "until" in columns else columns["day"] + 1
    found = {"side": columns["side"], "day": columns["day"], "until": until, "counted": _counted(columns)}
    return {name: values[kept] for name, values in found.items()}


def _rows(columns: Columns, go_live: int, washout: int) -> SideRows:
    right = on_its_side(columns, go_live)
    kept, lost = ({name: values[rows] for name, values in columns.items()} for rows in (right, ~right))
    early, late = kept["day"] < go_live, kept["until"] > go_live
    ends = int(kept["until"][early].max()) if early.any() else go_live
    starts = int(kept["day"][late].min()) if late.any() else go_live
    rows, weeks = _uncovered(kept, lost, go_live)
    return SideRows(
        wrong=int(lost["counted"].sum()),
        lost=rows,
        lost_weeks=weeks,
        gap_before=max(0, go_live - ends),
        gap_after=max(0, starts - (go_live + 7 * washout)),
        usual_gap=_usual(kept, go_live),
    )


def _usual(kept: Columns, go_live: int) -> int:
    """The longest stretch of days without a row that is no hole: twice the usual silence, at least two weeks.

    The silence at go-live itself is not asked: it is what is looked at.
    """
    days, place = np.unique(kept["day"], return_inverse=True)
    ends = np.zeros(days.size, dtype=np.int64)
    np.maximum.at(ends, place, kept["until"])
    silences = np.maximum(days[1:] - np.maximum.accumulate(ends)[:-1] + 1, 0)
    silences = silences[~((days[:-1] < go_live) & (days[1:] >= go_live))]
    return max(LONGEST_GAP, int(2 * np.percentile(silences, USUAL))) if silences.size else LONGEST_GAP


def _uncovered(kept: Columns, lost: Columns, go_live: int) -> tuple[int, int]:
    """Rows left out in weeks (counted from go-live) that the other side does not cover, and those weeks.

    Rows from beyond both ends of what counts leave no hole: they would only make the history longer.
    """
    begin, end = (kept["day"] - go_live) // 7, (kept["until"] - 1 - go_live) // 7
    inside = np.ones(lost["day"].size, dtype=bool)
    if (begin < 0).any():
        inside &= lost["day"] >= kept["day"].min()
    if (end >= 0).any():
        inside &= lost["day"] < kept["until"].max()
    if not inside.any():
        return 0, 0
    week = (lost["day"][inside] - go_live) // 7
    first, last = int(week.min()), int(week.max())
    size = last - first + 1
    out = np.bincount(week - first, weights=lost["counted"][inside], minlength=size)
    steps = np.zeros(size + 1)
    there = (begin <= last) & (end >= first)
    np.add.at(steps, np.maximum(begin[there] - first, 0), kept["counted"][there])
    np.add.at(steps, np.minimum(end[there] - first, size - 1) + 1, -kept["counted"][there])
    bare = (out > 0) & (THIN * np.cumsum(steps)[:-1] < out)
    return int(out[bare].sum()), int(bare.sum())
