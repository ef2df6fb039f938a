"""Every sentence of a verdict appears exactly when the counts of the findings and the checks say so."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from clm_audit.config.plan import METRIC_IDS, FindingValue
from clm_audit.inference.model import Finding
from clm_audit.report import words_next, words_verdict
from clm_audit.report.words_metrics import in_text
from clm_audit.verdict.judge import capped
from clm_audit.verdict.model import Check, Verdict
from report.verdict_sentence_table import VERDICT_ROWS, Audit, VerdictRow

EVENT = {"what": "price list", "date": "2024-08-01", "days": 31, "count": 1}
PAIRS = [
    pair
    for pair in itertools.combinations(words_verdict.ROWS, 2)
    if words_verdict.ROWS[pair[0]] != words_verdict.ROWS[pair[1]]
]
CAP = {"file": "orders.csv", "rows": 2000, "cap": 2000}


@cache
def walk() -> tuple[Audit, ...]:
    """All counts of the five findings over six metrics, each with draws of everything else."""
    rng = random.Random(4)
    audits = []
    for values in itertools.combinations_with_replacement(get_args(FindingValue), len(METRIC_IDS)):
        for weeks in (5, 13, 26):
            for event in (False, True):
                audits += [_audit(rng, values, weeks, event, withhold) for withhold in (False, False, True)]
    return tuple(audits)


def _audit(rng: random.Random, values: tuple[FindingValue, ...], weeks: float, event: bool, withhold: bool) -> Audit:
    chances = {"improved": 0.99, "worsened": 0.01, "no material change": 0.6}
    findings = tuple(
        Finding(
            metric, value, "equivalent", None, 0.0, 0.05,
            better_probability=None if value == "not assessable" else chances.get(value, rng.choice([0.1, 0.5, 0.95])),
        )
        for metric, value in zip(rng.sample(METRIC_IDS, len(METRIC_IDS)), values, strict=True)
    )  # fmt: skip
    touched = frozenset(rng.sample(METRIC_IDS, rng.randrange(1, 4))) if withhold else frozenset()
    return Audit(findings, rng.choice([(), (), (rng.choice(METRIC_IDS),)]), weeks, touched, event)


def judged(audit: Audit) -> tuple[Verdict, list[Check]]:
    """What the program makes of it."""
    checks = []
    if audit.event_near:
        checks.append(Check(id="events", status="unknown", code="events_near", metrics=METRIC_IDS, evidence=EVENT))
    if audit.withheld:
        metrics = tuple(metric for metric in METRIC_IDS if metric in audit.withheld)
        checks.append(Check(id="row_cap", status="fail", code="row_cap_of_system", metrics=metrics, evidence=CAP))
    return capped(audit.findings, checks, audit.require, audit.weeks), checks


def wrong(audit: Audit) -> Iterator[str]:
    """Each sentence that appears without its condition, or does not although it holds, or stands in no table."""
    verdict, checks = judged(audit)
    texts = {
        "verdict": words_verdict.verdict(verdict, audit.findings),
        "next step": words_next.next_step(verdict, audit.findings, checks),
    }
    if verdict.value != audit.outcome[0]:
        yield f"{verdict.value} instead of {audit.outcome[0]}"
    for row in VERDICT_ROWS:
        if bool(row.pattern.search(texts[row.place])) != row.holds(audit):
            yield f"{row.words!r} in {texts[row.place]!r} {verdict.row} {audit.outcome}"
    left = texts["verdict"]
    for row in sorted((row for row in VERDICT_ROWS if row.place == "verdict"), key=lambda row: -len(row.words)):
        left = row.pattern.sub("", left)
    if left.strip():
        yield f"{left!r} of {texts['verdict']!r} stands in no table"


def test_every_sentence_appears_exactly_when_its_condition_holds() -> None:
    found = [one for audit in walk() for one in wrong(audit)]
    assert not found, f"{len(found)}: {found[:4]}"


@pytest.mark.parametrize("row", VERDICT_ROWS, ids=lambda row: row.words[:60])
def test_the_walk_meets_each_condition_and_its_opposite(row: VerdictRow) -> None:
    assert {row.holds(audit) for audit in walk()} == {True, False}


def test_an_event_near_go_live_leaves_no_word_for_or_against_the_crm() -> None:
    for audit in walk():
        if audit.event_near:
            said = words_verdict.verdict(judged(audit)[0], audit.findings)
            assert not said.startswith(("Good fit", "Mixed", "Time to think"))
            assert "lean towards" not in said


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_two_rows_that_change_places_are_seen(pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = dict(words_verdict.ROWS)
    rows[pair[0]], rows[pair[1]] = rows[pair[1]], rows[pair[0]]
    monkeypatch.setattr(words_verdict, "ROWS", rows)
    monkeypatch.setattr(words_next, "ROWS", rows)
    concerned = (audit for audit in walk() if judged(audit)[0].row in pair)
    assert any(next(wrong(audit), "") for audit in concerned)


def test_only_what_the_row_counts_is_named() -> None:
    """A finding that a failed check withholds is not among those that a sentence calls decided."""
    for audit in walk():
        verdict, _ = judged(audit)
        if audit.row == "one decided" and audit.outcome[2] == "check":
            (named,) = re.findall(r"\((.+?)\)", words_verdict.verdict(verdict, audit.findings))
            (metric,) = (
                one.metric
                for one in audit.findings
                if one.metric not in audit.withheld and one.value not in ("inconclusive", "not assessable")
            )
            assert named == in_text(metric)
