"""What became of every metric since an earlier audit, for the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.report import words_ratchet
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_ratchet import Since, SinceReport
from clm_audit.report.words_metrics import name
from clm_audit.verdict.model import Ratchet


def since_report(plan: AuditPlan, ratchets: Sequence[Ratchet]) -> SinceReport | Unknown:
    """The comparison with the audit of ``plan.against``, or that there is none."""
    if plan.against is None:
        return Unknown(reason=words_ratchet.NOT_GIVEN)
    until = plan.against.after.end - timedelta(days=1)
    return SinceReport(
        file=plan.against.file,
        sha256=plan.against.sha256,
        until=until,
        nested=any(one.nested for one in ratchets),
        sentence=words_ratchet.headline(until, [(one.metric, one.value) for one in ratchets]),
        metrics=tuple(map(_since, ratchets)),
    )


def _since(one: Ratchet) -> Since:
    change = [_known(part, one.code) for part in (one.change, one.low, one.high)]
    numbers = tuple(part for part in change if not isinstance(part, Unknown))
    said = (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    return Since(
        id=one.metric,
        name=name(one.metric),
        result=one.value,
        earlier=_known(one.earlier, one.code),
        change=change[0],
        low=change[1],
        high=change[2],
        sentence=words_ratchet.since(one.metric, one.value, one.code, said),
    )


def _known(value: float | NotAssessable, code: str) -> float | Unknown:
    return Unknown(reason=words_ratchet.OPEN[code]) if isinstance(value, NotAssessable) else value
