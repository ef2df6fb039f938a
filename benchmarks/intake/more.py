"""Pollutions of which readers think less: parts glued together, a writer that is wrong throughout, tiny files."""

from __future__ import annotations

from dataclasses import replace

from draft import Cells, Draft, Piece, Truth, only
from files import block, header, rewritten, style
from rows import row, spot, swapped

# parts glued together


def _halves(draft: Draft) -> int:
    return len(draft.data) // 2


def _again(draft: Draft) -> Piece | None:
    """The header as it stands, once more."""
    return Piece(draft.top[-1].text) if draft.top and draft.top[-1].raw is None else None


@block("glued exports", "header and byte order mark of the second part")
def glued_bom(draft: Draft) -> bool:
    again = _again(draft)
    if again is None or not draft.style.encoding.startswith("utf"):
        return False
    again.text = "\ufeff" + again.text
    draft.data.insert(_halves(draft), again)
    return True


@block("glued exports", "header of the second part on the last line of the first")
def glued_line(draft: Draft) -> bool:
    again, at = _again(draft), _halves(draft)
    if again is None or at >= len(draft.data) or draft.data[at].cells is None:
        return False
    if draft.style.quote in draft.data[at].text[-1:] + again.text[:1]:
        return False
    draft.data[at].text += again.text
    return True


@block("glued exports", "second part with another delimiter")
def glued_delimiter(draft: Draft) -> bool:
    again = _again(draft)
    mark = ";" if draft.style.delimiter != ";" else ","
    if again is None or any(mark in name for name in draft.header) or draft.width < 3:
        return False
    other = replace(draft.style, delimiter=mark)
    again.text = again.text.replace(draft.style.delimiter, mark)
    for piece in draft.data[_halves(draft) :]:
        if piece.cells is None:
            return False
        fields = [other.field(cell, c.quoted) for cell, c in zip(piece.cells, draft.table.columns, strict=True)]
        piece.text, piece.cells = other.join(fields), None
    draft.data.insert(_halves(draft), again)
    return True


@block("glued exports", "second part in cp1252")
def glued_encoding(draft: Draft) -> bool:
    pieces = draft.data[_halves(draft) :]
    if draft.style.encoding != "utf-8" or any(piece.raw is not None for piece in pieces):
        return False
    raws = []
    for piece in pieces:
        try:
            raws.append(piece.text.encode("cp1252"))
        except UnicodeEncodeError:
            return False
    for piece, raw in zip(pieces, raws, strict=True):
        piece.raw, piece.cells = raw, None
    return True


@block("glued exports", "second part with a column more, and its own header")
def glued_wider(draft: Draft) -> bool:
    again, at = _again(draft), _halves(draft)
    if again is None:
        return False
    again.text += draft.style.delimiter + "Added"
    again.truths = [Truth(junk=True)]
    for piece in draft.data[at:]:
        piece.text, piece.truths, piece.cells = piece.text + draft.style.delimiter + "x", [Truth(free=True)], None
    draft.data.insert(at, again)
    return True


@block("glued exports", "second part with its columns in another order, and its own header")
def glued_order(draft: Draft) -> bool:
    at = _halves(draft)
    if draft.width < 3 or _again(draft) is None or any(piece.cells is None for piece in draft.data[at:]):
        return False
    turned = [draft.style.field(name) for name in (draft.header[-1], *draft.header[:-1])]
    for piece in draft.data[at:]:
        assert piece.cells is not None
        fields = draft.fields(piece.cells)
        truth = Truth([piece.cells], [(piece.cells[-1], *piece.cells[:-1])])
        draft.settle(piece, draft.style.join([fields[-1], *fields[:-1]]), truth)
    draft.data.insert(at, Piece(draft.style.join(turned), [Truth(junk=True)]))
    return True


@block("glued exports", "second part with a column less, without header")
def glued_narrower(draft: Draft) -> bool:
    at = _halves(draft)
    if draft.width < 4 or any(piece.cells is None for piece in draft.data[at:]):
        return False
    for piece in draft.data[at:]:
        assert piece.cells is not None
        draft.settle(piece, draft.style.join(draft.fields(piece.cells)[:-1]), Truth(free=True))
    return True


@block("glued exports", "a line of text between the parts")
def glued_text(draft: Draft) -> bool:
    draft.data.insert(_halves(draft), Piece("--- continued ---", [Truth(junk=True)]))
    return True


# a writer that is wrong throughout


@style("faulty writers", "inner quotes never doubled")
def never_doubled(draft: Draft) -> bool:
    draft.style.escape = "none"
    quote, mark = draft.style.quote, draft.style.delimiter
    rows = tuple(tuple(_apart(cell, quote, mark) for cell in row) for row in draft.table.rows)
    draft.table = replace(draft.table, rows=rows)
    return any(quote in cell for row in rows for cell in row)


