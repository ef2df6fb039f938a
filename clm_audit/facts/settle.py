"""Orders that stand more than once, settled part by part: which of them counts, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from clm_audit.facts.candidates import COLUMNS, SAID, Candidates, Twins, all_rows
from clm_audit.facts.damage import FLOAT
from clm_audit.facts.fates import Fates, mark, rows_with
from clm_audit.facts.leaders import led, open_total, ranked
from clm_audit.facts.ledger import Entry
from clm_audit.facts.numbering import Numbering, Spaces, compared, decided, numbered
from clm_audit.facts.split import part_of, sink

_CLASHING, _LOST, _REPEATED, _SUPERSEDED = 2, 4, 8, 16


@dataclass(frozen=True)
class Settling:
    """The files of one name space (``members``), and which of their orders are ``looked`` at.

    ``folder``: where the orders go that count, where there are several parts.
    """

    twins: Twins
    members: Mapping[int, Candidates]
    looked: Mapping[int, Fates]
    folder: Path

    def settle(self, parts: Sequence[pl.LazyFrame]) -> None:
        """Settle the orders of all parts, and enter what became of them; those of one number stand in one part."""
        sides = {one.one.table.side for one in self.members.values()}
        key = ["order", "day"] if {"before", "after"} <= sides else ["order"]
        told = _Told(parts, key)
        spaces = _spaces(told, key)
        for number, fates in self.looked.items():
            self.twins.fates[number], self.twins.kept[number] = fates, []
        for at, rows in enumerate(told):
            self._keep(self._settled(rows, key, spaces), at if len(parts) > 1 else None)
        for number, fates in self.looked.items():
            self.twins.entries[number] = _entries(self.members[number], fates, self.folder)

    def _settled(self, rows: pl.DataFrame, key: list[str], spaces: Spaces | None) -> pl.DataFrame:
        """The orders of one part that count; what became of the others is noted."""
        numbering = _numbered(_unique(rows), key, spaces)
        self.twins.damaged += rows.filter(pl.col("order").str.contains(FLOAT)).height
        self.twins.anew.update(numbering.anew)
        self.twins.unclear.update(numbering.unclear)
        key = [*key, "space"]
        found = led(ranked(numbering.rows, key, lambda: self._ends), key)
        repeats, revised = pl.col("repeats"), pl.col("revised")
        self._mark(rows.filter(pl.col("kinds") > 1), _CLASHING)
        self._mark(rows.filter((pl.col("kinds") == 1) & (pl.col("nth") > 1)), _REPEATED)
        self._mark(found.filter(repeats & ~revised), _REPEATED)
        self._mark(found.filter(repeats & revised), _SUPERSEDED)
        self._mark(found.filter(pl.col("leads") & open_total()), _LOST)
        self.twins.revised += found.filter(pl.col("leads") & revised).height
        self.twins.split_orders += found.filter(~pl.col("leads") & ~repeats).height
        return found.filter(pl.col("leads") & ~open_total()).select("part", *COLUMNS)

    def _mark(self, rows: pl.DataFrame, fate: int) -> None:
        for (number,), some in rows.select("part", "first").partition_by("part", as_dict=True).items():
            mark(self.looked[int(number)], some, fate)

    def _keep(self, rows: pl.DataFrame, part: int | None) -> None:
        """Hold the orders that count, or write them for each file where there are several parts."""
        if part is None:
            for number, kept in self.twins.kept.items():
                kept.append(rows.filter(pl.col("part") == number).lazy())
            return
        folder = self.folder / f"{part}"
        sink(rows.lazy(), pl.col("part"), folder)
        for number in self.looked:
            self.twins.kept[number].append(part_of([folder], number, rows.schema))

    @cached_property
    def _ends(self) -> dict[int, int]:
        """The newest day of each file."""
        last = pl.col("day").max()
        return {
            number: one.orders.select(last).collect(engine="streaming").item() or 0
            for number, one in self.members.items()
        }


class _Told:
    """The rows of the parts, once or twice; of a single part they are described once."""

    def __init__(self, parts: Sequence[pl.LazyFrame], key: list[str]) -> None:
        self.parts, self.within = parts, [*key, "part"]
        self.only = self._described(parts[0]) if len(parts) == 1 else None

    def __iter__(self) -> Iterator[pl.DataFrame]:
        if self.only is not None:
            yield self.only
        else:
            yield from map(self._described, self.parts)

    def _described(self, part: pl.LazyFrame) -> pl.DataFrame:
        """With the number of different statements of a file about an order, and which of them a row is."""
        return part.collect(engine="streaming").with_columns(
            kinds=pl.struct(SAID).n_unique().over(self.within),
            nth=pl.col("first").rank("ordinal").over(self.within),
        )


def _unique(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter((pl.col("kinds") == 1) & (pl.col("nth") == 1))


def _spaces(told: Iterable[pl.DataFrame], key: list[str]) -> Spaces | None:
    """Whether the files share their numbers, by the numbers of all parts; None where only one file has any."""
    comparisons, files = [], set[int]()
    for rows in told:
        unique = _unique(rows)
        files.update(unique["part"].unique().to_list())
        comparisons.append(compared(unique, key))
    return decided(comparisons, sorted(files)) if len(files) > 1 else None


def _numbered(rows: pl.DataFrame, key: list[str], spaces: Spaces | None) -> Numbering:
    if spaces is None:
        return Numbering(rows.with_columns(space=pl.lit(0, dtype=pl.Int32)), {}, {})
    return numbered(rows, key, spaces)


def _entries(one: Candidates, fates: Fates, folder: Path) -> list[Entry]:
    header = one.one.columns["order"].header
    return [
        Entry(rows_with(fates, _CLASHING), "conflicting_rows", header),
        Entry(all_rows(one, fates, _LOST, folder), "missing_amount", header),
        Entry(all_rows(one, fates, _REPEATED, folder), "repeated", header, repeated=True),
        Entry(all_rows(one, fates, _SUPERSEDED, folder), "superseded", header, repeated=True),
    ]
