"""What each fact covers, from its counts per day: first and last day, silences, and dates that mislead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.daily import CATEGORIES, KINDS, LIFE, on_its_side
from clm_audit.measures.engines import Collected, Columns

LONGEST_SILENCE = 35  # days; a longer gap at an end of the data is an end, whatever gaps lie inside
LONG_ROW = 27  # days; spend or series rows from here on are monthly
SELDOM_LEAST, SELDOM_DAYS = 3, 14  # days with an entry, and how far apart on average, from which bookings are monthly
IMPORT_WEEKS, IMPORT_SHARE, IMPORT_LEAST = 8, 0.2, 20
LEADING = ("orders", "series", "tickets", "sends", "campaigns")
Span = tuple[int, int]
Side = Literal["before", "after"]
PREFERENCE = ("responded", "converted", "clicked")
AcquiredBy = Literal["system", "first order seen"]


@dataclass(frozen=True)
class DayCounts:
    """Events of one fact per day (rows on their side of go-live that count), days ascending."""

    day: NDArray[np.int64]
    count: NDArray[np.int64]

    @property
    def ends(self) -> Span:
        """First day, last day + 1."""
        return int(self.day[0]), int(self.day[-1]) + 1


def _counts(columns: Columns, day: str, count: NDArray[np.int64]) -> DayCounts | None:
    kept = count > 0
    days, place = np.unique(columns[day][kept], return_inverse=True)
    if not days.size:
        return None
    sums = np.zeros(days.size, dtype=np.int64)
    np.add.at(sums, place, count[kept])
    return DayCounts(days, sums)


def day_counts(daily: Collected, go_live: int | None) -> dict[str, DayCounts]:
    """Counted events per day for each fact that has any; ``go_live`` None leaves the sides alone.

    Facts: orders, tickets, sends, responses, campaigns, spend (and ``spend.<category>``), series, acquired; where
    there is none but the last, those of the lifecycle.
    """
    found: dict[str, DayCounts | None] = {}
    for fact, columns in daily.items():
        if fact == "customers":
            found["acquired"] = _counts(columns, "acquired", columns["counted"])
            continue
        kept = np.ones(columns["day"].size, dtype=bool) if go_live is None else on_its_side(columns, go_live)
        counted = np.where(kept, columns.get("counted", columns["rows"]), 0)
        found[fact] = _counts(columns, "day", counted)
        if fact == "spend":
            for code, category in enumerate(CATEGORIES):
                found[f"spend.{category}"] = _counts(columns, "day", counted * (columns["category"] == code))
    known = {fact: counts for fact, counts in found.items() if counts is not None}
    leading = any(fact in known for fact in LEADING)
    return {fact: counts for fact, counts in known.items() if fact not in LIFE or not leading}


def fact_ends(daily: Collected, counts: Mapping[str, DayCounts]) -> dict[str, Span]:
    """First day and last day + 1 of each fact; rows that cover a span reach to its end."""
    ends = {fact: found.ends for fact, found in counts.items() if fact != "acquired"}
    for fact, span in ends.items():
        table = fact.partition(".")[0]
        if table in ("spend", "series"):
            columns = daily[table]
            mine = columns["day"] < span[1]
            if "." in fact:
                mine &= columns["category"] == CATEGORIES.index(fact.partition(".")[2])
            until = int(columns["until"][mine].max())
            # a licence paid a year ahead says nothing about how far the books go
            ends[fact] = (span[0], until if table == "series" else min(until, span[1] + LONGEST_SILENCE))
    return ends


def covered_spans(ends: Mapping[str, Span], counts: Mapping[str, DayCounts], data: Span) -> dict[str, Span]:
    """What each fact covers: a silence at an end of the data no longer than one inside is not an end."""
    covered: dict[str, Span] = {}
    for fact, (first, last) in ends.items():
        gaps = np.diff(counts[fact].day)
        silence = min(int(gaps.max()), LONGEST_SILENCE) if gaps.size else 0
        covered[fact] = (
            data[0] if first - data[0] < silence else max(first, data[0]),
            data[1] if data[1] - last < silence else min(last, data[1]),
        )
    if "acquired" in counts:
        covered["acquired"] = data
    return covered


def spend_is_monthly(columns: Columns, code: int) -> bool:
    """Whether most of a category's spend comes in rows that cover a month or more, or is booked about once a month."""
    mine = columns["category"] == code
    days = np.unique(columns["day"][mine])
    if days.size >= SELDOM_LEAST and days[-1] - days[0] >= SELDOM_DAYS * (days.size - 1):
        return True
    long = mine & (columns["until"] - columns["day"] >= LONG_ROW)
    cents = np.abs(columns["cents"].astype(np.float64))
    return bool(cents[long].sum() * 2 > cents[mine].sum())


def acquired_by(counts: Mapping[str, DayCounts], go_live: int) -> AcquiredBy:
    """Which date makes a customer new: the system's own, unless it is missing on a side or was imported.

    An import shows as one day that holds more than a fifth (and at least 20) of the dates within eight
    weeks of go-live.
    """
    found = counts.get("acquired")
    if found is None:
        return "first order seen"
    near = found.count[np.abs(found.day - go_live) <= 7 * IMPORT_WEEKS]
    bunched = near.size > 0 and near.max() >= IMPORT_LEAST and near.max() > IMPORT_SHARE * near.sum()
    one_sided = found.day[0] >= go_live or found.day[-1] < go_live
    if (bunched or one_sided) and "orders" in counts:
        return "first order seen"
    return "system"


def _kind_rows(daily: Collected, kind: str, go_live: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Day and count of the responses of a kind: single ones when there are single sends, else those of campaigns."""
    sent = daily.get("sends")
    table = "responses" if sent is not None and sent["day"].size else "campaigns"
    columns = daily.get(table)
    if columns is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    one = columns["kind"] == KINDS.index(kind) if table == "responses" else columns[kind] > 0
    rows = one & on_its_side(columns, go_live)
    return columns["day"][rows], columns["counted" if table == "responses" else kind][rows]


def recorded_kinds(daily: Collected, go_live: int) -> dict[str, frozenset[Side]]:
    """On which sides of go-live each kind of response has at least one record."""
    found: dict[str, frozenset[Side]] = {}
    for kind in KINDS:
        early = _kind_rows(daily, kind, go_live)[0] < go_live
        seen: dict[Side, bool] = {"before": bool(early.any()), "after": bool((~early).any())}
        found[kind] = frozenset(side for side, there in seen.items() if there)
    return found


def preferred_kind(recorded: Mapping[str, frozenset[Side]], wanted: str | None) -> str | None:
    """What counts as a response: as wanted, else the first of responded, converted, clicked that is recorded on
    both sides of go-live, else on any; None when there is none.

    >>> preferred_kind({"responded": frozenset({"after"}), "converted": frozenset(),
    ...                 "clicked": frozenset({"before", "after"})}, None)
    'clicked'
    """
    kinds = (wanted,) if wanted else PREFERENCE
    both = next((kind for kind in kinds if len(recorded[kind]) == 2), None)
    return both or next((kind for kind in kinds if recorded[kind]), None)


def response_days(daily: Collected, go_live: int, wanted: str | None) -> DayCounts | None:
    """Responses of the preferred kind per day."""
    kind = preferred_kind(recorded_kinds(daily, go_live), wanted)
    if kind is None:
        return None
    day, count = _kind_rows(daily, kind, go_live)
    return _counts({"day": day}, "day", count)
