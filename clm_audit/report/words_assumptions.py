"""The assumptions register: each choice, its value, who set it, and what follows if it is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, Control, MetricId
from clm_audit.facts.model import Facts
from clm_audit.measures.model import Calendar, Measured, MetricTotals, to_date
from clm_audit.report.model import Assumption
from clm_audit.report.numbers import money, percent, weeks
from clm_audit.report.plan_echo import DEFAULT, origin
from clm_audit.report.words_metrics import definition, name
from clm_audit.report.words_plan import planned

# The setting that a metric's definition depends on.
CHOICES: Mapping[MetricId, str] = {
    "campaign_response": "response",
    "acquisition_cost": "spend.acquisition",
    "retention_cost": "spend.retention",
}
PAID: Mapping[str, str] = {"handling_time": "service.hourly_rate", "spend": "spend.service"}  # by source of cost
FIXED = "built in"
FOUND = "found from the data"
CONSEQUENCE = "Another definition gives another level; compare audits only with the same one."
CONSEQUENCES: Mapping[MetricId, str] = {
    "campaign_response": (
        "Responses, conversions, clicks and opens have very different levels; compare audits only with the same kind."
    ),
}


def assumptions(plan: AuditPlan, facts: Facts, measured: Measured) -> tuple[Assumption, ...]:
    """The register of one audit."""
    return (
        *_when(plan, measured.calendar),
        *_thresholds(plan, measured),
        *_money(plan, facts),
        *_definitions(plan, measured),
        _line(
            "Settled beforehand",
            planned(plan, measured.calendar).status,
            plan.registration.file if plan.registration else DEFAULT,
            "What is chosen after the results were seen may have been chosen because of them.",
        ),
    )


def _when(plan: AuditPlan, calendar: Calendar) -> list[Assumption]:
    derived = calendar.derived_go_live
    given = "first day of the second folder" if derived else origin(plan, "go_live")
    lines = [
        _line("Go-live", to_date(calendar.go_live).isoformat(), given, "A wrong date mixes before with after."),
        _line(
            "Time zone",
            plan.timezone,
            origin(plan, "timezone"),
            "Orders near midnight may fall on the neighbouring day.",
        ),
        _line(
            "Before",
            _span(calendar.before),
            _found(origin(plan, "windows.before")),
            "Other windows give other plain numbers; the adjusted effect uses the whole history.",
        ),
        _line(
            "After",
            _span(calendar.after),
            _found(origin(plan, "windows.after")),
            "Other windows give other plain numbers; the adjusted effect uses the whole history.",
        ),
    ]
    if plan.control:
        lines.append(_control(plan, plan.control))
    if calendar.washout_weeks:
        lines.append(
            _line(
                "Learning time left out",
                weeks(calendar.washout_weeks),
                origin(plan, "windows.washout"),
                "A longer one hides the dip after go-live, a shorter one counts it.",
            )
        )
    return lines


def _control(plan: AuditPlan, control: Control) -> Assumption:
    later = [f"{label} from {day}" for label, day in sorted(control.go_live.items())]
    return _line(
        f"Without the CRM, by {control.segment}",
        ", ".join((*control.untreated, *later)),
        origin(plan, "control"),
        "What met only one of the two groups counts as the CRM's doing; what the CRM did to those without it is lost.",
    )


def _thresholds(plan: AuditPlan, measured: Measured) -> list[Assumption]:
    lines = [
        _line(
            "Materiality",
            percent(plan.policy.materiality),
            origin(plan, "policy.materiality"),
            "A smaller one makes no material change harder to prove; it should be set before results are seen.",
        )
    ]
    for item in measured.metrics:
        own = plan.metric(item.metric).materiality
        if own != plan.policy.materiality:
            lines.append(
                _line(
                    f"Materiality of {name(item.metric).lower()}",
                    percent(own),
                    origin(plan, f"metrics.{item.metric}.materiality"),
                    "It replaces the general one for this metric.",
                )
            )
    return lines


def _money(plan: AuditPlan, facts: Facts) -> list[Assumption]:
    stated = "not stated" if isinstance(facts.currency, NotAssessable) else facts.currency
    source = origin(plan, "currency") if plan.currency else "the exports"
    alone = "Amounts in another currency are never added to these without a rate."
    unnamed = "All amounts are taken to be in one currency; another among them would be added as if it were the same."
    lines = [_line("Currency", stated, source, alone if stated == facts.currency else unnamed)]
    for code, rate in sorted(plan.rates.items()):
        lines.append(_line(f"Rate of {code}", str(rate), origin(plan, f"rates.{code}"), "One rate for all days."))
    if plan.hourly_rate is not None:
        lines.append(
            _line(
                "Hourly rate of service",
                money(plan.hourly_rate, plan.currency),
                origin(plan, "service.hourly_rate"),
                "The cost of service scales with it; its change in percent does not.",
            )
        )
    lines += [
        _line(
            f"Spend counted as {category}",
            ", ".join(accounts),
            origin(plan, f"spend.{category}"),
            "Accounts left out make the metric too cheap, accounts too many too dear.",
        )
        for category in ("acquisition", "retention", "service")
        if (accounts := getattr(plan.spend, category))
    ]
    return lines


def _definitions(plan: AuditPlan, measured: Measured) -> list[Assumption]:
    return [
        _line(
            f"Definition: {name(item.metric).lower()}",
            definition(item.metric, item.how),
            _defined_by(plan, item),
            CONSEQUENCES.get(item.metric, CONSEQUENCE),
        )
        for item in measured.metrics
        if item.missing is None and plan.metric(item.metric).enabled
    ]


def _defined_by(plan: AuditPlan, item: MetricTotals) -> str:
    """Who chose among the definitions of a metric, where there is a choice."""
    if item.metric == "service_cost":
        path = PAID.get(str(item.how.get("cost_source")))
        return _found(origin(plan, path)) if path else FOUND
    return _found(origin(plan, CHOICES[item.metric])) if item.metric in CHOICES else FIXED


def _span(window: tuple[int, int]) -> str:
    """A window by its first and its last day."""
    return f"{to_date(window[0])} to {to_date(window[1] - 1)}"


def _found(source: str) -> str:
    """Who set what the program works out from the data when nobody does."""
    return FOUND if source == DEFAULT else source


def _line(what: str, value: str, source: str, consequence: str) -> Assumption:
    return Assumption(what=what, value=value, source=source, consequence=consequence)
