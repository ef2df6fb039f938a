"""What a folder offers for a configuration: words of spend that a rule may name, and columns that group customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from clm_audit.config.plan import SpendRules
from clm_audit.config.preset import Yield
from clm_audit.facts.columns import Finder, text
from clm_audit.facts.labels import LABELS, PERSONAL
from clm_audit.facts.spend import category_of
from clm_audit.intake.model import RawTable

MOST_WORDS = 40
_HINTS = (
    ("acquisition", ("ads", "advert", "werbung", "publicit", "acquisition", "affiliate", "seo", "marketing", "lead")),
    ("retention", ("loyal", "retention", "newsletter", "member", "winback", "win-back", "bonus")),
    ("service", ("support", "service", "help", "desk", "kundendienst")),
)


@dataclass(frozen=True)
class SpendWord:
    """A platform, account or category of spend. ``category`` is what it counts as without a rule (``other`` when
    nothing says); ``guess``: what its name sounds like, or empty."""

    word: str
    rows: int
    category: str
    guess: str
    platform: bool


@dataclass(frozen=True)
class SegmentColumn:
    """A column of a customer export: in how many groups it puts how many rows."""

    header: str
    groups: int
    rows: int


def spend_words(tables: Sequence[RawTable]) -> tuple[SpendWord, ...]:
    """The platforms, accounts and categories of spend, the most frequent first; words with an address are left out."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    for table in tables:
        for source in _yields(table, "spend"):
            counts.update(_words(table, source))
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
    return tuple(
        SpendWord(word, rows, category, guess_category(word) if category == "other" else "", platform)
        for (word, category, platform), rows in found
        if "@" not in word
    )


def _words(table: RawTable, source: Yield) -> dict[tuple[str, str, bool], int]:
    """(word, category without a rule, whether it is a platform) -> rows."""
    platform = source.constants.get("platform")
    if platform or source.category:
        word = platform or source.category or ""
        return {(word, source.category or "acquisition", bool(platform)): table.height}
    columns = Finder.of(table).fields(source)
    chosen = [columns[name] for name in ("account", "category") if name in columns]
    if not chosen:
        return {}
    names = ["account", "category"][-len(chosen) :] if len(chosen) == 2 else ["account"]
    cells = [text(table, column).alias(name) for column, name in zip(chosen, names, strict=True)]
    counted = table.frame.select(cells).group_by(names).len().collect(engine="streaming")
    found: Counter[tuple[str, str, bool]] = Counter()
    for row in counted.iter_rows(named=True):
        words = [row.get(name) for name in names]
        category, _ = category_of(SpendRules(), words, None)
        first = next((each for each in words if each), None)
        if first:
            found[first, category, False] += row["len"]
    return dict(found)


def guess_category(word: str) -> str:
    """What a name sounds like.

    >>> guess_category("Loyalty programme"), guess_category("Rent")
    ('retention', '')
    """
    folded = word.casefold()
    return next((kind for kind, hints in _HINTS if any(hint in folded for hint in hints)), "")


def segment_columns(tables: Sequence[RawTable]) -> tuple[SegmentColumn, ...]:
    """Columns that group customers without naming one, by header; of several files the largest counts."""
    found: dict[str, SegmentColumn] = {}
    for table in tables:
        for source in _yields(table, "customers"):
            for name in table.object.segments if table.object else ():
                column = Finder.of(table).rule(source, name)
                if column is None:
                    continue
                cells = table.frame.select(text(table, column).alias("cell"))
                counted = cells.select(groups=pl.col("cell").drop_nulls().n_unique(), rows=pl.col("cell").count())
                groups, rows = counted.collect(engine="streaming").row(0)
                if 2 <= groups <= min(LABELS, max(PERSONAL, rows / 2)) and rows > (
                    found[name].rows if name in found else 0
                ):
                    found[name] = SegmentColumn(name, groups, rows)
    return tuple(sorted(found.values(), key=lambda one: one.header))


def _yields(table: RawTable, fact: str) -> Iterator[Yield]:
    if table.duplicate_of is None and table.height:
        yield from (source for source in (table.object.yields if table.object else ()) if source.fact == fact)
