"""Words for the metrics: questions, names, units, definitions, variants, totals, facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clm_audit.config.plan import MetricId
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.catalogue_lifecycle import NAMES as LIFECYCLE_NAMES
from clm_audit.report import words_lifecycle

QUESTIONS: Mapping[str, str] = {
    "question.1": "Do customers purchase more frequently?",
    "question.2": "Are transactions larger?",
    "question.3": "Has the cost of customer service shrunk?",
    "question.4": "Have responses to marketing campaigns increased?",
    "question.5": "Has the cost of acquiring or retaining customers shrunk?",
    **words_lifecycle.QUESTIONS,
}
# Question 5 has two metrics; each line of a table asks its own half.
HALVES: Mapping[MetricId, str] = {
    "acquisition_cost": "Has the cost of acquiring customers shrunk?",
    "retention_cost": "Has the cost of retaining customers shrunk?",
}
NAMES: Mapping[MetricId, str] = {
    "purchase_frequency": "Purchase frequency",
    "transaction_size": "Transaction size",
    "service_cost": "Cost of customer service",
    "campaign_response": "Campaign response",
    "acquisition_cost": "Cost of acquiring a customer",
    "retention_cost": "Cost of retaining a customer",
    **LIFECYCLE_NAMES,
}
UNITS: Mapping[str, str] = {
    "unit.orders_per_customer_month": "orders per active customer per month",
    "unit.money_per_order": "{currency} net per order",
    "unit.money_per_customer_month": "{currency} per active customer per month",
    "unit.share_of_delivered": "{responses} per delivered message",
    "unit.money_per_new_customer": "{currency} per new customer",
    "unit.money_per_retained_customer": "{currency} per retained customer and 4 weeks",
    **words_lifecycle.UNITS,
}
NO_CURRENCY = "money (currency not stated)"
RESPONSE_UNITS: Mapping[str, str] = {
    "responded": "responses",
    "converted": "conversions",
    "clicked": "clicks",
    "opened": "opens",
}
VARIANTS: Mapping[str, str] = {
    "variant.orders_per_buyer": "orders per purchasing customer per month",
    "variant.orders_per_customer": "orders per customer on file per month",
    "variant.gross": "gross revenue per order",
    "variant.median": "median net order value",
    "variant.capped": "net revenue per order, orders capped at the 99th percentile of before",
    "variant.cost_per_ticket": "cost per ticket",
    "variant.tickets_per_100": "tickets per 100 active customers per month",
    "variant.hours_per_ticket": "hours per ticket",
    "variant.click": "recipients who clicked per delivered recipient",
    "variant.open": "recipients who opened per delivered recipient (a vanity metric: privacy proxies open mail)",
    "variant.conversion": "conversions (orders) per delivered recipient",
    "variant.per_sent": "responders per recipient sent to",
    "variant.spend_per_first_order": "spend per order of new customers",
    "variant.crc_to_cac": "retention cost of 4 weeks to acquisition cost (10 to 20 % is often quoted, span unsaid)",
    **words_lifecycle.VARIANTS,
}
VARIANT_UNITS: Mapping[str, str] = {
    "count rate": "number",
    "money": "{currency}",
    "share": "share",
    "hours": "hours",
    "ratio": "share",
    "points": "points",
    "days": "days",
}
FACTS: Mapping[str, str] = {
    "customers": "customers",
    "orders": "orders",
    "order_lines": "order lines",
    "tickets": "service tickets",
    "sends": "campaign sends",
    "responses": "campaign responses",
    "campaigns": "campaign totals",
    "spend": "spend",
    "series": "ready-made series",
    "acquired": "dates on which customers were acquired",
    "ended": "dates on which customers ended",
    "spend.acquisition": "acquisition spend",
    "spend.retention": "retention spend",
    "spend.service": "service spend",
    "stages": "lifecycle stages",
    "surveys": "survey answers",
    "surveys.nps": "answers to the question of recommending",
    "surveys.csat": "ratings of satisfaction",
    "surveys.ces": "ratings of effort",
    "surveys.rating": "ratings in stars",
    "surveys.good_bad": "ratings as good or bad",
    "subscriptions": "subscriptions",
    "events": "product events",
    "referrals": "referrals",
}
FORMULAS: Mapping[MetricId, str] = {
    "purchase_frequency": "orders of known customers / (active customers times months)",
    "transaction_size": "net revenue of orders / orders",
    "service_cost": "cost of service / (active customers times months)",
    "campaign_response": "recipients of each campaign who responded / recipients to whom it was delivered",
    "acquisition_cost": "acquisition spend / customers acquired",
    "retention_cost": "retention spend / customers retained, once in every 4 weeks",
    **words_lifecycle.FORMULAS,
}
DEFINITIONS: Mapping[MetricId, str] = {
    "purchase_frequency": (
        "Orders in the window, divided by active customers and months. Active: at least one order in the"
        " {base_weeks} weeks up to then. Orders without a customer are left out."
    ),
    "transaction_size": (
        "Net revenue of orders (after refunds), divided by the number of orders. Credit notes count as refunds on"
        " their own date, not as orders. Cancelled, voided, test and unpaid orders are left out."
    ),
    "service_cost": (
        "Cost of service, divided by active customers and months. Active: at least one order in the"
        " {base_weeks} weeks up to then. Cost comes from {cost_source}."
    ),
    "campaign_response": (
        "Distinct recipients of a campaign who {response}, divided by distinct recipients to whom it was delivered."
        " A response counts on the day of its send. What counts is set by response in the config; else it is the first"
        " of responded, converted and clicked that is recorded on both sides of go-live."
    ),
    "acquisition_cost": ("Spend of category acquisition, divided by customers acquired. Acquired means {acquired}."),
    "retention_cost": (
        "Spend of category retention, divided by customers retained, each counted once in every 4 weeks: ordering in"
        " those 4 weeks, and active in the {base_weeks} weeks before them."
    ),
    **words_lifecycle.DEFINITIONS,
}
COST_SOURCES: Mapping[str, str] = {
    "recorded": "the cost recorded on tickets",
    "spend": "spend of category service",
    "handling_time": "handling time times the hourly rate",
}
RESPONSES: Mapping[str, str] = {
    "responded": "responded",
    "converted": "converted",
    "clicked": "clicked",
    "opened": "opened it (a vanity metric: privacy proxies open mail)",
}
ACQUIRED: Mapping[str, str] = {
    "first order seen": "the first order seen",
    "system": "the date on which the system says they became a customer",
}
TOTALS: Mapping[str, str] = {
    "orders": "orders",
    "gross_revenue": "gross revenue",
    "refunds": "refunds",
    "net_revenue": "net revenue",
    "purchasing_customers": "purchasing customers",
    "active_customers": "active customers at the end",
    "customers": "customers on file",
    "tickets": "tickets",
    "handling_hours": "handling hours",
    "service_cost": "cost of service",
    "sent": "messages sent",
    "delivered": "messages delivered",
    "opened": "opened",
    "clicked": "clicked",
    "responded": "responded",
    "converted": "converted",
    "acquisition_spend": "acquisition spend",
    "new_customers": "new customers",
    "retention_spend": "retention spend",
    "retained_customers": "retained customers",
}


def question(metric: MetricId) -> str:
    """The question that a metric answers (for question 5, its half of it)."""
    return HALVES.get(metric) or QUESTIONS[CATALOGUE[metric].question_text]


def name(metric: MetricId) -> str:
    """The metric's name, as a heading."""
    return NAMES[metric]


