"""The few different words of a column, brought home: rules about words are decided by the code that files go through.

Only words that a rule names go back into SQL, so that nothing personal does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts.columns import one_of
from clm_audit.facts.warehouse.cells import one_of as is_one_of
from clm_audit.facts.warehouse.model import Session

MOST = 10_000  # different words of a column that rules ask for
_OPEN = {"*", ""}


class Words:
    """Looks up the words of cells (SQL) of one table, each column once."""

    def __init__(self, session: Session, rows: str, where: str) -> None:
        self._session, self._rows, self._where = session, rows, where
        self._known: dict[str, pl.Series] = {}

    def of(self, cell: str, header: str) -> pl.Series:
        """The different words of a cell, without null. Raises :class:`DataError` where there are too many."""
        if cell not in self._known:
            query = f"SELECT DISTINCT {cell} AS word FROM {self._rows} WHERE {cell} IS NOT NULL LIMIT {MOST + 1}"
            found = sorted(str(row[0]) for row in self._session.rows(query))
            if len(found) > MOST:
                what = f"column {header} has more than {MOST:,} different values, and rules ask for single ones"
                raise DataError(what, where=self._where, hint="map another column, or a view with fewer values")
            self._known[cell] = pl.Series("word", found, dtype=pl.String)
        return self._known[cell]

    def holds(self, cell: str, header: str, values: Iterable[str]) -> str:
        """Whether a cell holds one of the values of a rule (``"*"`` any, ``""`` none, ``re:`` a pattern), as SQL."""
        asked = tuple(values)
        if "*" in asked:
            return f"({cell} IS NOT NULL)"
        parts = [f"{cell} IS NULL"] if "" in asked else []
        if set(asked) - _OPEN:
            words = self.of(cell, header)
            hit = words.to_frame().filter(one_of(pl.col("word"), [value for value in asked if value]))["word"]
            if len(hit) or not parts:
                parts.append(is_one_of(self._session.dialect, cell, tuple(hit)))
        return f"({' OR '.join(parts)})" if parts else "FALSE"

    def translated(self, cell: str, header: str, meaning: Callable[[pl.Expr], pl.Expr], named: str = "") -> str:
        """What each word means (a text or a whole number), as SQL; null for words without a meaning. ``named``: the
        cell as it is called where the SQL will stand."""
        frame = self.of(cell, header).to_frame().with_columns(meaning=meaning(pl.col("word")))
        means: dict[str | int, list[str]] = {}
        for word, meant in frame.drop_nulls().iter_rows():
            means.setdefault(meant, []).append(word)
        return chosen(self._session, named or cell, means)


def chosen(session: Session, cell: str, means: Mapping[str | int, Iterable[str]]) -> str:
    """meaning -> words, as a CASE over a cell; null for all other words."""
    sql = session.dialect
    cases = [
        f"WHEN {cell} IN ({', '.join(map(sql.literal, words))})"
        f" THEN {sql.literal(meant) if isinstance(meant, str) else meant}"
        for meant, words in means.items()
    ]
    kind = "INTEGER" if any(isinstance(meant, int) for meant in means) else sql.text
    return f"CASE {' '.join(cases)} END" if cases else f"CAST(NULL AS {kind})"
