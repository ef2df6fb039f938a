"""What people use instead, each as its textbook or its library has it, on the very periods that the product sees.

Every contender answers with an estimate of the log effect, its standard error and degrees of freedom (infinite =
normal). All are given what they can take: breaks that the audit is told of go in as steps where a method has
regressors, and a yearly season as Fourier pairs where it has them and a full year was seen.
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.series import LogSeries
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, Ratio

Array = NDArray[Any]
WEEKS_IN_YEAR = 52
NORMAL = 1.959963984540054


class Answer(NamedTuple):
    """Log effect, its standard error and the degrees of freedom of its t quantile."""

    effect: float
    se: float
    df: float = math.inf


@dataclass(frozen=True)
class Case:
    """One metric at one date: the totals as measured, and the log series of its usable periods."""

    totals: MetricTotals
    series: LogSeries

    @property
    def y(self) -> Array:
        """Log ratios, [n]."""
        return self.series.log_ratio

    @property
    def after(self) -> Array:
        """Which periods lie after go-live, [n]."""
        return self.series.after

    @property
    def season_seen(self) -> bool:
        """Whether a full year lies before go-live."""
        return bool(self.series.years_before >= 1.0)

    def regressors(self) -> Array:
        """Steps at known breaks, and a Fourier pair when a full year was seen, [n, k]."""
        columns = [(self.series.position >= place) * 1.0 for place in self.series.breaks]
        if self.season_seen:
            turn = 2 * np.pi * self.series.years
            columns += [np.sin(turn), np.cos(turn)]
        return np.column_stack(columns) if columns else np.zeros((self.y.size, 0))


def welch(case: Case) -> Answer | None:
    """Welch's two-sample test on the logs of the periods."""
    before, after = case.y[~case.after], case.y[case.after]
    parts = before.var(ddof=1) / before.size, after.var(ddof=1) / after.size
    total = sum(parts)
    if total <= 0:
        return None
    df = total**2 / (parts[0] ** 2 / (before.size - 1) + parts[1] ** 2 / (after.size - 1))
    return Answer(float(after.mean() - before.mean()), math.sqrt(total), float(df))


def ratio_test(case: Case) -> Answer | None:
    """The A/B tool's test: ratio of the windows' sums, delta method, clustered by what repeats.

    Clusters are customers over both windows for the two order metrics; for the others the periods' own clustered
    variances add up.
    """
    before, after = case.totals.before, case.totals.after
    if not isinstance(before, Ratio) or not isinstance(after, Ratio) or before.value <= 0 or after.value <= 0:
        return None
    error = case.totals.how.get("observed_se")
    se = float(error) if error is not None else _summed_error(case.totals)
    return None if not se > 0 else Answer(math.log(after.value / before.value), se)


def _summed_error(totals: MetricTotals) -> float:
    if totals.s2 is None:
        return math.nan
    n1 = totals.num.size - totals.n0
    variance = 0.0
    for part in (slice(max(0, totals.n0 - n1), totals.n0), slice(totals.n0, None)):
        num, s2 = totals.num[part], totals.s2[part]
        known = np.isfinite(num) & np.isfinite(s2)
        variance += float((num[known] ** 2 * s2[known]).sum()) / max(float(num[known].sum()), 1e-12) ** 2
    return math.sqrt(variance)


def year_over_year(case: Case) -> Answer | None:
    """Each period against the same weeks a year before: a paired t-test."""
    lag = round(WEEKS_IN_YEAR * case.series.ppy / WEEKS_PER_YEAR)
    value = dict(zip(case.series.position.tolist(), case.y.tolist(), strict=True))
    later = [place for place in case.series.position[case.after].tolist() if place - lag < case.series.go_live]
    gaps = np.array([value[place] - value[place - lag] for place in later if place - lag in value])
    if gaps.size < 4 or gaps.std() == 0:
        return None
    return Answer(float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(gaps.size), gaps.size - 1.0)


