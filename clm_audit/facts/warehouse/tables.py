"""The tables that a configuration names, found in the engine and recognised by their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clm_audit.config.plan import AuditPlan, EngineSource, Source
from clm_audit.config.preset import FactName, Preset, Yield
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import DataError, UsageError
from clm_audit.facts.columns import Finder
from clm_audit.facts.readers import name_space_of
from clm_audit.facts.sought import lacking_fields
from clm_audit.facts.warehouse.duck import DuckSession
from clm_audit.facts.warehouse.model import PREFIX, SMALL, Cell, Kind, Session, SourceTable, placed
from clm_audit.intake.names import FIRST_COLUMN, same, total_columns
from clm_audit.intake.recognise import CUSTOM, Candidate, candidates, objects_for, why_unknown, winner

_PLACES = re.compile(r"\(\s*\d+\s*,\s*(\d+)\s*\)")


@dataclass(frozen=True)
class Found:
    """The tables of a plan's engine, and those that no preset knows, with what was missing."""

    tables: tuple[SourceTable, ...]
    unknown: tuple[tuple[str, str], ...] = ()


def find_tables(plan: AuditPlan, session: Session, first: int) -> Found:
    """Every table of the plan's engine, numbered from ``first``."""
    tables: list[SourceTable] = []
    unknown: list[tuple[str, str]] = []
    for at, source in enumerate(plan.engines):
        for fact, name in source.tables.items():
            where = plan.origins.get(f"engines[{at}].tables.{fact}", "")
            with placed(where):
                _check_name(name)
                columns = session.columns(name)
                _check_map(source.map.get(fact, {}), name, [column for column, _ in columns], plan, at, fact)
                chosen = _chosen(plan.presets, source, fact, name, [column for column, _ in columns])
                rows = [one for one in chosen.export.yields if _same_fact(one.fact, fact)]
                tables += _tables(session, source, chosen, rows, name, columns, first + len(tables), where)
        for name in session.listed(source.found) if source.found and isinstance(session, DuckSession) else ():
            columns = session.columns(name)
            headers = {column: column for column, _ in columns}
            objects = objects_for(Source(path=Path(name), system=source.system), plan.presets)
            fitting = candidates(objects, headers)
            if not fitting:
                unknown.append((f"{source.engine}:{name}", why_unknown(objects, headers)))
                continue
            chosen = winner(fitting, name)
            tables += _tables(session, source, chosen, chosen.export.yields, name, columns, first + len(tables), "")
    return Found(tuple(tables), tuple(unknown))


def _check_name(name: str) -> None:
    """Raise :class:`UsageError` where what the run makes would be read in the place of a table."""
    bare = name.strip('"`').casefold()
    if bare.startswith(PREFIX) and not set("./") & set(bare):  # neither in a schema nor a file
        what = f"{name}: names that begin with {PREFIX} are those of what a run makes"
        raise UsageError(what, hint="name the table with its schema, as schema.table")


def _check_map(
    mapping: Mapping[str, str], name: str, columns: Sequence[str], plan: AuditPlan, at: int, fact: FactName
) -> None:
    """Raise :class:`UsageError` where the configuration maps a field to a column that the table has not."""
    for field, header in mapping.items():
        if not any(same(header, column) for column in columns):
            where = plan.origins.get(f"engines[{at}].map.{fact}.{field}", "")
            hint = did_you_mean(header, tuple(columns)) or f"its columns: {', '.join(columns[:20])}"
            raise UsageError(f"{name} has no column {header}", where=where, hint=hint)


def _tables(
    session: Session,
    source: EngineSource,
    chosen: Candidate,
    yields: Sequence[Yield],
    name: str,
    columns: Sequence[tuple[str, str]],
    number: int,
    where: str,
) -> Iterator[SourceTable]:
    """One for each fact that the rows of a table give; a table of several is listed once for each."""
    cells = {column: _cell(session, column, kind) for column, kind in columns}
    system = None if chosen.system == CUSTOM else chosen.system
    finder = Finder({name: name for name in cells})
    yields = [rows for rows in yields if not rows.where or not lacking_fields(rows, finder.fields(rows))]
    for place, rows in enumerate(yields):
        expressible(chosen, rows, name, tuple(cells))
        alike = [one.fact for one in yields[:place]].count(rows.fact)
        suffix = f" ({rows.fact}{f' {alike + 1}' if alike else ''})" if len(yields) > 1 else ""
        yield SourceTable(
            index=number + place,
            fact=rows.fact,
            name=f"{source.engine}:{name}{suffix}",
            frm=session.source(name),
            cells=cells,
            source=rows,
            system=chosen.system,
            object_name=chosen.name,
            object=chosen.export.model_copy(update={"yields": (rows,), "caps": ()}),
            nulls=chosen.nulls,
            side=source.side,
            where=where,
            space=name_space_of(system),
        )


def _cell(session: Session, column: str, kind: str) -> Cell:
    held = session.dialect.kind_of(kind)
    match = _PLACES.search(kind)
    return Cell(column, _kind(held), int(match[1]) if match and held == "decimal" else 0)


def _kind(held: str) -> Kind:
    return held  # type: ignore[return-value]  # the kinds of a dialect are those of the model


def _same_fact(fact: FactName, wanted: FactName) -> bool:
    return fact == wanted or {fact, wanted} == {"orders", "order_lines"}


def _chosen(
    presets: Mapping[str, Preset], source: EngineSource, fact: FactName, name: str, columns: Sequence[str]
) -> Candidate:
    """What the table is, by the configuration's own map or by its columns."""
    own = source.map.get(fact)
    asked = Source(path=Path(name), system=source.system, map={"fact": fact, **own} if own else None)
    objects = [
        one for one in objects_for(asked, presets) if any(_same_fact(each.fact, fact) for each in one.export.yields)
    ]
    headers = {column: column for column in columns}
    fitting = candidates(objects, headers)
    if not fitting:
        hint = f"name its columns: map: {{{fact}: {{…}}}}, or make a view with the names of docs/systems/plain.md"
        raise DataError(f"{name}: {why_unknown(objects, headers)}", hint=hint)
    return winner(fitting, name)


def expressible(chosen: Candidate, rows: Yield, name: str, columns: tuple[str, ...]) -> None:
    """Refuse what a preset may say and SQL does not do, by name. Raises :class:`DataError`."""
    export, small = chosen.export, rows.fact in SMALL
    headers = {column: column for column in columns}
    summed = any(key != FIRST_COLUMN and total_columns(headers, key) for key in export.totals)
    lacking = {
        "totals among the rows (totals)": summed and not small,
        "sections": export.sections,
        "a period above the header (period_above)": export.period_above,
        "keys and values (key_value)": export.key_value is not None,
    }
    refused = [what for what, there in lacking.items() if there]
    if refused:
        what = f"{name} is a {chosen}, and tables of an engine cannot have: {', '.join(refused)}"
        raise DataError(
            what, hint="make a view with the columns of docs/systems/plain.md, or give the export as a file"
        )
