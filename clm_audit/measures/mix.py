"""How often and how much, by who buys: what a split of the observed change into *who* and *how* needs."""

from __future__ import annotations

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.measures.followed import one_in
from clm_audit.measures.model import Cells, MetricTotals, MixTotals, Totals
from clm_audit.measures.orders import bought
from clm_audit.measures.panel import GROUPS
from clm_audit.measures.periods import Inputs
from clm_audit.measures.scheme import SIDES, Line, Scheme
from clm_audit.measures.tenure import NAMELESS, first_told, reach_of
from clm_audit.measures.totals import only

CODES = ("one_cohort", "tenure_unknown", "too_few_to_split")
COHORT_WEEKS, COHORT_SHARE = 13, 0.95
LEAST_CUSTOMERS = 50
LEAST_KEPT = 0.5  # of the periods before go-live
SUMS = {"purchase_frequency": ("orders", "active"), "transaction_size": ("net", "orders")}


def cohort_share(totals: Totals) -> float | None:
    """The share of customers first seen in the first 13 weeks, when the data go on for as long again; else None."""
    gaps, base = totals.cells["gaps"], totals.cells["base"]
    firsts = only(gaps, gap=0)
    week, customers = firsts.keys["week"], firsts.values["customers"]
    if not customers.sum() or not base.keys["week"].size:
        return None
    if base.keys["week"].max() - week.min() < 2 * COHORT_WEEKS:
        return None
    return float(customers[week < week.min() + COHORT_WEEKS].sum() / customers.sum())


def mix_totals(inputs: Inputs, totals: MetricTotals, scheme: Scheme) -> MixTotals | NotAssessable:
    """Numerator and denominator of the two windows by group, segment and tenure."""
    refused = _refused(inputs, scheme)
    if refused:
        return refused
    table, every = inputs.totals.cells["mix"], one_in(inputs.daily)
    cell, cells = _places(table, totals)
    num, den = (np.zeros((GROUPS, len(SIDES), cells)) for _ in SUMS)
    for code, side in enumerate(SIDES):
        first, last = scheme.window(side)
        rows = (table.keys["week"] >= first) & (table.keys["week"] < last) & (cell >= 0)
        for sums, line in zip((num, den), _lines(table, totals, every), strict=True):
            np.add.at(sums[:, code], (table.keys["group"][rows], cell[rows]), line[rows])
    return MixTotals(num, den, every, reach_of(inputs.calendar))


def _refused(inputs: Inputs, scheme: Scheme) -> NotAssessable | None:
    share = cohort_share(inputs.totals)
    if share is not None and share >= COHORT_SHARE:
        return NotAssessable(code="one_cohort", detail={"weeks": COHORT_WEEKS})
    customers = min(bought(inputs).values())
    if customers < LEAST_CUSTOMERS:
        return NotAssessable(code="too_few_to_split", detail={"customers": customers, "needed": LEAST_CUSTOMERS})
    if scheme.window("before")[0] < first_told(inputs.calendar):
        return NotAssessable(code="tenure_unknown", detail={"weeks": reach_of(inputs.calendar)})
    return None


def _places(table: Cells, totals: MetricTotals) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], int]:
    """The cell of each row, -1 where the metric knows only customers; and how many cells there are."""
    both = table.keys["segment"] * (NAMELESS + 1) + table.keys["tenure"]
    found, place = np.unique(both, return_inverse=True)
    nameless = (table.keys["tenure"] == NAMELESS) & (totals.metric == "purchase_frequency")
    return np.where(nameless, -1, place).astype(np.int64), found.size


def _lines(table: Cells, totals: MetricTotals, every: int) -> tuple[Line, Line]:
    """Numerator and denominator of each row; each followed customer stands for ``every``."""
    times = np.where(table.keys["tenure"] == NAMELESS, 1.0, float(every))
    num, den = (table.values[name].astype(np.float64) * times for name in SUMS[totals.metric])
    return num, den


def standardised(inputs: Inputs, totals: MetricTotals, scheme: Scheme) -> Line | None:
    """The numerator had each period's denominator been made up as that of the window after.

    Σ_c p_c r_ct over Σ_c p_c of the cells that the period has, in place of the period's own rate. Periods whose
    look back begins before the data are missing; None when those are most of the history.
    """
    if _refused(inputs, scheme):
        return None
    table, (first, last) = inputs.totals.cells["mix"], scheme.periods
    period = table.keys["week"] // scheme.weeks
    cell, cells = _places(table, totals)
    rows = (period >= -(-first_told(inputs.calendar) // scheme.weeks)) & (period >= first) & (period < last)
    rows &= cell >= 0
    sums = [np.zeros((last - first, cells)) for _ in SUMS]
    for line, column in zip(sums, _lines(table, totals, one_in(inputs.daily)), strict=True):
        np.add.at(line, (period[rows] - first, cell[rows]), column[rows])
    num, den = sums
    after = np.isfinite(totals.num) & (np.arange(last - first) >= totals.n0)
    weight = np.where(den > 0, den[after].sum(axis=0), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(den > 0, num / np.where(den > 0, den, 1.0), 0.0)
        factor = (weight * rate).sum(axis=1) / weight.sum(axis=1) * den.sum(axis=1) / num.sum(axis=1)
    found: Line = totals.num * np.where(np.isfinite(factor) & (factor > 0), factor, np.nan)
    before = slice(0, totals.n0)
    kept, had = (np.isfinite(line[before]).sum() for line in (found, totals.num))
    return found if had and kept >= LEAST_KEPT * had else None
