"""What the money rests on: each assumption, its value, who set it, and what follows if it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from clm_audit.config.plan import AuditPlan, MoneyRules
from clm_audit.report.model_base import Assumption
from clm_audit.report.numbers import count, percent, plain, weeks
from clm_audit.report.plan_echo import origin
from clm_audit.report.words_metrics import in_text
from clm_audit.report.words_money import amount, years
from clm_audit.verdict.money_model import Money

FIXED = "built in"
FULL_YEAR = 51.5  # weeks: from here on a window holds every season


def money_assumptions(plan: AuditPlan, rules: MoneyRules, money: Money) -> tuple[Assumption, ...]:
    """The register of the appraisal."""
    return (*_given(plan, rules, money), *_built_in(money, rules))


def _given(plan: AuditPlan, rules: MoneyRules, money: Money) -> Iterator[Assumption]:
    swings = {swing.what: swing for swing in money.tornado}

    def at(what: str, place: int) -> str:
        return amount(swings[what].npv[place], money.currency) if what in swings else "the same"

    yield _line(
        "Contribution margin", percent(rules.margin), origin(plan, "money.margin"),
        f"Five points less and the net present value is {at('margin', 0)}. Full revenue is no benefit: goods cost too.",
    )  # fmt: skip
    yield _line(
        "Share that is the CRM's doing", percent(rules.attributable), origin(plan, "money.attributable"),
        f"At half of it the net present value is {at('attributable', 0)}.",
    )  # fmt: skip
    yield _line(
        "Horizon", years(rules.horizon), origin(plan, "money.horizon"),
        f"A year less and it is {at('horizon', 0)}, a year more {at('horizon', 1)}.",
    )  # fmt: skip
    yield _line(
        "Discount rate", f"{percent(rules.discount)} a year", origin(plan, "money.discount"),
        f"Five points more and it is {at('discount', 1)}.",
    )  # fmt: skip
    yield _line(
        "Costs of the CRM", f"{amount(money.flows.pv_costs, money.currency)} over the horizon, in today's money",
        origin(plan, "money.costs"),
        f"A fifth more and it is {at('costs', 1)}. What is left out, such as people's own time, flatters it.",
    )  # fmt: skip
    if money.rate != 1:
        yield _line(
            f"Rate of {rules.currency}", f"{money.rate:g}", origin(plan, f"rates.{rules.currency}"),
            "One rate for all years; the costs scale with it.",
        )  # fmt: skip


def _built_in(money: Money, rules: MoneyRules) -> Iterator[Assumption]:
    swings = {swing.what: swing for swing in money.tornado}
    first = f" If they end after the first year it is {amount(swings['lasting'].npv[0], money.currency)}." * (
        "lasting" in swings
    )
    yield _line(
        "The effects last", years(rules.horizon), FIXED,
        f"Nothing here shows how long an effect lasts beyond the window after.{first}",
    )  # fmt: skip
    seen = min(volume.weeks for volume in money.volumes.values())
    season = "its season counts as that of the whole year" if seen < FULL_YEAR else "growth or decline are not in it"
    yield _line("A year is like the window after", weeks(round(seen)), FIXED, f"Volumes are scaled from it: {season}.")
    yield _line(
        "Customers", "as many with the CRM as without", FIXED,
        "What customers bring whom the CRM won or kept is not counted: the benefits are then too low.",
    )  # fmt: skip
    yield _line(
        "Campaign responses", "no line of their own", FIXED,
        "What responses bring shows in orders; a line of their own would count it twice.",
    )  # fmt: skip
    apart, together = (
        " to ".join(amount(each, money.currency) for each in ends) for ends in (money.apart, money.together)
    )
    yield _line(
        "Errors of the metrics", _related(money), FIXED,
        f"Were they independent of each other, the interval of the net present value would be {apart}; were all to err"
        f" in the same direction at once, {together}.",
    )  # fmt: skip
    yield _line("When money flows", "costs once at go-live, all else at the ends of years", FIXED,
                "Flows within the year would be worth a little more.")  # fmt: skip


def _related(money: Money) -> str:
    """How the errors hang together, in words: the strongest pair."""
    if not money.related:
        return "independent"
    (one, other, size), more = money.related[0], len(money.related) - 1
    rest = f", {count(more)} other {'pair' if more == 1 else 'pairs'} less" if more else ""
    return (
        f"as the metrics moved together before go-live: {in_text(one)} and {in_text(other)} at a correlation of"
        f" {plain(size, '+.2f')}{rest}"
    )


def _line(what: str, value: str, source: str, consequence: str) -> Assumption:
    return Assumption(what=what, value=value, source=source, consequence=consequence)
