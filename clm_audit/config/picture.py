"""PNG and JPEG taken apart and put together again: only what makes the picture, nothing that was hung onto it.

PNG: ISO/IEC 15948, with every checksum and the size of the unpacked pixels checked. JPEG: ITU-T T.81, the order of its
segments checked; comments, previews and camera data (APP1-13, APP15, COM) are left out, and what follows the picture.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

MOST_PIXELS = 2_000  # in width and in height
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # PNG colour type -> numbers a pixel
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive: what browsers show
_ALONE = range(0xD0, 0xD8)  # restart markers: no length follows


class BrokenPictureError(ValueError):
    """A file that is no picture, or not a whole one; the message goes behind its name."""


@dataclass(frozen=True)
class Picture:
    """A sound picture: its size in pixels and the bytes that are left."""

    width: int
    height: int
    data: bytes


def clean_png(data: bytes) -> Picture:
    """The picture of a PNG file alone. Raises :class:`BrokenPictureError` when a part is missing or damaged."""
    kept, header, pixels = [data[:8]], b"", []
    at = 8
    while True:
        if at + 12 > len(data):
            raise BrokenPictureError("ends in the middle of the picture")
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise BrokenPictureError("ends in the middle of the picture")
        if zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise BrokenPictureError("is damaged: a checksum is wrong")
        if (at == 8) != (kind == b"IHDR"):
            raise BrokenPictureError("is damaged: its parts are out of order")
        if kind == b"IHDR":
            header = chunk[8:-4]
        if kind == b"IDAT":
            pixels.append(chunk[8:-4])
        if kind in _KEPT:
            kept.append(chunk)
        elif kind[:1].isupper():
            raise BrokenPictureError("has a part that is unknown and yet needed to show it")
        at += 12 + length
        if kind == b"IEND":
            break
    width, height = _check_pixels(header, b"".join(pixels))
    return Picture(width, height, b"".join(kept))


def _check_pixels(header: bytes, packed: bytes) -> tuple[int, int]:
    """Width and height; refuses pixels that do not unpack to exactly what the header promises."""
    if len(header) != 13:
        raise BrokenPictureError("is damaged: its header has the wrong length")
    width, height, depth, kind, packing, filters, laced = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(kind, ()) or packing or filters or laced > 1:
        raise BrokenPictureError("is damaged: its header makes no sense")
    _check_size(width, height)
    bits = depth * _CHANNELS[kind]
    spans = [(width, height)]
    if laced:
        spans = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in _ADAM7]
    wanted = sum((-(-across * bits // 8) + 1) * down for across, down in spans if across > 0 and down > 0)
    unpack = zlib.decompressobj()
    try:
        found = len(unpack.decompress(packed, wanted + 1))
    except zlib.error as error:
        raise BrokenPictureError("is damaged: its pixels do not unpack") from error
    if found != wanted:
        raise BrokenPictureError("is damaged: it has more or fewer pixels than it says")
    return width, height


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise BrokenPictureError(f"is {width} × {height} pixels; up to {MOST_PIXELS} × {MOST_PIXELS} are taken")


def clean_jpeg(data: bytes) -> Picture:
    """The picture of a JPEG file alone. Raises :class:`BrokenPictureError` when a segment is missing.

    The coded pixels are not decoded: one whose bytes within a scan are damaged passes, and shows where.
    """
    kept, seen, at = [data[:2]], set[int](), 2
    size: tuple[int, int] | None = None
    while True:
        marker, segment, at = _segment(data, at)
        if marker == 0xD9:
            break
        if marker in _FRAMES:
            if size or len(segment) < 11:
                raise BrokenPictureError("is damaged: it has more than one header")
            height, width = struct.unpack(">HH", segment[5:9])
            _check_size(width, height)
            size = width, height
        elif 0xC3 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            raise BrokenPictureError("is a kind of JPEG that browsers do not show")
        if marker == 0xDA:
            if not size or not {0xDB, 0xC4} <= seen:
                raise BrokenPictureError("is damaged: its tables are missing")
            end = _scan_end(data, at)
            segment, at = segment + data[at:end], end
        seen.add(marker)
        if not 0xE1 <= marker <= 0xED and marker not in (0xEF, 0xFE):
            kept.append(segment)
    if not size or 0xDA not in seen:
        raise BrokenPictureError("is damaged: there is no picture in it")
    return Picture(*size, b"".join([*kept, b"\xff\xd9"]))


def _segment(data: bytes, at: int) -> tuple[int, bytes, int]:
    """The marker at a place, the whole of its segment, and where the next one begins."""
    while data[at : at + 2] == b"\xff\xff":  # markers may be padded
        at += 1
    if at + 2 > len(data):
        raise BrokenPictureError("ends in the middle of the picture")
    if data[at] != 0xFF or data[at + 1] in (0x00, 0xD8, *_ALONE):
        raise BrokenPictureError("is damaged: a segment does not begin where the one before ends")
    marker = data[at + 1]
    if marker == 0xD9:
        return marker, data[at : at + 2], at + 2
    (length,) = struct.unpack(">H", data[at + 2 : at + 4].ljust(2, b"\0"))
    if length < 2 or at + 2 + length > len(data):
        raise BrokenPictureError("ends in the middle of the picture")
    return marker, data[at : at + 2 + length], at + 2 + length


def _scan_end(data: bytes, at: int) -> int:
    """Where the coded pixels end: at the first marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise BrokenPictureError("ends in the middle of the picture")
        if data[at + 1] != 0 and data[at + 1] not in _ALONE and data[at + 1] != 0xFF:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
