"""Builders shared by the tests of this floor: totals of one metric, and simulated companies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from clm_audit.inference.effect import Estimate, estimate_effect
from clm_audit.inference.series import log_series
from clm_audit.inference.unseen import Allowance, season_allowance
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, Ratio, day_number

GO_LIVE = day_number(date(2024, 7, 1))


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def totals() -> Callable[..., MetricTotals]:
    """Totals of one metric from plain arrays; periods of ``weeks`` weeks around 2024-07-01."""

    def build(
        num: object,
        den: object,
        n0: int,
        s2: object = None,
        metric: str = "purchase_frequency",
        weeks: int = 1,
        ppy: float | None = None,
        **more: object,
    ) -> MetricTotals:
        num, den = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
        start = GO_LIVE + 7 * weeks * (np.arange(num.size, dtype=np.int64) - n0)
        given = {
            "start": start,
            "before": _ratio(num[:n0], den[:n0]),
            "after": _ratio(num[n0:], den[n0:]),
        }
        return MetricTotals(
            metric=metric,
            num=num,
            den=den,
            s2=None if s2 is None else np.asarray(s2, dtype=float),
            n0=n0,
            ppy=WEEKS_PER_YEAR / weeks if ppy is None else ppy,
            **(given | more),
        )

    return build


@pytest.fixture(scope="session")
def estimate() -> Callable[..., Estimate]:
    """The effect of totals, straight to the model."""

    def run(totals: MetricTotals, confidence: float = 0.95, allowance: Allowance = season_allowance) -> Estimate:
        return estimate_effect(log_series(totals), totals.num.size, confidence, allowance=allowance)

    return run


@pytest.fixture(scope="session")
def simulate() -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """A metric without a CRM: trend, yearly season, passing shocks, counting noise. -> num, den, s2."""

    def run(
        rng: np.random.Generator, n0: int = 104, n1: int = 52, effect: float | np.ndarray = 0.0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        weeks = np.arange(n0 + n1)
        years = weeks / WEEKS_PER_YEAR
        shock = np.zeros(weeks.size)
        for week in weeks[1:]:
            shock[week] = 0.78 * shock[week - 1] + rng.normal(0.0, 0.02)
        log_rate = (
            rng.normal(0.0, 0.05) * years
            + np.cumsum(rng.normal(0.0, 0.03 / np.sqrt(WEEKS_PER_YEAR), weeks.size))
            + rng.uniform(0.02, 0.10) * np.sin(2 * np.pi * (years + rng.uniform()))
            + shock
            + np.where(weeks >= n0, effect, 0.0)
        )
        base = np.full(weeks.size, float(rng.integers(2_000, 6_000)))
        mean = 0.2 * base * np.exp(log_rate)
        orders = rng.poisson(mean * rng.lognormal(0.0, 0.02, weeks.size)).astype(float)
        return orders, base, 1.0 / np.maximum(orders, 1.0)

    return run


def _ratio(num: np.ndarray, den: np.ndarray) -> Ratio:
    above, below = float(np.nansum(num)), float(np.nansum(den))
    return Ratio(above / below if below else float("nan"), above, below, num.size)
