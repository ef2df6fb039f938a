"""Checks, plain reading, verdict and gate in one call; and how checks cap a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clm_audit.config.plan import AuditPlan, MetricId, VerdictValue
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Finding
from clm_audit.intake.model import Exports
from clm_audit.measures.model import Measured
from clm_audit.verdict.checks import RULES, all_checks
from clm_audit.verdict.gate import gate_result
from clm_audit.verdict.model import Check, Judgement, Verdict
from clm_audit.verdict.plain import read_plainly
from clm_audit.verdict.truth import decide, lean_of

# A check moves a verdict only towards the end of this scale; good fit, mixed and switch stand side by side.
STRENGTH: dict[VerdictValue, int] = {"good fit": 2, "mixed": 2, "switch": 2, "inconclusive": 1, "not assessable": 0}
WITHHELD_ROW = "findings withheld"
UNKNOWN_ROW = "a check could not tell"
UNKNOWN_CAPS = frozenset(rule.id for rule in RULES if rule.unknown_caps)


def judge(
    plan: AuditPlan, exports: Exports, facts: Facts, measured: Measured, findings: Sequence[Finding]
) -> Judgement:
    """Run the checks, read plainly, decide, cap, and ask the gate."""
    checks = all_checks(plan, exports, facts, measured, findings)
    weeks_after = (measured.calendar.after[1] - measured.calendar.go_live) / 7
    verdict = capped(findings, checks, plan.policy.require, weeks_after)
    return Judgement(
        checks=checks,
        plain=read_plainly(plan, measured.metrics),
        verdict=verdict,
        gate=gate_result(plan.gate, verdict, findings),
    )


def capped(
    findings: Sequence[Finding], checks: Sequence[Check], require: Sequence[MetricId], weeks_after: float
) -> Verdict:
    """The verdict with the data checks applied: never stronger than without them.

    Failed checks withhold the findings they touch, as if these were not assessable, and the table is read
    again. A value of the same or more strength that differs from the uncapped one means that the withheld
    findings carried the answer: the verdict is then inconclusive.
    """
    uncapped = decide(findings, require, weeks_after)
    verdict = _withhold(uncapped, findings, checks, require, weeks_after)
    return _cap_unknown(verdict, findings, checks)


def _withhold(
    uncapped: Verdict,
    findings: Sequence[Finding],
    checks: Sequence[Check],
    require: Sequence[MetricId],
    weeks_after: float,
) -> Verdict:
    failed = [check for check in checks if check.status == "fail"]
    touched = {metric for check in failed for metric in check.metrics}
    kept = [replace(item, value="not assessable") if item.metric in touched else item for item in findings]
    again = decide(kept, require, weeks_after)
    if again.value == uncapped.value:
        return again.model_copy(update={"uncapped": uncapped.value})
    standing = {finding.metric for finding in findings if finding.value != "not assessable"}
    by = tuple(check.id for check in failed if standing & set(check.metrics))
    if STRENGTH[again.value] < STRENGTH[uncapped.value]:
        return again.model_copy(update={"uncapped": uncapped.value, "capped_by": by})
    if STRENGTH[uncapped.value] < STRENGTH["good fit"]:
        return uncapped
    return Verdict(
        value="inconclusive", row=WITHHELD_ROW, because=tuple(f.metric for f in findings if f.metric in touched),
        capped_by=by, uncapped=uncapped.value, lean=lean_of(kept),
    )  # fmt: skip


def _cap_unknown(verdict: Verdict, findings: Sequence[Finding], checks: Sequence[Check]) -> Verdict:
    if STRENGTH[verdict.value] < STRENGTH["good fit"]:
        return verdict
    by = tuple(
        check.id
        for check in checks
        if check.status == "unknown" and check.id in UNKNOWN_CAPS and set(check.metrics) & set(verdict.because)
    )
    if not by:
        return verdict
    update = {"value": "inconclusive", "row": UNKNOWN_ROW, "capped_by": by, "lean": lean_of(findings)}
    return verdict.model_copy(update=update)
