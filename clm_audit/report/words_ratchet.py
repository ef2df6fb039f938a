"""What became of each metric since an earlier audit, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from clm_audit.config.plan import MetricId, RatchetValue
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report.numbers import day, percent, percent_range, points, points_range
from clm_audit.report.words_metrics import in_text

OPEN: Mapping[str, str] = {
    "no_earlier_effect": "The earlier audit has no effect of this metric.",
    "no_effect_now": "This audit has no effect of this metric.",
    "another_go_live": "The earlier audit has another go-live, so it measured the effect of something else.",
}
RESULTS: Mapping[RatchetValue, str] = {
    "better": "{name} is better than in the earlier audit: the effect is {change} {range} away from it",
    "same": "{name} is as in the earlier audit: the effect is {change} {range} away from it, within the materiality",
    "worse": "{name} is worse than in the earlier audit: the effect is {change} {range} away from it",
    "undecided": "{name} may be better or worse than in the earlier audit: the effect is {change} {range} away from it",
}
NOT_GIVEN = "No earlier audit was given (--against)."
ORDER: tuple[RatchetValue, ...] = ("better", "same", "worse", "undecided")


def since(metric: MetricId, value: RatchetValue, code: str, change: tuple[float, float, float] | None) -> str:
    """What became of one metric; ``change``: of its effect, with both ends of its interval."""
    if change is None:
        return OPEN[code]
    name = in_text(metric)
    score = CATALOGUE[metric].unit == "points"
    size = points(change[0], sign=True) if score else percent(change[0], sign=True)
    ends = (points_range if score else percent_range)(*change[1:])
    text = RESULTS[value].format(name=name[:1].upper() + name[1:], change=size, range=ends)
    return f"{text}."


def headline(until: date, results: Sequence[tuple[MetricId, RatchetValue]]) -> str:
    """How many metrics are what, and which have moved.

    >>> headline(date(2025, 3, 30), [("service_cost", "worse"), ("transaction_size", "same")])
    'Since the audit until 2025-03-30: 1 same, 1 worse (cost of customer service).'
    """
    parts = []
    for value in ORDER:
        names = [in_text(metric) for metric, result in results if result == value]
        moved = f" ({', '.join(names)})" if value in ("better", "worse") else ""
        parts += [f"{len(names)} {value}{moved}"] if names else []
    return f"Since the audit until {day(until)}: {', '.join(parts)}."
