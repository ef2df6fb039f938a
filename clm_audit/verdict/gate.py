"""The gate: what a CI job asked to be stopped by. Reads the verdict and the findings, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.plan import GateRules
from clm_audit.inference.model import Finding
from clm_audit.verdict.model import Gate, Verdict

UNDECIDED = ("inconclusive", "not assessable")


def gate_result(rules: GateRules | None, verdict: Verdict, findings: Sequence[Finding]) -> Gate:
    """Failed when a rule is met; else undecided when a rule could not be decided; else passed.

    A rule is met by the verdict (``fail_on``) or by a metric's finding (``metrics``). A rule that asks for
    ``inconclusive`` or ``not assessable`` itself is met by it like by any other value.
    """
    if rules is None:
        return Gate(result="none")
    values = {finding.metric: finding.value for finding in findings}
    failed, undecided = [], []
    if verdict.value in rules.fail_on:
        failed.append(f"verdict:{verdict.value}")
    elif rules.fail_on and verdict.value in UNDECIDED:
        undecided.append(f"verdict:{verdict.value}")
    for metric, refused in rules.metrics.items():
        value = values.get(metric, "not assessable")
        if value == refused:
            failed.append(f"{metric}:{value}")
        elif value in UNDECIDED:
            undecided.append(f"{metric}:{value}")
    if failed:
        return Gate(result="failed", because=tuple(failed))
    return Gate(result="undecided", because=tuple(undecided)) if undecided else Gate(result="passed")