def interrupted(case: Case) -> Answer | None:
    """Segmented regression, level and slope, with Newey-West errors (lag 4(n/100)^(2/9), small-sample factor)."""
    import statsmodels.api as sm

    t, after = case.series.years, case.after * 1.0
    x = np.column_stack([np.ones(t.size), t, after, after * t, case.regressors()])
    if t.size <= x.shape[1] + 3:
        return None
    lags = int(4 * (t.size / 100) ** (2 / 9))
    fit = sm.OLS(case.y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    weights = np.zeros(x.shape[1])
    weights[2], weights[3] = 1.0, float(t[case.after].mean())
    variance = float(weights @ fit.cov_params() @ weights)
    if not variance > 0:
        return None
    return Answer(float(weights @ fit.params), math.sqrt(variance), float(t.size - x.shape[1]))


def arima(case: Case) -> Answer | None:
    """ARIMA(0,1,1) with a step at go-live (Box & Tiao's intervention model), by maximum likelihood."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    y, places = _with_gaps(case, case.y)
    step = np.column_stack([(places >= case.series.go_live) * 1.0, _spread(case, case.regressors())])
    fit = SARIMAX(y, exog=step, order=(0, 1, 1)).fit(disp=0)
    return Answer(float(fit.params[0]), float(fit.bse[0])) if fit.bse[0] > 0 else None


def local_level(case: Case) -> Answer | None:
    """A local level fitted before go-live and forecast over the after period: the mean of what is left."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y, places = _with_gaps(case, case.y)
    live = case.series.go_live
    exog = _spread(case, case.regressors())
    known = np.flatnonzero(np.ptp(exog[:live], axis=0) > 0) if exog.size else np.zeros(0, dtype=int)
    given = exog[:, known] if known.size else None
    model = UnobservedComponents(y[:live], "llevel", exog=None if given is None else given[:live])
    fit = model.fit(disp=0)
    after = places[case.series.position[case.after]]
    ahead = fit.get_forecast(y.size - live, exog=None if given is None else given[live:])
    mean = np.asarray(ahead.predicted_mean)[after - live]
    return Answer(float((case.y[case.after] - mean).mean()), _mean_error(fit, after - live))


def _mean_error(fit: Any, steps: Array) -> float:
    """Standard error of the mean forecast: the errors of a wandering level add up, those of single periods do not.

    Cov(level at h, level at k) = P + min(h, k) σ²_η, plus σ²_ε on the diagonal; P the filter's last variance.
    """
    irregular, level = (float(fit.params[name]) for name in (0, 1))
    start = float(fit.predicted_state_cov[0, 0, -1])
    covariance = start + level * np.minimum.outer(steps, steps) + irregular * np.eye(steps.size)
    return math.sqrt(float(covariance.mean()))


def causal_impact(case: Case) -> Answer | None:
    """CausalImpact (a port of the R package, its defaults): Bayesian local level with 1000 Gibbs draws."""
    import pandas as pd
    from causal_impact import CausalImpact

    live = int(np.count_nonzero(~case.after))
    frame = pd.DataFrame({"y": case.y})
    for number, column in enumerate(case.regressors().T):
        if np.ptp(column[:live]) > 0:
            frame[f"x{number}"] = column
    found = CausalImpact(frame, [0, live - 1], [live, case.y.size - 1]).summary_stats
    low, high, centre = (float(found[name]) for name in ("ci_lower", "ci_upper", "point_effect_mean"))
    return Answer(centre, (high - low) / 2 / NORMAL) if high > low else None


def _with_gaps(case: Case, values: Array) -> tuple[Array, Array]:
    """Values on every position, NaN where a period is missing, and the positions."""
    places = np.arange(case.series.length)
    full = np.full(places.size, np.nan)
    full[case.series.position] = values
    return full, places


def _spread(case: Case, columns: Array) -> Array:
    """Regressors on every position, missing ones in between interpolated, [length, k]."""
    places = np.arange(case.series.length)
    found = [np.interp(places, case.series.position, column) for column in columns.T]
    return np.column_stack(found) if found else np.zeros((places.size, 0))


def always_improved(case: Case) -> Answer | None:
    """A method that always finds the same rise: what the harness must catch."""
    return Answer(math.log(1.1), 0.001) if case.y.size else None


CONTENDERS: Mapping[str, Callable[[Case], Answer | None]] = {
    "weekly Welch": welch,
    "clustered ratio": ratio_test,
    "year over year": year_over_year,
    "ITS, Newey-West": interrupted,
    "ARIMA(0,1,1)": arima,
    "local level": local_level,
    "CausalImpact": causal_impact,
}
NEEDS = {"ITS, Newey-West": "statsmodels", "ARIMA(0,1,1)": "statsmodels", "local level": "statsmodels"} | {
    "CausalImpact": "causal_impact"
}


def available() -> dict[str, Callable[[Case], Answer | None]]:
    """The contenders whose libraries are installed."""
    return {
        name: method
        for name, method in CONTENDERS.items()
        if name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None
    }


def ask(method: Callable[[Case], Answer | None], case: Case) -> Answer | None:
    """The answer of one method; None where it has none or its numbers are none.

    Libraries warn of optimisers that stopped early; their answer counts all the same, as it would for their users.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = method(case)
        except (ValueError, np.linalg.LinAlgError):
            return None
    if found is None or not (math.isfinite(found.effect) and math.isfinite(found.se) and found.se > 0):
        return None
    return found
