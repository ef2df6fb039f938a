"""Checks, plain reading, verdict, gate and money in one call; and how checks cap a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clm_audit.config.plan import METRIC_IDS, AuditPlan, MetricId, VerdictValue
from clm_audit.facts.model import Facts
from clm_audit.inference.goals import judge_goals
from clm_audit.inference.model import Finding
from clm_audit.inference.segments import segment_effects
from clm_audit.intake.model import Exports
from clm_audit.measures.model import Measured
from clm_audit.verdict.checks import RULES, all_checks
from clm_audit.verdict.customer_costs import customer_costs
from clm_audit.verdict.gate import gate_result
from clm_audit.verdict.model import Check, Judgement, Verdict
from clm_audit.verdict.money import appraise, worth
from clm_audit.verdict.plain import read_plainly
from clm_audit.verdict.ratchet import ratchet
from clm_audit.verdict.truth import decide, lean_of

# A check moves a verdict only towards the end of this scale; good fit, mixed and switch stand side by side.
STRENGTH: dict[VerdictValue, int] = {"good fit": 2, "mixed": 2, "switch": 2, "inconclusive": 1, "not assessable": 0}
WITHHELD_ROW = "findings withheld"
UNKNOWN_ROW = "a check could not tell"
WHOSE = "events"  # the check that cannot tell whose doing a change is: such metrics do not lean
UNKNOWN_CAPS = frozenset(rule.id for rule in RULES if rule.unknown_caps)


def judge(
    plan: AuditPlan, exports: Exports, facts: Facts, measured: Measured, findings: Sequence[Finding]
) -> Judgement:
    """Run the checks, read plainly, decide, cap, and ask the gate. The lifecycle takes no part but in the gate."""
    answering = [finding for finding in findings if finding.metric in METRIC_IDS]
    checks = all_checks(plan, exports, facts, measured, answering)
    weeks_after = (measured.calendar.after[1] - measured.calendar.go_live) / 7
    verdict = capped(answering, checks, plan.policy.require, weeks_after)
    ratchets = ratchet(plan, measured.calendar, findings)
    return Judgement(
        checks=checks,
        plain=read_plainly(plan, measured.metrics),
        verdict=verdict,
        gate=gate_result(plan.gate, verdict, findings, ratchets, plan.origins),
        ratchet=ratchets,
        money=appraise(plan, facts, measured, findings, _touched(checks)),
        worth=worth(plan, facts, measured, findings),
        segments=segment_effects(measured, plan.policy.confidence),
        customer_costs=customer_costs(measured),
        goals=judge_goals(plan, measured),
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
    kept = _kept(findings, checks)
    verdict = _cap_unknown(_withhold(uncapped, findings, kept, checks, require, weeks_after), checks)
    if verdict.value != "inconclusive":
        return verdict
    nobodys = {
        metric for check in checks if check.id == WHOSE and check.status == "unknown" for metric in check.metrics
    }
    return verdict.model_copy(update={"lean": lean_of([item for item in kept if item.metric not in nobodys])})


def _kept(findings: Sequence[Finding], checks: Sequence[Check]) -> list[Finding]:
    """The findings, those that a failed check touches as if not assessable."""
    touched = _touched(checks)
    return [replace(item, value="not assessable") if item.metric in touched else item for item in findings]


def _touched(checks: Sequence[Check]) -> set[MetricId]:
    return {metric for check in checks if check.status == "fail" for metric in check.metrics}


def _withhold(
    uncapped: Verdict,
    findings: Sequence[Finding],
    kept: Sequence[Finding],
    checks: Sequence[Check],
    require: Sequence[MetricId],
    weeks_after: float,
) -> Verdict:
    failed = [check for check in checks if check.status == "fail"]
    standing = {finding.metric for finding in findings if finding.value != "not assessable"}
    withheld = tuple(finding.metric for finding in findings if finding.metric in standing & _touched(checks))
    again = decide(kept, require, weeks_after).model_copy(update={"uncapped": uncapped.value, "withheld": withheld})
    if again.value == uncapped.value:
        return again
    by = tuple(check.id for check in failed if standing & set(check.metrics))
    if STRENGTH[again.value] < STRENGTH[uncapped.value]:
        return again.model_copy(update={"capped_by": by})
    if STRENGTH[uncapped.value] < STRENGTH["good fit"]:
        return uncapped
    return Verdict(
        value="inconclusive",
        row=WITHHELD_ROW,
        because=withheld,
        capped_by=by,
        uncapped=uncapped.value,
        withheld=withheld,
    )


def _cap_unknown(verdict: Verdict, checks: Sequence[Check]) -> Verdict:
    if STRENGTH[verdict.value] < STRENGTH["good fit"]:
        return verdict
    by = tuple(
        check.id
        for check in checks
        if check.status == "unknown" and check.id in UNKNOWN_CAPS and set(check.metrics) & set(verdict.because)
    )
    if not by:
        return verdict
    return verdict.model_copy(update={"value": "inconclusive", "row": UNKNOWN_ROW, "capped_by": by})
