"""Text in an encoding that is no UTF-8, rewritten in it."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from clm_audit.intake.charsets import SAMPLE, WESTERN, WIDE, Charset, charset_of
from clm_audit.intake.text import BOM, Text, pieces

UNSURE = "unsure_encoding"
_LISTED = 100_000  # lines that are listed where the encoding is open
# A capital letter with an accent and then a sign: in a single-byte text next to never, in UTF-8 any accented letter.
_AS_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_DEFINED = bytes(byte for byte in range(256) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D))  # in cp1252
_HIGH_REST = re.compile(rb"[\x80-\xff][^\r\n]*")
_HIGH_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def transcode(path: Path, target: Path, invalid: int | None, zeros: int, start: int) -> Text:
    """Rewrite a text without its zero bytes, as UTF-8 if it is not; ``invalid`` is its first byte that is none."""
    found, notes = Charset("utf-8"), []
    if invalid is not None:
        found = _charset(path)
        also = f"; it may as well be {found.rival}" if found.rival else ""
        notes.append(f"not UTF-8 from byte {invalid} on: read as {found.name}{also}")
    encoding = found.name
    decoder = codecs.getincrementaldecoder(found.codec)("strict")
    if zeros:
        notes.append(f"{zeros} zero bytes removed")
    nuls: list[int] = []
    patches: list[tuple[int, int]] = []
    spots: list[tuple[int, str]] = []
    at = mixed = written = 0
    with target.open("xb") as out:
        for piece in pieces(path):
            mixed += len(_AS_UTF8.findall(piece)) if encoding != "utf-8" and encoding not in WIDE else 0
            nuls.extend((np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == 0) + at).tolist())
            at += len(piece)
            piece = piece.replace(b"\0", b"")
            if encoding in WIDE:
                raw = decoder.decode(piece).encode()
            else:
                raw = piece if encoding == "utf-8" else _transcoded(piece, encoding, written, patches, spots)
            written += out.write(raw)
    # A byte order mark in a file that is not UTF-8 has been decoded to three characters; it is skipped all the same.
    skip = len(BOM) if encoding == "utf-8" else len(BOM.decode(found.codec, "replace").encode())
    if found.rival:
        spots += itertools.islice(_unsure(target), _LISTED)
    return Text(
        target, encoding, skip if start else 0, 0, tuple(nuls), tuple(notes), mixed, tuple(patches), tuple(spots)
    )


def _transcoded(
    piece: bytes, encoding: str, written: int, patches: list[tuple[int, int]], spots: list[tuple[int, str]]
) -> bytes:
    """Single-byte text as UTF-8; what is UTF-8 already (in joined files) stays, and its place is noted."""
    out: list[bytes] = []
    at = 0
    for match in _AS_UTF8.finditer(piece):
        if match.group() == BOM:
            continue
        try:
            match.group().decode()
        except UnicodeDecodeError:
            continue
        before = piece[at : match.start()].decode(encoding).encode()
        out += [before, match.group()]
        written += len(before) + len(match.group())
        patches.append((written, len(match.group()) - 1))
        spots.append((written, "other_encoding"))
        at = match.end()
    return b"".join((*out, piece[at:].decode(encoding).encode()))


def _charset(path: Path) -> Charset:
    """The encoding, from the lines with other bytes than ASCII."""
    sample: list[bytes] = []
    size = 0
    for piece in pieces(path):
        for match in _HIGH_LINE.finditer(piece):
            sample.append(match.group())
            size += len(match.group())
            if size > SAMPLE:
                break
        if size > SAMPLE:
            break
    found = charset_of(b"\n".join(sample).removeprefix(BOM))
    if found.name in WIDE and not _reads(path, found.codec):
        return Charset(WESTERN, found.name)
    if found.name == WESTERN and any(piece.translate(None, _DEFINED) for piece in pieces(path)):
        return Charset("iso-8859-1", found.rival)
    return found if _reads(path, found.codec) else Charset("iso-8859-1", found.name)


def _reads(path: Path, codec: str) -> bool:
    """Whether the whole file can be decoded."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for piece in pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unsure(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a rewritten text that another encoding would read differently."""
    at = 0
    for piece in pieces(path):
        yield from ((at + match.start() + 1, UNSURE) for match in _HIGH_REST.finditer(piece))
        at += len(piece)
