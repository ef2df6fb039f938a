"""What the CRM costs and returns, in numbers and codes: sentences are report/words_money.py's. Amounts are currency
units of the audit's currency as floats: they rest on estimates, so there is no exact cent to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.verdict.money_flows import Flows

LineId = Literal[
    "more_orders", "larger_orders", "more_and_larger", "service_saved", "acquisition_saved", "retention_saved"
]
PRICED: tuple[MetricId, ...] = (
    "purchase_frequency", "transaction_size", "service_cost", "acquisition_cost", "retention_cost",
)  # fmt: skip
"""The metrics that have a price. What responses bring shows in orders and is not counted a second time."""
LINES: Mapping[LineId, tuple[MetricId, ...]] = {
    "more_orders": ("purchase_frequency",),
    "larger_orders": ("transaction_size",),
    "more_and_larger": ("purchase_frequency", "transaction_size"),
    "service_saved": ("service_cost",),
    "acquisition_saved": ("acquisition_cost",),
    "retention_saved": ("retention_cost",),
}


@dataclass(frozen=True)
class Span:
    """An estimate with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Volume:
    """What a year like the window after amounts to for one metric: revenue of orders, or what was spent.

    ``weeks`` were seen; ``share`` of it belongs to those to whom the finding applies: all, or, where it rests on a
    control group, those who got the CRM. ``known``: the share of orders that carry a customer.
    """

    yearly: float
    weeks: float
    share: float = 1.0
    known: float = 1.0


@dataclass(frozen=True)
class Benefit:
    """One line of the benefits, a year, times the attributable share. ``proven``: every finding behind it is decided;
    ``missing``: why nothing is counted."""

    line: LineId
    yearly: Span
    proven: bool
    missing: NotAssessable | None = None


@dataclass(frozen=True)
class Cost:
    """One line of the costs, and its present value over the horizon."""

    what: str
    initial: float
    yearly: float
    present: float


@dataclass(frozen=True)
class Swing:
    """The net present value with one input at either end and all others as they are; ``ends`` are the settings:
    shares, years, or, for costs, times what was given."""

    what: str
    ends: tuple[float, float]
    npv: tuple[float, float]


@dataclass(frozen=True)
class BreakEven:
    """The effect of one metric (a share) at which the net present value is 0, the others as estimated; None: none."""

    metric: MetricId
    effect: float | None


@dataclass(frozen=True)
class Money:
    """The appraisal. ``flows`` at the estimates; ``payback`` and its interval in months, None = not within the
    horizon; ``proven`` the net present value from decided findings alone; ``apart`` and ``together``: its interval were
    the metrics to err independently, and all in the same direction; ``related``: how their errors were taken to hang
    together, pair by pair."""

    currency: str | None
    rate: float
    flows: Flows
    npv: Span
    roi: Span
    payback: tuple[float | None, float | None, float | None]
    probability: float
    attributable: float | None
    proven: Span
    apart: tuple[float, float]
    together: tuple[float, float]
    related: tuple[tuple[MetricId, MetricId, float], ...]
    benefits: tuple[Benefit, ...]
    costs: tuple[Cost, ...]
    breakevens: tuple[BreakEven, ...]
    tornado: tuple[Swing, ...]
    volumes: Mapping[MetricId, Volume]


@dataclass(frozen=True)
class Worth:
    """What one per cent of a metric, in the better direction, is worth a year; ``of_margin``: times the margin."""

    metric: MetricId
    yearly: float
    of_margin: bool
