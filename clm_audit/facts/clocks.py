"""Stamps without a zone, and what a zone's clock changes do to them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

Span = tuple[datetime, datetime]
_EPOCH = datetime(1970, 1, 1)
_YEARS = range(2000, 2038)


@cache
def zone_named(name: str) -> str | None:
    """The zone of the IANA list that a name means, whatever its capitals; None when there is none.

    >>> zone_named("europe/berlin"), zone_named("Mars")
    ('Europe/Berlin', None)
    """
    return {zone.casefold(): zone for zone in available_timezones()}.get(name.strip().casefold())


def stamp_counts(cells: pl.Expr, zone: str) -> dict[str, pl.Expr]:
    """Counts over ISO cells: ``naive`` (with a time of day), ``dst_gap`` and ``dst_overlap`` among them.

    A column that is midnight throughout holds dates, as spreadsheets write them, and no stamps.
    """
    gaps, overlaps = clock_changes(zone)
    stamps = cells.filter(cells.str.len_bytes() > 10)  # of days, which are no longer, nothing is to be asked
    midnight = (stamps.str.ends_with("00:00:00") | stamps.str.ends_with(" 00:00")).all()
    counts = {
        "naive": stamps.len(), "dst_gap": _within(stamps, gaps).sum(), "dst_overlap": _within(stamps, overlaps).sum()
    }  # fmt: skip
    return {name: pl.when(midnight).then(0).otherwise(count) for name, count in counts.items()}


def moment_counts(day: pl.Expr, minute: pl.Expr, timed: pl.Expr, midnight: pl.Expr, zone: str) -> dict[str, pl.Expr]:
    """The same counts for days (numbers) and minutes after midnight, however a column writes them."""
    gaps, overlaps = clock_changes(zone)
    counts = {"naive": timed, "dst_gap": _at(day, minute, gaps), "dst_overlap": _at(day, minute, overlaps)}
    dates = (midnight | ~timed).all()
    return {name: pl.when(dates).then(0).otherwise((hit & timed).sum()) for name, hit in counts.items()}


def _at(day: pl.Expr, minute: pl.Expr, spans: tuple[Span, ...]) -> pl.Expr:
    grouped: dict[tuple[int, int], list[int]] = {}
    for start, end in spans:
        last = end.hour * 60 + end.minute or 24 * 60
        grouped.setdefault((start.hour * 60 + start.minute, last), []).append((start - _EPOCH).days)
    hit = pl.lit(False)
    for (low, high), days in grouped.items():
        hit = hit | (day.is_in(days) & minute.is_between(low, high, closed="left"))
    return hit.fill_null(False)


def _within(cells: pl.Expr, spans: tuple[Span, ...]) -> pl.Expr:
    """Whether a stamp lies in a span; spans of one clock time are asked together."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for start, end in spans:
        grouped.setdefault((f"{start:%H:%M}", f"{end:%H:%M}"), []).append(f"{start:%Y-%m-%d}")
    day, clock = cells.str.slice(0, 10), cells.str.slice(11, 5)
    hit = pl.lit(False)
    for (start_at, end_at), days in grouped.items():
        late = (clock >= start_at) & (clock < end_at) if start_at < end_at else clock >= start_at
        hit = hit | (day.is_in(days) & late)
    return hit.fill_null(False)


@cache
def clock_changes(zone: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Local times that a zone skips, and those that it repeats, from 2000 to 2037: half-open spans.

    >>> gaps, overlaps = clock_changes("Europe/Berlin")
    >>> gaps[24][0].isoformat(), overlaps[24][0].isoformat()
    ('2024-03-31T02:00:00', '2024-10-27T02:00:00')
    """
    info = ZoneInfo(zone)
    if time(tzinfo=info).utcoffset() is not None:
        return (), ()  # always the same, whatever the day
    gaps: list[Span] = []
    overlaps: list[Span] = []
    day = datetime(_YEARS.start, 1, 1)
    before = _offset(day, info)
    while day.year < _YEARS.stop:
        following = day + timedelta(days=1)
        after = _offset(following, info)
        if before != after:
            change = _change(day, before, info)
            start, end = sorted((change + before, change + after))
            (gaps if after > before else overlaps).append((start, end))
        day, before = following, after
    return tuple(gaps), tuple(overlaps)


def _offset(local: datetime, info: ZoneInfo) -> timedelta:
    return local.replace(tzinfo=info).utcoffset() or timedelta()


def _change(day: datetime, before: timedelta, info: ZoneInfo) -> datetime:
    """The UTC minute (naive) at which the offset of a local day changes; found by halving the day."""
    low, high = 0, 26 * 60
    start = day - before
    while high - low > 1:
        middle = (low + high) // 2
        moment = (start + timedelta(minutes=middle)).replace(tzinfo=ZoneInfo("UTC")).astimezone(info)
        low, high = (middle, high) if moment.utcoffset() == before else (low, middle)
    return start + timedelta(minutes=high)
