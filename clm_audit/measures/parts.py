"""Frames that were collected part by part, put together: every part holds other customers.

In all frames the columns named in :data:`KEYS` tell what a row is about and all others are sums, so that rows of the
same keys are added up. One frame is no sum: the largest customer is the largest of all parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.inorder import by_customer
from clm_audit.facts.model import Facts
from clm_audit.facts.split import held
from clm_audit.intake.model import Progress
from clm_audit.measures.engines import Collected, Columns, Engine, Frames
from clm_audit.measures.model import Calendar
from clm_audit.measures.referrals import referral_frames

KEYS = frozenset(
    {
        *("segment", "day", "week", "period", "month", "window", "cohort", "kind", "stage", "score", "campaign"),
        *("at", "gap", "days", "late", "cents"),
    }
)
"""Columns that no frame sums up. A frame whose every row is its own (customers that are followed) has ``at``."""
LARGEST = "largest"


MEASURING = "measuring"


Part = Mapping[Any, pl.LazyFrame]


def in_memory(part: Part) -> Part:
    """What many frames are made of is read once, orders in the order of their customers."""
    arranged = {"orders": by_customer, "tickets": None, "customers": None}
    return {name: held(rows, arranged[name]) if name in arranged else rows for name, rows in part.items()}


def as_it_is(part: Part) -> Part:
    """A part that is looked at once."""
    return part


def collected_in_parts(
    engine: Engine,
    parts: Sequence[Part],
    frames: Callable[[Frames], Frames],
    progress: Progress,
    ready: Callable[[Part], Part] = as_it_is,
) -> Collected:
    """The frames of all parts, one part after the other, each of which is made ``ready`` before."""
    sums: Collected = {}
    for number, part in enumerate(parts):
        progress(MEASURING, number, len(parts))
        with engine.open(ready(part)) as tables:
            sums = added(sums, engine.collect(frames(tables)))
    return sums


def referrals_in_parts(engine: Engine, facts: Facts, calendar: Calendar, progress: Progress) -> Collected:
    """The frames of referrals, which look at two customers: who referred, and when the one who was referred first
    ordered. Of the orders only those first days are brought together."""
    if "referrals" not in facts.tables:
        return {}
    whole = {"referrals": facts.tables["referrals"]}
    if "orders" in facts.tables:
        parts = [{"orders": part["orders"], **whole} for part in facts.parts if "orders" in part]
        first = collected_in_parts(engine, parts, lambda tables: {"first": _first_orders(tables)}, progress)["first"]
        days = {"customer": first["at"], "day": first["first"]}
        whole["orders"] = pl.LazyFrame(days).with_columns(left_out=pl.lit(None, dtype=pl.String))
    with engine.open(whole) as tables:
        return engine.collect(referral_frames(tables, {}, calendar))


def _first_orders(tables: Frames) -> nw.LazyFrame[Any]:
    """The day of the first order of each customer of a part who was referred (``at``: the customer)."""
    asked = tables["referrals"].filter(~nw.col("referred").is_null()).select(customer=nw.col("referred")).unique()
    bought = tables["orders"].filter(~nw.col("customer").is_null(), nw.col("left_out").is_null())
    rows = bought.join(asked, on="customer", how="semi")
    return rows.group_by("customer").agg(first=nw.col("day").min()).select("first", at=nw.col("customer"))


def added(sums: Collected, more: Collected) -> Collected:
    """The frames of two sets of parts as those of their union."""
    found = {**sums, **more}
    for name in sums.keys() & more.keys():
        both = {column: np.concatenate([sums[name][column], more[name][column]]) for column in sums[name]}
        found[name] = _larger(both) if name == LARGEST and "revenue" in both else _summed(both)
    return {name: found[name] for name in sorted(found)}


def _larger(both: Columns) -> Columns:
    """The first by revenue, of equals by id."""
    order = np.lexsort((both["customer"], -both["revenue"]))[:1]
    return {name: column[order] for name, column in both.items()}


def _summed(both: Columns) -> Columns:
    """One row for each combination of keys, in their order; sums are added in the order of the parts."""
    keys = [name for name in both if name in KEYS]
    order = np.lexsort([both[name] for name in reversed(keys)])
    rows = {name: column[order] for name, column in both.items()}
    starts = np.flatnonzero(_changes(rows, keys))
    return {name: column[starts] if name in KEYS else _total(column, starts) for name, column in rows.items()}


def _changes(rows: Mapping[str, NDArray[np.int64]], keys: list[str]) -> NDArray[np.bool_]:
    """Whether a sorted row differs in its keys from the one before it."""
    size = next(iter(rows.values())).size
    changed = np.zeros(size, dtype=np.bool_)
    changed[:1] = True
    for name in keys:
        changed[1:] |= rows[name][1:] != rows[name][:-1]
    return changed


def _total(column: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.add.reduceat(column, starts) if column.size else column
