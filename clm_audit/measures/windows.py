"""The totals of the two exact windows, by the names of the audit JSON: each a number, or why there is none.

Money is in hundredths of the audit currency, as an integer; hours are hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.facts.model import Table
from clm_audit.measures.coverage import acquired_by, recorded_kinds
from clm_audit.measures.daily import KINDS
from clm_audit.measures.periods import Inputs
from clm_audit.measures.scheme import SIDES, Side
from clm_audit.measures.service import PAID_IN, cost_source
from clm_audit.measures.totals import total

CODES = ("no_handling_time",)
Known = float | NotAssessable
MONEY: Mapping[str, Table | None] = {  # the fact whose amounts it sums; None depends on the source of cost
    "gross_revenue": "orders",
    "refunds": "orders",
    "net_revenue": "orders",
    "service_cost": None,
    "acquisition_spend": "spend",
    "retention_spend": "spend",
}
SUMS: Mapping[str, tuple[str, Table]] = {
    "orders": ("orders", "orders"),
    "gross_revenue": ("gross", "orders"),
    "refunds": ("refunded", "orders"),
    "net_revenue": ("net", "orders"),
    "purchasing_customers": ("purchasing_customers", "orders"),
    "tickets": ("tickets", "tickets"),
}


def window_totals(inputs: Inputs) -> dict[str, tuple[Known, Known]]:
    """Name -> (before, after)."""
    makers: dict[str, Callable[[Side, int], Known]] = {
        name: _sum(inputs, column, table) for name, (column, table) in SUMS.items()
    }
    makers["active_customers"] = lambda side, code: _based(inputs, side, code, "active_customers")
    makers["customers"] = lambda side, code: _on_file(inputs, side, code)
    makers["handling_hours"] = lambda side, code: _hours(inputs, side, code)
    makers["service_cost"] = lambda side, code: _service(inputs, side, code)
    for name in ("sent", "delivered", *KINDS):
        makers[name] = _campaign(inputs, name)
    makers["acquisition_spend"] = _spend(inputs, "acquisition")
    makers["new_customers"] = lambda side, code: _new(inputs, side, code)
    makers["retention_spend"] = _spend(inputs, "retention")
    makers["retained_customers"] = lambda side, code: _based(inputs, side, code, "retained_customers")
    found: dict[str, tuple[Known, Known]] = {}
    for name, make in makers.items():
        refused = inputs.no_money(*_paid_in(inputs, name)) if name in MONEY else None
        before, after = (refused or make(side, code) for code, side in enumerate(SIDES))
        found[name] = (before, after)
    return found


def currencies(inputs: Inputs) -> dict[str, str]:
    """The currency of each total of money, where it is known."""
    found = {name: inputs.currency(*_paid_in(inputs, name)) for name in MONEY}
    return {name: currency for name, currency in found.items() if currency}


def _paid_in(inputs: Inputs, name: str) -> tuple[Table, ...]:
    table = MONEY[name]
    if table is not None:
        return (table,)
    source = cost_source(inputs)
    return ("tickets",) if isinstance(source, NotAssessable) else PAID_IN[source]


def _window(inputs: Inputs, side: Side) -> tuple[int, int]:
    return inputs.calendar.before if side == "before" else inputs.calendar.after


def _refused(inputs: Inputs, side: Side, fact: str, table: Table) -> NotAssessable | None:
    """Why a fact says nothing about a window: it is missing, the window is empty, or it does not reach there."""
    if fact not in inputs.counts:
        return inputs.absent(table)
    start, end = _window(inputs, side)
    if end <= start:
        return NotAssessable(code="empty_window", detail={"side": side})
    first, last = inputs.calendar.coverage[fact]
    if min(end, last) <= max(start, first):
        other: Side = "after" if side == "before" else "before"
        return inputs.one_sided(fact) or NotAssessable(code="one_side_only", detail={"fact": fact, "side": other})
    return None


def _cell(inputs: Inputs, name: str, code: int) -> int:
    return total(inputs.totals.cells["windows"], name, window=code)


def _sum(inputs: Inputs, column: str, table: Table) -> Callable[[Side, int], Known]:
    def make(side: Side, code: int) -> Known:
        refused = _refused(inputs, side, table, table)
        if refused is None and column == "purchasing_customers":
            refused = _nameless(inputs, side, code)
        return refused or _cell(inputs, column, code)

    return make


def _nameless(inputs: Inputs, side: Side, code: int) -> NotAssessable | None:
    """Whether there are orders in a window and none carries a customer."""
    orders = _cell(inputs, "orders", code)
    if not orders or _cell(inputs, "known_orders", code):
        return None
    return NotAssessable(code="no_customer", detail={"orders": orders, "side": side})


def _spend(inputs: Inputs, category: str) -> Callable[[Side, int], Known]:
    fact = f"spend.{category}"
    return lambda side, code: _refused(inputs, side, fact, "spend") or _cell(inputs, f"{category}_spend", code)


def _based(inputs: Inputs, side: Side, code: int, name: str) -> Known:
    """Figures that need the weeks of the base before a day: the window's end, or its start for *retained*."""
    refused = _refused(inputs, side, "orders", "orders") or _nameless(inputs, side, code)
    if refused:
        return refused
    day = _window(inputs, side)[0 if name == "retained_customers" else 1]
    weeks = inputs.calendar.base_weeks
    if day - 7 * weeks < inputs.calendar.coverage["orders"][0]:
        return NotAssessable(code="no_base", detail={"side": side, "weeks": weeks})
    return _cell(inputs, name, code)


