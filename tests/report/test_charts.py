from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clm_audit.report.charts import NARROW, WIDE
from clm_audit.report.drawing import Chart, Mark, Scale, month_ticks, nice_ticks, number, text_width
from clm_audit.report.figures import effect_figure, overview_figure, series_figure
from clm_audit.report.interval_plot import WIDTH, interval_plot, plot_reach
from clm_audit.report.model import Adjusted, EventReport, MetricReport, Point, Unknown
from report import worlds

REPORT = worlds.full_report()
ASSESSED = [metric for metric in REPORT.metrics if not isinstance(metric.adjusted, Unknown)]


def of_class(chart: Chart, css: str) -> list[Mark]:
    return [mark for mark in chart.marks if mark.css == css]


def texts(chart: Chart) -> list[str]:
    return [mark.text for mark in chart.marks if mark.tag == "text"]


def boxes(chart: Chart) -> list[tuple[float, float, float, float, str]]:
    """Generous boxes of all texts: left, right, top, bottom."""
    found = []
    for mark in chart.marks:
        if mark.tag == "text":
            x, y = float(mark.attributes["x"]), float(mark.attributes["y"])
            width = text_width(mark.text, float(mark.attributes["font-size"]))
            left = {"start": x, "middle": x - width / 2, "end": x - width}[mark.attributes["text-anchor"]]
            found.append((left, left + width, y - 9, y + 2, mark.text))
    return found


def with_points(metric: MetricReport, values: list[float | None], low: float = 0.9, high: float = 1.1) -> MetricReport:
    start = date(2022, 7, 4)
    points = tuple(
        Point(period=start + timedelta(weeks=at), value=value, expected=1.0, low=low, high=high)
        for at, value in enumerate(values)
    )
    return metric.model_copy(update={"series": points, "weeks_per_period": 1})


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("metric", ASSESSED, ids=lambda metric: metric.id)
def test_no_two_texts_of_a_chart_overlap(metric: MetricReport, width: int) -> None:
    events = [
        (n + 1, EventReport(date=date(2024, 9, 1) + timedelta(days=3 * n), what="x", is_break=False)) for n in range(2)
    ]
    for chart in (series_figure(REPORT, metric, events, width), effect_figure(metric, width)):
        placed = boxes(chart)
        for at, one in enumerate(placed):
            assert one[0] >= -60, one
            for other in placed[at + 1 :]:
                apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
                assert apart, (one, other)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_everything_is_drawn_within_the_chart(width: int) -> None:
    overview = overview_figure(REPORT, width)
    assert overview is not None
    charts = [overview, *(series_figure(REPORT, metric, [], width) for metric in ASSESSED)]
    for chart in charts:
        for mark in chart.marks:
            for name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(mark.attributes.get(name, 0)) <= chart.width
            for name in ("y", "y1", "y2", "cy"):
                assert 0 <= float(mark.attributes.get(name, 0)) <= chart.height


def test_a_missing_period_is_a_gap_and_not_a_bridge() -> None:
    chart = series_figure(REPORT, with_points(ASSESSED[0], [1.0, 1.1, None, 1.0, 0.9]), [], WIDE)
    (line,) = [mark for mark in of_class(chart, "observed") if mark.tag == "path"]
    assert line.attributes["d"].count("M") == 2


def test_go_live_stands_where_the_date_is() -> None:
    chart = series_figure(REPORT, ASSESSED[0], [], WIDE)
    (line,) = of_class(chart, "go-live")
    first, last = (ASSESSED[0].series[at].period.toordinal() for at in (0, -1))
    last += 7 * ASSESSED[0].weeks_per_period
    (axis,) = [m for m in of_class(chart, "axis") if m.attributes["y1"] == m.attributes["y2"]]
    left, right = float(axis.attributes["x1"]), float(axis.attributes["x2"])
    share = (REPORT.windows.go_live.toordinal() - first) / (last - first)
    assert float(line.attributes["x1"]) == pytest.approx(left + share * (right - left), abs=0.1)
    assert f"go-live {REPORT.windows.go_live}" in texts(chart)


def test_the_band_before_and_after_go_live_are_two_areas() -> None:
    chart = series_figure(REPORT, ASSESSED[0], [], WIDE)
    assert len(of_class(chart, "band")) == len(of_class(chart, "band-fit")) == 1


def test_the_series_of_a_metric_that_never_moved_can_be_drawn() -> None:
    series_figure(REPORT, with_points(ASSESSED[0], [1.0] * 3, 1.0, 1.0), [], WIDE)
    series_figure(REPORT, with_points(ASSESSED[0], [0.0] * 3, 0.0, 0.0), [], NARROW)


