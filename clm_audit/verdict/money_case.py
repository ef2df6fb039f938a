"""The one formula: effects and volumes -> benefits a year -> net present value. Effects may be numbers or points.

Revenue is customers × frequency × size, and the customers are the same with and without the CRM. So of the revenue
after, R = R₀(1 + f)(1 + s), what the CRM added is R₀·f (more orders of the old size) + R₀·s (larger orders, as many
as before) + R₀·f·s (the further orders are larger as well): an identity, in which nothing stands twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.plan import MetricId
from clm_audit.verdict.money_flows import Flows, annuity
from clm_audit.verdict.money_model import LINES, LineId, Volume

Floats = NDArray[np.float64]
Effects = Mapping[MetricId, Floats]
SAVED: Mapping[LineId, MetricId] = {
    "service_saved": "service_cost",
    "acquisition_saved": "acquisition_cost",
    "retention_saved": "retention_cost",
}


@dataclass(frozen=True)
class Case:
    """All that a net present value depends on, but the effects. ``lasting``: years in which there are benefits;
    ``initial`` and ``running`` the costs once and a year, in the audit's currency."""

    volumes: Mapping[MetricId, Volume]
    margin: float
    years: int
    lasting: int
    discount: float
    attributable: float
    initial: float
    running: float

    @property
    def pv_costs(self) -> float:
        """Present value of the costs."""
        return self.initial + self.running * annuity(self.discount, self.years)

    @property
    def factor(self) -> float:
        """What one unit of yearly benefit is worth today."""
        return annuity(self.discount, self.lasting)

    def lines(self, effects: Effects) -> dict[LineId, Floats]:
        """Benefits a year by line. ``effects``: log effects, of equal shape; a metric that is absent has none."""
        zero = np.zeros_like(next(iter(effects.values()))) if effects else np.zeros(())
        found: dict[LineId, Floats] = dict.fromkeys(LINES, zero)
        revenue = self.volumes.get("transaction_size")
        if revenue is not None:
            found.update(zip(LINES, self._orders(revenue, effects, zero), strict=False))
        for line, metric in SAVED.items():
            if metric in effects:
                spent = self.volumes[metric]
                found[line] = spent.yearly * spent.share * np.expm1(-effects[metric])
        return {line: amount * self.attributable for line, amount in found.items()}

    def _orders(self, revenue: Volume, effects: Effects, zero: Floats) -> tuple[Floats, Floats, Floats]:
        """More orders, larger orders, and both: those with the CRM and those without it apart."""
        often, size = effects.get("purchase_frequency", zero), effects.get("transaction_size", zero)
        wide = self.volumes.get("purchase_frequency", revenue)
        # orders without a customer are in no frequency: only the known ones would have been fewer or more
        more = 1.0 / (1.0 - wide.known + wide.known * np.exp(-often)) - 1.0
        larger = np.expm1(size)
        totals = [zero, zero, zero]
        for part, f, s in _groups(wide.share, revenue.share):
            before = revenue.yearly * part * self.margin / ((1.0 + f * more) * (1.0 + s * larger))
            for place, gain in enumerate((f * more, s * larger, f * more * s * larger)):
                totals[place] = totals[place] + before * gain
        return totals[0], totals[1], totals[2]

    def yearly(self, effects: Effects) -> Floats:
        """All benefits a year."""
        total: Floats = np.asarray(sum(self.lines(effects).values()))
        return total

    def npv(self, effects: Effects) -> Floats:
        """Net present value."""
        worth: Floats = self.yearly(effects) * self.factor - self.pv_costs
        return worth

    def flows(self, yearly: float) -> Flows:
        """Costs and benefits by year, with ``yearly`` benefits in each year that they last."""
        gains = (0.0, *(yearly if year < self.lasting else 0.0 for year in range(self.years)))
        return Flows((self.initial, *(self.running,) * self.years), gains, self.discount)


def _groups(often: float, size: float) -> list[tuple[float, bool, bool]]:
    """Shares of the revenue by which of the two effects applies there: the one that reaches less people applies
    within those that the other reaches."""
    both, one = min(often, size), max(often, size)
    alone = (one - both, often > size, size > often)
    return [(both, True, True), alone, (1.0 - one, False, False)]
