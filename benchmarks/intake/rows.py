"""Pollutions of one record. Each takes the draft and an untouched data piece, changes both text and truth, and says
whether it could."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from draft import Cells, Draft, Piece, Truth, only

RowChange = Callable[[Draft, Piece], bool]
ROWS: dict[str, dict[str, RowChange]] = {}
LAST_ONLY = {"file cut inside quotes", "file cut inside a record", "cut UTF-8 sequence at the end"}


def row(family: str, name: str) -> Callable[[RowChange], RowChange]:
    """Enter a pollution into :data:`ROWS`."""

    def enter(change: RowChange) -> RowChange:
        ROWS.setdefault(family, {})[name] = change
        return change

    return enter


def swapped(cells: Cells, at: int, cell: str) -> Cells:
    """The cells with one replaced."""
    return (*cells[:at], cell, *cells[at + 1 :])


def spot(draft: Draft, piece: Piece, make: Callable[[str], str], inner: bool = False) -> tuple[Cells, int] | None:
    """The record's cells with a text cell made anew from plain words, and which; None without a text column."""
    at = draft.text_column(inner)
    if at is None or piece.cells is None:
        return None
    words = draft.random.sample(["alpha", "bravo", "carol", "delta", "echo", "fox", "golf", "hotel"], 3)
    return swapped(piece.cells, at, make(" ".join(words))), at


def put(draft: Draft, piece: Piece, cells: Cells, at: int, text: str, *truths: Truth) -> bool:
    """Write the record with the raw ``text`` in column ``at``."""
    fields = draft.fields(cells)
    fields[at] = text
    draft.settle(piece, draft.style.join(fields), *truths)
    return True


# quotes


@row("quotes", "opening quote missing")
def opening_missing(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: words)
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, cells[at] + draft.style.quote)
    return put(draft, piece, cells, at, literal[at], Truth(listed=[cells, literal]))


@row("quotes", "opening quote missing, delimiter in cell")
def opening_missing_delimiter(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}{draft.style.delimiter} and more")
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, cells[at] + draft.style.quote)
    parts = [*cells[:at], *literal[at].split(draft.style.delimiter), *cells[at + 1 :]]
    truth = only(draft.joins(parts, draft.style.delimiter), literal)
    if not truth.free:
        truth = Truth([cells], [literal])
    return put(draft, piece, cells, at, literal[at], truth)


@row("quotes", "opening quote missing, line end in cell")
def opening_missing_newline(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}\nand more", inner=True)
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, cells[at] + draft.style.quote)
    text = literal[at].replace("\n", draft.style.end)
    return put(draft, piece, cells, at, text, Truth([cells], [literal]))


@row("quotes", "closing quote missing")
def closing_missing(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: words)
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, draft.style.quote + cells[at])
    return put(draft, piece, cells, at, literal[at], Truth([cells], [literal]))


@row("quotes", "closing quote missing, typed cell")
def closing_missing_typed(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells = piece.cells
    good = [i for i, c in enumerate(draft.table.columns) if c.kind in ("date", "stamp", "email", "id") and cells[i]]
    if not good:
        return False
    at = draft.random.choice(good)
    literal = swapped(cells, at, draft.style.quote + cells[at])
    return put(draft, piece, cells, at, literal[at], Truth([cells], [literal]))


@row("quotes", "closing quote missing, delimiter in cell")
def closing_missing_delimiter(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}{draft.style.delimiter} and more")
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, draft.style.quote + cells[at])
    parts = [*cells[:at], *literal[at].split(draft.style.delimiter), *cells[at + 1 :]]
    truth = only(draft.joins(parts, draft.style.delimiter), literal)
    if not truth.free:
        truth = Truth([cells], [literal])
    return put(draft, piece, cells, at, literal[at], truth)


