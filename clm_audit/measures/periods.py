"""From weekly lines to one metric: whole weeks of the windows for the plain reading, periods for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.config.vocabulary import CURRENCIES
from clm_audit.facts.labels import OTHER
from clm_audit.facts.model import Facts, Table
from clm_audit.measures.coverage import DayCounts
from clm_audit.measures.engines import Collected
from clm_audit.measures.model import (
    WEEKS_PER_YEAR,
    Calendar,
    MetricTotals,
    Ratio,
    SegmentRatio,
    Totals,
    UnitTotals,
    Variant,
    day_number,
)
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side
from clm_audit.measures.totals import pooled

Segments = Iterable[int] | None
Quantity = Callable[[Segments], Line]
MONTH = 30.4375 / 7  # weeks
BY_FACT = "currency.by_fact."  # names of counts of rows by fact and stated currency
FEWEST = 5  # customers; smaller groups are not shown
CODES = (
    "missing_fact",
    "one_side_only",
    "empty_window",
    "zero_denominator",
    "too_few_customers",
    "too_short_before",
    "too_short_after",
    "mixed_currencies",
    "no_base",
    "no_customer",
    "more_responses_than_deliveries",
    "units_differ",
    "no_units",
)


@dataclass(frozen=True)
class Inputs:
    """All that a metric is made of. ``daily`` are the counts per day that the calendar came from, ``again`` what only
    a second look at the orders can tell (see :func:`followed.second_look`)."""

    plan: AuditPlan
    facts: Facts
    calendar: Calendar
    totals: Totals
    daily: Collected
    counts: Mapping[str, DayCounts]
    again: Collected = field(default_factory=dict)

    def absent(self, fact: Table) -> NotAssessable:
        """*Missing*, with the export that would carry the fact."""
        return NotAssessable(code="missing_fact", detail={"fact": fact, "export": self.facts.absent.get(fact, "")})

    def one_sided(self, fact: str) -> NotAssessable | None:
        """Whether a fact has rows on one side of go-live only; ``side`` says on which."""
        day = self.counts[fact].day
        before, after = bool((day < self.calendar.go_live).any()), bool((day >= self.calendar.go_live).any())
        if before and after:
            return None
        return NotAssessable(code="one_side_only", detail={"fact": fact, "side": "before" if before else "after"})

    def no_money(self, *tables: Table) -> NotAssessable | None:
        """Why amounts of these facts cannot be added up; an unstated currency is still one currency.

        Without counts by fact, the amounts of any of them may be mixed.
        """
        currency = self.facts.currency
        if not isinstance(currency, NotAssessable) or currency.code == "currency_not_stated":
            return None
        counted = any(name.startswith(BY_FACT) for name in self.facts.evidence)
        return None if counted and len(self._stated(tables)) <= 1 else currency

    def currency(self, *tables: Table) -> str | None:
        """The currency of these facts' amounts; None when nobody states one, or several are stated."""
        if isinstance(self.facts.currency, str):
            return self.facts.currency
        stated = self._stated(tables)
        return next(iter(stated)) if len(stated) == 1 and stated <= CURRENCIES else None

    def _stated(self, tables: Sequence[Table]) -> set[str]:
        names = (
            name.removeprefix(BY_FACT).split(".")
            for name, count in self.facts.evidence.items()
            if count
            if name.startswith(BY_FACT)
        )
        return {code for table, code in names if table in tables}

    def own_currency(self, *tables: Table) -> dict[str, str | int | float]:
        """For :attr:`MetricTotals.how`: the currency of a metric when it is not that of the whole audit."""
        found = None if isinstance(self.facts.currency, str) else self.currency(*tables)
        return {"currency": found} if found else {}


def blank(metric: MetricId, why: NotAssessable) -> MetricTotals:
    """A metric of which nothing can be said, and why."""
    none = np.zeros(0)
    return MetricTotals(metric, np.zeros(0, dtype=np.int64), none, none, None, 0, WEEKS_PER_YEAR, why, why, missing=why)


@dataclass(frozen=True)
class Recipe:
    """A metric as lines: ``num`` and ``den`` give a line over the scheme's units for some segments.

    ``per`` divides the sums (cents, seconds, months). ``s2`` gives the sampling variance per period.
    ``split``: whether the metric can be shown by segment; ``events`` and ``s2_of`` then give what was counted and
    ``s2`` for some segments, and ``undivided`` names what has no segment where it cannot. ``behind``: how many
    customers stand behind a window.
    """

    metric: MetricId
    scheme: Scheme
    num: Quantity
    den: Quantity
    per: tuple[float, float]
    s2: Line | None
    variants: tuple[Variant, ...] = ()
    how: Mapping[str, str | int | float] | None = None
    split: bool = False
    events: Quantity | None = None
    s2_of: Quantity | None = None
    undivided: str = ""
    behind: Mapping[Side, float] = field(default_factory=dict)


def too_few(customers: float, side: Side | None = None) -> NotAssessable | None:
    """Groups under five customers are not shown, of a window (``side``) or of all."""
    if customers >= FEWEST:
        return None
    where: dict[str, str | int | float] = {} if side is None else {"side": side}
    return NotAssessable(code="too_few_customers", detail={"customers": int(customers), "needed": FEWEST, **where})


