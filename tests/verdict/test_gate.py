"""The gate: failed, undecided, passed, and what it says."""

from __future__ import annotations

import pytest

from clm_audit.config.plan import FindingValue, GateRules, MetricId, VerdictValue
from clm_audit.inference.model import Finding
from clm_audit.verdict.gate import gate_result
from clm_audit.verdict.model import Verdict


def verdict(value: VerdictValue) -> Verdict:
    return Verdict(value=value, row="", uncapped=value)


def found(metric: MetricId, value: FindingValue) -> Finding:
    return Finding(metric, value, "equivalent", None, 0.0, 0.05)


def test_no_rules_no_gate() -> None:
    assert gate_result(None, verdict("switch"), []).result == "none"


@pytest.mark.parametrize(
    ("value", "result", "because"),
    [
        ("good fit", "passed", ()),
        ("mixed", "passed", ()),
        ("switch", "failed", ("verdict:switch",)),
        ("inconclusive", "undecided", ("verdict:inconclusive",)),
        ("not assessable", "undecided", ("verdict:not assessable",)),
    ],
)
def test_verdict_rules(value: VerdictValue, result: str, because: tuple[str, ...]) -> None:
    gate = gate_result(GateRules(fail_on=("switch",)), verdict(value), [])
    assert (gate.result, gate.because) == (result, because)


def test_a_rule_may_ask_for_inconclusive() -> None:
    gate = gate_result(GateRules(fail_on=("switch", "inconclusive")), verdict("inconclusive"), [])
    assert (gate.result, gate.because) == ("failed", ("verdict:inconclusive",))


def test_without_verdict_rules_the_verdict_is_not_asked() -> None:
    rules = GateRules(fail_on=(), metrics={"service_cost": "worsened"})
    assert gate_result(rules, verdict("inconclusive"), [found("service_cost", "improved")]).result == "passed"


@pytest.mark.parametrize(
    ("value", "result"),
    [("worsened", "failed"), ("improved", "passed"), ("no material change", "passed"), ("inconclusive", "undecided")],
)
def test_metric_rules(value: FindingValue, result: str) -> None:
    rules = GateRules(fail_on=("switch",), metrics={"service_cost": "worsened"})
    gate = gate_result(rules, verdict("good fit"), [found("service_cost", value)])
    assert gate.result == result
    assert gate.because == (() if result == "passed" else (f"service_cost:{value}",))


def test_a_metric_that_was_not_measured_is_undecided() -> None:
    rules = GateRules(fail_on=(), metrics={"service_cost": "worsened"})
    assert gate_result(rules, verdict("good fit"), []).because == ("service_cost:not assessable",)


def test_a_failure_outweighs_what_is_open() -> None:
    rules = GateRules(fail_on=("switch",), metrics={"service_cost": "worsened", "transaction_size": "worsened"})
    findings = [found("service_cost", "worsened"), found("transaction_size", "inconclusive")]
    gate = gate_result(rules, verdict("inconclusive"), findings)
    assert (gate.result, gate.because) == ("failed", ("service_cost:worsened",))
