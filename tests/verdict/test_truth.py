"""The truth table: every combination is covered by exactly one row, and each row says what it should."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from scipy import stats

from clm_audit.config.plan import METRIC_IDS, FindingValue
from clm_audit.inference.model import Finding
from clm_audit.verdict.table import as_markdown
from clm_audit.verdict.truth import EARLY_WEEKS, FEW_WEEKS, TABLE, Tally, decide, lean_of, row_for, tally_of

VALUES: tuple[FindingValue, ...] = ("improved", "worsened", "no material change", "inconclusive", "not assessable")
WEEKS = (0, FEW_WEEKS - 1, FEW_WEEKS, EARLY_WEEKS - 1, EARLY_WEEKS, 104)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "verdict.md"


def every_tally() -> list[Tally]:
    """All counts of up to six metrics that can come about, with all states of required metrics."""
    found = []
    for counts in itertools.product(range(7), repeat=5):
        if not 0 <= sum(counts) <= 6:
            continue
        improved, worsened, unchanged, undecided, _ = counts
        decided = improved + worsened + unchanged
        for required, weeks in itertools.product(("decided", "undecided", "not assessable"), WEEKS):
            if required == "undecided" and not undecided:
                continue
            found.append(Tally(improved, worsened, unchanged, undecided, required, weeks))
            assert found[-1].decided == decided
    return found


def finding(at: int, value: FindingValue, better: float | None = None) -> Finding:
    return Finding(METRIC_IDS[at], value, "equivalent", None, 0.0, 0.05, better_probability=better)


def test_every_combination_is_covered_by_exactly_one_row() -> None:
    tallies = every_tally()
    assert len(tallies) > 5_000
    wrong = [(tally, names) for tally in tallies if len(names := [row.name for row in TABLE if row.covers(tally)]) != 1]
    assert wrong == []


def test_every_row_is_reached() -> None:
    assert {row_for(tally).name for tally in every_tally()} == {row.name for row in TABLE}


def test_row_names_are_unique() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    ("improved", "worsened", "unchanged", "undecided", "weeks", "required", "value", "name"),
    [
        (0, 0, 0, 0, 52, "decided", "not assessable", "nothing assessable"),
        (0, 0, 0, 0, 52, "not assessable", "not assessable", "nothing assessable"),
        (0, 0, 0, 3, 52, "not assessable", "not assessable", "required metric missing"),
        (4, 0, 0, 0, 52, "not assessable", "not assessable", "required metric missing, others decided"),
        (0, 0, 0, 6, 52, "undecided", "inconclusive", "nothing decided"),
        (0, 0, 0, 6, 52, "decided", "inconclusive", "nothing decided"),
        (4, 0, 0, 1, 52, "undecided", "inconclusive", "required metric undecided"),
        (1, 0, 0, 0, 52, "decided", "inconclusive", "one decided"),
        (0, 1, 0, 5, 52, "decided", "inconclusive", "one decided"),
        (1, 1, 0, 4, 4, "decided", "mixed", "improved and worsened"),
        (3, 0, 3, 0, 52, "decided", "good fit", "improved, nothing worse"),
        (1, 0, 2, 3, 5, "decided", "good fit", "improved, nothing worse"),
        (2, 0, 0, 3, 52, "decided", "inconclusive", "improved, mostly open"),
        (0, 2, 1, 3, FEW_WEEKS, "decided", "switch", "worsened, nothing better"),
        (0, 2, 1, 3, FEW_WEEKS - 1, "decided", "inconclusive", "worsened, too early"),
        (0, 2, 0, 3, 52, "decided", "inconclusive", "worsened, mostly open"),
        (0, 0, 3, 0, EARLY_WEEKS, "decided", "switch", "no benefit"),
        (0, 0, 6, 0, EARLY_WEEKS - 1, "decided", "inconclusive", "no benefit yet"),
        (0, 0, 2, 0, 52, "decided", "inconclusive", "unchanged, too few"),
        (0, 0, 5, 1, 52, "decided", "inconclusive", "unchanged, some open"),
    ],
)
def test_row_by_row(
    improved: int, worsened: int, unchanged: int, undecided: int, weeks: float, required: str, value: str, name: str
) -> None:
    tally = Tally(improved, worsened, unchanged, undecided, required, weeks)
    assert (row_for(tally).value, row_for(tally).name) == (value, name)


def test_no_effect_and_dont_know_are_never_mixed() -> None:
    for tally in every_tally():
        row = row_for(tally)
        if tally.improved == 0 and tally.worsened == 0 and tally.undecided:
            assert row.value in ("inconclusive", "not assessable"), tally
        if row.value == "good fit":
            assert tally.improved > tally.worsened == 0, tally
        if row.value == "switch":
            assert tally.improved == 0, tally
            assert tally.decided >= 2, tally


def test_more_improvement_never_makes_a_verdict_worse() -> None:
    rank = {"switch": 0, "not assessable": 1, "inconclusive": 1, "mixed": 2, "good fit": 3}
    for tally in every_tally():
        if tally.unchanged:
            better = Tally(
                tally.improved + 1,
                tally.worsened,
                tally.unchanged - 1,
                tally.undecided,
                tally.required,
                tally.weeks_after,
            )
            assert rank[row_for(better).value] >= rank[row_for(tally).value], tally


def test_tally_counts_and_required_states() -> None:
    findings = [finding(0, "improved"), finding(1, "inconclusive"), finding(2, "not assessable")]
    assert tally_of(findings, [], 52).required == "decided"
    assert tally_of(findings, ["purchase_frequency"], 52).required == "decided"
    assert tally_of(findings, ["transaction_size"], 52).required == "undecided"
    assert tally_of(findings, ["transaction_size", "service_cost"], 52).required == "not assessable"
    assert tally_of(findings, ["retention_cost"], 52).required == "not assessable"  # disabled or not measured


def test_because_names_the_metrics_that_decided() -> None:
    findings = [finding(0, "improved"), finding(1, "worsened"), finding(2, "inconclusive")]
    verdict = decide(findings, [], 52)
    assert verdict.value == verdict.uncapped == "mixed"
    assert verdict.because == ("purchase_frequency", "transaction_size")


def test_lean_needs_all_metrics_together() -> None:
    """Oracle: scipy's own Stouffer sum of one-sided p values, at 10 % either way."""
    assert lean_of([finding(0, "improved")]) == "good fit"
    assert [lean_of([finding(0, "inconclusive", p)]) for p in (0.96, 0.94, 0.06, 0.04)] == [
        "good fit", "neither", "neither", "switch"
    ]  # fmt: skip
    for probabilities in itertools.product((0.02, 0.2, 0.5, 0.7, 0.93), repeat=4):
        together = stats.combine_pvalues([1 - p for p in probabilities], method="stouffer").pvalue
        leans = "good fit" if together < 0.05 else "switch" if together > 0.95 else "neither"
        assert lean_of([finding(at, "inconclusive", p) for at, p in enumerate(probabilities)]) == leans


