"""Who came back, who stayed and who was lost: of first-time buyers, and of all customers, from their orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.measures.catalogue_lifecycle import HALF_YEAR, QUARTER
from clm_audit.measures.entrants import DATED, SUMS, silence
from clm_audit.measures.exposure import Share, Watch, measured
from clm_audit.measures.finish import base_cells
from clm_audit.measures.model import Cells, MetricTotals
from clm_audit.measures.orders import buyers_seen, no_customer
from clm_audit.measures.periods import MONTH, Inputs, blank, too_few
from clm_audit.measures.totals import cells, join

MOSTLY = 0.9  # of those first seen late in the data, that the system must date within them to be believed for all
CODES = ("nobody_lost_so_soon",)
Detail = dict[str, str | int | float]


def nobody(inputs: Inputs) -> NotAssessable | None:
    """Why orders tell nothing of customers."""
    if "orders" not in inputs.counts:
        return inputs.absent("orders")
    nameless = no_customer(inputs)
    return nameless if nameless and "side" not in nameless.detail else too_few(buyers_seen(inputs))


def newcomers(inputs: Inputs) -> tuple[Cells, int | None, Detail]:
    """Those whose first order is known to be their first: the cells, the first week that counts, and how it is known.

    Where the system dates (nearly) everybody who is first seen late in the data within them, its dates say who is new
    from the first day on. Else those first seen in the weeks of the base may be old customers and do not count.
    """
    found, since = inputs.totals.cells["entrants"], inputs.calendar.base_from
    if by_date(inputs):
        return _summed(found, found.keys["kind"] == DATED), None, {"entered_by": "first order, acquired"}
    every = np.ones(found.keys["kind"].size, dtype=bool)
    return _summed(found, every), since, {"entered_by": "first order", "look_back": inputs.calendar.base_weeks}


def by_date(inputs: Inputs) -> bool:
    """Whether the system's dates say whose first order seen is the first."""
    found = inputs.totals.cells["entrants"]
    late, dated = found.keys["week"] >= inputs.calendar.base_from, found.keys["kind"] == DATED
    count = found.values["entrants"]
    return bool(count[late].sum() and count[late & dated].sum() >= MOSTLY * count[late].sum())


def _summed(found: Cells, kept: NDArray[np.bool_]) -> Cells:
    keys = {name: found.keys[name][kept] for name in ("segment", "week")}
    return cells(keys, {name: found.values[name][kept] for name in SUMS})


def _share(inputs: Inputs, metric: LifecycleId, num: str, days: int, how: Detail) -> MetricTotals:
    """A share of newcomers, each watched for ``days``."""
    why = nobody(inputs)
    if why:
        return blank(metric, why)
    found, since, known = newcomers(inputs)
    span, watch = inputs.calendar.coverage["orders"], Watch(ahead=days)
    share = Share(metric, found, num, "entrants", span, watch, since, how={**known, **how})
    return measured(inputs, share, inputs.one_sided("orders"))


def repeat_purchase_rate(inputs: Inputs) -> MetricTotals:
    """First-time buyers who bought again, on another day, within 90 days."""
    return _share(inputs, "repeat_purchase_rate", "again", QUARTER, {})


def early_churn(inputs: Inputs) -> MetricTotals:
    """First-time buyers whose last order before the silence came within 90 days. Nobody can be lost sooner than the
    silence lasts, so the days are those of the order: of the curve, it is what is lost ``lost_after`` days on."""
    days = QUARTER + silence(inputs.calendar)
    return _share(inputs, "first_90_day_churn", "lost", days, {**by_silence(inputs), "lost_after": days})


def retention_rate(inputs: Inputs) -> MetricTotals:
    """First-time buyers who were not lost 182 days later: with an order in the weeks of the silence before that day."""
    if silence(inputs.calendar) > HALF_YEAR:
        weeks = inputs.calendar.inactivity_weeks
        why = NotAssessable(code="nobody_lost_so_soon", detail={"days": HALF_YEAR, "weeks": weeks})
        return blank("retention_rate", why)
    return _share(inputs, "retention_rate", "active", HALF_YEAR, by_silence(inputs))


def by_silence(inputs: Inputs) -> Detail:
    """How a loss is known, for :attr:`MetricTotals.how`."""
    return {"lost_by": "orders", "inactivity_weeks": inputs.calendar.inactivity_weeks}


def churn_rate(inputs: Inputs) -> MetricTotals:
    """Customers whose silence passed in a week, by those who were there at its start, a month."""
    why = nobody(inputs)
    if why:
        return blank("churn_rate", why)
    calendar = inputs.calendar
    found = lost_cells(inputs)
    span = calendar.coverage["orders"]
    first = -((calendar.go_live - span[0]) // 7) + calendar.inactivity_weeks
    share = Share(
        "churn_rate", found, "lost", "there", span, Watch(behind=silence(calendar)), first, (1.0, MONTH),
        by_silence(inputs),
    )  # fmt: skip
    return measured(inputs, share, inputs.one_sided("orders"))


def lost_cells(inputs: Inputs) -> Cells:
    """(segment, week): ``there`` at its start, that is with an order in the weeks of the inactivity before it, and of
    them ``lost``: without an order since the week that leaves those weeks."""
    gaps, calendar = inputs.totals.cells["gaps"], inputs.calendar
    weeks = calendar.inactivity_weeks
    first = -((calendar.go_live - calendar.coverage["orders"][0]) // 7)
    active = base_cells(gaps, replace(calendar, base_weeks=weeks, base_from=first + weeks - 1))
    week, gap, customers = gaps.keys["week"], gaps.keys["gap"], gaps.values["customers"]
    back = (gap > 0) & (gap <= weeks)
    segment = gaps.keys["segment"]
    left = cells({"segment": segment, "week": week + weeks}, {"lost": customers})
    came = cells({"segment": segment[back], "week": (week - gap)[back] + weeks}, {"lost": -customers[back]})
    there = cells(
        {"segment": active.keys["segment"], "week": active.keys["week"] + 1}, {"there": active.values["active"]}
    )
    known = join([left, came, there])
    kept = known.keys["week"] >= first + weeks
    keys = {name: column[kept] for name, column in known.keys.items()}
    return Cells(keys, {name: column[kept] for name, column in known.values.items()})


def lives(inputs: Inputs) -> Cells:
    """(cohort, days): of newcomers, from the first order until the silence had passed."""
    found = inputs.totals.cells["lives"]
    kept = found.keys["kind"] == DATED if by_date(inputs) else found.keys["late"] == 1
    keys = {name: found.keys[name][kept] for name in ("cohort", "days")}
    return cells(keys, {name: found.values[name][kept] for name in ("lost", "watched")})
