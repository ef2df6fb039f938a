"""Words for the metrics of the customer lifecycle: questions, names, units, formulas, definitions, limits."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.plan import MetricId

YEAR_WEEKS = 52
QUESTIONS: Mapping[str, str] = {
    "question.stage_conversion": "Do more of those who enter a stage reach the next one?",
    "question.activation_rate": "Do more new customers become active soon?",
    "question.first_90_day_churn": "Are fewer new customers lost within 90 days?",
    "question.repeat_purchase_rate": "Do more first-time buyers buy again?",
    "question.retention_rate": "Do more new customers stay for six months?",
    "question.churn_rate": "Are fewer customers lost?",
    "question.nrr": "Does recurring revenue from existing customers grow?",
    "question.grr": "Is more of the recurring revenue kept?",
    "question.customer_lifetime_value": "Is a customer worth more over their lifetime?",
    "question.nps": "Do more customers recommend the company?",
    "question.referral_rate": "Do more customers bring new ones?",
}
UNITS: Mapping[str, str] = {
    "unit.stage_conversion": "share of those who entered a stage",
    "unit.activation_rate": "share of new customers",
    "unit.first_90_day_churn": "share of new customers",
    "unit.repeat_purchase_rate": "share of first-time buyers",
    "unit.retention_rate": "share of new customers",
    "unit.churn_rate": "share of customers lost per month",
    "unit.nrr": "share of the recurring revenue of {look_back} ago",
    "unit.grr": "share of the recurring revenue of {look_back} ago",
    "unit.customer_lifetime_value": "{currency} per customer",
    "unit.nps": "points",
    "unit.referral_rate": "share of customers who refer somebody in 4 weeks",
}
VARIANTS: Mapping[str, str] = {
    "variant.lifespan": "average lifespan of a customer, in months",
    "variant.value_per_month": "what a customer brings per month",
    "variant.nps_by_customer": "by the latest answer of each customer",
    "variant.referrers_in_window": "customers who referred somebody within the window",
    "variant.twelve_months": "over 12 months, whichever system the customers met",
    "variant.seen": "lifetime value counted only as far as the history reaches",
}
FORMULAS: Mapping[MetricId, str] = {
    "stage_conversion": "customers who reached the next stage within the days allowed / customers who entered a stage",
    "activation_rate": "new customers who did the activation event within the days allowed / new customers",
    "first_90_day_churn": "new customers lost within 90 days / new customers",
    "repeat_purchase_rate": "first-time buyers who bought again within 90 days / first-time buyers",
    "retention_rate": "new customers still active after 6 months / new customers",
    "churn_rate": "customers lost in a month / customers at its start",
    "nrr": "recurring revenue now / then, of the customers of 12 months ago (or of as long as the data allow)",
    "grr": (
        "recurring revenue now without expansion / then, of the customers of 12 months ago (or of as long as the data"
        " allow)"
    ),
    "customer_lifetime_value": (
        "average order value times purchase frequency times lifespan; with subscriptions, recurring revenue per"
        " customer / monthly churn rate"
    ),
    "nps": "share of answers of 9 and 10 less share of answers of 0 to 6, times 100",
    "referral_rate": "customers who referred at least one new lead / customers",
}
DEFINITIONS: Mapping[MetricId, str] = {
    "stage_conversion": (
        "Of the customers who entered a stage, the share that reached a later one within {days} days, all stages"
        " together. A customer enters a stage once, and going back is no entry. Only those count who could be watched"
        " for all of these days, before go-live or after it."
    ),
    "activation_rate": (
        "Of new customers, the share that did the activation event within {within} days. Only those count who could be"
        " watched for all of these days."
    ),
    "first_90_day_churn": (
        "Of new customers, the share {early}. Only those count who could be watched for all of {watched} days, before"
        " go-live or after it. {entered}"
    ),
    "repeat_purchase_rate": (
        "Of first-time buyers, the share that bought again, on another day, within 90 days. Only those count who could"
        " be watched for all of these days, before go-live or after it. {entered}"
    ),
    "retention_rate": (
        "Of new customers, the share that is still a customer 182 days later. That takes {active}. Only those count who"
        " could be watched for all of these days, before go-live or after it. {entered}"
    ),
    "churn_rate": "Customers lost, divided by customers at the start and months. Lost means {lost}.{passed}",
    "nrr": (
        "Recurring revenue of the customers of {revenue_span} ago, now divided by then, with what they added, at the"
        " end of each window. {revenue_why}The adjusted effect reads each four weeks alone and takes as many of them"
        " together as {revenue_span} have, so that no month from before go-live is in it and what happened once counts"
        " once."
    ),
    "grr": (
        "Recurring revenue of the customers of {revenue_span} ago, now divided by then, without what they added, at the"
        " end of each window. {revenue_why}The adjusted effect reads each four weeks alone and takes as many of them"
        " together as {revenue_span} have, so that no month from before go-live is in it and what happened once counts"
        " once."
    ),
    "customer_lifetime_value": "{clv}",
    "nps": (
        "Answers of 9 and 10 less answers of 0 to 6, per hundred answers: points from -100 to 100. Changes are told in"
        " points, never in per cent. Only answers to the question of recommending count, never ratings of satisfaction."
    ),
    "referral_rate": (
        "Customers who referred at least one new lead within four weeks, divided by the customers of these weeks, so"
        " that nobody had longer to refer. Who had ordered before is no new lead."
    ),
}
LIMITS: Mapping[MetricId, str] = {
    "stage_conversion": "A CRM that writes only the current stage cannot tell who passed through the others.",
    "activation_rate": "It says who did the event once, not who kept using the product.",
    "first_90_day_churn": "Without an end date, a customer is only known to be lost once the inactivity has passed.",
    "repeat_purchase_rate": (
        "Customers first seen in the first weeks of the data may be old ones: without a date of acquisition they are"
        " left out. Those who came in the 90 days before go-live belong to neither side and are left out as well."
    ),
    "retention_rate": (
        "Those who came in the six months before go-live were partly exposed to the new CRM and are left out, so that"
        " a long history on both sides is needed."
    ),
    "churn_rate": "Without an end date a loss shows only when the inactivity has passed: the newest are unseen.",
    **dict.fromkeys(
        ("nrr", "grr"),
        "Amounts are those of the subscriptions, not of invoices. Retention over a shorter time than 12 months is"
        " higher than that over 12: compare it with nothing but the other window. A change of all prices since go-live"
        " is in it, whoever decided on it.",
    ),
    "customer_lifetime_value": (
        "A lifespan longer than the history is extrapolated from the churn rate: read the figure counted only as far"
        " as the history reaches beside it. It is revenue, not margin."
    ),
    "nps": "Who is asked, and when, moves the score as much as what they think.",
    "referral_rate": "Only referrals that were recorded count.",
}
# What counts within the first 90 days where nobody can be lost so soon.
UNITS_BY_ORDERS: Mapping[str, str] = {
    "unit.first_90_day_churn": "share of new customers who ordered for the last time in these days",
}
# How somebody counts as lost or active, by where the audit took it from.
LOST: Mapping[str, str] = {
    "subscriptions": "no subscription that still runs",
    "customers": "the date on which the system says they ended",
    "orders": "no order for {inactivity_weeks} weeks after the last one",
}
ACTIVE: Mapping[str, str] = {
    "subscriptions": "a subscription that still runs",
    "customers": "no date by which the system says they ended",
    "orders": "an order in the {inactivity_weeks} weeks that end with that day",
}
EARLY: Mapping[str, str] = {
    "orders": (
        "whose last order came within their first 90 days, with {inactivity_weeks} weeks without an order after it"
    ),
}
PASSED: Mapping[str, str] = {"orders": " The loss counts when these weeks have passed."}
ENTERED: Mapping[str, str] = {
    "subscriptions": "New means the first subscription.",
    "acquired": "New means the date on which the system says they became a customer.",
    "first order": (
        "New means the first order seen; those first seen in the first {look_back} weeks of the data may be old"
        " customers and are left out."
    ),
    "first order, acquired": (
        "New means the first order; customers whom the system knew before the data begin are left out."
    ),
}
CLV: Mapping[str, str] = {
    "subscriptions": "Recurring revenue per customer and month, divided by the monthly churn rate.",
    "orders": (
        "Average order value times orders per active customer and month times the average lifespan, which is one"
        " divided by the monthly churn rate. Lost means no order for {inactivity_weeks} weeks after the last one, and"
        " the lifespan runs until these weeks have passed. Active, too, is who ordered within these weeks: purchase"
        " frequency, which looks back further, counts fewer orders per customer."
    ),
}
REVENUE_SPAN = (
    "So long is the time that both sides of go-live have; 12 months (52 weeks), once both have them, stand beside it. "
)
Detail = Mapping[str, str | int | float]


def look_back(how: Detail) -> str:
    """How long ago the customers were whose revenue is compared.

    >>> look_back({"look_back_weeks": 24}), look_back({"look_back_weeks": 52}), look_back({})
    ('24 weeks', '12 months', '12 months')
    """
    weeks = int(how.get("look_back_weeks", 0))
    return f"{weeks} weeks" if 0 < weeks < YEAR_WEEKS else "12 months"


def chosen(how: Detail) -> dict[str, str | int | float]:
    """What fills the gaps of a definition, from how the metric was measured; general words where it was not."""
    source = str(how.get("lost_by", ""))
    gaps: Detail = {"inactivity_weeks": 26, "look_back": 52, **how}
    days = how.get("days", 90)
    lost = LOST.get(source, "no running subscription, or no order for the inactivity of the config").format_map(gaps)
    return {
        "lost": lost,
        "early": EARLY.get(source, f"lost within 90 days. Lost means {lost}").format_map(gaps),
        "passed": PASSED.get(source, ""),
        "active": ACTIVE.get(
            source, "a running subscription, or an order within the inactivity of the config"
        ).format_map(gaps),
        "entered": ENTERED.get(str(how.get("entered_by", "")), "").format_map(gaps),
        "clv": CLV.get(
            source,
            "Average order value times purchase frequency times lifespan; with subscriptions,"
            " recurring revenue per customer divided by the monthly churn rate.",
        ).format_map(gaps),
        "within": how.get("within", 7),
        "watched": how.get("watched", 90),
        "days": days,
        "revenue_span": "12 months (52 weeks)" if look_back(how) == "12 months" else look_back(how),
        "revenue_why": "" if look_back(how) == "12 months" else REVENUE_SPAN,
    }
