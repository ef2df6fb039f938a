"""Costs and benefits by year -> present values, net present value, return, payback. Plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MONTHS = 12.0


@dataclass(frozen=True)
class Flows:
    """Money by year: place 0 at go-live, undiscounted; place n at the end of year n."""

    costs: tuple[float, ...]
    benefits: tuple[float, ...]
    discount: float

    @property
    def pv_costs(self) -> float:
        """Present value of the costs."""
        return present(self.costs, self.discount)

    @property
    def pv_benefits(self) -> float:
        """Present value of the benefits."""
        return present(self.benefits, self.discount)

    @property
    def npv(self) -> float:
        """Net present value: benefits less costs.

        >>> round(Flows((100.0, 10.0), (0.0, 165.0), 0.10).npv, 2)
        40.91
        """
        return self.pv_benefits - self.pv_costs

    @property
    def roi(self) -> float:
        """(PV benefits − PV costs) / PV costs, a share."""
        return self.npv / self.pv_costs

    @property
    def net(self) -> tuple[float, ...]:
        """Benefits less costs of each year, undiscounted."""
        return tuple(gain - cost for gain, cost in zip(self.benefits, self.costs, strict=True))

    @property
    def payback_months(self) -> float | None:
        """Months until the sum of the undiscounted flows is no longer negative and stays so, each year's spread evenly
        over it; None when that does not happen.

        >>> Flows((120.0, 0.0, 0.0), (0.0, 60.0, 120.0), 0.1).payback_months
        18.0
        """
        sums = list(accumulate(self.net))
        last = max((year for year, total in enumerate(sums) if total < 0), default=-1)
        if last < 0:
            return 0.0
        return None if last + 1 == len(sums) else MONTHS * (last - sums[last] / self.net[last + 1])


def present(amounts: Sequence[float], discount: float) -> float:
    """Present value of amounts at the ends of years 0, 1, 2 …: Σ amount / (1 + discount)^year.

    >>> round(present((1.0, 1.1), 0.10), 9)
    2.0
    """
    return math.fsum(amount / (1.0 + discount) ** year for year, amount in enumerate(amounts))


def annuity(discount: float, years: int) -> float:
    """Present value of 1 at the end of each of so many years."""
    return present((0.0, *(1.0,) * years), discount)
