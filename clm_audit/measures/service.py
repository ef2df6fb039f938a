"""Question 3: what service costs per active customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.facts.model import Table
from clm_audit.measures.coverage import spend_is_monthly
from clm_audit.measures.daily import CATEGORIES, on_its_side
from clm_audit.measures.model import MetricTotals, Variant
from clm_audit.measures.orders import CENTS, buyers_seen, no_customer, variant, weekly
from clm_audit.measures.periods import MONTH, Inputs, Quantity, Recipe, Segments, blank, cook, too_few
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side
from clm_audit.measures.totals import along, only, total

CODES = ("no_cost_basis", "handling_time_one_side")
Source = Literal["recorded", "spend", "handling_time"]
# The facts whose amounts the cost is made of; handling time is paid at the rate of the config.
PAID_IN: Mapping[Source, tuple[Table, ...]] = {"recorded": ("tickets",), "spend": ("spend",), "handling_time": ()}
LOPSIDED = 0.1  # a share recorded on one side under a tenth of the other's means that recording began or ended


def recorded(inputs: Inputs, name: str) -> dict[Side, float]:
    """The share of tickets that carry a cost (``costed``) or a handling time (``timed``), by side of go-live."""
    columns = inputs.daily["tickets"]
    live, span = inputs.calendar.go_live, inputs.calendar.span
    kept = on_its_side(columns, live) & (columns["day"] >= span[0]) & (columns["day"] < span[1])
    shares: dict[Side, float] = {}
    for side in SIDES:
        rows = kept & ((columns["day"] < live) == (side == "before"))
        shares[side] = float(columns[name][rows].sum()) / max(1.0, float(columns["counted"][rows].sum()))
    return shares


def lopsided(shares: dict[Side, float]) -> bool:
    """Whether something was, in effect, recorded on one side only."""
    return min(shares.values()) <= LOPSIDED * max(shares.values())


def cost_source(inputs: Inputs) -> Source | NotAssessable:
    """Recorded cost, else spend of category service, else handling time × hourly rate; or why none will do."""
    has_tickets = "tickets" in inputs.counts
    if has_tickets and not lopsided(recorded(inputs, "costed")):
        return "recorded"
    if "spend.service" in inputs.counts:
        return "spend"
    if not has_tickets:
        return inputs.absent("tickets")
    timed = recorded(inputs, "timed")
    if inputs.plan.hourly_rate is not None and max(timed.values()) > 0:
        if not lopsided(timed):
            return "handling_time"
        return NotAssessable(code="handling_time_one_side", detail={"side": max(SIDES, key=lambda side: timed[side])})
    costed = recorded(inputs, "costed")
    if max(costed.values()) > 0:
        side = max(SIDES, key=lambda each: costed[each])
        return NotAssessable(code="one_side_only", detail={"fact": "tickets", "field": "cost", "side": side})
    columns = inputs.daily["tickets"]
    counted, with_time = int(columns["counted"].sum()), int(columns["timed"].sum())
    return NotAssessable(code="no_cost_basis", detail={"fact": "tickets", "tickets": counted, "timed": with_time})


def cents_divisor(inputs: Inputs, source: Source) -> float:
    """What the summed quantity is divided by to give money: cents, or seconds at the hourly rate."""
    if source == "handling_time" and inputs.plan.hourly_rate:
        return 3600.0 / float(inputs.plan.hourly_rate)
    return CENTS


def spend_line(inputs: Inputs, category: str, units: tuple[int, int]) -> Line:
    """Cents of a spend category per week."""
    return along(only(inputs.totals.cells["spend"], category=CATEGORIES.index(category)), "cents", "week", units)


def service_cost(inputs: Inputs) -> MetricTotals:
    """Cost of service per active customer and month."""
    source = cost_source(inputs)
    if isinstance(source, NotAssessable):
        return blank("service_cost", source)
    if "orders" not in inputs.counts:
        return blank("service_cost", inputs.absent("orders"))
    nameless = no_customer(inputs)
    whole = nameless if nameless and "side" not in nameless.detail else None
    refused = inputs.no_money(*PAID_IN[source]) or whole or too_few(buyers_seen(inputs))
    if refused:
        return blank("service_cost", refused)
    calendar = inputs.calendar
    fact = "spend.service" if source == "spend" else "tickets"
    weeks = calendar.merge.get("tickets", 4)
    if source == "spend" and spend_is_monthly(inputs.daily["spend"], CATEGORIES.index("service")):
        weeks = 4
    scheme = Scheme.of(calendar, [fact, "orders"], weeks, first_week=calendar.base_from)
    recipe = Recipe(
        "service_cost",
        scheme,
        num=_cost(inputs, scheme, source),
        den=weekly(inputs, scheme, "active", "base"),
        per=(cents_divisor(inputs, source), MONTH),
        s2=_variance(inputs, scheme, source),
        variants=_variants(inputs, source),
        how=_how(inputs, source),
        split=source != "spend",
        events=None if source == "spend" else weekly(inputs, scheme, "tickets"),
        s2_of=None if source == "spend" else lambda segments: _ticket_variance(inputs, scheme, source, segments),
        undivided="spend" if source == "spend" else "",
        behind={
            side: total(inputs.totals.cells["windows"], "active_customers", window=code)
            for code, side in enumerate(SIDES)
        },
    )
    return cook(inputs, recipe, inputs.one_sided(fact) or inputs.one_sided("orders") or nameless)


def _how(inputs: Inputs, source: Source) -> dict[str, str | int | float]:
    how: dict[str, str | int | float] = {"cost_source": source, "base_weeks": inputs.calendar.base_weeks}
    how.update(inputs.own_currency(*PAID_IN[source]))
    if source != "spend":
        shares = recorded(inputs, "costed" if source == "recorded" else "timed")
        how.update({f"recorded_{side}": shares[side] for side in SIDES})
    return how


def _cost(inputs: Inputs, scheme: Scheme, source: Source) -> Quantity:
    if source == "spend":
        return lambda _: spend_line(inputs, "service", scheme.units)
    return weekly(inputs, scheme, "cost" if source == "recorded" else "seconds")


def _variance(inputs: Inputs, scheme: Scheme, source: Source) -> Line | None:
    """(1 + cv²) / tickets, which is Σ cost² / (Σ cost)²; of spend only the count of tickets is known."""
    if source == "spend":
        if "tickets" not in inputs.counts:
            return None
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / scheme.fold(weekly(inputs, scheme, "tickets")(None)))
    return _ticket_variance(inputs, scheme, source)


def _ticket_variance(inputs: Inputs, scheme: Scheme, source: Source, segments: Segments = None) -> Line:
    name = "cost" if source == "recorded" else "seconds"
    tickets = inputs.totals.cells["tickets"]
    lines = [along(tickets, each, "period", scheme.periods, segments) for each in (name, f"{name}2")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(lines[1] / lines[0] ** 2)


def _variants(inputs: Inputs, source: Source) -> tuple[Variant, ...]:
    if "tickets" not in inputs.counts:
        return ()
    calendar = inputs.calendar
    cost_facts = ["tickets", "spend.service"] if source == "spend" else ["tickets"]
    scheme = Scheme.of(calendar, cost_facts, 1)
    tickets = weekly(inputs, scheme, "tickets")(None)
    counted = (
        tickets if source == "spend" else weekly(inputs, scheme, "costed" if source == "recorded" else "timed")(None)
    )
    money = (cents_divisor(inputs, source), 1.0)
    found = [
        variant(
            "service_cost",
            "cost_per_ticket",
            {side: scheme.ratio(_cost(inputs, scheme, source)(None), counted, side, money) for side in SIDES},
        )
    ]
    based = Scheme.of(calendar, ["tickets", "orders"], 1, first_week=calendar.base_from)
    lines = weekly(inputs, based, "tickets")(None), weekly(inputs, based, "active", "base")(None)
    found.append(
        variant(
            "service_cost", "tickets_per_100", {side: based.ratio(*lines, side, (1.0, 100 * MONTH)) for side in SIDES}
        )
    )
    if max(recorded(inputs, "timed").values()) > 0:
        plain = Scheme.of(calendar, ["tickets"], 1)
        hours = weekly(inputs, plain, "seconds")(None), weekly(inputs, plain, "timed")(None)
        found.append(
            variant(
                "service_cost", "hours_per_ticket", {side: plain.ratio(*hours, side, (3600.0, 1.0)) for side in SIDES}
            )
        )
    return tuple(found)
