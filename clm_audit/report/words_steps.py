"""The reviewed sentences of the next steps: what to look at, what to record, when to audit again."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.plan import MetricId

# What to look at when a metric worsened; {where} names the system, where it is known.
LOOK: Mapping[MetricId, str] = {
    "purchase_frequency": (
        "Look{where} at the customers who ordered before go-live and not since: which segments, products and sources"
        " they come from."
    ),
    "transaction_size": "Look{where} at discounts, refunds and the number of items per order since go-live.",
    "service_cost": "Look{where} at what the tickets since go-live are about, and how long each kind takes.",
    "campaign_response": "Look{where} at how many messages a recipient gets, to which lists, and what bounces.",
    "acquisition_cost": "Look{where} at the spend of each campaign beside the new customers that it brought.",
    "retention_cost": "Look{where} at what the retention money is spent on, and on which customers.",
    "stage_conversion": "Look{where} at who stopped at the largest drop-off, and at how long they waited there.",
    "activation_rate": "Look{where} at the first days of new customers who were not activated, and where they stopped.",
    "first_90_day_churn": "Look{where} at the customers lost in their first 90 days: source, product, first contacts.",
    "repeat_purchase_rate": "Look{where} at first-time buyers who did not return: what they bought and then heard.",
    "retention_rate": "Look{where} at the customers of the cohorts who left: when in their life, and after what.",
    "churn_rate": "Look{where} at the customers lost since go-live: segment, reason given, last contact.",
    "nrr": "Look{where} at contracts that shrank or ended at renewal.",
    "grr": "Look{where} at contracts that shrank or ended at renewal.",
    "customer_lifetime_value": "Look at which of its factors fell; each has a line of its own.",
    "nps": "Look{where} at the answers of detractors since go-live, and at who is asked.",
    "referral_rate": "Look{where} at whether customers are asked to refer, and at what happens to referred leads.",
}
SIDE: Mapping[str, str] = {
    "more_tickets": (
        "Of the parts of service cost, tickets per customer rose the most ({tickets}; cost per ticket {each}): look"
        "{where} at what the further tickets are about."
    ),
    "dearer_tickets": (
        "Of the parts of service cost, cost per ticket rose the most ({each}; tickets per customer {tickets}): look"
        "{where} at which kinds of tickets take longer."
    ),
    "who_buys": (
        "Who buys moved {metric} by {size} [{low}, {high}]: look{where} at which customers came and which left."
    ),
    "how_they_buy": (
        "How the same kinds of customers buy moved {metric} by {size} [{low}, {high}]: look{where} at what they are"
        " offered, and when."
    ),
}
GOAL_MISSED = "{metric} missed its target of {target} for {quarter}: {value}.{owner}"
SEGMENT = (
    "{label} ({column}) moved otherwise than the others in {metric}, by {change} against them: look{where} at what is"
    " different there."
)
CHECK = "The data check “{check}” {did}: {remedy}"
MISSING = "Add an export with {fact}{export}, for both sides of go-live: {metrics} cannot be judged without."
UNNAMED = (
    "Name the accounts that are {fact} under spend in clm-audit.yaml: none of the {rows} rows of spend is counted as"
    " such, so {metrics} cannot be judged."
)
RECORD = "If nobody records {fact} yet, begin now: the next audit can use it from the first day on."
AGAIN = "Audit again in about {weeks}, from {day} on: {metrics} would probably be decided by then."
NEVER = (
    "Waiting will not decide {metrics}: the further go-live lies back, the less the history says about what would have"
    " happened anyway. {helps} could."
)
LEANS_MOST = "{metric} leans the most: towards {towards} ({sure} sure; anything from {low} to {high})."
CONTROL = (
    "At the next change give it to some regions, teams or shops first, and name the others under control in"
    " clm-audit.yaml: a before/after comparison alone cannot tell it from everything else that changes."
)
NOT_ALONE = (
    "Find customers or regions that met the other event near go-live and not the CRM, and name them under control in"
    " clm-audit.yaml: until then {metrics} cannot be credited to the CRM alone."
)
FADING = (
    "The effect on {metrics} gets smaller with time: look at whether people still work with the CRM as at the start."
)
UNCHANGED = (
    "The CRM did not change {metrics} by as much as matters: if it was bought for that, look at whether the part of it"
    " that should do it is in use."
)
LASTING = "Audit again in six months, from {day} on: that shows whether it lasts."
COSTS = "Name what the CRM costs under money in clm-audit.yaml: the report then says whether it pays."
OPEN_MONEY = "Whether the CRM pays hangs most on {what} ({low} to {high}): settle that first."
FREEZE = (
    "Before the next audit settle metrics and margins with clm-audit plan --freeze: what is chosen after the results"
    " were seen may have been chosen because of them."
)
