"""Which numbers of the report go into which chart, and the words that are read out in its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from clm_audit.report import look, numbers, words_mix, words_parts
from clm_audit.report.charts import SeriesPlan, series_chart
from clm_audit.report.drawing import Chart
from clm_audit.report.effects import EffectPlan, Row, effect_chart
from clm_audit.report.model import AuditReport, EventReport, MetricReport, Point, ShareReport, Unknown

NAIVE, YEAR = "before to after", "same weeks a year before"


def series_figure(
    report: AuditReport, metric: MetricReport, events: Sequence[tuple[int, EventReport]], width: int
) -> Chart:
    """The metric over time around go-live."""
    windows = report.windows
    last = metric.series[-1].period + timedelta(weeks=metric.weeks_per_period, days=-1)
    plan = SeriesPlan(
        title=f"{metric.name}: {look.every_period(metric.weeks_per_period)}",
        description=(
            f"A line of observed values from {numbers.day(metric.series[0].period)} to {numbers.day(last)}, with the "
            f"range expected had nothing changed at go-live on {numbers.day(windows.go_live)}. "
            f"{_events(events)}{metric.finding_sentence} The numbers are in the table that follows."
        ),
        unit=metric.unit,
        points=metric.series,
        weeks_per_period=metric.weeks_per_period,
        go_live=windows.go_live,
        go_live_label=f"go-live {numbers.day(windows.go_live)}",
        washout_weeks=windows.washout_weeks,
        before=(windows.before.start, windows.before.end),
        after=(windows.after.start, windows.after.end),
        value=lambda tick: look.tick(metric.id, tick),
        marks=[(event.date, digit, event.is_break) for digit, event in events],
    )
    return series_chart(plan, width)


def control_figure(report: AuditReport, metric: MetricReport, width: int) -> Chart | None:
    """Those who got the CRM beside those who did not; None without a comparison."""
    control = metric.control
    if isinstance(control, Unknown) or all(point.treated is None for point in control.series):
        return None
    windows = report.windows
    nothing = {"low": None, "high": None}
    points = [Point(period=one.period, value=one.treated, expected=one.control, **nothing) for one in control.series]
    plan = SeriesPlan(
        title=f"{metric.name}: with and without the CRM",
        description=f"Two lines, 100 being their mean before go-live on {numbers.day(windows.go_live)}. "
        f"{control.sentence} The numbers are in the table that follows.",
        unit="100 = mean before go-live",
        points=points,
        weeks_per_period=control.weeks_per_period,
        go_live=windows.go_live,
        go_live_label=f"go-live {numbers.day(windows.go_live)}",
        washout_weeks=windows.washout_weeks,
        before=(windows.before.start, windows.before.end),
        after=(windows.after.start, windows.after.end),
        value=lambda tick: numbers.plain(tick, ",.6g"),
        line="with CRM",
        other=("control", "group"),
        short="control group",
    )
    return series_chart(plan, width)


def effect_figure(metric: MetricReport, width: int) -> Chart:
    """The plain comparisons beside the adjusted effect, on one axis."""
    rows = []
    if not isinstance(metric.observed_change, Unknown):
        rows.append(Row(NAIVE, look.change(metric.observed_change), observed=metric.observed_change))
    if not isinstance(metric.year_over_year, Unknown):
        rows.append(Row(YEAR, look.change(metric.year_over_year.change), observed=metric.year_over_year.change))
    if not isinstance(metric.adjusted, Unknown):
        rows.append(_adjusted_row("adjusted effect", metric))
    words = "; ".join(f"{row.name} {row.text}" for row in rows)
    plan = EffectPlan(
        title=f"{metric.name}: effect",
        description=f"{words}. Changes within {numbers.plus_minus(metric.materiality)} are too small to matter.",
        rows=rows,
        materiality=metric.materiality,
        value=_axis_share,
        ends=("better", "worse") if metric.better == "lower" else ("worse", "better"),
    )
    return effect_chart(plan, width)


def parts_figure(metric: MetricReport, width: int) -> Chart | None:
    """From the observed change down to what is left at go-live; None when nothing was estimated."""
    if isinstance(metric.parts, Unknown):
        return None
    rows = [
        Row(
            name,
            numbers.percent(math.expm1(size), sign=True),
            step=(math.expm1(start), math.expm1(end)),
            strong=name == words_parts.LEFT,
        )
        for name, size, start, end in words_parts.waterfall(metric.parts)
    ]
    words = "; ".join(f"{row.name} {row.text}" for row in rows)
    ends = ("lower", "higher")
    return effect_chart(
        EffectPlan(f"{metric.name}: from observed to adjusted", f"{words}.", rows, None, _axis_share, ends), width
    )


def mix_figure(metric: MetricReport, width: int) -> Chart | None:
    """Who buys, how they buy, and the observed change that they add up to; None where they are not told apart."""
    if isinstance(metric.mix, Unknown) or isinstance(metric.observed_change, Unknown):
        return None
    parts = ((words_mix.WHO, metric.mix.who_buys), (words_mix.HOW, metric.mix.how_they_buy))
    rows = [Row(name, _with_range(part), part.value, part.low, part.high) for name, part in parts]
    rows.append(Row(words_mix.TOTAL, look.change(metric.observed_change), observed=metric.observed_change))
    words = "; ".join(f"{row.name} {row.text}" for row in rows)
    ends = ("lower", "higher")
    return effect_chart(
        EffectPlan(f"{metric.name}: who buys and how", f"{words}.", rows, None, _axis_share, ends), width
    )


@dataclass(frozen=True)
class Drawn:
    """One change that a chart draws, as a line of its table. ``id`` and ``ends``: what the numbers are called in the
    audit JSON below the metric; sizes of ``parts`` are log points there."""

    name: str
    size: str
    id: str
    interval: str = look.NOTHING
    ends: str = ""


def changes(metric: MetricReport) -> list[Drawn]:
    """The changes that a metric's charts draw, as a table."""
    rows = [Drawn(NAIVE, look.change(metric.observed_change), "observed_change")]
    if not isinstance(metric.year_over_year, Unknown):
        weeks = numbers.weeks(metric.year_over_year.weeks)
        rows.append(Drawn(f"{YEAR} ({weeks})", look.change(metric.year_over_year.change), "year_over_year.change"))
    rows.append(
        Drawn("adjusted effect", look.effect(metric.adjusted), "adjusted.effect", look.interval(metric.adjusted),
              "adjusted.low adjusted.high")
    )  # fmt: skip
    if not isinstance(metric.parts, Unknown):
        less = [part for part in words_parts.waterfall(metric.parts) if part[0].startswith(words_parts.LESS)]
        rows += [Drawn(name, look.change(math.expm1(size)), words_parts.id_of(name)) for name, size, *_ in less]
    if not isinstance(metric.mix, Unknown):
        both = (
            (words_mix.WHO, "mix.who_buys", metric.mix.who_buys),
            (words_mix.HOW, "mix.how_they_buy", metric.mix.how_they_buy),
        )
        rows += [
            Drawn(name, look.change(part.value), f"{at}.value", numbers.percent_range(part.low, part.high),
                  f"{at}.low {at}.high")
            for name, at, part in both
        ]  # fmt: skip
    return rows


