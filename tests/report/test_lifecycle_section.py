"""The lifecycle in every page: what is told, what is not in one line, and the curves with their numbers."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, MetricId
from clm_audit.inference.assess import assess
from clm_audit.inference.model import Finding
from clm_audit.measures.measure import measure
from clm_audit.report import explain, numbers, words_metrics
from clm_audit.report import words_lifecycle_view as words
from clm_audit.report.compose_lifecycle import lifecycle_view
from clm_audit.report.compose_metric import metric_report
from clm_audit.report.figures_lifecycle import activation_figure, retention_figure
from clm_audit.report.html import to_html
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_lifecycle import LifecycleView
from clm_audit.report.terminal import print_report
from measures.test_measures_entrants import asked, made
from report import worlds
from verdict.money_world import effect


@pytest.fixture(scope="module")
def report() -> AuditReport:
    """The full report with the lifecycle of a company of orders, subscriptions and events."""
    plan = asked(segment_by=())
    measured = measure(plan, made().facts())
    findings = assess(plan, measured)
    by_metric = {finding.metric: finding for finding in findings}
    lifecycle = tuple(metric_report(item, by_metric[item.metric], "USD") for item in measured.lifecycle)
    view = lifecycle_view(plan, measured, findings)
    return worlds.full_report().model_copy(update={"lifecycle": lifecycle, "lifecycle_view": view})


def printed(report: AuditReport, width: int = 100) -> str:
    file = io.StringIO()
    print_report(report, Console(file=file, width=width, no_color=True))
    return file.getvalue()


def test_every_metric_is_told_or_named_as_not_told(report: AuditReport) -> None:
    told = {metric.id for metric in words.told(report.lifecycle)}
    assert {metric.id for metric in report.lifecycle} == set(LIFECYCLE_IDS)
    assert {"churn_rate", "activation_rate", "customer_lifetime_value"} <= told
    for metric in report.lifecycle:
        named = words_metrics.in_text(metric.id) in report.lifecycle_view.missing
        assert named == (metric.id not in told), metric.id
    assert "no referrals" in report.lifecycle_view.missing
    assert "\n" not in report.lifecycle_view.missing


def test_every_page_has_the_table_and_the_line(report: AuditReport) -> None:
    pages = {
        "html": to_html(report),
        "markdown": to_markdown(report),
        "terminal": " ".join(printed(report, 240).split()),
    }
    for name, page in pages.items():
        assert words.HEADING in page, name
        for metric in words.told(report.lifecycle):
            assert metric.name in page, (name, metric.id)
        if name != "terminal":
            assert "referral rate (no referrals" in page, name
    assert report.lifecycle_view.missing in pages["terminal"]


@pytest.mark.parametrize("width", [80, 90, 100, 160])
def test_no_name_and_no_number_is_lost_in_a_narrow_console(report: AuditReport, width: int) -> None:
    """Changes in points make the widest rows there are."""
    told = words.told(report.lifecycle)
    first = told[0].model_copy(update={"change_unit": "points", "observed_change": 123.4})
    wide = report.model_copy(update={"lifecycle": (first, *told[1:])})
    text = printed(wide, width)
    assert max(map(len, text.splitlines())) <= width
    section = " ".join(text[text.index(words.HEADING) :].split())
    assert words.change(first) in section
    for metric in told:
        assert metric.finding in section
        if width != 90:  # between the two layouts a long name may take two lines
            assert metric.name in section


def test_a_report_without_the_lifecycle_has_no_section() -> None:
    bare = worlds.full_report().model_copy(update={"lifecycle": (), "lifecycle_view": LifecycleView()})
    for page in (to_html(bare), to_markdown(bare), printed(bare)):
        assert words.HEADING not in page


def test_curves_fall_and_waits_rise_inside_their_intervals(report: AuditReport) -> None:
    view = report.lifecycle_view
    assert [one.side for one in view.retention] == ["before", "after"]
    for one in (*view.retention, *view.activation):
        shares = [point.share for point in one.points]
        assert shares == sorted(shares, reverse=one in view.retention)
        for point in one.points:
            assert 0.0 <= point.low <= point.share <= point.high <= 1.0
            assert point.at_risk >= 5


def test_the_page_shows_the_numbers_that_are_drawn(report: AuditReport) -> None:
    page = to_html(report)
    assert page.count('<figure id="lifecycle-retention"') == 1
    for one in report.lifecycle_view.retention:
        for point in one.points:
            assert f"<td>{numbers.percent(point.low)} to {numbers.percent(point.high)}<td>" in page


def test_drawings_say_in_words_what_they_show(report: AuditReport) -> None:
    view = report.lifecycle_view
    for draw in (retention_figure, activation_figure):
        for width in (720, 340):
            chart = draw(view, width)
            assert chart is not None
            assert "before go-live" in chart.description
        assert draw(LifecycleView(), 720) is None


def test_the_lifecycle_leaves_plain_reading_and_verdict_alone(report: AuditReport) -> None:
    assert [answer.metric for answer in report.plain.answers] == list(METRIC_IDS)
    assert not set(report.verdict.because) & set(LIFECYCLE_IDS)


@pytest.mark.parametrize("metric", LIFECYCLE_IDS)
def test_a_metric_of_the_lifecycle_has_all_its_words(metric: str) -> None:
    text = explain.explain(metric)
    assert text is not None
    assert "Formula: " in text
    assert "Limits: " in text
    assert "{" not in text


def test_a_summary_counts_what_it_names(report: AuditReport) -> None:
    told = words.told(report.lifecycle)
    assert report.lifecycle_view.sentence.startswith(f"Of 11 metrics of the lifecycle {len(told)} can be told")
    assert all(isinstance(metric.before, Unknown) for metric in report.lifecycle if metric not in told)


def test_a_number_without_a_judgement_is_neither_decided_nor_undecided() -> None:
    def only(metric: MetricId, code: str, **detail: str | int) -> Finding:
        return Finding(
            metric, "not assessable", code, None, 0.1, 0.05, missing=NotAssessable(code=code, detail={**detail})
        )

    short = {"days": 90, "longest": 60}
    same = [only("churn_rate", "horizon_too_long", **short), only("nps", "horizon_too_long", **short)]
    shared = "customers would have to be watched for 90 days on both sides of go-live; the data allow 60 days"
    assert words.summary(same, 11) == (
        f"Of 11 metrics of the lifecycle 2 have a number; none allows a statement of change: {shared}."
    )
    assert words.summary(same[:1], 11) == (
        f"Of 11 metrics of the lifecycle 1 has a number; it allows no statement of change: {shared}."
    )
    other = [*same, only("referral_rate", "never_seen")]
    assert words.summary(other, 11) == (
        "Of 11 metrics of the lifecycle 3 have a number; none allows a statement of change, for a reason that stands"
        " with each."
    )
    open_ = Finding("grr", "inconclusive", "too_little_information", effect(-0.1, 0.05), 0.1, 0.05)
    assert words.summary([open_], 11) == "Of 11 metrics of the lifecycle 1 can be told: none is decided."
    assert words.summary([*same, open_], 11) == (
        "Of 11 metrics of the lifecycle 3 can be told: 1 not decided; 2 with plain numbers only."
    )
