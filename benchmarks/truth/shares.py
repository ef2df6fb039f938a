"""Shares of entrants who do something in time: ``python benchmarks/truth/shares.py``.

A repeat purchase rate is no rate of a week: who came in one week is watched for 90 days, so the windows of neighbouring
weeks overlap and shocks last; the last 90 days have no value yet; those who came in the 90 days before go-live saw both
systems and are left out, so that the history ends a quarter before go-live; and a share cannot pass one. Companies with
nothing but that are drawn customer by customer (``cohorts``) and judged by the method of the product and by what people
use instead. Prints the table, writes ``results/shares.json`` and the table of ``docs/methods.md``.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from contenders import Answer, Case, interrupted, welch
from effects import NONE, PATHS, Effect
from numpy.typing import NDArray
from product import estimated
from rates import Rate, rate
from scipy import stats
from show import grid
from simulated import FIRST_DAY, WEEKS, course, scale

from clm_audit.inference.series import log_series
from clm_audit.inference.short import too_short
from clm_audit.inference.students import t_quantile
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, Ratio

HERE = Path(__file__).resolve().parent
RESULTS, PAGE = HERE / "results" / "shares.json", HERE.parents[1] / "docs" / "methods.md"
MARKS = "<!-- shares -->\n", "<!-- end of shares -->"
Array = NDArray[Any]
HORIZON, LEAST_EVENTS = 90, 25.0
ARMS = (NONE, *(Effect(size) for size in (0.10, 0.20, -0.10)), *PATHS)
OURS, PROPORTIONS = "clm-audit", "two proportions"
METHODS = (OURS, "ITS, Newey-West", PROPORTIONS, "weekly Welch")


class Company(NamedTuple):
    """Entrants by ``day`` of entry, their ``patience`` (unit exponentials over their own pace), and the log ``pace``
    of buying again, per day."""

    day: Array
    patience: Array
    pace: Array


class Tried(NamedTuple):
    """One method at one date: log effect, its standard error, degrees of freedom, and the truth."""

    company: int
    kind: str
    arm: str
    method: str
    effect: float
    se: float
    df: float
    truth: float


def draw(rng: np.random.Generator) -> Company:
    """Entrants who come and buy again at a pace that wanders as everything else in ``simulated.py`` does."""
    arrivals = scale(rng, 60, 0.8) * np.exp(course(rng, season=1.5))
    week = np.repeat(np.arange(WEEKS), rng.poisson(arrivals))
    share = rng.uniform(0.12, 0.8)
    pace = math.log(-math.log1p(-share) / HORIZON) + np.repeat(course(rng), 7)
    patience = rng.exponential(size=week.size) / rng.gamma(2.0, 0.5, week.size)
    return Company(7 * week + rng.integers(0, 7, week.size), patience, pace)


def cohorts(company: Company, effect: Effect, live: int, end: int) -> tuple[Array, Array]:
    """Entrants of each week, and those of them who bought again within 90 days of coming, [WEEKS]."""
    days = np.arange(company.pace.size)
    hazard = np.exp(company.pace) * effect.factor(days, live, end)
    reached = np.concatenate([[0.0], np.cumsum(hazard)])
    until = np.minimum(company.day + HORIZON, days.size)
    again = reached[until] - reached[company.day] >= company.patience
    came = np.bincount(company.day // 7, minlength=WEEKS)
    return came, np.bincount(company.day // 7, again, minlength=WEEKS)


def totals(company: Company, effect: Effect, live: int, end: int) -> MetricTotals:
    """What the product's makers would hand over: half-watched entrants left out, periods of 1, 2 or 4 weeks."""
    came, again = cohorts(company, effect, 7 * live, 7 * end)
    watched = np.arange(WEEKS)
    known = ((watched + 1) * 7 + HORIZON <= 7 * live) | ((watched >= live) & ((watched + 1) * 7 + HORIZON <= 7 * end))
    weeks = next((each for each in (1, 2, 4) if each * np.median(again[known]) >= LEAST_EVENTS), 4)
    first, last = live % weeks, live + (end - live - HORIZON // 7 - 1) // weeks * weeks
    shape = (-1, weeks)
    whole = known[first:last].reshape(shape).all(axis=1)
    num, den = (np.where(whole, part[first:last].reshape(shape).sum(axis=1), np.nan) for part in (again, came))
    with np.errstate(divide="ignore", invalid="ignore"):
        s2 = (1 - num / den) / num
    n0 = (live - first) // weeks
    start = FIRST_DAY + 7 * (first + weeks * np.arange(num.size))
    sides = (Ratio(float(np.nansum(num[cut])), 1.0, 1.0, 1.0) for cut in (slice(n0), slice(n0, None)))
    return MetricTotals("repeat_purchase_rate", start, num, den, s2, n0, WEEKS_PER_YEAR / weeks, *sides)


def proportions(case: Case) -> Answer:
    """The textbook's test of two shares, on the logs: every entrant a coin of its own."""
    num, den = case.totals.num, case.totals.den
    parts = [(np.nansum(num[cut]), np.nansum(den[cut])) for cut in (slice(case.totals.n0), slice(case.totals.n0, None))]
    before, after = (hits / of for hits, of in parts)
    return Answer(math.log(after / before), math.sqrt(sum(1 / hits - 1 / of for hits, of in parts)))


def ours(case: Case) -> Answer:
    """The product."""
    effect = estimated(case.totals, case.series)
    return Answer(effect.log_effect, effect.se, float(effect.df))


ASK = {OURS: ours, "ITS, Newey-West": interrupted, PROPORTIONS: proportions, "weekly Welch": welch}


def tried(seed: int, number: int) -> Iterator[Tried]:
    """One company: a go-live after a year or more of usable history, and one before."""
    rng = np.random.default_rng([seed, number])
    company = draw(rng)
    for kind, earliest, latest in (("a full year before", 72, 110), ("less than a year before", 42, 60)):
        live = int(rng.integers(earliest, latest))
        end = live + int(rng.choice([26, 39, 52]))
        twin = totals(company, NONE, live, end)
        for arm in ARMS:
            found = totals(company, arm, live, end)
            series = log_series(found)
            if found.num.size != twin.num.size or too_short(series) is not None:
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                path = np.log(found.num / found.den) - np.log(twin.num / twin.den)
            places = series.position[series.after] + series.first
            truth = float(path[places][np.isfinite(path[places])].mean())
            for name, method in ASK.items():
                answer = method(Case(found, series))
                if answer is not None:
                    yield Tried(number, kind, arm.name, name, answer.effect, answer.se, answer.df, truth)


def _p(one: Tried) -> float:
    z = abs(one.effect) / one.se
    return float(2 * (stats.norm.sf(z) if math.isinf(one.df) else stats.t.sf(z, one.df)))


def _covered(one: Tried) -> bool:
    return abs(one.effect - one.truth) <= t_quantile(0.975, min(one.df, 1e9)) * one.se


def _share(chosen: list[Tried], hits: list[bool]) -> Rate:
    return rate(hits, [one.company for one in chosen])


def summary(found: list[Tried]) -> dict[str, Any]:
    """Kind of history -> method -> false alarms, coverage and what was found, by effect; the median true change."""
    answers: dict[str, Any] = {}
    for kind in sorted({one.kind for one in found}):
        for method in METHODS:
            mine = [one for one in found if (one.kind, one.method) == (kind, method)]
            arms = {arm.name: [one for one in mine if one.arm == arm.name] for arm in ARMS}
            quiet = arms[NONE.name]
            limit = float(np.quantile([_p(one) for one in quiet], 0.05))
            answers.setdefault(kind, {})[method] = {
                "false_alarms": _share(quiet, [_p(one) < 0.05 for one in quiet])._asdict(),
                "coverage": {name: _share(arm, [_covered(one) for one in arm])._asdict() for name, arm in arms.items()},
                "equal": {
                    name: round(float(np.mean([_p(one) < limit and one.effect * one.truth > 0 for one in arm])), 4)
                    for name, arm in arms.items()
                    if name != NONE.name
                },
                "truth": {name: round(float(np.median([one.truth for one in arm])), 4) for name, arm in arms.items()},
            }
    return answers


def table(found: Mapping[str, Any]) -> str:
    """The table of the page."""

    def told(one: Mapping[str, Any]) -> str:
        return f"{100 * one['share']:.1f} % [{100 * one['low']:.1f} %, {100 * one['high']:.1f} %]"

    rows = []
    for kind, methods in found["kinds"].items():
        tests = methods[OURS]["false_alarms"]
        rows.append([f"{kind}, false alarms ({tests['tests']})", *(told(methods[m]["false_alarms"]) for m in METHODS)])
        rows += [
            [f"{kind}, {arm}: covered", *(told(methods[m]["coverage"][arm]) for m in METHODS)]
            for arm in methods[OURS]["coverage"]
        ]
        for arm, truth in methods[OURS]["truth"].items():
            if arm.startswith("step"):
                size = f"{100 * math.expm1(truth):+.1f} % of the share"
                cells = (f"{100 * methods[m]['equal'][arm]:.0f} %" for m in METHODS)
                rows.append([f"{kind}, {arm} of the pace ({size}): found", *cells])
    return grid(["", *METHODS], rows) + "\n"


def written(page: str, found: Mapping[str, Any]) -> str:
    """The page with the table of these answers."""
    before, rest = page.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    return f"{before}{MARKS[0]}{table(found)}{MARKS[1]}{after}"


def main() -> None:
    """Measure, save, and write the page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--companies", type=int, default=200)
    options.add_argument("--seed", type=int, default=2026)
    chosen = options.parse_args()
    found = [one for number in range(chosen.companies) for one in tried(chosen.seed, number)]
    result = {"companies": chosen.companies, "seed": chosen.seed, "kinds": summary(found)}
    print(table(result))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text("utf-8"), result), encoding="utf-8")


if __name__ == "__main__":
    main()
