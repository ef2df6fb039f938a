"""Are orders what they seem to be? Numbers used for several orders, states that nobody knows, refunds unsaid."""

from __future__ import annotations

from clm_audit.config.plan import MetricId
from clm_audit.verdict.checks.base import Subject, Value, made, touched
from clm_audit.verdict.model import Check, CheckStatus

CODES = (
    "numbers_once",
    "numbers_revised",
    "numbers_anew",
    "numbers_unclear",
    "numbers_mixed",
    "numbers_unknown",
    "states_known",
    "states_unknown",
    "states_mostly_unknown",
    "states_not_checked",
    "refunds_said",
    "refunds_by_state",
    "refunds_partly_unsaid",
    "refunds_not_checked",
)
FEW = 0.01  # of all orders: below it, orders that nobody can tell apart cannot carry a change
UNKNOWN_STATES = 0.05
REFUNDED: tuple[MetricId, ...] = ("transaction_size",)  # what was given back is taken off what was paid


def order_numbers(subject: Subject) -> Check:
    """The same order number in two files, or on two lines, should be the same order."""
    orders = subject.count("orders.rows")
    if not orders:
        return made("order_numbers", "unknown", "numbers_unknown")
    metrics = touched(["orders"])
    evidence: dict[str, Value] = {"orders": orders}
    unclear, mixed = subject.count("orders.numbers_unclear") or 0, subject.count("orders.mixed_lines") or 0
    for count, code in ((unclear, "numbers_unclear"), (mixed, "numbers_mixed")):
        if count:
            status: CheckStatus = "fail" if count > FEW * orders else "warn"
            return made("order_numbers", status, code, metrics, count=count, **evidence)
    if anew := subject.count("orders.numbers_anew"):
        return made("order_numbers", "warn", "numbers_anew", metrics, count=anew, **evidence)
    if revised := subject.count("orders.revised"):
        return made("order_numbers", "pass", "numbers_revised", metrics, count=revised, **evidence)
    return made("order_numbers", "pass", "numbers_once", metrics, **evidence)


def order_states(subject: Subject) -> Check:
    """Orders in a state that nobody knows are not counted; too many of them and the rest is not the whole."""
    counted, unknown = subject.count("orders.rows"), subject.count("orders.left_out.unknown_state") or 0
    if counted is None or not counted + unknown:
        return made("order_states", "unknown", "states_not_checked")
    metrics, orders = touched(["orders"]), counted + unknown
    if not unknown:
        return made("order_states", "pass", "states_known", metrics)
    share = unknown / orders
    evidence: dict[str, Value] = {"count": unknown, "orders": orders, "share": share}
    if share > UNKNOWN_STATES:
        return made("order_states", "fail", "states_mostly_unknown", metrics, **evidence)
    return made("order_states", "warn", "states_unknown", metrics, **evidence)


def refunds(subject: Subject) -> Check:
    """What a state alone says was given back: a whole order is known, of a part nobody knows how much."""
    orders = subject.count("orders.rows")
    if not orders:
        return made("refunds", "unknown", "refunds_not_checked")
    whole, partly = (subject.count(f"orders.{name}") or 0 for name in ("refund_from_state", "refund_unsaid"))
    evidence: dict[str, Value] = {"orders": orders, "count": partly or whole, "share": (partly or whole) / orders}
    if partly:
        return made("refunds", "warn", "refunds_partly_unsaid", REFUNDED, **evidence)
    if whole:
        return made("refunds", "pass", "refunds_by_state", REFUNDED, **evidence)
    return made("refunds", "pass", "refunds_said", REFUNDED, orders=orders)
