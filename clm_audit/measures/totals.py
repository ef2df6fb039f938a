"""Arithmetic of totals: build cells, add them, look things up. Plain numpy, exact for counts and money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.model import Cells, Moments, Totals

DIGITS = 12


def significant(values: NDArray[Any]) -> NDArray[np.float64]:
    """Rounded to 12 significant digits and without a negative zero, so that the order of a float sum cannot show.

    >>> significant(np.array([0.0, 1234567890123456.0, -1 / 3]))
    array([ 0.00000000e+00,  1.23456789e+15, -3.33333333e-01])
    """
    rounded = np.array([float(f"{value:.{DIGITS - 1}e}") for value in values.ravel()], dtype=np.float64)
    return rounded.reshape(values.shape) + 0.0


def cells(keys: Mapping[str, NDArray[Any]], values: Mapping[str, NDArray[Any]]) -> Cells:
    """Rows summed by key: keys unique and sorted; integers stay int64, float sums are rounded."""
    names = list(keys)
    stacked = np.stack([np.asarray(keys[name], dtype=np.int64) for name in names])
    unique, place = _distinct(stacked)
    summed: dict[str, NDArray[Any]] = {}
    for name, column in values.items():
        whole = column.dtype.kind in "iub"
        total = np.zeros(unique.shape[1], dtype=np.int64 if whole else np.float64)
        np.add.at(total, place, column)
        summed[name] = total if whole else significant(total)
    return Cells({name: unique[i] for i, name in enumerate(names)}, summed)


def _distinct(stacked: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different columns of [keys, rows], in order by the first key, then the next; and which of them each row is.

    As :func:`numpy.unique` over an axis, which compares whole columns and takes many times as long.
    """
    order = np.lexsort(stacked[::-1])
    ordered = stacked[:, order]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    return ordered[:, first], place


def empty(*keys: str) -> Cells:
    """Cells without a row."""
    return Cells({key: np.zeros(0, dtype=np.int64) for key in keys}, {})


def join(parts: Sequence[Cells]) -> Cells:
    """Cells of the same keys side by side: a quantity that a part does not have is 0 for its keys."""
    keys = list(parts[0].keys)
    kinds = {name: column.dtype for part in parts for name, column in part.values.items()}
    stacked = {key: np.concatenate([part.keys[key] for part in parts]) for key in keys}
    filled = {
        name: np.concatenate([part.values.get(name, np.zeros(part.keys[keys[0]].size, dtype=kind)) for part in parts])
        for name, kind in kinds.items()
    }
    return cells(stacked, filled)


def _add_moments(a: Moments, b: Moments) -> Moments:
    names = tuple(dict.fromkeys((*a.names, *b.names)))
    sums = np.zeros(len(names), dtype=np.int64)
    products = np.zeros((len(names), len(names)))
    for part in (a, b):
        place = np.array([names.index(name) for name in part.names], dtype=np.int64)
        sums[place] += part.sums
        products[np.ix_(place, place)] += part.products
    return Moments(names, a.customers + b.customers, sums, significant(products))


def add(a: Totals, b: Totals) -> Totals:
    """The totals of two disjoint sets of customers (or of their anonymous orders) together.

    Spend, series and campaign sends belong to the audit, not to a customer: let one part hold them.
    """
    names = sorted({*a.cells, *b.cells})
    joined = {name: join([part.cells[name] for part in (a, b) if name in part.cells]) for name in names}
    moments = dict(a.moments)
    for segment, other in b.moments.items():
        moments[segment] = _add_moments(moments[segment], other) if segment in moments else other
    return Totals(joined, dict(sorted(moments.items())))


def mask(part: Cells, segments: Iterable[int] | None) -> NDArray[np.bool_]:
    """Rows of these segments; None = all."""
    size = next(iter(part.keys.values())).size
    if segments is None:
        return np.ones(size, dtype=bool)
    return np.isin(part.keys["segment"], np.fromiter(segments, dtype=np.int64))


def along(
    part: Cells | None, name: str, key: str, span: tuple[int, int], segments: Iterable[int] | None = None
) -> NDArray[np.float64]:
    """A quantity summed per value of ``key`` in ``[span[0], span[1])``, all other keys marginalised.

    Exact as long as the sums are below 2^53 (90 trillion in money), else to 16 digits.
    """
    line = np.zeros(max(0, span[1] - span[0]))
    if part is None or name not in part.values:
        return line
    at = part.keys[key] - span[0]
    kept = (at >= 0) & (at < line.size) & mask(part, segments)
    np.add.at(line, at[kept], part.values[name][kept].astype(np.float64))
    return line


def total(part: Cells | None, name: str, segments: Iterable[int] | None = None, **at: int) -> int:
    """One exact integer: a count or money quantity summed over the rows whose keys equal ``at``."""
    if part is None or name not in part.values:
        return 0
    rows = only(part, **at)
    return int(rows.values[name][mask(rows, segments)].sum())


def pooled(moments: Mapping[int, Moments], segments: Iterable[int] | None = None) -> Moments | None:
    """The wide vector's moments over these segments (None = all); None when there are no customers."""
    wanted = None if segments is None else set(segments)
    result: Moments | None = None
    for segment, part in sorted(moments.items()):
        if wanted is None or segment in wanted:
            result = part if result is None else _add_moments(result, part)
    return result


def only(part: Cells, **at: int) -> Cells:
    """The rows whose keys equal ``at``."""
    kept = mask(part, None)
    for key, value in at.items():
        kept = kept & (part.keys[key] == value)
    keys = {name: column[kept] for name, column in part.keys.items()}
    return Cells(keys, {name: column[kept] for name, column in part.values.items()})
