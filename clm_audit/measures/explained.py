"""The statements that an audit of an engine's tables sends, without sending the reduction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
from clm_audit.measures.engines import Frames, narrowed
from clm_audit.measures.lifecycle import lifecycle_frames
from clm_audit.measures.reduction import again_frames, total_frames

CAP, LARGEST = "$cap", "$largest"
_CAP, _LARGEST = 7_070_707_070_707, 7_171_717_171_717  # stand for them while SQL is written


def statements(plan: AuditPlan, facts: Facts, searched: Sequence[str] = ()) -> Iterator[str]:
    """SQL, each statement ended by a semicolon, with comments between the parts: what made the canonical tables, the
    first look, the reduction, the second look, what the outputs of a redacted report are ``searched`` with, and how
    rows that were not taken could be looked at. Nothing after the first look has been sent, and the last part never is.

    Raises as :func:`~clm_audit.measures.measure.measure` does.
    """
    session = facts.session
    if session is None:
        return
    engine, dialect = engine_of(facts), session.dialect.name
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
        yield from _named(first, dialect)
        yield "-- the reduction: not sent"
        yield from _named(frames, dialect)
        yield f"-- the second look: not sent; {CAP} and {LARGEST} are numbers that the reduction finds"
        again = again_frames(tables, daily, calendar, _CAP, _LARGEST) if "orders" in tables else {}
        for text in _named(again, dialect):
            yield text.replace(str(_CAP), CAP).replace(str(_LARGEST), LARGEST)
    if searched:
        yield "-- what may stand in the outputs of a redacted report: not sent; $words are those of the outputs"
        yield from (f"{one};" for one in searched)
    yield "-- rows that were not taken, by their code: never sent; run them in a session that ran the first part"
    yield from (f"{one};" for one in session.samples)


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
        return f"{narrowed(native).sql_query()};"
    if where == "IBIS":
        from clm_audit.measures.engine_ibis import query

        return f"{query(frame, dialect)};"
    told = StringIO()
    with redirect_stdout(told):
        native.explain(mode="simple")
    lines = re.sub(r"#\d+L?", "", told.getvalue()).splitlines()  # the numbers differ from run to run
    return "\n".join(f"-- {line}" for line in lines)
