"""How often the lifecycle's shares cry wolf: companies in which nothing changed at go-live, and some in which it did.

Newcomers vary from week to week and with the season, their habits drift a little; the horizon censors the newest and
leaves those out who straddle go-live.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.facts.model import Facts
from clm_audit.inference.assess import assess
from clm_audit.inference.model import Finding
from clm_audit.measures.exposure import Share, Watch, measured
from clm_audit.measures.model import Calendar, Measured, MetricTotals, Totals
from clm_audit.measures.periods import MONTH, Inputs
from clm_audit.measures.totals import cells

COMPANIES = 40
GO_LIVE, BEFORE, AFTER = 0, 130, 65  # weeks
SHARES: Mapping[LifecycleId, tuple[float, Watch]] = {
    "repeat_purchase_rate": (0.35, Watch(ahead=90)),
    "retention_rate": (0.5, Watch(ahead=182)),
    "churn_rate": (0.03, Watch(behind=182)),
}


def calendar() -> Calendar:
    span = (-7 * BEFORE, 7 * AFTER)
    return Calendar(0, span, (-364, 0), (0, 7 * AFTER), 52, 52 - BEFORE, {"orders": span}, {}, True)


def company(seed: int, effect: float = 0.0) -> tuple[MetricTotals, ...]:
    """The three metrics of one company; ``effect``: the change at go-live, log scale."""
    draw = np.random.default_rng(seed)
    week = np.arange(-BEFORE, AFTER)
    inputs = Inputs(AuditPlan(), Facts({}, (), (), ({},), "USD"), calendar(), Totals({}, {}), {}, {})
    made = []
    for metric, (level, watch) in SHARES.items():
        season = 0.2 * np.sin(2 * np.pi * (week / 52.18 + draw.random()))
        drift = np.cumsum(draw.normal(0, 0.006, week.size))
        share = np.clip(level * np.exp(0.3 * season + drift + effect * (week >= 0)), 0.001, 0.95)
        there = draw.poisson((900 if watch.behind else 60) * np.exp(season))
        keys = {"segment": np.zeros(week.size, dtype=np.int64), "week": week.astype(np.int64)}
        part = cells(keys, {"num": draw.binomial(there, share), "den": there})
        per = (1.0, MONTH) if watch.behind else (1.0, 1.0)
        made.append(measured(inputs, Share(metric, part, "num", "den", calendar().span, watch, -BEFORE, per)))
    return tuple(made)


def audited(effect: float = 0.0, companies: int = COMPANIES) -> list[tuple[Finding, ...]]:
    return [
        assess(AuditPlan(), Measured(calendar(), Totals({}, {}), (), {}, {}, lifecycle=company(seed, effect)))
        for seed in range(companies)
    ]


@pytest.fixture(scope="module")
def quiet() -> list[tuple[Finding, ...]]:
    return audited()


def test_nothing_is_found_where_nothing_happened(quiet: list[tuple[Finding, ...]]) -> None:
    """A family of three cries wolf in one company of twenty; 8 of 40 has odds of one in a thousand."""
    alarms = sum(any(one.value in ("improved", "worsened") for one in family) for family in quiet)
    assert alarms < 8


def test_intervals_cover_the_truth(quiet: list[tuple[Finding, ...]]) -> None:
    """95 % of 120; fewer than 102 has odds of one in ten thousand, were they independent."""
    effects = [one.effect for family in quiet for one in family]
    assert all(effect is not None for effect in effects)
    assert sum(effect.low <= 0.0 <= effect.high for effect in effects if effect is not None) >= 102


def test_a_change_is_found_in_its_direction() -> None:
    """A rise of a third in all three: two improve and the churn worsens; none is ever found the other way round."""
    found = [one for family in audited(0.3, 6) for one in family]
    wrong = {"repeat_purchase_rate": "worsened", "retention_rate": "worsened", "churn_rate": "improved"}
    assert not [one for one in found if one.value == wrong[one.metric]]
    assert sum(one.value in ("improved", "worsened") for one in found) >= 6
    assert np.median([one.effect.log_effect for one in found if one.effect]) == pytest.approx(0.3, abs=0.1)
