from __future__ import annotations

import json
import math

import pytest
from jsonschema import Draft202012Validator

from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport
from clm_audit.report.model_check import CheckOnlyReport
from report import worlds

REPORTS = {name: getattr(worlds, name)() for name in ("full_report", "inconclusive_report", "bare_report")}


@pytest.mark.parametrize("name", REPORTS)
def test_the_json_is_valid_by_its_schema(name: str) -> None:
    schema = AuditReport.model_json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(to_json(REPORTS[name])))


def test_the_check_json_is_valid_by_its_schema() -> None:
    text = to_json(worlds.check_report())
    Draft202012Validator(CheckOnlyReport.model_json_schema()).validate(json.loads(text))


@pytest.mark.parametrize("name", REPORTS)
def test_reading_it_back_gives_the_report(name: str) -> None:
    again = AuditReport.model_validate_json(to_json(REPORTS[name]))
    assert to_json(again) == to_json(REPORTS[name])


def test_names_stand_in_the_order_of_the_model() -> None:
    tree = json.loads(to_json(REPORTS["full_report"]))
    assert list(tree) == list(AuditReport.model_fields)
    assert to_json(REPORTS["full_report"]).endswith("}\n")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_an_error_not_a_null(bad: float) -> None:
    report = REPORTS["full_report"]
    metric = report.metrics[0].model_copy(update={"materiality": bad})
    with pytest.raises(ValueError, match="finite"):
        to_json(report.model_copy(update={"metrics": (metric,)}))


def test_floats_have_ten_significant_digits_and_no_negative_zero() -> None:
    report = REPORTS["full_report"]
    for given, printed in ((1 / 3, "0.3333333333"), (-0.0, "0.0"), (1234567.891234, "1234567.891")):
        metric = report.metrics[0].model_copy(update={"materiality": given})
        assert f'"materiality": {printed}' in to_json(report.model_copy(update={"metrics": (metric,)}))
