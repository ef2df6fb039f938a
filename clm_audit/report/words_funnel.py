"""Words for the funnel, the scores of the survey and the goals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from clm_audit.config.plan import MetricId
from clm_audit.inference.goals import GoalResult
from clm_audit.report import words_reasons
from clm_audit.report.numbers import count, day, metric_value, percent, points

NO_FUNNEL = "No export says when customers entered which stage."
NO_SCORES = "No export holds answers to the question of recommending."
FEW = "Fewer than five customers."
LAST = "The last stage that is recorded."
YEAR_BACK = " The quarter is read at its end, by the customers of 12 months before."


def drop_off(shares: Mapping[str, tuple[str, float] | None], days: int) -> str:
    """Where most customers stay behind; ``shares``: window -> the stage and the share that moves on, if known."""
    before, after = shares.get("before"), shares.get("after")
    if before is None and after is None:
        return "Too few customers entered the stages of either window to be shown."
    told = {
        side: f"out of {stage}, where {percent(share)} moved on within {days} days"
        for side, found in shares.items()
        if found is not None
        for stage, share in (found,)
    }
    if before is None or after is None:
        side = "after" if before is None else "before"
        return f"The largest drop-off {side} go-live is {told[side]}."
    if before[0] == after[0]:
        return f"The largest drop-off is {told['before']} before go-live and {percent(after[1])} after it."
    return f"The largest drop-off before go-live is {told['before']}; after it, {told['after']}."


def scores(before: tuple[float, ...], after: tuple[float, ...]) -> str:
    """Promoters and detractors of both windows."""
    told = [
        f"{percent(sum(side[9:]))} promoters and {percent(sum(side[:7]))} detractors" if side else "no answers"
        for side in (before, after)
    ]
    return f"{told[0]} before go-live, {told[1]} after it.".capitalize()


def quarter(start: date, end: date) -> str:
    """A quarter by its name, or by its days.

    >>> quarter(date(2025, 7, 1), date(2025, 10, 1)), quarter(date(2025, 4, 2), date(2025, 7, 2))
    ('2025-Q3', '2025-04-02 to 2025-07-01')
    """
    whole = start.day == 1 and end.day == 1 and start.month % 3 == 1 and (end.month - start.month) % 12 == 3
    return f"{start.year}-Q{start.month // 3 + 1}" if whole else f"{day(start)} to {day(end - timedelta(days=1))}"


def amount(metric: MetricId, value: float, currency: str | None) -> str:
    """A value of a goal."""
    return points(value) if metric == "nps" else metric_value(metric, value, currency)


def goal(found: GoalResult, metric: MetricId, name: str, currency: str | None) -> str:
    """What became of a goal, with its interval."""
    target = amount(metric, float(found.goal.target), currency)
    head = f"{name}, {quarter(found.start, found.end)}: "
    if found.value is None:
        why = words_reasons.reason(found.missing) if found.missing else ""
        return f"{head}{found.result} against the target of {target}. {why}"
    said = amount(metric, found.value, currency)
    if found.low is not None and found.high is not None:
        ends = (amount(metric, end, currency) for end in (found.low, found.high))
        said += f" (95 % interval {' to '.join(ends)})"
    why = words_reasons.reason(found.missing) if found.missing else ""
    read = YEAR_BACK if metric in ("nrr", "grr") else ""
    return f"{head}{found.result}. {said} against a target of {target}.{read}{f' {why}' if why else ''}"


def entrants(number: int) -> str:
    """How many entered a stage."""
    return count(number)