def _apart(cell: str, quote: str, mark: str) -> str:
    """The cell without quotes next to a delimiter or a line end: nobody could tell those from the cell's own."""
    if not cell.startswith("{"):
        for other in (mark, "\n"):
            cell = (
                cell.replace(quote + other, other)
                .replace(other + " " + quote, other + " ")
                .replace(other + quote, other)
            )
        cell = cell.strip(quote)
    else:
        cell = cell.replace(quote, "")
    return cell


@style("faulty writers", "no quotes")
def never_quoted(draft: Draft) -> bool:
    draft.style.quoting = "never"
    return draft.width > 2


@block("faulty writers", "nothing is ever quoted")
def never_quoted_truth(draft: Draft) -> bool:
    if draft.style.quoting != "never":
        return False
    mark, quote = draft.style.delimiter, draft.style.quote
    for piece in draft.data:
        cells = piece.cells
        if cells is None:
            return False
        special = [cell for cell in cells if mark in cell or "\n" in cell or quote in cell]
        if not special:
            continue
        torn = (cell.startswith("{") and mark in cell for cell in special)  # JSON without the mark stays in one cell
        if any(torn) or any("\n" in cell or cell.startswith(quote) or cell.endswith(quote) for cell in special):
            piece.truths, piece.cells = [Truth(free=True, slack=4)], None
        elif any(mark in cell for cell in special):
            parts = [part for cell in cells for part in cell.split(mark)]
            piece.truths, piece.cells = [only(draft.joins(parts, mark), cells)], None
    return True


@block("faulty writers", "decimal comma in every row of a comma file")
def decimal_comma(draft: Draft) -> bool:
    good = [i for i, column in enumerate(draft.table.columns) if column.kind == "money" and not column.blank]
    if not good or draft.style.delimiter != "," or any(piece.cells is None for piece in draft.data):
        return False
    at = good[0]
    for number, piece in enumerate(draft.data):
        assert piece.cells is not None
        cells = swapped(piece.cells, at, f"{number * 7 + 1},{number % 90 + 10}")
        fields = draft.fields(cells)
        fields[at] = cells[at]
        parts = [*cells[:at], *cells[at].split(","), *cells[at + 1 :]]
        draft.settle(piece, draft.style.join(fields), only(draft.joins(parts, ","), cells))
    return True


@block("faulty writers", "fifty delimiters at the end of every line")
def used_range(draft: Draft) -> bool:
    draft.trail = True
    for piece in (*draft.top, *draft.data):
        if piece.raw is not None:
            return False
        piece.text += draft.style.delimiter * 50
    return True


@block("faulty writers", "a delimiter before every line")
def leading_delimiter(draft: Draft) -> bool:
    if not draft.top or any(piece.cells is None for piece in draft.data) or len(draft.top) > 1:
        return False
    draft.numbered = True
    for piece in (*draft.top, *draft.data):
        piece.text = draft.style.delimiter + piece.text
        for truth in piece.truths:
            truth.readings += [("", *one) for one in truth.readings]
        piece.cells = None
    draft.header_readings += [("", *one) for one in draft.header_readings]
    return True


@block("faulty writers", "row numbers without a name before every row")
def row_numbers(draft: Draft) -> bool:
    if len(draft.top) != 1 or any(piece.cells is None for piece in draft.data):
        return False
    draft.top[0].text = draft.style.delimiter + draft.top[0].text
    draft.header_readings = [("", *one) for one in draft.header_readings]
    draft.numbered = True
    for number, piece in enumerate(draft.data):
        assert piece.cells is not None
        draft.settle(piece, f"{number}{draft.style.delimiter}{piece.text}", Truth([(str(number), *piece.cells)]))
    return True


@style("faulty writers", "cells aligned with blanks")
def aligned(draft: Draft) -> bool:
    if draft.style.delimiter == "\t":
        return False
    draft.strip, draft.style.quoting, draft.style.align = True, "minimal", 14
    return True


@block("faulty writers", "a Markdown table")
def markdown(draft: Draft) -> bool:
    pieces = [*draft.top, *draft.data]
    if len(draft.top) != 1 or draft.above or draft.below or any(p.raw is not None for p in pieces):
        return False
    if any(p.cells is None for p in draft.data) or any("|" in c or "\n" in c for row in draft.table.rows for c in row):
        return False
    draft.strip = True
    for piece, cells in zip(pieces, (draft.header, *draft.table.rows), strict=True):
        piece.text, piece.cells = "| " + " | ".join(cells) + " |", None
        for truth in piece.truths:
            truth.readings.append(("", *truth.readings[0], ""))
    draft.header_readings.append(("", *draft.header, ""))
    draft.top.append(Piece("|" + "---|" * draft.width))
    return True


# tiny files


def rows_left(name: str, count: int) -> None:
    """Enter: a file with few rows."""

    @style("tiny files", name)
    def change(draft: Draft) -> bool:
        draft.table = replace(draft.table, rows=draft.table.rows[:count], below=())
        draft.below = []
        return True


