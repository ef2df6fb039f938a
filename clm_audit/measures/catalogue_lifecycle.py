"""The metrics of the customer lifecycle as declarations, read side by side with those of ``catalogue.py``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from clm_audit.config.plan import MetricId
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.facts.model import Table
from clm_audit.measures.declared import Cluster, LifeStage, Metric, UnitKind, VariantDeclared
from clm_audit.measures.declared import declared_variant as _variant

QUARTER, HALF_YEAR = 90, 182  # days
NAMES: Mapping[MetricId, str] = MappingProxyType(
    {
        "stage_conversion": "Stage conversion",
        "activation_rate": "Activation rate",
        "first_90_day_churn": "Churn within the first 90 days",
        "repeat_purchase_rate": "Repeat purchase rate",
        "retention_rate": "Retention rate",
        "churn_rate": "Churn rate",
        "nrr": "Net revenue retention",
        "grr": "Gross revenue retention",
        "customer_lifetime_value": "Customer lifetime value",
        "nps": "Net promoter score",
        "referral_rate": "Referral rate",
    }
)


def _life(
    identity: LifecycleId,
    stage: LifeStage,
    better: Literal["higher", "lower"],
    of: tuple[str, str],
    facts: tuple[tuple[Table, ...], ...],
    *,
    unit: UnitKind = "share",
    cluster: Cluster = "customer",
    horizon: int = 0,
    variants: tuple[VariantDeclared, ...] = (),
) -> Metric:
    """A declaration; ``of``: its numerator and its denominator in words."""
    return Metric(
        id=identity,
        question=0,
        question_text=f"question.{identity}",
        label=f"metric.{identity}",
        name=NAMES[identity],
        unit=unit,
        unit_label=f"unit.{identity}",
        better=better,
        numerator=of[0],
        denominator=of[1],
        cluster=cluster,
        facts=facts,
        base=False,
        variants=variants,
        stage=stage,
        horizon=horizon,
    )


LIFECYCLE: tuple[Metric, ...] = (
    _life(
        "stage_conversion",
        "all",
        "higher",
        ("customers who reached the next stage within the days allowed", "customers who entered a stage"),
        (("stages",),),
        horizon=QUARTER,
    ),
    _life(
        "activation_rate",
        "onboarding",
        "higher",
        ("new customers who did the activation event within the days allowed", "new customers"),
        (("events",), ("customers", "subscriptions", "orders")),
        horizon=7,
    ),
    _life(
        "first_90_day_churn",
        "onboarding",
        "lower",
        ("new customers lost within 90 days", "new customers"),
        (("subscriptions", "customers", "orders"),),
        horizon=QUARTER,
    ),
    _life(
        "repeat_purchase_rate",
        "retention",
        "higher",
        ("first-time buyers who bought again within 90 days", "first-time buyers"),
        (("orders",),),
        horizon=QUARTER,
    ),
    _life(
        "retention_rate",
        "retention",
        "higher",
        ("new customers still active after 6 months", "new customers"),
        (("subscriptions", "customers", "orders"),),
        horizon=HALF_YEAR,
    ),
    _life(
        "churn_rate",
        "retention",
        "lower",
        ("customers lost", "customers at the start, times months"),
        (("subscriptions", "customers", "orders"),),
    ),
    _life(
        "nrr",
        "expansion",
        "higher",
        (
            "recurring revenue now from the customers of 12 months ago",
            "recurring revenue of the customers of 12 months ago",
        ),
        (("subscriptions",),),
        variants=(_variant("twelve_months", "share"),),
    ),
    _life(
        "grr",
        "expansion",
        "higher",
        (
            "recurring revenue now from the customers of 12 months ago, without expansion",
            "recurring revenue of the customers of 12 months ago",
        ),
        (("subscriptions",),),
        variants=(_variant("twelve_months", "share"),),
    ),
    _life(
        "customer_lifetime_value",
        "whole",
        "higher",
        ("what a customer brings in a month", "share of customers lost in a month"),
        (("subscriptions", "orders"),),
        unit="money",
        variants=(_variant("lifespan", "count rate"), _variant("value_per_month", "money"), _variant("seen", "money")),
    ),
    _life(
        "nps",
        "advocacy",
        "higher",
        ("promoters (9 and 10) less detractors (0 to 6)", "answers"),
        (("surveys",),),
        unit="points",
        variants=(_variant("nps_by_customer", "points"),),
    ),
    _life(
        "referral_rate",
        "advocacy",
        "higher",
        ("customers who referred at least one new lead", "customers"),
        (("referrals",), ("customers", "orders", "subscriptions")),
        variants=(_variant("referrers_in_window", "share"),),
    ),
)