def in_text(metric: MetricId) -> str:
    """The metric's name inside a sentence.

    >>> in_text("service_cost"), in_text("nps")
    ('cost of customer service', 'net promoter score')
    """
    return NAMES[metric][0].lower() + NAMES[metric][1:]


def listed(items: Iterable[str]) -> str:
    """Items in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed([])
    ('a', 'a, b and c', '')
    """
    *first, last = list(items) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def shortly(items: Iterable[str], most: int = 3) -> str:
    """The first items in a sentence, and how many more there are.

    >>> shortly("ab"), shortly("abcde")
    ('a and b', 'a, b, c and 2 more')
    """
    found = list(items)
    return listed(found) if len(found) <= most else f"{', '.join(found[:most])} and {len(found) - most} more"


def metric_in_text(metric: str) -> str:
    """The same for an id that is only known as text; an id nobody knows is said as it is.

    >>> metric_in_text("campaign_response"), metric_in_text("new_one")
    ('campaign response', 'new one')
    """
    return next((in_text(known) for known in CATALOGUE if known == metric), metric.replace("_", " "))


def unit(metric: MetricId, currency: str | None, how: Mapping[str, str | int | float] | None = None) -> str:
    """The metric's unit with the audit currency and the kind of response filled in; ``how`` as in ``MetricTotals``.

    >>> unit("transaction_size", "EUR"), unit("campaign_response", "EUR", {"response": "clicked"})
    ('EUR net per order', 'clicks per delivered message')
    """
    found = how or {}
    responses = _one_of(RESPONSE_UNITS, found.get("response"), "responses")
    label = CATALOGUE[metric].unit_label
    by_orders = words_lifecycle.UNITS_BY_ORDERS if found.get("lost_by") == "orders" else {}
    return by_orders.get(label, UNITS[label]).format(
        currency=currency or NO_CURRENCY, responses=responses, look_back=words_lifecycle.look_back(found)
    )


