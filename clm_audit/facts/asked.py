"""What is said of a file beside its facts: columns of one name, states that nobody knows, cells that stay doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from clm_audit.facts import marks, statuses
from clm_audit.facts.columns import Column, Finder
from clm_audit.facts.decide import Formats
from clm_audit.facts.ledger import LISTED, Entry
from clm_audit.facts.staged import Staged
from clm_audit.intake.model import RawTable
from clm_audit.intake.names import normal

_MONEY = ("amount", "refunded", "cost", "unit_price")


@dataclass(frozen=True)
class Asked:
    """A file whose columns are known; ``base``: its cells as clean text, with the number of their ``row``."""

    table: RawTable
    finder: Finder
    columns: Sequence[Mapping[str, Column]]
    base: pl.LazyFrame

    def namesakes(self) -> Iterator[str]:
        """Columns that are read while others have the same header."""
        called = Counter(normal(header) for header in self.table.headers.values())
        for header in sorted({column.header.strip() for columns in self.columns for column in columns.values()}):
            if (several := called[normal(header)]) > 1:
                yield f"{several} columns are called {header}: the first of them is read"

    def states(self, staged: Sequence[Staged]) -> Iterator[str]:
        """The states that nobody knows, with their counts."""
        for one in staged:
            column = self.finder.rule(one.source, "status")
            if column is not None and one.fact == "tickets" and statuses.UNKNOWN not in one.left:
                found = self.base.group_by(column.name).len().collect(engine="streaming")
                yield from statuses.tickets_of_unknown_state(dict(found.iter_rows()))
            if column is None or statuses.UNKNOWN not in one.left:
                continue
            rows = one.rows.filter(pl.col("left") == one.left.index(statuses.UNKNOWN) + 1).select("row")
            if rows.head(1).collect().height:
                states = self.base.select("row", column.name).join(rows, on="row", how="semi")
                counts = states.group_by(column.name).len().collect(engine="streaming")
                yield statuses.named(dict(counts.iter_rows()), one.fact)

    def kept(self, hits: Mapping[tuple[str, str], pl.Expr]) -> list[Entry]:
        """The rows of :func:`doubtful`: they are taken as they stand, and listed."""
        named = {f"{number}": hit for number, hit in enumerate(hits.values())}
        rows = self.base.select("row", **named).filter(pl.any_horizontal(*named)).head(LISTED)
        found = rows.collect(engine="streaming")
        each = [(*key, found.filter(name)) for key, name in zip(hits, named, strict=True)]
        return [
            Entry(rows["row"].to_numpy().astype("int64"), code, header) for code, header, rows in each if rows.height
        ]


def doubtful(columns: Sequence[Mapping[str, Column]], formats: Formats) -> dict[tuple[str, str], pl.Expr]:
    """Code and header -> whether a row is to be looked at: an amount whose sign is of another currency than its column
    states, and a cell with two addresses, which is the address of nobody."""
    hits: dict[tuple[str, str], pl.Expr] = {}
    for found in columns:
        for name in _MONEY if "currency" in found else ():
            stated, column = found["currency"], found.get(name)
            if column and not stated.inside and formats.marks.get(column.name):
                hits["other_currency", column.header] = _contradicts(column, stated, formats)
        email = found.get("email")
        if email and formats.is_text(email):
            several = pl.col(email.name).str.count_matches("@", literal=True) > 1
            hits["two_addresses", email.header] = several.fill_null(False)
    return hits


def _contradicts(amount: Column, stated: Column, formats: Formats) -> pl.Expr:
    """Whether the sign or code in an amount cannot stand for the currency that the row states."""
    said = marks.stated(pl.col(stated.name))
    cells, wrong = marks.mark(pl.col(amount.name)), pl.lit(False)
    for sign in formats.marks[amount.name]:
        code = marks.code_of(sign)
        possible = said == code if code else said.is_in(marks.OPEN[sign]) if sign in marks.OPEN else pl.lit(True)
        wrong = wrong | ((cells == sign) & ~possible)
    return wrong.fill_null(False)
