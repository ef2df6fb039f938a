"""Ids that are a number after the same text (``c00621607``, ``1042``): what tells them apart is the number.

Text and number stand for one another where all numbers have the same count of digits, or none begins with a zero. That
is asked of every text; those of another form have no number here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SMALL = 9  # digits of a number that 32 bits hold
_MOST = 18  # digits of a number that 64 bits hold
_DIGITS = "0123456789"
_BEYOND = ":"  # the byte after the last digit's
_NOWHERE = 2**32 - 1
_SPARSE = 4  # a table of numbers has room for so many times those that there are
_FEW = 2**20  # numbers for which there is always room


@dataclass(frozen=True)
class Form:
    """``prefix``, then ``digits`` digits, or (of 0) some of which the first is no zero: a number from ``low`` on.

    Texts of one length, none of which begins with a zero, have the second form, as longer ones may follow.
    """

    prefix: str
    digits: int
    low: int

    @classmethod
    def of(cls, first: str | None, last: str | None, shortest: int | None, longest: int | None) -> Form | None:
        """The form of texts by the first and the last in the order of their bytes, and their lengths in bytes; None
        where they have none (texts between those two may still have another one)."""
        if first is None or last is None or shortest is None or longest is None:
            return None
        prefix = first.rstrip(_DIGITS)
        lowest, digits = first[len(prefix) :], longest - len(prefix.encode())
        if not lowest or digits > _MOST or not last.startswith(prefix) or last[len(prefix) :].strip(_DIGITS):
            return None
        if shortest != longest:
            return cls(prefix, 0, 0)
        return cls(prefix, digits if lowest.startswith("0") and digits > 1 else 0, int(lowest))

    def number(self, texts: pl.Expr) -> pl.Expr:
        """How far above ``low`` the number of each text of this form is (uint32), null for all others.

        >>> texts = pl.DataFrame({"id": ["c07", "c10", "c7", "d10", "c+7", None]})
        >>> texts.select(Form("c", 2, 7).number(pl.col("id"))).to_series().to_list()
        [0, 3, None, None, None, None]
        """
        fits = (texts >= self.prefix + ("0" if self.digits else "1")) & (texts < self.prefix + _BEYOND)
        if self.digits:
            fits &= texts.str.len_bytes() == len(self.prefix.encode()) + self.digits
        else:
            fits |= texts == self.prefix + "0"
        end = texts.str.slice(len(self.prefix)) if self.prefix else texts
        small = self.digits <= _SMALL and self.low < 2**32
        number = end.cast(pl.UInt32 if small else pl.UInt64, strict=False)
        if self.low:
            fits &= number >= self.low
            number -= self.low
        return pl.when(fits).then(number.cast(pl.UInt32, strict=False))

    def texts(self, numbers: NDArray[np.int64]) -> pl.Series:
        """The texts of numbers above ``low``.

        >>> Form("c", 3, 7).texts(np.array([0, 5])).to_list()
        ['c007', 'c012']
        """
        whole = pl.Series("text", numbers + (self.low + 10**self.digits if self.digits else self.low)).cast(pl.String)
        return (self.prefix + (whole.str.slice(1) if self.digits else whole)).rename("text")


def span(texts: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """What :meth:`Form.of` asks about a column."""
    sizes = texts.str.len_bytes()
    ends = texts.min().alias("first"), texts.max().alias("last")
    return *ends, sizes.min().alias("shortest"), sizes.max().alias("longest")


@dataclass(frozen=True)
class Numbers:
    """The different ids of one form, in the order of their numbers; ``at``: number -> place among them. ``others``:
    how many cells have none."""

    form: Form
    at: NDArray[np.uint32]
    count: int
    others: int

    @classmethod
    def of(cls, form: Form, columns: Iterable[pl.LazyFrame], cells: int) -> Numbers | None:
        """Of so many cells (column ``text``); None where their numbers lie too far apart for a table."""
        seen, others = np.zeros(_FEW, dtype=np.bool_), 0
        for column in columns:
            asked = column.filter(pl.col("text").is_not_null()).select(number=form.number(pl.col("text")))
            for batch in asked.collect_batches(maintain_order=False):
                found = batch["number"].drop_nulls().to_numpy()
                others += batch.height - len(found)
                highest = int(found.max(initial=0))
                if highest >= max(_FEW, cells):
                    return None
                if highest >= len(seen):
                    seen = np.append(seen, np.zeros(max(highest + 1 - len(seen), len(seen)), dtype=np.bool_))
                seen[found] = True
        present = np.flatnonzero(seen)
        if not len(present) or present[-1] >= max(_FEW, _SPARSE * len(present)):
            return None
        at = np.full(present[-1] + 1, _NOWHERE, dtype=np.uint32)
        at[present] = np.arange(len(present), dtype=np.uint32)
        return cls(form, at, len(present), others)

    def find(self, texts: pl.Series) -> NDArray[np.int64]:
        """The place of each text, -1 where it is none of these."""
        number = texts.to_frame("text").select(self.form.number(pl.col("text"))).to_series()
        wanted = number.to_numpy() if not number.null_count() else number.fill_null(_NOWHERE).to_numpy()
        place = self.at[np.minimum(wanted, np.uint32(len(self.at) - 1))]
        return np.where((wanted < len(self.at)) & (place != _NOWHERE), place.astype(np.int64), -1)

    def texts(self, start: int, end: int) -> pl.Series:
        """The texts of these places."""
        return self.form.texts(np.flatnonzero(self.at != _NOWHERE)[start:end])
