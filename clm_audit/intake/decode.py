"""Bytes of a text export -> bytes that can be proved and scanned: UTF-8, uncompressed, without NUL.

A plain UTF-8 file is used where it stands. Anything else is rewritten once into the run's folder,
with the reason recorded; offsets in the rewritten file can be turned back into original ones.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clm_audit.exits import DataError
from clm_audit.intake.limits import CHUNK, MAX_DECOMPRESSED, MAX_NUL_SHARE, MAX_NULS, MAX_RATIO, MAX_RATIO_FROM

BOM = codecs.BOM_UTF8
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF32 = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
_BINARY, _AS_TEXT = "binary data, not a text export", "export the table as CSV or XLSX"
# A capital letter with an accent and then a sign: in a single-byte text next to never, in UTF-8 any accented letter.
_AS_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_HALF = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_LONE = re.compile("[\udc80-\udcff]")
_ODD = re.compile("[\udc80-\udcff]|\ufeff")
_WORDS, _CYRILLIC = re.compile(rb"[\xc0-\xff]{3,}"), 12  # letters beyond ASCII in a row; western text has no such words
Tick = Callable[[int], None]
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


def digest(path: Path) -> str:
    """SHA-256 of the file as it is, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pieces(path: Path) -> Iterator[bytes]:
    """The file's bytes, some megabytes at a time."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def decompress(path: Path, target: Path, name: str) -> Path:
    """Unpack a gzip file (all members) into ``target``; refuse bombs, damage and truncation."""
    packed, written = max(path.stat().st_size, 1), 0
    try:
        with gzip.open(path) as source, target.open("xb") as out:
            while piece := source.read(CHUNK):
                written += out.write(piece)
                if written > MAX_DECOMPRESSED or (written > MAX_RATIO_FROM and written > MAX_RATIO * packed):
                    what = f"gzip: {packed:,} bytes unpack to more than {written:,}, which no export does"
                    raise DataError(what, where=name, hint="unpack it yourself if it is what it should be")
    except EOFError as error:
        raise DataError("gzip: the file is truncated", where=name, hint="copy or export it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError("gzip: the file is damaged", where=name, hint="copy or export it again") from error
    return target


def utf16_of(head: bytes) -> str | None:
    """The kind of UTF-16 (or of UTF-32, by its mark) that a file is by its first bytes; None for others."""
    return _UTF32.get(head[:4]) or _UTF16.get(head[:2]) or _utf16_by_zeros(head)


def decode(path: Path, target: Path, name: str, tick: Tick) -> Text:
    """Settle the encoding of ``path`` and give a UTF-8 file: itself, or a rewritten one at ``target``.

    Byte order mark first (UTF-32 by nothing else), then UTF-16 by its zeros, strict UTF-8, cp1252, ISO-8859-1.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    encoding = utf16_of(head)
    if encoding is not None:
        return _from_utf16(path, target, name, encoding, lead=4 if head[:4] in _UTF32 else 2 * (head[:2] in _UTF16))
    start = len(BOM) if head.startswith(BOM) else 0
    probe = _Probe()
    done = 0
    for piece in pieces(path):
        probe.feed(piece)
        if probe.nuls > MAX_NULS:
            raise DataError(_BINARY, where=name, hint=_AS_TEXT)
        done += len(piece)
        tick(done)
    probe.close()
    if probe.nuls - _nul_tail(path) > MAX_NUL_SHARE * max(done, 1):
        raise DataError(_BINARY, where=name, hint=_AS_TEXT)
    mended = probe.invalid is not None and _mostly_utf8(path)
    if mended or (probe.invalid is None and probe.marks > (start > 0)):
        return mend_utf8(path, target, start)
    if probe.invalid is None and not probe.nuls:
        return Text(path, "utf-8" if not start else "utf-8-sig", start)
    return _rewrite(path, target, probe, start)


def _nul_tail(path: Path) -> int:
    """Zero bytes at the end, which a crash leaves behind."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - CHUNK, 0))
        tail = file.read()
    return len(tail) - len(tail.rstrip(b"\0"))


class _Probe:
    """Counts zero bytes and byte order marks, and finds the first byte that is not UTF-8."""

    def __init__(self) -> None:
        self.nuls = self.marks = self._at = 0
        self.invalid: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def feed(self, piece: bytes) -> None:
        self.nuls += piece.count(0)
        if self.invalid is None and not (piece.isascii() and not self._decoder.getstate()[0]):
            held = len(self._decoder.getstate()[0])
            self.marks += piece.count(BOM)
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError as error:
                self.invalid = self._at - held + error.start
        self._at += len(piece)

    def close(self) -> None:
        """A sequence cut at the end is invalid too."""
        if self.invalid is None and self._decoder.getstate()[0]:
            self.invalid = self._at - len(self._decoder.getstate()[0])


def _rewrite(path: Path, target: Path, probe: _Probe, start: int) -> Text:
    encoding, notes = "utf-8", []
    if probe.invalid is not None:
        encoding = _single_byte(path)
        notes.append(f"not UTF-8 from byte {probe.invalid} on: read as {encoding}")
    if probe.nuls:
        notes.append(f"{probe.nuls} zero bytes removed")
    nuls: list[int] = []
    patches: list[tuple[int, int]] = []
    spots: list[tuple[int, str]] = []
    at = mixed = written = 0
    with target.open("xb") as out:
        for piece in pieces(path):
            mixed += len(_AS_UTF8.findall(piece)) if encoding != "utf-8" else 0
            nuls.extend((np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == 0) + at).tolist())
            at += len(piece)
            piece = piece.replace(b"\0", b"")
            raw = piece if encoding == "utf-8" else _transcoded(piece, encoding, written, patches, spots)
            written += out.write(raw)
    # A byte order mark in a file that is not UTF-8 has been decoded to three characters; it is skipped all the same.
    skip = len(BOM) if encoding == "utf-8" else len(BOM.decode(encoding).encode())
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


def _mostly_utf8(path: Path) -> bool:
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


def _single_byte(path: Path) -> str:
    """cp1252, or ISO-8859-1 when bytes occur that cp1252 does not define; cp1251 where whole words are not ASCII."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
    high = len(head.translate(None, bytes(range(128))))
    in_words = sum(map(len, _WORDS.findall(head)))
    if in_words >= _CYRILLIC and 2 * in_words > high and not any(b"\x98" in piece for piece in pieces(path)):
        return "cp1251"
    undefined = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
    none = bytes(range(256)).translate(None, undefined)
    return "iso-8859-1" if any(piece.translate(None, none) for piece in pieces(path)) else "cp1252"


def _utf16_by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of western text is zero."""
    half = len(head) // 2
    if half < 8:
        return None
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.05 * half else None


def _from_utf16(path: Path, target: Path, name: str, encoding: str, lead: int) -> Text:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with target.open("xb") as out:
            begun = not lead
            for piece in pieces(path):
                text = decoder.decode(piece)
                if "\0" in text:
                    raise DataError(_BINARY, where=name, hint=_AS_TEXT)
                out.write((text if begun else text.removeprefix("\ufeff")).encode())
                begun = begun or bool(text)
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DataError(f"broken {encoding} text", where=name, hint="the file is damaged: export it again") from error
    how = "by its byte order mark" if lead else "by its zero bytes"
    return Text(target, encoding, 0, lead, (), (f"{encoding} {how}",))


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
