"""Every sentence about a finding or a verdict and when it may appear: the one table behind docs/sentences.md.

The sentences stand here a second time, by hand, with … for what is filled in; the conditions are worked out from the
numbers alone (Student's t by SciPy), never from what the program made of them. So two templates that change places, or
a sentence that says more than its numbers, do not go unseen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from scipy import stats

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Comparison, Finding, Mix
from clm_audit.measures.carried import Shown

GAP = "…"
MATERIAL = 0.05
DIVIDED = ("purchase_frequency", "transaction_size", "service_cost")


@cache
def t_quantile(share: float, df: int) -> float:
    """Student's quantile."""
    return float(stats.t.ppf(share, df))


@cache
def t_share(value: float, df: int) -> float:
    """Student's distribution function."""
    return float(stats.t.cdf(value, df))


@dataclass(frozen=True)
class Case:
    """One finding and the numbers that it was made from. ``family``: Holm's factor for this metric."""

    finding: Finding
    log_effect: float
    se: float
    df: int
    family: int
    higher_is_better: bool
    repeated: bool
    break_near: bool
    by_control: bool
    shown: Shown | None = None

    @property
    def estimated(self) -> bool:
        return self.finding.effect is not None

    def interval(self, level: float) -> tuple[float, float]:
        """The two-sided interval on the log scale."""
        half = t_quantile((1 + level) / 2, self.df) * self.se
        return self.log_effect - half, self.log_effect + half

    def excludes_zero(self, level: float) -> bool:
        low, high = self.interval(level)
        return low > 0 or high < 0

    @property
    def season(self) -> float:
        """What a season that was never seen adds to the standard error, in squares."""
        return 0.0 if self.finding.effect is None else self.finding.effect.season_sd

    @property
    def season_hides(self) -> bool:
        """Whether the 95 % interval would exclude zero had the season been seen."""
        own = math.sqrt(self.se**2 - self.season**2)
        return self.season > 0 and abs(self.log_effect) > t_quantile(0.975, self.df) * own

    @property
    def mixed(self) -> Mix | None:
        """The split into who buys and how they buy, where there is one and something to split."""
        mix = self.finding.mix
        return mix if self.estimated and isinstance(mix, Mix) and self.observed is not None else None

    @property
    def group(self) -> Comparison | None:
        """The comparison with a control group that could be estimated."""
        found = self.finding.control
        return found if isinstance(found, Comparison) and found.together is not None else None

    @property
    def saves(self) -> float:
        """By how much of its width the control group makes the interval narrower, on the log scale; 0 if unknown."""
        if self.group is None or not self.by_control or self.group.alone is None or self.group.together is None:
            return 0.0
        wide, narrow = (math.log((1 + one.high) / (1 + one.low)) for one in (self.group.alone, self.group.together))
        return 1 - narrow / wide

    @property
    def within(self) -> bool:
        """Whether the 90 % interval lies inside ±materiality."""
        low, high = (stats_share(end) for end in self.interval(0.90))
        return low > -MATERIAL and high < MATERIAL

    @property
    def changed(self) -> bool:
        """A change: the interval at the family's level excludes zero, and the data are no copy."""
        return self.estimated and not self.repeated and self.excludes_zero(1 - 0.05 / self.family)

    @property
    def unchanged(self) -> bool:
        return self.estimated and not self.changed and self.within

    @property
    def open(self) -> bool:
        return self.estimated and not self.changed and not self.within

    @property
    def plainly_open(self) -> bool:
        return self.open and not self.repeated and not self.break_near

    @property
    def up(self) -> bool:
        return self.log_effect > 0

    @property
    def improved(self) -> bool:
        return self.changed and self.up == self.higher_is_better

    @property
    def p_better(self) -> float:
        up = t_share(self.log_effect / self.se, self.df)
        return up if self.higher_is_better else 1 - up

    @property
    def decides_in_time(self) -> bool:
        further = self.finding.more_weeks
        return self.plainly_open and further is not None and 0 <= further <= 520

    @property
    def waits_for_nothing(self) -> bool:
        return self.plainly_open and not self.decides_in_time

    @property
    def observed(self) -> float | None:
        found = self.finding.observed_change
        return None if isinstance(found, NotAssessable) else found

    @property
    def apart(self) -> bool:
        """Whether observed change and effect differ by half a percentage point or more."""
        return self.observed is not None and abs(self.observed - stats_share(self.log_effect)) >= 0.005

    @property
    def explained(self) -> bool:
        """Whether the company's own history is said to explain something of the observed change."""
        return self.estimated and not self.by_control and self.apart

    @property
    def path(self) -> bool:
        return self.finding.effect is not None and bool(self.finding.effect.path)

    def heading(self, course: str) -> bool:
        effect = self.finding.effect
        return effect is not None and self.changed and self.path and effect.course == course

    def quiet(self, tries: int | None, alarms: int | None = None) -> bool:
        """Whether so many quiet dates (None: two or more) gave so many alarms (None: two or more)."""
        effect = self.finding.effect
        if effect is None:
            return False
        many, wrong = len(effect.placebo_z), effect.false_alarms
        right_tries = many >= 2 if tries is None else many == tries
        return right_tries and (wrong >= 2 if alarms is None else wrong == alarms)


