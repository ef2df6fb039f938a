"""The effect on a product of metrics (customer lifetime value) from the effects on its factors.

On the log scale a product's effect is the sum of its factors' (a divisor's enters with the opposite sign), exactly.
How surely it is known depends on how the factors' errors hang together, which their separate models do not say: the
standard errors are therefore added up, which is their sum's at worst, whatever the correlation (triangle inequality),
with the fewest degrees of freedom of any. The interval is never too narrow for that reason; it may be too wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from clm_audit.inference.effect import EQUIVALENCE_LEVEL, detectable
from clm_audit.inference.model import Effect
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.inference.students import t_cdf, t_quantile


def product_effect(factors: Sequence[tuple[Effect, int]], confidence: float) -> Effect:
    """The effect on the product of factors, each with its power (1 or −1).

    It has no periods, so no expected values, no course and no placebo dates of its own.
    """
    log_effect = sum(power * effect.log_effect for effect, power in factors)
    se = sum(abs(power) * effect.se for effect, power in factors)
    known = sum(abs(power) * math.sqrt(max(effect.se**2 - effect.season_sd**2, 0.0)) for effect, power in factors)
    df = min(effect.df for effect, _ in factors)
    half = t_quantile((1.0 + confidence) / 2.0, df) * se
    half90 = t_quantile(1.0 - EQUIVALENCE_LEVEL, df) * se
    nothing = np.zeros(0)
    return Effect(
        effect=rounded(as_share(log_effect)),
        low=rounded(as_share(log_effect - half)),
        high=rounded(as_share(log_effect + half)),
        low90=rounded(as_share(log_effect - half90)),
        high90=rounded(as_share(log_effect + half90)),
        log_effect=rounded(log_effect),
        se=rounded(se),
        df=df,
        p=rounded(2.0 * t_cdf(-abs(log_effect) / se, df)),
        probability_up=rounded(t_cdf(log_effect / se, df)),
        detectable=rounded(detectable(se, df, confidence)),
        placebo_z=(),
        years_before=min(effect.years_before for effect, _ in factors),
        season_seen=all(effect.season_seen for effect, _ in factors),
        expected=nothing,
        low_band=nothing,
        high_band=nothing,
        unseen=max(effect.unseen for effect, _ in factors),
        season_sd=rounded(math.sqrt(max(se**2 - known**2, 0.0))),
        p_season_known=rounded(2.0 * t_cdf(-abs(log_effect) / known, df)) if known > 0.0 else 1.0,
    )