def _on_file(inputs: Inputs, side: Side, code: int) -> Known:
    """Customers on file at the end of a window, by first order or the system's date (see :mod:`wide`)."""
    found = _cell(inputs, "customers", code)
    if not found:
        return inputs.absent("customers")
    start, end = _window(inputs, side)
    return found if end > start else NotAssessable(code="empty_window", detail={"side": side})


def _hours(inputs: Inputs, side: Side, code: int) -> Known:
    refused = _refused(inputs, side, "tickets", "tickets")
    if refused:
        return refused
    if not _cell(inputs, "timed", code):
        return NotAssessable(code="no_handling_time", detail={"side": side})
    return _cell(inputs, "seconds", code) / 3600


def _service(inputs: Inputs, side: Side, code: int) -> Known:
    source = cost_source(inputs)
    if isinstance(source, NotAssessable):
        return source
    if source == "spend":
        return _spend(inputs, "service")(side, code)
    refused = _refused(inputs, side, "tickets", "tickets")
    if refused:
        return refused
    if source == "recorded":
        return _cell(inputs, "cost", code)
    rate = inputs.plan.hourly_rate
    if not rate:
        return NotAssessable(code="no_cost_basis", detail={"fact": "tickets"})
    return round(_cell(inputs, "seconds", code) * rate * 100 / 3600)


def _campaign(inputs: Inputs, name: str) -> Callable[[Side, int], Known]:
    def make(side: Side, code: int) -> Known:
        fact: Table = "sends" if "sends" in inputs.counts or "campaigns" not in inputs.counts else "campaigns"
        refused = _refused(inputs, side, fact, fact)
        if refused:
            return refused
        if name in KINDS:
            seen = recorded_kinds(inputs.daily, inputs.calendar.go_live)[name]
            if not seen:
                return NotAssessable(code="missing_fact", detail={**inputs.absent("responses").detail, "kind": name})
            if side not in seen:
                other = next(iter(seen))
                return NotAssessable(code="one_side_only", detail={"fact": "responses", "kind": name, "side": other})
        return _cell(inputs, name, code)

    return make


def _new(inputs: Inputs, side: Side, code: int) -> Known:
    if acquired_by(inputs.counts, inputs.calendar.go_live) == "system":
        return _refused(inputs, side, "acquired", "customers") or _cell(inputs, "new", code)
    refused = _refused(inputs, side, "orders", "orders") or _nameless(inputs, side, code)
    if refused:
        return refused
    calendar = inputs.calendar
    if _window(inputs, side)[0] < calendar.go_live + 7 * calendar.base_from:
        return NotAssessable(code="no_base", detail={"side": side, "weeks": calendar.base_weeks})
    return _cell(inputs, "first_orders", code)
