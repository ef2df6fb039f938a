"""How values look in every format: a glyph beside each word, figures with their units, and small phrases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal

from clm_audit.config.plan import FindingValue, MetricId, VerdictValue
from clm_audit.intake.model import RowCounts
from clm_audit.report import numbers
from clm_audit.report.model import (
    Adjusted,
    AnswerReport,
    AuditReport,
    CheckReport,
    Figure,
    MetricReport,
    RatioReport,
    Span,
    Unknown,
)
from clm_audit.verdict.model import CheckStatus, PlainAnswer

Tone = Literal["good", "bad", "flat", "open"]
VERDICTS: Mapping[VerdictValue, tuple[str, Tone]] = {
    "good fit": ("✔", "good"),
    "mixed": ("◐", "flat"),
    "switch": ("✘", "bad"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
FINDINGS: Mapping[FindingValue, tuple[str, Tone]] = {
    "improved": ("✔", "good"),
    "worsened": ("✘", "bad"),
    "no material change": ("=", "flat"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
ANSWERS: Mapping[PlainAnswer, tuple[str, Tone]] = {
    "yes": ("✔", "good"),
    "no": ("✘", "bad"),
    "about the same": ("=", "flat"),
    "no data": ("–", "open"),
}
CHECKS: Mapping[CheckStatus, tuple[str, Tone, str]] = {
    "fail": ("✘", "bad", "failed"),
    "warn": ("!", "flat", "warning"),
    "unknown": ("?", "open", "cannot tell"),
    "pass": ("✔", "good", "passed"),
}
NOTHING = "–"
NO_BREAK = "\u00a0"
_TOGETHER = re.compile(r"\[[^\[\]]{1,40}\]|\d %|\d [A-Z]{3}\b|\bp [=<] \d")
LEDGER = ("accepted", "rejected", "duplicate", "outside", "structure")


def by_status(checks: Iterable[CheckReport]) -> dict[CheckStatus, list[CheckReport]]:
    """Checks by status, worst first, every status present."""
    grouped: dict[CheckStatus, list[CheckReport]] = {status: [] for status in CHECKS}
    for check in checks:
        grouped[check.status].append(check)
    return grouped


def ledger_total(rows: Iterable[RowCounts]) -> RowCounts:
    """The sum over files.

    >>> ledger_total([RowCounts(read=2, accepted=2), RowCounts(read=1, rejected=1)]).read
    3
    """
    counts = list(rows)
    return RowCounts(**{name: sum(getattr(row, name) for row in counts) for name in ("read", *LEDGER)})


def answer_of(report: AuditReport, metric: MetricReport) -> AnswerReport | None:
    """The plain answer that belongs to a metric."""
    return next((answer for answer in report.plain.answers if answer.metric == metric.id), None)


def metric_name(metrics: Iterable[MetricReport], metric: MetricId) -> str:
    """The name of a metric as the report gives it, else its id in words."""
    names = {item.id: item.name for item in metrics}
    return names.get(metric, metric.replace("_", " "))


def check_title(checks: Iterable[CheckReport], check_id: str) -> str:
    """The title of a check as the report gives it, else its id in words."""
    return {check.id: check.title for check in checks}.get(check_id, check_id.replace("_", " "))


def sentences(metric: MetricReport) -> list[str]:
    """What there is to say about a metric beside its remedy, each thing once."""
    said = [metric.finding_sentence]
    for text in (metric.reason, metric.why_different):
        if text and text.lower() not in " ".join(said).lower():
            said.append(text)
    return said


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


def change(share: float | Unknown) -> str:
    """A signed change, or a dash where there is none.

    >>> change(0.1214), change(Unknown(reason="no data"))
    ('+12 %', '–')
    """
    return NOTHING if isinstance(share, Unknown) else numbers.percent(share, sign=True)


def interval(adjusted: Adjusted | Unknown) -> str:
    """The 95 % interval of an effect."""
    return NOTHING if isinstance(adjusted, Unknown) else numbers.percent_range(adjusted.low, adjusted.high)


def effect(adjusted: Adjusted | Unknown) -> str:
    """The adjusted effect itself."""
    return NOTHING if isinstance(adjusted, Unknown) else numbers.percent(adjusted.effect, sign=True)


def value(metric: MetricId, amount: float | Unknown) -> str:
    """A value of a metric without its unit, which stands beside it once."""
    return NOTHING if isinstance(amount, Unknown) else numbers.metric_value(metric, amount, None)


def tick(metric: MetricId, amount: float) -> str:
    """A round number on the axis of a metric.

    >>> tick("campaign_response", 0.025), tick("transaction_size", 40.0), tick("purchase_frequency", 0.2)
    ('2.5 %', '40', '0.2')
    """
    if metric == "campaign_response":
        return f"{amount * 100:.6g} %"
    return f"{amount:,.6g}"


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
    """A value of a variant."""
    if isinstance(amount, Unknown):
        return NOTHING
    return numbers.unit_value(unit, amount, currency if isinstance(currency, str) else None)


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
    return f"{number:+.1f}".replace("-", numbers.MINUS)


def setting(item: object) -> str:
    """A value of the plan as the configuration would have it."""
    return item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
