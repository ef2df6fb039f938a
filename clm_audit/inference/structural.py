"""The structural model of one metric: a Gaussian process with an effect at go-live.

    y_t = μ + βt + walk_t + shock_t + season_t + week-of-year_t + noise_t + 1[t ≥ 0](θ + τ_t)

Everything is Gaussian with mean zero, so that for given scales the posterior of the mean effect θ̄ is in
closed form (Rasmussen & Williams 2006, ch. 2.2 and 5.4.1 for the likelihood's gradient; the decomposition
is that of Harvey 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from clm_audit.inference import kernels
from clm_audit.inference.prior import DIFFUSE, PATH_SD, SCALE_PRIOR, ScalePrior
from clm_audit.inference.series import LogSeries

Floats = NDArray[np.float64]

JITTER = 1e-10
"""Added to the diagonal against rounding; a hundred-thousandth of a log point as a standard deviation."""
IMPOSSIBLE = 1e10
"""Objective where the covariance is not positive definite in floating point: far worse than anything real."""
ENORMOUS = 1e200
"""More than any quadratic form of real data."""
TOGETHER = 16
"""Points whose covariances are made together: they still fit into a processor's cache."""


@dataclass(frozen=True)
class StructuralModel:
    """One metric's series as a Gaussian vector whose covariance depends on six log scales.

    ``mean`` of y, ``residual`` y − mean [n]; ``background`` the five kernels flattened [5, n·n];
    ``fixed`` the covariance that does not depend on the scales [n, n]; ``effect_data`` Cov(y, θ̄) [n];
    ``effect_variance`` Var(θ̄) before the data.
    """

    mean: float
    residual: Floats
    background: Floats
    fixed: Floats
    effect_data: Floats
    effect_variance: float
    prior: ScalePrior = SCALE_PRIOR

    def covariance(self, log_scales: Floats) -> Floats:
        """Covariance of y at the given log scales, [n, n]."""
        return self._covariance(np.exp(2.0 * log_scales))

    def objective(self, log_scales: Floats) -> tuple[float, Floats]:
        """−log posterior of the log scales (up to a constant) and its gradient [6].

        ½ r′C⁻¹r + ½ log|C| + ½ Σ z², z the prior's standardised distance; the derivative by log σ_j is
        σ_j² Σ (C⁻¹ − C⁻¹rr′C⁻¹) ∘ K_j + z_j / spread_j.
        """
        squares = np.exp(2.0 * log_scales)
        root, failed = lapack.dpotrf(self._covariance(squares).T, lower=1, clean=1, overwrite_a=1)
        if failed:
            return IMPOSSIBLE, np.zeros(log_scales.size)
        alpha, _ = lapack.dpotrs(root, self.residual, lower=1)
        z = (log_scales - self.prior.centre) / self.prior.spread
        value = 0.5 * float(self.residual @ alpha) + float(np.log(root.diagonal()).sum()) + 0.5 * float(z @ z)
        inverse, _ = lapack.dpotri(root, lower=1, overwrite_c=1)
        gap = _mirrored(inverse) - np.outer(alpha, alpha)
        slopes = np.append(self.background @ gap.ravel(), np.trace(gap))
        return value, squares * slopes + z / self.prior.spread

    def effect_at(self, log_scales: Floats) -> tuple[Floats, Floats, Floats]:
        """At each of m points of log scales [m, 6]: −log posterior, and mean and standard deviation of θ̄.

        With C = LL′ and u = L⁻¹Cov(y, θ̄), w = L⁻¹r: mean u′w, variance Var(θ̄) − u′u. The two right-hand sides stand
        below C as two more rows, so that its factor ends with u and w.
        """
        kept = np.empty((TOGETHER, (self.residual.size + 2) ** 2))
        found = [self._factors(log_scales[at : at + TOGETHER], kept) for at in range(0, len(log_scales), TOGETHER)]
        log_roots, u, w, failed = (np.concatenate(part) for part in zip(*found, strict=True))
        z = (log_scales - self.prior.centre) / self.prior.spread
        height = 0.5 * _dots(w, w) + log_roots + 0.5 * _dots(z, z)
        sd = np.sqrt(np.maximum(self.effect_variance - _dots(u, u), JITTER))
        nothing = np.sqrt(self.effect_variance)
        return np.where(failed, IMPOSSIBLE, height), np.where(failed, 0.0, _dots(u, w)), np.where(failed, nothing, sd)

    def _factors(self, points: Floats, kept: Floats) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Of the covariance at each of a few points: ½ log|C|, u and w [k, n], and whether it has no factor.

        ``kept``: memory to work in, since to be given new pages again and again costs as much as the factors do.
        """
        n, size = self.residual.size, self.residual.size + 2
        squares = np.exp(2.0 * points)
        total = np.matmul(squares[:, :5], self._bordered[0], out=kept[: len(points)])
        total += self._bordered[1]
        total[:, : n * (size + 1) : size + 1] += squares[:, 5:] + JITTER  # the diagonal of C
        roots = total.reshape(-1, size, size)
        failed = np.array([lapack.dpotrf(each.T, lower=1, clean=0, overwrite_a=1)[1] != 0 for each in roots])
        roots[failed] = 1.0
        log_roots = np.log(np.einsum("kii->ki", roots[:, :n, :n])).sum(axis=1)
        return log_roots, roots[:, :n, n].copy(), roots[:, :n, n + 1].copy(), failed

    @cached_property
    def _bordered(self) -> tuple[Floats, Floats]:
        """The five kernels [5, (n+2)²] and the fixed covariance [(n+2)²], with two more rows and columns for u and w.

        What follows in the last two rows, a Schur complement, is not looked at; its diagonal need only be positive.
        """
        n = self.residual.size
        kernels = np.zeros((5, n + 2, n + 2))
        kernels[:, :n, :n] = self.background.reshape(5, n, n)
        fixed = np.diag(np.full(n + 2, ENORMOUS))
        fixed[:n, :n] = self.fixed
        fixed[:n, n], fixed[:n, n + 1] = self.effect_data, self.residual
        return kernels.reshape(5, -1), fixed.ravel()

    def _covariance(self, squares: Floats) -> Floats:
        n = self.residual.size
        total = squares[:5] @ self.background
        total += self.fixed.ravel()
        total[:: n + 1] += squares[5] + JITTER  # the diagonal
        return total.reshape(n, n)


def build_model(series: LogSeries) -> StructuralModel:
    """The model of a series, the effect included.

    θ and the level are N(0, 25); τ is a random walk from go-live. θ̄ is the plain mean of θ + τ_t over the
    observed periods after go-live.
    """
    effect = effect_covariance(series)
    weights = mean_weights(series)[0]
    n = series.log_ratio.size
    mean = float(series.log_ratio.mean())
    return StructuralModel(
        mean=mean,
        residual=series.log_ratio - mean,
        background=kernels.background_kernels(series.years, series.ppy).reshape(5, n * n),
        fixed=level_and_breaks(series) + effect + np.diag(series.sampling),
        effect_data=effect @ weights,
        effect_variance=float(weights @ effect @ weights),
    )


def mean_weights(series: LogSeries) -> Floats:
    """The weights of the mean over the observed periods after go-live, [1, n]."""
    after = series.after
    return np.asarray((after / np.count_nonzero(after))[None, :], dtype=np.float64)


def history_model(series: LogSeries) -> StructuralModel:
    """The model of a series before any go-live: the same background, no effect."""
    n = series.log_ratio.size
    mean = float(series.log_ratio.mean())
    return StructuralModel(
        mean=mean,
        residual=series.log_ratio - mean,
        background=kernels.background_kernels(series.years, series.ppy).reshape(5, n * n),
        fixed=level_and_breaks(series) + np.diag(series.sampling),
        effect_data=np.zeros(n),
        effect_variance=0.0,
    )


def effect_covariance(series: LogSeries) -> Floats:
    """Covariance of the effect's path θ + τ_t at the observed periods, zero before go-live, [n, n]."""
    after = series.after
    return DIFFUSE * kernels.step(after) + PATH_SD**2 * kernels.fading_path(series.years, after, series.ppy)


