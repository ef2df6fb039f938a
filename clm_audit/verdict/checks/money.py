"""Is the money comparable, and does one order or one customer carry the change?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.plan import MetricId
from clm_audit.measures.model import Cells, Moments
from clm_audit.measures.periods import BY_FACT
from clm_audit.measures.totals import pooled
from clm_audit.verdict.checks.base import MONEY, Subject, Value, made
from clm_audit.verdict.model import Check

CODES = (
    "currency_one",
    "currency_from_config",
    "currency_converted",
    "currency_mixed",
    "currency_apart",
    "currency_not_stated",
    "currency_unknown",
    "orders_spread",
    "one_order_carries",
    "one_order_large",
    "orders_not_listed",
    "customers_spread",
    "few_customers_carry",
    "customers_not_listed",
)
LARGE_ORDER = 0.05  # of a window's revenue
SEEN = "currency.seen."  # counts of rows by the currency that they state
# Which metrics sum up amounts of which fact.
PAID_BY: Mapping[str, tuple[MetricId, ...]] = {
    "orders": ("transaction_size",),
    "tickets": ("service_cost",),
    "spend": ("service_cost", "acquisition_cost", "retention_cost"),
}


def currency(subject: Subject) -> Check:
    """Amounts in several currencies cannot be added without rates."""
    found = subject.facts.currency
    if isinstance(found, str):
        return _stated(subject, found)
    if found.code == "mixed_currencies":
        return _mixed(subject)
    if found.code == "currency_not_stated":
        return made("currency", "warn", "currency_not_stated", MONEY)
    return made("currency", "unknown", "currency_unknown", MONEY)


def _mixed(subject: Subject) -> Check:
    """Which facts have amounts in several currencies; amounts of different facts are never added to each other."""
    by_fact: dict[str, set[str]] = {}
    for name, count in subject.facts.evidence.items():
        if name.startswith(BY_FACT) and count:
            fact, code = name.removeprefix(BY_FACT).split(".")
            by_fact.setdefault(fact, set()).add(code)
    mixed = [fact for fact, codes in by_fact.items() if len(codes) > 1]
    if not by_fact:
        return made("currency", "fail", "currency_mixed", MONEY)
    if mixed:
        metrics = tuple(metric for metric in MONEY if any(metric in PAID_BY.get(fact, ()) for fact in mixed))
        return made("currency", "fail", "currency_mixed", metrics, **_counts(subject, mixed))
    each = ", ".join(f"{words} {code}" for words, (code,) in sorted((f, tuple(c)) for f, c in by_fact.items()))
    return made("currency", "warn", "currency_apart", MONEY, each=each)


def _counts(subject: Subject, facts: list[str]) -> dict[str, Value]:
    """How many rows of these facts state which currency: ``orders.EUR`` -> rows."""
    found = {
        name.removeprefix(BY_FACT): count for name, count in subject.facts.evidence.items() if name.startswith(BY_FACT)
    }
    return {name: count for name, count in sorted(found.items()) if count and name.partition(".")[0] in facts}


def _stated(subject: Subject, audit: str) -> Check:
    """Whether all rows state the audit currency, some were converted, or only the config names one."""
    seen = {
        name.removeprefix(SEEN): count
        for name, count in subject.facts.evidence.items()
        if name.startswith(SEEN) and count
    }
    foreign = {code: count for code, count in sorted(seen.items()) if code != audit}
    if foreign:
        at = ", ".join(f"{code} at {subject.plan.rates.get(code, 1)}" for code in foreign)
        rows = sum(foreign.values())
        return made("currency", "pass", "currency_converted", MONEY, currency=audit, rows=rows, converted=at)
    if subject.plan.currency and not seen:
        return made("currency", "pass", "currency_from_config", MONEY, currency=audit)
    return made("currency", "pass", "currency_one", MONEY, currency=audit)


@dataclass(frozen=True)
class WindowValues:
    """Exact order values of one window, in hundredths: how many orders, their sum and the largest."""

    orders: int
    cents: int
    largest: int

    @property
    def mean(self) -> float:
        """Hundredths per order."""
        return self.cents / self.orders

    def without_largest(self) -> float:
        """Hundredths per order, the largest order left out."""
        return (self.cents - self.largest) / (self.orders - 1)


def one_order(subject: Subject) -> Check:
    """Leaving out the largest order of each window must not turn the answer about transaction size."""
    cells = subject.measured.totals.cells.get("values") if subject.measured else None
    before, after = (_window_values(cells, side) for side in (0, 1)) if cells else (None, None)
    if before is None or after is None:
        return made("one_order", "unknown", "orders_not_listed")
    metrics: tuple[MetricId, ...] = ("transaction_size",)
    materiality = subject.plan.metric("transaction_size").materiality
    whole = after.mean / before.mean - 1
    without = after.without_largest() / before.without_largest() - 1
    if _answer(whole, materiality) != _answer(without, materiality) and abs(whole - without) > materiality:
        return made("one_order", "fail", "one_order_carries", metrics, change=whole, without=without)
    share = max(before.largest / before.cents, after.largest / after.cents)
    if share > LARGE_ORDER:
        return made("one_order", "warn", "one_order_large", metrics, share=share)
    return made("one_order", "pass", "orders_spread", metrics, share=share)


def one_customer(subject: Subject) -> Check:
    """No customer may be so large that the rest hardly matters.

    The largest share x of a total S is at most sqrt(Σx²) / S, because Σx² holds the largest square. Below the
    materiality, no single customer can make a material difference: that is a proof, not a guess.
    """
    vector = pooled(subject.measured.totals.moments) if subject.measured else None
    shares = [share for side in ("before", "after") if (share := _largest_share(vector, f"revenue_{side}")) is not None]
    if len(shares) < 2:
        return made("one_customer", "unknown", "customers_not_listed")
    metrics: tuple[MetricId, ...] = ("purchase_frequency", "transaction_size")
    limit = max(2 * subject.plan.metric("transaction_size").materiality, LARGE_ORDER)
    share = max(shares)
    if share > limit:
        return made("one_customer", "warn", "few_customers_carry", metrics, share=share, like=round(1 / share**2))
    return made("one_customer", "pass", "customers_spread", metrics, share=share)


def _window_values(cells: Cells, window: int) -> WindowValues | None:
    inside = cells.keys["window"] == window
    cents, orders = cells.keys["cents"][inside], cells.values["orders"][inside]
    positive = cents > 0
    if int(orders.sum()) < 3 or not positive.any():
        return None
    return WindowValues(int(orders.sum()), int(_dot(cents, orders)), int(cents.max()))


def _dot(cents: NDArray[np.int64], orders: NDArray[np.int64] | NDArray[np.float64]) -> int:
    return sum(int(value) * int(count) for value, count in zip(cents, orders, strict=True))


def _answer(change: float, materiality: float) -> int:
    return 0 if abs(change) <= materiality else int(np.sign(change))


def _largest_share(vector: Moments | None, name: str) -> float | None:
    """Upper bound on the share of the largest customer in a quantity."""
    if vector is None or name not in vector.names:
        return None
    at = vector.names.index(name)
    whole = float(vector.sums[at])
    return min(1.0, float(vector.products[at, at]) ** 0.5 / whole) if whole > 0 else None
