"""JUnit, GitHub and Markdown: what CI reads, against the report itself and against the rules of its readers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from lxml import etree

from clm_audit.report.fitted import fitted
from clm_audit.report.formats import FORMATS
from clm_audit.report.github import MOST, SUMMARY_BYTES, to_annotations, to_summary
from clm_audit.report.junit import to_junit
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport, EventReport
from clm_audit.verdict.model import Gate, GateRuling
from report import worlds

# What Jenkins, GitLab and the Ant task agree on: names, order of children, attributes.
SCHEMA = etree.XMLSchema(etree.fromstring(b"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:attributeGroup name="counts">
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="xs:decimal"/>
    <xs:attribute name="name" type="xs:token" use="required"/>
  </xs:attributeGroup>
  <xs:complexType name="said"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="testsuites"><xs:complexType>
    <xs:sequence><xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:sequence><xs:element name="properties" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
        <xs:attribute name="name" type="xs:string" use="required"/>
        <xs:attribute name="value" type="xs:string" use="required"/>
      </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
      <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
        <xs:sequence>
          <xs:choice minOccurs="0">
            <xs:element name="skipped" type="said"/><xs:element name="failure" type="said"/>
          </xs:choice>
          <xs:element name="system-out" type="xs:string" minOccurs="0"/>
        </xs:sequence>
        <xs:attribute name="name" type="xs:token" use="required"/>
        <xs:attribute name="classname" type="xs:token" use="required"/>
        <xs:attribute name="time" type="xs:decimal"/>
      </xs:complexType></xs:element></xs:sequence>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType></xs:element></xs:sequence>
    <xs:attributeGroup ref="counts"/>
  </xs:complexType></xs:element>
</xs:schema>"""))  # fmt: skip
LINE = "clm-audit.yaml:12:5"
COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:\r\n]*,?)+)::([^\r\n]+)")


def gated() -> AuditReport:
    """The full report with a gate that has a rule of each kind."""
    told: tuple[Any, ...] = (
        GateRuling(subject="verdict", rule="switch", result="passed", found="mixed", where="clm-audit.yaml:9:3"),
        GateRuling(subject="acquisition_cost", rule="worsened", result="failed", found="worsened", where=LINE),
        GateRuling(subject="campaign_response", rule="beyond:0.05", result="undecided", found="across:0.05"),
    )  # fmt: skip
    return worlds.full_report().model_copy(
        update={"gate": Gate(result="failed", because=("acquisition_cost:worsened",), rulings=told)}
    )


@pytest.mark.parametrize(
    "report", [worlds.full_report(), worlds.bare_report(), gated()], ids=["full", "bare", "with a gate"]
)
def test_junit_is_what_its_readers_read(report: AuditReport) -> None:
    tree = etree.fromstring(to_junit(report).encode())
    SCHEMA.assertValid(tree)
    for group in (tree, *tree):
        cases = list(group.iter("testcase"))
        assert int(group.get("tests")) == len(cases)
        for kind, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(group.get(kind)) == sum(case.find(tag) is not None for case in cases)


def test_there_is_a_case_for_each_metric_check_and_rule() -> None:
    report = gated()
    tree = etree.fromstring(to_junit(report).encode())
    cases = {(one.get("classname"), one.get("name")): one for one in tree.iter("testcase")}
    for metric in report.metrics:
        case = cases["clm-audit.metrics", f"{metric.name} ({metric.id})"]
        if metric.id == "acquisition_cost":
            assert case.find("failure").get("message") == "cost of acquiring a customer worsened"
        elif metric.finding in ("inconclusive", "not assessable"):
            assert metric.reason in case.find("skipped").get("message")
        else:
            assert case.find("skipped") is None
            assert case.find("failure") is None
    for check in report.checks:
        case = cases["clm-audit.checks", f"{check.title} ({check.id})"]
        assert (case.find("failure") is not None) == (check.status == "fail")
        assert (case.find("skipped") is not None) == (check.status == "unknown")
    gate = [case for (suite, _), case in cases.items() if suite == "clm-audit.gate"]
    assert [[child.tag for child in case] for case in gate] == [
        ["system-out"], ["failure"], ["skipped", "system-out"],
    ]  # fmt: skip
    assert "clm-audit.yaml:12:5" in gate[1].get("name")


def test_without_a_gate_what_worsened_is_no_failure() -> None:
    tree = etree.fromstring(to_junit(worlds.full_report(gate=None)).encode())
    assert not list(tree[0].iter("failure"))


