"""From effects to findings: Holm over the family, then two one-sided tests, else *inconclusive*.

Holm 1979 (Scand. J. Statist. 6, 65-70); Schuirmann 1987 (doi 10.1007/BF01068419).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clm_audit.config.plan import FindingValue
from clm_audit.inference.effect import EQUIVALENCE_LEVEL
from clm_audit.inference.model import Effect
from clm_audit.inference.students import t_cdf

CODES = (
    "holm_significant",
    "equivalent",
    "too_little_information",
    "alone_only",
    "break_near_go_live",
    "after_repeats_before",
    "season_unseen",
)
"""Why a finding is what it is: significant in the family · inside ±materiality · neither · significant if it
were the only metric, not in the family · a known break within eight weeks of go-live · the after periods are
a copy of earlier ones · a change, but weeks of the year never seen before could have made it with their season."""

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Decision:
    """Outcome of the rules for one assessed metric; field names as in ``Finding``."""

    value: FindingValue
    code: str
    p_holm: float
    p_equivalence: float
    below_materiality: bool
    better_probability: float


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down adjusted p values, in the order given.

    The i-th smallest of m (i from 0) is multiplied by m − i; none is smaller than the one before it, none
    exceeds 1.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted = [0.0] * len(p)
    running = 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        running = max(running, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = running
    return tuple(adjusted)


def equivalence_p(log_effect: float, se: float, df: int, materiality: float) -> float:
    """The larger p of two one-sided tests: effect ≤ log(1 − m), effect ≥ log(1 + m).

    Below 5 % exactly when the 90 % interval lies inside ±m. ``materiality`` is a share; from 1 upward the
    lower limit is no limit.
    """
    floor = math.log1p(-materiality) if materiality < 1.0 else -math.inf
    ceiling = math.log1p(materiality)
    return max(t_cdf(-(log_effect - floor) / se, df), t_cdf(-(ceiling - log_effect) / se, df))


def decide(
    effect: Effect,
    p_holm: float,
    better: Better,
    materiality: float,
    alpha: float,
    *,
    break_near: bool = False,
    repeated: bool = False,
) -> Decision:
    """Rules 2 to 4, in order: a change, no material change, inconclusive.

    ``break_near``: a known break lies within eight weeks of go-live. ``repeated``: the after periods are a
    copy of earlier ones, which says nothing about a change.
    """
    p_equivalence = equivalence_p(effect.log_effect, effect.se, effect.df, materiality)
    equivalent = p_equivalence < EQUIVALENCE_LEVEL
    changed = p_holm < alpha and not repeated
    value: FindingValue
    if changed:
        value = "improved" if (effect.log_effect > 0.0) == (better == "higher") else "worsened"
        code = "holm_significant"
    elif equivalent:
        value, code = "no material change", "equivalent"
    else:
        value, code = "inconclusive", _why_inconclusive(effect, alpha, break_near, repeated)
    return Decision(
        value=value,
        code=code,
        p_holm=p_holm,
        p_equivalence=p_equivalence,
        below_materiality=changed and equivalent,
        better_probability=effect.probability_up if better == "higher" else 1.0 - effect.probability_up,
    )


def _why_inconclusive(effect: Effect, alpha: float, break_near: bool, repeated: bool) -> str:
    if repeated:
        return "after_repeats_before"
    if break_near:
        return "break_near_go_live"
    if effect.p < alpha:
        return "alone_only"
    return "season_unseen" if effect.p_season_known < alpha else "too_little_information"
