"""UTF-8 text with single bytes of another encoding, or with byte order marks within: parts that were joined."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from clm_audit.intake.text import Text, pieces

_HALF = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_LONE = re.compile("[\udc80-\udcff]")
_ODD = re.compile("[\udc80-\udcff]|\ufeff")


def _decoded(path: Path) -> Iterator[str]:
    """UTF-8 text without zero bytes, in pieces; a byte that is none becomes a lone surrogate."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces(path):
        yield decoder.decode(piece).replace("\0", "")
    if not _cut(path):
        yield decoder.decode(b"", final=True)


def _cut(path: Path) -> bool:
    """Whether the file ends within a character."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 4, 0))
        return _HALF.search(file.read()) is not None


def mostly_utf8(path: Path) -> bool:
    """Whether other bytes are the exception among what is not ASCII."""
    good = bad = 0
    for text in _decoded(path):
        if not text.isascii():
            lone = len(_LONE.findall(text))
            bad += lone
            good += sum(1 for char in text if char > "\x7f") - lone
    return good > bad


def mend_utf8(path: Path, target: Path, start: int) -> Text:
    """Rewrite a UTF-8 file that holds bytes of another encoding (read as cp1252) or marks within (left out)."""
    nuls: list[int] = []
    for at, piece in _placed(path):
        nuls.extend((np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == 0) + at).tolist())
    patches: list[tuple[int, int]] = []
    spots: list[tuple[int, str]] = []
    written = 0
    before = "\ufeff"
    with target.open("xb") as out:
        for number, text in enumerate(_decoded(path)):
            at = 0
            for match in _ODD.finditer(text):
                found = match.group()
                first = number == 0 and not match.start()
                if found == "\ufeff" and (
                    first or (text[match.start() - 1] if match.start() else before) not in "\r\n"
                ):
                    continue
                written += out.write(text[at : match.start()].encode())
                instead = "" if found == "\ufeff" else _single(found)
                written += out.write(instead.encode())
                patches.append((written, len(found.encode("utf-8", "surrogateescape")) - len(instead.encode())))
                spots.append((written, "byte_order_mark" if found == "\ufeff" else "other_encoding"))
                at = match.end()
            written += out.write(text[at:].encode())
            before = text[-1:] or before
    if _cut(path):
        spots.append((written, "cut_character"))
    marks = sum(1 for _, code in spots if code == "byte_order_mark")
    notes = (
        f"{len(spots) - marks} bytes that are not UTF-8 read as cp1252" if len(spots) > marks else "",
        f"{marks} byte order marks within the file left out" if marks else "",
        f"{len(nuls)} zero bytes removed" if nuls else "",
    )
    kind = "utf-8-sig" if start else "utf-8"
    return Text(
        target, kind, start, 0, tuple(nuls), tuple(filter(None, notes)), patches=tuple(patches), spots=tuple(spots)
    )


def _placed(path: Path) -> Iterator[tuple[int, bytes]]:
    at = 0
    for piece in pieces(path):
        yield at, piece
        at += len(piece)


def _single(lone: str) -> str:
    """The character that a byte means in cp1252, or in ISO-8859-1 where that has none."""
    raw = lone.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-1")
