"""Comparing headers: NFC, trimmed, case-folded; exact names and ``re:`` patterns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, takewhile

_PATTERN = "re:"
FIRST_COLUMN = "*"  # the key of a preset's `totals` for the first column of a file


@lru_cache(maxsize=65_536)
def normal(header: str) -> str:
    """The form in which headers are compared.

    >>> normal("\\ufeff  Record ID ") == normal("record id")
    True
    """
    return folded(header)


def folded(text: str) -> str:
    """The same of a longer text, which is not kept."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\ufeff", "").split()).casefold()


def _written(header: str) -> str:
    """The form of a header that patterns are held against."""
    return " ".join(unicodedata.normalize("NFC", header).split())


@lru_cache(maxsize=4_096)
def _pattern(alias: str) -> re.Pattern[str]:
    return re.compile(unicodedata.normalize("NFC", alias.removeprefix(_PATTERN)), re.IGNORECASE)


def same(alias: str, header: str) -> bool:
    """Whether a header is meant by an alias of a preset; patterns must match the whole header.

    >>> same("re:amount spent \\\\((?P<currency>[A-Z]{3})\\\\)", "Amount spent (EUR)")
    True
    """
    if alias.startswith(_PATTERN):
        return _pattern(alias).fullmatch(_written(header)) is not None
    return normal(alias) == normal(header)


def column_of(headers: Mapping[str, str], aliases: Sequence[str]) -> str | None:
    """The frame column (``headers``: frame column -> header as written) that the first matching alias means.

    >>> column_of({"Total": "Total", "Id": " ID "}, ["order id", "id"])
    'Id'
    """
    index = _index(tuple(headers.items()))
    for alias in aliases:
        if not alias.startswith(_PATTERN):
            column = index.get(normal(alias))
        else:
            column = next((column for column, header in headers.items() if same(alias, header)), None)
        if column is not None:
            return column
    return None


@lru_cache(maxsize=64)
def _index(headers: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Normal form of a header -> the first frame column that has it."""
    return {normal(header): column for column, header in reversed(headers)}


@dataclass(frozen=True)
class Names:
    """Header names somebody knows: exact ones in normal form, and patterns."""

    exact: frozenset[str]
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, aliases: Iterable[str]) -> Names:
        """Names from aliases as presets write them."""
        every = set(aliases)
        patterns = sorted(alias for alias in every if alias.startswith(_PATTERN))
        return cls(frozenset(normal(a) for a in every.difference(patterns)) - {""}, tuple(patterns))

    def count(self, cells: Iterable[str]) -> int:
        """How many different cells are known names."""
        return sum(1 for cell in {normal(cell): cell for cell in cells}.values() if self.knows(cell))

    def knows(self, cell: str) -> bool:
        """Whether this is a known header."""
        if normal(cell) in self.exact:
            return True
        written = _written(cell)
        return any(matches(written) for matches in self._matching)

    @cached_property
    def _matching(self) -> tuple[Callable[[str], object], ...]:
        """Each pattern as a question to a header as it is written."""
        return tuple(_pattern(alias).fullmatch for alias in self.patterns)


def leading_blank(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The columns before the first one with a header.

    >>> leading_blank({"column 1": "", "Date": "Date", "column 3": " "})
    ('column 1',)
    """
    return tuple(takewhile(lambda column: not normal(headers[column]), headers))


def total_columns(headers: Mapping[str, str], key: str) -> tuple[str, ...]:
    """The columns that a key of a preset's ``totals`` means: a header, ``*`` the first, blank the leading ones without.

    >>> total_columns({"column 1": "", "Date": "Date"}, "*")
    ('column 1',)
    """
    if key == FIRST_COLUMN:
        return tuple(islice(headers, 1))
    if not key:
        return leading_blank(headers)
    column = column_of(headers, (key,))
    return () if column is None else (column,)
