"""Seeded mutation of files: bits, bytes, spans, numbers and words that readers trip over."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WORDS = (
    *(b'"', b'""', b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"|", b"\\", b"'", b"\0", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xf4\x90\x80\x80", b"\xe2\x80\xae", b"\x1b[31m", b"\x85", b"\xe2\x80\xa8"),
    *(b"{", b"}", b"[", b"]", b":", b"null", b"NaN", b"1e999", b"-0", b"9" * 400, b"\\ud800", b'{"order":', b"{}"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PAR1", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0"),
    *(b"<", b">", b"&x;", b"<c/>", b"<row>", b't="e"', b't="s"', b"<v>", b"../", b"=1+1", b"order,date,amount\n"),
    *(b'="1"', b"sep=;\n", b"Total", b"Grand Totals", b" ", b"\xc2\xa0", b"\x00\x01" * 40, b"," * 300, b'"' * 301),
)


def mutated(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """A file that differs in one to eight places; the same dice give the same file."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        data = dice.choice(_STEPS)(data, others, dice)
    return data


def mutated_within(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """The same for what a gzip or zip file holds: checksums would refuse nearly every change from outside."""
    try:
        if data.startswith(b"\x1f\x8b"):
            return gzip.compress(mutated(gzip.decompress(data), others, dice), compresslevel=1, mtime=0)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError):
        return mutated(data, others, dice)
    name = dice.choice(sorted(members)) if members else ""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in members.items():
            archive.writestr(one, mutated(content, others, dice) if one == name else content)
    return file.getvalue()


def _place(data: bytes, dice: random.Random) -> int:
    """Anywhere, but often near the start or the end, where containers keep what leads to the rest."""
    edge = min(len(data), 200)
    where = dice.random()
    if where < 0.2:
        return dice.randint(0, edge)
    return len(data) - dice.randint(0, edge) if where < 0.4 else dice.randint(0, len(data))


def _flip(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    if not data:
        return b"\0"
    at = min(_place(data, dice), len(data) - 1)
    return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]


def _byte(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    at = _place(data, dice)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _number(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    width, code = dice.choice(((1, "B"), (2, "<H"), (4, "<L"), (8, "<Q")))
    value = dice.choice(INTERESTING) & ((1 << 8 * width) - 1)
    at = _place(data, dice)
    return data[:at] + struct.pack(code, value) + data[at + width :]


def _drop(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    at = _place(data, dice)
    return data[:at] + data[at + dice.choice((1, 2, 7, 64, 1_000)) :]


def _cut(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    return data[: _place(data, dice)] if dice.random() < 0.5 else data[_place(data, dice) :]


def _double(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    at, size = _place(data, dice), dice.choice((1, 4, 50, 2_000))
    return data[: at + size] + data[at : at + size] * dice.choice((1, 2, 50)) + data[at + size :]


def _word(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    at = _place(data, dice)
    return data[:at] + dice.choice(WORDS) + data[at + dice.choice((0, 0, 1, 4)) :]


def _swap(data: bytes, _: Sequence[bytes], dice: random.Random) -> bytes:
    a, b = sorted((_place(data, dice), _place(data, dice)))
    size = dice.choice((1, 8, 100))
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def _splice(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    other = dice.choice(others)
    at, from_ = _place(data, dice), _place(other, dice)
    size = dice.choice((10, 200, len(other)))
    return data[:at] + other[from_ : from_ + size] + data[at:]


_STEPS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    *(_flip, _byte, _number, _drop, _cut, _double, _word, _word, _swap, _splice),
)
