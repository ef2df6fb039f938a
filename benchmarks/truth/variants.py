"""Would another model find more? ``python benchmarks/truth/variants.py`` makes the last table of ``docs/methods.md``.

Each variant changes one thing of the method and is asked about the same series: false alarms, and what it finds once
its threshold is set where exactly 5 % of its own tests without an effect lie beyond it. The allowance for an unseen
season is off in all of them.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import realtables
import simulated
from effects import NONE, Effect, inject
from firm import World
from product import Look
from run import real_folder
from scipy import stats
from show import grid
from threadpoolctl import threadpool_limits

from clm_audit.inference import structural
from clm_audit.inference.calibrate import Calibration, calibrate
from clm_audit.inference.effect import standard_error
from clm_audit.inference.integrate import find_mode, integrate
from clm_audit.inference.prior import SCALE_PRIOR, ScalePrior
from clm_audit.inference.series import LogSeries, log_series
from clm_audit.inference.short import LEAST_PERIODS_AFTER, LEAST_PERIODS_BEFORE, too_short
from clm_audit.measures.model import MetricTotals

ARMS = (NONE, Effect(0.10), Effect(0.20))
WEEKLY = 40.0
"""Periods a year above which a series is one of weeks."""


class Asked(NamedTuple):
    """A series, its totals, and the modes of the company's other metrics at the same date."""

    totals: MetricTotals
    series: LogSeries
    others: Sequence[Any]


class Answered(NamedTuple):
    """Log effect, standard error and degrees of freedom."""

    effect: float
    se: float
    df: int

    @property
    def p(self) -> float:
        """Two-sided."""
        return float(2 * stats.t.sf(abs(self.effect) / self.se, self.df))


def estimated(series: LogSeries, prior: ScalePrior = SCALE_PRIOR, *, calibrated: bool = True) -> Answered:
    """The method with another prior, or without its calibration."""
    posterior = integrate(replace(structural.build_model(series), prior=prior))
    calibration = calibrate(series, posterior.mode) if calibrated else Calibration((), 1.0, 20)
    effect = float(posterior.weight @ posterior.mean)
    return Answered(effect, standard_error(posterior, calibration), calibration.df)


def prior(factor: Sequence[float] = (1.0,) * 6, spread: float = 1.0) -> ScalePrior:
    """The prior with its medians and spreads multiplied."""
    return ScalePrior(SCALE_PRIOR.centre + np.log(factor), SCALE_PRIOR.spread * spread)


def with_path(asked: Asked, sd: float) -> Answered:
    """An effect that wanders less."""
    usual = structural.PATH_SD
    structural.PATH_SD = sd
    try:
        return estimated(asked.series)
    finally:
        structural.PATH_SD = usual


def shared(asked: Asked) -> Answered:
    """The prior moved half way to where the company's other metrics lie."""
    if not len(asked.others):
        return estimated(asked.series)
    shift = 0.5 * np.mean([mode - SCALE_PRIOR.centre for mode in asked.others], axis=0)
    return estimated(asked.series, ScalePrior(SCALE_PRIOR.centre + shift, SCALE_PRIOR.spread * 0.85))


