"""The run over several audits: what is one run and what is not, what changed, and how every format shows it."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pypdfium2
import pytest
from rich.console import Console

from clm_audit.cli.next_command import after_compare
from clm_audit.exits import UsageError
from clm_audit.report import words_history
from clm_audit.report.history import compose_history
from clm_audit.report.html_history import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.kept import MOST_AUDITS, kept_target, read_kept
from clm_audit.report.markdown_history import to_markdown
from clm_audit.report.model_history import HistoryReport
from clm_audit.report.pdf import history_to_pdf
from clm_audit.report.saved import read_audit
from clm_audit.report.terminal_history import print_history
from clm_audit.verdict.model import Gate
from report import histories, worlds
from report.histories import audit_to, goal, in_points, kept, of
from report.test_html_page import Outline

HISTORIES = {name: getattr(histories, name)() for name in ("short_history", "long_history", "lone_history")}
Q3, Q4, Q1 = date(2024, 9, 30), date(2024, 12, 30), date(2025, 3, 31)


def printed(report: HistoryReport, width: int = 80, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    print_history(report, Console(file=out, width=width, color_system=None, markup=False, highlight=False))
    out.flush()
    return raw.getvalue().decode(encoding)


# --- what is one run


def test_audits_run_by_the_end_of_their_window_whatever_their_files_are_called() -> None:
    report = of(audit_to(Q1), audit_to(Q3, "inconclusive", "inconclusive"), audit_to(Q4))
    assert [one.label for one in report.audits] == ["2024-Q3", "2024-Q4", "2025-Q1"]
    assert [one.file for one in report.audits] == ["audit-1.json", "audit-2.json", "audit-0.json"]
    assert [one.changed for one in report.audits] == [False, True, False]
    assert report.sentence == "3 audits, from 2024-Q3 to 2025-Q1: the verdict went from inconclusive to good fit."


def test_the_order_of_the_files_changes_nothing_that_is_shown() -> None:
    found = kept(audit_to(Q3, "inconclusive", "inconclusive"), audit_to(Q4), audit_to(Q1))
    assert compose_history(found, []) == compose_history(found[::-1], [])


@pytest.mark.parametrize(
    ("last", "quarter"),
    [(date(2024, 1, 1), "2024-Q1"), (date(2024, 3, 31), "2024-Q1"), (date(2024, 12, 31), "2024-Q4")],
)
def test_a_quarter_is_that_of_the_last_day(last: date, quarter: str) -> None:
    assert words_history.quarter(last) == quarter
    assert words_history.quarter(words_history.next_end(last)) > quarter


def test_an_audit_of_another_company_is_named_and_left_out() -> None:
    windows = worlds.full_report().windows.model_copy(update={"go_live": date(2023, 2, 1)})
    report = of(
        audit_to(Q3),
        audit_to(Q4),
        audit_to(Q1, windows=windows),
        audit_to(Q1, currency="EUR"),
        audit_to(Q1, client="Another Ltd"),
    )
    assert [one.label for one in report.audits] == ["2024-Q3", "2024-Q4"]
    assert [(one.file, one.reason) for one in report.left_out] == [
        ("audit-2.json", "is of another go-live (2023-02-01; the others: 2024-07-01)"),
        ("audit-3.json", "is of another currency (EUR; the others: USD)"),
        ("audit-4.json", "is of another client (Another Ltd; the others: Example Ltd)"),
    ]


def test_what_an_audit_does_not_state_is_no_difference() -> None:
    report = of(audit_to(Q3), audit_to(Q4, client=None), audit_to(Q1))
    assert len(report.audits) == 3
    assert report.left_out == ()


def test_other_settings_versions_and_units_are_said() -> None:
    first = audit_to(Q3)
    rate = {**first.plan, "service.hourly_rate": {"value": "40.0", "origin": "x"}}
    paths = {
        **rate,
        "sources": {"value": [], "origin": "x"},
        "windows.after.to": {"value": "2025-01-01", "origin": "x"},
    }
    metrics = (first.metrics[0].model_copy(update={"unit": "orders per week"}), *first.metrics[1:])
    tool = first.tool.model_copy(update={"version": "9.9.9"})
    report = of(first, audit_to(Q4, plan=paths), audit_to(Q1, plan=paths, tool=tool, metrics=metrics))
    assert report.notes == (
        "2024-Q4 was made with other settings than 2024-Q3: service.hourly_rate (32.00 → 40.0).",
        f"2025-Q1 was made by version 9.9.9, 2024-Q4 by version {first.tool.version}: definitions may differ.",
        "Purchase frequency is told in orders per week since 2025-Q1 and was in"
        " orders per active customer per month in 2024-Q4: the values cannot be compared.",
    )


def test_two_audits_of_one_quarter_are_told_apart() -> None:
    report = of(audit_to(date(2024, 8, 5)), audit_to(Q3), audit_to(Q3, "inconclusive"))
    assert [one.label for one in report.audits] == ["2024-08-04", "2024-09-29 (1)", "2024-09-29 (2)"]
    assert "2024-09-29 (1) and 2024-09-29 (2) end on the same day" in report.notes[0]


# --- what it says


def test_changes_of_verdict_and_findings_are_found_and_nothing_else() -> None:
    report = of(
        audit_to(Q3, "inconclusive", "inconclusive"), audit_to(Q4, "improved", "good fit"), audit_to(Q1, "improved")
    )
    assert {change.audit for change in report.changes} == {1}
    assert report.changes[0].sentence == "2024-Q4: the verdict went from inconclusive to good fit."
    assert (report.changes[0].metric, report.changes[0].was, report.changes[0].now) == (
        None,
        "inconclusive",
        "good fit",
    )
    moved = {change.metric for change in report.changes[1:]}
    assert moved == {one.id for one in report.metrics if one.points[0].finding != one.points[1].finding}
    for metric in report.metrics:
        assert [point.changed for point in metric.points] == [
            at > 0 and point.finding != metric.points[at - 1].finding for at, point in enumerate(metric.points)
        ]


def test_values_effects_and_intervals_are_those_of_the_audits() -> None:
    reports = [audit_to(Q3, effect=0.05), audit_to(Q4, effect=-0.02)]
    shown = of(*reports)
    for metric in shown.metrics:
        for point, audit in zip(metric.points, reports, strict=True):
            source = next(one for one in audit.metrics if one.id == metric.id)
            assert point.after == getattr(source.after, "value", source.after)
            assert point.finding == source.finding
            for end in ("effect", "low", "high"):
                assert getattr(point.adjusted, end, None) == getattr(source.adjusted, end, None)


def test_a_metric_that_an_audit_lacks_has_a_reason_and_no_number() -> None:
    report = of(audit_to(Q3), in_points(audit_to(Q4)))
    score = next(metric for metric in report.metrics if metric.id == "nps")
    assert score.points[0].finding == "not assessable"
    assert score.points[0].adjusted == score.points[0].after
    assert words_history.NO_METRIC in str(score.points[0].after)
    assert score.points[1].changed


def test_what_no_audit_could_assess_takes_one_line() -> None:
    report = HISTORIES["lone_history"]
    assert report.metrics == ()
    assert "Purchase frequency" in report.never
    assert report.sentence == "One audit, of 2025-Q2: the verdict was not assessable."


def test_a_goal_is_followed_and_a_moved_target_is_another_goal() -> None:
    report = of(
        audit_to(Q3, goals=(goal("undecided"),)),
        audit_to(Q4, goals=(goal("met"),)),
        audit_to(Q1, goals=(goal("met", target=0.3),)),
    )
    assert [(one.target, [(at.audit, at.result) for at in one.points]) for one in report.goals] == [
        (0.4, [(0, "undecided"), (1, "met")]),
        (0.3, [(2, "met")]),
    ]


def test_the_next_audit_is_due_a_quarter_after_the_last_one() -> None:
    assert "up to 2025-06-30" in of(audit_to(Q4), audit_to(Q1)).next_step


# --- the folder


def test_the_name_of_a_kept_audit_comes_from_the_audit_alone(tmp_path: Path) -> None:
    first, second = kept_target(tmp_path, audit_to(Q3)), kept_target(tmp_path, audit_to(Q3))
    assert first == second
    assert re.fullmatch(r"audit-2024-09-29-[0-9a-f]{12}\.json", first.path.name)
    stamped = audit_to(Q3, created="2025-01-01T00:00:00+00:00")
    assert kept_target(tmp_path, stamped) == first, "when it was made is no part of it"
    gated = audit_to(Q3)
    asked = {"gate": Gate(result="passed"), "plan": {**gated.plan, **against_and_gate()}}
    bare = {"gate": Gate(result="none"), "plan": {**gated.plan, "gate": NO_GATE, "against": NOBODY}}
    kept_alone = kept_target(tmp_path, gated.model_copy(update=bare))
    assert kept_target(tmp_path, gated.model_copy(update=asked)) == kept_alone, "nor what was asked of it on the way"
    assert kept_target(tmp_path, audit_to(Q3, effect=0.09)).path != first.path
    first.path.write_bytes(first.data)
    assert kept_target(tmp_path, audit_to(Q3)) == first
    assert read_audit(first.path).windows.after.end == Q3


def test_another_file_of_that_name_is_not_written_over(tmp_path: Path) -> None:
    target = kept_target(tmp_path, audit_to(Q3))
    target.path.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="holds something else"):
        kept_target(tmp_path, audit_to(Q3))
    target.path.unlink()
    target.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="holds something else"):
        kept_target(tmp_path, audit_to(Q3))


def test_what_is_no_audit_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good = kept_target(tmp_path, audit_to(Q3))
    good.path.write_bytes(good.data)
    (tmp_path / "copy.json").write_bytes(good.data)
    (tmp_path / "cut.json").write_bytes(good.data[:-400])
    (tmp_path / "foreign.json").write_text('{"name": "x"}', encoding="utf-8")
    (tmp_path / "history.json").write_text(to_json(HISTORIES["short_history"]), encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "notes.txt").write_text("none of our business", encoding="utf-8")
    found, left_out = read_kept(tmp_path)
    assert [one.file for one in found] == [good.path.name]
    reasons = {one.file: one.reason for one in left_out}
    assert set(reasons) == {"copy.json", "cut.json", "foreign.json", "history.json", "folder.json"}
    assert reasons["copy.json"] == f"is the same file as {good.path.name}"
    assert reasons["cut.json"].startswith("is not whole JSON")
    assert reasons["foreign.json"] == "is not an audit of clm-audit"
    assert reasons["history.json"] == "is the JSON of history, not of compare"
    assert reasons["folder.json"] == "is not a regular file"


NO_GATE = {"value": None, "origin": "not asked for (--gate)"}
NOBODY = {"value": None, "origin": "default"}


def against_and_gate() -> dict[str, dict[str, object]]:
    """What the plan of a run with `--gate --against` says of the two."""
    gate = {"gate.fail_on": ["switch"], "gate.ratchet": ["worse"]}
    told = {**gate, "against.file": "audit.json", "against.sha256": "0" * 64}
    return {path: {"value": value, "origin": "option"} for path, value in told.items()}


def test_a_folder_without_audits_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no saved audit.*compare --keep"):
        read_kept(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_kept(tmp_path / "missing")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a folder"):
        read_kept(tmp_path / "file")
    for number in range(MOST_AUDITS + 1):
        (tmp_path / f"{number}.json").touch()
    with pytest.raises(UsageError, match="at most 200"):
        read_kept(tmp_path)


# --- the formats


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_longer_than_the_terminal_and_nothing_is_cut(name: str, width: int) -> None:
    text = printed(HISTORIES[name], width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text.replace("sha256", "")
    for metric in HISTORIES[name].metrics:
        for point in metric.points:
            assert words_history.interval(point.adjusted) in text


def test_intervals_are_drawn_where_there_is_room_and_changes_marked_everywhere() -> None:
    report = HISTORIES["short_history"]
    assert "●" in printed(report, 160)
    assert "●" not in printed(report, 80)
    for width in (80, 160):
        lines = printed(report, width).splitlines()
        marked = [line for line in lines if "✔ improved" in line and "◆" in line]
        assert len(marked) == sum(point.changed for metric in report.metrics for point in metric.points)


def test_old_consoles_get_stand_ins() -> None:
    text = printed(HISTORIES["short_history"], 160, "ascii")
    assert "\\u" not in text
    assert "+ improved" in text


@pytest.mark.parametrize("name", HISTORIES)
def test_the_page_is_whole_offline_and_harmless(name: str) -> None:
    page = to_html(HISTORIES[name])
    outline = Outline(page)
    assert len(set(outline.ids)) == len(outline.ids)
    assert {target[1:] for target in outline.targets} <= set(outline.ids)
    assert set(outline.labels) <= set(outline.ids)
    assert outline.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(outline.headings, outline.headings[1:], strict=False))
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<iframe|@import|url\(|\bsrc=\"http|\sstyle=|\son\w+=", page)
    assert not re.search(r"https?://", page)
    assert page == to_html(HISTORIES[name])


def test_the_history_on_paper_holds_every_metric_and_gives_the_same_bytes() -> None:
    report = HISTORIES["short_history"]
    made = history_to_pdf(report)
    assert made == history_to_pdf(report)
    document = pypdfium2.PdfDocument(made)
    text = " ".join("".join(page.get_textpage().get_text_range() for page in document).split())
    assert document.get_metadata_value("Title") == report.title
    document.close()
    assert all(metric.name in text for metric in report.metrics)
    assert "The audits that were read" in text


@pytest.mark.parametrize("name", ["short_history", "long_history"])
def test_there_is_one_chart_for_each_metric_with_every_number_in_words(name: str) -> None:
    report = HISTORIES[name]
    page = to_html(report)
    assert page.count("<svg") == len(report.metrics)
    for metric in report.metrics:
        described = re.search(rf'<desc id="run-{metric.id}-[a-z]+">(.*?)</desc>', page)
        assert described
        for point in metric.points[-18:]:
            assert report.audits[point.audit].label in described.group(1)
            assert point.finding in described.group(1)
            assert words_history.effect(point.adjusted) in page


def test_the_finding_stands_on_the_chart_as_a_sign() -> None:
    page = to_html(HISTORIES["short_history"])
    drawing = page[page.index("<svg") : page.index("</svg>")]
    for sign in ("~", "✔"):
        assert f">{sign}</text>" in drawing


def test_the_json_follows_its_schema_and_comes_back_the_same() -> None:
    for report in HISTORIES.values():
        tree = json.loads(to_json(report))
        jsonschema.Draft202012Validator(HistoryReport.model_json_schema()).validate(tree)
        assert HistoryReport.model_validate(tree).changes == report.changes


def test_markdown_says_the_same_and_fits_a_comment() -> None:
    text = to_markdown(HISTORIES["short_history"])
    assert text.startswith("<!-- clm-audit report -->\n")
    assert "the verdict went from inconclusive to good fit" in text
    assert "+4.2 points" in text
    assert "Sales <b>" not in text
    assert len(to_markdown(HISTORIES["long_history"])) <= 65_536


def test_numbers_and_dates_follow_the_language_of_the_last_audit() -> None:
    german = worlds.full_report().brand.model_copy(update={"language": "de"})
    report = of(audit_to(Q3), audit_to(Q4, brand=german))
    assert "01.07.2024" in printed(report)
    assert "+8,0 %" in to_html(report)


def test_after_an_audit_was_kept_the_history_comes_next() -> None:
    report = worlds.full_report()
    assert after_compare(report, ["x"], {}, Path("my audits")).startswith("clm-audit history 'my audits' ")
    assert after_compare(worlds.bare_report(), ["x"], {}, Path("a")).startswith("clm-audit check x ")
