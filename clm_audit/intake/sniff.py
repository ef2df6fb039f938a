"""The dialect of a file from its first megabyte, blind.

A separator is scored as *pattern × type*: the share of records that have the commonest width, times how much the cells
below each other look alike and look like something (a date, a number, a code). The four usual separators come first; a
rarer one must explain nearly every record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

from clm_audit.intake.dialect import SAMPLE, SEPARATORS, Dialect, body_width, records
from clm_audit.intake.limits import MAX_COLUMNS
from clm_audit.intake.penned import end_of, escapes, quote_of, spaced
from clm_audit.intake.shapes import BLANK, TEXT, WORD, shape

_COMMENT = (b"#", b"//", b"--")
RARE = ("^", "~", "\x1f", "\x01", ":", " ")
_CONTROL = ("\x1f", "\x01")  # stand in no text, so that two tables with them may share a file
_UNSEEN = 4  # of these, the ones that stand in no text
_WEIGHT = {BLANK: 0.5, TEXT: 0.3, WORD: 0.7}
_ENOUGH = 0.3  # share of the records that must have the commonest width
_NEARLY_ALL = 0.95
_FEW = 4  # lines from which nobody can tell a colon or blank that separates
_BETTER = 1.2  # times the score that a colon or blank must have, which stand in cells, too
_RUNS = 6  # separators from which two of them together are one, where none stands alone
_WIDE = 3  # cells of a record that text is unlikely to hold so often
_SURE = 5  # cells that a line of names at the end of a list has more of than text
_RARE_SHARE = 0.7  # share of the records that must have the commonest width with a rare separator
_TABLE = 0.8  # the same of lines in quotes with at least three cells
_MOSTLY = 0.7  # share of lines in quotes, below a name without, whose marks all have a blank behind them as in text
_MARKED = 0.1  # share of the lines of one column in which a mark that stands there is text


def sniff(head: bytes, start: int, separator: str | None = None) -> Dialect:
    """The dialect of a file from its head, blind; a ``separator`` that is known already is kept."""
    for outer in "\"'" if not separator else "":
        if inner := _unwrapped(head, start, outer):
            found, (end, mixed) = sniff(inner, 0, _separator(inner, 0)), end_of(head)
            return replace(
                found, quote=outer if outer == "'" else found.quote or outer, end=end, mixed=mixed, wrapped=True
            )
    chosen = separator or _separator(head, start)
    chosen = _doubled(head, start, chosen) if len(chosen) == 1 else chosen
    quote = quote_of(head, chosen)
    escape = "\\" not in chosen and escapes(head, chosen, quote)
    end, mixed = end_of(head)
    return Dialect(chosen, quote, end, escape, spaced(head, start, chosen, quote), mixed)


def _separator(head: bytes, start: int) -> str:
    """The separator with the best score; the comma when none separates anything.

    A rare one is taken where it explains nearly every record and no usual one does as well.
    """
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        score, share = score_of(head, start, separator)
        if share >= _ENOUGH and score > best_score:
            best, best_score = separator, score
    if not best_score:  # a small table, perhaps, below many titles
        small = [mark for mark in SEPARATORS if _below(head, start, mark)]
        if small and (_names_first(head, start, small[0]) or _worded(head, start, small[0])):
            return small[0]
        best = small[0] if small else best
    many = len(head.splitlines()) > _FEW
    for separator in (one for one in RARE if one.encode() in head):
        usual = separator not in ": "
        if not usual and best in RARE[:_UNSEEN] and score_of(head, start, best, _WIDE)[1] >= _ENOUGH:
            break  # what stands in no text makes a table: blanks and colons are text
        if not (usual or many or (separator == ":" and _titled(head, start, ":"))) or (
            separator == " " and _marked(head, start)
        ):
            continue
        score, share = score_of(head, start, separator, least=2 if usual or _paired(head, start, separator) else 3)
        steady = separator in _CONTROL or (usual and _throughout(head, start, separator))
        enough = _ENOUGH if steady else _RARE_SHARE if usual else _NEARLY_ALL
        sure = share >= enough or _titled(head, start, separator)
        better = sure and score > best_score * (1 if usual else _BETTER)
        if better and (usual or not _tears_quotes(head, start, separator)):
            best, best_score = separator, score
    return best if best in RARE else _unless_text(head, start, best)


def _throughout(head: bytes, start: int, separator: str) -> bool:
    """Whether next to all records have three cells or more by a mark that is seldom in text."""
    rows = [one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if not one.blank]
    return sum(1 for one in rows if len(one.cells) >= _WIDE) >= _NEARLY_ALL * len(rows)


def _tears_quotes(head: bytes, start: int, separator: str) -> bool:
    """Whether a mark that stands in cells, too, would leave half a pair of quotes in cells of most records."""
    rows = [one for one in records(head, separator, start, SAMPLE) if not one.blank]
    return 2 * sum(1 for one in rows if any(cell.count('"') % 2 for cell in one.cells)) > len(rows)


def _below(head: bytes, start: int, separator: str) -> bool:
    """Whether all records from the first wide one on are of one width, next to always: a table below its titles."""
    rows = [one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if not one.blank]
    widths = [len(one.cells) for one in rows]
    first = next((at for at, width in enumerate(widths) if width > _WIDE), len(widths))
    width, count = Counter(widths[first:]).most_common(1)[0] if first < len(widths) else (0, 0)
    if _names_first(head, start, separator):
        return 2 * count > len(widths) - first
    return width > _WIDE and count >= max(_WIDE, _TABLE * (len(widths) - first))


def _worded(head: bytes, start: int, separator: str) -> bool:
    """Whether the first wide record is a line of many different words, none with a blank before it."""
    rows = records(head, separator, start, SAMPLE, quote_of(head, separator))
    names = next((one.cells for one in rows if len(one.cells) > _WIDE), ())
    words = all(shape(cell) in (WORD, TEXT) and not cell.startswith(" ") for cell in names)
    return words and len(set(names)) == len(names) > _WIDE


def _names_first(head: bytes, start: int, separator: str) -> bool:
    """Whether the first wide record is a line of many names, each with a capital letter and without a blank before it,
    and little follows it: a table of a few rows, or of none."""
    rows = [one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if not one.blank]
    first = next((at for at, one in enumerate(rows) if len(one.cells) > _WIDE), len(rows))
    names = [cell.strip("#.") for cell in rows[first].cells if cell] if first < len(rows) else []
    named = all(cell[:1].isupper() and shape(cell) in (WORD, TEXT) for cell in names)
    least = _WIDE if first <= _FEW or len(rows) - first > 1 else _SURE
    return len(names) > least and named and len(set(names)) == len(names) and len(rows) - first <= _FEW


def _titled(head: bytes, start: int, separator: str) -> bool:
    """Whether a mark that stands in cells, too, makes a table below titles, or below a header of four names or more."""
    rows = [one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if not one.blank]
    first = rows[0].cells if rows else ()
    named = len(set(first)) == len(first) > _WIDE and all(shape(cell) in (WORD, TEXT) for cell in first)
    wide = sum(1 for one in rows if len(one.cells) >= len(first))
    return (named and wide >= _NEARLY_ALL * len(rows)) or _below(head, start, separator)


def _marked(head: bytes, start: int) -> bool:
    """Whether most lines hold a usual separator, so that their blanks are text."""
    lines = [line for line in head[start:].splitlines()[:SAMPLE] if line.strip()]
    return 2 * sum(1 for line in lines if re.search(rb"[,;\t|]", line)) > len(lines)


def _paired(head: bytes, start: int, separator: str) -> bool:
    """Whether each line has one colon with no blank or slash behind it, the first line between two words; comments may
    stand above it."""
    if separator != ":":
        return False
    lines = [line for line in head[start:].splitlines()[:SAMPLE] if line.strip()]
    lines = [*dropwhile(lambda line: line.startswith(_COMMENT), lines)]
    told = [line for line in lines if line.count(b":") == 1 and re.search(rb":(?![ /\d]|\Z)", line)]
    first = lines[0].split(b":") if lines else []
    words = len(first) == 2 and all(re.fullmatch(rb"[A-Za-z][A-Za-z _-]*", part) for part in first)
    return words and len(told) >= _RARE_SHARE * len(lines)


def _unless_text(head: bytes, start: int, separator: str) -> str:
    """The separator, or another that stands nowhere, where the file is one column of texts that hold it."""
    found = [one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if not one.blank]
    wide = sum(1 for one in found if len(one.cells) > 1)
    if wide <= 1 or wide < _MARKED * len(found) or body_width(found) > 1 or _names_first(head, start, separator):
        return separator
    tables = {mark: at for mark in SEPARATORS if (at := _table(head, start, mark)) >= 0}
    if len(tables) > 1:  # one table above another, each with a separator of its own
        return min(tables, key=lambda mark: tables[mark])
    return next((mark for mark in SEPARATORS if mark.encode() not in head), separator)


def _table(head: bytes, start: int, separator: str) -> int:
    """Where a table of several columns begins whose rows are a good part of the records, or -1."""
    if score_of(head, start, separator, least=_WIDE)[1] < _ENOUGH:
        return -1
    found = [
        one for one in records(head, separator, start, SAMPLE, quote_of(head, separator)) if len(one.cells) >= _WIDE
    ]
    width = Counter(len(one.cells) for one in found).most_common(1)[0][0]
    return next(one.start for one in found if len(one.cells) == width)


def _unwrapped(head: bytes, start: int, quote: str) -> bytes:
    """What stands in quotes where most records do so as a whole and then have one width; else nothing."""
    found = [record for record in records(head, "\0", start, SAMPLE, quote) if not record.blank]
    whole = ((one.cells[0], head[one.start : one.stop - len(one.end)].decode("utf-8", "replace")) for one in found)
    bodies = [body for body, raw in whole if raw == f"{quote}{body.replace(quote, quote * 2)}{quote}"]
    marks = (*SEPARATORS, *RARE[:_UNSEEN])
    wrapped = [body for body in bodies if any(mark in body for mark in marks)]
    inner = "\n".join(wrapped).encode()
    if wrapped and len(wrapped) == len(found) <= _FEW and any(_named(wrapped[0], mark) for mark in marks):
        return inner
    texts = sum(all(mark not in body.replace(f"{mark} ", "") for mark in marks) for body in wrapped)
    plain = texts > _MOSTLY * len(wrapped) and bodies[0] != found[0].cells[0]
    if len(wrapped) < max(2, _RARE_SHARE * len(found)) or plain:
        return b""
    _, share = max(score_of(inner, 0, mark) for mark in marks)
    _, many = max(score_of(inner, 0, mark, least=3) for mark in marks)  # a small table may stand below
    return inner if share >= _NEARLY_ALL or many >= _TABLE else b""


def _named(text: str, separator: str) -> bool:
    """Whether a text, which stood in quotes, is a line of names: different words, none with a blank before it."""
    names = records(text.encode(), separator, 0, 1)[0].cells
    words = all(shape(cell) in (WORD, TEXT) and not cell.startswith(" ") for cell in names)
    return len(set(names)) == len(names) > 1 and words


def _doubled(head: bytes, start: int, separator: str) -> str:
    """The separator, or two of it where it never stands alone."""
    if separator.encode() * 2 not in head:
        return separator
    runs = Counter(map(len, re.findall(rb"(?:%b)+" % re.escape(separator.encode()), head)))
    alone = sum(count for length, count in runs.items() if length % 2)
    if not runs or alone > max(runs.total() >= _RUNS, (1 - _NEARLY_ALL) * runs.total()):
        return separator
    _, share = score_of(head, start, separator * 2)
    never_alone = runs.total() >= _RUNS and not any(length % 2 for length in runs)
    sure = share >= (_ENOUGH if never_alone else _RARE_SHARE)
    return separator * 2 if sure or (never_alone and _names_first(head, start, separator * 2)) else separator


def score_of(head: bytes, start: int, separator: str, least: int = 2) -> tuple[float, float]:
    """Pattern × type score of a separator, and the share of records with the commonest width."""
    if separator.encode() not in head:
        return 0.0, 0.0
    rows = [record.cells for record in records(head, separator, start, SAMPLE, quote_of(head, separator))]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows if len(row) >= least)
    if not widths:
        return 0.0, 0.0
    width = max(widths, key=lambda wide: widths[wide] * (wide - 1) / wide)
    pattern = widths[width] / len(rows)
    body = [row for row in rows if len(row) == width]
    if separator == " " and all(not row[0] or not row[-1] for row in body):  # blanks around cells separate nothing
        return 0.0, 0.0
    return pattern * (width - 1) / width * _types(body[1:] or body), pattern


def _types(rows: Sequence[Sequence[str]]) -> float:
    """How much columns look alike from row to row, and look like something; 0 to 1. No table has more columns than are
    looked at."""
    total, columns = 0.0, list(zip(*(row[:MAX_COLUMNS] for row in rows), strict=True))
    for column in columns:
        shapes = Counter(map(shape, column))
        blanks = shapes.pop(BLANK, 0)
        shapes[WORD] += shapes.pop(TEXT, 0) if shapes[WORD] > shapes[TEXT] else 0
        weight = sum(count * _weight(kind) for kind, count in shapes.items()) + blanks * _WEIGHT[BLANK]
        filled = len(column) - blanks
        alike = max(shapes.values()) / filled if filled else 1.0
        total += weight / len(column) * (0.5 + 0.5 * alike)
    return total / len(columns)


def _weight(kind: str) -> float:
    if kind.startswith("code"):
        return 0.1 if any(mark in kind for mark in ",;\t|") else 0.8
    return _WEIGHT.get(kind, 1.0)
