"""Which measured effects may be turned into money, and the volumes of a year like the window after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.inference.model import Finding
from clm_audit.inference.rounding import rounded
from clm_audit.measures.model import WEEKS_PER_YEAR, Calendar, Measured, MetricTotals, Ratio
from clm_audit.verdict.money_model import PRICED, Volume
from clm_audit.verdict.money_related import correlations
from clm_audit.verdict.money_spread import Spread

Floats = NDArray[np.float64]
CODES = ("not_measured", "withheld", "repeated_export", "other_currency", "no_revenue", "not_positive")
"""Why a metric brings no money, beside the reasons of its finding; ``detail`` of other_currency: currency."""


@dataclass(frozen=True)
class Priced:
    """``spreads`` of the metrics that count and ``missing``: why each of the others does not. ``volumes`` of all that
    have one, counted or not. ``related``: correlations of the errors, [PRICED, PRICED]."""

    volumes: Mapping[MetricId, Volume]
    spreads: Mapping[MetricId, Spread]
    missing: Mapping[MetricId, NotAssessable]
    proven: frozenset[MetricId]
    related: Floats

    @property
    def pairs(self) -> tuple[tuple[MetricId, MetricId, float], ...]:
        """The correlations of what counts, the strongest first; none of 0."""
        found = [
            (one, other, rounded(float(self.related[PRICED.index(one), PRICED.index(other)])))
            for one, other in combinations([metric for metric in PRICED if metric in self.spreads], 2)
        ]
        return tuple(sorted((pair for pair in found if pair[2]), key=lambda pair: -abs(pair[2])))


def priced(
    plan: AuditPlan,
    measured: Measured,
    findings: Sequence[Finding],
    withheld: Collection[MetricId],
    currency: str | None,
) -> Priced:
    """Effects and volumes. ``withheld``: metrics that a failed data check touches; ``currency`` of the audit."""
    totals = {item.metric: item for item in measured.metrics}
    by_metric: dict[MetricId, Finding] = {item.metric: item for item in findings if item.metric in totals}
    volumes: dict[MetricId, Volume] = {}
    spreads: dict[MetricId, Spread] = {}
    missing: dict[MetricId, NotAssessable] = {}
    for metric in PRICED:
        found = _volume(totals, by_metric, metric, measured.calendar, currency)
        refused = _refused(by_metric.get(metric), metric in withheld)
        if isinstance(found, Volume):
            volumes[metric] = found
        why = refused or (found if isinstance(found, NotAssessable) else None)
        finding = by_metric.get(metric)
        if why is not None or finding is None or finding.effect is None:
            missing[metric] = why or NotAssessable(code="not_measured")
        else:
            spreads[metric] = Spread.of(finding.effect, plan.policy.confidence)
    if "transaction_size" not in volumes or "transaction_size" in withheld:
        volumes.pop("transaction_size", None)
        if spreads.pop("purchase_frequency", None):
            missing["purchase_frequency"] = NotAssessable(code="no_revenue")
    decided = {metric for metric in spreads if by_metric[metric].value in ("improved", "worsened")}
    return Priced(volumes, spreads, missing, frozenset(decided), correlations(totals, PRICED))


def _refused(finding: Finding | None, withheld: bool) -> NotAssessable | None:
    """Why a finding is not turned into money."""
    if finding is None:
        return NotAssessable(code="not_measured")
    if finding.effect is None:
        return finding.missing or NotAssessable(code=finding.code)
    if withheld:
        return NotAssessable(code="withheld")
    return NotAssessable(code="repeated_export") if finding.code == "after_repeats_before" else None


def _volume(
    totals: Mapping[MetricId, MetricTotals],
    findings: Mapping[MetricId, Finding],
    metric: MetricId,
    calendar: Calendar,
    currency: str | None,
) -> Volume | NotAssessable:
    """A year like the window after, and the share of it that the finding speaks of."""
    item = totals.get(metric)
    if item is None:
        return NotAssessable(code="not_measured")
    own = item.how.get("currency", currency)
    if own != currency:
        return NotAssessable(code="other_currency", detail={"currency": str(own)})
    after = item.after
    if isinstance(after, NotAssessable):
        return after
    if not after.numerator > 0 or not after.weeks > 0:
        return NotAssessable(code="not_positive")
    finding = findings.get(metric)
    share = treated_share(item, calendar) if finding is not None and finding.by_control else 1.0
    known = _known(totals, after) if metric == "purchase_frequency" else 1.0
    return Volume(after.numerator / after.weeks * WEEKS_PER_YEAR, after.weeks, share, known)


def _known(totals: Mapping[MetricId, MetricTotals], often: Ratio) -> float:
    """The share of all orders after that carry a customer, and so can be more or less frequent."""
    size = totals["transaction_size"].after if "transaction_size" in totals else None
    if not isinstance(size, Ratio) or not size.denominator > 0:
        return 1.0
    return min(1.0, (often.numerator / often.weeks) / (size.denominator / size.weeks))


def treated_share(item: MetricTotals, calendar: Calendar) -> float:
    """Of the numerator after, the share of those that had got the CRM by the end of the window.

    Rare labels, and customers without one, belong to neither group: what the CRM did to them is not known and
    nothing is counted for them.
    """
    if isinstance(item.units, NotAssessable):
        return 0.0
    rows = np.isfinite(item.num) & (item.start >= calendar.after[0]) & (item.start < calendar.after[1])
    whole = float(item.num[rows].sum())
    mine = [
        unit.num[rows].sum() for unit in item.units if unit.go_live is not None and unit.go_live < calendar.after[1]
    ]
    return min(1.0, max(0.0, float(sum(mine)) / whole)) if whole > 0 else 0.0
