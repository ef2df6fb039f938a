"""The effect of a metric: its interval around zero, beside the observed change and what is material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clm_audit.report.charts import WIDE
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
    path,
    rect,
    strokes,
    text_width,
    trail,
)

_CLIP = 1.0  # an interval beyond +100 % is cut with an arrow, or the axis shows nothing else
_MARGIN = 12  # units around the axis, so that a mark at its end is whole
_LAYERS = ("interval", "step", "strong", "dot", "diamond")  # from the lowest up
_ROOM = 120  # units that the axis needs for words and marks to stand beside each other


@dataclass(frozen=True)
class Row:
    """One line of an effect chart, shares: a point, its interval if it has one, and the observed change; or a
    ``step`` from one share to the next, as a bar (``strong`` ones stand out)."""

    name: str
    text: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    observed: float | None = None
    step: tuple[float, float] | None = None
    strong: bool = False


@dataclass(frozen=True)
class EffectPlan:
    """What an effect chart shows. ``ends`` say what left and right mean; ``materiality`` (a share) is shaded."""

    title: str
    description: str
    rows: Sequence[Row]
    materiality: float | None
    value: Callable[[float], str]
    ends: tuple[str, str]


@dataclass(frozen=True)
class _Layout:
    """Where words and marks go: ``beside`` each other where there is room, else words above marks, in one line or
    two; ``ticks``: about how many numbers the axis has room for."""

    frame: Frame
    beside: bool
    lines: int
    pitch: float
    ticks: int

    def centre(self, top: float) -> float:
        return top + (self.pitch / 2 if self.beside else self.pitch - 16)

    def strips(self, count: int) -> list[tuple[float, float]]:
        """The vertical spans that grid and shading cover: never behind words."""
        if self.beside:
            return [(self.frame.top, self.frame.bottom)]
        centres = [self.centre(self.frame.top + self.pitch * row) for row in range(count)]
        return [(centre - 10, centre + 10) for centre in centres]


def effect_chart(plan: EffectPlan, width: int) -> Chart:
    """Changes in per cent on one axis around zero.

    A filled dot with a bar is the adjusted effect with its interval, a hollow diamond the observed change,
    the shading what is too small to matter.
    """
    layout = _layout(plan.rows, width)
    frame, strips = layout.frame, layout.strips(len(plan.rows))
    x = Scale(*_reach(plan.rows, plan.materiality or 0.0), frame.left, frame.right)
    marks: list[Mark] = []
    if plan.materiality is not None:
        left, right = x(-plan.materiality), x(plan.materiality)
        marks += [rect(left, top, right - left, bottom - top, SHADE, "shade") for top, bottom in strips]
    marks += _share_axis(x, frame, strips, plan.value, layout.ticks)
    marks += _ends(plan.ends, layout)
    tops = [frame.top + index * layout.pitch for index in range(len(plan.rows))]
    marks += [mark for top, row in zip(tops, plan.rows, strict=True) for mark in _row_words(row, layout, top)]
    drawn = [mark for top, row in zip(tops, plan.rows, strict=True) for mark in _row_marks(row, x, layout.centre(top))]
    marks += sorted(drawn, key=_layer)
    return Chart(width, int(frame.bottom + 30), plan.title, plan.description, tuple(marks))


def _ends(ends: tuple[str, str], layout: _Layout) -> list[Mark]:
    """What left and right mean, above the axis; the left one further out where both would not fit."""
    less, more = f"◂ {ends[0]}", f"{ends[1]} ▸"
    frame, edge = layout.frame, 0 if layout.beside else _MARGIN
    tight = text_width(less) + text_width(more) > frame.right - frame.left
    return [label(0 if tight else frame.left - edge, 16, less), label(frame.right + edge, 16, more, anchor="end")]


def _layout(rows: Sequence[Row], width: int) -> _Layout:
    names, texts = (
        [text_width(text) for text in column] for column in zip(*((row.name, row.text) for row in rows), strict=True)
    )
    top, wide = 34, width >= WIDE
    left, right = max(names) + 12, width - 1.1 * max(texts) - 16
    if right - left >= _ROOM:
        pitch = (40 if len(rows) < 3 else 31) if wide else 26
        return _Layout(Frame(left, right, top, top + pitch * len(rows)), True, 1, pitch, 7 if wide else 3)
    lines = 1 if max(a + 1.1 * b for a, b in zip(names, texts, strict=True)) < width - 36 else 2
    pitch = 36 + 16 * lines
    return _Layout(Frame(_MARGIN, width - _MARGIN, top, top + pitch * len(rows)), False, lines, pitch, 4)


def _reach(rows: Sequence[Row], materiality: float) -> tuple[float, float]:
    shares = [item for row in rows for item in (row.point, row.low, row.high, row.observed) if item is not None]
    shares += [end for row in rows for end in row.step or ()]
    most = max([_CLIP, *(1.3 * item for row in rows for item in (row.point, row.observed) if item is not None)])
    low, high = min([-2 * materiality, *shares]), min(max([2 * materiality, *shares]), most)
    pad = (high - low) * 0.05 or 0.1
    return low - pad, high + pad


def _share_axis(
    x: Scale, frame: Frame, strips: Sequence[tuple[float, float]], value: Callable[[float], str], wanted: int
) -> list[Mark]:
    marks = []
    ticks = nice_ticks(x.low, x.high, wanted)
    for colour, css, kind in ((GRID, "grid", [t for t in ticks if t]), (INK, "zero", [t for t in ticks if not t])):
        if kind:
            marks.append(strokes([(x(t), top, x(t), bottom) for t in kind for top, bottom in strips], colour, css))
    for tick in ticks:
        half = text_width(value(tick)) / 2
        place = min(max(x(tick), half + 4), frame.right + 10 - half)  # a word at either end stays on the drawing
        marks.append(label(place, frame.bottom + 18, value(tick), anchor="middle"))
    return marks


def _row_words(row: Row, layout: _Layout, top: float) -> list[Mark]:
    frame = layout.frame
    if layout.beside:
        height = layout.centre(top) + 4
        return [label(0, height, row.name), label(frame.right + 16, height, row.text, css="t-ink")]
    if layout.lines == 1:
        text = label(frame.right + _MARGIN, top + 18, row.text, anchor="end", css="t-ink")
    else:
        text = label(0, top + 34, row.text, css="t-ink")
    return [label(0, top + 18, row.name), text]


def _layer(mark: Mark) -> tuple[int, str]:
    """Rows do not touch, so their marks may be drawn kind by kind; those that are painted alike are told once."""
    return _LAYERS.index(mark.css), mark.attributes.get("stroke-width", "")


def _row_marks(row: Row, x: Scale, centre: float) -> list[Mark]:
    marks = []
    if row.low is not None and row.high is not None:
        left, right = x(row.low), x(min(row.high, x.high))
        marks.append(line(left, centre, right, centre, ACCENT, "interval", 3))
        marks.append(line(left, centre - 5, left, centre + 5, ACCENT, "interval", 1.5))
        if row.high <= x.high:
            marks.append(line(right, centre - 5, right, centre + 5, ACCENT, "interval", 1.5))
        else:
            marks.append(
                path([[(right - 7, centre - 5), (right, centre), (right - 7, centre + 5)]], ACCENT, "interval", 1.5)
            )
    if row.step is not None:
        left, right = sorted((x(row.step[0]), x(min(row.step[1], x.high))))
        colour, css = (ACCENT, "strong") if row.strong else (QUIET, "step")
        marks.append(rect(left, centre - 7, max(right - left, 1.5), 14, colour, css))
    if row.point is not None:
        marks.append(dot(x(row.point), centre, 5.5))
    if row.observed is not None:
        marks.append(_diamond(x(row.observed), centre))
    return marks


def _diamond(x: float, y: float) -> Mark:
    corners = ((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))
    return Mark("path", {"d": f"{trail(corners)}z", "fill": "#ffffff", "stroke": INK, "stroke-width": "1.5"}, "diamond")
