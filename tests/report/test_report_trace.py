"""Every number has an id, every id an explanation, and a saved audit leads back to its plan and its files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clm_audit.config.plan import AuditPlan, Control, Registration, Window
from clm_audit.exits import UsageError
from clm_audit.intake.model import FileRecord
from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport
from clm_audit.report.plan_echo import echo
from clm_audit.report.provenance import provenance
from clm_audit.report.provenance_files import facts_behind, file_lines, rows_said
from clm_audit.report.replan import plan_of
from clm_audit.report.reproduced import lines, reproduced
from clm_audit.report.said import said_numbers, sentences, written
from clm_audit.report.trace import find, leaves, numbers
from clm_audit.report.words_trace import field
from report import worlds


def saved(report: AuditReport) -> AuditReport:
    return AuditReport.model_validate_json(to_json(report))


def scalars(value: Any) -> Iterator[Any]:
    """An independent walk: the single values of a JSON tree, in their order."""
    if isinstance(value, dict):
        for item in value.values():
            yield from scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item)
    else:
        yield value


def test_the_leaves_are_all_values_of_the_json_and_no_id_hides_another() -> None:
    report = saved(worlds.full_report())
    tree = json.loads(to_json(report))
    results = {name: part for name, part in tree.items() if name not in {"plan", "tool", "schema_version", "created"}}
    results = {name: part for name, part in results.items() if name not in {"title", "client", "author", "sha256"}}
    assert list(leaves(report).values()) == list(scalars(results))


@pytest.mark.parametrize("world", [worlds.full_report, worlds.inconclusive_report, worlds.bare_report])
def test_every_number_of_an_audit_is_explained(world: Any) -> None:
    report = saved(world())
    unexplained = [key for key in numbers(report) if field(key) is None]
    assert unexplained == []


def test_the_numbers_are_what_the_json_holds_as_numbers_and_amounts() -> None:
    report = saved(worlds.full_report())
    found = numbers(report)
    assert found["metrics.transaction_size.before.value"] == report.metrics[1].before.value
    assert not any(key.endswith((".finding", ".flips", ".sha256", ".period")) for key in found)


def test_a_short_name_finds_the_one_number_that_it_means() -> None:
    ids = tuple(numbers(saved(worlds.full_report())))
    assert find("purchase_frequency.before", ids) == ("metrics.purchase_frequency.before.value",)
    assert find("totals.after.orders", ids) == ("totals.after.orders.value",)
    assert len(find("adjusted.effect", ids)) > 1
    assert find("no.such.number", ids) == ()


def test_where_a_number_comes_from_names_inputs_files_hashes_rows_and_settings() -> None:
    report = saved(worlds.full_report())
    text = provenance("purchase_frequency.before", report)
    assert text is not None
    record = next(one for one in report.files if "orders" in one.facts)
    metric = report.metrics[0]
    assert f"= {metric.before.value}" in text
    assert f"metrics.purchase_frequency.before.numerator = {metric.before.numerator}" in text
    assert f"File: {record.path}, sha256 {record.sha256}" in text
    assert f"{record.rows.read:,} records read = {record.rows.accepted:,} used" in text
    assert f"not used, {record.reasons['bad_date']}: " in text
    assert f"Before: {report.windows.before.start}" in text
    origin = report.plan["policy.materiality"]["origin"]
    assert f"policy.materiality = {report.plan['policy.materiality']['value']} ({origin})" in text
    others = [one for one in report.files if "tickets" in one.facts]
    assert others
    assert all(f"File: {one.path}," not in text for one in others)


def test_the_numbers_of_a_sentence_are_counted_and_found_again() -> None:
    report = saved(worlds.full_report())
    metric = report.metrics[0]
    key = f"metrics.{metric.id}.finding_sentence"
    text = provenance(key, report)
    assert text is not None
    first, *rest = text.splitlines()
    assert first == f"{key}: {metric.finding_sentence}"
    told = [line for line in rest if line.startswith("Number: ")]
    assert [line.split(" = ")[0] for line in told] == [f"Number: {key}.{place + 1}" for place in range(len(told))]
    (low,) = [line for line in told if f"metrics.{metric.id}.adjusted.low = {metric.adjusted.low}" in line]
    alone = provenance(low.split(" = ")[0].removeprefix("Number: "), report)
    assert alone is not None
    assert [line for line in alone.splitlines() if line.startswith("Number: ")] == [low]
    assert provenance(f"{key}.99", report) is None


@pytest.mark.parametrize("world", [worlds.full_report, worlds.inconclusive_report, worlds.bare_report])
def test_every_sentence_with_a_number_has_an_id(world: Any) -> None:
    """Against a walk of its own: what is said in the JSON with a digit in it, dates and names aside."""
    report = saved(world())
    found = sentences(report)
    said = {"finding_sentence", "reason", "remedy", "why_different", "definition", "sentence", "message", "method"}
    spoken = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)?(?![\w-])")
    wanted = [
        key
        for key, text in leaves(report).items()
        if isinstance(text, str) and said & set(key.split(".")) and " " in text and spoken.search(text)
    ]
    assert wanted
    assert [key for key in wanted if key not in found] == []
    for key, text in found.items():
        assert [one.written for one in said_numbers(key, report)] == written(text)


def test_the_rows_of_a_file_add_up_in_the_explanation() -> None:
    report = saved(worlds.full_report())
    for record in report.files:
        line = rows_said(record.rows)
        read, *parts = (int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", line))
        assert read == record.rows.read == sum(parts)


def test_a_number_that_is_not_known_is_explained_by_its_reason() -> None:
    report = saved(worlds.bare_report())
    reason = report.metrics[0].before.reason
    assert provenance(f"{report.metrics[0].id}.before", report) == f"metrics.{report.metrics[0].id}.before: " + (
        f"not assessable. {reason}"
    )


def test_a_metric_alone_is_its_finding_and_its_numbers() -> None:
    """Not its goal, nor a total of the same name, and what is open is not called unknown."""
    report = saved(worlds.inconclusive_report())
    metric = report.metrics[0]
    assert metric.finding == "inconclusive"
    key = f"metrics.{metric.id}"
    text = provenance(metric.id, report)
    assert text is not None
    assert text == provenance(key, report)
    first, _, *rest = text.splitlines()
    assert first == f"{key}: {metric.finding_sentence}"
    assert f"  {key}.before.value = {metric.before.value}" in rest
    assert f"  {key}.adjusted.effect = {metric.adjusted.effect}" in rest
    assert "not assessable" not in text
    bare = saved(worlds.bare_report())
    assert provenance(bare.metrics[0].id, bare) == f"metrics.{bare.metrics[0].id}: not assessable. " + (
        bare.metrics[0].reason
    )


def test_what_nobody_knows_is_none_and_what_is_unclear_is_listed() -> None:
    report = saved(worlds.full_report())
    assert provenance("no.such.number", report) is None
    text = provenance("adjusted.effect", report)
    assert text is not None
    assert "may be any of these" in text
    assert "metrics.transaction_size.adjusted.effect" in text


PLANS = (
    AuditPlan(go_live=date(2024, 7, 1)),
    worlds.plan(),
    AuditPlan(
        go_live=date(2024, 7, 1),
        before=Window(start=date(2023, 7, 1), end=date(2024, 7, 1)),
        after=Window(start=date(2024, 7, 1), end=date(2025, 7, 1)),
        washout_weeks=4,
        rates={"EUR": Decimal("1.08")},
        hourly_rate=Decimal("32.50"),
        response="clicked",
        segment_by=("industry",),
        control=Control(segment="region", untreated=("North",), go_live={"South": date(2024, 9, 1)}),
        registration=Registration(data_until=date(2024, 6, 30), settings={}),
    ),
)


@pytest.mark.parametrize("plan", PLANS)
def test_the_plan_read_back_from_a_report_echoes_the_same(plan: AuditPlan) -> None:
    report = saved(worlds.full_report()).model_copy(update={"plan": echo(plan)})
    again = plan_of(saved(report), Path("/somewhere"))
    assert echo(again) == echo(plan)
    left_out = {"origins", "root", "sources", "registration", "config"}
    assert again.model_dump(exclude=left_out) == plan.model_dump(exclude=left_out)
    assert [one.path.name for one in again.sources] == [one.path.name for one in plan.sources]
    assert all(one.path.is_relative_to("/somewhere") for one in again.sources)


def test_a_plan_of_another_version_is_refused_by_name() -> None:
    report = saved(worlds.full_report())
    odd = report.model_copy(update={"plan": {**report.plan, "policy.colour": {"value": 1, "origin": "default"}}})
    with pytest.raises(UsageError, match=r"policy\.colour"):
        plan_of(odd, Path(), "audit.json")


def test_the_same_audit_is_reproduced() -> None:
    report = saved(worlds.full_report())
    result = reproduced(report, report)
    assert result.same
    assert result.values == len([key for key in leaves(report) if not key.startswith("planned.")])
    assert list(lines(result)) == [f"Reproduced: {result.values:,} values of the saved audit are what the files give."]


def test_a_changed_file_and_a_changed_number_are_named() -> None:
    report = saved(worlds.full_report())
    record = report.files[0].model_copy(update={"sha256": "0" * 64})
    metric = report.metrics[0].model_copy(update={"materiality": 0.25})
    now = report.model_copy(update={"files": (record, *report.files[1:]), "metrics": (metric, *report.metrics[1:])})
    result = reproduced(report, now)
    assert not result.same
    assert result.files == (record.path,)
    said = "\n".join(lines(result))
    assert f"metrics.{metric.id}.materiality: saved {report.metrics[0].materiality}, now 0.25" in said
    assert f"Another file than was audited: {record.path}" in said


def test_a_value_that_is_there_on_one_side_only_is_a_difference() -> None:
    report = saved(worlds.full_report())
    fewer = report.model_copy(update={"metrics": report.metrics[:-1]})
    for one, other in ((report, fewer), (fewer, report)):
        assert not reproduced(one, other).same


def test_rounding_alone_is_counted_and_is_no_difference() -> None:
    report = saved(worlds.full_report())
    adjusted = report.metrics[0].adjusted
    nearly = adjusted.model_copy(update={"effect": adjusted.effect * (1 + 1e-8)})
    metric = report.metrics[0].model_copy(update={"adjusted": nearly})
    result = reproduced(report, report.model_copy(update={"metrics": (metric, *report.metrics[1:])}))
    assert result.same
    assert result.rounded == 1


def test_every_number_of_the_sample_company_is_explained(tmp_path: Path) -> None:
    """The whole of what a report can hold: lifecycle, goals, funnel, scores, money, and an earlier audit beside it."""
    from clm_audit import audit, plan, read_audit
    from clm_audit.cli.compare import held_against
    from clm_audit.config.shipped import shipped

    asked = plan(config=shipped("sample_data") / "clm-audit.yaml")
    (tmp_path / "first.json").write_text(to_json(audit(asked)), encoding="utf-8")
    (tmp_path / "second.json").write_text(
        to_json(audit(held_against(asked, tmp_path / "first.json"))), encoding="utf-8"
    )
    found = numbers(read_audit(tmp_path / "second.json"))
    parts = {key.split(".")[0] for key in found}
    assert parts >= {"metrics", "lifecycle", "lifecycle_view", "funnel", "goals", "scores", "money", "since", "totals"}
    assert [key for key in found if field(key) is None] == []


def test_rows_of_another_kind_of_answer_or_of_spend_do_not_count() -> None:
    report = worlds.full_report()
    first, second, *_ = report.files
    rated = first.model_copy(update={"feeds": {"surveys": 40, "surveys.csat": 40}})
    asked = second.model_copy(update={"feeds": {"surveys": 12, "surveys.nps": 9, "surveys.csat": 3}})
    assert list(file_lines("lifecycle.nps.after.value", ("surveys.nps",), with_files(report, rated))) == []
    lines = list(file_lines("lifecycle.nps.after.value", ("surveys.nps",), with_files(report, rated, asked)))
    assert lines[0].startswith(f"File: {asked.path}, ")
    assert lines[-1] == "  rows that count: answers to the question of recommending 9"
    assert "surveys.nps" in facts_behind("lifecycle.nps.after.value", "nps", report)
    books = first.model_copy(update={"feeds": {"spend": 24, "spend.retention": 24}})
    for fact, shown in (("spend.acquisition", 0), ("spend.retention", 1), ("spend", 1)):
        said = [line for line in file_lines("x", (fact,), with_files(report, books)) if line.startswith("File")]
        assert len(said) == shown
    unknown = first.model_copy(update={"feeds": {"spend": 24}})
    assert list(file_lines("x", ("spend.acquisition",), with_files(report, unknown)))


def with_files(report: AuditReport, *files: FileRecord) -> AuditReport:
    return report.model_copy(update={"files": files})
