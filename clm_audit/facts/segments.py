"""The segments of customers: which labels there are, and a small whole number a customer that stands for its own.

Of every column of labels a customer has the code of one (a byte, where there are fewer than 256 of them), so that the
labels of very many customers are read and joined in the memory of their codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.identity import Identity
from clm_audit.facts.labels import LABELS, UNITS, refuse_persons, shown
from clm_audit.facts.pools import Pools
from clm_audit.facts.staged import Staged

PIECE = 2**20  # customers that are looked at together
Small = NDArray[np.unsignedinteger[Any]]
"""Codes from 0 on, in as few bytes as the largest needs."""
_NO_LABEL: tuple[str | None, ...] = ()


def build_segments(
    staged: Sequence[Staged], who: Identity, pools: Pools, columns: Mapping[str, str]
) -> tuple[tuple[Mapping[str, str], ...], Small]:
    """The segments (code -> labels) and the segment code of each customer code (one entry more, 0).

    ``columns``: name -> the setting that asks for it.
    A customer belongs to the first non-blank label that its rows give, in the order of files and rows.
    Raises :class:`~clm_audit.exits.UsageError` when a column would name persons.
    """
    found = [one for one in staged if one.fact == "customers" and one.segments]
    if not found:
        return ({},), _codes(who.customers + 1, 1)
    texts = {name: pools.texts(f"segment {name}") for name in columns}
    firsts = _firsts(found, who, {name: len(some) for name, some in texts.items()})
    of, combos = _codes(who.customers, 1), [_NO_LABEL]
    for name, setting in columns.items():
        labels, place = _shown(texts[name], name, setting, firsts[name])
        of, pairs = _crossed(of, place[firsts.pop(name)], len(labels) + 1)
        combos = [(*combos[one], (*labels, None)[other]) for one, other in pairs]
    nothing = tuple(None for _ in columns)
    named = [labels for labels in combos if labels != nothing]
    number = _codes(len(combos), len(named) + 1)  # that of no label at all is the last of them and becomes 0
    number[: len(named)] = np.arange(1, len(named) + 1)
    segment_of = np.append(number[of], number.dtype.type(0))
    _inherited(segment_of, who)
    return ({}, *(_without_blanks(columns, labels) for labels in named)), segment_of


def customers_per_code(codes: Small, many: int, listed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """How many customers have each of so many codes, of all or of those that are listed."""
    sizes = np.zeros(many, dtype=np.int64)
    for here in _pieces(len(codes)):
        sizes += np.bincount(codes[here] if listed is None else codes[here][listed[here]], minlength=many)
    return sizes


def _codes(count: int, many: int) -> Small:
    """Room for so many codes, each smaller than ``many``."""
    return np.zeros(count, dtype=np.min_scalar_type(max(0, many - 1)))


def _pieces(count: int) -> Iterator[slice]:
    return (slice(start, start + PIECE) for start in range(0, count, PIECE))


def _firsts(found: Sequence[Staged], who: Identity, sizes: Mapping[str, int]) -> dict[str, Small]:
    """Column -> the code of the first label of each customer, counted from 1; 0 where it has none."""
    firsts = {name: _codes(who.customers, size + 1) for name, size in sizes.items()}
    for one in found:
        customer = who.customer(one, tuple(one.columns)).alias("customer")
        rows = one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
        rows = rows.select(customer, *(f"segment {name}" for name in one.segments))
        for batch in rows.filter(pl.col("customer").is_not_null()).collect_batches(maintain_order=True):
            for name in one.segments:
                labelled = batch.select("customer", code=f"segment {name}").drop_nulls("code").reverse()
                customers, codes = labelled["customer"].to_numpy(), labelled["code"].to_numpy()
                still = firsts[name][customers] == 0
                # of several rows of a customer the last one that is written stays: the first one of the file
                firsts[name][customers[still]] = codes[still] + 1
    return firsts


def _shown(texts: pl.Series, name: str, setting: str, firsts: Small) -> tuple[tuple[str, ...], Small]:
    """The labels of a column as they are shown, in order; and by the code of a text (from 1 on; 0: none) the place of
    its label, that of none after all others."""
    customers = customers_per_code(firsts, len(texts) + 1)[1:]
    each = pl.DataFrame({name: texts, "": customers}).with_row_index("code", offset=1).filter(pl.col("") > 0)
    refuse_persons(each, {name: setting}, weight="")
    most = UNITS if setting == "control.segment" else LABELS
    told = each.select("code", label=shown(each, name, most, weight=""))
    labels = told["label"].unique().sort()
    place = _codes(len(texts) + 1, len(labels) + 1)
    place[:] = len(labels)
    place[told["code"].to_numpy()] = labels.search_sorted(told["label"]).to_numpy() if len(labels) else 0
    return tuple(labels), place


def _crossed(one: Small, other: Small, many: int) -> tuple[Small, list[tuple[int, int]]]:
    """Two codes of each customer (the other one below ``many``) as one code, in the order of the pairs; and those."""
    pairs = np.zeros(0, dtype=np.int64)
    for here in _pieces(len(one)):
        pairs = np.union1d(pairs, one[here].astype(np.int64) * many + other[here])
    codes = _codes(len(one), len(pairs))
    for here in _pieces(len(one)):
        codes[here] = np.searchsorted(pairs, one[here].astype(np.int64) * many + other[here])
    return codes, [(pair // many, pair % many) for pair in pairs.tolist()]


def _inherited(segment_of: Small, who: Identity) -> None:
    """Persons without a label go by the customer that they belong to, of several by the first segment."""
    readers, owners = who.owned
    kept = np.flatnonzero((segment_of[readers] == 0) & (segment_of[owners] > 0))
    kept = kept[np.argsort(segment_of[owners[kept]], kind="stable")[::-1]]
    segment_of[readers[kept]] = segment_of[owners[kept]]


def _without_blanks(columns: Mapping[str, str], labels: Sequence[str | None]) -> Mapping[str, str]:
    return {name: label for name, label in zip(columns, labels, strict=True) if label is not None}