def test_lean_is_neither_without_evidence() -> None:
    assert lean_of([]) == lean_of([finding(0, "not assessable")]) == "neither"
    assert lean_of([finding(0, "inconclusive", 0.95), finding(1, "inconclusive", 0.5)]) == "neither"
    assert lean_of([finding(0, "no material change", 0.999)]) == "neither"
    assert lean_of([finding(0, "improved", 1.0), finding(1, "worsened", 0.0)]) == "neither"
    assert lean_of([finding(0, "improved", 0.999), finding(1, "inconclusive", 0.05)]) == "neither"
    assert decide([finding(0, "improved"), finding(1, "worsened")], [], 52).lean == "neither"


def test_what_cannot_be_assessed_does_not_weaken_the_lean_of_the_others() -> None:
    """Three that are 90 % sure: 3 · 1.2816 / √3 = 2.22, above 1.645; over √6 it would be 1.57."""
    sure = [finding(at, "inconclusive", 0.9) for at in range(3)]
    assert lean_of([*sure, *(finding(at, "not assessable") for at in range(3, 6))]) == "good fit"
    assert lean_of([*sure, *(finding(at, "inconclusive", 0.5) for at in range(3, 6))]) == "neither"


def test_quiet_audits_lean_one_time_in_ten() -> None:
    """Uniform, independent probabilities: 10 % of 2,000 audits, within four standard errors."""
    rng = random.Random(4)
    quiet = [[finding(at, "inconclusive", rng.random()) for at in range(6)] for _ in range(2_000)]
    assert abs(sum(lean_of(audit) != "neither" for audit in quiet) / 2_000 - 0.1) < 0.027


def test_documented_table_is_the_table() -> None:
    assert as_markdown(TABLE) in DOCS.read_text(encoding="utf-8")
