"""The bytes that structure a delimited text: separators and record ends outside quotes, found over whole chunks.

A quote is legal only where it opens a field (after a separator or a record end), where it closes
one (before a separator or a record end), or doubled inside one. So the parity of the quotes before
a byte says whether the byte is text, and the neighbours of each quote say whether that holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

QUOTE, LF, CR = 0x22, 0x0A, 0x0D
_PRINTED = 0x21  # the first byte of ASCII that is neither a blank nor a control
_NOT_PRINTED = 0x80 - _PRINTED  # after _PRINTED is taken off a byte: smaller ones wrap around to large ones
Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rules:
    """How a file is written: separator byte, byte that ends a record (LF, with or without CR, or CR), fields.

    ``quote`` is the byte that quotes; 0, which no text holds, where nothing is quoted.
    """

    separator: int
    end: int
    width: int
    quote: int = QUOTE


@dataclass(frozen=True)
class Marks:
    """Structural bytes of one chunk: absolute offsets of separators and record ends, and which are ends.

    ``fault`` is the first offset that breaks a quoting or line-end rule, with what is wrong.
    """

    at: Offsets
    is_end: npt.NDArray[np.bool_]
    quoted: bool
    fault: tuple[int, str] | None = None


@dataclass(frozen=True)
class Records:
    """The records that end in a chunk: absolute offsets ``at`` of their ends, and their separators.

    ``rest`` separators of the next one are in the chunk, too (and of the first one, if none ends here); ``edges`` are
    its first and last mark. ``bare``: it holds no blanks but the line ends, no quotes, and nothing but ASCII.
    ``pairs``: there may be carriage returns before its line feeds.
    """

    at: Offsets
    separators: Offsets
    rest: int
    edges: tuple[int, int] | None
    quoted: bool = False
    fault: tuple[int, str] | None = None
    bare: bool = False
    pairs: bool = True


def marks(window: Bytes, offset: int, rules: Rules, quoted: bool, wary: bool = False) -> Marks:
    """Find separators and record ends outside quotes, and the first broken rule.

    ``window`` is the chunk with one byte of context on each side; ``offset`` is the position of
    its second byte in the file; ``quoted`` says whether the chunk begins inside quotes. ``wary`` takes
    lines like whole records within quotes for a fault.
    """
    chunk = window[1:-1]
    hits = (chunk == rules.separator) | (chunk == rules.end)
    quotes = chunk == rules.quote
    if not quoted and not quotes.any():
        at = np.flatnonzero(hits)
        fault = _line_end_fault(window, rules, None)
        return _cut(at, chunk[at] == rules.end, quoted, offset, fault)
    at = np.flatnonzero(hits | quotes)
    kinds = chunk[at]
    is_quote = kinds == rules.quote
    inside = ((np.cumsum(is_quote) + quoted) & 1).astype(bool)
    faults = (
        _quote_fault(window, rules, at, is_quote, inside),
        _line_end_fault(window, rules, quotes, quoted),
        _swallowed(rules, at, kinds, is_quote, inside) if wary else None,
    )
    found = [fault for fault in faults if fault is not None]
    keep = ~is_quote & ~inside
    ends_quoted = bool(inside[-1]) if len(inside) else quoted
    return _cut(at[keep], kinds[keep] == rules.end, ends_quoted, offset, min(found, default=None))


def gathered(found: Marks, begun: int) -> Records:
    """The records behind the marks of a chunk; of the first one ``begun`` separators stand before the chunk."""
    ends = np.flatnonzero(found.is_end)
    separators = np.diff(ends, prepend=-1) - 1
    separators[:1] += begun
    rest = len(found.at) - int(ends[-1]) - 1 if len(ends) else begun + len(found.at)
    edges = (int(found.at[0]), int(found.at[-1])) if len(found.at) else None
    return Records(found.at[ends], separators, rest, edges, found.quoted, found.fault)


def regular(raw: bytes, offset: int, rules: Rules, begun: int) -> Records | None:
    """The records of a chunk in which nothing but ordinary ones is found; None where that is not seen at once.

    No quote, no line end of another kind, and in every record the separators that all have; ``begun`` of the first
    one stand before the chunk, which begins outside quotes. ``raw`` is the chunk with a byte of context on each side.
    Without all bytes but these such a chunk is the same few bytes again and again: to see that costs a fraction of
    what it costs to find where each of them stands.
    """
    if rules.quote in raw:
        return None
    pairs = rules.end == LF and CR in raw
    unit = bytes((rules.separator,)) * (rules.width - 1) + b"\r" * pairs + bytes((rules.end,))
    left = raw[1:-1].translate(None, _others(rules))
    done = begun + (pairs and raw[0] == CR)
    cut = pairs and left.endswith(b"\r") and raw[-2:] != b"\r\n"
    if cut or begun >= rules.width or left != (unit * (len(left) // len(unit) + 2))[done : done + len(left)]:
        return None
    chunk = np.frombuffer(raw, dtype=np.uint8)[1:-1]
    blanks = np.flatnonzero(chunk - np.uint8(_PRINTED) >= _NOT_PRINTED)
    kinds = chunk[blanks]
    ends = blanks[kinds == rules.end]
    if not len(ends) or (pairs and (np.frombuffer(raw, dtype=np.uint8)[ends] != CR).any()):
        return None
    bare = len(ends) == len(blanks) or bool(((kinds == rules.end) | (kinds == CR)).all())
    separators = np.full(len(ends), rules.width - 1)
    rest = min((done + len(left)) % len(unit), rules.width - 1)
    marked = bytes((rules.separator, rules.end))
    edges = (offset + _first(raw, marked), offset + _last(raw, marked))
    return Records(ends + offset, separators, rest, edges, bare=bare, pairs=pairs)


@cache
def _others(rules: Rules) -> bytes:
    """The bytes that neither structure a text nor break a rule of those that do."""
    return bytes({*range(256)} - {rules.separator, rules.end, rules.quote, LF, CR})


def _first(raw: bytes, marked: bytes) -> int:
    """Where in a chunk the first of some bytes stands, of which it holds one; ``raw`` has a byte of context."""
    return min(at for at in (raw.find(byte, 1, -1) for byte in marked) if at >= 0) - 1


def _last(raw: bytes, marked: bytes) -> int:
    return max(raw.rfind(byte, 1, -1) for byte in marked) - 1


def _cut(at: Offsets, is_end: npt.NDArray[np.bool_], quoted: bool, offset: int, fault: tuple[int, str] | None) -> Marks:
    """Absolute marks; nothing after a fault is believed."""
    if fault is not None:
        before = at < fault[0]
        at, is_end, fault = at[before], is_end[before], (fault[0] + offset, fault[1])
    return Marks(at + offset, is_end, quoted, fault)


def _quote_fault(
    window: Bytes, rules: Rules, at: Offsets, is_quote: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_]
) -> tuple[int, str] | None:
    opening, closing = at[is_quote & inside], at[is_quote & ~inside]
    before, after = window[opening], window[closing + 2]
    bare = opening[(before != rules.separator) & (before != rules.end) & (before != rules.quote)]
    loose = (after != rules.separator) & (after != rules.end) & (after != rules.quote)
    if rules.end == LF:
        loose &= after != CR
    trailing = closing[loose]
    found = [(int(bare[0]), "a quote inside an unquoted field")] if len(bare) else []
    if len(trailing):
        found.append((int(trailing[0]), "text after a closing quote"))
    return min(found, default=None)


def _swallowed(
    rules: Rules, at: Offsets, kinds: Bytes, is_quote: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_]
) -> tuple[int, str] | None:
    """A line within quotes with the separators of a whole record and no quote: a stray one may have opened them."""
    is_end = kinds == rules.end
    ends = np.flatnonzero(inside & is_end)
    if not len(ends) or rules.width < 2:
        return None
    alike = np.diff(ends) == rules.width
    whole = ends[:-1][alike & (np.diff(np.cumsum(is_quote)[ends]) == 0)]
    # And cells that hold as many separators as whole records do: quotes opened in one, closed in another.
    span = np.cumsum(is_quote)
    ends_in = np.bincount(span[inside & is_end], minlength=int(span[-1]) + 1)
    marks_in = np.bincount(span[inside & ~is_end & ~is_quote], minlength=len(ends_in))
    even = (ends_in > 0) & (marks_in == ends_in * (rules.width - 1))
    first = ends[even[span[ends]]]
    found = [int(one[0]) for one in (whole, first) if len(one)]
    return (int(at[min(found)]), "lines like whole records within quotes") if found else None


def _line_end_fault(
    window: Bytes, rules: Rules, quotes: npt.NDArray[np.bool_] | None, quoted: bool = False
) -> tuple[int, str] | None:
    """A line end of another kind outside quotes: LF in a CR file, or a CR that no LF follows."""
    chunk = window[1:-1]
    if rules.end == CR:
        wrong = np.flatnonzero(chunk == LF)
        what = "a line feed outside quotes in a file whose lines end with carriage returns"
    else:
        wrong = np.flatnonzero(chunk == CR)
        wrong = wrong[window[wrong + 2] != LF]
        what = "a carriage return without a line feed outside quotes"
    if len(wrong) and quotes is not None:
        toggles = np.flatnonzero(quotes)
        wrong = wrong[((np.searchsorted(toggles, wrong) + quoted) & 1) == 0]
    return (int(wrong[0]), what) if len(wrong) else None


def is_tight(window: Bytes, rules: Rules) -> bool:
    """Whether no cell that touches the chunk begins or ends with a blank; of files with quotes nobody asks.

    Blanks are at most 0x20 or no ASCII, and most chunks hold none but their line ends. Where there are others, the
    bytes beside them tell.
    """
    if rules.quote and (window == rules.quote).any():
        return False
    at = np.flatnonzero(window - np.uint8(_PRINTED) >= _NOT_PRINTED)
    edges = (LF, CR, rules.separator)
    at = at[~np.isin(window[at], edges)]
    return not any(np.isin(window[np.clip(at + step, 0, len(window) - 1)], edges).any() for step in (-1, 1))
