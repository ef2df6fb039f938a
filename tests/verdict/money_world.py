"""A company in numbers alone: two years, plain levels, effects that are given. For the tests of the money."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from scipy import stats

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, CostLine, FindingValue, MetricId, MoneyRules
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Comparison, Effect, Finding
from clm_audit.measures.model import (
    WEEKS_PER_YEAR,
    Calendar,
    Measured,
    MetricTotals,
    Ratio,
    Totals,
    UnitTotals,
    day_number,
)

LIVE = day_number(date(2024, 7, 1))
YEAR = WEEKS_PER_YEAR
CALENDAR = Calendar(
    LIVE, (LIVE - 364, LIVE + 364), (LIVE - 364, LIVE), (LIVE, LIVE + 364), 52, -52, {}, {}, True
)  # fmt: skip
# A year after: 1,000 customers, 4,000 orders, 400,000 of revenue; spent on service 50,000, acquisition 30,000
AFTER: Mapping[MetricId, tuple[float, float]] = {
    "purchase_frequency": (4_000.0, 12_000.0),
    "transaction_size": (400_000.0, 4_000.0),
    "service_cost": (50_000.0, 12_000.0),
    "campaign_response": (900.0, 30_000.0),
    "acquisition_cost": (30_000.0, 300.0),
    "retention_cost": (8_000.0, 800.0),
}
COSTS = (CostLine(what="licences", yearly=Decimal(6_000)), CostLine(what="implementation", initial=Decimal(15_000)))
RULES = MoneyRules(currency="USD", margin=0.4, horizon=3, discount=0.1, attributable=1.0, costs=COSTS)
Given = tuple[float, float, FindingValue]  # log effect, its standard error, the finding
DF = 20


def plan(rules: MoneyRules | None = RULES, **more: Any) -> AuditPlan:
    return AuditPlan(go_live=date(2024, 7, 1), currency="USD", money=rules, **more)


def facts(currency: str | NotAssessable = "USD") -> Facts:
    return Facts(tables={}, files=(), rejects=(), segments=(), currency=currency)


def effect(log_effect: float, se: float, df: int = DF) -> Effect:
    half = float(stats.t.ppf(0.975, df)) * se
    none = np.zeros(0)
    return Effect(
        effect=math.expm1(log_effect), low=math.expm1(log_effect - half), high=math.expm1(log_effect + half),
        low90=0.0, high90=0.0, log_effect=log_effect, se=se, df=df, p=0.5, probability_up=0.5, detectable=0.1,
        placebo_z=(), years_before=1.0, season_seen=True, expected=none, low_band=none, high_band=none,
    )  # fmt: skip


def finding(metric: MetricId, given: Given | NotAssessable, **more: Any) -> Finding:
    if isinstance(given, NotAssessable):
        return Finding(metric, "not assessable", given.code, None, given, 0.05, missing=given)
    log_effect, se, value = given
    return Finding(metric, value, "holm_significant", effect(log_effect, se), 0.0, 0.05, **more)


def totals(metric: MetricId, treated: float | None = None) -> MetricTotals:
    """52 weeks after with the year's volume; ``treated``: the share of it in a group that got the CRM."""
    num, den = AFTER[metric]
    weeks = YEAR
    line = np.full(104, num / 52)
    units: tuple[UnitTotals, ...] = ()
    if treated is not None:
        rows = line * 0 + 1.0
        units = (
            UnitTotals("West", 600, LIVE, line * treated, rows, rows, rows),
            UnitTotals("North", 400, None, line * (1 - treated), rows, rows, rows),
        )
    return MetricTotals(
        metric, LIVE + 7 * np.arange(-52, 52), line, np.full(104, den / 52), None, 52, YEAR,
        Ratio(num / den, num, den, weeks), Ratio(num / den, num, den, weeks), units=units,
    )  # fmt: skip


def measured(*metrics: MetricTotals) -> Measured:
    return Measured(CALENDAR, Totals({}, {}), metrics or tuple(totals(metric) for metric in AFTER), {}, {})


def beside() -> Comparison:
    """A comparison with a control group that the finding rests on."""
    none = np.zeros(0)
    return Comparison(None, 12, None, None, None, None, (), (), None, none.astype(np.int64), none, none, 1)
