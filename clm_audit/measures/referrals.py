"""Referral rate: customers who referred at least one new lead in four weeks, by the customers there were.

Four weeks are the same for everybody before and after go-live, so that nobody had longer to refer. Who is referred and
had bought before is no new lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.exposure import share_variance
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells, MetricTotals, Ratio, Variant
from clm_audit.measures.orders import weekly
from clm_audit.measures.periods import Inputs, Quantity, Recipe, blank, cook
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side, ratio
from clm_audit.measures.stages import STEP, reaching
from clm_audit.measures.totals import along, cells, total

Frame = nw.LazyFrame[Any]
CODES = ("no_customer_base",)


def referral_frames(tables: Frames, _: Collected, calendar: Calendar) -> Frames:
    """``referral_days``: new leads by day; ``referrers``: distinct customers who referred one, per segment and four
    weeks; ``referred``: the same in equally long parts of both windows."""
    if "referrals" not in tables:
        return {}
    rows = tables["referrals"].filter(~nw.col("customer").is_null())
    rows = rows.select(
        "customer", "referred", nw.col("segment").fill_null(0).cast(nw.Int64), nw.col("day").cast(nw.Int64)
    )
    if "orders" in tables:
        rows = _new_leads(rows, tables["orders"])
    inside = rows.filter(nw.col("day") >= calendar.span[0], nw.col("day") < calendar.span[1])
    grid = Grid.of(calendar)
    placed = inside.with_columns(period=grid.week(nw.col("day")) // STEP)
    each = placed.group_by("customer", "period").agg(nw.col("segment").max(), leads=nw.len())
    return {
        "referral_days": rows.group_by("segment", "day").agg(rows=nw.len()),
        "referrers": each.group_by("segment", "period").agg(referrers=nw.len(), leads=nw.col("leads").sum()),
        "referred": _in_windows(inside, calendar),
    }


def _new_leads(rows: Frame, orders: Frame) -> Frame:
    """Without the referrals of somebody who had ordered before; who was referred is not always known."""
    bought = orders.filter(~nw.col("customer").is_null(), nw.col("left_out").is_null())
    first = bought.group_by("customer").agg(first=nw.col("day").min())
    joined = rows.join(first.select("first", referred=nw.col("customer")), on="referred", how="left")
    kept = joined.filter(nw.col("first").is_null() | (nw.col("first") >= nw.col("day")))
    return kept.select("customer", "referred", "segment", "day")


def equal_days(calendar: Calendar) -> int:
    """How many days of both windows are looked at, so that both are equally long."""
    return min(end - start for start, end in (calendar.before, calendar.after))


def _in_windows(rows: Frame, calendar: Calendar) -> Frame:
    days = equal_days(calendar)
    parts = []
    for code, (start, _) in enumerate((calendar.before, calendar.after)):
        window = rows.filter(nw.col("day") >= start, nw.col("day") < start + days)
        each = window.group_by("customer").agg(nw.col("segment").max())
        parts.append(each.select("segment", window=nw.lit(code).cast(nw.Int64), one=flag(nw.col("segment") >= 0)))
    return nw.concat(parts, how="vertical").group_by("segment", "window").agg(referrers=nw.col("one").sum())


def referral_cells(collected: Collected, calendar: Calendar) -> Mapping[str, Cells]:
    """``referral_days`` (segment, day): rows; ``referrers`` (segment, period): referrers, leads; ``referred``
    (segment, window): referrers."""
    if "referrers" not in collected:
        return {}
    days, found, windows = (collected[name] for name in ("referral_days", "referrers", "referred"))
    keys = {"segment": found["segment"], "period": found["period"] - Grid.of(calendar).shift // STEP}
    return {
        "referral_days": cells({name: days[name] for name in ("segment", "day")}, {"rows": days["rows"]}),
        "referrers": cells(keys, {name: found[name] for name in ("referrers", "leads")}),
        "referred": cells({name: windows[name] for name in ("segment", "window")}, {"referrers": windows["referrers"]}),
    }


def referral_rate(inputs: Inputs) -> MetricTotals:
    """Distinct referrers of each four weeks by the customers of those weeks."""
    days = inputs.totals.cells.get("referral_days")
    if days is None or not days.keys["day"].size:
        return blank("referral_rate", inputs.absent("referrals"))
    span = reaching(days, inputs.calendar)
    calendar = replace(inputs.calendar, coverage={**inputs.calendar.coverage, "referrals": span})
    base = _base(inputs, calendar)
    if isinstance(base, NotAssessable):
        return blank("referral_rate", base)
    scheme, customers, source = base
    found = inputs.totals.cells["referrers"]

    def referrers(segments: Any) -> Line:
        return along(found, "referrers", "period", scheme.units, segments)

    recipe = Recipe(
        "referral_rate",
        scheme,
        num=referrers,
        den=customers,
        per=(1.0, 1.0),
        s2=share_variance(scheme.fold(referrers(None)), scheme.fold(customers(None))),
        variants=(_whole(inputs, scheme, customers),),
        how={"customers": source, "days": equal_days(calendar)},
        split=source == "orders",
        undivided="referrals",
    )
    live = calendar.go_live
    missing = None
    if not span[0] < live < span[1]:
        side = "after" if span[0] >= live else "before"
        missing = NotAssessable(code="one_side_only", detail={"fact": "referrals", "side": side})
    return cook(inputs, recipe, missing)


def _base(inputs: Inputs, calendar: Calendar) -> tuple[Scheme, Quantity, str] | NotAssessable:
    """Units of four weeks, the customers in them, and who tells of those: the active base of the orders, averaged
    over the weeks, else those with a subscription at the end."""
    if "orders" in calendar.coverage and total(inputs.totals.cells["windows"], "known_orders"):
        scheme = Scheme.of(calendar, ["referrals", "orders"], STEP, step=STEP, first_week=calendar.base_from)
        weeks = Scheme.of(calendar, ["referrals", "orders"], STEP, first_week=calendar.base_from)
        whole = replace(weeks, units=(scheme.units[0] * STEP, max(scheme.units) * STEP))
        active = weekly(inputs, whole, "active", "base")
        return scheme, lambda segments: active(segments).reshape(-1, STEP).mean(axis=1), "orders"
    found = inputs.totals.cells.get("subscription_days")
    if found is None or not found.keys["day"].size:
        return NotAssessable(code="no_customer_base", detail={"fact": "orders"})
    scheme = Scheme.of(calendar, ["referrals"], STEP, step=STEP)
    return scheme, lambda segments: _subscribers(inputs, scheme, segments), "subscriptions"


def _subscribers(inputs: Inputs, scheme: Scheme, segments: Any) -> Line:
    """Customers with recurring revenue at the start of each period: those whom the look of the next period counts."""
    part = inputs.totals.cells["recurring"]
    rows = part.keys["back"] == 1
    kept = Cells(
        {name: column[rows] for name, column in part.keys.items()},
        {name: column[rows] for name, column in part.values.items()},
    )
    return along(kept, "customers", "period", scheme.units, segments)


def _whole(inputs: Inputs, scheme: Scheme, customers: Quantity) -> Variant:
    """Who referred anybody within the window, by the customers at an average time of it."""
    part = inputs.totals.cells["referred"]
    sides: dict[Side, Ratio | NotAssessable] = {}
    for code, side in enumerate(SIDES):
        there = scheme.part(customers(None), side)
        refused = scheme.unusable(side)
        count = float(total(part, "referrers", window=code))
        sides[side] = refused or ratio(count, float(np.mean(there)), equal_days(inputs.calendar) / 7, side)
    return Variant("referrers_in_window", "share", sides["before"], sides["after"])