def _with_range(part: ShareReport) -> str:
    return f"{numbers.percent(part.value, sign=True)} {numbers.percent_range(part.low, part.high)}"


def overview_figure(report: AuditReport, width: int) -> Chart | None:
    """The adjusted effects of all metrics on one axis, or None when none could be assessed."""
    rows = [_adjusted_row(metric.name, metric) for metric in report.metrics if not isinstance(metric.adjusted, Unknown)]
    if not rows:
        return None
    words = "; ".join(f"{row.name} {row.text}" for row in rows)
    plan = EffectPlan("All adjusted effects", f"{words}.", rows, None, _axis_share, ("lower", "higher"))
    return effect_chart(plan, width)


def _events(events: Sequence[tuple[int, EventReport]]) -> str:
    """The known events as a sentence, for those who do not see their marks."""
    if not events:
        return ""
    return f"Marked: {'; '.join(f'{digit}, {look.event(event)}' for digit, event in events)}. "


def _adjusted_row(name: str, metric: MetricReport) -> Row:
    adjusted = metric.adjusted
    if isinstance(adjusted, Unknown):
        raise TypeError("a row needs an adjusted effect")
    text = f"{look.effect(adjusted)} {look.interval(adjusted)}"
    return Row(name, text, adjusted.effect, adjusted.low, adjusted.high)


def _axis_share(share: float) -> str:
    return numbers.percent(share, sign=True, digits=0 if abs(share * 100 - round(share * 100)) < 1e-9 else 1)
