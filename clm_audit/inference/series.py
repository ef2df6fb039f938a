"""From the period totals of one metric to the log series that the model explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.model import MetricTotals

Floats = NDArray[np.float64]
SMALLEST_DENOMINATOR = 1.0
"""Sampling noise is not extrapolated below one unit of the denominator."""


@dataclass(frozen=True)
class LogSeries:
    """The observed periods of one metric, in time order; missing periods are left out.

    ``log_ratio`` y [n]; ``years`` [n], 0 at the start of go-live's period; ``position`` [n] whole
    periods since the first observed one; ``sampling`` [n] variance of y from counting alone;
    ``go_live`` the position of the first period after go-live; ``length`` positions up to the last
    observed period; ``breaks`` positions from which a known break holds; ``ppy`` periods per year;
    ``first`` index of position 0 in the arrays it was made from.
    """

    log_ratio: Floats
    years: Floats
    position: NDArray[np.int64]
    sampling: Floats
    go_live: int
    length: int
    ppy: float
    breaks: tuple[int, ...] = ()
    first: int = 0

    @property
    def after(self) -> NDArray[np.bool_]:
        """Which of the observed periods lie after go-live, [n]."""
        return self.position >= self.go_live

    @property
    def periods_before(self) -> int:
        """Observed periods before go-live."""
        return int(np.count_nonzero(~self.after))

    @property
    def periods_after(self) -> int:
        """Observed periods from go-live on."""
        return int(np.count_nonzero(self.after))

    @property
    def years_before(self) -> float:
        """Years between the first observed period and go-live."""
        return self.go_live / self.ppy


def log_series(totals: MetricTotals, breaks: Sequence[int] = (), mixed: Sequence[int] = ()) -> LogSeries:
    """Take logs, drop what is missing, and smooth the sampling variances.

    A period is missing when numerator or denominator is NaN, zero or negative, or when its index is
    in ``mixed`` (a break fell inside it). Missing periods at either end do not count as history.
    ``breaks`` are indices of the first period of a new regime; those that do not separate observed
    periods are ignored.
    """
    usable = np.isfinite(totals.num) & np.isfinite(totals.den) & (totals.num > 0) & (totals.den > 0)
    usable[list(mixed)] = False
    index = np.flatnonzero(usable)
    first = int(index[0]) if index.size else 0
    length = int(index[-1]) - first + 1 if index.size else 0
    return LogSeries(
        log_ratio=np.log(totals.num[index]) - np.log(totals.den[index]),
        years=(index - totals.n0) / totals.ppy,
        position=(index - first).astype(np.int64),
        sampling=sampling_variance(totals.s2, totals.den, index),
        go_live=totals.n0 - first,
        length=length,
        ppy=totals.ppy,
        breaks=tuple(sorted({b - first for b in breaks if 0 < b - first < length})),
        first=first,
    )


def sampling_variance(s2: Floats | None, den: Floats, index: NDArray[np.int64]) -> Floats:
    """c / den_t with c = median(s²_t · den_t): one constant per metric, because a single period's own
    variance is small exactly when the period happened to be quiet.

    Zero where ``s2`` is unknown; the model's own noise term then carries all of it.
    """
    units = np.maximum(den[index], SMALLEST_DENOMINATOR)
    if s2 is None:
        return np.zeros(index.size)
    scaled = s2[index] * units
    known = scaled[np.isfinite(scaled)]
    return float(np.median(known)) / units if known.size else np.zeros(index.size)
