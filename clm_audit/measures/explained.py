"""The statements that an audit of an engine's tables sends, without sending the reduction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import narwhals as nw

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.model import Facts
from clm_audit.facts.nothing import nothing_dated
from clm_audit.measures.beside import engine_of
from clm_audit.measures.calendar import resolve
from clm_audit.measures.coverage import day_counts
from clm_audit.measures.daily import daily_frames
from clm_audit.measures.engines import Frames
from clm_audit.measures.lifecycle import lifecycle_frames
from clm_audit.measures.reduction import total_frames


def statements(plan: AuditPlan, facts: Facts) -> Iterator[str]:
    """SQL, each statement ended by a semicolon, with comments between the parts: what made the canonical tables, the
    first look, and the reduction. Everything but the reduction has been sent, as the reduction depends on it.

    Raises as :func:`~clm_audit.measures.measure.measure` does.
    """
    session = facts.session
    if session is None:
        return
    engine = engine_of(facts)
    with engine.open(facts.tables) as tables:
        first = daily_frames(tables)
        sent = tuple(session.statements)
        daily = engine.collect(first)
        if not set(day_counts(daily, None)) - {"acquired"}:
            raise nothing_dated(plan, facts)
        calendar = resolve(plan, daily)
        frames = total_frames(tables, daily, calendar, segments=len(facts.segments))
        frames = {**frames, **lifecycle_frames(plan, tables, daily, calendar)}
        yield "-- the canonical tables, the ledger and the counts of the checks: sent"
        yield from (f"{one};" for one in sent)
        yield "-- the first look: sent"
        yield from _named(first, session.dialect.name)
        yield "-- the reduction: not sent"
        yield from _named(frames, session.dialect.name)


def _named(frames: Frames, dialect: str) -> Iterator[str]:
    for name, frame in frames.items():
        if frame.implementation.name == "POLARS":
            yield f"-- {name}: computed at home, of tables that were brought there"
        else:
            yield f"-- {name}\n{sql_of(frame, dialect)}"


def sql_of(frame: nw.LazyFrame[Any], dialect: str) -> str:
    """One frame as the SQL that its engine runs; of Spark, which runs no SQL for it, the plan as a comment."""
    native = frame.to_native()
    where = frame.implementation.name
    if where == "DUCKDB":
        return f"{native.sql_query()};"
    if where == "IBIS":
        from clm_audit.measures.engine_ibis import query

        return f"{query(frame, dialect)};"
    told = StringIO()
    with redirect_stdout(told):
        native.explain(mode="simple")
    lines = re.sub(r"#\d+L?", "", told.getvalue()).splitlines()  # the numbers differ from run to run
    return "\n".join(f"-- {line}" for line in lines)
