"""What a slide is made of: texts, tables and charts, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clm_audit.report import look
from clm_audit.report.model import MetricReport, Unknown

HEADLINES = ("before.value", "after.value", "observed_change", "adjusted.effect", "adjusted.low", "adjusted.high")
"""What the numbers of a metric are called that every slide of it shows."""
MOST_ROWS = 10
MOST_TEXT = 420


@dataclass(frozen=True)
class Lines:
    """A chart of lines over time: name -> a value for each day, None where there is none."""

    days: tuple[date, ...]
    lines: tuple[tuple[str, tuple[float | None, ...]], ...]
    form: str
    description: str


@dataclass(frozen=True)
class Bars:
    """A chart of bars with the ends of their intervals."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    description: str


@dataclass(frozen=True)
class Columns:
    """A chart of upright bars, the series beside each other: name -> a value for each of ``names``."""

    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    form: str
    description: str


@dataclass(frozen=True)
class Grid:
    """A table; the first row is its header."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Slide:
    """One slide: ``big`` is said first; ``tone`` colours it; ``foot`` stands small at the bottom. ``beside``: a chart
    to the right of a table. ``ids``: what the numbers are called in the audit JSON, for the notes."""

    title: str
    big: str = ""
    tone: look.Tone = "open"
    points: tuple[str, ...] = ()
    picture: Lines | Bars | Grid | None = None
    foot: str = ""
    beside: Bars | Columns | None = None
    ids: tuple[str, ...] = ()


def brief(text: str, most: int = MOST_TEXT) -> str:
    """Whole sentences up to a length.

    >>> brief("One. Two. Three.", 9)
    'One. Two.'
    """
    if len(text) <= most:
        return text
    head = text[:most]
    end = text[: most + 1].rfind(". ")
    return head[: end + 1] if end > most // 3 else f"{head[: most - 1].rstrip()}…"


def bars_of(metrics: Sequence[MetricReport]) -> Bars | None:
    """The adjusted effects that are shares, with their intervals; None without any."""
    found = [(one.name, one.adjusted) for one in metrics]
    known = [(name, one) for name, one in found if not isinstance(one, Unknown) and one.unit == "share"]
    if not known:
        return None
    return Bars(
        tuple(name for name, _ in known),
        tuple(one.effect for _, one in known),
        tuple(one.low for _, one in known),
        tuple(one.high for _, one in known),
        "; ".join(f"{name} {look.effect(one)} {look.interval(one)}" for name, one in known),
    )
