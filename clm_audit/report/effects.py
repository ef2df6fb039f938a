"""The effect of a metric: its interval around zero, beside the observed change and what is material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clm_audit.report.charts import WIDE
from clm_audit.report.drawing import (
    ACCENT,
    GRID,
    INK,
    SHADE,
    Chart,
    Frame,
    Mark,
    Scale,
    dot,
    label,
    line,
    nice_ticks,
    number,
    path,
    rect,
)

_CLIP = 1.0  # an interval beyond +100 % is cut with an arrow, or the axis shows nothing else


@dataclass(frozen=True)
class Row:
    """One line of an effect chart, shares: a point, its interval if it has one, and the observed change."""

    name: str
    text: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    observed: float | None = None


def effect_chart(
    title: str,
    description: str,
    rows: Sequence[Row],
    materiality: float | None,
    value: Callable[[float], str],
    ends: tuple[str, str],
    width: int,
) -> Chart:
    """Changes in per cent on one axis around zero; ``ends`` say what left and right mean.

    A filled dot with a bar is the adjusted effect with its interval, a hollow diamond the observed change,
    the shading (with ``materiality``) what is too small to matter.
    """
    wide = width >= WIDE
    pitch = 40 if wide else 54
    frame = Frame(150 if wide else 12, width - (200 if wide else 12), 34, 34 + pitch * len(rows))
    low, high = _reach(rows, materiality or 0.0)
    x = Scale(low, high, frame.left, frame.right)
    marks: list[Mark] = []
    if materiality is not None:
        marks.append(
            rect(x(-materiality), frame.top, x(materiality) - x(-materiality), pitch * len(rows), SHADE, "shade")
        )
    marks += _share_axis(x, frame, value, 7 if wide else 4)
    marks += [label(frame.left, 16, f"◂ {ends[0]}"), label(frame.right, 16, f"{ends[1]} ▸", anchor="end")]
    for index, row in enumerate(rows):
        top = frame.top + index * pitch
        centre = top + (pitch / 2 if wide else 38)
        marks += _row_words(row, frame, centre, top, width, wide)
        marks += _row_marks(row, x, centre)
    return Chart(width, int(frame.bottom + 30), title, description, tuple(marks))


def _reach(rows: Sequence[Row], materiality: float) -> tuple[float, float]:
    shares = [item for row in rows for item in (row.point, row.low, row.high, row.observed) if item is not None]
    most = max([_CLIP, *(1.3 * item for row in rows for item in (row.point, row.observed) if item is not None)])
    low, high = min([-2 * materiality, *shares]), min(max([2 * materiality, *shares]), most)
    pad = (high - low) * 0.05 or 0.1
    return low - pad, high + pad


def _share_axis(x: Scale, frame: Frame, value: Callable[[float], str], wanted: int) -> list[Mark]:
    marks = []
    for tick in nice_ticks(x.low, x.high, wanted):
        zero = tick == 0
        marks.append(line(x(tick), frame.top, x(tick), frame.bottom, INK if zero else GRID, "zero" if zero else "grid"))
        marks.append(label(x(tick), frame.bottom + 18, value(tick), anchor="middle"))
    return marks


def _row_words(row: Row, frame: Frame, centre: float, top: float, width: int, wide: bool) -> list[Mark]:
    if wide:
        return [label(0, centre + 4, row.name), label(frame.right + 16, centre + 4, row.text, css="t-ink")]
    return [label(frame.left, top + 18, row.name), label(width - 12, top + 18, row.text, anchor="end", css="t-ink")]


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
    if row.point is not None:
        marks.append(dot(x(row.point), centre, 5.5))
    if row.observed is not None:
        marks.append(_diamond(x(row.observed), centre))
    return marks


def _diamond(x: float, y: float) -> Mark:
    corners = ((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))
    outline = "M" + "L".join(f"{number(across)} {number(down)}" for across, down in corners) + "Z"
    return Mark("path", {"d": outline, "fill": "#ffffff", "stroke": INK, "stroke-width": "1.5"}, "diamond")