@row("quotes", "closing quote missing, line end in cell")
def closing_missing_newline(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}\nand more", inner=True)
    if found is None:
        return False
    cells, at = found
    text = (draft.style.quote + cells[at]).replace("\n", draft.style.end)
    literal = swapped(cells, at, draft.style.quote + cells[at])
    return put(draft, piece, cells, at, text, Truth([cells], [literal]))


@row("quotes", "stray quote within a cell")
def stray_middle(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: words.replace(" ", f" 5{draft.style.quote} ", 1))
    return found is not None and put(draft, piece, *found, found[0][found[1]], Truth([found[0]]))


@row("quotes", "two stray quotes within a cell")
def stray_pair(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words.replace(" ", f" {quote}big{quote} ", 1))
    return found is not None and put(draft, piece, *found, found[0][found[1]], Truth([found[0]]))


@row("quotes", "stray quote at the end of a typed cell")
def stray_end_typed(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells = piece.cells
    good = [i for i, c in enumerate(draft.table.columns) if c.kind in ("date", "stamp", "email", "id") and cells[i]]
    if not good:
        return False
    at = draft.random.choice(good)
    literal = swapped(cells, at, cells[at] + draft.style.quote)
    return put(draft, piece, cells, at, literal[at], Truth(listed=[cells, literal]))


@row("quotes", "inner quotes not doubled")
def inner_bare(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words.replace(" ", f" {quote}big{quote} ", 1))
    return found is not None and put(draft, piece, *found, quote + found[0][found[1]] + quote, Truth([found[0]]))


@row("quotes", "one inner quote not doubled")
def inner_single(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words.replace(" ", f" 5{quote} ", 1))
    return found is not None and put(draft, piece, *found, quote + found[0][found[1]] + quote, Truth([found[0]]))


@row("quotes", "inner quotes not doubled, delimiter in cell")
def inner_bare_delimiter(draft: Draft, piece: Piece) -> bool:
    quote, mark = draft.style.quote, draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} the {quote}big{quote} one")
    return found is not None and put(draft, piece, *found, quote + found[0][found[1]] + quote, Truth([found[0]]))


@row("quotes", "inner quote before a delimiter")
def inner_before_delimiter(draft: Draft, piece: Piece) -> bool:
    quote, mark = draft.style.quote, draft.style.delimiter
    found = spot(draft, piece, lambda words: f"the {quote}{words}{quote}{mark} again")
    return found is not None and put(draft, piece, *found, quote + found[0][found[1]] + quote, Truth([found[0]]))


@row("quotes", "inner quotes not doubled, line end in cell")
def inner_bare_newline(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: f"{words}\nthe {quote}big{quote} one")
    if found is None:
        return False
    text = (quote + found[0][found[1]] + quote).replace("\n", draft.style.end)
    return put(draft, piece, *found, text, Truth([found[0]]))


@row("quotes", "outer quotes doubled")
def outer_doubled(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words)
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, quote + cells[at] + quote)
    return put(draft, piece, cells, at, quote * 2 + cells[at] + quote * 2, Truth(listed=[cells, literal]))


@row("quotes", "outer quotes doubled, delimiter in cell")
def outer_doubled_delimiter(draft: Draft, piece: Piece) -> bool:
    quote, mark = draft.style.quote, draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and more")
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, quote + cells[at] + quote)
    parts = [*cells[:at], *literal[at].split(mark), *cells[at + 1 :]]
    truth = only(draft.joins(parts, mark), literal)
    if not truth.free:
        truth = Truth(listed=[cells, literal])
    return put(draft, piece, cells, at, quote * 2 + cells[at] + quote * 2, truth)


@row("quotes", "opening quote doubled")
def opening_doubled(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words)
    return found is not None and put(draft, piece, *found, quote * 2 + found[0][found[1]] + quote, Truth(free=True))


