"""How sure an observed change is: clustered standard errors in closed form, from the customer moments."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from clm_audit.measures.model import Moments


def log_change_error(moments: Moments, weights: Mapping[str, float], alone: float = 0.0) -> float | None:
    """Standard error of a log change that is Σ over customers of weights · quantities, to first order.

    ``weights`` are the derivatives of the log change by each sum; customers are the clusters, so the
    products across the two windows go in: the same customers are on both sides. ``alone`` adds the
    variance of orders without a customer. None when fewer than two customers take part.
    (Deng, Knoblich & Lu 2018: the delta method for ratio metrics.)

    >>> one = Moments(("a_before", "a_after"), 3, np.array([6, 6]), np.array([[12.0, 12.0], [12.0, 12.0]]))
    >>> log_change_error(one, {"a_before": -1 / 6, "a_after": 1 / 6})
    0.0
    """
    n = moments.customers
    if n < 2:
        return None
    place = [moments.names.index(name) for name in weights]
    by = np.array(list(weights.values()))
    sums = moments.sums[place].astype(np.float64)
    squares = float(by @ moments.products[np.ix_(place, place)] @ by)
    centred = squares - float(by @ sums) ** 2 / n
    return math.sqrt(max(0.0, centred * n / (n - 1) + alone))


def frequency_error(moments: Moments) -> float | None:
    """Of the log change in orders per customer on file, between the windows."""
    before, after = (_sum(moments, f"orders_{side}") for side in ("before", "after"))
    if before <= 0 or after <= 0:
        return None
    return log_change_error(moments, {"orders_before": -1 / before, "orders_after": 1 / after})


def size_error(moments: Moments, nameless: Mapping[str, tuple[float, float, float, float]]) -> float | None:
    """Of the log change in net revenue per order. ``nameless`` holds for each window what has no customer,
    each a cluster of its own: how many orders, Σ net of orders and credit notes, Σ net of orders, Σ net²."""
    weights: dict[str, float] = {}
    alone = 0.0
    for side, sign in (("before", -1), ("after", 1)):
        count, net, ordered, net2 = nameless[side]
        orders, revenue = _sum(moments, f"orders_{side}") + count, _sum(moments, f"revenue_{side}") + net
        if orders <= 0 or revenue <= 0:
            return None
        weights[f"revenue_{side}"], weights[f"orders_{side}"] = sign / revenue, -sign / orders
        alone += net2 / revenue**2 - 2 * ordered / (revenue * orders) + count / orders**2
    return log_change_error(moments, weights, alone)


def _sum(moments: Moments, name: str) -> int:
    return int(moments.sums[moments.names.index(name)])
