"""How a file with a known separator is written: its quotes, its escapes, its blanks and its line ends."""

from __future__ import annotations

import re
from collections import Counter

from clm_audit.intake.dialect import SAMPLE, records

_NEARLY_ALL = 0.95
_ALIGNED = 0.6  # share of separators with a blank before them from which cells are filled up with blanks
_FEW_ENDS = 0.2  # line ends of another kind, as a share, up to which they are faults and not the dialect


def quote_of(head: bytes, separator: str) -> str:
    """The character that wraps cells; none when quotes occur and never wrap one."""
    mark, part = re.escape(separator.encode()), head[: 1 << 18]
    wrapped = {
        quote: re.findall(rb"(?:^|[\r\n]|%b) ?%b((?:[^%b\r\n]|%b%b)+)%b *(?=%b|[\r\n]|\Z)"
                          % (mark, *(quote.encode(),) * 5, mark), part if quote.encode() in part else b"")
        for quote in ('"', "'", "`")
    }  # fmt: skip
    single = wrapped["'"]
    lines = part.count(b"\n") or part.count(b"\r")
    needed = any(separator.encode() in cell for cell in single)  # an apostrophe may be a part of the text
    if len(single) >= 2 and len(single) > 4 * len(wrapped['"']):
        whole = len(single) >= sum(1 for line in part.splitlines() if line.strip())  # one column, each cell in quotes
        if needed or whole or len(single) > max(lines, 2):
            return "'"
    if len(wrapped["`"]) > max(2 * lines, 2) and len(wrapped["`"]) > 4 * len(wrapped['"']):
        return "`"
    if b'"' not in part:
        return '"'
    opened = re.search(rb'(?:^|[\r\n]|%b) ?"' % mark, part)
    lines = sum(1 for line in part.splitlines() if b'"' in line)
    return "" if not wrapped['"'] and opened is None and lines >= 3 else '"'


def escapes(head: bytes, separator: str, quote: str) -> bool:
    """Whether a backslash escapes quotes: records show it and none doubles a quote inside a cell."""
    if not quote or head.count(b"\\" + quote.encode()) < 2:
        return False
    mark, wrap = re.escape(separator.encode()), quote.encode()
    escaped = re.findall(rb"[^\\]\\%b(?!%b|[\r\n]|\Z)" % (wrap, mark), head)
    doubled = re.search(rb"[^\r\n%b%b\\]%b%b[^\r\n%b%b]" % (wrap, mark, wrap, wrap, wrap, mark), head)
    return len(escaped) >= 2 and doubled is None


def spaced(head: bytes, start: int, separator: str, quote: str) -> bool:
    """Whether a blank follows every separator of the records that make up the table."""
    if separator not in ",;|^~\x1f\x01" or (
        separator.encode() + b" " not in head and b" " + separator.encode() not in head
    ):
        return False
    rows = [record.cells for record in records(head, separator, start, SAMPLE, quote) if len(record.cells) > 1]
    common = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    later = [cell for row in rows if len(row) == common for cell in row[1:]]
    opened = re.findall(rb"%b( ?)%b" % (re.escape(separator.encode()), (quote or '"').encode()), head[: 1 << 18])
    # A quoted cell has lost its blank in `later`; it is looked at in the bytes.
    bare = [cell for cell in later if cell]
    gaps = sum(1 for gap in opened if gap)
    blank = sum(1 for cell in bare if cell.startswith(" "))
    after = blank + gaps >= _NEARLY_ALL * len(bare) and gaps >= _NEARLY_ALL * len(opened) and blank + gaps > 2
    return after or _aligned(head, start, separator, quote)


def _aligned(head: bytes, start: int, separator: str, quote: str) -> bool:
    """Whether cells are filled up with blanks to a width: most end with blanks before the separator."""
    mark, part = re.escape(separator.encode()), head[start : start + (1 << 18)]
    ended = len(re.findall(rb" %b" % mark, part))
    held = re.findall(rb"%b( *)(?=%b|[\r\n])" % ((quote or '"').encode(), mark), part)
    return ended > _ALIGNED * len(re.findall(mark, part)) and any(held)


def end_of(head: bytes) -> tuple[str, bool]:
    """The line end of most records, and whether another kind is so common that either ends a record."""
    bare = re.sub(rb'"[^"]*"', b"", head)
    crlf = bare.count(b"\r\n")
    line_feeds, returns = bare.count(b"\n"), bare.count(b"\r") - crlf
    total = line_feeds + returns
    if not total:
        return "\n", False
    odd = bare.count(b"\r\r\n")
    returns -= odd
    main = "\r" if returns > line_feeds else "\r\n" if 2 * crlf > line_feeds else "\n"
    return main, min(line_feeds, returns) + odd > _FEW_ENDS * total
