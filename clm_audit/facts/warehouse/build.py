"""Tables of an engine, and the files beside them -> the facts of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import DataError, UsageError
from clm_audit.facts import build as of_files
from clm_audit.facts import currency as money_of
from clm_audit.facts.currency import Currency
from clm_audit.facts.model import Facts, Table
from clm_audit.facts.room import Room
from clm_audit.facts.warehouse.canonical import Making, header_currency, table_of
from clm_audit.facts.warehouse.customers import keep_customer_rows, keep_customers
from clm_audit.facts.warehouse.evidence import count_all
from clm_audit.facts.warehouse.identities import count_people
from clm_audit.facts.warehouse.ledger import UNKNOWN, Losses, Tally, counted
from clm_audit.facts.warehouse.messages import keep_campaigns, keep_responses, keep_sends
from clm_audit.facts.warehouse.model import MOST_SMALL, SMALL, Session, SourceTable, placed
from clm_audit.facts.warehouse.moments import keep_moments
from clm_audit.facts.warehouse.orders import keep_orders
from clm_audit.facts.warehouse.people import keep_people
from clm_audit.facts.warehouse.segments import keep_segments
from clm_audit.facts.warehouse.select import Selector
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.facts.warehouse.session import session_of
from clm_audit.facts.warehouse.stamps import count_stamps
from clm_audit.facts.warehouse.subscriptions import keep_subscriptions
from clm_audit.facts.warehouse.tables import find_tables
from clm_audit.facts.warehouse.tickets import keep_tickets
from clm_audit.intake.model import Exports, Progress, RawTable, silent
from clm_audit.intake.read import read_exports

Keeper = Callable[[Making, Sequence[Selection]], Mapping[int, tuple[Tally, ...]]]
_KEEPERS: Mapping[Table, Keeper] = {
    "orders": keep_orders,
    "customers": keep_customers,
    "tickets": keep_tickets,
    "sends": keep_sends,
    "responses": keep_responses,
    "stages": partial(keep_moments, "stages"),
    "surveys": partial(keep_moments, "surveys"),
    "subscriptions": keep_subscriptions,
    "events": partial(keep_moments, "events"),
    "referrals": partial(keep_moments, "referrals"),
}


@dataclass(frozen=True)
class EngineExports(Exports):
    """Exports of a run whose facts are in an engine: ``tables`` are the files, then the engine's tables."""

    session: Session | None = None
    there: tuple[SourceTable, ...] = ()


@contextmanager
def exports_of(plan: AuditPlan, folder: Path, progress: Progress = silent) -> Iterator[Exports]:
    """Every file and table of the plan's sources; a connection to an engine ends with the context.

    Raises as :func:`~clm_audit.intake.read.read_exports`, and when the engine or one of its tables cannot be reached.
    """
    exports = read_exports(plan, folder, progress, none_will_do=bool(plan.engines))
    if not plan.engines:
        yield exports
        return
    with session_of(plan, folder) as session:
        found = find_tables(plan, session, len(exports.tables))
        tables = found.tables
        _check_facts(exports, tables)
        raw = tuple(_raw(table, session, folder) for table in tables)
        there = tuple(table for table in tables if table.fact not in SMALL)
        unknown = (*exports.unknown, *found.unknown)
        yield EngineExports((*exports.tables, *raw), unknown, exports.skipped, session, there)


def facts_of(
    plan: AuditPlan, exports: Exports, folder: Path, progress: Progress = silent, room: Room | None = None
) -> Facts:
    """The facts of the exports, wherever they are; files that there is no ``room`` for at once in parts."""
    if isinstance(exports, EngineExports) and exports.session is not None:
        return _facts(plan, exports, exports.session, folder, progress)
    return of_files.build_facts(plan, exports, folder, progress, room)


def _check_facts(exports: Exports, tables: Sequence[SourceTable]) -> None:
    """Facts with customers are either all in files or all in the engine."""
    for table in exports.tables:
        for source in table.object.yields if table.object else ():
            if source.fact not in SMALL and any(one.fact not in SMALL for one in tables):
                what = f"{source.fact} cannot be read from a file while other facts are tables of an engine"
                hint = "load the file into the engine; spend, campaigns and series may be files"
                raise UsageError(what, where=table.name, hint=hint)


def _raw(table: SourceTable, session: Session, folder: Path) -> RawTable:
    """A table among the files: a small one with its rows, which are brought home; of others only their number."""
    with placed(table.where or table.name):
        (height,) = session.rows(f"SELECT COUNT(*) FROM {table.frm}")[0]
    headers = {name: name for name in table.cells}
    frame = pl.LazyFrame(schema=dict.fromkeys(headers, pl.String()))
    if table.fact in SMALL:
        if height > MOST_SMALL:
            what = f"{table.name} has {height:,} rows; a table of {table.fact} may have {MOST_SMALL:,}"
            raise DataError(what, where=table.where, hint="sum it up by day in a view")
        path = folder / f"table-{table.index}.parquet"
        columns = ", ".join(map(session.dialect.name_of, table.cells))
        session.save(f"SELECT {columns} FROM {table.frm}", path)
        frame = pl.scan_parquet(path, glob=False).with_row_index("__row")
    return RawTable(
        index=table.index, source=Source(path=Path(table.name), system=table.system, side=table.side),
        path=Path(table.name), name=table.name, frame=frame, height=height, structure=0, headers=headers,
        header_line=0, sha256=UNKNOWN, bytes=-1, encoding="table", dialect=session.name, system=table.system,
        object_name=table.object_name, object=table.object, nulls=table.nulls,
    )  # fmt: skip


