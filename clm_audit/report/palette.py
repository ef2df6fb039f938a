"""The colour of a client, made readable: darkened on light paper, lightened on dark, as little as needed."""

from __future__ import annotations

from collections.abc import Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from functools import cache

ENOUGH = 4.5  # WCAG 2.2, 1.4.3: contrast of text against what it stands on
LIGHT_PAPERS = ("#ffffff", "#f4f6f8", "#e8f3ee", "#faecef")
DARK_PAPERS = ("#12171c", "#1a2128", "#12281f", "#331820")
_STEPS = 100


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two ``#rrggbb`` colours (WCAG 2.2), from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on_light(colour: str) -> str:
    """``colour``, or the nearest darker one of its hue in which text can be read on every light paper.

    >>> on_light("#0b5fff"), on_light("#FFE600")
    ('#085dff', '#7a6e00')
    """
    return _repaired(colour, LIGHT_PAPERS, towards=0.0)


def on_dark(colour: str) -> str:
    """``colour``, or the nearest lighter one of its hue in which text can be read on every dark paper.

    >>> on_dark("#ffe600"), on_dark("#0b5fff")
    ('#ffe600', '#4887ff')
    """
    return _repaired(colour, DARK_PAPERS, towards=1.0)


def said(colour: str) -> str:
    """What was done to a colour, in a sentence; empty when nothing was."""
    shown = {"on white": on_light(colour), "on black": on_dark(colour)}
    changed = [f"{where} {other}" for where, other in shown.items() if other != colour.lower()]
    if not changed:
        return ""
    return f"Text in the colour {colour.lower()} could not be read everywhere; it is shown as {' and '.join(changed)}."


def _repaired(colour: str, papers: Sequence[str], towards: float) -> str:
    hue, lightness, saturation = rgb_to_hls(*_parts(colour))
    for step in range(_STEPS + 1):
        share = step / _STEPS
        parts = hls_to_rgb(hue, lightness + (towards - lightness) * share, saturation) if step else _parts(colour)
        found = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
        if min(contrast(found, paper) for paper in papers) >= ENOUGH:
            return found
    raise ArithmeticError("black and white can be read on every paper")


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


@cache
def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
