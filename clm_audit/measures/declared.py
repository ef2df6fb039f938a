"""What a metric is: the shape of a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clm_audit.config.plan import MetricId
from clm_audit.facts.model import Table

UnitKind = Literal["count rate", "money", "share", "points"]
VariantUnit = Literal["count rate", "money", "share", "hours", "ratio", "points", "days"]
Cluster = Literal["customer", "ticket", "campaign", "new customer", "retained customer", "subscription"]
LifeStage = Literal["", "all", "onboarding", "retention", "expansion", "whole", "advocacy"]


@dataclass(frozen=True)
class VariantDeclared:
    """A figure shown beside a metric. ``label`` is the id of its text in ``report/words.py``."""

    id: str
    unit: VariantUnit
    label: str


@dataclass(frozen=True)
class Metric:
    """What a metric is: value = Σ numerator / Σ denominator over a set of periods.

    ``question`` is the number of the question it answers (1–5; 0 for a metric of the lifecycle, which answers none
    of the five), ``question_text`` and ``label`` ids of
    texts in ``report/words.py``; ``name`` its name in English. ``unit`` is the kind of number,
    ``unit_label`` the id of its unit in words. ``numerator``/``denominator`` say in words what is
    summed. ``cluster`` is what repeats, so what sampling variance is clustered by. ``facts`` are the
    facts needed: one of each group. ``base``: whether the denominator is the active base. ``stage``:
    what part of the lifecycle it tells of, empty for the five questions; ``horizon``: days for which an entrant must
    have been observed before it counts, 0 where nothing is waited for.
    """

    id: MetricId
    question: int
    question_text: str
    label: str
    name: str
    unit: UnitKind
    unit_label: str
    better: Literal["higher", "lower"]
    numerator: str
    denominator: str
    cluster: Cluster
    facts: tuple[tuple[Table, ...], ...]
    base: bool
    variants: tuple[VariantDeclared, ...] = ()
    stage: LifeStage = ""
    horizon: int = 0


def declared_variant(identity: str, unit: VariantUnit) -> VariantDeclared:
    """A variant whose text has the id ``variant.<identity>``."""
    return VariantDeclared(identity, unit, f"variant.{identity}")
