"""Personal values of the exports, and whether a text holds one: what a redacted report is searched with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from clm_audit.facts.columns import Column, Finder, text
from clm_audit.intake.model import Exports, RawTable

FIELDS = ("customer", "email", "recipient", "referrer", "referred", "merged_into")
"""Fields of facts that name a person."""
HEADERS = re.compile(
    r"mail|(^|[ _.-])(name|zip|fax)\b|(first|last|full|sur|user|vor|nach)_?name|phone|mobile|street|address|birth"
    r"|post(al)?[ _]?code|telefon|stra(ß|ss)e|pr[ée]nom|t[ée]l[ée]phone|adresse|nombre|apellido|tel[ée]fono|direcci",
    re.IGNORECASE,
)
"""Headers under which exports write who somebody is, whether a fact takes the column or not."""
THINGS = re.compile(
    r"campaign|\bad\b|ad set|product|item|\bplan\b|event|account|list|file|segment|metric", re.IGNORECASE
)
"""Headers of names that things have."""
SHORTEST = 4
SHORTEST_NUMBER = 9  # shorter numbers are in every report, as counts, sizes and lines
_CHUNK = 50_000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Leak:
    """An ``output`` that holds a personal value, and the ``file`` and ``column`` it is from. Never the value."""

    output: str
    file: str
    column: str


def leaks(exports: Exports, outputs: Mapping[str, str], usual: Collection[str] = ()) -> tuple[Leak, ...]:
    """Every personal column of the exports with a value that stands in one of the ``outputs`` (name -> text).

    Values are compared without case, as whole words. Not searched, for no text could be told from them: values of
    fewer than four characters, whole numbers of fewer than nine digits, and values that are made only of ``usual``
    words (of the program's own sentences, or of what the user wrote in the configuration).
    """
    folded = {name: found.lower() for name, found in outputs.items()}
    known = frozenset(word.lower() for word in usual)
    return tuple(
        Leak(name, table.name, column.header)
        for table in exports.tables
        for column in personal_columns(table)
        for name in _holding(table, column, folded, known)
    )


def personal_columns(table: RawTable) -> tuple[Column, ...]:
    """The columns of a file that say who somebody is: by the fact that takes them, or by their header."""
    finder = Finder.of(table)
    found: dict[str, Column] = {}
    for source in table.object.yields if table.object else ():
        found |= {one.name: one for field, one in finder.fields(source).items() if field in FIELDS}
    named = {name: Column(name, header) for name, header in table.headers.items() if _names_persons(header)}
    return tuple({**named, **found}.values())


def _names_persons(header: str) -> bool:
    """Whether persons are named under a header.

    >>> [_names_persons(header) for header in ("Billing Name", "E-Mail", "Campaign name", "Total")]
    [True, True, False, False]
    """
    return HEADERS.search(header) is not None and THINGS.search(header) is None


def _holding(table: RawTable, column: Column, texts: Mapping[str, str], usual: Collection[str]) -> Iterator[str]:
    """The outputs that hold a value of the column."""
    holding: set[str] = set()
    for values in _chunks(table, column):
        for name in texts.keys() - holding:
            if any(_as_word(value, texts[name]) for value in _inside(values, texts[name]) - _plain(values, usual)):
                holding.add(name)
    yield from sorted(holding)


def _chunks(table: RawTable, column: Column) -> Iterator[Sequence[str]]:
    """The different values that can be searched for."""
    cells = text(table, column).str.to_lowercase().alias("value")
    long = pl.col("value").str.len_chars() >= SHORTEST
    number = pl.col("value").str.contains(rf"^\d{{1,{SHORTEST_NUMBER - 1}}}(\.0)?$")
    found = table.frame.select(cells).filter(long & ~number).unique().sort("value").collect(engine="streaming")
    for start in range(0, found.height, _CHUNK):
        yield found["value"].slice(start, _CHUNK).to_list()


def _inside(values: Sequence[str], within: str) -> set[str]:
    """The values that occur anywhere in the text: one pass over it for all of them (Aho-Corasick)."""
    found = pl.Series([within]).str.extract_many(list(values), overlapping=True)
    return set(found.explode(empty_as_null=False).to_list()) if len(found) else set()


def _plain(values: Sequence[str], usual: Collection[str]) -> set[str]:
    return {value for value in values if (words := _WORD.findall(value)) and all(word in usual for word in words)}


def _as_word(value: str, within: str) -> bool:
    """Whether a value stands in a text on its own, not as a part of a longer word or number.

    >>> _as_word("ann", "an annual plan"), _as_word("ann@x.org", "from: ann@x.org, today")
    (False, True)
    """
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", within) is not None
