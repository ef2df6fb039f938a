"""Right of the seam: plain numbers. Calendar, Totals, and what one metric looks like in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.measures.carried import Flow, Level, Shown

DAYS_PER_MONTH = 30.4375
WEEKS_PER_YEAR = 365.2425 / 7
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 8))
    7
    """
    return (day - EPOCH).days


def to_date(day: int) -> date:
    """Inverse of :func:`day_number`."""
    return EPOCH + timedelta(days=int(day))


@dataclass(frozen=True)
class SideRows:
    """What became of the rows of a fact whose files were declared for one side of go-live.

    ``wrong`` rows lie on the other side and were left out; ``lost`` of them in ``lost_weeks`` weeks in which the
    other side's files have (next to) none. ``gap_before`` days lie between the last row before and go-live,
    ``gap_after`` between the end of the wash-out and the first row after; up to ``usual_gap`` days are no hole.
    """

    wrong: int
    lost: int
    lost_weeks: int
    gap_before: int
    gap_after: int
    usual_gap: int


@dataclass(frozen=True)
class Calendar:
    """When the audit looks. Day numbers, spans half-open. Week w covers go_live + 7w … + 7(w+1).

    ``span`` is all the history the model may use; ``before``/``after`` are the windows of the plain
    reading; the days between ``go_live`` and ``after[0]`` are wash-out, or earlier years of the new
    system. ``coverage`` holds for each fact its first day and its last day + 1. ``merge`` holds weeks
    per model period (1, 2 or 4) for each fact. ``base_weeks`` is the span of the active base (52, 26
    or 13); ``base_from`` the first week whose base is fully observed. ``sides`` tells of the facts
    that have files declared for one side.
    ``inactivity_weeks``: without an order for so long a customer counts as lost; 0 when nobody asks.
    """

    go_live: int
    span: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]
    base_weeks: int
    base_from: int
    coverage: Mapping[str, tuple[int, int]]
    merge: Mapping[str, int]
    season_aligned: bool
    washout_weeks: int = 0
    derived_go_live: bool = False
    sides: Mapping[str, SideRows] = field(default_factory=dict)
    inactivity_weeks: int = 0

    def week(self, day: int) -> int:
        """The week a day falls in; negative before go-live.

        >>> Calendar(10, (0, 24), (3, 10), (10, 24), 52, -1, {}, {}, False).week(9)
        -1
        """
        return (day - self.go_live) // 7


@dataclass(frozen=True)
class Cells:
    """Additive quantities under integer keys, e.g. (segment, period) -> orders, cents, …

    ``keys`` and ``values`` map names to arrays of one common length; key combinations are unique and
    sorted. Counts and money are int64, second moments float64 (rounded to 12 significant digits, so
    that the order of summation cannot show).
    """

    keys: Mapping[str, NDArray[np.int64]]
    values: Mapping[str, NDArray[np.int64] | NDArray[np.float64]]


@dataclass(frozen=True)
class Moments:
    """The wide customer vector of one segment: n customers, names of the quantities (``orders_before``,
    ``revenue_after`` …), their sums [m] and sums of products of all pairs [m, m]."""

    names: tuple[str, ...]
    customers: int
    sums: NDArray[np.int64]
    products: NDArray[np.float64]


@dataclass(frozen=True)
class Totals:
    """Everything later steps need; additive (``+`` over disjoint customers). The data are not read again.

    Credit notes count as refunds of their customer on their own date: in refunded, net, x2 and xn, in the windows'
    refunded and net, and in the moments' revenue. They are no orders: nowhere else does one show.

    orders    (segment, period): orders, gross, refunded, net, known_orders, buyers, n2, x2, xn, first_orders, retained
    base      (segment, week): active — customers with an order in the base_weeks ending with the week
    acquired  (segment, period): new — by the system's own became-a-customer date
    tickets   (segment, period): tickets, costed, cost, cost2 (Σ cost²), timed, seconds, seconds2
    campaigns (period, campaign): sent, delivered, opened, clicked, responded, converted
    weeks     (segment, week): the first-order sums of all facts, for the whole weeks of any window
    mix       (group, segment, week, tenure): active, orders, net — the same by class of tenure, of the followed
              customers and of orders without one (``tenure.py``); group: one of 32 sets of customers
    thinned   (week): active, first, retained, and each had the followed customers ordered less (``thinning.py``)
    gaps      (segment, week, gap): customers — who ordered in the week, `gap` weeks after their order week before
              it (0 = their first seen; the largest = longer than any base): base, retained and new follow from it
    spend     (category, week): cents — category codes: 0 acquisition, 1 retention, 2 service, 3 other
    windows   (segment, window): the quantities of the audit JSON's totals; window 0 before, 1 after
    values    (window, cents): orders — exact histogram of net order values
    series    (metric, segment, start, until): numerator, denominator (float) of ready-made KPI tables;
              metric codes are positions in ALL_METRIC_IDS, start/until day numbers
    moments   segment -> Moments
    """

    cells: Mapping[str, Cells]
    moments: Mapping[int, Moments]


