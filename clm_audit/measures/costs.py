"""Question 5: what a new customer costs, and what it costs to keep one."""

from __future__ import annotations

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.measures.coverage import acquired_by
from clm_audit.measures.finish import retained_cells
from clm_audit.measures.model import MetricTotals, Ratio, Variant
from clm_audit.measures.orders import CENTS, bought, no_customer, variant, weekly
from clm_audit.measures.periods import Inputs, Recipe, blank, cook, too_few
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side, ratio
from clm_audit.measures.service import spend_line
from clm_audit.measures.totals import along, only, total


def _inverse(counts: Line) -> Line:
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / counts)


def acquisition_cost(inputs: Inputs) -> MetricTotals:
    """Acquisition spend per new customer."""
    source = acquired_by(inputs.counts, inputs.calendar.go_live)
    refused = _refused(inputs, "acquisition", needs_orders=source != "system")
    if refused:
        return blank("acquisition_cost", refused)
    calendar = inputs.calendar
    fact = "acquired" if source == "system" else "orders"
    nameless = None if source == "system" else no_customer(inputs)
    few = nameless if nameless and "side" not in nameless.detail else too_few(_new_in_all(inputs, fact))
    if few:
        return blank("acquisition_cost", few)
    first_week = None if source == "system" else calendar.base_from
    scheme = Scheme.of(calendar, ["spend.acquisition", fact], calendar.merge["acquired"], first_week=first_week)
    new = _new(inputs, scheme, source)
    recipe = Recipe(
        "acquisition_cost",
        scheme,
        num=lambda _: spend_line(inputs, "acquisition", scheme.units),
        den=lambda _: new,
        per=(CENTS, 1.0),
        s2=_inverse(scheme.fold(new)),
        undivided="spend",
        variants=_acquisition_variants(inputs),
        how={"acquired_by": source, **inputs.own_currency("spend")},
        behind={side: float(scheme.part(new, side).sum()) for side in SIDES},
    )
    return cook(inputs, recipe, inputs.one_sided("spend.acquisition") or inputs.one_sided(fact) or nameless)


def _refused(inputs: Inputs, category: str, *, needs_orders: bool) -> NotAssessable | None:
    if f"spend.{category}" not in inputs.counts:
        fact = inputs.absent("spend")
        named: dict[str, str | int | float] = {"category": category}
        if "spend" in inputs.facts.tables:
            named["rows"] = inputs.facts.evidence.get("spend.rows", 0)
        return NotAssessable(code=fact.code, detail={**fact.detail, **named})
    if needs_orders and "orders" not in inputs.counts:
        return inputs.absent("orders")
    return inputs.no_money("spend")


def _new_in_all(inputs: Inputs, fact: str) -> int:
    cells = inputs.totals.cells
    if fact == "acquired":
        return total(cells.get("acquired"), "new")
    return total(cells.get("gaps"), "customers", gap=0)


def _new(inputs: Inputs, scheme: Scheme, source: str) -> Line:
    if source == "system":
        return weekly(inputs, scheme, "new")(None)
    return along(only(inputs.totals.cells["gaps"], gap=0), "customers", "week", scheme.units)


def _acquisition_variants(inputs: Inputs) -> tuple[Variant, ...]:
    """Spend per first order: what it costs until somebody buys, whatever the system calls a customer."""
    if "orders" not in inputs.counts or "gaps" not in inputs.totals.cells:
        return ()
    calendar = inputs.calendar
    scheme = Scheme.of(calendar, ["spend.acquisition", "orders"], 1, first_week=calendar.base_from)
    spent, new = spend_line(inputs, "acquisition", scheme.units), _new(inputs, scheme, "first order seen")
    both: dict[Side, Ratio | NotAssessable] = {}
    for side in SIDES:
        customers = float(scheme.part(new, side).sum())
        few = too_few(customers, side) if customers else None
        both[side] = few or scheme.ratio(spent, new, side, (CENTS, 1.0))
    return (variant("acquisition_cost", "spend_per_first_order", both),)


def retention_cost(inputs: Inputs) -> MetricTotals:
    """Retention spend per customer retained: active in the base before a period of 4 weeks, and active in it.

    The period is always the same, so that the figure does not depend on how many customers there are.
    """
    refused = _refused(inputs, "retention", needs_orders=True)
    if refused:
        return blank("retention_cost", refused)
    calendar = inputs.calendar
    weeks = calendar.merge["retained"]
    scheme = Scheme.of(calendar, ["spend.retention", "orders"], weeks, step=weeks, first_week=calendar.base_from + 1)
    kept = retained_cells(inputs.totals.cells["gaps"], calendar, weeks)
    nameless = no_customer(inputs)
    few = nameless if nameless and "side" not in nameless.detail else too_few(total(kept, "retained"))
    if few:
        return blank("retention_cost", few)
    first, last = scheme.units
    weekly_spend = spend_line(inputs, "retention", (first * weeks, max(first, last) * weeks))
    spend = weekly_spend.reshape(-1, weeks).sum(axis=1)
    retained = along(kept, "retained", "period", scheme.units)
    recipe = Recipe(
        "retention_cost",
        scheme,
        num=lambda _: spend,
        den=lambda _: retained,
        per=(CENTS, 1.0),
        s2=_inverse(scheme.fold(retained)),
        undivided="spend",
        how={"base_weeks": calendar.base_weeks, **inputs.own_currency("spend")},
        behind={side: min(known, scheme.part(retained, side).sum()) for side, known in bought(inputs).items()},
    )
    return cook(inputs, recipe, inputs.one_sided("spend.retention") or inputs.one_sided("orders") or nameless)


def cost_ratio(retention: MetricTotals, acquisition: MetricTotals) -> Variant:
    """CRC : CAC, the cost of keeping a customer over the cost of a new one."""
    both: dict[Side, Ratio | NotAssessable] = {}
    for side, kept, won in zip(
        SIDES, (retention.before, retention.after), (acquisition.before, acquisition.after), strict=True
    ):
        if isinstance(kept, NotAssessable):
            both[side] = kept
        elif isinstance(won, NotAssessable):
            both[side] = won
        else:
            both[side] = ratio(kept.value, won.value, min(kept.weeks, won.weeks), side)
    return variant("retention_cost", "crc_to_cac", both)
