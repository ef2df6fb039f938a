"""Numbers as a format shows them, told from the text alone: what a reader would take them for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"
SHOWN = re.compile(r"(?<![\w.])[+−±]?\d[\d,]*(?:\.\d+)?(?: %)?|–")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
UNSURE = re.compile(r"(?:over|under|<) (\d[\d.]*)")


def numbers_in(text: str) -> list[str]:
    """The numbers of a text in their order, a dash for one that is not known.

    >>> numbers_in("3.42 → – (−2.0 %)")
    ['3.42', '–', '−2.0 %']
    """
    return SHOWN.findall(DAY.sub("", text.replace("\u00a0", " ")))


def fits(shown: str, exact: float | str) -> bool:
    """Whether ``shown`` is ``exact`` as far as it is written out; costs are shown as what they take away.

    >>> fits("+12 %", 0.1249), fits("−2.0 %", -0.021), fits("1,204", 1204), fits("81.50", "81.5"), fits("±14 %", -0.14)
    (True, False, True, True, True)
    """
    share = 100.0 if shown.endswith("%") else 1.0
    plain = shown.removesuffix(" %").replace(",", "").replace(MINUS, "-").replace("±", "").removeprefix("+")
    places = len(plain.partition(".")[2])
    value, true = abs(float(plain)), abs(float(exact)) * share
    same_side = shown[0] not in "+−" or not value or (shown[0] == MINUS) == (float(exact) < 0)
    return same_side and abs(value - true) <= 0.5 * 10.0**-places * (1 + 1e-6) + 1e-9


class Ids(HTMLParser):
    """The ids that a page gives: (ids of a cell, its text), after the rule that the page itself says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[tuple[list[str], str]] = []
        self.scopes: list[tuple[str, str, str]] = []  # tag, data-ids, data-row
        self.heads: list[str] = []
        self.day, self.column, self.within = "", -1, ""
        self.cell: tuple[str, str] | None = None  # tag, data-col
        self.text, self.quiet = "", 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("td", "th", "tr", "dd"):
            self._end()
        if tag == "tr":
            self.scopes = [one for one in self.scopes if one[0] != "tr"]
            self.column, self.day = -1, ""
        if tag == "table":
            self.heads = []
        if tag in ("thead", "tbody", "tfoot"):
            self._end()
            self.within = tag
        if "data-ids" in given or "data-row" in given:
            self.scopes.append((tag, given.get("data-ids", ""), given.get("data-row", "")))
        if tag in ("td", "th"):
            self.column += 1
            self.heads += [given.get("data-col", "")] if self.within == "thead" else []
            named = given.get("data-col") or (self.heads[self.column] if self.column < len(self.heads) else "")
            self.cell, self.text = (tag, named if self.within != "thead" else ""), ""
        if tag == "dd" and ("data-col" in given or "data-ids" in given):
            self.cell, self.text = (tag, given.get("data-col", "*")), ""
        self.quiet += "note" in given.get("class", "").split() and tag == "span"

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self.quiet:
            self.quiet -= 1
        if tag in ("dd", "thead", "tbody", "tfoot", "table"):
            self._end()
        if tag in ("table", "dl", "dd"):
            self.scopes = [one for one in self.scopes if one[0] not in (tag, "tr")]
            self.within = ""

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.text += data

    def _end(self) -> None:
        """The cell is over: what its numbers are called."""
        if self.cell is None:
            return
        (tag, column), self.cell = self.cell, None
        if tag == "th":
            self.day = self.text.strip()
        pattern = next((ids for _, ids, _ in reversed(self.scopes) if ids), "")
        row = next((row for _, _, row in reversed(self.scopes) if row), self.day)
        own = bool(self.scopes) and self.scopes[-1][0] == "tr" and bool(self.scopes[-1][1])
        if pattern and column and (self.within != "tfoot" or own):
            found = numbers_in(self.text)
            names = [column.replace("*", str(at + 1)) for at in range(len(found))] if "*" in column else column.split()
            ids = (
                [pattern.replace("ROW", row).replace("COL", name) for name in names] if "COL" in pattern else [pattern]
            )
            self.cells.append((ids, self.text.strip()))


def pairs(cells: Sequence[tuple[list[str], str]]) -> Iterator[tuple[str, str]]:
    """Id and number of each number shown; a cell that shows more than it has names for fails."""
    for ids, text in cells:
        found = numbers_in(text)
        assert len(found) <= len(ids), (ids, text)
        yield from zip(ids, [*found, *[NOTHING] * (len(ids) - len(found))], strict=True)
