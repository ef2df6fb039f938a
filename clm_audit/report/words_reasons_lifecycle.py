"""Words for *cannot say* of stages, subscriptions, answers and referrals: why, and the next thing to do."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, tuple[str, str]] = {
    "horizon_too_long": (
        "Customers would have to be watched for {days} days on both sides of go-live; the data allow {longest} days.",
        "Export again later, or add older exports: 13 weeks of customers must remain before go-live, 4 periods after.",
    ),
    "nobody_watched": (
        "Customers would have to be watched for {days} days on both sides of go-live; the data are too short for it.",
        "Export again later, or add older exports: 13 weeks of customers must remain before go-live, 4 periods after.",
    ),
    "never_seen": (
        "It is not seen of a single customer, before go-live or after it, so there is no change to judge.",
        "Nothing to do if that is so; else look whether the export leaves something out.",
    ),
    "nobody_lost_so_soon": (
        "Whoever has not ordered for {weeks} weeks counts as lost, so within {days} days nobody can be.",
        "Read the churn rate; or set inactivity in clm-audit.yaml to 26 weeks or fewer, if customers buy that often.",
    ),
    "stages_imported": (
        "Most stages near go-live were written on one day ({rows} rows): the day of an import, not of a change.",
        "Export the history of the stages from the system before, or audit again once the new one has its own history.",
    ),
    "one_stage": (
        "Customers are seen in one lifecycle stage only, so nobody can be seen to move on.",
        "Export the columns or the history of the other stages too, or map their words under stages in clm-audit.yaml.",
    ),
    "stage_words_unknown": (
        "The exports name stages in words that mean no lifecycle stage yet ({rows} rows).",
        "Say under stages in clm-audit.yaml which lifecycle stage each word means; the data check lists them.",
    ),
    "no_nps": (
        "There are answers to surveys, but none to the question of recommending, from 0 to 10.",
        "Export the answers with a column kind that says nps, or with the scores under a header that says so.",
    ),
    "no_interval": (
        "No subscription says for how long its amount pays.",
        "Export subscriptions with their billing interval.",
    ),
    "none_ended": (
        "No subscription in the exports has ever ended: it is a list of those who stayed, not of those who were there.",
        "Export all subscriptions, the cancelled ones included.",
    ),
    "short_look_back": (
        "The {side} window has to be compared with {weeks} weeks before its end; the subscriptions tell of {longest}.",
        "Export all subscriptions, also those that ended long ago.",
    ),
    "no_loss_recorded": (
        "The exports record (next to) nobody who ceased to be a customer, so nobody can say who was lost.",
        "Export all customers or subscriptions with the day on which they ended, those who left included.",
    ),
    "no_activation_event": (
        "Nothing says which event of the product makes a new customer active.",
        "Add to clm-audit.yaml: activation: {{event: Project Created, within: 7 days}} with an event of your product.",
    ),
    "event_never_seen": (
        "No new customer did the event that activation names in time.",
        "Write the event under activation as the export of the product names it.",
    ),
    "no_customer_base": (
        "Nobody can say how many customers there were to refer somebody.",
        "Add an export of orders with their customers, or of subscriptions.",
    ),
    "goal_not_measured": (
        "The metric was not measured.",
        "Switch it on under metrics in clm-audit.yaml, or take the goal out.",
    ),
    "quarter_not_seen": ("The exports hold nothing of this quarter.", "Add the exports of the quarter."),
    "quarter_not_over": ("The quarter is not over in the exports.", "Audit again when it is."),
    "quarter_has_gaps": (
        "A part of the quarter has no value, so the rest stands for less than the quarter.",
        "Choose a quarter without the wash-out and with something in each period.",
    ),
    "quarter_too_noisy": (
        "The quarter has too few periods to tell chance from its value.",
        "Set the goal for a year, or for a metric with more behind it.",
    ),
}
GAPS: Mapping[str, str | int | float] = {"longest": "less", "rows": "many"}
