"""The plain reading: the five questions answered from the observed numbers, and what the plain rule makes of them.

It says what was seen, not what the CRM caused. Season, trend and noise are the defended reading's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference.assess import observed_change
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import MetricTotals, Ratio
from clm_audit.verdict.model import Answer, PlainAnswer, PlainReading

LEAST_QUESTIONS = 3  # questions with data; fewer say nothing about a CRM
GOOD_FROM = 4  # questions better that make a good fit, whatever the rest says
CLEAR_MAJORITY = 2 / 3  # share of the questions with data, when none is worse
SWITCH_AT_MOST = 1  # questions better, and more of them worse
QuestionAnswer = Literal["better", "worse", "same", "no data"]
Reading = Literal["good fit", "mixed", "switch", "unclear", "no data"]


def read_plainly(plan: AuditPlan, metrics: Sequence[MetricTotals]) -> PlainReading:
    """Answer every enabled metric and read the five questions together."""
    answers = tuple(answer(item, plan.metric(item.metric).materiality) for item in metrics)
    numbers = sorted({item.question for item in answers})
    questions = [of_question([item.answer for item in answers if item.question == number]) for number in numbers]
    better, worse = questions.count("better"), questions.count("worse")
    of = len(questions) - questions.count("no data")
    return PlainReading(
        answers=answers,
        better=better,
        of=of,
        reading=reading(better, worse, of),
        worse=worse,
        without_data=questions.count("no data"),
    )


def answer(item: MetricTotals, materiality: float) -> Answer:
    """One metric: ``yes`` or ``no`` by its better direction, ``about the same`` within ``materiality`` (a share)."""
    declared = CATALOGUE[item.metric]
    change = observed_change(item)
    return Answer(
        question=declared.question,
        metric=item.metric,
        answer=_answer(change, materiality, higher_is_better=declared.better == "higher"),
        before=_value(item.before),
        after=_value(item.after),
        change=change,
    )


def of_question(answers: Sequence[PlainAnswer]) -> QuestionAnswer:
    """One question from the answers of its metrics: better when one is better and none is worse, and the reverse.

    >>> of_question(["yes", "about the same"]), of_question(["yes", "no"]), of_question(["no data"])
    ('better', 'same', 'no data')
    """
    known = {item for item in answers if item != "no data"}
    if not known:
        return "no data"
    if "yes" in known and "no" not in known:
        return "better"
    if "no" in known and "yes" not in known:
        return "worse"
    return "same"


def reading(better: int, worse: int, of: int) -> Reading:
    """The plain rule over the questions that have data: the first line that applies counts.

    >>> reading(4, 1, 5), reading(2, 0, 3), reading(1, 3, 5), reading(2, 2, 5)
    ('good fit', 'good fit', 'switch', 'mixed')
    >>> reading(1, 0, 5), reading(0, 2, 2), reading(0, 0, 0)
    ('unclear', 'unclear', 'no data')
    """
    if of == 0:
        return "no data"
    if of < LEAST_QUESTIONS:
        return "unclear"
    if better >= GOOD_FROM or (worse == 0 and better >= CLEAR_MAJORITY * of):
        return "good fit"
    if better <= SWITCH_AT_MOST and worse > better:
        return "switch"
    return "mixed" if better and worse else "unclear"


def _value(ratio: Ratio | NotAssessable) -> float | NotAssessable:
    return ratio if isinstance(ratio, NotAssessable) else ratio.value


def _answer(change: float | NotAssessable, materiality: float, *, higher_is_better: bool) -> PlainAnswer:
    if isinstance(change, NotAssessable):
        return "no data"
    if abs(change) <= materiality:
        return "about the same"
    return "yes" if (change > 0) == higher_is_better else "no"
