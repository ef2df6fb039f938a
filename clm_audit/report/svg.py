"""A drawing as SVG text: painted by presentation attributes, named for screen readers, as short as it can be."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup, escape

from clm_audit.report.drawing import ACCENT, SHARED, Chart, Frame, Mark, number
from clm_audit.report.safe import html

_PLACES = frozenset(("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "d", "width", "height"))
_AT_NOTHING = {("x", "0"), ("y", "0")}  # where marks are when nothing is said
_SCALED = frozenset(("observed", "expected", "band", "band-fit"))


def pair(wide: Chart, narrow: Chart, name: str, accent: str = ACCENT) -> Markup:
    """Two layouts of one chart. Lines over time are drawn once: the narrow layout takes them squeezed from the wide."""
    return _svg(wide, name, "wide", accent, wide.frame, None) + _svg(narrow, name, "narrow", accent, None, wide.frame)


def single(chart: Chart, name: str, accent: str = ACCENT) -> Markup:
    """A chart of one layout."""
    return _svg(chart, name, "only", accent, None, None)


def _svg(chart: Chart, name: str, size: str, accent: str, lent: Frame | None, borrowed: Frame | None) -> Markup:
    words = "" if size == "narrow" else f'<desc id="{name}-d">{_text(chart.description)}</desc>\n'
    title = "" if size == "narrow" else f' id="{name}-t"'  # both layouts are told in the words of the wide one
    shared = "".join(f' {key}="{value}"' for key, value in SHARED.items())
    body = _marks(chart, name, accent, lent, borrowed)
    hidden = ' display="none"' if size == "narrow" else ""
    return Markup(  # noqa: S704 - texts are escaped, all else is ours
        f'<svg class="chart {size}" viewBox="0 0 {chart.width} {chart.height}" width="{chart.width}" '
        f'height="{chart.height}"{shared} role="img" aria-labelledby="{name}-t {name}-d"{hidden}>\n'
        f"<title{title}>{_text(chart.title)}</title>\n{words}{body}</svg>\n"
    )


def _marks(chart: Chart, name: str, accent: str, lent: Frame | None, borrowed: Frame | None) -> str:
    """The marks in order, words on top of them all; those that are painted alike share a group."""
    out = []
    shapes = [mark for mark in chart.marks if mark.tag != "text"]
    words = sorted((mark for mark in chart.marks if mark.tag == "text"), key=lambda mark: _paint(mark, accent))
    for (paint, css), found in groupby([*shapes, *words], key=lambda mark: (_paint(mark, accent), mark.css)):
        marks, styled = list(found), f'{paint} class="{css}"' if css else paint
        if css in _SCALED and marks[0].tag == "path" and borrowed and chart.frame:
            out.append(f'<use href="#{name}-{css}" transform="{_squeeze(borrowed, chart.frame)}"/>')
        elif css in _SCALED and marks[0].tag == "path" and lent:
            out.append(_element(marks[0], f' id="{name}-{css}" vector-effect="non-scaling-stroke"{styled}'))
        elif len(marks) > 1 and all(_straight(mark) for mark in marks):
            out.append(f'<path d="{"".join(map(_stroke, marks))}"{styled}/>')
        elif len(marks) == 1:
            out.append(_element(marks[0], styled))
        else:
            out.append(f"<g{styled}>{''.join(_element(mark) for mark in marks)}</g>")
    return "\n".join([*out, ""])


def _straight(mark: Mark) -> bool:
    places = mark.attributes
    return mark.tag == "line" and (places["x1"] == places["x2"] or places["y1"] == places["y2"])


def _stroke(mark: Mark) -> str:
    """An upright or level line as a step of a path."""
    places = mark.attributes
    end = f"H{places['x2']}" if places["y1"] == places["y2"] else f"V{places['y2']}"
    return f"M{places['x1']} {places['y1']}{end}"


def _paint(mark: Mark, accent: str) -> str:
    painted = {key: value for key, value in mark.painted().items() if key not in _PLACES}
    return "".join(f' {key}="{accent if value == ACCENT else value}"' for key, value in painted.items())


def _element(mark: Mark, more: str = "") -> str:
    found = {key: value for key, value in mark.attributes.items() if key in _PLACES and (key, value) not in _AT_NOTHING}
    places = "".join(f' {key}="{value}"' for key, value in found.items())
    head = f"<{mark.tag}{places}{more}"
    return f"{head}>{_text(mark.text)}</{mark.tag}>" if mark.text else f"{head}/>"


def _squeeze(wide: Frame, narrow: Frame) -> str:
    """What moves the plot area of one layout onto that of the other; both show the same spans."""
    across = (narrow.right - narrow.left) / (wide.right - wide.left)
    down = (narrow.bottom - narrow.top) / (wide.bottom - wide.top)
    parts = (f"{across:.4f}", "0", "0", f"{down:.4f}")
    return (
        f"matrix({' '.join(parts)} {number(narrow.left - across * wide.left)} {number(narrow.top - down * wide.top)})"
    )


def _text(text: str) -> str:
    return str(escape(html(text)))
