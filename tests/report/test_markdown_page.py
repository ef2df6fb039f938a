from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from clm_audit.report.markdown import MARK, to_markdown
from report import worlds

NAMES = ("full_report", "inconclusive_report", "bare_report")


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_verdict_the_answers_and_what_is_open(name: str) -> None:
    report = getattr(worlds, name)()
    text = to_markdown(report)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    said = " ".join(child.content for token in tokens for child in token.children or ()).replace("\u200b", "")
    assert report.verdict.sentence in said
    assert report.verdict.value in said
    assert report.plain.sentence in said
    for metric in report.metrics:
        assert metric.question in said
        assert metric.finding in said
        assert (metric.remedy in said) == (metric.finding in ("inconclusive", "not assessable") or not metric.remedy)
    for check in report.checks:
        assert check.status == "pass" or check.title in said


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_a_row_for_each_metric_and_the_same_cells_in_each(name: str) -> None:
    report = getattr(worlds, name)()
    tokens = MarkdownIt("commonmark").enable("table").parse(to_markdown(report))
    kinds = [token.type for token in tokens]
    kinds = kinds[: kinds.index("table_close")]
    assert kinds.count("tr_open") == len(report.metrics) + 1
    assert kinds.count("td_open") == 7 * len(report.metrics)


def test_it_can_be_found_again_and_fits_a_comment() -> None:
    text = to_markdown(worlds.full_report())
    assert text.startswith(f"{MARK}\n")
    assert len(text) < 65_536
    assert text.endswith("\n")
