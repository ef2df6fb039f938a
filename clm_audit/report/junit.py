"""JUnit XML: a case for each metric, each data check and each rule of the gate, as test reports of CI show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import escape

from clm_audit.report import look, words_verdict
from clm_audit.report.language import spoken
from clm_audit.report.metric_said import sentences
from clm_audit.report.model import AuditReport, MetricReport, Unknown
from clm_audit.report.safe import visible
from clm_audit.report.slide_parts import HEADLINES
from clm_audit.report.trace import numbers

NAME = "clm-audit"


@dataclass(frozen=True)
class Case:
    """One case: what was asked, how it ended, why, and what there is to read beside it."""

    name: str
    result: Literal["passed", "failure", "skipped"] = "passed"
    message: str = ""
    text: str = ""


def to_junit(report: AuditReport) -> str:
    """The report as JUnit XML, without times: the same audit gives the same bytes.

    A metric that is not decided or not assessable is skipped, with its reason; one that a rule of the gate does not
    allow, and a data check that failed, is a failure.
    """
    with spoken(report) as said:
        suites = {"metrics": tuple(_metrics(said)), "checks": tuple(_checks(said)), "gate": tuple(_gate(said))}
    shown = {name: cases for name, cases in suites.items() if cases}
    every = [case for cases in shown.values() for case in cases]
    shown_ids = _properties(report)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="{NAME}" {_counts(every)}>']
    for name, cases in shown.items():
        lines.append(f'  <testsuite name="{NAME}.{name}" {_counts(cases)}>')
        lines += shown_ids.get(name, [])
        lines += [line for case in cases for line in _case(name, case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _properties(report: AuditReport) -> dict[str, list[str]]:
    """Suite -> its numbers as properties, by their ids and as they stand in the audit JSON."""
    known = numbers(report)
    groups = [("metrics", one.id) for one in report.metrics] + [("lifecycle", one.id) for one in report.lifecycle]
    headlines = [f"{part}.{name}.{tail}" for part, name in groups for tail in HEADLINES]
    found = {
        "metrics": [key for key in headlines if key in known],
        "checks": [key for key in known if key.startswith("checks.")],
    }
    lines = {
        suite: [f'      <property name="{_value(key)}" value="{_value(str(known[key]))}"/>' for key in keys]
        for suite, keys in found.items()
    }
    return {suite: ["    <properties>", *told, "    </properties>"] for suite, told in lines.items() if told}


def _metrics(report: AuditReport) -> Iterator[Case]:
    refused = _refused(report)
    for metric in (*report.metrics, *report.lifecycle):
        name = f"{metric.name} ({metric.id})"
        said = " ".join(filter(None, (*sentences(metric), _since(report, metric))))
        if metric.id in refused:
            yield Case(name, "failure", f"{words_verdict.gate_reason(refused[metric.id])}", said)
        elif metric.finding in ("inconclusive", "not assessable"):
            yield Case(name, "skipped", f"{metric.finding}: {metric.reason} {metric.remedy}".strip(), said)
        else:
            yield Case(name, text=said)


def _since(report: AuditReport, metric: MetricReport) -> str:
    """What became of a metric since the earlier audit, if there was one."""
    if isinstance(report.since, Unknown):
        return ""
    return next((one.sentence for one in report.since.metrics if one.id == metric.id), "")


def _refused(report: AuditReport) -> dict[str, str]:
    """Metric -> what the gate found that it does not allow."""
    failed = [one for one in report.gate.rulings if one.result == "failed"]
    return {one.subject: f"{one.subject}:{one.found}" for one in reversed(failed)}


def _checks(report: AuditReport) -> Iterator[Case]:
    for check in report.checks:
        name, said = f"{check.title} ({check.id})", f"{check.message} {check.remedy}".strip()
        if check.status == "fail":
            yield Case(name, "failure", check.message, said)
        elif check.status == "unknown":
            yield Case(name, "skipped", f"cannot tell: {said}", said)
        else:
            yield Case(name, text=said if check.status == "pass" else f"{look.CHECKS[check.status][2]}: {said}")


def _gate(report: AuditReport) -> Iterator[Case]:
    for one in report.gate.rulings:
        name = words_verdict.gate_rule(one.subject, one.rule) + (f" ({one.where})" if one.where else "")
        said = words_verdict.gate_reason(f"{one.subject}:{one.found}")
        result: Literal["passed", "failure", "skipped"] = "failure" if one.result == "failed" else "passed"
        yield Case(name, "skipped" if one.result == "undecided" else result, said, said)


def _counts(cases: Sequence[Case]) -> str:
    many = {result: sum(case.result == result for case in cases) for result in ("failure", "skipped")}
    return f'tests="{len(cases)}" failures="{many["failure"]}" errors="0" skipped="{many["skipped"]}" time="0"'


def _case(suite: str, case: Case) -> Iterator[str]:
    head = f'    <testcase classname="{NAME}.{suite}" name="{_value(case.name)}" time="0"'
    if case.result == "passed" and not case.text:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.result == "skipped":
        yield f'      <skipped message="{_value(case.message)}"/>'
    if case.result == "failure":
        yield f'      <failure message="{_value(case.message)}" type="{suite}">{_value(case.text)}</failure>'
    elif case.text:
        yield f"      <system-out>{_value(case.text)}</system-out>"
    yield "    </testcase>"


def _value(text: str) -> str:
    """Text within XML: nothing hidden, nothing that XML cannot hold, no line ends that an attribute would lose."""
    return str(escape(visible(" ".join(text.split()))))