def test_no_control_character_gets_into_the_xml() -> None:
    said = "a\x00\x1b[31m\u202e\ufffe<&\"'>\ud800]]>"
    report = worlds.full_report()
    metrics = tuple(metric.model_copy(update={"reason": said, "finding_sentence": said}) for metric in report.metrics)
    tree = etree.fromstring(to_junit(report.model_copy(update={"metrics": metrics})).encode())
    SCHEMA.assertValid(tree)
    assert "a\\x00\\x1b[31m\\u202e\\ufffe<&\"'>\\ud800]]>" in "".join(tree.itertext())


def commands(report: AuditReport) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in to_annotations(report).splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        found.append((match[1], dict(part.split("=", 1) for part in match[2].split(",")), match[3]))
    return found


def test_a_failed_rule_is_an_error_at_the_line_that_set_it() -> None:
    level, where, text = commands(gated())[0]
    assert level == "error"
    assert where == {"file": "clm-audit.yaml", "line": "12", "col": "5", "title": "The gate failed"}
    assert text.startswith("cost of acquiring a customer worsened")
    levels = [one[0] for one in commands(gated())]
    assert levels == sorted(levels, key=("error", "warning", "notice").index)


def test_at_most_nine_annotations_and_how_many_more() -> None:
    report = gated()
    one = next(check for check in report.checks if check.status == "pass")
    failed = tuple(one.model_copy(update={"id": f"c{n}", "status": "fail", "message": f"no {n}."}) for n in range(30))
    found = commands(report.model_copy(update={"checks": failed}))
    assert len(found) == MOST + 1
    assert re.fullmatch(r"and \d+ more, in the report", found[-1][2])


def test_annotations_are_escaped() -> None:
    said = "100 %\r\n::error::x, y: z\x1b"
    verdict = worlds.full_report().verdict.model_copy(update={"sentence": said})
    (found,) = [
        one for one in commands(gated().model_copy(update={"verdict": verdict})) if "Verdict" in one[1]["title"]
    ]
    assert found[1]["title"] == "Verdict%3A mixed"
    assert found[2] == "100 %25 ::error::x, y: z\\x1b"


def test_a_value_from_elsewhere_has_no_line() -> None:
    origins = {**worlds.full_report().plan, "go_live": {"value": "2024-07-01", "origin": "option --go-live"}}
    found = commands(gated().model_copy(update={"plan": origins}))
    assert all("file" not in where for _, where, _ in found if where["title"].startswith("Verdict"))


def with_events(many: int) -> AuditReport:
    events = tuple(EventReport(date=date(2024, 1, 1), what="W" * 400, is_break=False) for _ in range(many))
    return worlds.full_report().model_copy(update={"events": events})


def test_a_comment_is_never_longer_than_it_may_be() -> None:
    whole = to_markdown(worlds.full_report())
    assert "left out" not in whole
    one = worlds.full_report().checks[0]
    failed = tuple(
        one.model_copy(update={"id": f"c{n}", "status": "fail", "message": f"{n} {'W' * 300}"}) for n in range(400)
    )
    text = to_markdown(worlds.full_report().model_copy(update={"checks": failed}))
    assert len(text) <= 65_536
    assert "### The five questions" in text
    assert "### Data checks" not in text
    assert re.search(r"\*\d sections? left out: the page takes no more\.", text)
    huge = to_markdown(with_events(400))
    assert len(huge) <= 65_536
    assert "left out" in huge


def test_a_summary_is_never_larger_than_it_may_be() -> None:
    text = to_summary(with_events(5_000))
    assert len(text.encode()) <= SUMMARY_BYTES < 2**20
    assert text.startswith("<!-- clm-audit step summary -->\n")
    assert FORMATS["github"].render(worlds.full_report(), stdout=True).startswith(b"::")


@pytest.mark.parametrize("most", [60, 120, 200, 400])
def test_whole_sections_go_from_the_end(most: int) -> None:
    sections = ["a" * 50, "b" * 50, "c" * 50]
    text = fitted(sections, most)
    assert len(text) <= most
    kept = [section for section in sections if section in text]
    assert kept == sections[: len(kept)]
    assert ("left out" in text) == (len(kept) < 3)


def test_annotations_name_the_configuration_by_its_way_from_the_folder_of_the_run() -> None:
    report = gated()
    entry = {"value": "clm-audit.yaml", "origin": "audits/crm/clm-audit.yaml"}
    below = report.model_copy(update={"plan": {**report.plan, "config": entry}})
    named = re.findall(r"file=([^,]+),line=(\d+)", to_annotations(below))
    assert ("audits/crm/clm-audit.yaml", "12") in named
    assert {file for file, _ in named} == {"audits/crm/clm-audit.yaml"}
    assert {file for file, _ in re.findall(r"file=([^,]+),line=(\d+)", to_annotations(report))} == {"clm-audit.yaml"}
