"""Words for who buys and how they buy, and for what a metric shows of a true change."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.model import Finding
from clm_audit.measures.carried import Shown
from clm_audit.report.numbers import count, percent, percent_range, weeks
from clm_audit.report.words_reasons import reason

WHO, HOW, TOTAL = "who buys", "how they buy", "observed change"
NOT_SPLIT = "Who buys and how they buy are told apart for how often and how much customers order, computed from orders."
NOT_TRIED = "The metric does not follow from how often customers order, or it could not be computed from orders."
SIDE_EFFECT: Mapping[MetricId, str] = {
    "purchase_frequency": "customers who stop ordering also leave the active base",
    "service_cost": "the same service would be shared by fewer active customers",
    "acquisition_cost": "the same spend would be shared by fewer first orders",
    "retention_cost": "the same spend would be shared by fewer customers who came back",
}


def caption(every: int, reach: int) -> str:
    """What the chart of the two parts shows."""
    followed = "" if every == 1 else f" {_followed(every)}"
    return (
        "The observed change again: what came of other customers buying (segments, and how long they have been there,"
        f" counted in the last {weeks(reach)}), and what of customers buying otherwise. The two add up to it; season"
        f" and trend are part of both, and the bars say only what chance among customers may do.{followed}"
    )


def split(finding: Finding) -> str:
    """The two parts in one sentence; why there are none where time and tenure are one; else empty."""
    mix, observed = finding.mix, finding.observed_change
    if isinstance(mix, NotAssessable):
        return reason(mix) if mix.code == "one_cohort" else ""
    if mix is None or isinstance(observed, NotAssessable):
        return ""
    who, how = (f"{percent(part.value, sign=True)} {percent_range(part.low, part.high)}" for part in (mix.who, mix.how))
    followed = "" if mix.every == 1 else f" {_followed(mix.every)}"
    return (
        f"Of the observed {percent(observed, sign=True)}, {WHO} (segments and tenure) makes {who} and {HOW} {how};"
        f" the two add up.{followed}"
    )


def _followed(every: int) -> str:
    return f"For this, one customer in {count(every)} was followed."


def shown(finding: Finding, found: Shown | None) -> str:
    """What the metric would have made of customers who order less; empty where that was not tried."""
    if found is None:
        return ""
    less, change = percent(found.fewer), percent(found.change, sign=True)
    alone = "" if finding.metric == "purchase_frequency" else " for that alone"
    return (
        f"Had customers ordered {less} less since go-live, this metric would show {change}{alone}:"
        f" {SIDE_EFFECT[finding.metric]}."
    )
