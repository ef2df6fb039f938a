"""Words for looking ahead: what could be found when, and what to do about what could not."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.horizon import NEVER
from clm_audit.inference.outlook import Outlook, Reach
from clm_audit.report.model_ahead import AheadMetric
from clm_audit.report.numbers import Counted, count, percent, plus_minus, weeks
from clm_audit.report.words_findings import VOLUME
from clm_audit.report.words_metrics import name

TITLE = "What could be found, and when"
METHOD = (
    "Each number is the smallest change that an audit held so many weeks after go-live would find four times out of"
    " five, if it came as a lasting step; from this history's own trend, season and noise, with the very test of the"
    " audit. A change of several metrics at once must be a little larger (Holm)."
)

NEVER_HELP = (
    "Where it says never: compare with customers or regions that the CRM does not touch yet, add volume (another"
    " shop's, desk's or list's export), give longer exports from before go-live, or settle for a larger change."
)


def sentence(metric: MetricId, outlook: Outlook | NotAssessable) -> str:
    """From when on the change that was asked for would be found; empty for a metric that cannot be assessed."""
    if isinstance(outlook, NotAssessable):
        return ""
    whose = " beside the control group" if outlook.by_control else ""
    asked = f"{name(metric)}: a change of {plus_minus(outlook.effect)}{whose}"
    if outlook.decided == NEVER:
        best = _best(outlook)
        return (
            f"{asked} would never be found at this volume; the smallest that would is {plus_minus(best.detectable)},"
            f" with {weeks(best.weeks)} of data."
        )
    return f"{asked} would be found with {weeks(outlook.decided)} of data after go-live."


def remedy(metric: MetricId, outlook: Outlook | NotAssessable) -> str:
    """What makes more visible; empty when the change that was asked for will be."""
    if isinstance(outlook, NotAssessable) or outlook.decided != NEVER:
        return ""
    return (
        f"What can help: customers or regions that the CRM does not touch yet, to compare with; {VOLUME[metric]};"
        " longer exports from before go-live."
    )


def summary(metrics: Sequence[AheadMetric]) -> str:
    """How many of the metrics will answer."""
    known = [one for one in metrics if one.status != "not assessable"]
    if not known:
        return "No metric can be assessed with these exports; the reasons follow."
    decided = [one for one in known if one.decided is not None]
    asked = sorted({one.effect for one in known})
    size = percent(asked[0], digits=0) if len(asked) == 1 else "the size that matters"
    if not decided:
        return f"At this volume none of {Counted(count(len(known))):metric|metrics} would show a change of {size}."
    named = ", ".join(f"{_lower(one.name)} with {weeks(one.decided or 0)}" for one in decided)
    return (
        f"{count(len(decided))} of {Counted(count(len(known))):metric|metrics} would show a change of {size}:"
        f" {named} of data after go-live."
    )


def next_step(metrics: Sequence[AheadMetric], *, begun: bool) -> str:
    """What to do now."""
    if begun:
        waiting = [one.decided for one in metrics if one.decided is not None]
        if not waiting:
            return "Waiting will not decide it; see what can help, or settle for a larger change."
        return f"Audit again when {weeks(max(waiting))} have passed since go-live."
    return (
        "Settle metrics, margins and windows now, before there is anything to see: clm-audit plan --freeze plan.json;"
        " later: clm-audit compare --plan plan.json."
    )


def _best(outlook: Outlook) -> Reach:
    return min(outlook.reach, key=lambda one: (one.detectable, one.weeks))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
