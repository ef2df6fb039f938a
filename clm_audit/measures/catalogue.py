"""The six metrics of the five questions as declarations, read side by side; those of the lifecycle stand in
``catalogue_lifecycle.py``. A metric declares and never touches a frame."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clm_audit.config.plan import MetricId
from clm_audit.measures.catalogue_lifecycle import LIFECYCLE
from clm_audit.measures.declared import Metric
from clm_audit.measures.declared import declared_variant as _variant

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
CATALOGUE: Mapping[MetricId, Metric] = MappingProxyType({metric.id: metric for metric in (*_METRICS, *LIFECYCLE)})
