"""Facts -> Measured: look once to set the calendar, reduce once, and finish in plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan, MetricId
from clm_audit.facts.model import Facts
from clm_audit.facts.nothing import nothing_dated
from clm_audit.intake.model import Progress, silent
from clm_audit.measures import (
    activation,
    cohorts,
    exposure,
    mix,
    periods,
    ready,
    referrals,
    revenue,
    service,
    sides,
    stages,
    surveys,
    windows,
)
from clm_audit.measures.alternatives import cap_of, explained
from clm_audit.measures.beside import engine_of
from clm_audit.measures.calendar import resolve
from clm_audit.measures.campaigns import campaign_response
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.costs import acquisition_cost, cost_ratio, retention_cost
from clm_audit.measures.coverage import day_counts
from clm_audit.measures.daily import daily_frames, outside_rows
from clm_audit.measures.engines import Collected, Engine, Frames
from clm_audit.measures.finish import finish
from clm_audit.measures.grid import Grid
from clm_audit.measures.lifecycle import is_asked, lifecycle_cells, lifecycle_frames, lifecycle_metrics
from clm_audit.measures.members import lives_of
from clm_audit.measures.model import Calendar, Measured, MetricTotals, Totals
from clm_audit.measures.orders import purchase_frequency, transaction_size
from clm_audit.measures.parts import collected_in_parts, in_memory, referrals_in_parts
from clm_audit.measures.periods import Inputs, blank
from clm_audit.measures.reduction import again_frames, total_frames
from clm_audit.measures.service import service_cost

CODES = (
    *(code for part in (periods, service, windows, ready, sides, mix) for code in part.CODES),
    *(code for part in (stages, revenue, surveys, referrals) for code in part.CODES),
    *(code for part in (exposure, activation, cohorts) for code in part.CODES),
)
MAKERS: Mapping[MetricId, Callable[[Inputs], MetricTotals]] = {
    "purchase_frequency": purchase_frequency,
    "transaction_size": transaction_size,
    "service_cost": service_cost,
    "campaign_response": campaign_response,
    "acquisition_cost": acquisition_cost,
    "retention_cost": retention_cost,
}


def measure(plan: AuditPlan, facts: Facts, engine: Engine | None = None, progress: Progress = silent) -> Measured:
    """Everything that later floors need, in one pass over the facts on ``engine`` (where they are when None), or part
    by part where they stand in parts.

    Raises :class:`~clm_audit.exits.DataError` when nothing is dated, go-live lies outside the data or
    amounts are too large to be summed; :class:`~clm_audit.exits.UsageError` when there is no go-live.
    """
    engine = engine or engine_of(facts)
    with engine.open(facts.tables) as tables:
        daily = engine.collect(daily_frames(tables))
        if not set(day_counts(daily, None)) - {"acquired"}:
            raise nothing_dated(plan, facts)
        calendar = resolve(plan, daily)

        def frames(part: Frames) -> Frames:
            found = total_frames(part, daily, calendar, segments=len(facts.segments))
            return {**found, **lifecycle_frames(plan, part, daily, calendar)}

        collected = _collected(engine, plan, facts, tables, frames, calendar, progress)
        counts = day_counts(daily, calendar.go_live)
        totals, calendar = finish(collected, daily, counts, calendar)
        totals = replace(totals, cells={**totals.cells, **lifecycle_cells(collected, calendar)})
        again = _second_look(engine, facts, tables, daily, calendar, totals, collected)
    inputs = Inputs(plan, facts, calendar, totals, daily, counts, again)
    return Measured(
        calendar=calendar,
        totals=totals,
        metrics=_metrics(inputs),
        outside=outside_rows(daily, calendar.go_live, calendar.span),
        window_totals=windows.window_totals(inputs),
        currencies=windows.currencies(inputs),
        lifecycle=lifecycle_metrics(inputs),
        lives=lives_of(inputs),
    )


def _collected(
    engine: Engine,
    plan: AuditPlan,
    facts: Facts,
    tables: Frames,
    frames: Callable[[Frames], Frames],
    calendar: Calendar,
    progress: Progress,
) -> Collected:
    if not facts.parts:
        return engine.collect(frames(tables))
    divided = [{name: rows for name, rows in part.items() if name != "referrals"} for part in facts.parts]
    sums = collected_in_parts(engine, divided, frames, progress, in_memory)
    return {**sums, **(referrals_in_parts(engine, facts, calendar, progress) if is_asked(plan) else {})}


def _second_look(
    engine: Engine,
    facts: Facts,
    tables: Frames,
    daily: Collected,
    calendar: Calendar,
    totals: Totals,
    collected: Collected,
) -> Collected:
    """What lies above the cap of order values, and what the largest customer did; nothing where there is neither."""
    limit = cap_of(totals) if "values" in totals.cells else None
    if limit is None:
        return {}
    largest = collected["largest"]
    who = int(largest["customer"][0]) if largest["customer"].size and largest["revenue"][0] > 0 else None

    def frames(part: Frames) -> Frames:
        return again_frames(part, daily, calendar, limit, who)

    again = collected_in_parts(engine, facts.parts, frames, silent) if facts.parts else engine.collect(frames(tables))
    shift = Grid.of(calendar).shift
    return {name: {**columns, "week": columns["week"] - shift} for name, columns in again.items()}


def _metrics(inputs: Inputs) -> tuple[MetricTotals, ...]:
    """One for each enabled metric, in the order of the catalogue."""
    made = {metric: _metric(inputs, metric) for metric in METRIC_IDS}
    kept = made["retention_cost"]
    if kept.missing is None or not isinstance(kept.before, NotAssessable):
        ratio = cost_ratio(kept, made["acquisition_cost"])
        made["retention_cost"] = replace(kept, variants=(*kept.variants, ratio))
    return tuple(found for metric, found in made.items() if inputs.plan.metric(metric).enabled)


def _metric(inputs: Inputs, metric: MetricId) -> MetricTotals:
    """The metric; where the sides leave a hole next to go-live its plain numbers stand, but tell no change."""
    made = _made(inputs, metric)
    return replace(made, missing=sides.held_back(inputs.calendar.sides, made))


def _made(inputs: Inputs, metric: MetricId) -> MetricTotals:
    """A ready-made table of the metric takes the place of what would be computed."""
    found = ready.ready_made(inputs, metric)
    if found is None:
        return explained(inputs, MAKERS[metric])
    declared = CATALOGUE[metric]
    refused = inputs.no_money("series") if declared.unit == "money" else None
    if refused:
        return blank(metric, refused)
    if inputs.plan.control is None:
        return found
    return replace(found, units=NotAssessable(code="no_units", detail={"fact": "series"}))
