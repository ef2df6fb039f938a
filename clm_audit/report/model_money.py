"""The money in the report: amounts are decimal strings in ``currency``, shares fractions, times months."""

from __future__ import annotations

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId
from clm_audit.report.model_base import Assumption, Unknown


class AmountRange(Frozen):
    """An amount with its interval."""

    value: str
    low: str
    high: str


class ShareRange(Frozen):
    """A share with its interval."""

    value: float
    low: float
    high: float


class MonthRange(Frozen):
    """Months until the costs are paid back; ``low`` is the soonest, ``high`` the latest end."""

    value: float | Unknown
    low: float | Unknown
    high: float | Unknown


class BenefitReport(Frozen):
    """One line of the benefits. ``yearly`` and ``present``: over the horizon, with the attributable share; ``proven``:
    whether every metric behind it is shown to have changed. A line that counts nothing says why in ``yearly``."""

    id: str
    metrics: tuple[MetricId, ...]
    name: str
    yearly: AmountRange | Unknown
    present: str
    proven: bool
    sentence: str


class CostReport(Frozen):
    """One line of the costs, and its present value."""

    what: str
    initial: str
    yearly: str
    present: str


class FlowReport(Frozen):
    """One year: 0 is go-live, undiscounted; n the end of year n. ``cumulative``: the undiscounted net so far."""

    year: int
    costs: str
    benefits: str
    net: str
    discounted: str
    cumulative: str


class SwingReport(Frozen):
    """The net present value with one input at either end, all others as they are; ends in words."""

    id: str
    name: str
    low_end: str
    high_end: str
    npv_low: str
    npv_high: str


class BreakEvenReport(Frozen):
    """The effect of a metric (a share) at which the CRM is worth exactly its costs, beside what was measured."""

    metric: MetricId
    name: str
    effect: float | Unknown
    measured: float


class MoneyReport(Frozen):
    """Whether it was worth it. ``proven``: the net present value of metrics shown to have changed. ``notes``: what else
    must be known to read it. ``attributable``: the share counted; ``breakeven_attributable`` the least that does."""

    currency: str | Unknown
    years: int
    margin: float
    discount: float
    attributable: float
    sentence: str
    notes: tuple[str, ...]
    npv: AmountRange
    roi: ShareRange
    payback_months: MonthRange
    probability_npv_positive: float
    breakeven_attributable: float | Unknown
    proven: AmountRange
    pv_costs: str
    pv_benefits: str
    benefits: tuple[BenefitReport, ...]
    costs: tuple[CostReport, ...]
    flows: tuple[FlowReport, ...]
    breakeven: tuple[BreakEvenReport, ...]
    tornado: tuple[SwingReport, ...]
    assumptions: tuple[Assumption, ...]


class WorthRow(Frozen):
    """What one per cent of a metric is worth a year, at each margin of the table."""

    metric: MetricId
    name: str
    yearly: tuple[str, ...]


class WorthReport(Frozen):
    """One improved per cent of each metric in money, in a year like the window after."""

    currency: str | Unknown
    margins: tuple[float, ...]
    sentence: str
    rows: tuple[WorthRow, ...]


class CostRow(Frozen):
    """One figure of both windows: money in currency units, ``ratio`` and ``breakeven`` shares."""

    id: str
    name: str
    before: float | Unknown
    after: float | Unknown
    change: float | Unknown


class CustomerCostsReport(Frozen):
    """Winning and keeping side by side. ``notes``: break-even, and whether acquisition only got smaller."""

    rows: tuple[CostRow, ...]
    notes: tuple[str, ...]
