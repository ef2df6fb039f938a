"""Whether two pictures of a page look alike to somebody who stands a step back.

References hold one pixel for each eight of the page in either direction. They are compared by tiles of 64 × 64 pixels
of the page: how much ink each has, and in which colour. So neither the edge of a letter nor half a pixel counts, but a
chart that is gone, a colour, a border or a lost line does. All machines draw with the same font, without hinting.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops

REFERENCES = Path(__file__).parent / "references"
SQUARE = 8
TILE = 8  # squares
CLEARLY = 8  # of 255, between the means of two tiles, in any of the three colours
MOST_CLEAR = 0.02  # share of tiles that may differ clearly
MOST_TALLER = 0.025


def small(png: bytes) -> Image.Image:
    """The picture with one pixel for each square."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    size = max(1, picture.width // SQUARE), max(1, picture.height // SQUARE)
    return picture.resize(size, Image.Resampling.BOX)


def unlike(got: Image.Image, wanted: Image.Image) -> str:
    """How the two differ; empty when they look alike."""
    if abs(got.height - wanted.height) > max(2, MOST_TALLER * wanted.height) or abs(got.width - wanted.width) > 1:
        return f"{got.width} × {got.height} squares instead of {wanted.width} × {wanted.height}"
    tiles = -(-wanted.width // TILE), -(-wanted.height // TILE)
    both = (one.resize(wanted.size).resize(tiles, Image.Resampling.BOX) for one in (got, wanted))
    red, green, blue = ImageChops.difference(*both).split()
    counts = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    clear = sum(counts[CLEARLY:]) / (tiles[0] * tiles[1])
    return f"{clear:.1%} of the tiles differ clearly" if clear > MOST_CLEAR else ""


def assert_looks_like(name: str, png: bytes) -> None:
    """Compare with the reference of that name. With ``CLM_AUDIT_UPDATE_GOLDEN=1`` it is drawn anew, where it differs.

    What differs is left beside the reference as ``<name>.got.png``.
    """
    path, got = REFERENCES / f"{name}.png", small(png)
    if os.environ.get("CLM_AUDIT_UPDATE_GOLDEN") == "1" and (not path.exists() or unlike(got, reference(name))):
        path.parent.mkdir(exist_ok=True)
        got.save(path, optimize=True)
    left_over = path.with_suffix(".got.png")
    why = unlike(got, reference(name)) if path.exists() else "there is no reference"
    if why:
        got.save(left_over)
        pytest.fail(f"{path.name}: {why}; look at {left_over.name} beside it")
    left_over.unlink(missing_ok=True)


def reference(name: str) -> Image.Image:
    return Image.open(REFERENCES / f"{name}.png").convert("RGB")
