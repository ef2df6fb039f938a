"""A text file made readable, and the way back from its bytes to those of the original."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clm_audit.intake.charsets import WIDE, codec_of
from clm_audit.intake.limits import WINDOW

BOM = codecs.BOM_UTF8
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Text:
    """A text file made readable. ``path`` is UTF-8; ``start`` skips its byte order mark.

    ``encoding`` is that of the original; ``nuls`` are the offsets of removed zero bytes in the
    original (decompressed) file; ``lead`` the bytes before its first character that ``path`` lacks;
    ``patches`` say from which byte of ``path`` on originals lie how many bytes further, ``spots`` where in
    ``path`` single bytes were read in another encoding, or marks left out, with the code for it;
    ``mixed`` counts what looks like UTF-8 in a single-byte file.
    """

    path: Path
    encoding: str
    start: int = 0
    lead: int = 0
    nuls: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    mixed: int = 0
    patches: tuple[tuple[int, int], ...] = ()
    spots: tuple[tuple[int, str], ...] = ()


def pieces(path: Path) -> Iterator[bytes]:
    """The file's bytes, some megabytes at a time."""
    with path.open("rb") as file:
        while piece := file.read(WINDOW):
            yield piece


def original_offsets(text: Text, offsets: Offsets) -> Offsets:
    """The bytes in the original (decompressed) file for ascending byte offsets in ``text.path``."""
    at = offsets if text.encoding in ("utf-8", "utf-8-sig") else text.lead + _units(text, offsets)
    if text.patches:
        places, shifts = np.array(text.patches, dtype=np.int64).T
        total = np.concatenate(([0], np.cumsum(shifts)))
        at = at + total[np.searchsorted(places, offsets, side="right")]
    if not text.nuls:
        return at
    before = np.array(text.nuls, dtype=np.int64) - np.arange(len(text.nuls))
    return at + np.searchsorted(before, at, side="right")


def _units(text: Text, offsets: Offsets) -> Offsets:
    """Bytes that the characters before each offset take in the original encoding."""
    if text.encoding in WIDE:
        return _wide_units(text, offsets)
    wide = text.encoding.startswith("utf-16")
    result = np.zeros(len(offsets), dtype=np.int64)
    count = at = 0
    for piece in pieces(text.path):
        array = np.frombuffer(piece, dtype=np.uint8)
        units = ((array & 0xC0) != 0x80).astype(np.int64)
        if wide:
            units = 2 * (units + (array >= 0xF0))
        elif text.encoding.startswith("utf-32"):
            units *= 4
        before = np.concatenate(([0], np.cumsum(units)))
        here = (offsets >= at) & (offsets <= at + len(piece))
        result[here] = count + before[offsets[here] - at]
        count, at = count + int(before[-1]), at + len(piece)
    return result


def _wide_units(text: Text, offsets: Offsets) -> Offsets:
    """The same for encodings of one to four bytes a character."""
    result = np.zeros(len(offsets), dtype=np.int64)
    count = at = 0
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    for piece in pieces(text.path):
        points, places = np.unique(
            np.frombuffer(decoder.decode(piece).encode("utf-32-le"), dtype=np.uint32), return_inverse=True
        )
        taken = np.array([len(chr(point).encode(codec_of(text.encoding))) for point in points], dtype=np.int64)
        length = np.array([len(chr(point).encode()) for point in points], dtype=np.int64)
        ends, units = np.cumsum(length[places]), np.concatenate(([0], np.cumsum(taken[places])))
        size = int(ends[-1]) if len(ends) else 0
        here = (offsets >= at) & (offsets <= at + size)
        result[here] = count + units[np.searchsorted(ends, offsets[here] - at, side="right")]
        count, at = count + int(units[-1]), at + size
    return result
