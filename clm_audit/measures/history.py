"""The metrics of a history without an *after*: what `clm-audit plan` looks ahead from."""

from __future__ import annotations

from dataclasses import replace

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.model import Facts
from clm_audit.facts.nothing import nothing_dated
from clm_audit.measures.beside import engine_of
from clm_audit.measures.calendar import LEADING
from clm_audit.measures.coverage import day_counts
from clm_audit.measures.daily import daily_frames
from clm_audit.measures.engines import Engine
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, day_number, to_date

MARK_WEEKS = 8
"""Periods are counted from a mark so many weeks before the last day: a multiple of every period's length."""
_OPEN = {"before": None, "after": None, "washout_weeks": 0}


def last_day(plan: AuditPlan, facts: Facts, engine: Engine | None = None) -> int:
    """The day after the last one of the fact that leads: orders, else the next that is there; a day number.

    Raises :class:`~clm_audit.exits.DataError` when nothing is dated.
    """
    engine = engine or engine_of(facts)
    with engine.open(facts.tables) as tables:
        counts = day_counts(engine.collect(daily_frames(tables)), None)
    leading = [counts[fact].ends[1] for fact in LEADING if fact in counts]
    if not leading:
        raise nothing_dated(plan, facts)
    return leading[0]


def has_begun(plan: AuditPlan, end: int) -> bool:
    """Whether the data reach beyond go-live: by its date, or because files of both sides are there."""
    if plan.go_live is not None:
        return day_number(plan.go_live) < end
    return {"before", "after"} <= plan.sides


def measure_history(plan: AuditPlan, facts: Facts, engine: Engine | None = None) -> Measured:
    """Everything up to the last day, as the time before a go-live that is still to come.

    All periods of each metric lie *before*: ``n0`` is their number. Raises as :func:`measure` does.
    """
    mark = to_date(last_day(plan, facts, engine) - 7 * MARK_WEEKS)
    measured = measure(plan.model_copy(update={"go_live": mark, **_OPEN}), facts, engine)
    history = tuple(replace(totals, n0=int(totals.start.size)) for totals in measured.metrics)
    return replace(measured, metrics=history)
