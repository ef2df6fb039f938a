"""Rows that sum up others in a table of data, as people add them.

Among the rows that could not be taken: those that say so, and those at the end of the table whose every number is
provably the sum, the mean or the count of its column. Among customers, who need no day: those at the end that say so
and hold nothing but numbers. In any table: those at the end that say so and hold nothing else at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from clm_audit.facts import money
from clm_audit.facts.columns import BLANKS
from clm_audit.facts.fields import FIELDS
from clm_audit.facts.money import Locale
from clm_audit.facts.staged import Staged
from clm_audit.intake.model import ROW, RawTable

_SAYS_SO = (
    r"(?i)^\W*((grand|sub|overall)[ -]?)?(totals?|sum|summe|gesamt|gesamtsumme|gesamtergebnis|insgesamt|somme|"
    r"total g[eé]n[eé]ra[l]|totale|totaal|suma)\W*$|^.{1,60} (total|subtotal|ergebnis|summe)\W*$"
)
_BLANK = ("missing_date", "missing_id", "missing_recipient")  # a sum has no day and no id of its own
_ASKED = 10_000
_TAIL = 3  # rows at the end that may be a sum, a mean and a count without saying so
_LEAST = 3  # rows that a sum needs above it: of fewer, an ordinary row may be one
_PLACES = 6
_LOCALES: tuple[Locale, ...] = ("point", "comma")
_ANY_NUMBER = r"^[-+(]?[^\p{L}\d]{0,3}\d[\d.,' \u00a0\u202f]*\p{Sc}?[)%]?$"


def find_sums(table: RawTable, staged: Sequence[Staged]) -> pl.Series:
    """Numbers of the rows of a file that sum up others (see above).

    A row that lacks its day or id, is of no other fact and says in its first filled cell that it is a sum; one of
    the last ones of a table of customers; one at the end with that word and nothing else; one that cannot be taken and
    is proved to be one. A table of which very many rows lack them is not asked: its trouble is another.
    """
    said = pl.concat([_lacking(table, staged), _of_customers(table, staged), _bare(table, staged)]).unique().sort()
    return pl.concat([said, _proved(table, staged, said)]).unique().sort()


def _lacking(table: RawTable, staged: Sequence[Staged]) -> pl.Series:
    """The rows without day or id that say that they are a sum."""
    found = pl.Series("row", [], dtype=pl.UInt32)
    for one in staged:
        here = one.rows.filter(_lacks(one)).select("row").head(_ASKED + 1).collect(engine="streaming")["row"]
        found = pl.concat([found, here]).unique()
    if not 0 < len(found) <= _ASKED:
        return found.clear()
    for one in staged:
        others = one.rows.filter(pl.col("row").is_in(found.implode()) & ~_lacks(one)).select("row")
        found = found.filter(~found.is_in(others.collect(engine="streaming")["row"].implode()))
    rows = _numbered(table).filter(pl.col("row").is_in(found.implode()))
    says = rows.select("row", said=_first(table).str.contains(_SAYS_SO)).filter("said")
    return says.select("row").collect(engine="streaming")["row"]


def _of_customers(table: RawTable, staged: Sequence[Staged]) -> pl.Series:
    """The last rows of a file of customers that say that they are a sum, and hold nothing else but numbers."""
    none = pl.Series("row", [], dtype=pl.UInt32)
    if table.height <= _LEAST or not staged or any(one.fact not in ("customers", "stages") for one in staged):
        return none
    tail = _numbered(table).filter(pl.col("row") >= table.height - _TAIL)
    filled = pl.concat_list(_cells(table)).list.drop_nulls()
    numbers = filled.list.slice(1).list.eval(pl.element().str.contains(_ANY_NUMBER)).list.all()
    rows = tail.select("row", hit=_first(table).str.contains(_SAYS_SO) & numbers).collect(engine="streaming")
    return _ending(rows, table.height)


def _bare(table: RawTable, staged: Sequence[Staged]) -> pl.Series:
    """The last rows that say that they are a sum and hold nothing else, whatever the table is of.

    The file itself is asked only where a row at its end has no day: in a large one, among the rows of its facts.
    """
    edge = table.height - _TAIL
    open_rows = set(range(edge, table.height)) if any(one.held for one in staged) else set[int]()
    dated = set[int]()
    for one in staged:
        days = [name for name, spec in FIELDS[one.fact].items() if name in one.columns and spec.kind == "day"]
        day = pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in days))
        last = one.rows.filter(pl.col("row") >= edge).select("row", day=day).collect(engine="streaming")
        dated.update(last.filter("day")["row"])
        open_rows.update(last["row"])
    if table.height <= _LEAST or not open_rows - dated:
        return pl.Series("row", [], dtype=pl.UInt32)
    alone = pl.sum_horizontal(cell.is_not_null() for cell in _cells(table)) == 1
    rows = _numbered(table).filter(pl.col("row").is_in(sorted(open_rows - dated)))
    return rows.filter(alone & _first(table).str.contains(_SAYS_SO)).select("row").collect(engine="streaming")["row"]


def _ending(rows: pl.DataFrame, height: int) -> pl.Series:
    """Of the last rows, those from the first on after which all are hits."""
    last, hits = height, dict(rows.select("row", "hit").iter_rows())
    while hits.get(last - 1):
        last -= 1
    return pl.Series("row", range(last, height), dtype=pl.UInt32)


def _proved(table: RawTable, staged: Sequence[Staged], said: pl.Series) -> pl.Series:
    """The rows at the end that cannot be taken, and whose every cell is the sum, mean or count of its column."""
    none = pl.Series("row", [], dtype=pl.UInt32)
    edge = table.height - _TAIL - len(said)
    wrong: set[int] = set()
    for one in staged:
        broken = one.rows.filter((pl.col("row") >= edge) & (pl.col("reason") > 0)).select("row")
        wrong.update(broken.collect(engine="streaming")["row"].to_list())
    ends, first = wrong | set(said.to_list()), table.height
    while first - 1 in ends and first - 1 >= edge:
        first -= 1
    if first == table.height or first < _LEAST:
        return none
    rows = _numbered(table).filter(~pl.col("row").is_in(said.implode()))
    cells = [cell.alias(name) for name, cell in zip(table.headers, _cells(table), strict=True)]
    tail = rows.filter(pl.col("row") >= first).select("row", *cells).collect(engine="streaming")
    used = [name for name in table.headers if tail[name].count()]
    if not used:
        return none
    body = rows.filter(pl.col("row") < first).select(*cells)
    facts = body.select(**_told(used)).collect(engine="streaming").row(0, named=True)
    hits = [row["row"] for row in tail.iter_rows(named=True) if _is_sum(row, used, facts)]
    return pl.Series("row", hits, dtype=pl.UInt32)


def _told(names: Sequence[str]) -> dict[str, pl.Expr]:
    """Filled cells of each column, and for each way to write numbers how many are one, and their sum."""
    told: dict[str, pl.Expr] = {}
    for at, name in enumerate(names):
        told[f"{at}"] = pl.col(name).count()
        for locale in _LOCALES:
            value = _value(pl.col(name), locale)
            told |= {f"{at} {locale} n": value.count(), f"{at} {locale}": value.sum()}
    return told


def _value(cells: pl.Expr, locale: Locale) -> pl.Expr:
    return money.to_plain(cells, locale).cast(pl.Decimal(38, _PLACES), strict=False)


def _is_sum(row: Mapping[str, str | None], names: Sequence[str], facts: Mapping[str, int | Decimal | None]) -> bool:
    """Whether each filled cell of a row is the sum, the mean or the count of its column, and all of one kind."""
    filled = [(at, row[name] or "") for at, name in enumerate(names) if row[name]]
    kinds = [_kinds(text, at, facts) for at, text in filled]
    return bool(kinds) and bool(frozenset.intersection(*kinds))


def _kinds(text: str, at: int, facts: Mapping[str, int | Decimal | None]) -> frozenset[str]:
    """What a number is of its column: ``sum``, ``mean``, ``count``; a zero or a single digit proves no sum."""
    found: set[str] = set()
    count = facts[f"{at}"]
    for locale in _LOCALES:
        written = pl.select(money.to_plain(pl.lit(text), locale)).item()
        number, total = facts[f"{at} {locale} n"], facts[f"{at} {locale}"]
        if written is None or not count:
            continue
        value = Decimal(written)
        if value == count and value >= _LEAST:
            found.add("count")
        if number == count and isinstance(total, Decimal) and value:
            unit = Decimal(1).scaleb(int(value.as_tuple().exponent))
            found |= {"sum"} if value == total else set()
            found |= {"mean"} if abs(total / count - value) * 2 <= unit else set()
    return frozenset(found)


def _numbered(table: RawTable) -> pl.LazyFrame:
    return table.frame.with_columns(pl.col(ROW).cast(pl.UInt32).alias("row"))


def _cells(table: RawTable) -> list[pl.Expr]:
    """Every cell as trimmed text; null where blank."""
    cells = [pl.col(name).cast(pl.String).str.strip_chars(BLANKS) for name in table.headers]
    return [pl.when(cell != "").then(cell) for cell in cells]


def _first(table: RawTable) -> pl.Expr:
    """The first filled cell of a row."""
    return pl.coalesce(_cells(table))


def _lacks(one: Staged) -> pl.Expr:
    blank = [position for position, (code, _) in enumerate(one.reasons, start=1) if code in _BLANK]
    return pl.col("reason").is_in(blank)
