"""The metrics of the lifecycle: one maker each, beside those of the five questions.

Frames are run together with those of ``reduction.py``, so that scans are shared; a fact that is absent costs
nothing. Cells go into :class:`Totals` under names of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, AuditPlan
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.measures import ready, sides
from clm_audit.measures.activation import activation_cells, activation_frames, activation_rate
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.cohorts import repeat_purchase_rate
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.entrants import entrant_cells
from clm_audit.measures.lifetime import customer_lifetime_value
from clm_audit.measures.members import churn_rate, early_churn, retention_rate
from clm_audit.measures.model import Calendar, Cells, MetricTotals
from clm_audit.measures.periods import Inputs, blank
from clm_audit.measures.recurring import subscription_cells, subscription_frames
from clm_audit.measures.referrals import referral_cells, referral_frames, referral_rate
from clm_audit.measures.revenue import grr, nrr
from clm_audit.measures.spells import spell_cells, spell_frames
from clm_audit.measures.stages import stage_cells, stage_conversion, stage_frames
from clm_audit.measures.surveys import nps, survey_cells, survey_frames

Maker = Callable[[Inputs], MetricTotals]
MAKERS: Mapping[LifecycleId, Maker] = {
    "stage_conversion": stage_conversion,
    "activation_rate": activation_rate,
    "customer_lifetime_value": customer_lifetime_value,
    "first_90_day_churn": early_churn,
    "repeat_purchase_rate": repeat_purchase_rate,
    "retention_rate": retention_rate,
    "churn_rate": churn_rate,
    "nrr": nrr,
    "grr": grr,
    "nps": nps,
    "referral_rate": referral_rate,
}
FRAMES: tuple[Callable[[Frames, Collected, Calendar], Frames], ...] = (
    spell_frames,
    stage_frames,
    subscription_frames,
    survey_frames,
    referral_frames,
)
"""Tables, counts per day, calendar -> lazy frames; none of a table that is not there."""
CELLS: tuple[Callable[[Collected, Calendar], Mapping[str, Cells]], ...] = (
    entrant_cells,
    activation_cells,
    spell_cells,
    stage_cells,
    subscription_cells,
    survey_cells,
    referral_cells,
)
"""Collected frames, calendar -> additive cells; none of a frame that is not there."""


def is_asked(plan: AuditPlan) -> bool:
    """Whether any metric of the lifecycle is enabled."""
    return any(plan.metric(metric).enabled for metric in LIFECYCLE_IDS)


def lifecycle_frames(plan: AuditPlan, tables: Frames, daily: Collected, calendar: Calendar) -> Frames:
    """Every lazy frame of totals that the lifecycle needs of the tables that are there; none when nobody asks."""
    if not is_asked(plan):
        return {}
    made = {name: frame for make in FRAMES for name, frame in make(tables, daily, calendar).items()}
    return {**made, **activation_frames(plan.activation, tables, daily, calendar)}


def lifecycle_cells(collected: Collected, calendar: Calendar) -> dict[str, Cells]:
    """The collected frames as additive cells."""
    return {name: part for make in CELLS for name, part in make(collected, calendar).items()}


def lifecycle_metrics(inputs: Inputs) -> tuple[MetricTotals, ...]:
    """One for each enabled metric of the lifecycle, in the order of the catalogue."""
    enabled = (metric for metric in LIFECYCLE_IDS if inputs.plan.metric(metric).enabled)
    made = (_made(inputs, metric) for metric in enabled)
    return tuple(replace(each, missing=sides.held_back(inputs.calendar.sides, each)) for each in made)


def _made(inputs: Inputs, metric: LifecycleId) -> MetricTotals:
    """The metric, or which fact it misses. A ready-made table of it takes the place of what would be computed; but a
    score, which may be negative, is no ratio of two sums."""
    found = None if CATALOGUE[metric].unit == "points" else ready.ready_made(inputs, metric)
    if found is not None:
        refused = inputs.no_money("series") if CATALOGUE[metric].unit == "money" else None
        undivided = NotAssessable(code="no_units", detail={"fact": "series"})
        return blank(metric, refused) if refused else replace(found, units=undivided if inputs.plan.control else ())
    for group in CATALOGUE[metric].facts:
        if not any(fact in inputs.facts.tables for fact in group):
            return blank(metric, inputs.absent("orders" if "orders" in group else group[0]))
    return MAKERS[metric](inputs)