@row("quotes", "text after the closing quote")
def after_closing(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    found = spot(draft, piece, lambda words: words)
    return found is not None and put(
        draft, piece, *found, f"{quote}{found[0][found[1]]}{quote} again", Truth(free=True)
    )


@row("quotes", "blank before the opening quote")
def blank_before(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}{draft.style.delimiter} and more")
    if found is None:
        return False
    cells, at = found
    return put(
        draft, piece, cells, at, " " + draft.style.wrap(cells[at]), Truth([cells, swapped(cells, at, " " + cells[at])])
    )


@row("quotes", "blank after the closing quote")
def blank_after(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}{draft.style.delimiter} and more")
    if found is None:
        return False
    cells, at = found
    return put(
        draft, piece, cells, at, draft.style.wrap(cells[at]) + " ", Truth([cells, swapped(cells, at, cells[at] + " ")])
    )


@row("quotes", "other quote character in one row")
def other_quote(draft: Draft, piece: Piece) -> bool:
    other, mark = ("'" if draft.style.quote == '"' else '"'), draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and more")
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, other + cells[at] + other)
    parts = [*cells[:at], *literal[at].split(mark), *cells[at + 1 :]]
    truth = only(draft.joins(parts, mark), literal)
    if not truth.free:
        truth = Truth([cells, literal])
    return put(draft, piece, cells, at, literal[at], truth)


@row("quotes", "typographic quotes around a delimiter")
def curly(draft: Draft, piece: Piece) -> bool:
    mark = draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and more")
    if found is None:
        return False
    cells, at = found
    literal = swapped(cells, at, f"“{cells[at]}”")
    parts = [*cells[:at], *literal[at].split(mark), *cells[at + 1 :]]
    truth = only(draft.joins(parts, mark), literal)
    if not truth.free:
        truth = Truth([cells, literal])
    return put(draft, piece, cells, at, literal[at], truth)


@row("quotes", "a cell that is one quote")
def lone_quote(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda _: "")
    if found is None:
        return False
    cells, at = found
    quote = draft.style.quote
    return put(draft, piece, cells, at, quote, Truth(listed=[cells, swapped(cells, at, quote)]))


