"""Words for a control group: the effect with it and without it, whom it is made of, and why it is the better answer."""

from __future__ import annotations

import math

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Comparison, Finding, GroupUnit, Range, SyntheticEffect
from clm_audit.report import words_reasons
from clm_audit.report.numbers import p_value, percent, percent_range

NONE = "The configuration names no control group."
NO_SYNTHETIC = "A synthetic control needs ten units without the CRM, and one day of go-live."
NO_ESTIMATE = "There are too few periods for an estimate."
NO_CHANGE = "A window holds no period of both groups."
SHOWN_CUSTOMERS = 5
CAPTION = (
    "Both groups around go-live, 100 = their mean before it. What met both of them is not in the distance between the"
    " lines."
)
COHORTS = " Groups with a later go-live are moved so that each stands at its own; the dates are those of the first."
PARTS = "It is taken apart by the history of all customers, without the control group."
METHOD = (
    "Where the findings rest on a control group, the model describes the difference between those who got the CRM and"
    " those who did not, each unit weighted by its share of its group before go-live, and the invented go-lives are"
    " those of the difference. The known events and breaks are taken to have met both groups."
)


def sentence(finding: Finding, segment: str) -> str:
    """With and without the control group, in one line."""
    found = finding.control
    if not isinstance(found, Comparison):
        return "" if found is None else words_reasons.reason(found)
    if found.together is None:
        return _unused(found)
    values = f"{found.controls} value{'s' * (found.controls != 1)} of {segment} without the CRM"
    if found.missing is not None:
        return f"{_unused(found)} Against {values} the effect would be {_said(found.together)}; the finding is without."
    alone = "" if found.alone is None else f"; by their own history alone it would be {_said(found.alone)}"
    return f"Control group: against {values} the effect on those with it is {_said(found.together)}{alone}."


def better(finding: Finding) -> str:
    """Why the control group beats a plain before/after comparison; empty where the numbers do not show it."""
    found = finding.control
    if not finding.by_control or not isinstance(found, Comparison):
        return ""
    with_, without = found.together, found.alone
    if with_ is None or without is None:
        return ""
    if found.narrower:
        saved = 1 - _width(with_) / _width(without)
        less = percent(saved, digits=0)
        return f"What met both groups (season, trend, prices) is not in the difference: its range is {less} narrower."
    if not with_.low <= without.effect <= with_.high:
        return "What met both groups is not in the difference; a before/after comparison counts it as the CRM's doing."
    return ""


def synthetic(effect: SyntheticEffect) -> str:
    """The synthetic control in one sentence."""
    least = 1 / (effect.placebos + 1)
    return (
        f"A synthetic control, weighted to follow those with the CRM before go-live (it misses them by"
        f" {percent(effect.miss)} there), shows {percent(effect.effect, sign=True)}; taking each of the"
        f" {effect.placebos} units without the CRM for one that got it, the usual unit that did ranks among them with"
        f" {p_value(effect.p)} (the smallest possible is {least:.2g})."
    )


def unit(one: GroupUnit) -> str:
    """Whom a unit is made of. Labels with fewer than five customers are not named.

    >>> unit(GroupUnit(("North", "Isles", "Fens"), (40, 3, 2), False, 0.1))
    'North and 2 small ones, pooled'
    """
    named = [label for label, count in zip(one.labels, one.customers, strict=True) if count >= SHOWN_CUSTOMERS]
    small = len(one.labels) - len(named)
    rest = [f"{small} small {'one' if small == 1 else 'ones'}"] if small else []
    parts = [*named, *rest]
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{said}, pooled" if len(one.labels) > 1 else said


def changes(finding: Finding) -> str:
    """How much each group changed between the windows; empty when that is not known."""
    found = finding.control
    if not isinstance(found, Comparison) or found.treated_change is None or found.control_change is None:
        return ""
    control, treated = (percent(share, sign=True) for share in (found.control_change, found.treated_change))
    return f"Those without the CRM changed by {control}, those with it by {treated}"


def _unused(found: Comparison) -> str:
    return words_reasons.reason(found.missing or NotAssessable(code="no_treated"))


def _said(one: Range) -> str:
    return f"{percent(one.effect, sign=True)} {percent_range(one.low, one.high)}"


def _width(one: Range) -> float:
    return math.log1p(one.high) - math.log1p(one.low)
