"""What to do next, worked out from the failed checks, the missing exports and the open metrics of one audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clm_audit.inference.model import Finding
from clm_audit.report import words_checks, words_findings, words_reasons
from clm_audit.report.numbers import weeks
from clm_audit.report.words_metrics import in_text, listed, shortly
from clm_audit.report.words_verdict import ROWS, quoted
from clm_audit.verdict.model import Check, Verdict

REQUIRED = "or take it off policy.require in the config"
NOTHING = "There is nothing to do at this size: read the plain numbers."
MOST_REMEDIES = MOST_CHECKS = 2


def next_step(value: Verdict, findings: Sequence[Finding], checks: Sequence[Check]) -> str:
    """What to do next: first what a failed check asks for, then what the verdict's row or the metrics need."""
    row = ROWS[value.row][1]
    first = " ".join(_after_checks(value, checks))
    steps = [row] if row else []
    if not value.capped_by and (not row or "mostly open" in value.row):
        concerned, required = _concerned(value, findings), value.row.startswith("required")
        absent, open_ = [*_for_absent(concerned)], [*_for_open(concerned)]
        # where nothing is decided, what settles the open metrics goes before what a further export would add
        steps += [*open_, *absent] if value.value == "inconclusive" else [*absent, *open_]
        steps += [f"{_capital(REQUIRED)}."] if required else []
    return " ".join(filter(None, (first, *(step for step in steps if _lower(step) not in first)))) or NOTHING


def _after_checks(value: Verdict, checks: Sequence[Check]) -> Iterator[str]:
    """What the checks that failed, or that hold the verdict back, ask for: the latter first."""
    failed = [check for check in checks if check.status == "fail" or check.id in value.capped_by]
    for check in sorted(failed, key=lambda check: check.id not in value.capped_by)[:MOST_CHECKS]:
        did = "failed" if check.status == "fail" else "cannot tell"
        yield f"The data check {quoted(check.id)} {did}: {_lower(words_checks.remedy(check))}"


def _concerned(value: Verdict, findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that stand in the way: the required ones where those decide, else all."""
    if not value.row.startswith("required"):
        return findings
    return [finding for finding in findings if finding.metric in value.because] or findings


def _for_absent(findings: Sequence[Finding]) -> Iterator[str]:
    """What lets the metrics be judged that cannot be."""
    absent = [finding for finding in findings if finding.missing is not None and finding.missing.code == "missing_fact"]
    if absent:
        facts = dict.fromkeys(words_reasons.fact_of(finding.missing) for finding in absent if finding.missing)
        without = "1 metric has" if len(absent) == 1 else f"{len(absent)} metrics have"
        yield f"Add the exports with {listed(facts)} ({without} no data)."
    other = [finding for finding in findings if finding.missing is not None and finding not in absent]
    said = dict.fromkeys(
        words_reasons.remedy(finding.missing)
        for finding in other
        if finding.missing and finding.missing.code != "disabled"
    )
    yield from list(said)[:MOST_REMEDIES]


def _for_open(findings: Sequence[Finding]) -> Iterator[str]:
    """What would settle the metrics that are not decided."""
    open_ = [finding for finding in findings if finding.value == "inconclusive"]
    sooner = [finding for finding in open_ if words_findings.more_weeks(finding) is not None]
    if sooner:
        longest = max(finding.more_weeks or 1 for finding in sooner)
        yield f"Audit again in about {weeks(longest)}: {_names(sooner)} would probably be decided by then."
    yield from _never([finding for finding in open_ if finding not in sooner])


def _never(findings: Sequence[Finding]) -> Iterator[str]:
    """What helps with open metrics that waiting will not decide."""
    special = [finding for finding in findings if finding.code in ("break_near_go_live", "after_repeats_before")]
    yield from dict.fromkeys(words_findings.remedy(finding) for finding in special)
    rest = [finding for finding in findings if finding not in special]
    if not rest:
        return
    short = any(finding.effect and finding.effect.years_before < words_findings.LONG_YEARS for finding in rest)
    helps = "older exports or more volume" if short else "only more volume (another shop's or desk's exports)"
    yield f"Waiting will not decide {_names(rest)}: {helps} could."


def _names(findings: Sequence[Finding]) -> str:
    return shortly(in_text(finding.metric) for finding in findings)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
