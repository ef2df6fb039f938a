"""This audit against an earlier one, metric by metric, by their intervals: better, same, worse or undecided."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, Earlier, EarlierEffect, MetricId, RatchetValue
from clm_audit.inference.model import Finding
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Calendar, to_date
from clm_audit.verdict.model import Ratchet

_NOTHING = NotAssessable(code="no_earlier_effect")


def ratchet(plan: AuditPlan, calendar: Calendar, findings: Sequence[Finding]) -> tuple[Ratchet, ...]:
    """Every metric that either audit measured, in the order of the findings; empty without an earlier audit.

    Two audits with different go-live dates measured the effects of different things: nothing follows then.
    """
    earlier = plan.against
    if earlier is None:
        return ()
    findings = [one for one in findings if one.effect is not None or one.metric in earlier.effects]
    if earlier.go_live != to_date(calendar.go_live):
        return tuple(_open(finding.metric, "another_go_live") for finding in findings)
    nested = _nested(earlier, calendar)
    return tuple(_held(finding, earlier, plan.metric(finding.metric).materiality, nested) for finding in findings)


def _nested(earlier: Earlier, calendar: Calendar) -> bool:
    """Whether the earlier audit's weeks are part of this one's: it looked at the same thing for a shorter time. Effects
    are those of all weeks since go-live, so a window that has moved on with the data is no other thing."""
    same = (earlier.before.start, earlier.before.end) == tuple(map(to_date, calendar.before))
    start, end = map(to_date, calendar.after)
    return same and earlier.after.start <= start and earlier.after.end <= end


def _held(finding: Finding, earlier: Earlier, materiality: float, nested: bool) -> Ratchet:
    before, now = earlier.effects.get(finding.metric), finding.effect
    if before is None or now is None:
        return _open(finding.metric, "no_earlier_effect" if before is None else "no_effect_now")
    size, there, back = (1.0, math.log1p, math.expm1) if finding.points is None else (finding.points, float, float)
    own = EarlierEffect(effect=now.effect * size, low=now.low * size, high=now.high * size)
    change, low, high = difference(_on(own, there), _on(before, there), nested=nested)
    return Ratchet(
        metric=finding.metric,
        value=_value(finding.metric, low, high, there(materiality * size)),
        earlier=before.effect,
        change=back(change),
        low=back(low),
        high=back(high),
        nested=nested,
    )


def _on(effect: EarlierEffect, scale: Callable[[float], float]) -> EarlierEffect:
    """An effect where effects are added: shares as logarithms, points of a score as they are."""
    return EarlierEffect(effect=scale(effect.effect), low=scale(effect.low), high=scale(effect.high))


def difference(now: EarlierEffect, before: EarlierEffect, *, nested: bool) -> tuple[float, float, float]:
    """``now`` less ``before`` with its interval, from the two intervals alone, on the scale of :func:`_on`.

    The ends by the method of variance estimates recovery (Zou and Donner 2008, Statistics in Medicine 27, 1693).
    Estimates from separate data are taken as independent. Where the earlier data are part of the later ones, their
    correlation is that of an estimate with its own continuation, the root of the ratio of what they know (Jennison
    and Turnbull 1997, JASA 92, 1330): the ratio of the half-widths.

    >>> one = EarlierEffect(effect=0.05, low=-0.02, high=0.12)
    >>> difference(one, one, nested=True)
    (0.0, 0.0, 0.0)
    """
    if nested and now == before:
        return 0.0, 0.0, 0.0
    a, b = ((one.effect, one.low, one.high) for one in (now, before))
    widths = sorted((a[2] - a[1], b[2] - b[1]))
    along = widths[0] / widths[1] if nested and widths[1] > 0 else 0.0
    change = a[0] - b[0]
    low = change - _root(a[0] - a[1], b[2] - b[0], along)
    high = change + _root(a[2] - a[0], b[0] - b[1], along)
    return change, low, high


def _root(one: float, other: float, along: float) -> float:
    return math.sqrt(max(0.0, one * one + other * other - 2 * along * one * other))


def _value(metric: MetricId, low: float, high: float, materiality: float) -> RatchetValue:
    """``same`` within the materiality as a whole; else better or worse when the whole interval lies on one side."""
    if -materiality <= low and high <= materiality:
        return "same"
    if low <= 0 <= high:
        return "undecided"
    return "better" if (low > 0) == (CATALOGUE[metric].better == "higher") else "worse"


def _open(metric: MetricId, code: str) -> Ratchet:
    return Ratchet(metric=metric, value="undecided", code=code, earlier=_NOTHING, change=_NOTHING, low=_NOTHING,
                   high=_NOTHING)  # fmt: skip
