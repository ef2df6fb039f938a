"""How often what the product says beyond its numbers is wrong: leanings, courses, and what would flip a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from rates import NONE_ARM, rate, tables_of, told
from trial import Said

CHANGES = ("improved", "worsened")
TRULY: Mapping[str, str] = {
    "step +10 %": "flat",
    "step +20 %": "flat",
    "ramp +10 %": "rising",
    "fade +10 %": "fading",
    "late +10 %": "rising",
}
COURSES = ("rising", "flat", "fading", "unclear")
SURE = 0.8
BETTER_WHEN_HIGHER = ("purchase_frequency", "transaction_size", "campaign_response")


def statements(said: Sequence[Said]) -> dict[str, dict[str, object]]:
    """Row of the results -> what was said there and how often it was wrong."""
    names = sorted({name for one in said for name in tables_of(one.group)})
    return {name: _about([one for one in said if name in tables_of(one.group)]) for name in names}


def _about(said: Sequence[Said]) -> dict[str, object]:
    audits = [one for one in said if not one.metric]
    metrics = [one for one in said if one.metric]
    quiet = [one for one in metrics if one.arm == NONE_ARM]
    return {
        "changes_said": _share(quiet, lambda one: one.value in CHANGES and not one.withheld),
        "verdict_decided": _share(_of(audits, NONE_ARM), lambda one: one.value in ("good fit", "mixed", "switch")),
        "lean": {arm: _leans(_of(audits, arm)) for arm in (NONE_ARM, "all better", "all worse")},
        "sure": {
            NONE_ARM: _share(quiet, lambda one: max(one.sure, 1 - one.sure) >= SURE),
            **{arm: _direction(_of(metrics, arm)) for arm in ("all better", "all worse")},
        },
        "course": {arm: _courses(_of(metrics, arm), truly) for arm, truly in TRULY.items()},
        "flips": {
            "quiet metrics flipped to a change": _share(quiet, _flips_to_change),
            "quiet audits flipped to a change": _by_audit(quiet, _flips_to_change),
            "quiet metrics flipped at all": _share(quiet, _flips),
            "true findings flipped": _true_flips(metrics, _flips),
            "true findings reversed": _true_flips(metrics, _reverses),
        },
    }


def _of(said: Sequence[Said], arm: str) -> list[Said]:
    return [one for one in said if one.arm == arm]


def _share(said: Sequence[Said], hit: Callable[[Said], bool]) -> dict[str, object]:
    return told(rate([hit(one) for one in said], [one.cluster for one in said]))


def _leans(audits: Sequence[Said]) -> dict[str, object]:
    return {
        "good fit": _share(audits, lambda one: one.lean == "good fit"),
        "switch": _share(audits, lambda one: one.lean == "switch"),
        "any": _share(audits, lambda one: one.lean != "neither"),
    }


def _direction(metrics: Sequence[Said]) -> dict[str, object]:
    """Of those that are at least 80 % sure of a direction, the share whose direction is the wrong one."""
    sure = [one for one in metrics if max(one.sure, 1 - one.sure) >= SURE]
    return _share(sure, lambda one: one.up != one.rise)


def _courses(metrics: Sequence[Said], truly: str) -> dict[str, object]:
    """Of the findings that are a change (only of these a course is told): each course, and wrong ones together."""
    found = [one for one in metrics if one.value in CHANGES]
    wrong = _share(found, lambda one: one.course not in (truly, "unclear"))
    return {"wrong": wrong, **{course: _share(found, partial(_heads, course)) for course in COURSES}}


def _heads(course: str, one: Said) -> bool:
    return one.course == course


def _flips(one: Said) -> bool:
    return any(value != one.value for value in one.flips)


def _true_flips(metrics: Sequence[Said], hit: Callable[[Said], bool]) -> dict[str, dict[str, object]]:
    """Of the steps that were found, by their size."""
    return {
        arm: _share([one for one in _of(metrics, arm) if one.value in CHANGES], hit)
        for arm in ("step +10 %", "step +20 %")
    }


def _reverses(one: Said) -> bool:
    return any(value in CHANGES and value != one.value for value in one.flips)


def _flips_to_change(one: Said) -> bool:
    return one.value not in CHANGES and any(value in CHANGES for value in one.flips)


def _by_audit(metrics: Sequence[Said], hit: Callable[[Said], bool]) -> dict[str, object]:
    audits: dict[tuple[str, int], bool] = {}
    for one in metrics:
        audits[one.cluster, one.date] = audits.get((one.cluster, one.date), False) or hit(one)
    return told(rate(list(audits.values()), [cluster for cluster, _ in audits]))