rows_left("a header and one row", 1)
rows_left("a header and two rows", 2)
rows_left("a header and four rows", 4)


@style("tiny files", "a header only")
def header_only(draft: Draft) -> bool:
    draft.table = replace(draft.table, rows=(), below=())
    draft.below = []
    return draft.width > 2


# headers and cells


@header("a delimiter at its end only")
def header_trailing(draft: Draft) -> bool:
    draft.trail = True
    names = (*draft.header, "")
    return rewritten(draft, names, draft.header)


def quote_across(lines: int) -> None:
    """Enter: a closing quote is missing, and some records below the opening one of the same column."""

    @row("quotes", f"a quote opened in one record and closed {lines} further down")
    def change(draft: Draft, piece: Piece) -> bool:
        at = next((i for i, one in enumerate(draft.data) if one is piece), -1)
        column = draft.text_column()
        run = draft.data[at : at + lines + 1]
        if (
            not draft.table.typed
            or column is None
            or len(run) <= lines
            or any(one.cells is None or "\n" in one.text for one in run)
        ):
            return False
        for number, one in enumerate(run):
            cells: Cells | None = one.cells
            assert cells is not None
            if 0 < number < lines:
                one.cells = None  # as it stands, but nothing else may touch it
                continue
            cells = swapped(cells, column, "alpha bravo" if not number else "carol delta")
            fields = draft.fields(cells)
            quote = draft.style.quote
            fields[column] = quote + cells[column] if not number else cells[column] + quote
            draft.settle(one, draft.style.join(fields), Truth(listed=[cells, swapped(cells, column, fields[column])]))
        return True


quote_across(1)
quote_across(4)


@row("valid oddities", "a quoted cell with lines as wide as the table")
def wide_lines(draft: Draft, piece: Piece) -> bool:
    line = draft.style.delimiter.join(["so"] * draft.width)
    found = spot(draft, piece, lambda words: f"{words}\n{line}\n{line}\nthanks")
    if found is None:
        return False
    cells, at = found
    fields = draft.fields(cells)
    fields[at] = draft.style.wrap(cells[at])
    draft.settle(piece, draft.style.join(fields), Truth([cells]))
    return True


@row("valid oddities", "the same record twice")
def same_twice(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    draft.settle(piece, piece.text + draft.style.end + piece.text, Truth([piece.cells]), Truth([piece.cells]))
    return True


@row("valid oddities", "CR and CRLF in quotes")
def carriage_returns(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}\rand\r\nmore")
    if found is None or draft.style.end == "\r":
        return False
    cells, at = found
    fields = draft.fields(cells)
    fields[at] = draft.style.wrap(cells[at])
    draft.settle(piece, draft.style.join(fields), Truth([cells]))
    return True


@row("valid oddities", "an id as a formula of text")
def formula_id(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda _: '="00123"')
    if found is None:
        return False
    cells, at = found
    fields = draft.fields(cells)
    fields[at] = draft.style.wrap(cells[at])
    draft.settle(piece, draft.style.join(fields), Truth([cells]))
    return True


# marks at random: the record itself is not judged, all others are


def at_random(name: str, marks: str) -> None:
    """Enter: one of the marks put in at a random place of the record."""

    @row("random marks", name)
    def change(draft: Draft, piece: Piece) -> bool:
        marked = draft.random.choice([draft.style.delimiter if mark == "," else mark for mark in marks])
        at = draft.random.randint(0, len(piece.text))
        text = piece.text[:at] + marked + piece.text[at:]
        draft.settle(piece, text, Truth(spared=True, slack=3))
        return True


for label, signs in {
    "a quote": '"',
    "a delimiter": ",",
    "a line end": "\n\r",
    "any mark": "\"',;\t|\\\0\ufeff #=%",
}.items():
    at_random(f"{label} put in", signs)


@row("random marks", "a character taken out")
def taken_out(draft: Draft, piece: Piece) -> bool:
    at = draft.random.randrange(len(piece.text))
    text = piece.text[:at] + piece.text[at + 1 :]
    draft.settle(piece, text, Truth(spared=True, slack=3))
    return True


@row("random marks", "a quote or delimiter taken out")
def mark_taken_out(draft: Draft, piece: Piece) -> bool:
    marks = (draft.style.quote, draft.style.delimiter, "\n")
    places = [at for at, mark in enumerate(piece.text) if mark in marks]
    if not places:
        return False
    at = draft.random.choice(places)
    draft.settle(piece, piece.text[:at] + piece.text[at + 1 :], Truth(spared=True, slack=3))
    return True


@row("random marks", "half of the record taken out")
def half_taken_out(draft: Draft, piece: Piece) -> bool:
    first, last = sorted(draft.random.sample(range(len(piece.text) + 1), 2))
    draft.settle(piece, piece.text[:first] + piece.text[last:], Truth(spared=True, slack=3))
    return True
