"""Words for the money: what it comes to, what each line is made of, what is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Finding
from clm_audit.report import words_reasons
from clm_audit.report.numbers import count, number, percent, percent_range, probability
from clm_audit.report.words_metrics import NAMES, in_text, listed, name
from clm_audit.verdict.money_model import LINES, LineId, Money, Span, Volume

LINE_NAMES: Mapping[LineId, str] = {
    "more_orders": "More orders",
    "larger_orders": "Larger orders",
    "more_and_larger": "The further orders are larger as well",
    "service_saved": "Customer service saved",
    "acquisition_saved": "Acquisition saved",
    "retention_saved": "Retention saved",
}
HOW = (
    "More and larger orders: revenue without the CRM × effect × margin, and once both effects together, so that nothing"
    " is counted twice. Costs saved: what the same customers would have cost, less what they cost."
)
OPEN_LINES = (
    "Lines marked not proven rest on metrics that are not shown to have changed: their whole interval counts, in both"
    " directions."
)
MISSING: Mapping[str, str] = {
    "not_measured": "the metric was not measured",
    "withheld": "a failed data check touches it",
    "repeated_export": "the numbers after go-live are a copy of earlier ones",
    "other_currency": "it is in {currency}, for which there is no rate",
    "no_revenue": "the revenue of orders is not known or in doubt",
    "not_positive": "there is no amount after go-live to apply it to",
}
NO_MONEY: Mapping[str, str] = {
    "no_costs_given": "The costs of the CRM were not given: name them under money in clm-audit.yaml.",
    "nothing_priced": "No effect that has a price could be measured, so there is nothing to set against the costs.",
    "costs_in_other_currency": (
        "The costs of the CRM are in {costs} and the audit is in {audit}, without a rate between them: add it to rates."
    ),
    "currencies_mixed": "The amounts of the exports are in several currencies that cannot be added up.",
}
NO_WORTH = "No metric has an amount of money after go-live."
INPUTS: Mapping[str, str] = {
    "margin": "Contribution margin",
    "attributable": "Share that is the CRM's doing",
    "discount": "Discount rate",
    "horizon": "Horizon",
    "lasting": "How long the effects last",
    "costs": "Costs of the CRM",
}
TREATED = "Counted for {share} of the volume: those who got the CRM."
KNOWN = "{share} of the orders carry a customer; only they are taken to be more or less frequent."
NO_PAYBACK = "not within {years}"
NO_BREAKEVEN = "No effect between a tenth and ten times the metric would do it."
NO_SHARE = "At the estimates the benefits add up to nothing or to a loss, so no share of them pays the costs."
EVENT = "A known event lies within eight weeks of go-live: part of these benefits may be its doing."
CAPTION_FLOWS = (
    "Bars: benefits less costs of each year, not discounted; ◇ their sum so far. Where it passes zero the costs are"
    " paid back."
)
CAPTION_TORNADO = (
    "The net present value with one input at either end and all others as they are; metrics go to the ends of their"
    " intervals."
)


def amount(value: float | str | Decimal, currency: str | None) -> str:
    """An amount in whole units of its currency.

    >>> amount("1672201.4", "USD"), amount(-0.4, None)
    ('1,672,201 USD', '0')
    """
    whole = count(round(Decimal(str(value))))
    return f"{whole} {currency}" if currency else whole


def years(number_of_years: float) -> str:
    """A span of years.

    >>> years(1), years(3)
    ('1 year', '3 years')
    """
    return f"{number(number_of_years)} year{'' if number_of_years == 1 else 's'}"


def months(found: float | None, horizon: int) -> str:
    """A time until the costs are paid back.

    >>> months(13.6, 3), months(0.4, 3), months(None, 3)
    ('14 months', 'under 1 month', 'not within 3 years')
    """
    if found is None:
        return NO_PAYBACK.format(years=years(horizon))
    whole = round(found)
    return "under 1 month" if whole < 1 else f"{whole} month{'' if whole == 1 else 's'}"


def reach(span: Span, currency: str | None) -> str:
    """An interval of amounts."""
    return f"{amount(span.low, None)} to {amount(span.high, currency)}"


def sentence(money: Money, horizon: int, confidence: float) -> str:
    """What it comes to: proven to pay, proven not to, or open; with its interval and the chance."""
    npv, code = money.npv, money.currency
    level = f"{percent(confidence, digits=0)} interval {reach(npv, code)}"
    over = f"over {years(horizon)}"
    worth = amount(abs(npv.value), code)
    if npv.low > 0:
        return f"Worth it: {over} the CRM brings {worth} more than it costs, in today's money ({level})."
    if npv.high < 0:
        return f"Not worth it: {over} the CRM costs {worth} more than it brings, in today's money ({level})."
    side = "more than it costs" if npv.value > 0 else "less than it costs"
    chance = f"the chance that it pays is {probability(money.probability)}"
    return f"Open: at the estimates the CRM brings {worth} {side} {over}, but the {level} includes both; {chance}."


def notes(money: Money, horizon: int, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """What else must be known to read it, most important first."""
    counted = [line for line in money.benefits if line.missing is None]
    open_lines = "" if all(line.proven for line in counted) else OPEN_LINES
    found = [_payback(money, horizon), _share(money), _proven(money), open_lines, _left_out(money)]
    metrics = {metric for line in counted for metric in LINES[line.line]}
    if any(findings[metric].event_near for metric in metrics if metric in findings):
        found.append(EVENT)
    return tuple(filter(None, found))


def _payback(money: Money, horizon: int) -> str:
    middle, soonest, latest = money.payback
    if middle == 0:
        return "There is nothing to pay back: each year pays for itself."
    if middle is None and soonest is None:
        return f"The costs are not paid back within {years(horizon)}."
    if middle is None:
        return f"At the estimates the costs are not paid back within {years(horizon)}; at best after {_after(soonest)}."
    best, worst = months(soonest, horizon), months(latest, horizon)
    return f"At the estimates the costs are paid back after {_after(middle)}; at best {best}, at worst {worst}."


def _after(found: float | None) -> str:
    return months(found, 0) if found is not None and found >= 0.5 else "less than a month"


def _share(money: Money) -> str:
    least = money.attributable
    if least is None:
        return NO_SHARE
    if least > 1:
        return (
            f"Even if all of the measured benefits are the CRM's doing they do not pay its costs: they would have to be"
            f" {number(round(least, 2))} times as large."
        )
    return f"It pays as long as at least {percent(least)} of the measured benefits are the CRM's doing."


def _proven(money: Money) -> str:
    counted = [line for line in money.benefits if line.missing is None]
    if all(line.proven for line in counted):
        return ""
    if not any(line.proven for line in counted):
        return (
            "None of the metrics behind the benefits is shown to have changed: nothing proven stands against the costs"
            f" of {amount(money.flows.pv_costs, money.currency)}."
        )
    worth = f"{amount(money.proven.value, money.currency)} ({reach(money.proven, money.currency)})"
    return f"With only the metrics that are shown to have changed, the net present value is {worth}."


def _left_out(money: Money) -> str:
    gone = [in_text(LINES[line.line][0]) for line in money.benefits if line.missing and len(LINES[line.line]) == 1]
    return f"Not in it, because it could not be measured soundly: {listed(gone)}." if gone else ""


def missing(why: NotAssessable) -> str:
    """Why a line counts nothing, as a sentence."""
    said = MISSING.get(why.code)
    if said is None:
        return f"Not counted: {words_reasons.reason(why)[:1].lower()}{words_reasons.reason(why)[1:]}"
    return f"Not counted: {said.format(**why.detail)}."


def no_money(why: NotAssessable) -> str:
    """Why there is no appraisal at all."""
    return NO_MONEY[why.code].format(**why.detail)


def benefit(line: LineId, volumes: Mapping[str, Volume], findings: Mapping[str, Finding], currency: str | None) -> str:
    """What a line is made of: its effects with their intervals, its volume, and to whom it applies."""
    metrics = LINES[line]
    effects = [
        f"{name(metric)} {percent(effect.effect, sign=True)} {percent_range(effect.low, effect.high)}"
        for metric in metrics
        if (effect := findings[metric].effect) is not None
    ]
    base = volumes["transaction_size" if len(metrics) > 1 or line in ("more_orders", "larger_orders") else metrics[0]]
    what = "revenue" if line in ("more_orders", "larger_orders", "more_and_larger") else "spent"
    share = min(volumes[metric].share for metric in metrics)
    parts = [f"{' and '.join(effects)}, on {amount(base.yearly, currency)} {what} a year after go-live."]
    if share < 1:
        parts.append(TREATED.format(share=percent(share)))
    if line == "more_orders" and (known := volumes[metrics[0]].known) < 0.995:
        parts.append(KNOWN.format(share=percent(known, digits=0)))
    return " ".join(filter(None, parts))


def input_name(what: str) -> str:
    """The name of an input of the tornado: a metric or a setting."""
    return INPUTS.get(what) or next(said for metric, said in NAMES.items() if metric == what)


def end(what: str, value: float) -> str:
    """A setting of an input in words.

    >>> end("margin", 0.35), end("horizon", 4), end("costs", 1.2), end("service_cost", -0.1)
    ('35 %', '4 years', '+20 %', '\N{MINUS SIGN}10 %')
    """
    if what in ("horizon", "lasting"):
        return years(value)
    if what == "costs":
        return percent(value - 1, sign=True)
    return percent(value, digits=0) if what in INPUTS else percent(value, sign=True)


def worth(currency: str | None, *, margins: int) -> str:
    """What stands above the table of one per cent."""
    of = f" in {currency}" if currency else ""
    at = ", at several margins" if margins > 1 else ""
    return (
        f"What one per cent is worth{of} a year{at}: the metric one per cent better than in the window after, in a year"
        " like it. Costs saved do not depend on the margin."
    )
