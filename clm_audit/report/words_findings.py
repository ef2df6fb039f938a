"""Words for a finding: what was found, why, what would help, and why observed and adjusted differ.

Written for people without statistics; every number in a sentence is one of the finding's own numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, MetricId
from clm_audit.inference.model import Effect, Finding
from clm_audit.measures.model import WEEKS_PER_YEAR
from clm_audit.report import words_control, words_reasons
from clm_audit.report.numbers import (
    p_value,
    percent,
    percent_range,
    plus_minus,
    points,
    points_range,
    probability,
    weeks,
)
from clm_audit.report.words_metrics import name

FINDINGS: Mapping[str, str] = {
    "improved": "The metric moved in the better direction, by more than season, trend and chance explain.",
    "worsened": "The metric moved in the worse direction, by more than season, trend and chance explain.",
    "no material change": "Whatever changed is smaller than the materiality: no effect that matters.",
    "inconclusive": "The data neither show a change nor rule one out: not known, which is not the same as no effect.",
    "not assessable": "The exports do not carry what the metric needs, or not enough of it.",
}
GLYPHS: Mapping[str, str] = {
    "improved": "+",
    "worsened": "-",
    "no material change": "=",
    "inconclusive": "~",
    "not assessable": "?",
}
CODES_SAID: Mapping[str, str] = {
    "holm_significant": "Season, trend and chance do not explain it.",
    "equivalent": "A change of more than {materiality} is ruled out.",
    "too_little_information": (
        "The range includes both no change and a change of more than {materiality}, so it is open."
    ),
    "season_unseen": (
        "On its own it would be a change. But the weeks after go-live hold weeks of the year that your history before"
        " does not show, and their season alone could have made it."
    ),
    "alone_only": (
        "Taken alone it would count as a change; among several metrics one such result can be chance, so it is open."
    ),
    "break_near_go_live": (
        "Another break that the config names lies within eight weeks of go-live; no before/after comparison can tell"
        " the two apart."
    ),
    "after_repeats_before": (
        "The numbers after go-live are a copy of earlier ones, so they say nothing about a change."
    ),
}
# More of this makes a range narrower.
VOLUME: Mapping[MetricId, str] = {
    "purchase_frequency": "more orders (another shop's export)",
    "transaction_size": "more orders (another shop's export)",
    "service_cost": "more tickets (another desk's export)",
    "campaign_response": "more campaigns (another list's export)",
    "acquisition_cost": "more new customers (another shop's export)",
    "retention_cost": "more customers (another shop's export)",
    **dict.fromkeys(LIFECYCLE_IDS, "more customers (another shop's or product's export)"),
}
NOT_ALONE = "A known event within eight weeks of go-live may have done it, so it is not credited to the CRM alone."
NOT_ALONE_EITHER = "A known event within eight weeks of go-live may hide what the CRM did."
DIVIDED: tuple[MetricId, ...] = ("purchase_frequency", "transaction_size", "service_cost")
"""Metrics that a control group can be made for."""
NO_LEAN = "Only an inconclusive finding leans."
SAME = 0.005  # observed and adjusted closer than half a percentage point are said to agree
SMALL = 0.1  # up to here a rise and the fall that undoes it are nearly the same in per cent
LONG_YEARS = 1.75  # of history before go-live; with less, older exports help
FAR_WEEKS = 520
WAITING = "Waiting will not settle it."  # why not is said once, in the next steps
CONTROL_GROUP = (
    "If there are any, name them under control in clm-audit.yaml; else plan such a group for the next change."
)


def sentence(finding: Finding) -> str:
    """The finding in one or two sentences."""
    said = name(finding.metric)
    effect = finding.effect
    if effect is None:
        return f"{said}: not assessable. {reason(finding)}"
    reach = f"{told(finding, effect.low)} to {told(finding, effect.high)}"
    if finding.value == "no material change":
        hidden = f" {NOT_ALONE_EITHER}" if finding.event_near else ""
        return f"{said}: no material change. {reason(finding)}{hidden}"
    if finding.value == "inconclusive":
        why = "" if finding.code == "too_little_information" else reason(finding)
        open_ = f"{said}: not decided. The effect may be anything from {reach}."
        return " ".join(filter(None, (open_, why, lean(finding))))
    beside = "above" if effect.effect > 0 else "below"
    small = " That is smaller than what counts as material." if finding.below_materiality else ""
    small += f" {NOT_ALONE}" if finding.event_near else ""
    size = told(finding, abs(effect.effect), sign=False)
    rest = "those without the CRM show" if finding.by_control else "its own history predicts"
    return f"{said} {finding.value}: {size} {beside} what {rest} (95 % interval {reach}).{small}"


def reason(finding: Finding) -> str:
    """Why the finding is what it is."""
    if finding.missing is not None:
        return words_reasons.reason(finding.missing)
    if finding.effect is None:
        return words_reasons.reason(NotAssessable(code=finding.code))
    template = CODES_SAID.get(finding.code, finding.code.replace("_", " ") + ".")
    return template.format(materiality=_limit(finding))


def remedy(finding: Finding) -> str:
    """What would help: time, a longer history, more volume, another export; empty for a decided finding."""
    if finding.missing is not None:
        return words_reasons.remedy(finding.missing)
    if finding.value != "inconclusive" or finding.effect is None:
        return ""
    if finding.code == "after_repeats_before":
        return "Check that the export from after go-live is not the old one under a new name."
    if finding.code == "break_near_go_live":
        return (
            "Waiting will not tell the two apart: only customers or regions that met the break and not the CRM could."
            + ("" if finding.control else f" {CONTROL_GROUP}")
        )
    seen = f"Only {_visible(finding, finding.effect)} would reliably have shown up here."
    if (wait := more_weeks(finding)) is not None:
        return f"{seen} About {weeks(wait)} more would probably decide it."
    return f"{seen} {WAITING} {_helps(finding, finding.effect)}"


def more_weeks(finding: Finding) -> int | None:
    """Weeks of waiting that would decide an undecided finding; None when waiting will not."""
    if finding.value != "inconclusive" or finding.code in ("break_near_go_live", "after_repeats_before"):
        return None
    further = finding.more_weeks
    return max(1, further) if further is not None and 0 <= further <= FAR_WEEKS else None


def told(finding: Finding, share: float, *, sign: bool = True) -> str:
    """A change of a metric as people read it: in per cent, or in points of a score, which has no per cent."""
    return percent(share, sign=sign) if finding.points is None else points(share * finding.points, sign=sign)


def told_range(finding: Finding, low: float, high: float) -> str:
    """The interval of a change, as :func:`told`."""
    if finding.points is None:
        return percent_range(low, high)
    return points_range(low * finding.points, high * finding.points)


def _visible(finding: Finding, effect: Effect) -> str:
    if finding.points is None:
        return visible(effect.detectable)
    return f"a change of about {told(finding, effect.detectable, sign=False)} or more"


def visible(detectable: float) -> str:
    """The smallest change that can be seen, as a rise and as the fall that is as large on the log scale.

    >>> visible(0.07), visible(1.47)
    ('a change of about \N{PLUS-MINUS SIGN}7.0 % or more', 'a rise of about 147 % or a fall of about 60 %, or more,')
    """
    if detectable <= SMALL:
        return f"a change of about {plus_minus(detectable)} or more"
    fall = detectable / (1 + detectable)
    return f"a rise of about {percent(detectable)} or a fall of about {percent(fall)}, or more,"


def lean(finding: Finding) -> str:
    """Which way an undecided finding leans, and how surely; empty when it is not known."""
    better = finding.better_probability
    if finding.value != "inconclusive" or better is None:
        return ""
    direction, sure = ("better", better) if better >= 0.5 else ("worse", 1 - better)
    if sure < 0.6:
        return "It leans neither way."
    return f"It leans towards {direction} ({probability(sure)} sure)."


def why_different(finding: Finding, base_weeks: int | None = None) -> str:
    """Why the observed change and the adjusted effect differ: only what the two numbers show.

    ``base_weeks``: weeks of history that serve to tell who is active, where the metric needs that. Empty when
    the finding already says why there are no numbers at all.
    """
    observed, effect = finding.observed_change, finding.effect
    if isinstance(observed, NotAssessable):
        why = words_reasons.reason(observed)
        return "" if effect is None and why == reason(finding) else f"There is no plain comparison: {_lower(why)}"
    if effect is None:
        return f"Observed: {told(finding, observed)}, not adjusted for season, trend or chance."
    plain, rest = told(finding, observed), told(finding, effect.effect)
    if finding.by_control:
        changed = words_control.changes(finding)
        left = f"{changed}; what is left" if changed else "What is left of it beside those without the CRM"
        return f"Observed, all customers: {plain}. {left}, the trend of their difference accounted for, is {rest}."
    if abs(observed - effect.effect) < SAME:
        return f"Observed: {plain}. Your own history explains next to nothing of it; adjusted: {rest}."
    predicted = (1 + observed) / (1 + effect.effect) - 1
    if finding.points is not None:
        predicted = observed - effect.effect  # points add up
    history = f"Your own history predicted {told(finding, predicted)} from {_cause(effect, base_weeks)}"
    return f"Observed: {plain}. {history}; what is left is {rest}{_multiplied(observed, predicted, effect.effect)}."


def method(finding: Finding) -> str:
    """The statistics behind a finding, for the method section alone; empty when there are none."""
    effect = finding.effect
    if effect is None:
        return ""
    together = p_value(effect.p if finding.p_holm is None else finding.p_holm)
    return (
        f"Were there no effect, chance alone would give one this large with {p_value(effect.p)}; with all metrics of"
        f" the audit allowed for (Holm), {together}. {calibration(effect)}"
    )


def calibration(effect: Effect) -> str:
    """How the method did on the company's own history."""
    tries = len(effect.placebo_z)
    if not tries:
        short = "The history before go-live is too short to try the method on fake go-live dates."
        return f"{short} {_in_space(effect)}" if effect.space_z else short
    dates = "one quiet date" if tries == 1 else f"{tries} quiet dates"
    wrong = {0: "none of them", 1: "one of them"}.get(effect.false_alarms, f"{effect.false_alarms} of them")
    called = ("it" if effect.false_alarms else "not") if tries == 1 else wrong
    said = "would not have called it a change" if called == "not" else f"would have called {called} a change"
    beside = f" {_in_space(effect)}" if effect.space_z else ""
    return f"The same audit at {dates} of your own history, where no go-live was, {said}.{beside}"


