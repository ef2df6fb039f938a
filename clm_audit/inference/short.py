"""Rule 1 of the decision: how much must have been observed before anything is estimated."""

from __future__ import annotations

from clm_audit.config.base import NotAssessable
from clm_audit.inference.series import LogSeries
from clm_audit.measures.model import WEEKS_PER_YEAR

CODES = ("too_short_before", "too_short_after")
"""``detail``: have, need, unit (weeks | periods), weeks (of one unit)."""

LEAST_WEEKS_BEFORE = 13
LEAST_PERIODS_BEFORE = 8
LEAST_PERIODS_AFTER = 4


def too_short(series: LogSeries) -> NotAssessable | None:
    """13 weeks and 8 observed periods before go-live, 4 observed periods after, or no model."""
    missing = too_short_before(series)
    if missing is None and series.periods_after < LEAST_PERIODS_AFTER:
        return _periods("too_short_after", series, series.periods_after, LEAST_PERIODS_AFTER)
    return missing


def too_short_before(series: LogSeries) -> NotAssessable | None:
    """13 weeks and 8 observed periods before go-live, or no model of the history."""
    weeks = series.years_before * WEEKS_PER_YEAR
    if series.periods_before < LEAST_PERIODS_BEFORE:
        return _periods("too_short_before", series, series.periods_before, LEAST_PERIODS_BEFORE)
    if round(weeks) < LEAST_WEEKS_BEFORE:
        return _short("too_short_before", int(weeks), LEAST_WEEKS_BEFORE, "weeks", 1)
    return None


def _periods(code: str, series: LogSeries, have: int, need: int) -> NotAssessable:
    return _short(code, have, need, "periods", round(WEEKS_PER_YEAR / series.ppy, 2))


def _short(code: str, have: int, need: int, unit: str, weeks: float) -> NotAssessable:
    return NotAssessable(code=code, detail={"have": have, "need": need, "unit": unit, "weeks": weeks})