def variant_unit(kind: str, currency: str | None) -> str:
    """The unit of a variant by its kind (``money``, ``share``, ``hours`` …)."""
    return VARIANT_UNITS.get(kind, kind).format(currency=currency or NO_CURRENCY)


def variant_label(metric: MetricId, variant: str) -> str:
    """What a variant shows."""
    declared = {item.id: item.label for item in CATALOGUE[metric].variants}
    return VARIANTS[declared.get(variant, f"variant.{variant}")]


def fact(fact_name: str) -> str:
    """A fact in words; a name nobody knows is said as it is."""
    return FACTS.get(fact_name, fact_name.replace("_", " "))


def total(total_name: str) -> str:
    """The label of a window total."""
    return TOTALS.get(total_name, total_name.replace("_", " "))


def definition(metric: MetricId, how: Mapping[str, str | int | float]) -> str:
    """The metric's definition as it was used in this audit; ``how`` as in ``MetricTotals.how``."""
    if how.get("source") == "series":
        return _ready_made(how)
    chosen = {
        "base_weeks": how.get("base_weeks", 52),
        "cost_source": _one_of(COST_SOURCES, how.get("cost_source"), "recorded cost, service spend or handling time"),
        "response": _one_of(RESPONSES, how.get("response"), "responded"),
        **words_lifecycle.chosen(how),
        "acquired": _one_of(ACQUIRED, how.get("acquired_by"), "the first order seen, or the system's own date"),
    }
    return DEFINITIONS[metric].format_map(chosen)


def _ready_made(how: Mapping[str, str | int | float]) -> str:
    """What a ready-made series is the sum of: its rows are taken as they stand."""
    spans = [
        f"{how[f'{side}_from']} to {how[f'{side}_to']} ({side})"
        for side in ("before", "after")
        if f"{side}_from" in how
    ]
    over = f" from {' and '.join(spans)}" if spans else ""
    return f"Numerator divided by denominator of the ready-made series, as its maker defined them, over its rows{over}."


def _one_of(words: Mapping[str, str], key: object, otherwise: str) -> str:
    return words.get(str(key), otherwise) if key is not None else otherwise