def test_an_interval_beyond_the_axis_ends_in_an_arrow_and_keeps_its_number() -> None:
    metric = ASSESSED[0]
    assert isinstance(metric.adjusted, Adjusted)
    wide = metric.model_copy(update={"adjusted": metric.adjusted.model_copy(update={"high": 41.0})})
    chart = effect_figure(wide, WIDE)
    assert any("+4,100 %" in text for text in texts(chart))
    assert any(mark.tag == "path" for mark in of_class(chart, "interval"))
    assert not any(mark.tag == "path" for mark in of_class(effect_figure(metric, WIDE), "interval"))


def test_better_is_on_the_side_where_better_is() -> None:
    by_id = {metric.id: metric for metric in ASSESSED}
    assert {"◂ worse", "better ▸"} <= set(texts(effect_figure(by_id["purchase_frequency"], WIDE)))
    assert {"◂ better", "worse ▸"} <= set(texts(effect_figure(by_id["service_cost"], WIDE)))


def test_without_any_effect_there_is_no_overview() -> None:
    assert overview_figure(worlds.bare_report(), WIDE) is None


def test_a_chart_says_in_words_what_it_shows() -> None:
    chart = effect_figure(ASSESSED[0], WIDE)
    assert chart.title
    assert "before to after" in chart.description
    assert "adjusted effect" in chart.description


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 9))
def test_ticks_are_few_round_even_and_inside(low: float, span: float, wanted: int) -> None:
    assume(span > abs(low) * 1e-9)  # no axis is finer than its numbers
    ticks = nice_ticks(low, low + span, wanted)
    assert 1 <= len(ticks) <= wanted + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(step == pytest.approx(steps[0], rel=1e-3) for step in steps)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 9000), st.integers(2, 14))
def test_month_ticks_are_first_days_in_order(first: date, days: int, wanted: int) -> None:
    last = first + timedelta(days=days)
    ticks = month_ticks(first, last, wanted)
    assert len(ticks) <= max(wanted, 1)
    assert all(tick.day == 1 and first <= tick <= last for tick in ticks)
    assert ticks == sorted(set(ticks))


@given(st.floats(-1e5, 1e5))
def test_coordinates_are_short_plain_numbers(value: float) -> None:
    assert re.fullmatch(r"-?\d+(\.\d)?", number(value))
    assert float(number(value)) == pytest.approx(value, abs=0.051)


def test_a_scale_is_linear() -> None:
    scale = Scale(0, 4, 100, 20)
    assert [scale(value) for value in (0, 1, 4)] == [100, 80, 20]


def test_text_plots_share_one_axis_with_zero_in_the_middle() -> None:
    reach = plot_reach(metric.adjusted for metric in REPORT.metrics)
    for metric in REPORT.metrics:
        plot = interval_plot(metric.adjusted, reach)
        assert len(plot) == WIDTH
        assert plot[WIDTH // 2] in "│┼●├┤"
        if isinstance(metric.adjusted, Adjusted):
            middle = plot.index("●") - WIDTH // 2
            assert middle == 0 or (middle > 0) == (metric.adjusted.effect > 0)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_break_is_drawn_unlike_another_event(width: int) -> None:
    """By its form and not by a colour: a line through the whole chart and a square instead of a disc."""
    events = [
        (1, EventReport(date=date(2024, 3, 1), what="fair", is_break=False)),
        (2, EventReport(date=date(2024, 10, 1), what="new shop", is_break=True)),
    ]
    chart = series_figure(REPORT, ASSESSED[0], events, width)
    assert [mark.tag for mark in of_class(chart, "event-disc")] == ["circle", "rect"]
    (plain,), (own,) = of_class(chart, "event"), of_class(chart, "event break")
    length = [float(mark.attributes["y2"]) - float(mark.attributes["y1"]) for mark in (plain, own)]
    assert length[0] < 30 < 100 < length[1]
    (go_live,) = of_class(chart, "go-live")
    assert own.attributes["stroke-dasharray"] != go_live.attributes["stroke-dasharray"]
    assert {"1", "2"} <= set(texts(chart))
    assert "1, 2024-03-01: fair; 2, 2024-10-01: new shop (a break" in chart.description


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_chart_over_time_shows_the_events(width: int) -> None:
    events = [(1, EventReport(date=date(2024, 9, 1), what="fair", is_break=False))]
    for metric in ASSESSED:
        assert len(of_class(series_figure(REPORT, metric, events, width), "event-disc")) == 1
