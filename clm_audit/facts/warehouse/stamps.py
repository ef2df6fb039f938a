"""Stamps without a zone in the tables of an engine, and what the clock changes of the audit's zone do to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clm_audit.facts.clocks import clock_changes
from clm_audit.facts.columns import Column
from clm_audit.facts.fields import FIELDS
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.cells import ZONED, fits
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.facts.warehouse.stated import zone_of

_NAIVE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?$"
_MIDNIGHT = "[ T]0?0:00(:00([.,]0+)?)?$"


def count_stamps(making: Making, selections: Sequence[Selection]) -> None:
    """``dates.naive``, ``dates.zoned``, ``dates.dst_gap`` and ``dates.dst_overlap``, as ``facts/clocks.py`` counts.
    Each table is looked at once, whatever it feeds."""
    stamped: dict[str, dict[str, tuple[Selection, Column]]] = {}
    for one in selections:
        for name, spec in FIELDS[one.table.fact].items():
            column = one.columns.get(name) if spec.kind == "day" else None
            if column and one.table.cells[column.name].kind in ("naive", "zoned", "text"):
                stamped.setdefault(one.table.frm, {}).setdefault(column.name, (one, column))
    for frm, columns in stamped.items():
        _count(making, frm, tuple(columns.values()))
    for name in ("naive", "zoned", "dst_gap", "dst_overlap", "day_month"):
        making.count(f"dates.{name}", 0)


def _count(making: Making, frm: str, columns: Sequence[tuple[Selection, Column]]) -> None:
    """Those of one table, in one query."""
    sql = making.sql
    stamps, shaped, tests = [], [], []
    for at, (one, column) in enumerate(columns):
        name, stamp, naive = sql.name_of(column.name), f"stamp_{at}", f"naive_{at}"
        kind = one.table.cells[column.name].kind
        if kind == "zoned":
            stamps.append(f"{name} AS {stamp}")
            shaped.append(stamp)
            tests += [f"{stamp} IS NOT NULL", *["FALSE"] * 4]
            continue
        stamps.append(f"CAST({name} AS {sql.text}) AS {stamp}")
        shaped += [stamp, f"CASE WHEN {fits(sql, stamp, _NAIVE)} THEN {stamp} END AS {naive}"]
        spans = clock_changes(_clock(making, one, column) or making.plan.timezone)
        timed = f"NOT {fits(sql, naive, _MIDNIGHT)}"
        within = (_within(making, naive, some) for some in spans)
        zoned = fits(sql, stamp, ZONED) if kind == "text" else "FALSE"
        tests += [zoned, f"{naive} IS NOT NULL", timed, *within]
    sums = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in tests)
    texts = f"(SELECT {', '.join(stamps)} FROM {frm}) AS s"
    (found,) = making.session.rows(f"SELECT {sums} FROM (SELECT {', '.join(shaped)} FROM {texts}{sql.fence}) AS t")
    counts = [int(count or 0) for count in found]
    for at, (one, column) in enumerate(columns):
        making.count("dates.zoned", counts[5 * at])
        _tell(making, one, column, counts[5 * at + 1 : 5 * at + 5])


def _clock(making: Making, one: Selection, field: Column) -> str | None:
    """The clock that a column of texts says it is of."""
    is_text = one.table.cells[field.name].kind == "text"
    return zone_of(one.table, field, making.plan.timezone) if is_text else None


def _tell(making: Making, one: Selection, field: Column, counts: Sequence[int]) -> None:
    """What the stamps without a zone of one column make of the counts and the notes."""
    (naive, timed, gaps, overlaps), stated = counts, _clock(making, one, field)
    if not timed:  # midnight throughout: dates as a spreadsheet writes them
        return
    for name, count in (("zoned" if stated else "naive", naive), ("dst_gap", gaps), ("dst_overlap", overlaps)):
        making.count(f"dates.{name}", count)
    if not stated and making.plan.origins.get("timezone", "default") == "default":
        note = f"stamps without a zone are read as {making.plan.timezone}, because no timezone is set"
        if note not in making.notes.get(one.table.index, ()):
            making.note(one.table.index, note)
    for what, count in (("skips", gaps), ("repeats", overlaps)):
        if count:
            said = f"stamps in an hour that the clock of {stated or making.plan.timezone} {what}, kept on their day"
            making.note(one.table.index, f"{said}: {count:,}")


def _within(making: Making, stamp: str, spans: Sequence[tuple[datetime, datetime]]) -> str:
    """Whether a stamp lies in one of the spans (local times)."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for start, end in spans:
        grouped.setdefault((f"{start:%H:%M}", f"{end:%H:%M}"), []).append(f"{start:%Y-%m-%d}")
    tests = []
    for (low, high), days in grouped.items():
        listed = ", ".join(map(making.sql.literal, days))
        late = f"substr({stamp}, 12, 5) >= '{low}'" + (f" AND substr({stamp}, 12, 5) < '{high}'" if low < high else "")
        tests.append(f"(substr({stamp}, 1, 10) IN ({listed}) AND {late})")
    return " OR ".join(tests) or "FALSE"
