"""The plain comparison of the same weeks a year apart: what season alone cannot explain, drift still can."""

from __future__ import annotations

import math
from itertools import pairwise

from clm_audit.measures.model import MetricTotals
from clm_audit.report.model import Unknown, YearReport
from clm_audit.report.printable import rounded

YEAR_DAYS = 364  # whole weeks, so that a period is compared with one that has the same days of the week
LEAST_PERIODS = 4
TOO_SHORT = "There are not the same weeks a year before go-live to compare with."


def year_over_year(item: MetricTotals) -> YearReport | Unknown:
    """Periods after go-live over those 52 weeks before each that lie before go-live: sums over sums, where both are
    known. Unknown with fewer than four pairs, or nothing to divide by."""
    before = {int(day): at for at, day in enumerate(item.start[: item.n0])}
    pairs = [
        (before[int(day) - YEAR_DAYS], item.n0 + at)
        for at, day in enumerate(item.start[item.n0 :])
        if int(day) - YEAR_DAYS in before
    ]
    pairs = [(old, new) for old, new in pairs if _known(item, old) and _known(item, new)]
    if len(pairs) < LEAST_PERIODS:
        return Unknown(reason=TOO_SHORT)
    sums = [sum(float(column[pair[side]]) for pair in pairs) for side in (0, 1) for column in (item.num, item.den)]
    old_num, old_den, new_num, new_den = sums
    if old_num <= 0 or old_den <= 0 or new_den <= 0:
        return Unknown(reason=TOO_SHORT)
    days = min(int(later - earlier) for earlier, later in pairwise(item.start))
    return YearReport(change=rounded(new_num / new_den / (old_num / old_den) - 1), weeks=len(pairs) * days // 7)


def _known(item: MetricTotals, at: int) -> bool:
    return math.isfinite(item.num[at]) and math.isfinite(item.den[at])