def merged(asked: Asked, many: int) -> Answered:
    """Mean logs of ``many`` weeks each, counted from go-live; other series as they are."""
    series = asked.series
    enough = series.periods_before // many >= LEAST_PERIODS_BEFORE
    if not enough or series.periods_after // many < LEAST_PERIODS_AFTER or series.ppy < WEEKLY:
        return estimated(series)
    step = np.floor_divide(series.position - series.go_live, many)
    kept = [place for place in np.unique(step) if (step == place).sum() > many // 2]
    inside = [step == place for place in kept]
    first, last = int(kept[0]), int(kept[-1])
    breaks = {int(np.ceil((place - series.go_live) / many)) - first for place in series.breaks}
    return estimated(
        replace(
            series,
            log_ratio=np.array([series.log_ratio[part].mean() for part in inside]),
            years=np.array(kept) * many / series.ppy,
            position=np.array(kept) - first,
            sampling=np.array([series.sampling[part].sum() / part.sum() ** 2 for part in inside]),
            go_live=-first,
            length=last - first + 1,
            ppy=series.ppy / many,
            breaks=tuple(sorted(place for place in breaks if 0 < place <= last - first)),
        )
    )


def mix_held(asked: Asked) -> Answered:
    """The series with its customers made up as after go-live, where there is one."""
    for other in asked.totals.alternatives:
        if other.kind == "mix_held":
            found = log_series(replace(asked.totals, num=other.num, den=other.den, s2=other.s2))
            if found.first == asked.series.first:
                found = replace(found, breaks=asked.series.breaks)
            return estimated(asked.series if too_short(found) else found)
    return estimated(asked.series)


VARIANTS: Mapping[str, Callable[[Asked], Answered]] = {
    "as it is": lambda asked: estimated(asked.series),
    "scales shared over the metrics of a company": shared,
    "path of the effect 0.10 per √year": lambda asked: with_path(asked, 0.10),
    "path of the effect 0.05 per √year": lambda asked: with_path(asked, 0.05),
    "periods of two weeks": lambda asked: merged(asked, 2),
    "periods of four weeks": lambda asked: merged(asked, 4),
    "mix of customers held fixed": mix_held,
    "tighter priors (spread × 0.6)": lambda asked: estimated(asked.series, prior(spread=0.6)),
    "wider priors (spread × 1.5)": lambda asked: estimated(asked.series, prior(spread=1.5)),
    "calmer trend and walk (medians × 0.7)": lambda asked: estimated(asked.series, prior((0.7, 0.7, 1, 1, 1, 1))),
    "no calibration on the history": lambda asked: estimated(asked.series, calibrated=False),
}


def asked_of(world: World, dates: Sequence[tuple[int, int]], chance: tuple[int, int], every: int = 1) -> Iterator[Any]:
    """(arm, what is asked) of one company; effects at ``every`` so-manyth date."""
    for place, (live, end) in enumerate(dates):
        untouched = world.until(end)
        for order, arm in enumerate(ARMS if place % every == 0 else (NONE,)):
            rng = np.random.default_rng([*chance, place, order])
            pairs = list(Look.at(inject(untouched, arm, live, rng), live).assessable())
            modes = [find_mode(structural.build_model(series)) for _, series in pairs]
            for at, (totals, series) in enumerate(pairs):
                yield arm.name, Asked(totals, series, [*modes[:at], *modes[at + 1 :]])


def companies(seed: int, number: int) -> Iterator[Any]:
    """Everything asked of the simulated companies of a seed."""
    for one in range(number):
        world = simulated.simulate(seed, one)
        yield from asked_of(world, simulated.go_lives(world, seed, one), (seed, one))


def journeys() -> Iterator[Any]:
    """Everything asked of The Complete Journey."""
    for number, world in enumerate(realtables.complete_journey(real_folder() / "complete_journey")):
        yield from asked_of(world, realtables.go_lives(world)[::2], (9101, 10_000 + number), every=3)


def column(asked: Iterator[Any]) -> tuple[int, dict[str, str]]:
    """Tests without an effect, and for each variant false alarms, +10 % and +20 % found at equal false alarms."""
    found: dict[str, dict[str, list[Answered]]] = defaultdict(lambda: defaultdict(list))
    for arm, one in asked:
        for name, variant in VARIANTS.items():
            found[name][arm].append(variant(one))
    cells = {}
    for name, arms in found.items():
        quiet = [one.p for one in arms[NONE.name]]
        limit = float(np.quantile(quiet, 0.05))
        power = (np.mean([one.p < limit and one.effect > 0 for one in arms[arm.name]]) for arm in ARMS[1:])
        alarms = 100 * float(np.mean(np.array(quiet) < 0.05))
        cells[name] = ", ".join([f"{alarms:.1f} %", *(f"{100 * float(share):.0f} %" for share in power)])
    return len(quiet), cells


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--companies", type=int, nargs=2, default=(40, 20), help="of seed 9101 and of seed 9303")
    chosen = options.parse_args()
    with threadpool_limits(limits=1, user_api="blas"):
        first, second = (column(companies(*of)) for of in zip((9101, 9303), chosen.companies, strict=True))
        real = column(journeys())
    titles = (f"{chosen.companies[0]} companies, seed 9101", "others, seed 9303", "The Complete Journey")
    head = [f"{title} ({tests})" for title, (tests, _) in zip(titles, (first, second, real), strict=True)]
    rows = [[name, *(cells[name] for _, cells in (first, second, real))] for name in VARIANTS]
    print(grid(["false alarms; +10 % and +20 % found at equal false alarms", *head], rows))


if __name__ == "__main__":
    main()
