"""Words for how an effect moves after go-live, and for what would flip a finding."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.inference.model import CourseValue, Effect, Finding, Variation
from clm_audit.measures.carried import Shown
from clm_audit.measures.model import to_date
from clm_audit.report import words_mix
from clm_audit.report.numbers import day, percent, weeks
from clm_audit.report.words_findings import calibration, told, told_range

COURSES: Mapping[CourseValue, str] = {
    "rising": "It is still growing.",
    "flat": "It holds steady.",
    "fading": "It is fading.",
    "unclear": "Whether it still grows or fades cannot be told yet.",
}
ASKED: Mapping[str, str] = {
    "weeks_before_left_out": "without the {weeks} before go-live",
    "weeks_after_left_out": "without the {weeks} after go-live",
    "event_left_out": "without the eight weeks around {day} ({what})",
    "break_left_out": "without a step of its own on {day} ({what})",
    "mix_held": "with customers made up all along as after go-live",
    "base": "with a base of {weeks}",
    "capped": "with large orders cut off at the {share} percentile of before",
    "largest_left_out": "without the largest customer",
    "largest_control_left_out": "without the largest unit of the control group",
    "without_control": "without the control group",
}


def how_sure(finding: Finding, shown: Shown | None = None) -> tuple[str, ...]:
    """What a reader may want to know before relying on a finding; empty when nothing was estimated."""
    effect = finding.effect
    if effect is None:
        return ()
    said = (
        course(finding),
        season(effect),
        calibration(effect),
        flips(finding),
        words_mix.split(finding),
        words_mix.shown(finding, shown),
    )
    return tuple(filter(None, said))


def course(finding: Finding) -> str:
    """The effect 3, 6 and 12 months on, and where it is heading; empty before three months have passed.

    Where it is heading is only said of an effect that was found.
    """
    effect = finding.effect
    if effect is None or not effect.path:
        return ""
    points = [f"{each.months} months on {told(finding, each.effect)}" for each in effect.path]
    ranges = [told_range(finding, each.low, each.high) for each in effect.path]
    said = ", ".join(f"{point} {reach}" for point, reach in zip(points, ranges, strict=True))
    heading = f" {COURSES[effect.course]}" if finding.value in ("improved", "worsened") else ""
    return f"The effect over time: {said}.{heading}"


def season(effect: Effect) -> str:
    """That the range allows for a season that the history did not show; empty where nothing was added."""
    if effect.season_sd <= 0.0:
        return ""
    part = "All" if effect.unseen >= 1.0 else percent(effect.unseen, digits=0)
    return (
        f"{part} of the time after go-live lies in weeks of the year that the history before does not show: the range"
        " allows for what seasons do in shops elsewhere."
    )


def asked(variation: Variation) -> str:
    """How the question was asked otherwise."""
    detail = dict(variation.detail)
    if "weeks" in detail:
        detail["weeks"] = weeks(float(detail["weeks"]))
    if "day" in detail:
        detail["day"] = day(to_date(int(detail["day"])))
    if "share" in detail:
        detail["share"] = f"{float(detail['share']) * 100:g}th"
    return ASKED[variation.kind].format(**detail)


def flips(finding: Finding) -> str:
    """Which variations would change the finding, and to what; or that none of them does."""
    if not finding.variations:
        return ""
    if not finding.flipped_by:
        return f"The finding would be the same {_listed([asked(each) for each in finding.variations])}."
    changes = [
        f"{asked(each)} it would be {each.value} ({told(finding, each.effect)}"
        f" {told_range(finding, each.low, each.high)})"
        for each in finding.flipped_by
    ]
    return f"What would flip it: {'; '.join(changes)}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
