"""The records of a JSON file as bytes: lines, the elements of one array, or objects one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Literal

from clm_audit.exits import DataError
from clm_audit.intake.limits import CHUNK, HEAD_RECORDS, MAX_JSON_RECORD, MAX_JSON_VALUES

Style = Literal["lines", "array", "objects"]
BLANK = b" \t\r\n"
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?P<close>")?|[{}\[\],]', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]*")
_BREAK = re.compile(rb"[\r\n]+")


@dataclass(frozen=True)
class Raw:
    """One record: its bytes, the physical line (1-based) and byte offset at which it begins. ``fault``: its code."""

    text: bytes
    line: int
    byte: int
    fault: str = ""


def style_of(head: bytes) -> Style | None:
    """How the records of a JSON text stand, by its first bytes (without a byte order mark); None: it is no JSON.

    >>> style_of(b'{"a": 1}\\n{"a": 2}'), style_of(b'[ {"a": 1}'), style_of(b'{\\n"a":\\n1}'), style_of(b'{"a"} b')
    ('lines', 'array', 'objects', None)
    """
    text = head.lstrip(BLANK)
    if text.startswith(b"["):
        return "array" if text[1:].lstrip(BLANK)[:1] in (b"{", b"]") else None
    if not text.startswith(b"{"):
        return None
    lines = [line for line in _BREAK.split(text, HEAD_RECORDS)[:HEAD_RECORDS] if line.strip(BLANK)]
    if any(_is_object(line) for line in lines):
        return "lines"
    rest = text[1:].lstrip(BLANK)
    begun = re.match(rb'"[^"\\]*(?:\\.[^"\\]*)*"[ \t\r\n]*:|}|\Z|"[^"]*\Z', rest)
    return "objects" if begun else None


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line, parse_int=str), dict)
    except (ValueError, RecursionError):
        return False


def records(file: BufferedReader, start: int, style: Style, name: str) -> Iterator[Raw]:
    """The records from byte ``start`` on; blank lines of ``lines`` come as blank records.

    Raises :class:`DataError` for an element of an array that does not end within the limit.
    """
    file.seek(start)
    if style == "lines":
        yield from _lines(file, start)
    else:
        yield from _Elements(file, start, name, array=style == "array").run()


def _lines(file: BufferedReader, byte: int) -> Iterator[Raw]:
    number = 1
    while line := file.readline(MAX_JSON_RECORD):
        size = len(line)
        if size == MAX_JSON_RECORD and not line.endswith(b"\n"):
            while (more := file.readline(CHUNK)) and not more.endswith(b"\n"):
                size += len(more)
            yield Raw(b"", number, byte, "json_too_long")
            number, byte = number + 1, byte + size + len(more)
            continue
        text = line.rstrip(b"\r\n")
        if b"\r" not in text:
            yield Raw(text, number, byte)
            number, byte = number + 1, byte + size
            continue
        for part in text.split(b"\r"):  # a bare CR cannot stand in a JSON string: these lines end with it
            yield Raw(part, number, byte)
            number, byte = number + 1, byte + len(part) + 1
        byte += size - len(text) - 1


class _Elements:
    """Cuts a text at its top-level values by brackets and commas outside strings; nothing is parsed here."""

    def __init__(self, file: BufferedReader, start: int, name: str, *, array: bool) -> None:
        self.file, self.name, self.array = file, name, array
        self.buffer, self.at = b"", 0  # what was read, and the place in it that everything before is done with
        self.line, self.base = 1, start  # of the buffer's place ``at``, and of its first byte

    def run(self) -> Iterator[Raw]:
        """Every element; one that the end of the file may have cut comes last, with a fault."""
        if self.array:
            self._blanks()
            self._step(self.at + 1)
        mark = b"["
        while self._blanks():
            place = self.line, self.base + self.at
            stop, end = self._element()
            text = self.buffer[self.at : stop].rstrip(BLANK)
            self._step(stop + (end in (b",", b"]")))
            if text or not (mark == b"[" and end == b"]"):
                yield Raw(text, *place, "json_cut" if not end else "" if text else "json_bad")
            mark = end
            if end == b"]" and self._blanks():
                yield Raw(b"", self.line, self.base + self.at, "json_bad")
            if end in (b"]", b""):
                return
        if self.array:
            yield Raw(b"", self.line, self.base + self.at, "json_cut")

    def _step(self, to: int) -> None:
        self.line += self.buffer.count(b"\n", self.at, to)
        self.at = to

    def _more(self) -> bool:
        """Read on; False at the end of the file. Places in the buffer move with ``at``, which becomes 0."""
        piece = self.file.read(CHUNK)
        self.base += self.at
        self.buffer, self.at = self.buffer[self.at :] + piece, 0
        return bool(piece)

    def _blanks(self) -> bool:
        """Skip white space; False at the end of the file."""
        while True:
            blank = _BLANKS.match(self.buffer, self.at)
            self._step(blank.end() if blank else self.at)
            if self.at < len(self.buffer):
                return True
            if not self._more():
                return False

    def _element(self) -> tuple[int, bytes]:
        """Where the element at ``at`` ends in the buffer, and what ended it; nothing when the file did."""
        depth, scan, tokens = 0, self.at, 0
        while True:
            for token in _TOKEN.finditer(self.buffer, scan):
                mark = token.group()[:1]
                tokens += 1
                if mark == b'"':
                    if token["close"] is None:
                        scan = token.start()
                        break
                elif mark in b"{[":
                    depth += 1
                elif depth == 0:
                    if self.array and mark in b",]":
                        return token.start(), mark
                elif mark != b",":
                    depth -= 1
                    if not depth and not self.array:
                        return token.end(), b"}"
                scan = token.end()
            scan -= self.at
            if len(self.buffer) - self.at > MAX_JSON_RECORD or tokens > 2 * MAX_JSON_VALUES:
                where = f"{self.name}:{self.line}"
                what = f"a JSON record of more than {MAX_JSON_RECORD >> 20} MB or {MAX_JSON_VALUES:,} values"
                raise DataError(what, where=where, hint="a bracket or quote that is never closed does this")
            if not self._more():
                return len(self.buffer), b""