def cook(inputs: Inputs, recipe: Recipe, missing: NotAssessable | None = None) -> MetricTotals:
    """The metric's periods and windows. Wash-out periods and those without events are NaN."""
    scheme = recipe.scheme
    num, den = recipe.num(None), recipe.den(None)
    first, last = scheme.periods
    n0 = max(0, min(-first, last - first))
    top, bottom = scheme.fold(num) / recipe.per[0], scheme.fold(den) / recipe.per[1]
    gone = scheme.washed | ~(top > 0) | ~(bottom > 0)
    # nobody at all is a true zero (or nothing to divide by); a handful is not to be shown
    few = {side: too_few(customers, side) for side, customers in recipe.behind.items() if customers}
    sides = {side: few.get(side) or scheme.ratio(num, den, side, recipe.per) for side in SIDES}
    missing = missing or few.get("before") or few.get("after")
    if missing is None and n0 == 0:
        missing = scheme.unusable("before") or NotAssessable(code="too_short_before", detail={"side": "before"})
    if missing is None and last <= 0:
        missing = scheme.unusable("after") or NotAssessable(code="too_short_after", detail={"side": "after"})
    return MetricTotals(
        metric=recipe.metric,
        start=scheme.starts,
        num=np.where(gone, np.nan, top),
        den=np.where(gone, np.nan, bottom),
        s2=None if recipe.s2 is None else np.where(gone, np.nan, recipe.s2),
        n0=n0,
        ppy=WEEKS_PER_YEAR / scheme.weeks,
        before=_told(missing, "before", sides["before"]),
        after=_told(missing, "after", sides["after"]),
        variants=tuple(
            replace(each, before=few.get("before") or each.before, after=few.get("after") or each.after)
            for each in recipe.variants
        ),
        segments=by_segment(inputs, recipe) if recipe.split else (),
        how={"weeks_per_period": scheme.weeks, **(recipe.how or {})},
        missing=missing,
        units=units_of(inputs, recipe),
    )


def _told(missing: NotAssessable | None, side: Side, found: Ratio | NotAssessable) -> Ratio | NotAssessable:
    """A one-sided fact explains an empty side better than the weeks that are not there."""
    if missing is None:
        return found
    if missing.code in ("handling_time_one_side", "more_responses_than_deliveries", "units_differ"):
        return missing
    there = missing.detail.get("side")
    unsaid = {"one_side_only": there != side, "no_customer": there in (None, side)}
    return missing if unsaid.get(missing.code) else found


def codes_by_label(inputs: Inputs, column: str) -> dict[str, list[int]]:
    """Label of a segment column -> codes of the segments that have it, labels sorted."""
    codes: dict[str, list[int]] = {}
    for code, labels in enumerate(inputs.facts.segments):
        if labels.get(column):
            codes.setdefault(labels[column], []).append(code)
    return dict(sorted(codes.items()))


def by_segment(inputs: Inputs, recipe: Recipe) -> tuple[SegmentRatio, ...]:
    """The metric for each value of each column of ``segment_by``, in the order of the labels.

    ``customers``: those of the segment, or what a window counts where that is less: nobody stands behind more.
    """
    found: list[SegmentRatio] = []
    for column in inputs.plan.segment_by:
        for label, codes in codes_by_label(inputs, column).items():
            group = pooled(inputs.totals.moments, codes)
            num, den = recipe.num(codes), recipe.den(codes)
            sides = [recipe.scheme.ratio(num, den, side, recipe.per) for side in SIDES]
            lines = [recipe.scheme.fold(line) / per for line, per in zip((num, den), recipe.per, strict=True)]
            counted = [float(recipe.scheme.part(den, side).sum()) for side in SIDES]
            customers = int(min([group.customers if group else 0, *(each for each in counted if each > 0)]))
            found.append(SegmentRatio(column, label, customers, sides[0], sides[1], lines[0], lines[1]))
    return tuple(found)


def units_of(inputs: Inputs, recipe: Recipe) -> tuple[UnitTotals, ...] | NotAssessable:
    """The metric's periods for each unit of the control group; the rest bin of rare labels is none."""
    control = inputs.plan.control
    if control is None:
        return ()
    if recipe.events is None or recipe.s2_of is None:
        return NotAssessable(code="no_units", detail={"fact": recipe.undivided})
    found: list[UnitTotals] = []
    days = {label: day_number(day) for label, day in control.go_live.items()}
    for label, codes in codes_by_label(inputs, control.segment).items():
        group = pooled(inputs.totals.moments, codes)
        lines = [recipe.scheme.fold(line(codes)) for line in (recipe.num, recipe.den, recipe.events)]
        if label == OTHER or group is None or not lines[2].any():
            continue
        live = None if label in control.untreated else days.get(label, inputs.calendar.go_live)
        num, den = lines[0] / recipe.per[0], lines[1] / recipe.per[1]
        found.append(UnitTotals(label, group.customers, live, num, den, lines[2], recipe.s2_of(codes)))
    return tuple(found)
