"""Checks, the plain reading, the verdict and the gate: values and codes; sentences are report/words.py's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from clm_audit.config.base import Frozen, NotAssessable
from clm_audit.config.plan import MetricId, RatchetValue, VerdictValue
from clm_audit.inference.goals import GoalResult
from clm_audit.inference.segments import SegmentEffect
from clm_audit.verdict.customer_costs import CustomerCosts
from clm_audit.verdict.money_model import Money, Worth

CheckStatus = Literal["pass", "warn", "fail", "unknown"]
PlainAnswer = Literal["yes", "no", "about the same", "no data"]


class Check(Frozen):
    """One threat to the conclusion. ``code`` picks message and remedy in words.py; ``metrics`` it touches;
    ``evidence`` numbers, dates, file names, column names (never cell values)."""

    id: str
    status: CheckStatus
    code: str
    metrics: tuple[MetricId, ...] = ()
    evidence: Mapping[str, str | int | float] = {}


class Answer(Frozen):
    """One of the five questions (question 5 has two metrics, so two answers)."""

    question: int
    metric: MetricId
    answer: PlainAnswer
    before: float | NotAssessable
    after: float | NotAssessable
    change: float | NotAssessable


class PlainReading(Frozen):
    """What the plain rule makes of the observed numbers. ``of`` counts the questions with data, ``better`` and
    ``worse`` those among them that moved, ``without_data`` the others that were asked."""

    answers: tuple[Answer, ...]
    better: int
    of: int
    reading: Literal["good fit", "mixed", "switch", "unclear", "no data"]
    worse: int = 0
    without_data: int = 0


class Verdict(Frozen):
    """``row``: the row of the truth table that applied; ``because``: metrics that decided;
    ``capped_by``: ids of the checks that made it weaker; ``uncapped``: what it would have been;
    ``lean``: where the findings point when the value is inconclusive; ``withheld``: metrics whose findings the row
    does not count because a failed check touches them."""

    value: VerdictValue
    row: str
    because: tuple[MetricId, ...] = ()
    capped_by: tuple[str, ...] = ()
    uncapped: VerdictValue
    lean: Literal["good fit", "switch", "neither"] = "neither"
    withheld: tuple[MetricId, ...] = ()


class Ratchet(Frozen):
    """One metric against an earlier audit: the change of its effect with its interval (shares), and what follows.
    ``nested``: whether the earlier data are part of these. ``code`` says why nothing follows."""

    metric: MetricId
    value: RatchetValue
    code: str = ""
    earlier: float | NotAssessable
    change: float | NotAssessable
    low: float | NotAssessable
    high: float | NotAssessable
    nested: bool = False


class GateRuling(Frozen):
    """One rule of the gate and what became of it. ``subject``: ``verdict`` or a metric; ``rule``: what it must not be,
    as a code; ``found``: what it is, as a code; ``where``: the line that set the rule."""

    subject: str
    rule: str
    result: Literal["passed", "failed", "undecided"]
    found: str
    where: str = ""


class Gate(Frozen):
    """``because``: codes such as ``verdict:switch`` or ``service_cost:worsened``, of the rules that decided;
    ``rulings``: every rule."""

    result: Literal["none", "passed", "failed", "undecided"]
    because: tuple[str, ...] = ()
    rulings: tuple[GateRuling, ...] = ()


class Judgement(Frozen):
    """All that judging hands on. ``money``: the appraisal or why there is none; ``worth``: of one per cent;
    ``goals``: what became of each."""

    checks: tuple[Check, ...]
    plain: PlainReading
    verdict: Verdict
    gate: Gate
    ratchet: tuple[Ratchet, ...] = ()
    money: Money | NotAssessable = NotAssessable(code="no_costs_given")
    worth: tuple[Worth, ...] = ()
    segments: Mapping[MetricId, tuple[SegmentEffect, ...]] = {}
    customer_costs: CustomerCosts | NotAssessable = NotAssessable(code="disabled")
    goals: tuple[GoalResult, ...] = ()
