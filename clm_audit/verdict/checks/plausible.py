"""Can the numbers be what they say? Amounts in other units from go-live on, more responses than deliveries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.plan import MetricId
from clm_audit.measures.model import Cells, Measured, Ratio
from clm_audit.measures.ranks import middle_value, times_hundred
from clm_audit.verdict.checks.base import MONEY, Subject, Value, made
from clm_audit.verdict.model import Check

CODES = (
    "units_alike",
    "units_jump",
    "units_not_compared",
    "responses_fit",
    "responses_over",
    "responses_mostly_over",
    "responses_not_counted",
)
KINDS = ("responded", "converted", "clicked", "opened")
FEW = 0.01  # of all deliveries


def minor_units(subject: Subject) -> Check:
    """Amounts in pounds on one side of go-live and in pence on the other look like a hundredfold change.

    Order values are compared by their medians, which no single large order can move; other money by its level.
    """
    measured = subject.measured
    levels = _levels(measured) if measured else {}
    if not levels:
        return made("minor_units", "unknown", "units_not_compared")
    jumps = {metric: after / before for metric, (before, after) in levels.items() if times_hundred(before, after)}
    if not jumps:
        return made("minor_units", "pass", "units_alike", tuple(levels))
    metric = max(jumps, key=lambda each: max(jumps[each], 1 / jumps[each]))
    times = jumps[metric]
    evidence: dict[str, Value] = {"metric": metric, "times": round(max(times, 1 / times), 1)}
    evidence["way"] = "higher" if times > 1 else "lower"
    return made("minor_units", "fail", "units_jump", tuple(jumps), **evidence)


def responses(subject: Subject) -> Check:
    """Nobody can respond to what was not delivered: such counts are of something else (totals, not recipients)."""
    cells = subject.measured.totals.cells.get("campaigns") if subject.measured else None
    if cells is None or not cells.keys["campaign"].size:
        return made("responses", "unknown", "responses_not_counted")
    campaigns, place = np.unique(cells.keys["campaign"], return_inverse=True)
    sums = {name: _per_campaign(cells, name, place, campaigns.size) for name in ("delivered", *KINDS)}
    most = np.max([sums[kind] for kind in KINDS], axis=0)
    over = most > sums["delivered"]
    metrics: tuple[MetricId, ...] = ("campaign_response",)
    if not over.any():
        return made("responses", "pass", "responses_fit", metrics, campaigns=campaigns.size)
    evidence: dict[str, Value] = {"count": int(over.sum()), "campaigns": campaigns.size}
    if int(most[over].sum()) > FEW * int(sums["delivered"].sum()):
        return made("responses", "fail", "responses_mostly_over", metrics, **evidence)
    return made("responses", "warn", "responses_over", metrics, **evidence)


def _levels(measured: Measured) -> dict[MetricId, tuple[float, float]]:
    """The level of each money metric before and after."""
    found: dict[MetricId, tuple[float, float]] = {}
    for item in measured.metrics:
        if item.metric in MONEY and isinstance(item.before, Ratio) and isinstance(item.after, Ratio):
            before, after = item.before.value, item.after.value
            if before > 0 and after > 0:
                found[item.metric] = before, after
    values = measured.totals.cells.get("values")
    if values is not None:
        before, after = (middle_value(values, window) for window in (0, 1))
        if before > 0 and after > 0:
            found["transaction_size"] = before, after
    return found


def _per_campaign(cells: Cells, name: str, place: NDArray[np.intp], size: int) -> NDArray[np.int64]:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, place.ravel(), cells.values[name].astype(np.int64))
    return sums
