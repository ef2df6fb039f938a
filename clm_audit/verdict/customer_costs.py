"""What winning a customer costs beside keeping one: their ratio, and when keeping is the cheaper way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.rounding import rounded
from clm_audit.measures.model import DAYS_PER_MONTH, WEEKS_PER_YEAR, Measured, MetricTotals, Ratio

Side = Literal["before", "after"]
Known = float | NotAssessable
MOVED = 0.005
"""Changes under half a per cent are no change."""


@dataclass(frozen=True)
class CostSide:
    """One window. ``cac``: spend per new customer; ``crc``: per retained customer and period; ``ratio`` crc : cac.

    ``spend``: retention spend per active customer and year; ``breakeven``: that over ``cac``: the share of customers
    who must stay, a year, who would else have left, for keeping to cost no more than winning them anew.
    """

    cac: Known
    crc: Known
    ratio: Known
    spend: Known
    breakeven: Known


@dataclass(frozen=True)
class Smaller:
    """Acquisition that got cheaper and smaller: changes of the cost of one, and of spend and customers a week."""

    cost: float
    spend: float
    customers: float


@dataclass(frozen=True)
class CustomerCosts:
    """Both windows, and whether acquisition got cheaper because it got smaller."""

    before: CostSide
    after: CostSide
    smaller: Smaller | None


def customer_costs(measured: Measured) -> CustomerCosts | NotAssessable:
    """The two costs side by side; why not, when neither is known on either side."""
    totals: dict[MetricId, MetricTotals] = {item.metric: item for item in measured.metrics}
    sides = [_side(totals, side) for side in ("before", "after")]
    known = [one for side in sides for one in (side.cac, side.crc)]
    if all(isinstance(one, NotAssessable) for one in known):
        return next(one for one in known if isinstance(one, NotAssessable))
    return CustomerCosts(sides[0], sides[1], smaller(totals.get("acquisition_cost")))


def _side(totals: Mapping[MetricId, MetricTotals], side: str) -> CostSide:
    won, kept, bought = (
        _ratio(totals.get(metric), side) for metric in ("acquisition_cost", "retention_cost", "purchase_frequency")
    )
    spend = _spend(kept, bought)
    return CostSide(_value(won), _value(kept), _over(_value(kept), _value(won)), spend, _over(spend, _value(won)))


def _ratio(item: MetricTotals | None, side: str) -> Ratio | NotAssessable:
    if item is None:
        return NotAssessable(code="disabled")
    return item.before if side == "before" else item.after


def _value(found: Ratio | NotAssessable) -> Known:
    return found if isinstance(found, NotAssessable) else rounded(found.value)


def _spend(kept: Ratio | NotAssessable, bought: Ratio | NotAssessable) -> Known:
    """Retention spend per active customer and year; ``bought`` has active customers times months below the line."""
    if isinstance(kept, NotAssessable):
        return kept
    if isinstance(bought, NotAssessable):
        return bought
    active = bought.denominator / (bought.weeks * 7 / DAYS_PER_MONTH)
    return rounded(kept.numerator / kept.weeks * WEEKS_PER_YEAR / active)


def _over(top: Known, bottom: Known) -> Known:
    if isinstance(top, NotAssessable):
        return top
    if isinstance(bottom, NotAssessable):
        return bottom
    return rounded(top / bottom) if bottom > 0 else NotAssessable(code="zero_denominator")


def smaller(item: MetricTotals | None) -> Smaller | None:
    """The three changes, where the cost of a customer, the spend and the customers won a week all fell."""
    if item is None or isinstance(item.before, NotAssessable) or isinstance(item.after, NotAssessable):
        return None
    before, after = item.before, item.after
    cost = after.value / before.value - 1.0 if before.value > 0 else math.nan
    spend, customers = (
        (getattr(after, name) / after.weeks) / (getattr(before, name) / before.weeks) - 1.0
        for name in ("numerator", "denominator")
    )
    if not all(change < -MOVED for change in (cost, spend, customers)):
        return None
    return Smaller(rounded(cost), rounded(spend), rounded(customers))
