"""The plain reading against an independent counting of yes and no."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan, MetricId, MetricPolicy
from clm_audit.measures.model import MetricTotals, Ratio
from clm_audit.verdict.plain import of_question, read_plainly, reading

NONE = np.array([], dtype=np.float64)
LOWER_IS_BETTER = {"service_cost", "acquisition_cost", "retention_cost"}


def ratio(value: float | None) -> Ratio | NotAssessable:
    return (
        NotAssessable(code="missing_fact", detail={"fact": "orders"}) if value is None else Ratio(value, value, 1.0, 52)
    )


def item(metric: MetricId, before: float | None, after: float | None) -> MetricTotals:
    return MetricTotals(metric, NONE.astype(np.int64), NONE, NONE, None, 0, 52.0, ratio(before), ratio(after))


def answers(changes: dict[MetricId, float | None], plan: AuditPlan | None = None) -> dict[str, str]:
    items = [item(metric, 1.0, None if change is None else 1 + change) for metric, change in changes.items()]
    return {found.metric: found.answer for found in read_plainly(plan or AuditPlan(), items).answers}


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_direction_and_materiality(metric: MetricId) -> None:
    up, down = ("no", "yes") if metric in LOWER_IS_BETTER else ("yes", "no")
    said = [answers({metric: change})[metric] for change in (0.2, -0.2, 0.049, -0.049, 0.0, None)]
    assert said == [up, down, "about the same", "about the same", "about the same", "no data"]


def test_materiality_of_the_metric_counts() -> None:
    plan = AuditPlan(metrics={"transaction_size": MetricPolicy(materiality=0.3)})
    assert answers({"transaction_size": 0.2, "purchase_frequency": 0.2}, plan) == {
        "transaction_size": "about the same",
        "purchase_frequency": "yes",
    }


def test_zero_before_is_no_data_not_a_number() -> None:
    found = read_plainly(AuditPlan(), [item("transaction_size", 0.0, 5.0)]).answers[0]
    assert found.answer == "no data"
    assert isinstance(found.change, NotAssessable)
    assert (found.before, found.after) == (0.0, 5.0)


def test_question_five_is_one_question() -> None:
    plain = read_plainly(
        AuditPlan(),
        [item("acquisition_cost", 1.0, 0.5), item("retention_cost", 1.0, 1.0), item("service_cost", 1.0, 0.5)],
    )
    assert [found.question for found in plain.answers] == [5, 5, 3]
    assert (plain.better, plain.of) == (2, 2)
    against = read_plainly(AuditPlan(), [item("acquisition_cost", 1.0, 0.5), item("retention_cost", 1.0, 2.0)])
    assert (against.better, against.worse, against.of, against.reading) == (0, 0, 1, "unclear")


@pytest.mark.parametrize(
    ("two", "together"),
    [
        (("yes", "yes"), "better"),
        (("yes", "about the same"), "better"),
        (("yes", "no data"), "better"),
        (("no", "about the same"), "worse"),
        (("no", "no data"), "worse"),
        (("yes", "no"), "same"),
        (("about the same", "no data"), "same"),
        (("no data", "no data"), "no data"),
    ],
)
def test_two_metrics_one_question(two: tuple[str, str], together: str) -> None:
    assert of_question(two) == of_question(two[::-1]) == together


def test_the_rule_over_all_counts() -> None:
    for better, worse, same in itertools.product(range(6), repeat=3):
        of = better + worse + same
        if of > 5:
            continue
        said = reading(better, worse, of)
        if of == 0:
            expected = "no data"
        elif of >= 3 and (better >= 4 or (worse == 0 and 3 * better >= 2 * of)):
            expected = "good fit"
        elif of >= 3 and better <= 1 and worse > better:
            expected = "switch"
        elif of >= 3 and better > 0 and worse > 0:
            expected = "mixed"
        else:
            expected = "unclear"
        assert said == expected, (better, worse, of)


# a case of each line of the table in docs/verdict.md, and those just beside it: better, worse, with data -> reading
ROWS = {
    "no question has data": [(0, 0, 0, "no data")],
    "fewer than 3 have data": [(1, 0, 1, "unclear"), (2, 0, 2, "unclear"), (0, 2, 2, "unclear"), (1, 1, 2, "unclear")],
    "4 or more are better": [(4, 0, 5, "good fit"), (4, 1, 5, "good fit"), (5, 0, 5, "good fit")],
    "two thirds or more are better, and none is worse": [(2, 0, 3, "good fit"), (3, 0, 4, "good fit")],
    "at most 1 is better, and more are worse than better": [
        (0, 1, 3, "switch"), (1, 2, 3, "switch"), (1, 3, 5, "switch"), (0, 5, 5, "switch"),
    ],
    "some are better and some are worse": [(2, 1, 3, "mixed"), (1, 1, 5, "mixed"), (2, 3, 5, "mixed")],
    "anything else": [(0, 0, 3, "unclear"), (1, 0, 3, "unclear"), (2, 0, 4, "unclear"), (3, 0, 5, "unclear")],
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_documented_rule(row: str) -> None:
    for better, worse, of, expected in ROWS[row]:
        assert reading(better, worse, of) == expected, (better, worse, of)


def test_the_documented_rule_has_these_rows_in_this_order() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "verdict.md").read_text(encoding="utf-8")
    table = text.partition("| condition | reading |")[2].partition("\n\n")[0]
    shown = [line.strip("| ").split(" | ")[0] for line in table.strip().splitlines()[1:]]
    assert shown == list(ROWS)


def test_no_switch_without_something_worse_and_three_questions() -> None:
    for better, worse, same in itertools.product(range(6), repeat=3):
        if reading(better, worse, better + worse + same) == "switch":
            assert worse > 0
            assert better + worse + same >= 3


def test_questions_without_data_are_counted() -> None:
    plain = read_plainly(AuditPlan(), [item("transaction_size", 1.0, 2.0), item("service_cost", None, 2.0)])
    assert (plain.better, plain.worse, plain.of, plain.without_data) == (1, 0, 1, 1)


def test_the_examples_of_the_product() -> None:
    assert reading(4, 1, 5) == "good fit"
    assert reading(1, 3, 5) == "switch"