def level_and_breaks(series: LogSeries) -> Floats:
    """Covariance of the unknown level and of every known break: a diffuse constant, a diffuse step each."""
    n = series.log_ratio.size
    return np.full((n, n), DIFFUSE) + known_breaks(series)


def known_breaks(series: LogSeries) -> Floats:
    """Covariance of the known breaks alone, a diffuse step each, [n, n]."""
    n = series.log_ratio.size
    total = np.zeros((n, n))
    for position in series.breaks:
        total += DIFFUSE * kernels.step(series.position >= position)
    return total


def without_effect(series: LogSeries, log_scales: Floats) -> Floats:
    """Covariance [n, n] of the metric's expected course had there been no go-live: no effect, no noise."""
    squares = np.exp(2.0 * log_scales[:5])
    return level_and_breaks(series) + np.tensordot(squares, kernels.background_kernels(series.years, series.ppy), 1)


def _dots(one: Floats, other: Floats) -> Floats:
    """Row by row, [m, n] and [m, n] -> [m]."""
    return np.asarray(np.einsum("mn,mn->m", one, other))


def _mirrored(lower: Floats) -> Floats:
    """A full symmetric matrix from its lower triangle (the upper one is zero)."""
    full = lower + lower.T
    np.einsum("ii->i", full)[:] *= 0.5  # a view of the diagonal
    return full
