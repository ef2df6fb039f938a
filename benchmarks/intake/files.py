"""Pollutions of a whole file: how it is written (before its pieces are made), its header, and lines around the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from draft import BOMS, Draft, Piece, Truth

FileChange = Callable[[Draft], bool]
STYLES: dict[str, dict[str, FileChange]] = {}  # before the pieces are made
BLOCKS: dict[str, dict[str, FileChange]] = {}  # after the records were polluted
UNUSUAL = {"utf-32", "cp1251", "shift_jis"}  # not promised to be read; wrong in silence is wrong all the same
# in a table of two columns nobody could tell these titles from a header
TOO_NARROW = {"names and values", "titles as wide as the table", "a title with as many delimiters as the header"}
POSITIONS = ("first", "middle", "last")


def style(family: str, name: str) -> Callable[[FileChange], FileChange]:
    """Enter a change of style."""

    def enter(change: FileChange) -> FileChange:
        STYLES.setdefault(family, {})[name] = change
        return change

    return enter


def block(family: str, name: str) -> Callable[[FileChange], FileChange]:
    """Enter a change of header or of lines around the data."""

    def enter(change: FileChange) -> FileChange:
        BLOCKS.setdefault(family, {})[name] = change
        return change

    return enter


# delimiters, quotes, escapes, ends and encodings of the whole file


def delimiter(name: str, mark: str, family: str = "delimiters") -> None:
    @style(family, f"file with {name}")
    def change(draft: Draft) -> bool:
        if draft.style.delimiter == mark:
            return False
        below = draft.below
        draft.style.delimiter = mark
        draft.below = [Piece(piece.text.replace(",", mark)) for piece in below]
        return True


for label, sign in {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}.items():
    delimiter(label, sign)
for label, sign in {"caret": "^", "tilde": "~", "unit separator": "\x1f", "two pipes": "||", "colon": ":"}.items():
    delimiter(label, sign, "unusual delimiters")


@style("delimiters", "file with a blank after each delimiter")
def blank_after(draft: Draft) -> bool:
    if draft.style.delimiter == "\t":
        return False
    draft.style.pad, draft.strip = " ", True
    return True


@style("quotes", "file with apostrophes as quotes")
def apostrophes(draft: Draft) -> bool:
    draft.style.quote = "'"
    return True


@style("quotes", "every cell quoted")
def all_quoted(draft: Draft) -> bool:
    draft.style.quoting = "all"
    return True


@style("quotes", "quotes only where needed")
def minimal(draft: Draft) -> bool:
    draft.style.quoting = "minimal"
    return True


@style("escapes", "backslash escapes in the whole file")
def backslash(draft: Draft) -> bool:
    draft.style.escape = "backslash"
    return True


@style("escapes", "backslash escapes, every cell quoted")
def backslash_all(draft: Draft) -> bool:
    draft.style.escape, draft.style.quoting = "backslash", "all"
    return True


def end(name: str, mark: str) -> None:
    @style("record ends", f"file with {name}")
    def change(draft: Draft) -> bool:
        if draft.style.end == mark:
            return False
        draft.style.end = mark
        return True


for label, sign in {"LF": "\n", "CRLF": "\r\n", "CR": "\r", "CR CR LF": "\r\r\n"}.items():
    end(label, sign)


@style("record ends", "no end of the last record")
def no_final_end(draft: Draft) -> bool:
    draft.final_end = False
    return True


def encoding(name: str) -> None:
    @style("unusual encodings" if name in UNUSUAL else "encodings", f"file in {name}")
    def change(draft: Draft) -> bool:
        draft.style.encoding, draft.style.bom = BOMS[name]
        return True


for label in BOMS:
    encoding(label)


@block("record ends", "CRLF in the second half")
def half_crlf(draft: Draft) -> bool:
    if draft.style.end != "\n":
        return False
    for piece in draft.data[len(draft.data) // 2 :]:
        piece.end = piece.end or "\r\n"
    return True


@block("record ends", "LF in the second half")
def half_lf(draft: Draft) -> bool:
    if draft.style.end != "\r\n":
        return False
    for piece in draft.data[len(draft.data) // 2 :]:
        piece.end = piece.end or "\n"
    return True


@block("record ends", "ends at random")
def random_ends(draft: Draft) -> bool:
    if draft.style.end == "\r":
        return False
    for piece in draft.data:
        piece.end = piece.end or draft.random.choice(("\n", "\r\n"))
    return True


@block("record ends", "only the header with another end")
def header_end(draft: Draft) -> bool:
    if not draft.top:
        return False
    draft.top[-1].end = "\r\n" if draft.style.end == "\n" else "\n"
    return True


@block("ragged rows", "delimiter at the end of every line")
def all_trailing(draft: Draft) -> bool:
    draft.trail = True
    for piece in (*draft.top, *draft.data):
        if piece.raw is not None:
            return False
        piece.text += draft.style.delimiter
    return True


@block("ragged rows", "delimiter at the end of every row but not of the header")
def rows_trailing(draft: Draft) -> bool:
    draft.trail = True
    for piece in draft.data:
        if piece.raw is not None:
            return False
        piece.text += draft.style.delimiter
    return True


@block("quotes", "every line in quotes as a whole")
def all_wrapped(draft: Draft) -> bool:
    quote = draft.style.quote
    pieces = list(draft.pieces())
    if draft.style.escape != "double" or any(p.raw is not None or "\n" in p.text or p.end for p in pieces):
        return False
    for piece in pieces:
        piece.text = quote + piece.text.replace(quote, quote * 2) + quote
    return True


@block("encodings", "Ctrl-Z at the end")
def control_z(draft: Draft) -> bool:
    draft.below.append(Piece("\x1a"))
    draft.final_end = False
    return True


@block("encodings", "a block of NULs at the end")
def nul_tail(draft: Draft) -> bool:
    draft.below.append(Piece("\0" * 200))
    draft.final_end = False
    return True


# header


def header(name: str) -> Callable[[FileChange], FileChange]:
    return block("header", name)


def rewritten(draft: Draft, names: Sequence[str], *more: Sequence[str]) -> bool:
    """Write another header; the given names are right, and the further readings."""
    if len(draft.top) != 1 or draft.numbered:
        return False
    draft.top = [Piece(draft.style.join([draft.style.field(name) for name in names]))]
    draft.header_readings = [tuple(names), *(tuple(one) for one in more)]
    return True


@header("missing")
def header_missing(draft: Draft) -> bool:
    draft.top, draft.header_readings = [], [()]
    return draft.table.typed


@header("twice")
def header_twice(draft: Draft) -> bool:
    draft.top = [*draft.top, Piece(draft.top[-1].text)] if draft.top else []
    return bool(draft.top)


@header("repeated among the rows")
def header_repeated(draft: Draft) -> bool:
    if not draft.top:
        return False
    middle = len(draft.data) // 2
    draft.data[middle:middle] = [Piece(draft.top[-1].text)]
    return True


@header("repeated as the last line")
def header_last(draft: Draft) -> bool:
    if not draft.top:
        return False
    draft.data.append(Piece(draft.top[-1].text))
    return True


@header("repeated every twenty rows, with a title")
def pages(draft: Draft) -> bool:
    if not draft.top:
        return False
    for at in range(len(draft.data) // 20 * 20, 0, -20):
        draft.data[at:at] = [Piece(""), Piece(f"Page {at // 20 + 1}"), Piece(draft.top[-1].text)]
    return True


@header("line of groups above")
def groups(draft: Draft) -> bool:
    if draft.width < 4:
        return False
    cells = ["General", *[""] * (draft.width // 2 - 1), "Details"]
    cells += [""] * (draft.width - len(cells))
    draft.top.insert(0, Piece(draft.style.join(cells)))
    return True


@header("line of units below")
def units(draft: Draft) -> bool:
    cells = [
        {"money": "(USD)", "stamp": "(UTC)", "date": "(UTC)", "int": "(n)"}.get(column.kind, "")
        for column in draft.table.columns
    ]
    if not any(cells) or not draft.top:
        return False
    draft.top.append(Piece(draft.style.join(cells), [Truth(junk=True)]))
    return True


@header("line of dashes below")
def dashes(draft: Draft) -> bool:
    draft.top.append(Piece(draft.style.join(["-" * max(len(name), 3) for name in draft.header])))
    return len(draft.top) > 1


@header("shifted right by an empty cell")
def shifted(draft: Draft) -> bool:
    draft.trail = True
    return rewritten(draft, draft.header, ("", *draft.header)) and _prefix(draft)


def _prefix(draft: Draft) -> bool:
    draft.top[0].text = draft.style.delimiter + draft.top[0].text
    return True


@header("last name missing")
def short_header(draft: Draft) -> bool:
    return draft.width > 2 and rewritten(draft, draft.header[:-1], (*draft.header[:-1], ""))


@header("first name missing")
def short_first(draft: Draft) -> bool:
    return draft.width > 2 and rewritten(draft, draft.header[1:], ("", *draft.header[1:]), (*draft.header[1:], ""))


@header("first name empty")
def empty_first(draft: Draft) -> bool:
    return draft.width > 2 and rewritten(draft, ("", *draft.header[1:]))


@header("one name too many")
def long_header(draft: Draft) -> bool:
    draft.trail = True
    return rewritten(draft, (*draft.header, "Extra"), draft.header)


@header("two columns of one name")
def same_name(draft: Draft) -> bool:
    return draft.width > 2 and rewritten(draft, (*draft.header[:-1], draft.header[1]))


@header("blanks around names")
def padded_names(draft: Draft) -> bool:
    return rewritten(draft, [f" {name}  " for name in draft.header])


@header("capitals only")
def capitals(draft: Draft) -> bool:
    return rewritten(draft, [name.upper() for name in draft.header])


@header("names of years")
def years(draft: Draft) -> bool:
    numbers = [str(2010 + n) for n in range(draft.width - 1)]
    return draft.width > 3 and rewritten(draft, (draft.header[0], *numbers))


@header("names with delimiters and line ends in quotes")
def long_names(draft: Draft) -> bool:
    names = [f"{name}{draft.style.delimiter} in full\n(text)" for name in draft.header]
    return rewritten(draft, names)


@header("other delimiter than the rows")
def header_delimiter(draft: Draft) -> bool:
    own = draft.style.delimiter
    if any(mark in name for mark in ",;\t" for name in draft.header) or draft.width < 3 or len(draft.top) != 1:
        return False
    draft.top = [Piece((";" if own == "," else ",").join(draft.header))]
    return True


@header("in quotes as a whole")
def header_wrapped(draft: Draft) -> bool:
    if len(draft.top) != 1 or draft.width < 3 or draft.style.escape != "double":
        return False
    quote = draft.style.quote
    draft.top[0].text = quote + draft.top[0].text.replace(quote, quote * 2) + quote
    return True


@header("stray quote in a name")
def header_quote(draft: Draft) -> bool:
    quote = draft.style.quote
    names = (draft.header[0], f"{draft.header[1][:2]}{quote}{draft.header[1][2:]}", *draft.header[2:])
    if not rewritten(draft, names, draft.header):
        return False
    draft.top[0].text = draft.style.join(names)
    return True


@header("closing quote of a name missing")
def header_open(draft: Draft) -> bool:
    names = (draft.style.quote + draft.header[0], *draft.header[1:])
    if not rewritten(draft, draft.header, names):
        return False
    draft.top[0].text = draft.style.join(names)
    return True


@header("a # before it")
def header_comment(draft: Draft) -> bool:
    if not rewritten(draft, ("#" + draft.header[0], *draft.header[1:]), draft.header):
        return False
    draft.header_readings.append(("# " + draft.header[0], *draft.header[1:]))
    return True


# preamble and footer


def above(name: str, lines: Callable[[Draft], Sequence[str]]) -> None:
    @block("preamble", name)
    def change(draft: Draft) -> bool:
        if draft.width < 3 and name in TOO_NARROW:
            return False
        draft.above = [*(Piece(line) for line in lines(draft)), *draft.above]
        return True


def _pad(draft: Draft, *cells: str) -> str:
    return draft.style.join([*cells, *[""] * (draft.width - len(cells))])


above("a title", lambda _: ["Export of all records"])
above("title, date, blank line", lambda _: ["Export of all records", "Created 2024-03-01 10:20", ""])
above("titles as wide as the table", lambda d: [_pad(d, "Export of all records"), _pad(d, "From", "2023-01-01")])
above("names and values", lambda d: [d.style.join(["Account", "Example"]), d.style.join(["Rows", "120"]), ""])
above("sep=", lambda d: [f"sep={d.style.delimiter}"])
above("comments", lambda _: ["# Export of all records", "# created by the nightly job, at 10:20", "#"])
above("a title with an odd quote", lambda _: ['Report for 24" screens', ""])
above("a title that opens a quote", lambda _: ['"Report of the quarter', ""])
above(
    "a title with as many delimiters as the header",
    lambda d: [d.style.delimiter.join(["and", "so", "on"] * d.width)[: 3 * d.width]],
)
above("blank lines", lambda _: ["", "", ""])
above("forty lines", lambda _: [f"Condition {n}: none" for n in range(40)])
above(
    "a paragraph in quotes over lines", lambda _: ['"This file was made by the nightly job.\n\nDo not reply, thanks."']
)
above("a title of dashes and blanks", lambda _: ["=" * 30, "   Export of all records", "=" * 30])


def below(name: str, lines: Callable[[Draft], Sequence[str]]) -> None:
    @block("footer", name)
    def change(draft: Draft) -> bool:
        draft.below = [*draft.below, *(Piece(line) for line in lines(draft))]
        return True


def _money_at(draft: Draft) -> int:
    found = [i for i, column in enumerate(draft.table.columns) if column.kind in ("money", "int")]
    return found[0] if found and found[0] else draft.width - 1


def _total(draft: Draft, word: str) -> str:
    cells = [word, *[""] * (draft.width - 1)]
    cells[_money_at(draft)] = "123456.78"
    return draft.style.join([draft.style.field(cell) for cell in cells])


below("a total as wide as the table", lambda d: [_total(d, "Total")])
below("a short total", lambda d: [d.style.join(["Total", "123456.78"])])
below("grand totals and a copyright", lambda d: [
    "", f"Grand Totals ({len(d.data)} records)", "", "Copyright (c) 2000-2024 example.com, inc. All rights reserved.",
    "Confidential Information - Do Not Distribute", "Generated By: Customer 0001 2024-03-01 10:20",
])  # fmt: skip
below("count of rows", lambda d: ["", f"({len(d.data)} rows affected)"])
below("dashes and an end line", lambda _: ["-" * 20, "-- end of report --"])
below("a line with an odd quote", lambda _: ['Made on a 24" screen by the nightly job'])
below("a line that opens a quote", lambda _: ['"Made by the nightly job'])
below("a comment", lambda _: ["# end, of file"])
below("blank lines", lambda _: ["", "", "", ""])
below("a note as wide as the table", lambda d: [_pad(d, "Source: example.com")])


@block("footer", "subtotals among the rows")
def subtotals(draft: Draft) -> bool:
    if draft.width < 4:
        return False
    for at in (2 * len(draft.data) // 3, len(draft.data) // 3):
        draft.data[at:at] = [Piece(_total(draft, "Subtotal"))]
    return True


@block("footer", "sums without a word")
def bare_sums(draft: Draft) -> bool:
    if draft.width < 4:
        return False
    draft.below.append(Piece(_total(draft, ""), [Truth(junk=True)]))
    return True


@block("footer", "a second table")
def second_table(draft: Draft) -> bool:
    if draft.width < 5 or not draft.top:
        return False
    junk = [Piece(draft.style.join(["Region", "Manager"]))]
    junk += [Piece(draft.style.join([f"R{n}", f"Customer {n:04}"])) for n in range(1, 6)]
    for piece in junk:
        piece.truths = [Truth(junk=True)]
    draft.below += [Piece(""), *junk]
    return True


# empty rows


def gap(name: str, lines: Callable[[Draft], Sequence[str]]) -> None:
    for position in POSITIONS:

        @block("empty rows", f"{name}, {position}")
        def change(draft: Draft, position: str = position) -> bool:
            at = {"first": 0, "middle": len(draft.data) // 2, "last": len(draft.data)}[position]
            draft.data[at:at] = [Piece(line) for line in lines(draft)]
            return True


gap("a blank line", lambda _: [""])
gap("five blank lines", lambda _: [""] * 5)
gap("a line of spaces", lambda _: ["   "])
gap("a line of delimiters", lambda d: [d.style.delimiter * (d.width - 1)])
gap("a line of delimiters and spaces", lambda d: [f" {d.style.delimiter}" * (d.width - 1) + " "])
gap("too few delimiters", lambda d: [d.style.delimiter * max(d.width - 2, 1)])
gap("too many delimiters", lambda d: [d.style.delimiter * (d.width + 2)])
gap("empty quotes", lambda d: [d.style.delimiter.join([d.style.quote * 2] * d.width)])


@block("empty rows", "a blank line after every line")
def double_spaced(draft: Draft) -> bool:
    if not draft.top:
        return False
    spaced = [Piece("")]
    for piece in draft.data:
        spaced += [piece, Piece("")]
    draft.data = spaced
    return True
