"""Weeks of the year that the history never showed: how far a season alone could move them.

A company that looks back on nine months cannot know the rest of its year. The model's own season believes that the
unseen weeks are much like the seen ones, which is true of many companies and false of a gift shop. So what seasons do
elsewhere is the least that they may contribute to the interval: the error that taking unseen weeks for the average of
the seen ones would have made in twelve kinds of shop, whatever the week in which their year begins, since nobody knows
when this company has its peak.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference import kernels
from clm_audit.inference.prior import SCALES
from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import JITTER
from clm_audit.measures.model import WEEKS_PER_YEAR

Floats = NDArray[np.float64]
Allowance = Callable[[LogSeries, Floats, Floats], Floats]
"""A series, the log scales at the mode and weights of the periods, [m, n] -> standard deviation of each weighted mean
from weeks whose season was never seen, [m]; log scale."""

MONTHLY_SALES = (
    (78427, 79512, 96419, 93672, 97424, 94600, 97756, 97898, 90772, 90400, 84094, 93138),  # cars and parts
    (7964, 7514, 8616, 8261, 8893, 8576, 9110, 9148, 8967, 9108, 9488, 10925),  # furniture
    (8219, 7933, 8107, 7318, 7851, 8167, 8131, 8341, 8259, 8087, 10329, 12916),  # electronics
    (21126, 19882, 26479, 31450, 33203, 31600, 30562, 27779, 27549, 28374, 26731, 26876),  # building and garden
    (56540, 51943, 56508, 55480, 59074, 56625, 59103, 57785, 55633, 57575, 57008, 62107),  # food and drink
    (25663, 24106, 26845, 25625, 25572, 25802, 25968, 25885, 26271, 26791, 25953, 30763),  # health and care
    (15764, 17980, 20752, 20389, 22145, 19667, 20564, 22314, 19151, 20637, 23090, 33345),  # clothing
    (6234, 5413, 6519, 6237, 6642, 6739, 6809, 7937, 6900, 6480, 7653, 12138),  # sport, hobby, music, books
    (49498, 49136, 54736, 52497, 57545, 54247, 54956, 56822, 51759, 55762, 61667, 76264),  # general merchandise
    (8634, 8503, 9349, 9446, 10939, 10457, 10443, 10485, 9783, 10356, 9733, 11222),  # other shops
    (31761, 29988, 34159, 33618, 33305, 33856, 34624, 34245, 34829, 35856, 41774, 55972),  # online and mail order
    (47960, 46604, 53122, 52285, 55409, 52042, 53140, 53176, 50762, 54048, 50283, 54663),  # restaurants
)
"""Sales by kind of business, January to December 2015, million dollars, not adjusted for season: United States Census
Bureau, Monthly Retail Trade Report (NAICS 441 to 446, 448, 451 to 453, 4541, 722)."""
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SHARE = 0.5
"""Sales are orders times value: one metric is taken to have half of the squared season of sales."""
NEAR_WEEKS = 2.0
"""A week was seen when a period of an earlier year lies within two weeks of the same date."""


def no_allowance(_: LogSeries, __: Floats, weights: Floats) -> Floats:
    """Nothing to allow for, as in a difference: the season is the same on both of its sides."""
    return np.zeros(weights.shape[0])


def unseen(series: LogSeries) -> NDArray[np.bool_]:
    """Which observed periods lie after go-live in weeks of the year that no period before go-live showed, [n]."""
    early = series.years[~series.after]
    gap = series.years[:, None] - early[None, :]
    away = np.abs(np.mod(gap + 0.5, 1.0) - 0.5)
    near = (away <= NEAR_WEEKS / WEEKS_PER_YEAR + 0.5 / series.ppy) & (gap > 0.5)
    return series.after & ~near.any(axis=1)


def season_allowance(series: LogSeries, log_scales: Floats, weights: Floats) -> Floats:
    """The allowance of every series that is judged by its own history.

    Its square is half of what the comparison errs by in the twelve kinds of shop, squared, on average, less what the
    model's own season at the mode allows for; never below zero.
    """
    new = unseen(series)
    if not new.any():
        return np.zeros(weights.shape[0])
    touched = weights * new
    return np.sqrt(np.maximum(SHARE * _shops(series, touched) - _believed(series, touched, log_scales), 0.0))


@cache
def monthly_seasons() -> Floats:
    """Log sales a day from the year's mean, [kinds, 12].

    >>> monthly_seasons()[10].round(2).tolist()[-3:]
    [-0.01, 0.17, 0.43]
    """
    daily = np.log(np.array(MONTHLY_SALES) / np.array(DAYS))
    return np.asarray(daily - daily.mean(axis=1, keepdims=True), dtype=np.float64)


def _shops(series: LogSeries, weights: Floats) -> Floats:
    """Mean squared error of taking unseen weeks for the average of the seen ones, over the kinds of shop and the
    twelve months in which their year may begin, [m]."""
    months = np.floor(12.0 * np.mod(series.years + 0.5 / series.ppy, 1.0)).astype(np.int64)
    season = np.concatenate([np.roll(monthly_seasons(), turn, axis=1)[:, months] for turn in range(12)])
    known = season[:, ~series.after].mean(axis=1)
    return np.asarray((((season - known[:, None]) @ weights.T) ** 2).mean(axis=0), dtype=np.float64)


def _believed(series: LogSeries, weights: Floats, log_scales: Floats) -> Floats:
    """Variance of the weighted unseen weeks given the seen ones, as the model's two season kernels have it, [m]."""
    squares = dict(zip(SCALES, np.exp(2.0 * log_scales), strict=True))
    season = squares["season"] * kernels.season(series.years)
    season += squares["week_of_year"] * kernels.week_of_year(series.years, series.ppy)
    early = ~series.after
    noise = (squares["noise"] + JITTER) * np.eye(int(early.sum()))
    root = linalg.cholesky(season[np.ix_(early, early)] + noise, lower=True)
    solved = linalg.solve_triangular(root, season[early] @ weights.T, lower=True)
    return np.asarray(np.einsum("mn,nm->m", weights, season @ weights.T) - (solved**2).sum(axis=0), dtype=np.float64)
