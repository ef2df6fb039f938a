"""The run of one metric over the audits: an interval with its dot for each, and above it the finding as a sign."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.report import look, numbers, words_history
from clm_audit.report.charts import NARROW
from clm_audit.report.drawing import (
    ACCENT,
    GRID,
    INK,
    QUIET,
    SHADE,
    Chart,
    Frame,
    Mark,
    Scale,
    dot,
    label,
    line,
    nice_ticks,
    rect,
    strokes,
    text_width,
)
from clm_audit.report.model_base import ChangeUnit, Unknown
from clm_audit.report.model_history import HistoryAudit, HistoryEffect, HistoryMetric, HistoryPoint

MOST = 18  # audits that are drawn: more signs would touch each other
_CLIP = 1.0  # shares: longer intervals run out of the drawing, as the numbers beside it do not
_HEIGHT = 132.0
_CAP = 4.0


def run_figure(metric: HistoryMetric, audits: Sequence[HistoryAudit], width: int = NARROW) -> Chart | None:
    """The last audits from left to right; None without any effect to draw."""
    points = metric.points[-MOST:]
    effects = [point.adjusted for point in points if not isinstance(point.adjusted, Unknown)]
    if not effects:
        return None
    top = 46.0
    low, high = _reach(effects, metric)
    y = Scale(low, high, top + _HEIGHT, top)
    ticks = nice_ticks(low, high, 5)
    left = max(40.0, *(text_width(_tick(tick, metric.change_unit)) + 8 for tick in ticks))
    frame = Frame(left, width - 8.0, top, top + _HEIGHT)
    names = [audits[point.audit].label for point in points]
    step = (frame.right - frame.left) / len(points)
    spots = [frame.left + (at + 0.5) * step for at in range(len(points))]
    marks = [
        _strip(metric, y, frame),
        *_grid(ticks, y, frame, metric.change_unit),
        *_changes(points, spots, step, frame),
        *(mark for spot, point in zip(spots, points, strict=True) for mark in _interval(point, spot, y, frame)),
        *(
            label(spot, frame.top - 8, look.FINDINGS[point.finding][0], anchor="middle", css="t-ink", size=14)
            for spot, point in zip(spots, points, strict=True)
        ),
        label(0, 14, "better ▴" if metric.better == "higher" else "better ▾"),
        *_names(names, spots, step, frame),
    ]
    said = "; ".join(_said(name, point) for name, point in zip(names, points, strict=True))
    description = f"{said}. The numbers are in the table that follows."
    title = f"{metric.name}: {words_history.TITLE.lower()}"
    return Chart(width, int(frame.bottom + 26), title, description, tuple(marks), frame)


def _said(name: str, point: HistoryPoint) -> str:
    if isinstance(point.adjusted, Unknown):
        return f"{name} {point.finding}"
    return f"{name} {words_history.effect(point.adjusted)} {words_history.interval(point.adjusted)}, {point.finding}"


def _reach(effects: Sequence[HistoryEffect], metric: HistoryMetric) -> tuple[float, float]:
    """The ends of the axis: zero, what is too small to matter, every effect and, up to a limit, every interval."""
    least = 1.5 * metric.materiality
    low, high = min(-least, *(one.low for one in effects)), max(least, *(one.high for one in effects))
    if metric.change_unit == "share":
        most = max([_CLIP, *(1.2 * abs(one.effect) for one in effects)])
        low, high = max(low, -most), min(high, most)
    pad = (high - low) * 0.06 or 0.1
    return low - pad, high + pad


def _strip(metric: HistoryMetric, y: Scale, frame: Frame) -> Mark:
    upper, lower = y(metric.materiality), y(-metric.materiality)
    return rect(frame.left, upper, frame.right - frame.left, lower - upper, SHADE, "shade")


def _grid(ticks: Sequence[float], y: Scale, frame: Frame, unit: ChangeUnit) -> list[Mark]:
    marks = []
    for colour, css, kind in ((GRID, "grid", [t for t in ticks if t]), (INK, "zero", [t for t in ticks if not t])):
        if kind:
            marks.append(strokes([(frame.left, y(t), frame.right, y(t)) for t in kind], colour, css))
    return [*marks, *(label(frame.left - 6, y(t) + 4, _tick(t, unit), anchor="end") for t in ticks)]


def _tick(value: float, unit: ChangeUnit) -> str:
    if unit == "points":
        return numbers.plain(value, "+.4g") if value else "0"
    return f"{numbers.plain(value * 100, '+.4g')} %" if value else "0 %"


def _changes(points: Sequence[HistoryPoint], spots: Sequence[float], step: float, frame: Frame) -> list[Mark]:
    """An upright dashed line before each audit whose finding is another than the one before."""
    places = [spot - step / 2 for spot, point in zip(spots, points, strict=True) if point.changed]
    return [line(at, frame.top - 20, at, frame.bottom, QUIET, "axis", 1, "2 3") for at in places if at > frame.left + 1]


def _interval(point: HistoryPoint, spot: float, y: Scale, frame: Frame) -> list[Mark]:
    found = point.adjusted
    if isinstance(found, Unknown):
        return []
    upper, lower = max(y(found.high), frame.top), min(y(found.low), frame.bottom)
    caps = [at for at, end in ((upper, y(found.high)), (lower, y(found.low))) if at == end]
    return [
        line(spot, upper, spot, lower, ACCENT, "interval", 2),
        *(line(spot - _CAP, at, spot + _CAP, at, ACCENT, "interval", 2) for at in caps),
        dot(spot, y(found.effect), 4),
    ]


def _names(names: Sequence[str], spots: Sequence[float], step: float, frame: Frame) -> list[Mark]:
    """As many names as fit, the last one always; those at the edges are kept on the drawing."""
    widest = max(text_width(name, 11) for name in names)
    every = max(1, -(-int(widest + 6) // int(step)))
    shown = [at for at in range(len(names)) if (len(names) - 1 - at) % every == 0]
    marks = []
    for at in shown:
        half = text_width(names[at], 11) / 2
        place = min(max(spots[at], half), frame.right + 8 - half)
        marks.append(label(place, frame.bottom + 18, names[at], anchor="middle", size=11))
    return marks
