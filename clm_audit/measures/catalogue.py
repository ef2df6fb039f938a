"""The six metrics as declarations, read side by side. A metric declares and never touches a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from clm_audit.config.plan import MetricId
from clm_audit.facts.model import Table

UnitKind = Literal["count rate", "money", "share"]
VariantUnit = Literal["count rate", "money", "share", "hours", "ratio"]
Cluster = Literal["customer", "ticket", "campaign", "new customer", "retained customer"]


@dataclass(frozen=True)
class VariantDeclared:
    """A figure shown beside a metric. ``label`` is the id of its text in ``report/words.py``."""

    id: str
    unit: VariantUnit
    label: str


@dataclass(frozen=True)
class Metric:
    """What a metric is: value = Σ numerator / Σ denominator over a set of periods.

    ``question`` is the number of the question it answers (1–5), ``question_text`` and ``label`` ids of
    texts in ``report/words.py``; ``name`` its name in English. ``unit`` is the kind of number,
    ``unit_label`` the id of its unit in words. ``numerator``/``denominator`` say in words what is
    summed. ``cluster`` is what repeats, so what sampling variance is clustered by. ``facts`` are the
    facts needed: one of each group. ``base``: whether the denominator is the active base.
    """

    id: MetricId
    question: int
    question_text: str
    label: str
    name: str
    unit: UnitKind
    unit_label: str
    better: Literal["higher", "lower"]
    numerator: str
    denominator: str
    cluster: Cluster
    facts: tuple[tuple[Table, ...], ...]
    base: bool
    variants: tuple[VariantDeclared, ...]


def _variant(identity: str, unit: VariantUnit) -> VariantDeclared:
    return VariantDeclared(identity, unit, f"variant.{identity}")


_METRICS = (
    Metric(
        id="purchase_frequency",
        question=1,
        question_text="question.1",
        label="metric.purchase_frequency",
        name="Purchase frequency",
        unit="count rate",
        unit_label="unit.orders_per_customer_month",
        better="higher",
        numerator="orders of known customers",
        denominator="customers with an order in the weeks of the base, times months",
        cluster="customer",
        facts=(("orders",),),
        base=True,
        variants=(_variant("orders_per_buyer", "count rate"), _variant("orders_per_customer", "count rate")),
    ),
    Metric(
        id="transaction_size",
        question=2,
        question_text="question.2",
        label="metric.transaction_size",
        name="Transaction size",
        unit="money",
        unit_label="unit.money_per_order",
        better="higher",
        numerator="net revenue of orders, less credit notes",
        denominator="orders",
        cluster="customer",
        facts=(("orders",),),
        base=False,
        variants=(_variant("gross", "money"), _variant("median", "money"), _variant("capped", "money")),
    ),
    Metric(
        id="service_cost",
        question=3,
        question_text="question.3",
        label="metric.service_cost",
        name="Service cost",
        unit="money",
        unit_label="unit.money_per_customer_month",
        better="lower",
        numerator="cost of service",
        denominator="customers with an order in the weeks of the base, times months",
        cluster="ticket",
        facts=(("tickets", "spend"), ("orders",)),
        base=True,
        variants=(
            _variant("cost_per_ticket", "money"),
            _variant("tickets_per_100", "count rate"),
            _variant("hours_per_ticket", "hours"),
        ),
    ),
    Metric(
        id="campaign_response",
        question=4,
        question_text="question.4",
        label="metric.campaign_response",
        name="Campaign response",
        unit="share",
        unit_label="unit.share_of_delivered",
        better="higher",
        numerator="distinct recipients of a campaign that responded",
        denominator="distinct recipients of a campaign it was delivered to",
        cluster="campaign",
        facts=(("sends", "campaigns"), ("responses", "campaigns")),
        base=False,
        variants=(
            _variant("click", "share"),
            _variant("open", "share"),
            _variant("conversion", "share"),
            _variant("per_sent", "share"),
        ),
    ),
    Metric(
        id="acquisition_cost",
        question=5,
        question_text="question.5",
        label="metric.acquisition_cost",
        name="Acquisition cost",
        unit="money",
        unit_label="unit.money_per_new_customer",
        better="lower",
        numerator="acquisition spend",
        denominator="customers acquired",
        cluster="new customer",
        facts=(("spend",), ("customers", "orders")),
        base=False,
        variants=(_variant("spend_per_first_order", "money"),),
    ),
    Metric(
        id="retention_cost",
        question=5,
        question_text="question.5",
        label="metric.retention_cost",
        name="Retention cost",
        unit="money",
        unit_label="unit.money_per_retained_customer",
        better="lower",
        numerator="retention spend",
        denominator="customers who ordered in 4 weeks and in the weeks of the base before them, once in every 4 weeks",
        cluster="retained customer",
        facts=(("spend",), ("orders",)),
        base=False,
        variants=(_variant("crc_to_cac", "ratio"),),
    ),
)
CATALOGUE: Mapping[MetricId, Metric] = MappingProxyType({metric.id: metric for metric in _METRICS})
