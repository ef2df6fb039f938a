"""States of records: those of a user's own mapping that names none, and those that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from clm_audit.config.preset import FactName, Yield, load_presets
from clm_audit.facts.columns import Column, one_of

UNKNOWN = "unknown_state"
# A ticket counts whatever its state, unless a rule leaves it out; one in a state of another name is said to be there.
TICKET_STATES = (
    r"(?i)^(new|open|reopened|pending|hold|on[ -]hold|waiting( on.*)?|in progress|escalated|assigned|snoozed|working"
    r"|solved|resolved|closed|done|answered|active|inactive|canceled|cancelled|deleted|suspended|spam|merged|\d+)$"
)
LISTED = 5  # states of a file that are named; of the rest the number is said
Find = Callable[[str], Column | None]  # the column that a rule names, in one file
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
                states = {
                    "known": _known(plain.known, source),
                    "returned": _known(plain.returned, source),
                    "returned_partly": _known(plain.returned_partly, source),
                }
                return source.model_copy(update={"left_out": left_out, **states})
    return source


def _known(columns: Mapping[str, tuple[str, ...]], source: Yield) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in columns.items() if name in source.fields}


def unknown(source: Yield, find: Find) -> pl.Expr | None:
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


def returned(source: Yield, find: Find) -> pl.Expr | None:
    """1 where the state of a row says that all was given back, 2 where a part, else 0; None when nothing says so."""
    hits = []
    for code, columns in ((1, source.returned), (2, source.returned_partly)):
        asked = [(column, values) for key, values in columns.items() if (column := find(key))]
        if asked:
            hits.append((code, pl.any_horizontal(one_of(pl.col(column.name), values) for column, values in asked)))
    if not hits:
        return None
    answer = pl.lit(0, dtype=pl.UInt8)
    for code, hit in reversed(hits):
        answer = pl.when(hit).then(pl.lit(code, dtype=pl.UInt8)).otherwise(answer)
    return answer


def named(counts: Mapping[str | None, int], fact: FactName = "orders") -> str:
    """The unknown states of a file as a note: the most frequent ones by name, where they look like words.

    >>> named({"Zurückgestellt": 12, "ann@x.org": 3})
    'orders in a state that is not known: Zurückgestellt 12, other values 3'
    """
    frame = pl.DataFrame({"state": list(counts), "count": list(counts.values())}, schema=_NAMED)
    words = frame.filter(pl.col("state").str.contains(_WORDS)).sort("count", "state", descending=[True, False])
    told = [f"{state} {count:,}" for state, count in words.head(LISTED).iter_rows()]
    rest = sum(counts.values()) - int(words.head(LISTED)["count"].sum())
    what = "orders" if fact == "order_lines" else fact
    told += [f"other values {rest:,}"] if rest else []
    return f"{what} in a state that is not known: " + ", ".join(told)


def words_among(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The values that look like words and no person, with their counts, the most frequent first."""
    counted = pl.DataFrame({"state": list(counts), "count": list(counts.values())}, schema=_NAMED)
    words = counted.filter(pl.col("state").str.contains(_WORDS)).sort("count", "state", descending=[True, False])
    return [(str(word), int(count)) for word, count in words.iter_rows()]


def tickets_of_unknown_state(counts: Mapping[str | None, int]) -> Iterator[str]:
    """A note that names the states of tickets that no list knows; such tickets count."""
    known = re.compile(TICKET_STATES)
    other: dict[str | None, int] = {
        state: count for state, count in counts.items() if state is not None and not known.match(state.strip())
    }
    if other:
        yield f"{named(other, 'tickets')}; they count like the others"


def left_out(source: Yield, find: Find) -> tuple[tuple[str, ...], pl.Expr]:
    """Why rows of a yield do not count, and for each row 0 or 1 + the position of its reason."""
    names: list[str] = []
    left = pl.lit(0, dtype=pl.UInt8)
    counted = _counted(source, find)
    if counted is not None:
        names.append("not_won")
        left = pl.when(counted).then(left).otherwise(pl.lit(1, dtype=pl.UInt8))
    doubtful = unknown(source, find)
    if doubtful is not None:
        names.append(UNKNOWN)
        left = pl.when(doubtful).then(pl.lit(len(names), dtype=pl.UInt8)).otherwise(left)
    for name, columns in reversed(list(source.left_out.items())):
        hit = pl.lit(False)
        for key, values in columns.items():
            column = find(key)
            if column:
                hit = hit | one_of(pl.col(column.name), values)
        names.append(name)
        left = pl.when(hit).then(pl.lit(len(names), dtype=pl.UInt8)).otherwise(left)
    return tuple(names), left


def _counted(source: Yield, find: Find) -> pl.Expr | None:
    """Whether a row counts by the first of the ``counted`` columns that holds a value; no value, no count."""
    known = [(find(key), values) for key, values in source.counted.items()]
    present = [(pl.col(column.name), values) for column, values in known if column]
    if not present:
        return None
    answer = pl.lit(False)
    for cells, values in reversed(present):
        answer = pl.when(cells.is_not_null()).then(one_of(cells, values)).otherwise(answer)
    return answer