@row("quotes", "whole record in quotes")
def wrapped(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    text = piece.text
    if draft.style.escape != "double" or "\n" in text or "\r" in text:
        return False
    draft.settle(piece, draft.style.quote + text.replace(draft.style.quote, draft.style.quote * 2) + draft.style.quote,
                 Truth([piece.cells]))  # fmt: skip
    return True


@row("quotes", "a line that is one quote")
def quote_line(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    right = Truth([piece.cells])
    draft.settle(piece, piece.text + draft.style.end + draft.style.quote, right, Truth(free=True))
    return True


# escapes


@row("escapes", "backslash before inner quotes")
def backslash_quotes(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    if draft.style.escape != "double":
        return False
    found = spot(draft, piece, lambda words: words.replace(" ", f" {quote}big{quote} ", 1))
    if found is None:
        return False
    cells, at = found
    escaped = cells[at].replace(quote, "\\" + quote)
    return put(draft, piece, cells, at, quote + escaped + quote, Truth([cells], [swapped(cells, at, escaped)]))


@row("escapes", "backslash before inner quotes, delimiter in cell")
def backslash_quotes_delimiter(draft: Draft, piece: Piece) -> bool:
    quote, mark = draft.style.quote, draft.style.delimiter
    if draft.style.escape != "double":
        return False
    found = spot(draft, piece, lambda words: f"{words}{mark} the {quote}big{quote} one")
    if found is None:
        return False
    cells, at = found
    escaped = cells[at].replace(quote, "\\" + quote)
    return put(draft, piece, cells, at, quote + escaped + quote, Truth([cells], [swapped(cells, at, escaped)]))


@row("escapes", "backslash before a delimiter")
def backslash_delimiter(draft: Draft, piece: Piece) -> bool:
    mark = draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and more")
    if found is None:
        return False
    cells, at = found
    escaped = cells[at].replace(mark, "\\" + mark)
    return put(draft, piece, cells, at, escaped, Truth([cells], [swapped(cells, at, escaped)]))


@row("escapes", "backslash before the closing quote")
def backslash_closing(draft: Draft, piece: Piece) -> bool:
    quote = draft.style.quote
    if draft.style.escape != "double":
        return False
    found = spot(draft, piece, lambda words: f"C:\\{words}\\")
    return found is not None and put(draft, piece, *found, quote + found[0][found[1]] + quote, Truth([found[0]]))


# cells


@row("ragged rows", "last cell missing")
def missing_last(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 3:
        return False
    cells, fields = piece.cells, draft.fields(piece.cells)
    padded = (*cells[:-1], "")
    truth = Truth([padded]) if not cells[-1] else Truth(free=True)
    draft.settle(piece, draft.style.join(fields[:-1]), truth)
    return True


@row("ragged rows", "a cell missing in the middle")
def missing_middle(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 4:
        return False
    at = draft.random.randint(1, draft.width - 2)
    fields = draft.fields(piece.cells)
    draft.settle(piece, draft.style.join(fields[:at] + fields[at + 1 :]), Truth(free=True))
    return True


@row("ragged rows", "first cell missing")
def missing_first(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 3:
        return False
    draft.settle(piece, draft.style.join(draft.fields(piece.cells)[1:]), Truth(free=True))
    return True


@row("ragged rows", "only the first cells")
def short_row(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 5:
        return False
    draft.settle(piece, draft.style.join(draft.fields(piece.cells)[:2]), Truth(free=True))
    return True


@row("ragged rows", "empty cells at the end left out")
def trailing_left_out(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells = piece.cells
    keep = draft.width
    while keep > 2 and not cells[keep - 1]:
        keep -= 1
    if keep == draft.width:
        return False
    draft.settle(piece, draft.style.join(draft.fields(cells)[:keep]), Truth([cells]))
    return True


@row("ragged rows", "delimiter at the end")
def trailing_delimiter(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    draft.settle(piece, piece.text + draft.style.delimiter, Truth([piece.cells, (*piece.cells, "")]))
    return True


@row("ragged rows", "a cell too many at the end")
def extra_end(draft: Draft, piece: Piece) -> bool:
    draft.settle(piece, piece.text + draft.style.delimiter + "extra", Truth(free=True))
    return True


@row("ragged rows", "an empty cell too many in the middle")
def extra_middle(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    fields = draft.fields(piece.cells)
    at = draft.random.randint(1, draft.width - 1)
    draft.settle(piece, draft.style.join([*fields[:at], "", *fields[at:]]), Truth(free=True))
    return True


@row("ragged rows", "a cell too many at the start")
def extra_start(draft: Draft, piece: Piece) -> bool:
    draft.settle(piece, "x" + draft.style.delimiter + piece.text, Truth(free=True))
    return True


@row("fused and split cells", "delimiter missing between two cells")
def fused(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells, fields = piece.cells, draft.fields(piece.cells)
    quote = draft.style.quote
    good = [
        i for i in range(draft.width - 1)
        if cells[i] and cells[i + 1] and quote not in fields[i] + fields[i + 1]
    ]  # fmt: skip
    if not good or draft.width < 3:
        return False
    at = draft.random.choice(good)
    parts = [*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :]]
    text = draft.style.join([*fields[:at], fields[at] + fields[at + 1], *fields[at + 2 :]])
    draft.settle(piece, text, only(draft.splits(parts), cells))
    return True


@row("fused and split cells", "delimiter missing between two quoted cells")
def fused_quoted(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 3:
        return False
    fields = draft.fields(piece.cells)
    at = draft.random.randint(0, draft.width - 2)
    both = draft.style.wrap(piece.cells[at]) + draft.style.wrap(piece.cells[at + 1])
    draft.settle(piece, draft.style.join([*fields[:at], both, *fields[at + 2 :]]), Truth(free=True))
    return True


@row("fused and split cells", "delimiter in a cell without quotes")
def split_text(draft: Draft, piece: Piece) -> bool:
    mark = draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and more")
    if found is None:
        return False
    cells, at = found
    parts = [*cells[:at], *cells[at].split(mark), *cells[at + 1 :]]
    return put(draft, piece, cells, at, cells[at], only(draft.joins(parts, mark), cells))


@row("fused and split cells", "two delimiters in a cell without quotes")
def split_text_twice(draft: Draft, piece: Piece) -> bool:
    mark = draft.style.delimiter
    found = spot(draft, piece, lambda words: f"{words}{mark} and{mark} more")
    if found is None:
        return False
    cells, at = found
    parts = [*cells[:at], *cells[at].split(mark), *cells[at + 1 :]]
    return put(draft, piece, cells, at, cells[at], only(draft.joins(parts, mark), cells))


@row("fused and split cells", "thousands comma without quotes")
def split_money(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    good = [i for i, column in enumerate(draft.table.columns) if column.kind == "money"]
    if draft.style.delimiter != "," or not good:
        return False
    at = draft.random.choice(good)
    cells = swapped(piece.cells, at, "12,345.50")
    parts = [*cells[:at], *cells[at].split(","), *cells[at + 1 :]]
    return put(draft, piece, cells, at, cells[at], only(draft.joins(parts, ","), cells))


@row("fused and split cells", "two records in a line")
def two_in_line(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    other = draft.random.choice(draft.table.rows)
    text = piece.text + draft.style.delimiter + draft.style.join(draft.fields(other))
    draft.settle(piece, text, Truth([piece.cells]), Truth([tuple(other)], shared=True))
    return True


# record ends


@row("record ends", "missing between two records")
def end_missing(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    other = draft.random.choice(draft.table.rows)
    draft.settle(piece, piece.text + draft.style.join(draft.fields(other)), Truth(free=True, slack=2))
    return True


@row("record ends", "line end in a cell without quotes")
def broken_text(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: f"{words}\nand more", inner=True)
    return found is not None and put(
        draft, piece, *found, found[0][found[1]].replace("\n", draft.style.end), Truth([found[0]])
    )


@row("record ends", "line end in the last cell without quotes")
def broken_last(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.table.columns[-1].kind != "text":
        return False
    cells = swapped(piece.cells, draft.width - 1, "alpha\nbravo")
    text = "alpha" + draft.style.end + "bravo"
    truth = Truth(free=True, slack=2)
    if piece is draft.data[-1]:  # the last line of a file may as well be a footer
        truth = Truth([swapped(cells, draft.width - 1, "alpha")], [cells])
    return put(draft, piece, cells, draft.width - 1, text, truth)


@row("record ends", "line end after a delimiter")
def broken_after(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 4:
        return False
    cells, fields = piece.cells, draft.fields(piece.cells)
    at = draft.random.randint(2, draft.width - 2)
    fields[at] = draft.style.end + fields[at]
    truth = Truth([cells, swapped(cells, at, "\n" + cells[at])])
    if draft.style.quote in fields[at]:
        truth = Truth(listed=[cells, swapped(cells, at, "\n" + cells[at])])
    draft.settle(piece, draft.style.join(fields), truth)
    return True


@row("record ends", "line end instead of a delimiter")
def end_for_delimiter(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.width < 4:
        return False
    fields = draft.fields(piece.cells)
    at = draft.random.randint(2, draft.width - 2)
    text = draft.style.join(fields[:at]) + draft.style.end + draft.style.join(fields[at:])
    draft.settle(piece, text, Truth(free=True, slack=2))
    return True


def other_end(name: str, end: str) -> None:
    """Enter: one record with another end."""

    @row("record ends", name)
    def change(draft: Draft, piece: Piece) -> bool:
        if draft.style.end == end or (draft.style.end == "\r" and end != "\n"):
            return False
        assert piece.cells is not None
        draft.settle(piece, piece.text, Truth([piece.cells]))
        piece.end = end
        return True


other_end("one record ends with CR", "\r")
other_end("one record ends with CRLF", "\r\n")
other_end("one record ends with LF", "\n")
other_end("one record ends with CR CR LF", "\r\r\n")


@row("record ends", "file cut inside quotes")
def cut_in_quotes(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: words)
    if found is None or draft.below:
        return False
    cells, at = found
    fields = draft.fields(cells)
    draft.settle(piece, draft.style.join([*fields[:at], draft.style.quote + cells[at]]), Truth(free=True))
    draft.final_end = False
    return True


@row("record ends", "file cut inside a record")
def cut_in_record(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.below or draft.width < 4:
        return False
    at = draft.random.randint(1, draft.width - 2)
    draft.settle(piece, draft.style.join(draft.fields(piece.cells)[:at]), Truth(free=True))
    draft.final_end = False
    return True


# delimiters


def other_row_delimiter(name: str, mark: str) -> None:
    """Enter: one record with another delimiter."""

    @row("delimiters", f"one row with {name}")
    def change(draft: Draft, piece: Piece) -> bool:
        assert piece.cells is not None
        own, cells = draft.style.delimiter, piece.cells
        if mark == own or draft.width < 3 or any(one in cell for one in (mark, own, "\n") for cell in cells):
            return False
        draft.settle(piece, piece.text.replace(own, mark), Truth([cells]))
        return True


other_row_delimiter("comma", ",")
other_row_delimiter("semicolon", ";")
other_row_delimiter("tab", "\t")
other_row_delimiter("pipe", "|")


@row("delimiters", "one delimiter of a row is another")
def one_other(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells, own = piece.cells, draft.style.delimiter
    mark = draft.random.choice([one for one in ",;\t|" if one != own])
    fields = draft.fields(cells)
    quote = draft.style.quote
    good = [i for i in range(draft.width - 1) if quote not in fields[i] + fields[i + 1] and cells[i] and cells[i + 1]]
    if draft.width < 3 or not good:
        return False
    at = draft.random.choice(good)
    both = cells[at] + mark + cells[at + 1]
    parts = [*cells[:at], both, *cells[at + 2 :]]
    text = draft.style.join([*fields[:at], both, *fields[at + 2 :]])
    draft.settle(piece, text, only(draft.splits(parts, mark), cells))
    return True


@row("delimiters", "blanks around the delimiters of a row")
def padded(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    cells, fields = piece.cells, draft.fields(piece.cells)
    if any(draft.style.quote in field for field in fields):
        return False
    spaced = tuple(f" {cell} " if 0 < i < draft.width - 1 else (f"{cell} " if not i else f" {cell}")
                   for i, cell in enumerate(cells))  # fmt: skip
    draft.settle(piece, draft.style.delimiter.join(spaced), Truth([cells, spaced]))
    return True


@row("delimiters", "every delimiter of a row doubled")
def doubled(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if not all(piece.cells) or draft.width < 3:
        return False
    draft.settle(piece, (draft.style.delimiter * 2).join(draft.fields(piece.cells)), Truth([piece.cells]))
    return True


# encodings


@row("encodings", "one row in cp1252")
def row_cp1252(draft: Draft, piece: Piece) -> bool:
    if draft.style.encoding != "utf-8":
        return False
    found = spot(draft, piece, lambda words: f"{words} Büro naïve")
    if found is None:
        return False
    cells, at = found
    try:
        raw = draft.style.join(draft.fields(cells)).encode("cp1252")
    except UnicodeEncodeError:
        return False
    put(draft, piece, cells, at, cells[at], Truth([cells]))
    piece.raw = raw
    return True


@row("encodings", "one row in UTF-8 in a cp1252 file")
def row_utf8(draft: Draft, piece: Piece) -> bool:
    if draft.style.encoding not in ("cp1252", "latin-1"):
        return False
    found = spot(draft, piece, lambda words: f"{words} Büro naïve")
    if found is None:
        return False
    cells, at = found
    mangled = tuple(cell.encode().decode("cp1252", "replace") for cell in cells)
    put(draft, piece, cells, at, cells[at], Truth([cells], [mangled]))
    piece.raw = draft.style.join(draft.fields(cells)).encode()
    return True


@row("encodings", "NUL within a cell")
def nul(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda words: words)
    if found is None:
        return False
    cells, at = found
    text = cells[at][:3] + "\0" + cells[at][3:]
    return put(draft, piece, cells, at, text, Truth([cells], [swapped(cells, at, text)]))


@row("encodings", "a run of NULs instead of a cell")
def nul_run(draft: Draft, piece: Piece) -> bool:
    found = spot(draft, piece, lambda _: "")
    if found is None:
        return False
    cells, at = found
    return put(draft, piece, cells, at, "\0" * 8, Truth([cells], [swapped(cells, at, "\0" * 8)]))


@row("encodings", "byte order mark within the file")
def bom_within(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if not draft.style.encoding.startswith("utf"):
        return False
    literal = ("\ufeff" + piece.cells[0], *piece.cells[1:])
    draft.settle(piece, "\ufeff" + piece.text, Truth([piece.cells], [literal]))
    return True


@row("encodings", "a byte that is no UTF-8")
def bad_byte(draft: Draft, piece: Piece) -> bool:
    if draft.style.encoding != "utf-8":
        return False
    found = spot(draft, piece, lambda words: f"{words} ÿ")
    if found is None:
        return False
    cells, at = found
    other = [swapped(cells, at, cells[at].replace("ÿ", mark)) for mark in ("\ufffd", "")]
    put(draft, piece, cells, at, cells[at], Truth([cells], other))
    piece.raw = piece.text.encode().replace("ÿ".encode(), b"\xff")
    return True


@row("encodings", "cut UTF-8 sequence at the end")
def cut_sequence(draft: Draft, piece: Piece) -> bool:
    assert piece.cells is not None
    if draft.style.encoding != "utf-8" or draft.below or draft.table.columns[-1].kind != "text":
        return False
    cells = swapped(piece.cells, draft.width - 1, "alpha é")
    if draft.style.quoting == "all" or draft.table.columns[-1].quoted:
        return False
    put(draft, piece, cells, draft.width - 1, "alpha é", Truth(free=True))
    piece.raw = piece.text.encode()[:-1]
    draft.final_end = False
    return piece.text.endswith("é")


# valid, though odd: nothing to mend, nothing to report


def valid(name: str, make: Callable[[str], str]) -> None:
    """Enter: a cell that is odd and right."""

    @row("valid oddities", name)
    def change(draft: Draft, piece: Piece) -> bool:
        found = spot(draft, piece, make)
        if found is None or any(ord(c) < 32 and c not in "\n\r\t" for c in found[0][found[1]]):
            return False
        cells, at = found
        return put(draft, piece, cells, at, draft.style.wrap(cells[at]), Truth([cells]))


VALID: Mapping[str, Callable[[str], str]] = {
    "quotes, delimiters and line ends in quotes": lambda words: f'"{words}",\n;\t| "", {words}"',
    "a quoted line that looks like the header's end": lambda words: f"{words}\n\n\n{words}",
    "a quoted cell of delimiters": lambda _: ",,,,;;;;",
    "line separators that are no record ends": lambda words: f"{words}\u2028and\u0085more\u00a0",
    "quoted apostrophes": lambda words: f"it's, {words}'s",
    "a formula": lambda words: f'=HYPERLINK("http://example.com","{words}")',
    "a long cell": lambda words: f"{words}, " * 400,
    "typographic quotes": lambda words: f"“{words}” ‘{words}’",
    "a quoted title of a total": lambda words: f"Total, {words}",
    "a comment sign": lambda words: f"# {words}",
    "a backslash": lambda words: f"C:\\{words}, D:\\",
}
for label, maker in VALID.items():
    valid(label, maker)
