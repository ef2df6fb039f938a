"""Words for a finding: what was found, why, what would help, and why observed and adjusted differ.

Written for people without statistics; every number in a sentence is one of the finding's own numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Effect, Finding
from clm_audit.report import words_reasons
from clm_audit.report.numbers import p_value, percent, percent_range, plus_minus, probability, weeks
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
    "holm_significant": (
        "Season, trend and chance do not explain it ({p_holm} after allowing for the number of metrics looked at)."
    ),
    "equivalent": "The 90 % interval {range90} lies inside {materiality}, the smallest change called material.",
    "too_little_information": (
        "The 95 % interval {range95} reaches past {materiality} and holds zero, so a material change is neither shown"
        " nor ruled out."
    ),
    "alone_only": (
        "Taken alone it would count as a change ({p}), but not when one allows for the number of metrics looked at"
        " ({p_holm})."
    ),
    "break_near_go_live": (
        "Another break that the config names lies within eight weeks of go-live; no before/after comparison can tell"
        " the two apart."
    ),
    "after_repeats_before": (
        "The numbers after go-live are a copy of earlier ones, so they say nothing about a change."
    ),
}
NO_LEAN = "Only an inconclusive finding leans."
SAME = 0.005  # observed and adjusted closer than half a percentage point are said to agree
FAR_WEEKS = 520


def sentence(finding: Finding) -> str:
    """The finding in one or two sentences."""
    said = name(finding.metric)
    effect = finding.effect
    if effect is None:
        return f"{said}: not assessable. {reason(finding)}"
    size, interval = percent(effect.effect, sign=True), percent_range(effect.low, effect.high)
    if finding.value == "no material change":
        return f"{said}: no material change. The effect is {size}, 95 % interval {interval}."
    if finding.value == "inconclusive":
        return f"{said}: not decided. The effect could be anything in {interval}. {lean(finding)}".rstrip()
    moved = "rose" if effect.effect > 0 else "fell"
    small = " It is smaller than what counts as material." if finding.below_materiality else ""
    after = f"{said} {finding.value}: it {moved} by {percent(abs(effect.effect))} more than its own history explains"
    return f"{after}, 95 % interval {interval}.{small}"


def reason(finding: Finding) -> str:
    """Why the finding is what it is."""
    if finding.missing is not None:
        return words_reasons.reason(finding.missing)
    if finding.effect is None:
        return words_reasons.reason(NotAssessable(code=finding.code))
    template = CODES_SAID.get(finding.code, finding.code.replace("_", " ") + ".")
    return template.format_map(_gaps(finding, finding.effect))


def remedy(finding: Finding) -> str:
    """What would help: time, a control group, another export; empty for a decided finding."""
    if finding.missing is not None:
        return words_reasons.remedy(finding.missing)
    if finding.value != "inconclusive" or finding.effect is None:
        return ""
    seen = f"This audit could have seen a change of {plus_minus(finding.effect.detectable)} or more."
    if finding.code == "break_near_go_live":
        return f"{seen} Only a control group, which the break also touched, would decide it."
    if finding.code == "after_repeats_before":
        return "Check that the export from after go-live is not the old one under a new name."
    if finding.more_weeks is None or finding.more_weeks < 0 or finding.more_weeks > FAR_WEEKS:
        return (
            f"{seen} Never at this volume: with more weeks the history says less and less about what would have"
            " happened anyway. A control group would help."
        )
    if finding.more_weeks == 0:
        return f"{seen} A control group would decide it sooner than more weeks."
    return f"{seen} About {weeks(finding.more_weeks)} more, or a control group, would decide it."


def lean(finding: Finding) -> str:
    """Which way an undecided finding leans, and how surely; empty when it is not known."""
    better = finding.better_probability
    if finding.value != "inconclusive" or better is None:
        return ""
    direction, sure = ("better", better) if better >= 0.5 else ("worse", 1 - better)
    if sure < 0.6:
        return "It leans neither way."
    return f"It leans towards {direction} ({probability(sure)} sure)."


def why_different(finding: Finding) -> str:
    """Why the observed change and the adjusted effect differ: only what the two numbers show."""
    observed, effect = finding.observed_change, finding.effect
    if isinstance(observed, NotAssessable):
        return f"There is no plain comparison: {_lower(words_reasons.reason(observed))}"
    plain = f"The plain comparison says {percent(observed, sign=True)}."
    if effect is None:
        return f"{plain} It is not adjusted for season, trend or chance."
    adjusted = f"{percent(effect.effect, sign=True)} {percent_range(effect.low, effect.high)}"
    if abs(observed - effect.effect) < SAME:
        return f"{plain} Your own history explains next to nothing of it: the adjusted effect is {adjusted}."
    predicted = percent((1 + observed) / (1 + effect.effect) - 1, sign=True)
    cause = (
        "season and trend" if effect.season_seen else "trend alone (there was no full year to learn the season from)"
    )
    return f"{plain} Your own history predicted {predicted} from {cause}; what is left is {adjusted}."


def calibration(effect: Effect) -> str:
    """How the method did on the company's own history."""
    tries = len(effect.placebo_z)
    if not tries:
        return "The history before go-live is too short to try the method on fake go-live dates."
    beyond = sum(abs(z) > 2 for z in effect.placebo_z)
    dates = "1 fake go-live date" if tries == 1 else f"{tries} fake go-live dates"
    return (
        f"Tried on {dates} in your own history, where nothing had happened: {beyond} of {tries} looked like a change"
        " before the intervals were widened for it."
    )


def _gaps(finding: Finding, effect: Effect) -> dict[str, str]:
    return {
        "p": p_value(effect.p),
        "p_holm": p_value(effect.p if finding.p_holm is None else finding.p_holm),
        "range90": percent_range(effect.low90, effect.high90),
        "range95": percent_range(effect.low, effect.high),
        "materiality": plus_minus(finding.materiality),
    }


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
