"""Raw text tables -> facts: stage every file, resolve identity and currency, write each fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import FactName, load_presets
from clm_audit.exits import UsageError
from clm_audit.facts import currency as money_of
from clm_audit.facts.buyers import count_customers
from clm_audit.facts.common import Context
from clm_audit.facts.control import check_control
from clm_audit.facts.customers import build_customers
from clm_audit.facts.dates import DateFormat
from clm_audit.facts.evidence import count_dates, count_days, count_rows
from clm_audit.facts.identity import resolve
from clm_audit.facts.ledger import Book, rejects_of
from clm_audit.facts.messages import build_campaigns, build_responses, build_sends, campaign_codes
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS, Facts, Table
from clm_audit.facts.moments import build_moments
from clm_audit.facts.names import HeldNames, Names
from clm_audit.facts.orders import build_orders
from clm_audit.facts.pools import Pools
from clm_audit.facts.readers import name_space
from clm_audit.facts.room import Room
from clm_audit.facts.segments import build_segments
from clm_audit.facts.series import build_series
from clm_audit.facts.spend import build_spend
from clm_audit.facts.split import Shelved, together
from clm_audit.facts.stage import Stager
from clm_audit.facts.staged import Staged
from clm_audit.facts.stored import StoredNames
from clm_audit.facts.subscriptions import build_subscriptions
from clm_audit.facts.tickets import build_tickets
from clm_audit.intake.model import Exports, Progress, silent

TABLES: tuple[Table, ...] = get_args(Table)


def build_facts(
    plan: AuditPlan, exports: Exports, folder: Path, progress: Progress = silent, room: Room | None = None
) -> Facts:
    """The canonical tables of a run, with the ledger of its files; in parts where there is no ``room`` for all rows.

    Raises :class:`DataError` when a column's dates or numbers can be read in two ways, or a file does not
    hold the rows that were proved; :class:`UsageError` when ``segment_by`` or ``control`` names what no file has.
    """
    parts = (room or Room.of(None)).parts(sum(table.height for table in exports.tables))
    pools = Pools(keep_ids=parts > 1)
    books = {table.index: Book(table) for table in exports.tables}
    staged, names = _stage(plan, books, pools, folder, progress)
    _check_segments(plan, exports, staged)
    who = resolve(names, staged, folder)
    audit_currency = money_of.decide(plan, pools, staged)
    segments, segment_of = build_segments(staged, who, pools, plan.segment_columns)
    check_control(plan, segments, segment_of, who)
    for one in staged:
        books[one.table.index].notes.extend(note for note in one.notes if note not in books[one.table.index].notes)
    context = Context(plan, who, audit_currency, books, folder, segment_of, parts, dict(who.evidence))
    shelved, labels = _tables(staged, context, pools, len(segments))
    tables = {name: _canonical(name, found.whole) for name, found in shelved.items()}
    _evidence(plan, staged, tables, context)
    _unused(exports, books)
    _own(plan, exports, books)
    rejects = rejects_of([books[table.index] for table in exports.tables])
    return Facts(
        tables=tables,
        files=tuple(books[table.index].record() for table in exports.tables),
        rejects=rejects,
        segments=(*segments, *({"segment": label} for label in labels)),
        currency=audit_currency.audit,
        absent=absent(plan, exports, tables),
        evidence=dict(sorted(context.evidence.items())),
        systems=tuple(sorted({table.system for table in exports.tables if table.system})),
        columns={one.table.index: one.read for one in staged if one.read},
        parts=_parts(shelved, parts),
    )


def _parts(shelved: Mapping[Table, Shelved], parts: int) -> tuple[dict[Table, pl.LazyFrame], ...]:
    """The tables of each part; what is not divided belongs to the first one."""
    if parts == 1:
        return ()
    divided = {name: found.parts or (found.whole,) for name, found in shelved.items()}
    return tuple(
        {name: _canonical(name, found[number]) for name, found in divided.items() if number < len(found)}
        for number in range(parts)
    )


def _stage(
    plan: AuditPlan, books: Mapping[int, Book], pools: Pools, folder: Path, progress: Progress
) -> tuple[tuple[Staged, ...], Names]:
    """Every file read once, and its ids; files whose day and month stay open learn from others of the same export."""
    tables = [book.table for book in books.values() if book.table.duplicate_of is None]
    stagers = [
        Stager(table, pools, plan.timezone, folder, list(plan.segment_columns), in_memory=not pools.keep_ids)
        for table in tables
    ]
    for stager in stagers:
        for column in stager.day_columns():
            stager.formats.settle_open(column, _sibling(stager, column.header, stagers))
    staged: list[Staged] = []
    total = sum(table.height for table in tables)
    done = 0
    for stager in stagers:
        staged.extend(stager.run())
        books[stager.table.index].set_totals(stager.totals)
        books[stager.table.index].kept.extend(stager.kept)
        done += stager.table.height
        progress(stager.table.name, done, total)
    return tuple(staged), _names(stagers, folder) if pools.keep_ids else HeldNames(pools)


def _names(stagers: Sequence[Stager], folder: Path) -> Names:
    """The ids of all files, which are too many to be held in memory."""
    columns: dict[str, list[pl.LazyFrame]] = {}
    cells: Counter[str] = Counter()
    for stager in stagers:
        found = stager.id_columns()
        columns.setdefault(name_space(stager.table), []).extend(found)
        cells[name_space(stager.table)] += stager.table.height * len(found)
    return StoredNames.of({space: some for space, some in columns.items() if some}, cells, folder)


def _sibling(stager: Stager, header: str, stagers: Sequence[Stager]) -> DateFormat | None:
    """What other files of the same system and object proved about the same column; None when they disagree."""
    table = stager.table
    proved: set[DateFormat] = set()
    for other in stagers:
        same = (other.table.system, other.table.object_name) == (table.system, table.object_name)
        if other is not stager and same:
            for column in other.day_columns():
                form = other.formats.dates.get(column.name)
                if column.header == header and form and form.order in ("dmy", "mdy"):
                    proved.add(form)
    return proved.pop() if len(proved) == 1 else None


def _check_segments(plan: AuditPlan, exports: Exports, staged: Sequence[Staged]) -> None:
    found = {name for one in staged for name in one.segments}
    offered = sorted({name for table in exports.tables if table.object for name in table.object.segments})
    for name, setting in plan.segment_columns.items():
        if name not in found:
            near = get_close_matches(name, offered, n=1)
            hint = f"did you mean {near[0]}?" if near else f"offered: {', '.join(offered) or 'none'}"
            raise UsageError(
                f"{setting}: no customer export has a column {name}",
                where=plan.origins.get(setting, ""),
                hint=hint,
            )


def _tables(
    staged: Sequence[Staged], context: Context, pools: Pools, segments: int
) -> tuple[dict[Table, Shelved], tuple[str, ...]]:
    """Write every fact that the files hold."""
    of: dict[FactName, list[Staged]] = {}
    for one in staged:
        of.setdefault(one.fact, []).append(one)
    tables: dict[Table, Shelved] = {}
    orders = [*of.get("orders", []), *of.get("order_lines", [])]
    orders.sort(key=lambda one: one.table.index)
    if orders:
        tables["orders"] = together([_typed("orders", each) for each in build_orders(orders, context)])
    campaigns = campaign_codes(pools)
    builders: tuple[tuple[Table, Callable[[list[Staged]], Shelved]], ...] = (
        ("customers", lambda some: build_customers(some, context)),
        ("tickets", lambda some: build_tickets(some, context)),
        ("sends", lambda some: build_sends(some, campaigns, context)),
        ("responses", lambda some: build_responses(some, campaigns, context)),
        ("campaigns", lambda some: build_campaigns(some, campaigns, context)),
        ("spend", lambda some: build_spend(some, context)),
        ("stages", lambda some: build_moments("stages", some, context, orders)),
        ("surveys", lambda some: build_moments("surveys", some, context)),
        ("subscriptions", lambda some: build_subscriptions(some, context)),
        ("events", lambda some: build_moments("events", some, context)),
        ("referrals", lambda some: build_moments("referrals", some, context)),
    )
    for name, builder in builders:
        if name in of:
            tables[name] = builder(of[name])
    labels: tuple[str, ...] = ()
    if "series" in of:
        tables["series"], labels = build_series(of["series"], context, segments)
    return {name: tables[name] for name in TABLES if name in tables}, labels


def _typed(name: Table, found: Shelved) -> Shelved:
    return Shelved(_canonical(name, found.whole), tuple(_canonical(name, part) for part in found.parts))


def _canonical(name: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Exactly the columns and types of the fact's schema."""
    schema = {**SCHEMAS[name], **BOOKKEEPING}
    return rows.select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _evidence(
    plan: AuditPlan, staged: Sequence[Staged], tables: Mapping[Table, pl.LazyFrame], context: Context
) -> None:
    """Named counts for the data checks."""
    for name, count in context.currency.seen.items():
        context.count(f"currency.seen.{name}", count)
    for (fact, name), count in context.currency.by_fact.items():
        context.count(f"currency.by_fact.{fact}.{name}", count)
    if "orders" in tables:
        count_customers(tables["orders"], context, listed="customers" in tables)
    for table in tables:
        count_days(tables[table], table, context)
        count_rows(tables[table], table, context)
    count_dates(staged, plan, context)


def _unused(exports: Exports, books: Mapping[int, Book]) -> None:
    """Say how many rows are understood and serve no fact."""
    for table in exports.tables:
        book = books[table.index]
        if book.unused():
            book.notes.append(f"rows understood and not used: {book.unused():,}")


def _own(plan: AuditPlan, exports: Exports, books: Mapping[int, Book]) -> None:
    """Say which files were read with a preset of the user's own, and whether that stands in for a shipped one."""
    shipped = load_presets()
    for table in exports.tables:
        if table.system in plan.own_presets:
            instead = " instead of the one that ships" if table.system in shipped else ""
            books[table.index].notes.append(f"read with your own preset {table.system}{instead}")


def absent(plan: AuditPlan, exports: Exports, tables: Mapping[Table, object]) -> dict[Table, str]:
    """For each fact that is not there, the export of a recognised system that would carry it."""
    presets = plan.presets
    systems = [table.system for table in exports.tables if table.system in presets]
    sentences: dict[Table, str] = {}
    for name in TABLES:
        if name in tables:
            continue
        order = (*dict.fromkeys(system for system in systems if system), "plain")
        carried = [presets[system].carries[name] for system in order if name in presets[system].carries]
        sentences[name] = carried[0] if carried else ""
    return sentences
