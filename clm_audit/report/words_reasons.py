"""Words for *cannot say*: why, and the next thing to do."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.report import words_metrics, words_reasons_lifecycle
from clm_audit.report.words_carried import carried

Detail = Mapping[str, str | int | float]
# code -> (why, what to do); gaps are filled from NotAssessable.detail
REASONS: Mapping[str, tuple[str, str]] = {
    "missing_fact": ("The exports hold no {fact}.", "Add an export with {fact}{export}."),
    "one_side_only": (
        "The exports hold {fact} only {side} go-live, so there is nothing to compare with.",
        "Add the export with {fact} from the other side of go-live.",
    ),
    "hole_at_go_live": (
        "There is a hole in the {fact}: {lost} rows on the wrong side of go-live for their folder were left out where "
        "the other folder has none, and {days} days next to go-live have no row.",
        "Give one folder with everything, or the right go-live date.",
    ),
    "empty_window": (
        "The {side} window holds no {fact}.",
        "Check the window's dates, or add the export for that time.",
    ),
    "zero_denominator": (
        "There is nothing to divide by in the {side} window.",
        "Check the window's dates, or add the export for that time.",
    ),
    "negative_total": (
        "Refunds are larger than sales in the {side} window.",
        "Check that refunds and sales come from the same export.",
    ),
    "too_few_customers": (
        "Fewer than five customers stand behind the {side} window, too few to show or to judge.",
        "Nothing to do at this size.",
    ),
    "no_customer": (
        "The orders {side} go-live carry no customer, so nobody can say who bought.",
        "Export orders with the customer's id or e-mail address.",
    ),
    "too_short_before": (
        "Before go-live {need} {unit} are needed; the data hold {have}.",
        "Add older exports: a year or more before go-live is best.",
    ),
    "too_short_after": (
        "After go-live {need} {unit} are needed; the data hold {have}.",
        "Export again when {need} {unit} have passed; results usually need three to six months.",
    ),
    "mixed_currencies": (
        "Amounts come in several currencies and no rates are given, so they cannot be added.",
        "Add the rate of each other currency under rates in clm-audit.yaml, e.g. EUR: 1.08; where amounts carry only a"
        " sign such as $, export a column with their currency.",
    ),
    "currency_not_stated": (
        "No export states a currency.",
        "Add to clm-audit.yaml: currency: GBP (or give --currency GBP), with the currency of the exports.",
    ),
    "no_cost_basis": (
        "There are tickets, but no cost: no recorded cost, no service spend, no handling time with an hourly rate."
        " Handling time is recorded for {timed} of {tickets} tickets.",
        "Add to clm-audit.yaml: service: {{hourly_rate: 32}} with your own rate if the tickets carry handling time,"
        " or spend: {{service: [Support]}} with the accounts of the books that pay for service.",
    ),
    "handling_time_one_side": (
        "Handling time was recorded only {side} go-live. Elapsed time is no substitute.",
        "Add a recorded cost, or service spend from the books, for both sides.",
    ),
    "no_base": (
        "The history is too short to tell which customers were active.",
        "Add older order exports: at least {weeks} weeks before the window.",
    ),
    "units_differ": (
        "The usual order is {times} times as large on one side of go-live as on the other: probably pence, cents or"
        " the like on one side.",
        "Export both sides in the same unit.",
    ),
    "more_responses_than_deliveries": (
        "In the {side} window {responses} responses stand against {delivered} deliveries: not the same people.",
        "Map the columns that count each recipient once (unique clicks, delivered).",
    ),
    "disabled": (
        "The config switches this metric off.",
        "Set metrics.{metric}.enabled: true in the config to have it back.",
    ),
    "no_handling_time": (
        "The tickets {side} go-live carry no handling time.",
        "Export tickets with the time spent on them.",
    ),
    "one_cohort": (
        "Nearly all customers came in the same few weeks, so that how long they have been there and the time since "
        "go-live are one and the same thing: who buys and how they buy cannot be told apart.",
        "Nothing to do: only customers who came later could tell.",
    ),
    "tenure_unknown": (
        "The data do not reach {weeks} weeks back from the window before, so nobody can say who was new in it.",
        "Add older order exports.",
    ),
    "too_few_to_split": (
        "Fewer than {needed} customers bought in one of the windows, too few to be taken apart.",
        "Nothing to do at this size.",
    ),
    "no_units": (
        "A control group cannot be used here: {fact} cannot be told apart by it.",
        "Nothing to do: this metric stays a before/after comparison.",
    ),
    "no_treated": (
        "Nobody who got the CRM has enough events to be compared with the control group.",
        "Check the values of control in clm-audit.yaml, or add the exports of those who got the CRM.",
    ),
    "too_few_controls": (
        "The control group is too small to rest a finding on: {have} of its values can be compared with, {need} are"
        " needed. One of them having a good year would look like an effect.",
        "Use a finer column, such as stores or sales districts in place of regions.",
    ),
    "window_too_short_to_split": (
        "The windows are too short to tell segments apart: {need} weeks each are needed.",
        "Nothing to do but wait: longer windows can be told apart.",
    ),
    "too_few_events_in_segment": (
        "The segment has weeks without any event, too few to be held against the others.",
        "Nothing to do at this size: it is shown and not judged.",
    ),
    "overlapping_rows": (
        "Rows of the ready-made series overlap, so some days would count twice.",
        "Export one row a month or a week, without overlaps and without totals.",
    ),
    **words_reasons_lifecycle.REASONS,
}
# Said instead of the reason when a detail is not known: code -> (the detail, the sentence without it).
BARE: Mapping[str, tuple[str, str]] = {
    "too_short_before": ("have", "There is not one whole week to use before go-live."),
    "too_short_after": ("have", "There is not one whole week to use after go-live."),
    "no_base": ("have", "The history is too short to tell which customers were active."),
    "too_few_customers": ("side", "There are fewer than five customers, too few to show or to judge."),
    "no_cost_basis": (
        "timed",
        "There are tickets, but no cost: no recorded cost, no service spend, no handling time with an hourly rate.",
    ),
    "no_customer": ("side", "The orders carry no customer, so nobody can say who bought."),
    "more_responses_than_deliveries": (
        "responses",
        "There are more responses than deliveries, so the two do not count the same people.",
    ),
    "empty_window": ("fact", "The {side} window holds none of the rows that are needed."),
}
UNNAMED = "Add an export with {fact}{export}. Or name its accounts under spend in clm-audit.yaml."
MONTH_AT_MOST = 5  # weeks
_GAPS: Mapping[str, str | int | float] = {
    "fact": "the fact that it needs",
    "side": "one side of",
    "export": "",
    "have": "too few",
    "need": 13,
    "unit": "weeks",
    "metric": "<name>",
    "times": "about a hundred",
    "lost": 0,
    "days": 0,
    "weeks": 13,
    "needed": 50,
    **words_reasons_lifecycle.GAPS,
}


def reason(missing: NotAssessable) -> str:
    """Why there is no number, as one sentence."""
    if missing.code in BARE and BARE[missing.code][0] not in missing.detail:
        return BARE[missing.code][1].format_map(_filled(missing))
    return _template(missing.code, 0).format_map(_filled(missing))


def remedy(missing: NotAssessable) -> str:
    """What would help, as one sentence."""
    if missing.code == "missing_fact" and missing.detail.get("rows"):
        return UNNAMED.format_map(_filled(missing))
    return _template(missing.code, 1).format_map(_filled(missing))


def periods(weeks: float) -> str:
    """Periods of so many weeks, by their length; some four weeks that are no four are a month of a ready-made series.

    >>> periods(1), periods(4), periods(4.348), periods(13.04)
    ('weeks', 'periods of 4 weeks', 'months', 'quarters')
    """
    if weeks == 1:
        return "weeks"
    if weeks == round(weeks):
        return f"periods of {weeks:.0f} weeks"
    return "months" if weeks < MONTH_AT_MOST else "quarters"


def fact_of(missing: NotAssessable) -> str:
    """The fact that is missing, in words.

    >>> fact_of(NotAssessable(code="missing_fact", detail={"fact": "spend", "category": "retention"}))
    'retention spend'
    """
    detail = missing.detail
    key = ".".join(str(detail[part]) for part in ("fact", "category") if part in detail)
    of_kind = f" of the kind {detail['kind']}" if "kind" in detail else ""
    field = f"{detail['field']} of " if "field" in detail else ""
    return field + words_metrics.fact(key) + of_kind


def _template(code: str, part: int) -> str:
    if code in REASONS:
        return REASONS[code][part]
    return (f"There is no figure: {code.replace('_', ' ')}.", "Look at the data checks and the ledger.")[part]


def _filled(missing: NotAssessable) -> dict[str, str | int | float]:
    detail = missing.detail
    filled: dict[str, str | int | float] = {**_GAPS, **detail}
    if "fact" in detail:
        filled["fact"] = fact_of(missing)
        if export := carried(detail):
            filled["export"] = f": {export}"
    if detail.get("unit") == "periods" and "weeks" in detail:
        filled["unit"] = periods(float(detail["weeks"]))
    return filled
