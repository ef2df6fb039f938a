"""Draws the figures of ``docs/methods.md`` from ``results/truth.json``: ``python benchmarks/truth/figures.py``.

Plain SVG, written by hand: a few kilobytes that look the same everywhere and need no library.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from show import METHODS, TABLES, order, percent
from trial import OURS

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
RESULT = HERE / "results" / "truth.json"
COLOURS = ("#b3261e", "#1f5fa8", "#3f8f5a", "#8a6d1d", "#6a4c93", "#00838f", "#c2185b", "#546e7a")
SIZES = (("step +3 %", "+3 %"), ("step +5 %", "+5 %"), ("step +10 %", "+10 %"), ("step +20 %", "+20 %"))
WIDTH, LEFT, RIGHT, TOP = 860, 190, 170, 54


def shape(place: int, x: float, y: float) -> str:
    """The mark of a method: colour and form differ, so that either is enough to tell it."""
    colour, size = COLOURS[place], 5 if place else 6
    if place % 4 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{colour}"/>'
    corners = {1: ((-1, -1), (1, -1), (1, 1), (-1, 1)), 2: ((0, -1.3), (1.2, 1), (-1.2, 1)), 3: DIAMOND}[place % 4]
    points = " ".join(f"{x + size * dx:.1f},{y + size * dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" fill="{colour}"/>'


DIAMOND = ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0))


def text(x: float, y: float, said: str, anchor: str = "start", more: str = "") -> str:
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(said)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#cfd4da", more: str = "") -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def legend(top: float) -> list[str]:
    """Marks and names at the right."""
    parts = []
    for place, method in enumerate(METHODS):
        y = top + 22 * place
        weight = ' font-weight="bold"' if method == OURS else ""
        parts += [shape(place, WIDTH - RIGHT + 24, y), text(WIDTH - RIGHT + 36, y + 4, method, more=weight)]
    return parts


def drawing(height: float, title: str, parts: Sequence[str]) -> str:
    """The whole picture."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="#1c2127">'
    )
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>'
    title_line = text(16, 24, title, more=' font-size="15" font-weight="bold"')
    return "\n".join([head, f"<title>{escape(title)}</title>", ground, title_line, *parts, "</svg>"]) + "\n"


def alarms(groups: Mapping[str, Any]) -> str:
    """Share of false alarms by row and method, with the interval of the product; the root scale spreads the small."""
    names = [name for name in order(groups) if not name.startswith("simulated, ")]
    height = TOP + 34 * len(names) + 40
    right = WIDTH - RIGHT

    def at(share: float) -> float:
        return LEFT + (right - LEFT) * math.sqrt(share)

    parts = []
    for share in (0.0, 0.01, 0.05, 0.10, 0.25, 0.5, 0.75, 1.0):
        strong = share == 0.05
        colour, dash = ("#b3261e", ' stroke-dasharray="4 3"') if strong else ("#e3e6ea", "")
        parts += [line(at(share), TOP - 6, at(share), height - 34, colour, dash)]
        parts += [text(at(share), height - 18, percent(share, 0), "middle")]
    for row, name in enumerate(names):
        y = TOP + 12 + 34 * row
        ours = groups[name][OURS]["false_alarms"]
        parts += [text(LEFT - 12, y + 4, name, "end"), line(at(0), y, at(1), y)]
        parts += [line(at(ours["low"]), y, at(ours["high"]), y, COLOURS[0], ' stroke-width="3" stroke-opacity="0.35"')]
        for place, method in reversed(list(enumerate(METHODS))):
            if method in groups[name]:
                parts.append(shape(place, at(groups[name][method]["false_alarms"]["share"]), y))
    parts += legend(TOP + 12)
    return drawing(height, "False alarms at a nominal 5 %, where nothing happened", parts)


def power(groups: Mapping[str, Any]) -> str:
    """Power by size of the effect at equal false alarms, a panel for each table."""
    names = [name for name in TABLES if name in groups]
    wide, tall, gap = 290.0, 190.0, 46.0
    parts: list[str] = []
    for panel, name in enumerate(names):
        left = 50 + (panel % 2) * (wide + gap)
        top = TOP + (panel // 2) * (tall + 66)
        parts += [text(left, top - 6, name, more=' font-weight="bold"')]
        parts += _axes(left, top, wide, tall)
        for place, method in reversed(list(enumerate(METHODS))):
            parts += _curve(groups[name].get(method), place, (left, top, wide, tall))
    height = TOP + ((len(names) + 1) // 2) * (tall + 66)
    parts += legend(TOP + 12)
    return drawing(height, "Effects found, every method rescaled to exactly 5 % false alarms", parts)


def _axes(left: float, top: float, wide: float, tall: float) -> list[str]:
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + tall * (1 - share)
        parts += [line(left, y, left + wide, y, "#e3e6ea"), text(left - 6, y + 4, percent(share, 0), "end")]
    for place, (_, size) in enumerate(SIZES):
        parts.append(text(left + wide * (place + 0.5) / len(SIZES), top + tall + 16, size, "middle"))
    return parts


def _curve(found: Mapping[str, Any] | None, place: int, box: tuple[float, float, float, float]) -> list[str]:
    left, top, wide, tall = box
    points = []
    for number, (arm, _) in enumerate(SIZES):
        equal = found["power"].get(arm, {}).get("equal") if found else None
        if equal and equal["tests"]:
            points.append((left + wide * (number + 0.5) / len(SIZES), top + tall * (1 - equal["share"])))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawn = f'<polyline points="{path}" fill="none" stroke="{COLOURS[place]}" stroke-width="{1.4 if place else 2.4}"/>'
    return [drawn, *(shape(place, x, y) for x, y in points)] if points else []


def figures(found: Mapping[str, Any]) -> dict[str, str]:
    """File name -> SVG."""
    return {"false-alarms.svg": alarms(found["groups"]), "power.svg": power(found["groups"])}


def main() -> None:
    """Write all of them."""
    for name, drawn in figures(json.loads(RESULT.read_text("utf-8"))).items():
        (DOCS / name).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
