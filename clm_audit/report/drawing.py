"""What a chart is made of: marks with presentation attributes, scales and ticks. No numbers of an audit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

FONT = "system-ui, sans-serif"
INK, QUIET, GRID, ACCENT = "#1d252c", "#566370", "#d9dee3", "#0f5c8c"
BAND, SHADE = "#cfdbe5", "#f0f2f4"
# What marks mostly have: said once on the drawing, or the default of SVG itself, and so left out of each mark.
SHARED = {"font-family": FONT, "font-size": "12", "fill": QUIET}
UNSAID = {**SHARED, "text-anchor": "start", "stroke-width": "1"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Mark:
    """One SVG element: ``attributes`` paint it without any style sheet, ``css`` lets one repaint it."""

    tag: Literal["line", "path", "rect", "circle", "text"]
    attributes: Mapping[str, str]
    css: str = ""
    text: str = ""

    def painted(self) -> dict[str, str]:
        """The attributes that the drawing around it does not give already."""
        return {name: value for name, value in self.attributes.items() if UNSAID.get(name) != value}


@dataclass(frozen=True)
class Frame:
    """The plot area within the drawing."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Chart:
    """A finished drawing in user units; ``title`` and ``description`` are read out in its place.

    ``frame``: the plot area, where another layout of the same chart may take its lines from this one.
    """

    width: int
    height: int
    title: str
    description: str
    marks: tuple[Mark, ...]
    frame: Frame | None = None


@dataclass(frozen=True)
class Scale:
    """Linear from [low, high] to [start, end] of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Position of a value.

        >>> Scale(0, 10, 100, 200)(5)
        150.0
        """
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def number(value: float) -> str:
    """A coordinate: a tenth of a unit at most, never an exponent or a negative zero.

    >>> number(12.0), number(-0.01), number(3.14159)
    ('12', '0', '3.1')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def line(x1: float, y1: float, x2: float, y2: float, colour: str, css: str, width: float = 1, dash: str = "") -> Mark:
    """A straight line."""
    places = {"x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2)}
    dashes = {"stroke-dasharray": dash} if dash else {}
    return Mark("line", {**places, "stroke": colour, "stroke-width": f"{width:g}", **dashes}, css)


def strokes(lines: Sequence[tuple[float, float, float, float]], colour: str, css: str) -> Mark:
    """Upright or level lines of one kind, (x1, y1, x2, y2) each, as one mark: a fifth of the text of as many lines.

    >>> strokes([(0, 5, 9.5, 5), (2, 0, 2, 4)], GRID, "grid").attributes["d"]
    'M0 5H9.5M2 0V4'
    """
    steps = (f"H{number(x2)}" if y1 == y2 else f"V{number(y2)}" for _, y1, x2, y2 in lines)
    d = "".join(f"M{number(x1)} {number(y1)}{step}" for (x1, y1, _, _), step in zip(lines, steps, strict=True))
    return Mark("path", {"d": d, "stroke": colour}, css)


def rect(x: float, y: float, width: float, height: float, colour: str, css: str) -> Mark:
    """A filled rectangle."""
    places = {"x": number(x), "y": number(y), "width": number(width), "height": number(height)}
    return Mark("rect", {**places, "fill": colour}, css)


def label(x: float, y: float, text: str, *, anchor: Anchor = "start", css: str = "", size: float = 12) -> Mark:
    """A line of text, quiet unless ``css`` is ``t-ink`` or ``t-accent``, which also picks the colour."""
    colour = {"t-ink": INK, "t-accent": ACCENT}.get(css, QUIET)
    weight = {"font-weight": "600"} if css else {}
    places = {"x": number(x), "y": number(y), "text-anchor": anchor}
    return Mark("text", {**places, "font-size": number(size), "fill": colour, **weight}, css, text)


def dot(x: float, y: float, radius: float) -> Mark:
    """A filled point in the accent colour."""
    return Mark("circle", {"cx": number(x), "cy": number(y), "r": number(radius), "fill": ACCENT}, "dot")


def path(pieces: Sequence[Sequence[tuple[float, float]]], colour: str, css: str, width: float, dash: str = "") -> Mark:
    """Lines through points, one for each piece; a piece of one point becomes a dot."""
    attributes = {
        "d": "".join(trail(piece) for piece in pieces),
        "fill": "none",
        "stroke": colour,
        "stroke-width": f"{width:g}",
    }
    dashes = {"stroke-dasharray": dash} if dash else {}
    return Mark("path", {**attributes, "stroke-linejoin": "round", "stroke-linecap": "round", **dashes}, css)


def area(low: Sequence[tuple[float, float]], high: Sequence[tuple[float, float]], colour: str, css: str) -> Mark:
    """The band between two lines with the same x; its heights to a whole unit, which no eye tells from a tenth."""
    around = [(x, round(y)) for x, y in (*high, *reversed(low))]
    return Mark("path", {"d": f"{trail(around)}z", "fill": colour}, css)


def trail(points: Sequence[tuple[float, float]]) -> str:
    """Straight lines from point to point in the shortest form: steps in tenths, counted from rounded places.

    >>> trail([(10, 20), (13.8, 19.14), (17.5, 20)]), trail([(1, 2)])
    ('M10 20l3.8-.9 3.7 .9', 'M1 2h0')
    """
    places = [(round(x * 10), round(y * 10)) for x, y in points]
    start = f"M{number(places[0][0] / 10)} {number(places[0][1] / 10)}"
    if len(places) == 1:
        return f"{start}h0"
    steps = "".join(_step(x - x0) + _step(y - y0) for (x0, y0), (x, y) in pairwise(places))
    return f"{start}l{steps.lstrip()}"


def _step(tenths: int) -> str:
    """A signed step with only the characters that a path needs to tell it from what stands before it."""
    text = number(abs(tenths) / 10)
    text = text[1:] if text.startswith("0.") else text
    return f"-{text}" if tenths < 0 else f" {text}"


def text_width(text: str, size: float = 12) -> float:
    """A generous estimate of the width of ``text``: system fonts differ."""
    return 0.64 * size * len(text)


def nice_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round numbers within [low, high], about ``wanted`` of them.

    >>> nice_ticks(0.0, 1.0, 5)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    rough = (high - low) / max(wanted, 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) + 0.0 for index in range(first, last + 1)]


def month_ticks(first: date, last: date, wanted: int) -> list[date]:
    """First days of months in [first, last], at most ``wanted`` + 1, evenly spaced in the calendar.

    >>> [tick.isoformat() for tick in month_ticks(date(2023, 2, 10), date(2024, 1, 5), 4)]
    ['2023-04-01', '2023-07-01', '2023-10-01', '2024-01-01']
    """
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for step in (1, 2, 3, 4, 6, 12, 24, 60, 120, 240, 600, 1200):
        months = range(-(-start // step) * step, end + 1, step)
        days = [date(month // 12, month % 12 + 1, 1) for month in months]
        days = [day for day in days if first <= day <= last]
        if len(days) <= wanted:
            return days
    return []
