"""Counts that the data checks ask for: first and last days, stamps without a zone, clock changes, rounded amounts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.clocks import zone_named
from clm_audit.facts.common import Context
from clm_audit.facts.model import OF_LIFECYCLE, Table
from clm_audit.facts.staged import Staged

_COUNTED = ("orders", "tickets")
_KINDS = {"spend": "category", "series": "metric", "surveys": "kind"}
FEW_PROOFS = 3  # a row or two may be typing mistakes, and they decide how all others are read


def count_days(rows: pl.LazyFrame, fact: Table, context: Context) -> None:
    """``<fact>.first_day`` and ``<fact>.last_day``, over all files and for each (``.<file>``)."""
    if fact == "customers" or fact in OF_LIFECYCLE:
        return
    if fact in _COUNTED:
        rows = rows.filter(pl.col("left_out").is_null())
    each = rows.group_by("file").agg(first=pl.col("day").min(), last=pl.col("day").max())
    days = each.filter(pl.col("first").is_not_null()).sort("file").collect(engine="streaming")
    for file, first, last in days.iter_rows():
        context.evidence[f"{fact}.first_day.{file}"] = first
        context.evidence[f"{fact}.last_day.{file}"] = last
    if days.height:
        context.evidence[f"{fact}.first_day"] = min(days["first"].to_list())
        context.evidence[f"{fact}.last_day"] = max(days["last"].to_list())


def count_rows(rows: pl.LazyFrame, fact: Table, context: Context) -> None:
    """Rows that count, by file: ``<fact>.in.<file>``; spend also by category, ready-made series by metric
    and answers by kind (``spend.service.in.<file>``)."""
    if "left_out" in rows.collect_schema().names():
        rows = rows.filter(pl.col("left_out").is_null())
    kind = _KINDS.get(fact)
    keys = ["file", kind] if kind else ["file"]
    found = rows.group_by(keys).len("rows").sort(keys).collect(engine="streaming")
    for row in found.iter_rows(named=True):
        context.count(f"{fact}.in.{row['file']}", row["rows"])
        if kind and row[kind] is not None:
            context.count(f"{fact}.{row[kind]}.in.{row['file']}", row["rows"])


def count_dates(staged: Sequence[Staged], plan: AuditPlan, context: Context) -> None:
    """``dates.naive``: stamps with a time of day and no zone; ``dates.dst_gap`` and ``dates.dst_overlap``:
    those that a change of the clock makes impossible or ambiguous (their day is not in doubt);
    ``amounts.rounded``: amounts that are no whole hundredths, each rounded for itself."""
    for name in ("dates.naive", "dates.zoned", "dates.dst_gap", "dates.dst_overlap"):
        context.count(name, 0)
    count_day_months(staged, context)
    by_default = plan.origins.get("timezone", "default") == "default"
    for one in staged:
        for name, count in one.stamps.items():
            context.count("amounts.rounded" if name == "rounded" else f"dates.{name}", count)
        if one.stamps.get("naive") and by_default:
            note = f"stamps without a zone are read as {plan.timezone}, because no timezone is set"
            notes = context.books[one.table.index].notes
            if note not in notes:
                notes.append(note)
        _note_clock_changes(one, plan, context)
        if rounded := one.stamps.get("rounded"):
            note = f"amounts with more than two decimals, rounded half to even: {rounded:,}"
            context.books[one.table.index].notes.append(note)


def count_day_months(staged: Sequence[Staged], context: Context) -> None:
    """``dates.day_month``: columns in which the day or the month could be first; ``.few`` of them proved by less
    than :data:`FEW_PROOFS` rows, ``.sibling`` only by another file of the same export; ``.fewest`` rows prove one."""
    read = [column for one in staged for column in one.read if column.how in ("proved", "sibling")]
    proved = [column.rows for column in read if column.how == "proved"]
    context.count("dates.day_month", len(read))
    context.count("dates.day_month.few", sum(rows < FEW_PROOFS for rows in proved))
    context.count("dates.day_month.sibling", len(read) - len(proved))
    if proved:
        context.evidence["dates.day_month.fewest"] = min(proved)


def _note_clock_changes(one: Staged, plan: AuditPlan, context: Context) -> None:
    for name, what in (("dst_gap", "skips"), ("dst_overlap", "repeats")):
        if count := one.stamps.get(name):
            note = f"stamps in an hour that the clock of {_clocks(one, plan)} {what}, kept on their day: {count:,}"
            context.books[one.table.index].notes.append(note)


def _clocks(one: Staged, plan: AuditPlan) -> str:
    """The zone by which the stamps of a file are read: as its headers say, or its system, or the plan."""
    written = dict.fromkeys(column.captured["tz"] for column in one.columns.values() if "tz" in column.captured)
    stated = one.table.object.timezone if one.table.object else None
    return " and ".join(zone_named(zone) or zone for zone in written) or stated or plan.timezone