def stats_share(log_effect: float) -> float:
    """A share from a log effect."""
    return math.expm1(log_effect)


@dataclass(frozen=True)
class Row:
    """A sentence with … for its gaps, where it stands, and when; ``holds`` is the same in code."""

    place: str
    words: str
    when: str
    holds: Callable[[Case], bool]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the sentence in a text."""
        parts = (re.escape(part) for part in self.words.strip().split(GAP))
        return re.compile(".+?".join(parts))


def _found() -> Iterator[Row]:
    for better in (True, False):
        for up in (True, False):
            for control in (True, False):
                value, beside = "improved" if better else "worsened", "above" if up else "below"
                rest = "those without the CRM show" if control else "its own history predicts"
                words = f"… {value}: … % {beside} what {rest} (95 % interval … to …)."
                yield Row(
                    "finding",
                    words,
                    f"the interval at the family's level (Holm) lies wholly {beside} 0, {beside} 0 is {value} for this"
                    f" metric, the data are no copy, and the finding {'rests' if control else 'does not rest'} on a"
                    " control group",
                    lambda case, up=up, better=better, control=control: (
                        case.changed and case.up == up and case.improved == better and case.by_control == control
                    ),
                )


ROWS: tuple[Row, ...] = (
    *_found(),
    Row(
        "finding",
        " That is smaller than what counts as material.",
        "a change is found, and its 90 % interval lies inside ± materiality",
        lambda case: case.changed and case.within,
    ),
    Row(
        "finding",
        " A known event within eight weeks of go-live may have done it, so it is not credited to the CRM alone.",
        "a change is found, and a known event or break that no control group met lies within 8 weeks of go-live",
        lambda case: case.changed and case.finding.event_near,
    ),
    Row(
        "finding",
        "…: no material change. A change of more than 5 % is ruled out.",
        "no change is found, and the 90 % interval lies inside ± materiality",
        lambda case: case.unchanged,
    ),
    Row(
        "finding",
        " A known event within eight weeks of go-live may hide what the CRM did.",
        "no material change, and a known event or break that no control group met lies within 8 weeks of go-live",
        lambda case: case.unchanged and case.finding.event_near,
    ),
    Row(
        "finding",
        "…: not decided. The effect may be anything from … % to … %.",
        "neither: zero is inside the interval at the family's level (or the data are a copy), and the 90 % interval is"
        " not inside ± materiality",
        lambda case: case.open,
    ),
    Row(
        "finding",
        " It leans neither way.",
        "not decided, and P(better) lies between 40 % and 60 %",
        lambda case: case.open and max(case.p_better, 1 - case.p_better) < 0.6,
    ),
    Row(
        "finding",
        " It leans towards better (… sure).",
        "not decided, and P(better) is 60 % or more",
        lambda case: case.open and case.p_better >= 0.6,
    ),
    Row(
        "finding",
        " It leans towards worse (… sure).",
        "not decided, and P(better) is 40 % or less",
        lambda case: case.open and 1 - case.p_better >= 0.6,
    ),
    Row(
        "finding",
        "…: not assessable. The exports hold no orders.",
        "nothing could be estimated (here: no orders; the other reasons are listed by clm-audit explain --list)",
        lambda case: not case.estimated,
    ),
    Row(
        "finding, reason",
        " Taken alone it would count as a change; among several metrics one such result can be chance, so it is open.",
        "not decided, no copy, no break near go-live, and the 95 % interval of the metric alone excludes 0",
        lambda case: case.plainly_open and case.excludes_zero(0.95),
    ),
    Row(
        "finding, reason",
        " Another break that the config names lies within eight weeks of go-live; no before/after comparison can tell"
        " the two apart.",
        "not decided, no copy, and a known break lies within 8 weeks of go-live",
        lambda case: case.open and case.break_near and not case.repeated,
    ),
    Row(
        "finding, reason",
        " The numbers after go-live are a copy of earlier ones, so they say nothing about a change.",
        "not decided, and the periods after go-live repeat earlier ones number for number",
        lambda case: case.open and case.repeated,
    ),
    Row(
        "finding, reason",
        " On its own it would be a change. But the weeks after go-live hold weeks of the year that your history before"
        " does not show, and their season alone could have made it.",
        "not decided, no copy, no break near go-live, the 95 % interval of the metric alone includes 0, and would not"
        " without the allowance for a season that was never seen",
        lambda case: case.plainly_open and not case.excludes_zero(0.95) and case.season_hides,
    ),
    Row(
        "reason",
        " The range includes both no change and a change of more than 5 %, so it is open.",
        "not decided, no copy, no break near go-live, and the 95 % interval of the metric alone includes 0, with or"
        " without the allowance for a season that was never seen",
        lambda case: case.plainly_open and not case.excludes_zero(0.95) and not case.season_hides,
    ),
    Row(
        "reason",
        " Season, trend and chance do not explain it.",
        "a change is found",
        lambda case: case.changed,
    ),
    Row("reason", " A change of more than 5 % is ruled out.", "no material change", lambda case: case.unchanged),
    Row("reason", " The exports hold no orders.", "nothing could be estimated", lambda case: not case.estimated),
    Row(
        "remedy",
        " Only a change of about ±… % or more would reliably have shown up here.",
        "not decided, no copy, no break near go-live, and what could be seen is 10 % or less",
        lambda case: case.plainly_open and _detectable(case) <= 0.1,
    ),
    Row(
        "remedy",
        " Only a rise of about … % or a fall of about … %, or more, would reliably have shown up here.",
        "not decided, no copy, no break near go-live, and what could be seen is more than 10 %",
        lambda case: case.plainly_open and _detectable(case) > 0.1,
    ),
    Row(
        "remedy",
        " About … more would probably decide it.",
        "so, and the metric's own rate would decide it within ten years",
        lambda case: case.decides_in_time,
    ),
    Row(
        "remedy",
        " Waiting will not settle it.",
        "so, and the metric's own rate would not decide it within ten years",
        lambda case: case.waits_for_nothing,
    ),
    Row(
        "remedy",
        " What can help: …, or a larger materiality, if 5 % is stricter than needed.",
        "so",
        lambda case: case.waits_for_nothing,
    ),
    Row(
        "remedy",
        "older exports (… before go-live were used)",
        "so, and less than 21 months of history were used",
        lambda case: case.waits_for_nothing and _years(case) < 1.75,
    ),
    Row(
        "remedy",
        "customers who did not get the CRM, if there are any, named under control in clm-audit.yaml",
        "so, no control group is named, and the metric can be divided by customer",
        lambda case: case.waits_for_nothing and case.finding.control is None and case.finding.metric in DIVIDED,
    ),
    Row(
        "remedy",
        " Waiting will not tell the two apart: only customers or regions that met the break and not the CRM could.",
        "not decided, no copy, and a known break lies within 8 weeks of go-live",
        lambda case: case.open and case.break_near and not case.repeated,
    ),
    Row(
        "remedy",
        " If there are any, name them under control in clm-audit.yaml; else plan such a group for the next change.",
        "so, and no control group is named",
        lambda case: case.open and case.break_near and not case.repeated and case.finding.control is None,
    ),
    Row(
        "remedy",
        " Check that the export from after go-live is not the old one under a new name.",
        "not decided, and the periods after go-live repeat earlier ones number for number",
        lambda case: case.open and case.repeated,
    ),
    Row(
        "remedy",
        " Add an export with orders: an export of Shopify, WooCommerce or Stripe would carry it.",
        "nothing could be estimated (here: no orders)",
        lambda case: not case.estimated,
    ),
    Row(
        "difference",
        " There is no plain comparison: there is nothing to divide by….",
        "there is an effect, and no plain change (here: the value before is 0)",
        lambda case: case.estimated and case.observed is None,
    ),
    Row(
        "difference",
        " Observed: … %. Your own history explains next to nothing of it; adjusted: … %.",
        "no control group, and observed and adjusted are less than half a percentage point apart",
        lambda case: case.estimated and case.observed is not None and not case.by_control and not case.apart,
    ),
    Row(
        "difference",
        " Observed: … %. Your own history predicted … % from season and trend; what is left is … %",
        "no control group, half a percentage point or more apart, and a full year was seen before go-live",
        lambda case: case.explained and bool(case.finding.effect and case.finding.effect.season_seen),
    ),
    Row(
        "difference",
        " Observed: … %. Your own history predicted … % from trend alone (no full year was left to learn the season"
        " from); what is left is … %",
        "no control group, half a percentage point or more apart, and no full year was seen before go-live",
        lambda case: case.explained and not (case.finding.effect and case.finding.effect.season_seen),
    ),
    Row(
        "difference",
        " (the two multiply…).",
        "so, and the two do not simply add up, by half a percentage point or more",
        lambda case: case.explained and _multiplies(case),
    ),
    Row(
        "difference",
        " Observed, all customers: … %. … the trend of their difference accounted for, is … %.",
        "the finding rests on a control group",
        lambda case: case.estimated and case.observed is not None and case.by_control,
    ),
    Row(
        "difference",
        " Observed: … %, not adjusted for season, trend or chance.",
        "nothing could be estimated, and there is a plain change",
        lambda case: not case.estimated and case.observed is not None,
    ),
    Row(
        "how sure",
        " The effect over time: 3 months on …].",
        "the data reach three months or more beyond go-live",
        lambda case: case.path,
    ),
    Row(
        "how sure",
        " It is still growing.",
        "so, a change is found, and its size rises with 99 % or more",
        lambda case: case.heading("rising"),
    ),
    Row(
        "how sure",
        " It holds steady.",
        "so, a change is found, and its first and last third are surely alike",
        lambda case: case.heading("flat"),
    ),
    Row(
        "how sure",
        " It is fading.",
        "so, a change is found, and its size falls with 99 % or more",
        lambda case: case.heading("fading"),
    ),
    Row(
        "how sure",
        " Whether it still grows or fades cannot be told yet.",
        "so, a change is found, and neither of the three",
        lambda case: case.heading("unclear"),
    ),
    Row(
        "how sure",
        " All of the time after go-live lies in weeks of the year that the history before does not show: the range"
        " allows for what seasons do in shops elsewhere.",
        "the season of no week after go-live was seen before it, and the interval was made wider for it",
        lambda case: case.season > 0 and bool(case.finding.effect and case.finding.effect.unseen == 1),
    ),
    Row(
        "how sure",
        " … % of the time after go-live lies in weeks of the year that the history before does not show: the range"
        " allows for what seasons do in shops elsewhere.",
        "the season of some weeks after go-live was not seen before it, and the interval was made wider for it",
        lambda case: case.season > 0 and bool(case.finding.effect and case.finding.effect.unseen < 1),
    ),
    Row(
        "how sure",
        " The history before go-live is too short to try the method on fake go-live dates.",
        "there was no quiet date to try",
        lambda case: case.quiet(0, 0),
    ),
    Row(
        "how sure",
        " The same audit at one quiet date of your own history, where no go-live was, would not have called it a"
        " change.",
        "one quiet date, no false alarm",
        lambda case: case.quiet(1, 0),
    ),
    Row(
        "how sure",
        " The same audit at one quiet date of your own history, where no go-live was, would have called it a change.",
        "one quiet date, a false alarm",
        lambda case: case.quiet(1, 1),
    ),
    Row(
        "how sure",
        " The same audit at … quiet dates of your own history, where no go-live was, would have called none of them a"
        " change.",
        "several quiet dates, no false alarm",
        lambda case: case.quiet(None, 0),
    ),
    Row(
        "how sure",
        " The same audit at … quiet dates of your own history, where no go-live was, would have called one of them a"
        " change.",
        "several quiet dates, one false alarm",
        lambda case: case.quiet(None, 1),
    ),
    Row(
        "how sure",
        " The same audit at … quiet dates of your own history, where no go-live was, would have called 2 of them a"
        " change.",
        "several quiet dates, several false alarms (here: two)",
        lambda case: case.quiet(None, None),
    ),
    Row(
        "how sure",
        " Each of … units of the control group was also taken for one that got the CRM; the range is as wide as these"
        " tries ask for.",
        "the calibration also tried units of the control group",
        lambda case: bool(case.finding.effect and case.finding.effect.space_z),
    ),
    Row(
        "how sure",
        " The finding would be the same without the 4 weeks before go-live or without the 4 weeks after go-live.",
        "under no variation the finding is another one (here: of two that were tried)",
        lambda case: case.estimated and _flips(case) == 0 and bool(case.finding.variations),
    ),
    Row(
        "how sure",
        " What would flip it: without the 4 weeks after go-live it would be … (… % [… %]).",
        "under a variation the finding is another one; each of them is named with what it would be",
        lambda case: case.estimated and _flips(case) == 1,
    ),
    Row(
        "how sure",
        " Of the observed … %, who buys (segments and tenure) makes … % [… %] and how they buy … % [… %]; the two add"
        " up.",
        "the observed change was split over segment × tenure",
        lambda case: case.mixed is not None,
    ),
    Row(
        "how sure",
        " For this, one customer in 4 was followed.",
        "so, and only some customers were followed (here: one in four)",
        lambda case: case.mixed is not None and case.mixed.every > 1,
    ),
    Row(
        "how sure",
        " Nearly all customers came in the same few weeks, so that how long they have been there and the time since"
        " go-live are one and the same thing: who buys and how they buy cannot be told apart.",
        "one acquisition cohort only",
        lambda case: case.estimated and getattr(case.finding.mix, "code", "") == "one_cohort",
    ),
    Row(
        "how sure",
        " Had customers ordered … % less since go-live, this metric would show … %: customers who stop ordering also"
        " leave the active base.",
        "the user's own orders were thinned: purchase frequency",
        lambda case: case.estimated and case.shown is not None and case.finding.metric == "purchase_frequency",
    ),
    Row(
        "how sure",
        " Had customers ordered … % less since go-live, this metric would show … % for that alone: the same service"
        " would be shared by fewer active customers.",
        "so, service cost",
        lambda case: case.estimated and case.shown is not None and case.finding.metric == "service_cost",
    ),
    Row(
        "how sure",
        " Had customers ordered … % less since go-live, this metric would show … % for that alone: the same spend would"
        " be shared by fewer customers who came back.",
        "so, retention cost; acquisition cost speaks of first orders instead",
        lambda case: case.estimated and case.shown is not None and case.finding.metric == "retention_cost",
    ),
    Row(
        "control group",
        " Control group: against … values of region without the CRM the effect on those with it is … % [… %]",
        "five values or more could be compared with: the finding rests on the difference",
        lambda case: case.group is not None and case.group.missing is None,
    ),
    Row(
        "control group",
        "; by their own history alone it would be … % [… %]",
        "so, and the treated alone could be estimated",
        lambda case: case.group is not None and case.group.missing is None and case.group.alone is not None,
    ),
    Row(
        "control group",
        " The control group is too small to rest a finding on: … of its values can be compared with, … are needed. One"
        " of them having a good year would look like an effect. Against … values of region without the CRM the effect"
        " would be … % [… %]; the finding is without.",
        "one to four values could be compared with: shown, but the finding does not rest on it",
        lambda case: case.group is not None and case.group.missing is not None,
    ),
    Row(
        "control group",
        " Nobody who got the CRM has enough events to be compared with the control group.",
        "a control group is named, and there is nobody to compare it with",
        lambda case: isinstance(case.finding.control, NotAssessable),
    ),
    Row(
        "control group",
        " What met both groups (season, trend, prices) is not in the difference: its range is … % narrower.",
        "the finding rests on the control group, and the interval with it is narrower, on the log scale",
        lambda case: case.saves > 0,
    ),
    Row(
        "control group",
        " What met both groups is not in the difference; a before/after comparison counts it as the CRM's doing.",
        "the finding rests on the control group, its interval is not narrower, and the effect without the group lies"
        " outside it",
        lambda case: case.saves < 0 and _elsewhere(case),
    ),
)  # fmt: skip


def _elsewhere(case: Case) -> bool:
    group = case.group
    if group is None or group.together is None or group.alone is None:
        return False
    return not group.together.low <= group.alone.effect <= group.together.high


def _detectable(case: Case) -> float:
    effect = case.finding.effect
    return 0.0 if effect is None else effect.detectable


def _years(case: Case) -> float:
    effect = case.finding.effect
    return 0.0 if effect is None else effect.years_before


def _multiplies(case: Case) -> bool:
    effect = stats_share(case.log_effect)
    predicted = (1 + (case.observed or 0.0)) / (1 + effect) - 1
    return abs((case.observed or 0.0) - predicted - effect) >= 0.005


def _flips(case: Case) -> int:
    said = "improved" if case.improved else "worsened" if case.changed else ""
    said = said or ("no material change" if case.unchanged else "inconclusive")
    return sum(one.value != said for one in case.finding.variations)


PLACES = {
    "finding": "The finding",
    "finding, reason": "The finding, when it is not decided, and why",
    "reason": "Why",
    "remedy": "What would help",
    "difference": "Why observed and adjusted differ",
    "how sure": "How sure",
    "control group": "With and without a control group",
}


def as_markdown() -> str:
    """The table as it stands in docs/sentences.md."""
    parts = []
    for place, title in PLACES.items():
        rows = [f"| {row.words.strip()} | {row.when} |" for row in ROWS if row.place == place]
        parts.append("\n".join([f"## {title}", "", "| sentence | appears exactly when |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)
