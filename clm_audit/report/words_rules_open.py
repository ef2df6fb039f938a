"""The next steps for metrics that are not decided: when to audit again, what else would decide them, which leans."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.plan import METRIC_IDS
from clm_audit.inference.model import Finding
from clm_audit.report import words_findings, words_steps
from clm_audit.report.numbers import day, probability, weeks
from clm_audit.report.situation import Situation
from clm_audit.report.words_metrics import in_text, name, shortly

LEANS = 0.9  # how sure of one direction a metric must be to be named as the one that leans


def again(at: Situation) -> str:
    """When to audit again: the day by which the last of the metrics that time decides would be."""
    longest = max(words_findings.more_weeks(one) or 1 for one in at.sooner)
    until = day(at.day_after(longest))
    said = words_steps.AGAIN.format(weeks=weeks(longest), day=until, metrics=_names(at.sooner))
    return said + _leaning(at, at.sooner)


def never(at: Situation) -> str:
    """What could decide the metrics that time will not."""
    short = any(one.effect and one.effect.years_before < words_findings.LONG_YEARS for one in at.never)
    helps = "Older exports or more volume" if short else "Only more volume (another shop's or desk's exports)"
    return words_steps.NEVER.format(metrics=_names(at.never), helps=helps) + _leaning(at, at.never)


def _leaning(at: Situation, found: Sequence[Finding]) -> str:
    """Which of the metrics that leave the verdict open leans the most; empty where none leans.

    Those of the lifecycle take no part in the verdict.
    """
    asked = [one for one in found if one.metric in METRIC_IDS]
    sure = {one.metric: max(p, 1 - p) for one in asked if (p := one.better_probability) is not None}
    if at.verdict.value != "inconclusive" or not sure or max(sure.values()) < LEANS:
        return ""
    most = max((one for one in found if one.metric in sure), key=lambda one: sure[one.metric])
    if most.effect is None:
        return ""
    low, high = (words_findings.told(most, end) for end in (most.effect.low, most.effect.high))
    return " " + words_steps.LEANS_MOST.format(
        metric=name(most.metric),
        towards="better" if sure[most.metric] == most.better_probability else "worse",
        sure=probability(sure[most.metric]),
        low=low,
        high=high,
    )


def _names(found: Sequence[Finding]) -> str:
    return shortly(in_text(one.metric) for one in found)
