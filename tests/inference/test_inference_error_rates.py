"""False alarms, coverage and power on simulated companies: twenty companies of three metrics each."""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.inference.assess import assess
from clm_audit.measures.model import Calendar, Measured, Totals

COMPANIES = 20
METRICS = ("purchase_frequency", "transaction_size", "service_cost")
WEEKS = np.arange(156)
SINCE = np.maximum(WEEKS - 103, 0) / 52.0
SHAPES = {
    "step": np.where(WEEKS >= 104, 0.15, 0.0),
    "ramp": 0.15 * np.minimum(2 * SINCE, 1.0),
    "fade": np.where(WEEKS >= 104, 0.15 * np.exp(-3 * SINCE), 0.0),
    "late": np.where(WEEKS >= 117, 0.15, 0.0),
}


@pytest.fixture(scope="module")
def companies(simulate):
    rng = np.random.default_rng(20240701)
    return [[simulate(rng) for _ in METRICS] for _ in range(COMPANIES)]


def judged(totals, company, log_effect=0.0):
    calendar = Calendar(0, (0, 1), (0, 1), (0, 1), 52, 0, {}, {}, True)
    metrics = tuple(
        totals(num * np.exp(log_effect), den, 104, s2, metric=metric)
        for (num, den, s2), metric in zip(company, METRICS, strict=True)
    )
    return assess(AuditPlan(), Measured(calendar, Totals({}, {}), metrics, {}, {}))


def test_no_effect_few_alarms(companies, totals):
    """With a true family-wise rate of 5 %, four or more alarms in 20 families have a chance of 1.6 %; eight
    or more of 60 intervals that miss have one of 1.1 %."""
    families = [judged(totals, company) for company in companies]
    alarms = sum(any(f.value in ("improved", "worsened") for f in family) for family in families)
    missed = sum(not f.effect.low < 0.0 < f.effect.high for family in families for f in family)
    assert alarms <= 3
    assert missed <= 7


@pytest.mark.parametrize("shape", SHAPES)
def test_an_effect_is_covered_whatever_its_shape(companies, totals, shape):
    """The target is the mean effect over the after periods. Three or more misses of 12 at a true rate of
    5 %: 2.0 %."""
    truth = np.expm1(SHAPES[shape][104:].mean())
    found = [f for company in companies[:4] for f in judged(totals, company, SHAPES[shape])]
    covered = sum(f.effect.low <= truth <= f.effect.high for f in found)
    assert covered >= len(found) - 2


def test_a_large_effect_is_found_and_its_direction_is_right(companies, totals):
    found = [f for company in companies[:5] for f in judged(totals, company, np.where(WEEKS >= 104, 0.4, 0.0))]
    for finding in found:
        assert finding.value in ("inconclusive", "worsened" if finding.metric == "service_cost" else "improved")
    assert sum(f.value != "inconclusive" for f in found) >= 12
