"""States of records: those of a user's own mapping that names none, and those that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from clm_audit.config.preset import Yield, load_presets
from clm_audit.facts.columns import Column, one_of

UNKNOWN = "unknown_state"
LISTED = 5  # states of a file that are named; of the rest the number is said
_WORDS = r"^\p{L}[\p{L} _'’/()-]{0,39}$"  # what a state looks like; anything else may be about a person
_NAMED = {"state": pl.String, "count": pl.Int64}


def with_default_states(source: Yield) -> Yield:
    """A yield as it is, or with the states of the ``plain`` preset when it has none of its own.

    >>> bare = Yield(fact="orders", fields={"order": ("No",), "status": ("State",)})
    >>> "cancelled" in with_default_states(bare).left_out
    True
    """
    if source.left_out or source.counted:
        return source
    for candidate in load_presets()["plain"].objects.values():
        for plain in candidate.yields:
            if plain.fact == source.fact:
                kept = {name: _known(columns, source) for name, columns in plain.left_out.items()}
                left_out = {name: rule for name, rule in kept.items() if rule}
                return source.model_copy(update={"left_out": left_out, "known": _known(plain.known, source)})
    return source


def _known(columns: Mapping[str, tuple[str, ...]], source: Yield) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in columns.items() if name in source.fields}


def unknown(source: Yield, find: Callable[[str], Column | None]) -> pl.Expr | None:
    """Whether the state of a row is in none of the yield's lists; None when there is nothing to ask."""
    asked = [(column, source.known[key], key) for key in source.known if (column := find(key))]
    if not asked:
        return None
    hit = pl.lit(False)
    for column, values, key in reversed(asked):
        cells = pl.col(column.name)
        fitting = ~one_of(cells, (*values, *source.counted.get(key, ()))) & cells.is_not_null()
        hit = pl.when(cells.is_not_null()).then(fitting).otherwise(hit) if source.counted else hit | fitting
    return hit


def named(counts: Mapping[str | None, int]) -> str:
    """The unknown states of a file as a note: the most frequent ones by name, where they look like words.

    >>> named({"Zurückgestellt": 12, "ann@x.org": 3})
    'orders in a state that is not known: Zurückgestellt 12, other values 3'
    """
    frame = pl.DataFrame({"state": list(counts), "count": list(counts.values())}, schema=_NAMED)
    words = frame.filter(pl.col("state").str.contains(_WORDS)).sort("count", "state", descending=[True, False])
    told = [f"{state} {count:,}" for state, count in words.head(LISTED).iter_rows()]
    rest = sum(counts.values()) - int(words.head(LISTED)["count"].sum())
    return "orders in a state that is not known: " + ", ".join([*told, *([f"other values {rest:,}"] if rest else [])])
