"""Lifecycle stages with their owners, and goals: how the file says them, and what the plan holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from clm_audit.config.base import Frozen
from clm_audit.config.scalars import Quarter, Text, decimal, refuse, text
from clm_audit.config.vocabulary import SHARES, STAGES, did_you_mean

FEWEST_STAGES, MOST_STAGES = 4, 6
_LIKE = 0.8  # how much a name must resemble one of the five to be taken for a slip of the pen

# Whose the goal of a metric is, where it names nobody: the first of these stages that the audit has.
STAGE_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "acquisition_cost": ("awareness",),
        "campaign_response": ("consideration",),
        "transaction_size": ("purchase",),
        "activation_rate": ("onboarding", "purchase"),
        "first_90_day_churn": ("onboarding", "purchase"),
        "purchase_frequency": ("retention",),
        "service_cost": ("retention",),
        "retention_cost": ("retention",),
        "repeat_purchase_rate": ("retention",),
        "retention_rate": ("retention",),
        "churn_rate": ("retention",),
        "customer_lifetime_value": ("retention",),
        "nrr": ("expansion", "retention"),
        "grr": ("expansion", "retention"),
        "nps": ("advocacy",),
        "referral_rate": ("advocacy",),
    }
)


class Stage(Frozen):
    """One lifecycle stage, in its place from first to last. ``of``: the words of systems that mean it, as written."""

    name: str
    of: tuple[str, ...] = ()
    owner: str | None = None


class Goal(Frozen):
    """A target of one metric, in the metric's own unit: a share (0.3), money, or points of NPS.

    ``by``: the quarter (2025-Q3) or the last day of the thirteen weeks it is for; None: the last full quarter.
    """

    metric: str
    target: Decimal
    owner: str | None = None
    by: str | None = None


class StageFile(Frozen):
    """A lifecycle stage: the words that mean it and who answers for it."""

    of: tuple[Text, ...] = Field(default=(), description="The stages of your systems that mean this one.")
    owner: Text | None = Field(default=None, description="Who answers for it.")


class GoalFile(Frozen):
    """A target of a metric."""

    target: Annotated[Text, BeforeValidator(text)] = Field(description="What is to be reached: `30%`, `45.00`, or 40.")
    owner: Text | None = Field(default=None, description="Who answers for it; default: the owner of its stage.")
    by: Quarter | None = Field(default=None, description="The quarter it is for; default: the last full one.")


def stage_name(value: object) -> str:
    """A name of a stage; what looks like a misspelt one of the five is refused.

    >>> stage_name("onboarding")
    'onboarding'
    """
    name = text(value)
    hint = did_you_mean(name, STAGES, cutoff=_LIKE)
    if name not in STAGES and hint:
        refuse("unknown stage", hint)
    return name


def _words_only(value: object) -> object:
    """``[lead, mql]`` is short for ``{of: [lead, mql]}``."""
    return {"of": value} if isinstance(value, list) else value


def _one_or_more(value: object) -> object:
    """One goal is a list of one."""
    return [value] if isinstance(value, dict) else value


_WORDS = {"type": "array", "items": {"type": "string"}}
StageName = Annotated[str, BeforeValidator(stage_name)]
StageEntry = Annotated[
    StageFile,
    BeforeValidator(_words_only),
    WithJsonSchema(
        {
            "description": "The words of your systems that mean this stage, alone or with who owns it.",
            "anyOf": [
                _WORDS,
                {
                    "type": "object",
                    "properties": {
                        "of": {**_WORDS, "description": "The words of your systems that mean this stage."},
                        "owner": {"type": "string", "description": "Who answers for it."},
                    },
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
_GOAL = {
    "type": "object",
    "properties": {
        "target": {"type": ["string", "number"], "description": "What is to be reached: `30%`, `45.00`, or 40."},
        "owner": {"type": "string", "description": "Who answers for it; default: the owner of its stage."},
        "by": {"type": "string", "description": "The quarter (2025-Q3), or its last day; default: the last full one."},
    },
    "required": ["target"],
    "additionalProperties": False,
}
GoalEntry = Annotated[
    tuple[GoalFile, ...],
    BeforeValidator(_one_or_more),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_GOAL, {"type": "array", "items": _GOAL, "minItems": 1}]}),
]


def target_of(metric: str, written: str) -> Decimal:
    """The number that is to be reached, in the unit of the metric.

    >>> target_of("repeat_purchase_rate", "30%"), target_of("nps", "40"), target_of("nrr", "105%")
    (Decimal('0.3'), Decimal('40'), Decimal('1.05'))

    Raises :class:`pydantic_core.PydanticCustomError` when it is none.
    """
    percent = written.rstrip().endswith("%")
    hint = "write it as 30% or 0.3" if metric in SHARES else "write a number without a sign of percent or currency"
    if percent and metric not in SHARES:
        refuse(f"{metric} is no share", hint)
    found = decimal(written.rstrip().removesuffix("%"), hint) / (100 if percent else 1)
    most = Decimal(100) if metric == "nps" else Decimal(5) if metric in ("nrr", "grr") else Decimal(1)
    if metric == "nps" and abs(found) > most:
        refuse("must be from -100 to 100")
    if metric in SHARES and not 0 <= found <= most:
        refuse(f"must be from 0% to {most * 100}%", hint)
    if found < 0 and metric != "nps":
        refuse("must not be negative")
    return found


def owner_of(goal: Goal, stages: Sequence[Stage]) -> str | None:
    """Who answers for a goal: whom it names, else the owner of the metric's stage.

    >>> owner_of(Goal(metric="nps", target=Decimal(40)), [Stage(name="advocacy", owner="Success")])
    'Success'
    """
    if goal.owner:
        return goal.owner
    owners = {stage.name: stage.owner for stage in stages}
    return next((owners[name] for name in STAGE_OF.get(goal.metric, ()) if owners.get(name)), None)


def planned_stages(entries: Mapping[str, StageFile] | None) -> tuple[Stage, ...]:
    """The stages of the file, in its order; none when it names none."""
    return tuple(Stage(name=name, of=each.of, owner=each.owner) for name, each in (entries or {}).items())


def planned_goals(entries: Iterable[tuple[str, Sequence[GoalFile]]], stages: Sequence[Stage]) -> tuple[Goal, ...]:
    """The goals of the file, each with its owner, in its order."""
    found = [
        Goal(metric=metric, target=target_of(metric, goal.target), owner=goal.owner, by=goal.by)
        for metric, goals in entries
        for goal in goals
    ]
    return tuple(goal.model_copy(update={"owner": owner_of(goal, stages)}) for goal in found)
