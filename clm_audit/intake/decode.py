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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from clm_audit.exits import DataError
from clm_audit.intake.limits import CHUNK, MAX_DECOMPRESSED, MAX_NUL_SHARE, MAX_NULS, MAX_RATIO, MAX_RATIO_FROM
from clm_audit.intake.mixed import mend_utf8, mostly_utf8
from clm_audit.intake.text import BOM, Text, pieces
from clm_audit.intake.transcode import UNSURE, transcode

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF32 = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
_BINARY, _AS_TEXT = "binary data, not a text export", "export the table as CSV or XLSX"
_MARK = re.compile("(?<=[\r\n])\ufeff")  # one that begins a line: another file was appended there
_CUT = 3  # bytes of a character of UTF-8 that may be left of it
_BLOCK = 64  # zero bytes at the end of UTF-16 that a crash has left there
Tick = Callable[[int], None]


def digest(path: Path) -> str:
    """SHA-256 of the file as it is, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    return _UTF32.get(head[:4]) or _UTF16.get(head[:2]) or _utf16_by_zeros(head.rstrip(b"\0"))


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
    mended = probe.invalid is not None and mostly_utf8(path)
    if mended or (probe.invalid is None and probe.marks > (start > 0)):
        return mend_utf8(path, target, start)
    if probe.invalid is None and not probe.nuls:
        return Text(path, "utf-8" if not start else "utf-8-sig", start)
    text = transcode(path, target, probe.invalid, probe.nuls, start)
    if probe.invalid is None or probe.invalid + _CUT < done:
        return text
    last = max(text.path.stat().st_size - 1, 0)  # nothing but the last character: one of UTF-8, perhaps, that is cut
    return replace(text, spots=(*text.spots, (last, UNSURE)))


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
        self.nuls += piece.count(0) if 0 in piece else 0  # to look for one takes a tenth of what counting does
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
    nuls: list[int] = []
    marks: list[int] = []  # bytes of the rewritten file before which a mark that begins a line is left out
    try:
        with target.open("xb") as out:
            at, wide, before = 0, 4 if "32" in encoding else 2, ""
            tail = zeros if _BLOCK <= (zeros := _nul_tail(path)) <= MAX_NULS else 0
            for piece in pieces(path):
                text = decoder.decode(piece)
                if "\0" in text:
                    units = np.frombuffer(text.encode(f"utf-{8 * wide}-le"), dtype=f"<u{wide}")
                    places = at + wide * np.flatnonzero(units == 0)
                    nuls.extend((places[:, None] + np.arange(wide)).ravel().tolist())
                    if len(nuls) > MAX_NUL_SHARE * path.stat().st_size + tail:
                        raise DataError(_BINARY, where=name, hint=_AS_TEXT)
                at += len(text.encode(f"utf-{8 * wide}-le"))
                kept = (text.removeprefix("\ufeff") if not out.tell() and lead else text).replace("\0", "")
                first, *others = _MARK.split(before + kept)
                out.write(first[len(before) :].encode())
                for part in others:
                    marks.append(out.tell())
                    out.write(part.encode())
                before = kept[-1:] or before
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DataError(f"broken {encoding} text", where=name, hint="the file is damaged: export it again") from error
    how = "by its byte order mark" if lead else "by its zero bytes"
    removed = (f"{len(nuls)} zero bytes removed",) if nuls else ()
    left_out = (f"{len(marks)} byte order marks within the file left out",) if marks else ()
    notes = (f"{encoding} {how}", *removed, *left_out)
    patches, spots = tuple((one, wide) for one in marks), tuple((one, "byte_order_mark") for one in marks)
    return Text(target, encoding, 0, lead, tuple(nuls), notes, patches=patches, spots=spots)
