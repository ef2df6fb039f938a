"""The series of a metric around go-live, against what was to be expected without one.

Static drawings laid out for a fixed width (a wide and a narrow one are made of each), so that text keeps
its size on a small screen. Sentences and number formats come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import wrap

from clm_audit.report.drawing import (
    ACCENT,
    BAND,
    GRID,
    INK,
    MONTHS,
    QUIET,
    SHADE,
    Chart,
    Frame,
    Mark,
    Scale,
    area,
    dot,
    label,
    line,
    month_ticks,
    nice_ticks,
    number,
    path,
    rect,
    strokes,
    text_width,
)
from clm_audit.report.model import Point

WIDE, NARROW = 720, 340
_DENSE = 100  # points; more stand so close that whole units tell them apart as well as tenths


@dataclass(frozen=True)
class SeriesPlan:
    """What a series chart shows. ``unit`` heads the axis of values, ``value`` formats a tick; ``marks`` are
    known events: day, number, and whether it is a break. ``line`` and ``other`` name the two lines, the latter in
    pieces that fit beside the chart, ``short`` where there is no room for that."""

    title: str
    description: str
    unit: str
    points: Sequence[Point]
    weeks_per_period: int
    go_live: date
    go_live_label: str
    washout_weeks: int
    before: tuple[date, date]
    after: tuple[date, date]
    value: Callable[[float], str]
    marks: Sequence[tuple[date, int, bool]] = ()
    line: str = "observed"
    other: tuple[str, ...] = ("expected had", "nothing", "changed")
    short: str = "expected, no change"


def series_chart(plan: SeriesPlan, width: int) -> Chart:
    """Observed values, the range expected had nothing changed, go-live, wash-out, windows, known events."""
    wide = width >= WIDE
    unit = wrap(plan.unit, int(width / text_width("x")))
    top = (40 if wide else 62) + 16 * len(unit)
    bottom = top + (210 if wide else 158)
    y = _value_scale(plan.points, top, bottom)
    ticks = nice_ticks(y.low, y.high, 5 if wide else 4)
    left = max(40, *(text_width(plan.value(tick)) + 8 for tick in ticks))
    frame = Frame(left, width - (92 if wide else 10), top, bottom)
    step = timedelta(weeks=plan.weeks_per_period)
    first, last = plan.points[0].period, plan.points[-1].period + step
    x = Scale(first.toordinal(), last.toordinal(), frame.left, frame.right)
    middle = 3.5 * plan.weeks_per_period
    spot = [x(point.period.toordinal() + middle) for point in plan.points]
    if len(spot) > _DENSE:
        spot = [float(round(place)) for place in spot]
    marks = [
        *_washout(plan, x, frame),
        *(label(0, 12 + 16 * row, text) for row, text in enumerate(unit)),
        *_value_axis(plan, y, frame, ticks),
        *_bands(plan, spot, y),
        *_date_axis(first, last, x, frame, 14 if wide else 6),
        *_windows(plan, x, frame, wide),
        *_go_live(plan, x, frame, width),
        *_lines(plan, spot, y),
        *_events(plan, x, frame),
        *(_direct_labels(plan, y, frame) if wide else _legend(plan, frame, 16 * len(unit))),
    ]
    return Chart(width, int(bottom + 58), plan.title, plan.description, tuple(marks), frame)


def _value_scale(points: Sequence[Point], top: float, bottom: float) -> Scale:
    known = [item for point in points for item in (point.value, point.low, point.high) if item is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    floor = low - pad if low - pad > 0 or low < 0 else 0.0
    return Scale(floor, high + pad, bottom, top)


def _washout(plan: SeriesPlan, x: Scale, frame: Frame) -> list[Mark]:
    if not plan.washout_weeks:
        return []
    start, end = plan.go_live.toordinal(), (plan.go_live + timedelta(weeks=plan.washout_weeks)).toordinal()
    return [rect(x(start), frame.top, x(end) - x(start), frame.bottom - frame.top, SHADE, "shade")]


def _value_axis(plan: SeriesPlan, y: Scale, frame: Frame, ticks: Sequence[float]) -> list[Mark]:
    grid = strokes([(frame.left, y(tick), frame.right, y(tick)) for tick in ticks], GRID, "grid")
    return [grid, *(label(frame.left - 6, y(tick) + 4, plan.value(tick), anchor="end") for tick in ticks)]


def _bands(plan: SeriesPlan, spot: Sequence[float], y: Scale) -> list[Mark]:
    """The fit before go-live is paler than the expectation after it."""
    marks = []
    for after in (False, True):
        low, high = [], []
        for place, point in zip(spot, plan.points, strict=True):
            if point.low is not None and point.high is not None and (point.period >= plan.go_live) == after:
                low.append((place, y(point.low)))
                high.append((place, y(point.high)))
        if low:
            marks.append(area(low, high, BAND if after else "#e7edf2", "band" if after else "band-fit"))
    return marks


def _date_axis(first: date, last: date, x: Scale, frame: Frame, wanted: int) -> list[Mark]:
    marks = [line(frame.left, frame.bottom, frame.right, frame.bottom, QUIET, "axis")]
    months = month_ticks(first, last, wanted)
    places = [x(tick.toordinal()) for tick in months]
    if places:
        ends = [(place, frame.bottom, place, frame.bottom + 5) for place in places]
        marks.append(strokes(ends, QUIET, "axis ticks"))
    year = None
    for tick, place in zip(months, places, strict=True):
        if place > frame.right - 12:
            continue
        marks.append(label(place, frame.bottom + 18, MONTHS[tick.month - 1], anchor="middle"))
        if tick.year != year:
            marks.append(label(place, frame.bottom + 32, str(tick.year), anchor="middle"))
        year = tick.year
    return marks


def _windows(plan: SeriesPlan, x: Scale, frame: Frame, wide: bool) -> list[Mark]:
    """Which spans the plain before and after numbers cover, as two strips under the axis."""
    marks = []
    for name, (start, end) in (("before window", plan.before), ("after window", plan.after)):
        left = max(x(start.toordinal()), frame.left)
        right = min(x(end.toordinal()), frame.right)
        if right - left < 3:
            continue
        marks.append(rect(left + 1, frame.bottom + 39, right - left - 2, 3, QUIET, "window"))
        text = name if wide else name.removesuffix(" window")
        if text_width(text, 11) < right - left:
            marks.append(label((left + right) / 2, frame.bottom + 52, text, anchor="middle", size=11))
    return marks


def _go_live(plan: SeriesPlan, x: Scale, frame: Frame, width: int) -> list[Mark]:
    place = x(plan.go_live.toordinal())
    if not frame.left <= place <= frame.right:
        return []
    half = text_width(plan.go_live_label) / 2
    at = min(max(place, frame.left + half - 40), width - half - 2)
    return [
        line(place, frame.top - 8, place, frame.bottom, INK, "go-live", 1.5, "5 3"),
        label(at, frame.top - 14, plan.go_live_label, anchor="middle", css="t-ink"),
    ]


def _lines(plan: SeriesPlan, spot: Sequence[float], y: Scale) -> list[Mark]:
    expected = _pieces([(x, point.expected) for x, point in zip(spot, plan.points, strict=True)], y)
    observed = _pieces([(x, point.value) for x, point in zip(spot, plan.points, strict=True)], y)
    marks = [path(expected, QUIET, "expected", 1.25, "2 3")] if expected else []
    if observed:
        marks.append(path(observed, ACCENT, "observed", 1.75))
    if sum(map(len, observed)) <= 40:
        marks += [dot(at, height, 2.2) for piece in observed for at, height in piece]
    return marks


def _pieces(points: Sequence[tuple[float, float | None]], y: Scale) -> list[list[tuple[float, float]]]:
    """Runs of known values: a missing period is a gap in the line, never a bridge."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for place, value in points:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((place, y(value)))
    return [piece for piece in pieces if piece]


