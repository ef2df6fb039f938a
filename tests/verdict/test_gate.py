"""The gate: failed, undecided, passed, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.config.plan import Bound, FindingValue, GateRules, MetricId, RatchetValue, VerdictValue
from clm_audit.inference.model import Finding
from clm_audit.verdict.gate import gate_result
from clm_audit.verdict.model import Ratchet, Verdict
from report import worlds


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


def measured(metric: MetricId, low: float, high: float) -> Finding:
    """A finding of no weight whose effect has this interval."""
    item = worlds.totals_of(metric, worlds.calendar())
    finding = worlds.finding_of(item, "inconclusive", "too_little_information", 0.0, 0.1)
    assert finding.effect is not None
    return replace(finding, effect=replace(finding.effect, effect=(low + high) / 2, low=low, high=high))


@pytest.mark.parametrize(
    ("metric", "low", "high", "result", "found"),
    [
        ("service_cost", 0.06, 0.20, "failed", "beyond:0.05"),  # lower is better: all of it costs more
        ("service_cost", 0.04, 0.20, "undecided", "across:0.05"),
        ("service_cost", -0.30, 0.049, "passed", None),
        ("service_cost", -0.30, -0.20, "passed", None),
        ("transaction_size", -0.20, -0.06, "failed", "beyond:0.05"),
        ("transaction_size", -0.20, 0.30, "undecided", "across:0.05"),
        ("transaction_size", -0.04, 0.30, "passed", None),
        (
            "transaction_size",
            -0.05,
            0.30,
            "undecided",
            "across:0.05",
        ),  # the bound itself is not beyond, nor short of it
    ],
)
def test_a_bound_is_decided_by_the_whole_interval(
    metric: MetricId, low: float, high: float, result: str, found: str | None
) -> None:
    rules = GateRules(fail_on=(), metrics={metric: Bound(worse_than=0.05)})
    gate = gate_result(rules, verdict("good fit"), [measured(metric, low, high)])
    assert gate.result == result
    assert gate.because == ((f"{metric}:{found}",) if found else ())


@given(st.floats(-0.5, 0.5), st.floats(0.0, 0.4), st.floats(0.0, 0.3))
def test_a_bound_never_decides_against_its_interval(low: float, width: float, bound: float) -> None:
    finding = measured("service_cost", low, low + width)
    gate = gate_result(
        GateRules(fail_on=(), metrics={"service_cost": Bound(worse_than=bound)}), verdict("good fit"), [finding]
    )
    inside = low <= bound <= low + width
    assert (gate.result == "undecided") == inside


@pytest.mark.parametrize(
    ("low", "high", "result"), [(-0.10, 0.10, "passed"), (-0.30, -0.20, "failed"), (-0.15, 0.0, "undecided")]
)
def test_the_bound_of_a_score_is_in_points(low: float, high: float, result: str) -> None:
    """A change of one whole is 40 points of it: -4 to +4, -12 to -8 and -6 to 0 points against a bound of 5."""
    score = replace(measured("transaction_size", low, high), metric="nps", points=40.0)
    gate = gate_result(GateRules(fail_on=(), metrics={"nps": Bound(worse_than=0.05)}), verdict("good fit"), [score])
    assert gate.result == result


def test_without_an_effect_a_bound_is_undecided() -> None:
    rules = GateRules(fail_on=(), metrics={"service_cost": Bound(worse_than=0.05)})
    for findings in ([], [found("service_cost", "not assessable")]):
        gate = gate_result(rules, verdict("good fit"), findings)
        assert (gate.result, gate.because) == ("undecided", ("service_cost:not assessable",))


def since(metric: MetricId, value: RatchetValue) -> Ratchet:
    return Ratchet(metric=metric, value=value, earlier=0.0, change=0.0, low=0.0, high=0.0)


@pytest.mark.parametrize(
    ("values", "result"),
    [
        (("better", "same"), "passed"),
        (("better", "worse", "undecided"), "failed"),
        (("same", "undecided"), "undecided"),
    ],
)
def test_the_ratchet_fails_on_what_is_worse(values: tuple[RatchetValue, ...], result: str) -> None:
    metrics: tuple[MetricId, ...] = ("service_cost", "transaction_size", "purchase_frequency")
    ratchets = [since(metric, value) for metric, value in zip(metrics, values, strict=False)]
    assert gate_result(GateRules(fail_on=()), verdict("good fit"), [], ratchets).result == result
    assert gate_result(GateRules(fail_on=(), ratchet=()), verdict("good fit"), [], ratchets).result == "passed"


def test_every_rule_is_told_with_its_line() -> None:
    rules = GateRules(metrics={"service_cost": "worsened", "transaction_size": Bound(worse_than=0.05)})
    origins = {"gate.fail_on": "c.yaml:3:3", "gate.metrics.service_cost": "c.yaml:5:5", "gate.metrics": "c.yaml:4:3"}
    gate = gate_result(rules, verdict("mixed"), [found("service_cost", "worsened")], (), origins)
    assert [(one.subject, one.result, one.where) for one in gate.rulings] == [
        ("verdict", "passed", "c.yaml:3:3"),
        ("transaction_size", "undecided", "c.yaml:4:3"),
        ("service_cost", "failed", "c.yaml:5:5"),
    ]
