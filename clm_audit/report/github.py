"""GitHub: annotations at the lines of the configuration that set a threshold, and the summary of a step.

Annotations are lines on stdout that the runner reads; the summary is a file, for which the runner names the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from clm_audit.report import numbers, words_verdict
from clm_audit.report.fitted import utf8
from clm_audit.report.language import spoken
from clm_audit.report.markdown import in_brief
from clm_audit.report.model import AuditReport
from clm_audit.report.safe import visible

MARK = "<!-- clm-audit step summary -->"
MOST = 9  # the runner shows ten of a kind; the last one says how many more there are
MOST_CHARACTERS = 900  # of one annotation
SUMMARY_BYTES = 1_000_000  # the runner takes 1 MiB
LEVELS = ("error", "warning", "notice")
CUT = "…"
_PLACE = re.compile(r"(?P<file>.+\.ya?ml):(?P<line>\d+):(?P<column>\d+)")
# The setting that decides a check, where one does.
_SETTINGS = {"rejects": "policy.max_rejected", "events": "events", "sides": "go_live", "coverage": "go_live"}


@dataclass(frozen=True)
class Note:
    """One annotation; ``where``: the place in the configuration as the plan has it, or where else a value came from."""

    level: Literal["error", "warning", "notice"]
    title: str
    text: str
    where: str = ""


def to_annotations(report: AuditReport) -> str:
    """At most nine workflow commands, the weightiest first, and how many more there would be."""
    with spoken(report) as said:
        notes = sorted(_notes(said), key=lambda note: LEVELS.index(note.level))
    lines = [_command(note, _config(report)) for note in notes[:MOST]]
    if more := len(notes) - MOST:
        lines += [_command(Note("notice", "clm-audit", f"and {more} more, in the report"))] if more > 0 else []
    return "".join(f"{line}\n" for line in lines)


def to_summary(report: AuditReport) -> str:
    """The report in brief for the page of the run, under 1 MiB."""
    return in_brief(report, MARK, SUMMARY_BYTES, utf8)


def _notes(report: AuditReport) -> Iterator[Note]:
    for one in report.gate.rulings:
        if one.result != "passed":
            said = words_verdict.gate_reason(f"{one.subject}:{one.found}")
            rule = words_verdict.gate_rule(one.subject, one.rule)
            failed = one.result == "failed"
            title = "The gate failed" if failed else "The gate could not be decided"
            yield Note("error" if failed else "warning", title, f"{said}; the rule: {rule}.", one.where)
    for check in report.checks:
        if check.status == "fail":
            where = _origin(report, _SETTINGS.get(check.id, ""))
            yield Note("warning", f"Data check failed: {check.title}", f"{check.message} {check.remedy}", where)
    yield Note("notice", f"Verdict: {report.verdict.value}", report.verdict.sentence, _origin(report, "go_live"))
    for metric in report.metrics:
        if metric.finding == "inconclusive":
            where = _origin(report, f"metrics.{metric.id}.materiality") or _origin(report, "policy.materiality")
            size = f"A change counts from {numbers.percent(metric.materiality)} on."
            yield Note("notice", f"Not decided: {metric.name}", f"{metric.reason} {size}", where)


def _origin(report: AuditReport, setting: str) -> str:
    """Where a setting, or what holds it, was set."""
    parts = setting.split(".")
    entries = (report.plan.get(".".join(parts[:length])) for length in range(len(parts), 0, -1))
    return next((str(entry["origin"]) for entry in entries if entry is not None), "")


def _config(report: AuditReport) -> tuple[str, str]:
    """The configuration file: its name, and its way from the folder of the run."""
    entry = report.plan.get("config") or {}
    name = str(entry.get("value") or "")
    way = str(entry.get("origin") or "")
    return name, way if name and way.endswith(name) else name


def _command(note: Note, config: tuple[str, str] = ("", "")) -> str:
    """A workflow command; ``config``: name of the configuration file, and its way from the folder of the run.

    >>> _command(Note("error", "a,b", "50 %", "clm-audit.yaml:3:1"))
    '::error file=clm-audit.yaml,line=3,col=1,title=a%2Cb::50 %25'
    >>> _command(Note("error", "a", "b", "clm-audit.yaml:3:1"), ("clm-audit.yaml", "crm/clm-audit.yaml"))
    '::error file=crm/clm-audit.yaml,line=3,col=1,title=a::b'
    """
    place = _PLACE.fullmatch(note.where)
    name, way = config
    parts: dict[str, str] = {}
    if place:
        file = way if name and place["file"] == name else place["file"]
        parts = {"file": file, "line": place["line"], "col": place["column"]}
    told = ",".join(f"{name}={_property(value)}" for name, value in (parts | {"title": note.title}).items())
    text = visible(" ".join(note.text.split()))
    short = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}{CUT}"
    return f"::{note.level} {told}::{_data(short)}"


def _data(text: str) -> str:
    """What follows the second pair of colons.

    >>> _data("100 %")
    '100 %25'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A value before it, where colons and commas mean something, too."""
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