def _events(plan: SeriesPlan, x: Scale, frame: Frame) -> list[Mark]:
    """Numbered notches on the axis; their words stand in the caption, where they cannot overlap.

    A break, which has its own step in the model, is a line through the whole chart with a square at its foot.
    """
    stems, discs, last, level = [], [], float("-inf"), 0
    for day, digit, is_break in plan.marks:
        place = x(day.toordinal())
        if not frame.left <= place <= frame.right:
            continue
        level = 1 - level if place - last < 18 else 0
        last, foot = place, frame.bottom - 9 - 18 * level
        if is_break:
            stems.append(line(place, frame.top, place, frame.bottom, INK, "event break", 1, "1 3"))
            box = {"x": number(place - 8), "y": number(foot - 8), "width": "16", "height": "16"}
            discs.append(Mark("rect", {**box, "fill": "#ffffff", "stroke": INK}, "event-disc"))
        else:
            stems.append(line(place, foot, place, frame.bottom, INK, "event"))
            disc = {"cx": number(place), "cy": number(foot), "r": "8", "fill": "#ffffff", "stroke": INK}
            discs.append(Mark("circle", disc, "event-disc"))
        discs.append(label(place, foot + 4, str(digit), anchor="middle", css="t-ink", size=11))
    return stems + discs


def _direct_labels(plan: SeriesPlan, y: Scale, frame: Frame) -> list[Mark]:
    value = next((point.value for point in reversed(plan.points) if point.value is not None), None)
    expected = next((point.expected for point in reversed(plan.points) if point.expected is not None), None)
    if value is None:
        return []
    at = min(max(y(value) + 4, frame.top + 10), frame.bottom - 4)
    marks = [label(frame.right + 8, at, plan.line, css="t-accent")]
    if expected is None:
        return marks
    below = y(expected) >= y(value)
    wish = y(expected) - 10
    top = max(wish, at + 18) if below else min(wish, at - 46)
    if top + 28 > frame.bottom:
        top = frame.bottom - 28
        marks = [label(frame.right + 8, min(at, top - 18), plan.line, css="t-accent")]
    if top < frame.top:
        top = frame.top
        marks = [label(frame.right + 8, max(at, top + 46), plan.line, css="t-accent")]
    return marks + [label(frame.right + 8, top + 14 * row, text) for row, text in enumerate(plan.other)]


def _legend(plan: SeriesPlan, frame: Frame, top: float) -> list[Mark]:
    banded = any(point.low is not None for point in plan.points)
    return [
        line(frame.left, top + 12, frame.left + 20, top + 12, ACCENT, "observed", 2),
        label(frame.left + 26, top + 16, plan.line, css="t-accent"),
        *([rect(frame.left + 98, top + 6, 20, 12, BAND, "band")] if banded else []),
        line(frame.left + 98, top + 12, frame.left + 118, top + 12, QUIET, "expected", 1.25, "2 3"),
        label(frame.left + 124, top + 16, plan.short),
    ]
