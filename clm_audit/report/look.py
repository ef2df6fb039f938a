"""How values look in every format: a glyph beside each word, figures with their units, and small phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from clm_audit.config.plan import METRIC_IDS, MetricId
from clm_audit.intake.model import RowCounts
from clm_audit.report import numbers, words_metrics
from clm_audit.report.marks import ANSWERS as ANSWERS
from clm_audit.report.marks import CHECKS as CHECKS
from clm_audit.report.marks import FINDINGS as FINDINGS
from clm_audit.report.marks import GOALS as GOALS
from clm_audit.report.marks import OUTLOOKS as OUTLOOKS
from clm_audit.report.marks import SINCE as SINCE
from clm_audit.report.marks import VERDICTS as VERDICTS
from clm_audit.report.marks import Tone as Tone
from clm_audit.report.model import (
    Adjusted,
    AnswerReport,
    AuditReport,
    CheckReport,
    EventReport,
    Figure,
    MetricReport,
    RatioReport,
    Span,
    Unknown,
    VerdictReport,
)
from clm_audit.report.model_base import ChangeUnit
from clm_audit.report.model_ratchet import Since
from clm_audit.verdict.model import CheckStatus

NOTHING = "–"
CREDIT = "What the CRM can take credit for"
NO_BREAK = "\u00a0"
_TOGETHER = re.compile(r"\[[^\[\]]{1,40}\]|\d %|\d [A-Z]{3}\b|\bp [=<] \d")
LEDGER = ("accepted", "rejected", "duplicate", "outside", "structure")


def by_status(checks: Iterable[CheckReport]) -> dict[CheckStatus, list[CheckReport]]:
    """Checks by status, worst first, every status present."""
    grouped: dict[CheckStatus, list[CheckReport]] = {status: [] for status in CHECKS}
    for check in checks:
        grouped[check.status].append(check)
    return grouped


def check_counts(status: CheckStatus, many: int) -> str:
    """How many checks ended in a status.

    >>> check_counts("warn", 2), check_counts("unknown", 1), check_counts("pass", 24)
    ('2 warnings', '1 open question', '24 passed')
    """
    plural = "s" if many != 1 and status in ("warn", "unknown") else ""
    return f"{many} {CHECKS[status][2]}{plural}"


def concerns(metrics: Sequence[MetricReport], named: Sequence[MetricId]) -> str:
    """Which metrics a check concerns, in one phrase."""
    if len(named) == len(METRIC_IDS):
        return "every metric"
    return ", ".join(metric_name(metrics, metric) for metric in named)


def ledger_total(rows: Iterable[RowCounts]) -> RowCounts:
    """The sum over files.

    >>> ledger_total([RowCounts(read=2, accepted=2), RowCounts(read=1, rejected=1)]).read
    3
    """
    counts = list(rows)
    return RowCounts(**{name: sum(getattr(row, name) for row in counts) for name in ("read", *LEDGER, "repaired")})


def answer_of(report: AuditReport, metric: MetricReport) -> AnswerReport | None:
    """The plain answer that belongs to a metric."""
    return next((answer for answer in report.plain.answers if answer.metric == metric.id), None)


def verdict_said(verdict: VerdictReport) -> str:
    """The sentence of the verdict below its heading, which has said the word of it already."""
    head = f"{verdict.value.capitalize()}: "
    rest = verdict.sentence.removeprefix(head)
    return rest[:1].upper() + rest[1:]


def metric_name(metrics: Iterable[MetricReport], metric: MetricId) -> str:
    """The name of a metric as the report gives it, else as it is named everywhere."""
    names = {item.id: item.name for item in metrics}
    return names.get(metric) or words_metrics.name(metric)


def check_title(checks: Iterable[CheckReport], check_id: str) -> str:
    """The title of a check as the report gives it, else its id in words."""
    return {check.id: check.title for check in checks}.get(check_id, check_id.replace("_", " "))


def unit_of(metrics: Iterable[MetricReport], metric: MetricId) -> str:
    """The unit of a metric as the report gives it, or nothing."""
    return {item.id: item.unit for item in metrics}.get(metric, "")


def sides(answer: AnswerReport) -> str:
    """Before and after of a plain answer."""
    if isinstance(answer.before, Unknown) and isinstance(answer.after, Unknown):
        return NOTHING
    return f"{value(answer.metric, answer.before)} → {value(answer.metric, answer.after)}"


def together(text: str) -> str:
    """``text`` with no-break spaces where a line end would tear a number: within brackets, before ``%``."""
    return _TOGETHER.sub(lambda match: match.group(0).replace(" ", NO_BREAK), text)


def span(window: Span) -> str:
    """A window with its last day, and its length."""
    last = numbers.day(window.end - timedelta(days=1))
    return f"{numbers.day(window.start)} to {last}, {numbers.weeks(window.weeks)}"


def event(known: EventReport) -> str:
    """A known event with its day.

    >>> from datetime import date
    >>> event(EventReport(date=date(2024, 9, 1), what="new price list", is_break=True))
    '2024-09-01: new price list (a break, with its own step in the model)'
    """
    own = " (a break, with its own step in the model)" if known.is_break else ""
    return f"{numbers.day(known.date)}: {known.what}{own}"


def events(report: AuditReport) -> list[EventReport]:
    """The known events by date, as they are numbered on the charts."""
    return sorted(report.events, key=lambda known: known.date)


def credit(report: AuditReport) -> str:
    """What stands above the adjusted effects: whose doing they are, as far as that can be told."""
    mixed = any(check.id == "events" and check.status == "unknown" for check in report.checks)
    whose = "What changed at go-live, by the CRM or by another event near it" if mixed else CREDIT
    return f"{whose}: season, trend and noise accounted for"


def controlled(report: AuditReport) -> list[MetricReport]:
    """The metrics whose finding rests on a control group."""
    return [metric for metric in report.metrics if not isinstance(metric.control, Unknown) and metric.control.used]


def change(share: float | Unknown, unit: ChangeUnit = "share") -> str:
    """A signed change, or a dash where there is none; in points for a score, which has no per cent.

    >>> change(0.1214), change(Unknown(reason="no data")), change(4.0, "points")
    ('+12 %', '–', '+4.0 points')
    """
    if isinstance(share, Unknown):
        return NOTHING
    return numbers.points(share, sign=True) if unit == "points" else numbers.percent(share, sign=True)


def change_unit(report: AuditReport, metric: MetricId) -> ChangeUnit:
    """How changes of a metric are told."""
    found = (one.change_unit for one in (*report.metrics, *report.lifecycle) if one.id == metric)
    return next(found, "share")


def change_range(one: Since, unit: ChangeUnit) -> str:
    """How an effect has changed since an earlier audit, with the interval of that."""
    if isinstance(one.change, Unknown) or isinstance(one.low, Unknown) or isinstance(one.high, Unknown):
        return NOTHING
    ends = numbers.points_range if unit == "points" else numbers.percent_range
    return f"{change(one.change, unit)} {ends(one.low, one.high)}"


def interval(adjusted: Adjusted | Unknown) -> str:
    """The 95 % interval of an effect."""
    if isinstance(adjusted, Unknown):
        return NOTHING
    ends = numbers.points_range if adjusted.unit == "points" else numbers.percent_range
    return ends(adjusted.low, adjusted.high)


def effect(adjusted: Adjusted | Unknown) -> str:
    """The adjusted effect itself."""
    return NOTHING if isinstance(adjusted, Unknown) else change(adjusted.effect, adjusted.unit)


def value(metric: MetricId, amount: float | Unknown) -> str:
    """A value of a metric without its unit, which stands beside it once."""
    return NOTHING if isinstance(amount, Unknown) else numbers.metric_value(metric, amount, None)


def tick(metric: MetricId, amount: float) -> str:
    """A round number on the axis of a metric.

    >>> tick("campaign_response", 0.025), tick("transaction_size", 40.0), tick("purchase_frequency", 0.2)
    ('2.5 %', '40', '0.2')
    """
    if metric == "campaign_response":
        return f"{numbers.plain(amount * 100, '.6g')} %"
    return numbers.plain(amount, ",.6g")


def figure(item: Figure | Unknown) -> str:
    """A window total."""
    if isinstance(item, Unknown):
        return NOTHING
    return numbers.money(item.value, item.currency) if isinstance(item.value, str) else numbers.number(item.value)


def ratio(metric: MetricId, side: RatioReport | Unknown) -> str:
    """One side of a metric."""
    return NOTHING if isinstance(side, Unknown) else value(metric, side.value)


def optional(metric: MetricId, amount: float | None) -> str:
    """A point of a series, which may be missing."""
    return NOTHING if amount is None else value(metric, amount)


def by_unit(unit: str, amount: float | Unknown, currency: str | Unknown) -> str:
    """A value of a variant with its unit; a bare number where there is nothing to add to it.

    >>> by_unit("USD", 4.0, "USD"), by_unit("hours", 0.5, "USD"), by_unit("share", 0.027, "USD")
    ('4.00 USD', '0.500 hours', '2.70 %')
    >>> by_unit("number", 1.5, "USD"), by_unit("USD", Unknown(reason="no data"), "USD")
    ('1.50', '–')
    """
    if isinstance(amount, Unknown):
        return NOTHING
    if isinstance(currency, str) and unit.split()[:1] == [currency]:
        return numbers.unit_value("money", amount, currency)
    text = numbers.unit_value(unit, amount, None)
    return f"{text} {unit}" if unit == "hours" else text


def alike(checks: Iterable[CheckReport]) -> list[list[CheckReport]]:
    """Checks that say the same, such as that there is nothing to look at, together; in their order."""
    groups: dict[tuple[str, str], list[CheckReport]] = {}
    for check in checks:
        groups.setdefault((check.message, check.remedy), []).append(check)
    return list(groups.values())


def concerned(checks: Iterable[CheckReport]) -> list[MetricId]:
    """The metrics that any of the checks concerns, in the order of the questions."""
    named = {metric for check in checks for metric in check.metrics}
    return [metric for metric in METRIC_IDS if metric in named]


def every_period(weeks: int) -> str:
    """What one point of a series stands for.

    >>> every_period(1), every_period(4)
    ('every week', 'every 4 weeks')
    """
    return "every week" if weeks == 1 else f"every {weeks} weeks"


def signed(number: float) -> str:
    """A z-score.

    >>> signed(-0.42), signed(1.0)
    ('−0.4', '+1.0')
    """
    return numbers.plain(number, "+.1f")


def setting(item: object) -> str:
    """A value of the plan as a person reads it.

    >>> setting(None), setting([]), setting(True), setting(0.05), setting(["a", "b"]), setting({"EUR": "1.1"})
    ('none', 'none', 'yes', '0.05', 'a, b', 'EUR: 1.1')
    """
    if item is None or item in ([], {}, ""):
        return "none"
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, dict):
        return ", ".join(f"{name}: {setting(part)}" for name, part in item.items() if part not in (None, [], {}))
    if isinstance(item, (list, tuple)):
        return ("; " if any(isinstance(part, dict) for part in item) else ", ").join(setting(part) for part in item)
    return str(item)