@dataclass(frozen=True)
class Ratio:
    """value = numerator / denominator over ``weeks`` whole weeks (scale already in the denominator)."""

    value: float
    numerator: float
    denominator: float
    weeks: float


@dataclass(frozen=True)
class Variant:
    """A figure shown beside the metric (``median``, ``cost_per_ticket`` …); unit as in the catalogue."""

    id: str
    unit: str
    before: Ratio | NotAssessable
    after: Ratio | NotAssessable


@dataclass(frozen=True)
class SegmentRatio:
    """The metric in one segment value; ``customers`` decides whether it may be shown (>= 5). ``num``, ``den``: its
    periods as those of the metric, where it is made of lines that can be divided."""

    column: str
    label: str
    customers: int
    before: Ratio | NotAssessable
    after: Ratio | NotAssessable
    num: NDArray[np.float64] | None = None
    den: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class UnitTotals:
    """One unit of a control group, a label of its column, on the periods of the metric it belongs to.

    ``go_live``: the day on which it got the CRM, None when it never did. ``num``, ``den`` as those of the metric, but
    0 where nothing happened, wash-out or not; ``events`` what was counted (orders, tickets); ``s2`` the sampling
    variance of log(num/den), NaN without events. ``customers`` decides whether it may be named (>= 5).
    """

    label: str
    customers: int
    go_live: int | None
    num: NDArray[np.float64]
    den: NDArray[np.float64]
    events: NDArray[np.float64]
    s2: NDArray[np.float64]


@dataclass(frozen=True)
class MixTotals:
    """Who bought and what: ``num``, ``den`` [groups of customers, 2 windows, cells of segment × tenure] of all
    customers (``every`` 1) or of every ``every``-th. ``weeks``: the look back in which tenure is counted."""

    num: NDArray[np.float64]
    den: NDArray[np.float64]
    every: int
    weeks: int


@dataclass(frozen=True)
class Alternative:
    """The same metric by another definition (``measures/alternatives.py``): periods as in MetricTotals."""

    kind: str
    detail: Mapping[str, str | int | float]
    num: NDArray[np.float64]
    den: NDArray[np.float64]
    s2: NDArray[np.float64] | None


@dataclass(frozen=True)
class MetricTotals:
    """One metric, ready for inference and the report.

    Arrays have one entry a model period, in time order: ``start`` first day number, ``num``/``den``
    (NaN = missing: wash-out, no events), ``s2`` the sampling variance of log(num/den) or None.
    ``n0`` periods lie before go-live, ``ppy`` periods make a year. ``before``/``after`` are the plain
    reading. ``how`` holds facts about the definition as used (base_weeks, cost_source, response …).
    ``units``: the same by unit of the control group, when there is one, or why the metric has none.
    ``mix``: who bought, or why that cannot be told; None where it is not asked. ``alternatives``: other definitions.
    ``factors``: a metric that is their product has no periods of its own. ``level``: what a goal is held against,
    where that is not the periods; ``flow``: what its segments' lines are parts of, where those are not its own.
    """

    metric: MetricId
    start: NDArray[np.int64]
    num: NDArray[np.float64]
    den: NDArray[np.float64]
    s2: NDArray[np.float64] | None
    n0: int
    ppy: float
    before: Ratio | NotAssessable
    after: Ratio | NotAssessable
    variants: tuple[Variant, ...] = ()
    segments: tuple[SegmentRatio, ...] = ()
    how: Mapping[str, str | int | float] = field(default_factory=dict)
    missing: NotAssessable | None = None
    units: tuple[UnitTotals, ...] | NotAssessable = ()
    mix: MixTotals | NotAssessable | None = None
    alternatives: tuple[Alternative, ...] = ()
    shown: Shown | None = None
    factors: tuple[Factor, ...] = ()
    level: Level | None = None
    flow: Flow | None = None


@dataclass(frozen=True)
class Factor:
    """A part of a metric that is a product: its totals, and the power (1 or −1) with which it enters."""

    totals: MetricTotals
    power: int


@dataclass(frozen=True)
class Measured:
    """What measuring hands on: the calendar it used, the totals, one MetricTotals for each enabled metric of the
    five questions (``metrics``) and of the ``lifecycle``, how many rows of each file (RawTable.index) lie outside the
    audit's span or on the wrong side, and the window totals of the audit JSON: name -> (before, after), each a number
    or why there is none. ``currencies``: the currency of each total of money, where it is known.
    ``lives``: durations of those who came in a window (cohort, days), ``retention``: lost, watched; ``activation``:
    done, watched."""

    calendar: Calendar
    totals: Totals
    metrics: tuple[MetricTotals, ...]
    outside: Mapping[int, int]
    window_totals: Mapping[str, tuple[float | NotAssessable, float | NotAssessable]]
    currencies: Mapping[str, str] = field(default_factory=dict)
    lifecycle: tuple[MetricTotals, ...] = ()
    lives: Mapping[str, Cells] = field(default_factory=dict)
