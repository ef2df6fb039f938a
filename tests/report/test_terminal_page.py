from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from clm_audit.intake.model import Reject, RowCounts
from clm_audit.report import look, numbers
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.rows import folded_notes
from clm_audit.report.terminal import print_report
from clm_audit.report.terminal_check import print_check
from report import worlds

REPORTS = {name: getattr(worlds, name)() for name in ("full_report", "inconclusive_report", "bare_report")}


def printed(report: AuditReport, width: int = 80, encoding: str = "utf-8", *, colour: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    system = "standard" if colour else None
    console = Console(file=file, width=width, force_terminal=colour, color_system=system, no_color=not colour)
    print_report(report, console)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 120, 160])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_longer_than_the_terminal_and_no_number_is_cut(name: str, width: int) -> None:
    report = REPORTS[name]
    text = printed(report, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for metric in report.metrics:
        assert look.change(metric.observed_change) in text
        assert look.interval(metric.adjusted) in text
    for answer in report.plain.answers:
        assert look.sides(answer) in text
    for file in report.files:
        assert numbers.count(file.rows.read) in text


@pytest.mark.parametrize("width", [80, 160])
def test_the_order_is_verdict_next_step_questions_metrics_checks_ledger(width: int) -> None:
    text = printed(REPORTS["full_report"], width)
    heads = ["Verdict", "Next 1.", "The five questions", "What the CRM can take credit for", "Data checks", "Ledger"]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_millions_of_rows_and_long_names_keep_every_digit_at_80_columns() -> None:
    report = REPORTS["full_report"]
    file = report.files[0]
    rows = file.rows.model_copy(update={"read": 123_456_789, "accepted": 98_765_432, "outside": 24_691_357,
                                        "rejected": 0, "duplicate": 0, "structure": 0})  # fmt: skip
    long = file.model_copy(update={"path": "exports/" + "very_long_name_" * 6 + ".csv", "rows": rows})
    text = printed(report.model_copy(update={"files": (long,)}), 80)
    for digits in ("123,456,789", "98,765,432", "24,691,357"):
        assert digits in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_finding_answer_and_problem_is_said_in_words() -> None:
    text = printed(REPORTS["full_report"], 160)
    report = REPORTS["full_report"]
    assert report.verdict.value.upper() in text
    for metric in report.metrics:
        assert metric.finding in text
    for answer in report.plain.answers:
        assert answer.answer in text
    for check in report.checks:
        assert (check.title in text) == (check.status != "pass")


def test_colour_adds_nothing_but_colour() -> None:
    report = REPORTS["full_report"]
    plain = re.sub(r"\x1b\[[\d;]*m", "", printed(report, colour=True))
    assert plain == printed(report)
    assert "\x1b" not in printed(report)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_old_consoles_get_stand_ins_and_never_a_question_mark_for_a_sign(encoding: str) -> None:
    text = printed(REPORTS["full_report"], 120, encoding)
    assert "->" in text
    assert "-18 %" in text
    assert "\\u2" not in text


def test_intervals_are_drawn_only_where_there_is_room() -> None:
    assert "├" not in printed(REPORTS["full_report"], 100)
    assert "├" in printed(REPORTS["full_report"], 160)


@pytest.mark.parametrize("width", [80, 160])
def test_the_five_questions_say_in_which_unit_they_are_answered(width: int) -> None:
    report = REPORTS["full_report"]
    table = printed(report, width).split("The five questions")[1].split("What the CRM can")[0]
    answered = [metric for metric in report.metrics if not isinstance(metric.before, Unknown)]
    assert len(answered) == 5
    for metric in answered:
        assert set(metric.unit.split()) <= set(table.split())


def test_without_any_effect_there_is_no_table_of_empty_rows() -> None:
    text = printed(REPORTS["bare_report"], 160)
    assert "95 % interval" not in text
    assert "No metric could be assessed" in text


def test_rejected_and_repeated_rows_are_told_apart_and_the_first_rejected_ones_are_named() -> None:
    report = REPORTS["full_report"]
    rows = RowCounts(read=10, accepted=2, rejected=6, duplicate=2)
    file = report.files[0].model_copy(update={"rows": rows, "notes": ()})
    repeated = Reject(file="o.csv", line=2, byte=9, column="", code="repeated", action="duplicate")
    bad = tuple(Reject(file="o.csv", line=51 + at, byte=99, column="Total", code="bad_amount") for at in range(6))
    text = printed(report.model_copy(update={"files": (file,), "rejects": (repeated, *bad), "reject_count": 8}), 160)
    assert "6 rows rejected, 2 rows repeated" in text
    assert "o.csv line 51, column Total: " in text
    assert "o.csv line 55, " in text
    assert "o.csv line 56, " not in text
    assert "o.csv line 2" not in text


def test_notes_of_a_kind_are_one_line_over_all_files() -> None:
    report = REPORTS["full_report"]
    notes = (
        ("orders cancelled: 1,096", "read as dd.mm.yyyy"),
        ("orders cancelled: 4", "read as dd.mm.yyyy"),
        ("x: 1",),
    )
    files = tuple(
        report.files[0].model_copy(update={"path": f"{number}.csv", "notes": note}) for number, note in enumerate(notes)
    )
    assert folded_notes(files) == [
        "2 files: orders cancelled: 1,100",
        "2 files: read as dd.mm.yyyy",
        "2.csv: x: 1",
    ]


@pytest.mark.parametrize("width", [80, 160])
def test_a_check_shows_the_ledger_and_the_checks_and_no_verdict(width: int) -> None:
    report = worlds.check_report()
    console = Console(file=io.StringIO(), width=width)
    print_check(report, console)
    text = console.file.getvalue()
    assert "Ledger" in text
    assert "Data checks" in text
    assert "Verdict" not in text
    for file in report.files:
        assert numbers.count(file.rows.accepted) in text