def _in_space(effect: Effect) -> str:
    return (
        f"Each of {len(effect.space_z)} units of the control group was also taken for one that got the CRM; the range"
        " is as wide as these tries ask for."
    )


def _helps(finding: Finding, effect: Effect) -> str:
    """What makes the range narrower when waiting does not."""
    used = weeks(round(effect.years_before * WEEKS_PER_YEAR))
    older = f"older exports ({used} before go-live were used)"
    parts = [older] if effect.years_before < LONG_YEARS else []
    if finding.control is None and finding.metric in DIVIDED:
        parts.append("customers who did not get the CRM, if there are any, named under control in clm-audit.yaml")
    parts += [VOLUME[finding.metric], f"a larger materiality, if {_limit(finding)} is stricter than needed"]
    return f"What can help: {', '.join(parts[:-1])}, or {parts[-1]}."


def _limit(finding: Finding) -> str:
    """The materiality, whole per cent without decimals."""
    if finding.points is not None:
        return told(finding, finding.materiality, sign=False)
    whole = abs(finding.materiality * 100 - round(finding.materiality * 100)) < 1e-9
    return percent(finding.materiality, digits=0 if whole else 1)


def _cause(effect: Effect, base_weeks: int | None) -> str:
    if effect.season_seen:
        return "season and trend"
    used = f": the first {base_weeks} weeks serve to tell who is active" if base_weeks else ""
    return f"trend alone (no full year was left to learn the season from{used})"


def _multiplied(observed: float, predicted: float, rest: float) -> str:
    """That the two parts multiply, where adding them up would look like a mistake."""
    if abs(observed - predicted - rest) < SAME:
        return ""
    for digits in (2, 3, 4):
        parts = [round(1 + share, digits) for share in (predicted, rest, observed)]
        if round(parts[0] * parts[1], digits) == parts[2]:
            one, two, both = (f"{part:.{digits}f}" for part in parts)
            return f" (the two multiply: {one} \N{MULTIPLICATION SIGN} {two} = {both})"
    return " (the two multiply)"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
