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
    """``dates.naive``, ``dates.zoned``, ``dates.dst_gap`` and ``dates.dst_overlap``, as ``facts/clocks.py`` counts."""
    seen = set()
    for one in selections:
        for name, spec in FIELDS[one.table.fact].items():
            place = (one.table.frm, one.columns[name].name) if name in one.columns else None
            if spec.kind == "day" and place and place not in seen:
                seen.add(place)
                _count(making, one, one.columns[name])
    for name in ("naive", "zoned", "dst_gap", "dst_overlap", "day_month"):
        making.count(f"dates.{name}", 0)


def _count(making: Making, one: Selection, field: Column) -> None:
    sql, column, kind = making.sql, field.name, one.table.cells[field.name].kind
    stated = zone_of(one.table, field, making.plan.timezone) if kind == "text" else None
    if kind in ("zoned", "text"):
        shaped = "" if kind == "zoned" else f" WHERE {fits(sql, f'CAST({sql.name_of(column)} AS {sql.text})', ZONED)}"
        query = f"SELECT COUNT({sql.name_of(column)}) FROM {one.table.frm}{shaped}"
        making.count("dates.zoned", int(making.session.rows(query)[0][0]))
    if kind not in ("naive", "text"):
        return
    stamp = f"CAST({sql.name_of(column)} AS {sql.text})"
    spans = clock_changes(stated or making.plan.timezone)
    tests = ["TRUE", f"NOT {fits(sql, 'stamp', _MIDNIGHT)}", *(_within(making, some) for some in spans)]
    sums = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in tests)
    rows = f"SELECT {stamp} AS stamp FROM {one.table.frm}"
    found = making.session.rows(f"SELECT {sums} FROM ({rows}) AS s WHERE {fits(sql, 'stamp', _NAIVE)}")[0]
    naive, timed, gaps, overlaps = (int(count or 0) for count in found)
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


def _within(making: Making, spans: Sequence[tuple[datetime, datetime]]) -> str:
    """Whether a stamp lies in one of the spans (local times)."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for start, end in spans:
        grouped.setdefault((f"{start:%H:%M}", f"{end:%H:%M}"), []).append(f"{start:%Y-%m-%d}")
    tests = []
    for (low, high), days in grouped.items():
        listed = ", ".join(map(making.sql.literal, days))
        late = f"substr(stamp, 12, 5) >= '{low}'" + (f" AND substr(stamp, 12, 5) < '{high}'" if low < high else "")
        tests.append(f"(substr(stamp, 1, 10) IN ({listed}) AND {late})")
    return " OR ".join(tests) or "FALSE"