def _facts(plan: AuditPlan, exports: EngineExports, session: Session, folder: Path, progress: Progress) -> Facts:
    """The facts of the engine joined with those of the files beside it and of the small tables."""
    indexes = {table.index for table in exports.there}
    near = Exports(tuple(one for one in exports.tables if one.index not in indexes), exports.unknown, exports.skipped)
    alone = plan.model_copy(update={"segment_by": (), "control": None})
    home = of_files.build_facts(alone, near, folder)
    selections = _staged(plan, exports, session, progress)
    linked, merged = keep_people(session, selections)
    of = _by_fact(selections)
    if "customers" in of:
        keep_customer_rows(session, of["customers"], list(plan.segment_columns))
    segments = keep_segments(session, plan, of.get("customers", ()))
    keep_campaigns(session, selections)
    currency = _currency(plan, session, selections, home.evidence)
    making = Making(session, plan, currency, len(segments) > 1, linked, merged, of.get("orders", ()))
    tables: dict[Table, object] = {}
    losses: dict[int, Losses] = {}
    for fact, parts in of.items():
        tallies = _KEEPERS[fact](making, parts)
        losses |= {one.table.index: counted(session, one, tallies[one.table.index]) for one in parts}
        tables[fact] = session.table(table_of(fact))
        _count_repeated(making, fact, [losses[one.table.index] for one in parts])
    count_all(making, of)
    count_people(making, of)
    count_stamps(making, selections)
    found = {**tables, **home.tables}
    by_name = {record.path: record for record in home.files}
    files = [
        losses[table.index].record(making.notes.get(table.index, ())) if table.index in losses else by_name[table.name]
        for table in exports.tables
    ]
    return replace(
        home,
        tables={name: found[name] for name in of_files.TABLES if name in found},
        files=tuple(files),
        rejects=(*home.rejects, *(reject for one in losses.values() for reject in one.rejects())),
        segments=(*segments, *home.segments[1:]),
        currency=making.currency.audit,
        absent=of_files.absent(plan, exports, found),
        evidence=_joined(home.evidence, making.evidence, currency),
        systems=tuple(sorted({table.system for table in exports.tables if table.system})),
        session=session,
    )


def _count_repeated(making: Making, fact: Table, losses: Sequence[Losses]) -> None:
    """``<fact>.duplicate_rows``, as files have it."""
    making.count(f"{fact}.duplicate_rows", sum(one.duplicate for one in losses))


def _joined(home: Mapping[str, int], there: Mapping[str, int], currency: Currency) -> Mapping[str, int]:
    """The counts of the files and of the engine. Whatever is about people is known in the engine alone."""
    people = ("customers.", "ids.")
    found = {name: count for name, count in home.items() if not name.startswith((*people, "currency.seen."))}
    for name, count in there.items():
        found[name] = found[name] + count if name.startswith("dates.") and name in found else count
    stated = {f"currency.seen.{name}": count for name, count in currency.seen.items()}
    by_fact = {f"currency.by_fact.{fact}.{name}": count for (fact, name), count in currency.by_fact.items()}
    return dict(sorted({**found, **stated, **by_fact}.items()))


def _by_fact(selections: Sequence[Selection]) -> Mapping[Table, tuple[Selection, ...]]:
    """The tables of each fact, in the order of their numbers."""
    of: dict[Table, tuple[Selection, ...]] = {}
    for one in selections:
        fact: Table = "orders" if one.table.fact == "order_lines" else one.table.fact
        of[fact] = (*of.get(fact, ()), one)
    return of


def _staged(plan: AuditPlan, exports: EngineExports, session: Session, progress: Progress) -> tuple[Selection, ...]:
    """Every table typed, once; ``progress`` counts rows, those of files and small tables first."""
    found = []
    rows = {table.index: table.height for table in exports.tables}
    done, every = sum(rows.values()) - sum(rows[table.index] for table in exports.there), sum(rows.values())
    for table in exports.there:
        progress(table.name, done, every)
        with placed(table.where or table.name):
            one = Selector(session, table, plan.timezone, tuple(plan.segment_columns)).selection()
            session.keep(table.staged, one.query)
        done += rows[table.index]
        found.append(one)
    progress("", every, every)
    return tuple(found)


def _currency(plan: AuditPlan, session: Session, selections: Sequence[Selection], home: Mapping[str, int]) -> Currency:
    """The audit's currency, by what the rows of the engine and of the files state."""
    prefix = "currency.seen."
    seen = Counter({name.removeprefix(prefix): count for name, count in home.items() if name.startswith(prefix)})
    by_fact: Counter[tuple[str, str]] = Counter()
    for one in selections:
        fact = "orders" if one.table.fact == "order_lines" else one.table.fact
        stated = _stated(session, one)
        seen.update(stated)
        by_fact.update({(fact, name): count for name, count in stated.items()})
    return replace(money_of.decided(plan, tuple(sorted(seen)), seen, set()), by_fact=by_fact)


def _stated(session: Session, one: Selection) -> Mapping[str, int]:
    if not {"amount", "cost", "unit_price"} & set(one.columns) or one.table.fact == "subscriptions":
        return {}
    counted_rows = f"FROM {one.table.staged} WHERE reason = 0 AND left_out IS NULL"
    if stated := header_currency(one):
        return {stated: int(session.rows(f"SELECT COUNT(*) {counted_rows}")[0][0])}
    if "currency" not in one.fields:
        return {}
    query = f"SELECT currency, COUNT(*) {counted_rows} AND currency IS NOT NULL GROUP BY currency"
    return {str(name): int(count) for name, count in session.rows(query)}
