"""The curves of the lifecycle: a share of two cohorts over time since they came, each with its 95 % band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clm_audit.report import numbers
from clm_audit.report.charts import WIDE
from clm_audit.report.drawing import (
    ACCENT,
    BAND,
    GRID,
    QUIET,
    Chart,
    Frame,
    Mark,
    Scale,
    area,
    label,
    line,
    nice_ticks,
    path,
    strokes,
    text_width,
)
from clm_audit.report.model_lifecycle import LifecycleView
from clm_audit.report.words_lifecycle_view import ACTIVATION, RETENTION, group, half, point

_BEYOND = 1.04  # of the time watched, so that the last step has a tread
_PALE = "#e7edf2"
_ROOM = 340  # units that the names of both lines take beside each other


@dataclass(frozen=True)
class Curve:
    """One cohort: time, share, low, high of each point, in order of time."""

    before: bool
    points: Sequence[tuple[float, float, float, float]]


def retention_figure(view: LifecycleView, width: int) -> Chart | None:
    """Who is still a customer, by months since they came; None without anybody to watch."""
    if not view.retention:
        return None
    curves = [
        Curve(one.side == "before", [(0, 1.0, 1.0, 1.0), *((p.months, p.share, p.low, p.high) for p in one.points)])
        for one in view.retention
    ]
    said = [
        f"{group(one.side, one.customers)}: {point(last.share, last.low, last.high)} after {last.months} months"
        for one in view.retention
        for last in [one.points[-1]]
    ]
    return _curves(curves, RETENTION, f"{'; '.join(said)}. The numbers are in the table that follows.", "months", width)


def activation_figure(view: LifecycleView, width: int) -> Chart | None:
    """Who has become active, by days since they came; None without anybody to watch."""
    if not view.activation:
        return None
    curves = [
        Curve(one.side == "before", [(p.days, p.share, p.low, p.high) for p in one.points]) for one in view.activation
    ]
    said = [
        f"{group(one.side, one.customers)}: {half(one.half, one.half_from, one.half_to)}" for one in view.activation
    ]
    return _curves(curves, ACTIVATION, f"{'; '.join(said)}. The numbers are in the table that follows.", "days", width)


def _curves(curves: Sequence[Curve], title: str, description: str, unit: str, width: int) -> Chart:
    wide = width >= WIDE
    top, bottom = 44.0, 44.0 + (220 if wide else 170)
    highest = max(high for curve in curves for *_, high in curve.points)
    y = Scale(0.0, min(1.0, max(highest, 0.05)), bottom, top)
    ticks = nice_ticks(y.low, y.high, 5 if wide else 4)
    left = max(40.0, *(text_width(_percent(tick)) + 8 for tick in ticks))
    frame = Frame(left, width - 12.0, top, bottom)
    last = max(curve.points[-1][0] for curve in curves)
    end = max(last, 1.0) * _BEYOND
    x = Scale(0.0, end, frame.left, frame.right)
    marks = [
        *_legend(curves, frame),
        strokes([(frame.left, y(tick), frame.right, y(tick)) for tick in ticks], GRID, "grid"),
        *(label(frame.left - 6, y(tick) + 4, _percent(tick), anchor="end") for tick in ticks),
        *_axis(x, frame, unit, nice_ticks(0.0, max(last, 1.0), 8 if wide else 5)),
        *(_band(curve, x, y) for curve in curves),
        *(_line(curve, x, y) for curve in curves),
    ]
    return Chart(width, int(bottom + 40), title, description, tuple(marks), frame)


def _percent(share: float) -> str:
    return numbers.percent(share, digits=0)


def _axis(x: Scale, frame: Frame, unit: str, ticks: Sequence[float]) -> list[Mark]:
    ends = [(x(tick), frame.bottom, x(tick), frame.bottom + 5) for tick in ticks]
    return [
        line(frame.left, frame.bottom, frame.right, frame.bottom, QUIET, "axis"),
        strokes(ends, QUIET, "axis ticks"),
        *(
            label(x(tick), frame.bottom + 18, numbers.number(tick), anchor="middle")
            for tick in ticks
            if float(tick).is_integer()
        ),
        label(frame.right, frame.bottom + 34, f"{unit} since they came", anchor="end"),
    ]


def _trace(curve: Curve, at: int, x: Scale, y: Scale) -> list[tuple[float, float]]:
    """The places of one column of the points: 1 the share, 2 and 3 the ends of its interval. In steps: a share holds
    until the next point, where it is known to be another."""
    places = [(x(each[0]), y(each[at])) for each in curve.points]
    steps = [place for (_, held), (when, then) in pairwise(places) for place in ((when, held), (when, then))]
    return [*places[:1], *steps, (min(x(curve.points[-1][0] * _BEYOND), x.end), places[-1][1])]


def _band(curve: Curve, x: Scale, y: Scale) -> Mark:
    colour, css = (_PALE, "band-fit") if curve.before else (BAND, "band")
    return area(_trace(curve, 2, x, y), _trace(curve, 3, x, y), colour, css)


def _line(curve: Curve, x: Scale, y: Scale) -> Mark:
    found = [_trace(curve, 1, x, y)]
    return path(found, QUIET, "expected", 1.5, "4 3") if curve.before else path(found, ACCENT, "observed", 1.75)


def _legend(curves: Sequence[Curve], frame: Frame) -> list[Mark]:
    """What the lines are, beside each other where there is room for that."""
    marks: list[Mark] = []
    together = frame.right - frame.left > _ROOM
    for at, curve in enumerate(curves):
        name = "came before go-live" if curve.before else "came after go-live"
        colour, css, dash = (QUIET, "expected", "4 3") if curve.before else (ACCENT, "observed", "")
        left, top = (frame.left + at * (text_width(name) + 38), 16) if together else (frame.left, 8 + 18 * at)
        marks.append(line(left, top, left + 18, top, colour, css, 1.75, dash))
        marks.append(label(left + 24, top + 4, name, css="" if curve.before else "t-accent"))
    return marks
