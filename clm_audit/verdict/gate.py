"""The gate: what a CI job asked to be stopped by. Reads the verdict, the findings and their intervals, nothing else.

A raw difference never decides: a rule is met by a finding, or by an interval that lies beyond a bound as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clm_audit.config.plan import Bound, FindingValue, GateRules, MetricId
from clm_audit.inference.model import Finding
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.verdict.model import Gate, GateRuling, Ratchet, Verdict

UNDECIDED = ("inconclusive", "not assessable")
NO_ORIGINS: Mapping[str, str] = {}


def gate_result(
    rules: GateRules | None,
    verdict: Verdict,
    findings: Sequence[Finding],
    ratchets: Sequence[Ratchet] = (),
    origins: Mapping[str, str] = NO_ORIGINS,
) -> Gate:
    """Failed when a rule is met; else undecided when a rule could not be decided; else passed.

    A rule is met by the verdict (``fail_on``), by a metric's finding or interval (``metrics``), or by what became of
    a metric since an earlier audit (``ratchet``). A rule that asks for ``inconclusive`` or ``not assessable`` itself
    is met by it like by any other value. ``origins``: the line of each rule.
    """
    if rules is None:
        return Gate(result="none")
    rulings = tuple(_rulings(rules, verdict, {one.metric: one for one in findings}, ratchets, origins))
    for result in ("failed", "undecided"):
        if because := tuple(f"{one.subject}:{one.found}" for one in rulings if one.result == result):
            return Gate(result=result, because=because, rulings=rulings)
    return Gate(result="passed", rulings=rulings)


def _rulings(
    rules: GateRules,
    verdict: Verdict,
    findings: Mapping[MetricId, Finding],
    ratchets: Sequence[Ratchet],
    origins: Mapping[str, str],
) -> Iterator[GateRuling]:
    if rules.fail_on:
        value = verdict.value
        result = _asked(value, rules.fail_on)
        yield _ruling("verdict", " or ".join(rules.fail_on), result, value, origins.get("gate.fail_on", ""))
    for metric in (one for one in CATALOGUE if one in rules.metrics):
        rule = rules.metrics[metric]
        where = origins.get(f"gate.metrics.{metric}", origins.get("gate.metrics", ""))
        finding = findings.get(metric)
        if isinstance(rule, Bound):
            yield _bound(metric, rule, finding, where)
        else:
            found: FindingValue = finding.value if finding else "not assessable"
            yield _ruling(metric, rule, _asked(found, (rule,)), found, where)
    if rules.ratchet:
        where = origins.get("gate.ratchet", "")
        for one in ratchets:
            result = "failed" if one.value in rules.ratchet else "undecided" if one.value == "undecided" else "passed"
            yield _ruling(one.metric, f"since:{' or '.join(rules.ratchet)}", result, f"since:{one.value}", where)


def _asked(value: str, refused: Sequence[str]) -> str:
    return "failed" if value in refused else "undecided" if value in UNDECIDED else "passed"


def _bound(metric: MetricId, rule: Bound, finding: Finding | None, where: str) -> GateRuling:
    """Decided by the whole interval: beyond the bound it fails, short of it it passes, across it nothing is known."""
    name = f"beyond:{rule.worse_than:g}"
    if finding is None or finding.effect is None:
        return _ruling(metric, name, "undecided", "not assessable", where)
    size = 1.0 if finding.points is None else finding.points / 100  # a score's points count as per cent
    ends = (finding.effect.low * size, finding.effect.high * size)
    least, most = ends if CATALOGUE[metric].better == "lower" else (-ends[1], -ends[0])
    if least > rule.worse_than:
        return _ruling(metric, name, "failed", name, where)
    return (
        _ruling(metric, name, "passed", f"short:{rule.worse_than:g}", where)
        if most < rule.worse_than
        else _ruling(metric, name, "undecided", f"across:{rule.worse_than:g}", where)
    )


def _ruling(subject: str, rule: str, result: str, found: str, where: str) -> GateRuling:
    return GateRuling.model_validate(
        {"subject": subject, "rule": rule, "result": result, "found": found, "where": where}
    )
