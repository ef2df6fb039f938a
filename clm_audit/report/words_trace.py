"""What a number of the audit JSON is and how it was come by: one row for each kind of number.

``*`` stands for one name (a metric, a segment, a period). Inputs are ids, relative to the part that holds the number
when they begin with a dot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

METRIC = ("metrics.*", "lifecycle.*")
"""The parts whose numbers belong to one metric."""


@dataclass(frozen=True)
class Field:
    """``what`` it is and, where it is computed, its ``formula`` and the ``inputs`` that went in."""

    what: str
    formula: str = ""
    inputs: tuple[str, ...] = ()


MODEL = (
    "the step at go-live in the model of the whole history: log of the ratio a period = level + season + trend + step;"
    " `clm-audit explain adjusted` and the method section of the report say more"
)
RANGE = "the finding's confidence level on the model's step, widened by what the quiet dates of the history show"
CHANGE = "value after / value before - 1"
BOTH = (".before.value", ".after.value")
EFFECT = (".adjusted.effect", ".adjusted.low", ".adjusted.high")
FIELDS: dict[str, Field] = {
    "before.value": Field("the metric's value in the window before go-live", "numerator / denominator", (".before.*",)),
    "after.value": Field("the metric's value in the window after go-live", "numerator / denominator", (".after.*",)),
    "before.numerator": Field("what is counted or summed, in the window before"),
    "after.numerator": Field("what is counted or summed, in the window after"),
    "before.denominator": Field("what it is divided by, in the window before, months included where the unit has them"),
    "after.denominator": Field("what it is divided by, in the window after, months included where the unit has them"),
    "before.weeks": Field("whole weeks of the window before that have data"),
    "after.weeks": Field("whole weeks of the window after that have data"),
    "question_number": Field("the number of the question that the metric answers"),
    "observed_change": Field("the plain change between the windows, a share", CHANGE, BOTH),
    "year_over_year.change": Field(
        "the plain change against the same weeks a year before, a share", "sums of the periods, after / before - 1"
    ),
    "year_over_year.weeks": Field("weeks after go-live that have the same weeks a year before"),
    "materiality": Field("the smallest change that is said to matter, a share; from the settings"),
    "weeks_per_period": Field("weeks in a period of the model: 1, 2 or 4, chosen by how many events a week has"),
    "adjusted.effect": Field("the change that go-live is credited with, a share", MODEL, (".series.*.value",)),
    "adjusted.low": Field("lower end of that effect's interval, a share", RANGE, EFFECT),
    "adjusted.high": Field("upper end of that effect's interval, a share", RANGE, EFFECT),
    "adjusted.p": Field("how often a quiet date alone would give an effect this large", RANGE, EFFECT),
    "adjusted.p_holm": Field("the same, corrected by Holm for the number of metrics asked", "", (".adjusted.p",)),
    "adjusted.detectable": Field("the smallest effect that these data would have shown in four of five cases"),
    "adjusted.years_before": Field("years of history before go-live that the model has seen"),
    "adjusted.placebo_z.*": Field("the step found at a quiet date of the same history, in standard errors", MODEL),
    "adjusted.false_alarms": Field("quiet dates of the same history that would have been called a change"),
    "adjusted.path.*.*": Field("the effect so many months after go-live, and its interval; shares", MODEL),
    "adjusted.unseen_season": Field("share of the weeks after go-live whose season the history never showed"),
    "adjusted.season_sd": Field("how much the seasons of such weeks were taken to differ, as a standard deviation"),
    "lean.probability": Field("how surely an undecided metric leans the way it does", "", EFFECT),
    "variants.*.before": Field("a variant of the metric, before go-live"),
    "variants.*.after": Field("a variant of the metric, after go-live"),
    "variants.*.change": Field("the plain change of a variant, a share", CHANGE),
    "segments.*.before": Field("the metric in one segment, before go-live"),
    "segments.*.after": Field("the metric in one segment, after go-live"),
    "segments.*.change": Field("the plain change in one segment, a share", CHANGE),
    "segments.*.share": Field("the segment's share of the numerator after go-live"),
    "segments.*.contribution": Field("what the segment adds to the change of the whole; they add up to it"),
    "segments.*.against_others.*": Field("the segment's change against all others, shrunken, with its interval"),
    "series.*.value": Field("the metric in one period, as observed", "numerator / denominator of the period"),
    "series.*.expected": Field("what the model expects of that period had nothing changed at go-live", MODEL),
    "series.*.low": Field("lower end of the expected range", MODEL),
    "series.*.high": Field("upper end of the expected range", MODEL),
    "parts.*": Field("a part of the observed change, in log points; the parts add up to parts.observed", MODEL, BOTH),
    "mix.who_buys.*": Field("the part of the observed change that other customers make, and its interval"),
    "mix.how_they_buy.*": Field("the part of the observed change that the same customers make, and its interval"),
    "mix.followed": Field("one customer in so many was followed to split the change"),
    "mix.tenure_weeks": Field("the look back in which a customer's tenure is counted"),
    "sensitivity.fewer": Field("by how much the user's own orders were thinned to try the definition, a share"),
    "sensitivity.change": Field("what the metric then shows, a share"),
    "variations.*.effect": Field("the effect when the same question is asked a little differently", MODEL),
    "variations.*.low": Field("lower end of its interval", RANGE),
    "variations.*.high": Field("upper end of its interval", RANGE),
}
IN_THE_SENTENCE = "which stands in this sentence alone: a limit or a definition, or worked out from what it speaks of"
PRESENT = "yearly amounts discounted at each year's end; what is paid at go-live as it is"
SPREAD = "the effects' own intervals carried through"
MONEY: dict[str, Field] = {
    "money.years": Field("years over which the money is counted; from the settings"),
    "money.margin": Field("contribution margin of revenue, a share; from the settings"),
    "money.discount": Field("discount rate a year, a share; from the settings"),
    "money.attributable": Field("share of the measured effects that counts; from the settings"),
    "money.npv.*": Field(
        "net present value and its interval", "pv_benefits - pv_costs", ("money.pv_benefits", "money.pv_costs")
    ),
    "money.roi.*": Field(
        "return on investment and its interval, a share",
        "(pv_benefits - pv_costs) / pv_costs",
        ("money.pv_benefits", "money.pv_costs"),
    ),
    "money.payback_months.*": Field("months until the costs are paid back", "interpolated within the year"),
    "money.probability_npv_positive": Field("how surely the net present value is above zero", SPREAD),
    "money.breakeven_attributable": Field("the least attributable share at which benefits cover the costs"),
    "money.proven.*": Field("net present value of the decided findings alone, and its interval", SPREAD),
    "money.pv_costs": Field("present value of all costs", PRESENT),
    "money.pv_benefits": Field("present value of all benefits", PRESENT),
    "money.benefits.*.yearly.*": Field("a benefit a year, and its interval", SPREAD),
    "money.benefits.*.present": Field("present value of a benefit", PRESENT),
    "money.costs.*.*": Field("a line of the costs: at go-live, a year, and its present value", PRESENT),
    "money.flows.*.*": Field("costs, benefits and net of one year; 0 is go-live"),
    "money.breakeven.*.effect": Field("the effect of this metric at which the CRM is worth exactly its costs"),
    "money.breakeven.*.measured": Field("the effect of this metric as measured"),
    "money.tornado.*.*": Field("the net present value with one input at its low or high end, all others as they are"),
    "customer_costs.rows.*.*": Field("what winning or keeping a customer costs, their ratio and the break-even share"),
    "worth.margins.*": Field("a margin of the table of what one per cent is worth"),
    "worth.rows.*.yearly.*": Field("one improved per cent of the metric, in money a year, at a margin of the table"),
}
CURVE = "Kaplan-Meier, everybody counted as long as they were watched"
LIFECYCLE: dict[str, Field] = {
    "lifecycle_view.*.*.customers": Field("customers of the cohort: who came in the window and was watched in it"),
    "lifecycle_view.*.*.half": Field("days until half of the cohort was activated", CURVE),
    "lifecycle_view.*.*.half_from": Field("the first of these days that the interval holds", CURVE),
    "lifecycle_view.*.*.half_to": Field("the last of them", CURVE),
    "lifecycle_view.*.*.points.*.months": Field("months since they came"),
    "lifecycle_view.*.*.points.*.days": Field("days since they came"),
    "lifecycle_view.*.*.points.*.share": Field("the share still there, or active, by then", CURVE),
    "lifecycle_view.*.*.points.*.low": Field("lower end of that share's interval", CURVE),
    "lifecycle_view.*.*.points.*.high": Field("upper end of that share's interval", CURVE),
    "lifecycle_view.*.*.points.*.at_risk": Field("customers that were watched longer than that"),
    "funnel.days": Field("days within which the next stage must be reached"),
    "funnel.stages.*.*.entered": Field("customers who entered the stage in the window and were watched long enough"),
    "funnel.stages.*.*.share": Field("the share of them that reached the next stage", "reached the next / entered"),
    "goals.*.target": Field("the target of a goal; from the settings"),
    "goals.*.value": Field("the metric in the goal's quarter"),
    "goals.*.low": Field("lower end of that value's interval"),
    "goals.*.high": Field("upper end of that value's interval"),
    "scores.answers_before": Field("survey answers of the window before"),
    "scores.answers_after": Field("survey answers of the window after"),
    "scores.*.*": Field("survey answers with one score, from 0 to 10, by window"),
}
ELSEWHERE: dict[str, Field] = {
    "totals.*.*.value": Field("a total of one window, summed from the rows of the facts named below"),
    "files.*.bytes": Field("size of the file; -1 where it is a table of an engine"),
    "files.*.header_line": Field("the line on which its header stands"),
    "files.*.rows.*": Field(
        "records of the file by what became of them", "read = accepted + rejected + duplicate + outside + structure"
    ),
    "files.*.reasons.*": Field(
        "rows of the file that were not used, under the first reason each was refused for", "sum = rejected + duplicate"
    ),
    "files.*.partly.*": Field("used rows of the file of which a part was left out, for this reason"),
    "files.*.feeds.*": Field("rows of the file that count in this fact, in the whole history"),
    "rejects.*.line": Field("the line of a record that was not taken as it stands"),
    "rejects.*.byte": Field("the byte offset of that record in the decompressed file; -1 where there is none"),
    "brand.logo.*": Field("size of the logo in pixels"),
    "reject_count": Field("records that are listed in rejects.csv"),
    "windows.*.weeks": Field("length of the window"),
    "windows.washout_weeks": Field("learning time after go-live that the headline leaves out; from the settings"),
    "checks.*.evidence.*": Field("what the data check found"),
    "assumptions.*.value": Field("a value that the audit rests on; the register says where it is from"),
    "since.metrics.*.earlier": Field("the effect that the earlier audit found"),
    "since.metrics.*.change": Field("by how much the effect has changed since the earlier audit"),
    "since.metrics.*.low": Field("lower end of that change's interval"),
    "since.metrics.*.high": Field("upper end of that change's interval"),
    "plain.answers.*.*": Field("one answer of the plain reading", CHANGE),
    "plain.better": Field("questions whose observed numbers got better"),
    "plain.of": Field("questions with data on both sides"),
}


def field(number_id: str) -> Field | None:
    """The row of the tables that is meant by an id; None when no row fits.

    >>> field("metrics.service_cost.series.2024-07-01.expected").what
    'what the model expects of that period had nothing changed at go-live'
    """
    parts = number_id.split(".")
    for pattern, found in (*ELSEWHERE.items(), *MONEY.items(), *LIFECYCLE.items()):
        if fits(pattern, parts):
            return found
    for part in METRIC:
        head = part.split(".")
        if fits(part, parts[: len(head)]):
            return next((one for name, one in FIELDS.items() if fits(name, parts[len(head) :])), None)
    return None


def fits(pattern: str, parts: Sequence[str]) -> bool:
    """Whether an id, in parts, is of the kind that ``pattern`` says."""
    wanted = pattern.split(".")
    return len(wanted) == len(parts) and all(one in ("*", part) for one, part in zip(wanted, parts, strict=True))
