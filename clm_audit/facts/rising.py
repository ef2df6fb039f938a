"""Whether texts stand in order, as the numbers of orders do in most exports: then it is seen at once that none stands
twice, without a hash or a sort of any."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable

import polars as pl

Ends = tuple[str, str]


def none_twice(columns: Iterable[Iterable[pl.Series]]) -> bool:
    """Whether each column rises or falls from text to text, and no two reach into one another; False says nothing.

    A column comes in batches; none is asked for after the first that does not fit.

    >>> none_twice([[pl.Series(["a", "b"]), pl.Series(["d"])], [pl.Series(["f", "e"])]])
    True
    >>> none_twice([[pl.Series(["a", "c"])], [pl.Series(["b"])]])
    False
    """
    known: list[Ends] = []
    for column in columns:
        ends = _ends(column)
        if ends is None:
            return False
        if ends:
            at = bisect(known, ends)
            if (at and known[at - 1][1] >= ends[0]) or (at < len(known) and ends[1] >= known[at][0]):
                return False
            known.insert(at, ends)
    return True


def _ends(batches: Iterable[pl.Series]) -> Ends | tuple[()] | None:
    """The least and the largest text of batches that rise or fall throughout; None where they don't, empty of none."""
    first = last = None
    for batch in batches:
        if batch.is_empty():
            continue
        if batch.null_count():
            return None
        head, tail = batch[0], batch[-1]
        first = head if first is None else first
        falls = first > tail
        steps = batch < batch.shift(1) if falls else batch > batch.shift(1)
        if not steps.all() or (last is not None and (last <= head if falls else last >= head)):
            return None
        last = tail
    return () if first is None or last is None else (min(first, last), max(first, last))
