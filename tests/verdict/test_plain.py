"""The plain reading against an independent counting of yes and no."""

from __future__ import annotations

import itertools

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
    assert (against.better, against.of, against.reading) == (0, 1, "switch")


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
    assert of_question(two) == of_question(two[::-1]) == together  # type: ignore[arg-type]


def test_the_rule_over_all_counts() -> None:
    for better, worse, same in itertools.product(range(6), repeat=3):
        of = better + worse + same
        if of > 5:
            continue
        said = reading(better, worse, of)
        if of == 0:
            expected = "no data"
        elif better >= 4 or (worse == 0 and 3 * better >= 2 * of):
            expected = "good fit"
        elif better == 0 or (better == 1 and of >= 3):
            expected = "switch"
        else:
            expected = "mixed"
        assert said == expected, (better, worse, of)


def test_the_examples_of_the_product() -> None:
    assert reading(4, 1, 5) == "good fit"
    assert reading(1, 3, 5) == "switch"
