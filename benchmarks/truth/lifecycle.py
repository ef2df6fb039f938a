"""Metrics of the lifecycle, from facts to finding: ``python benchmarks/truth/lifecycle.py``.

Companies to which nothing happened (``journeys.py``) are measured by ``clm_audit.measures`` and judged by
``clm_audit.inference`` at made-up go-lives, as they are and with every pace changed from go-live on, so that makers,
exposure and censoring are tried along with the model. The truth of an effect is what the untouched twin does not have.
Prints the tables, writes ``results/lifecycle.json`` and the tables of ``docs/methods.md``. In short it only prints; so
it does of some metrics alone (``--only``), without effects: many more companies for the question of false alarms.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from effects import NONE, Effect, true_change
from journeys import DAYS, KINDS, WARM, Company, draw, facts, plan
from numpy.typing import NDArray
from rates import coverage, numbers, told
from run import ONE_THREAD
from simulated import WEEKS
from trial import OURS, Row

from clm_audit.inference.assess import assess
from clm_audit.inference.model import Finding
from clm_audit.inference.series import log_series
from clm_audit.measures.measure import measure
from clm_audit.measures.model import MetricTotals

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "lifecycle.json"
SIZES = (0.10, 0.20, -0.10, -0.20)
STEPS, RAMPS = (tuple(Effect(size, shape) for size in SIZES) for shape in ("step", "ramp"))
ARMS = (NONE, *STEPS, *RAMPS)
SPANS = ((104, 130), (66, 96))
"""Weeks of data before the two made-up go-lives of a company."""
EFFECTS_EVERY = 3
"""Effects are put in at the first go-live of every third company: they take nine tenths of the time."""
AFTER = (39, 52)
COMPANIES, SHORT = 120, 4
ALL = "all"
Array = NDArray[Any]


class Asked(NamedTuple):
    """Whether a metric of the lifecycle was assessable at one date without an effect, and the finding's code."""

    kind: str
    company: int
    metric: str
    assessed: bool
    code: str
    value: str


class Wanted(NamedTuple):
    """What is tried: the ``arms``, and of the metrics ``only`` some where any is named."""

    arms: Sequence[Effect] = ARMS
    only: Sequence[str] = ()


class Found(NamedTuple):
    """All that came out of some companies."""

    rows: list[Row]
    asked: list[Asked]


NOTHING, EVERYTHING = Found([], []), Wanted()
Keep = Path | None
Audited = Mapping[str, tuple[MetricTotals, Finding]]


def audited(company: Company, effect: Effect, live: int, end: int, only: Sequence[str] = ()) -> Audited:
    """Metric -> its totals and its finding, by the product alone."""
    asked = plan(live, only)
    factor = effect.factor(np.arange(DAYS), live, end)
    measured = measure(asked, facts(company, factor, end))
    findings = assess(asked, replace(measured, metrics=()))
    return {totals.metric: (totals, found) for totals, found in zip(measured.lifecycle, findings, strict=True)}


def truth(touched: MetricTotals, untouched: MetricTotals) -> float:
    """What the effect did to the metric, log points; NaN where the twins' periods differ."""
    if touched.factors:
        pairs = zip(touched.factors, untouched.factors, strict=True)
        return float(sum(one.power * truth(one.totals, other.totals) for one, other in pairs))
    if touched.num.size != untouched.num.size or touched.n0 != untouched.n0:
        return math.nan
    series = log_series(touched)
    usable = np.zeros(touched.num.size, dtype=bool)
    usable[series.position + series.first] = True
    return true_change(touched, untouched, usable)


def try_company(seed: int, wanted: Wanted, number: int) -> Found:
    """Everything about one company."""
    company, rng = draw(seed, number), np.random.default_rng([seed, number, 8])
    found = Found([], [])
    for place, span in enumerate(SPANS):
        live = int(rng.integers(*span))
        end = min(live + int(rng.choice(AFTER)), WEEKS)
        days = WARM + 7 * live, WARM + 7 * end
        twin = audited(company, NONE, *days, wanted.only)
        found.asked.extend(
            Asked(company.kind, number, metric, one.effect is not None, one.code or "", one.value)
            for metric, (_, one) in twin.items()
        )
        for arm in wanted.arms if place == 0 and number % EFFECTS_EVERY == 0 else (NONE,):
            looked = twin if arm == NONE else audited(company, arm, *days, wanted.only)
            found.rows.extend(_rows(company, live, arm, looked, twin))
    return found


def _rows(company: Company, live: int, arm: Effect, looked: Audited, twin: Audited) -> list[Row]:
    rows = []
    for metric, (totals, finding) in looked.items():
        effect, other = finding.effect, twin[metric][0]
        if effect is None or twin[metric][1].effect is None:
            continue
        true = truth(totals, other)
        if math.isfinite(true):
            key = (company.kind, f"company {company.number}", live, arm.name, metric, OURS)
            low, high = math.log1p(effect.low), math.log1p(effect.high)
            rows.append(Row(*key, effect.log_effect, effect.se, float(effect.df), low, high, true, 0.0))
    return rows


def run(
    todo: Sequence[int],
    seed: int,
    workers: int,
    minutes: float = math.inf,
    earlier: Found = NOTHING,
    keep: Keep = None,
    wanted: Wanted = EVERYTHING,
) -> Found:
    """All companies in their order, whatever the number of workers; none is begun after so many ``minutes``."""
    found, started, batch = Found([*earlier.rows], [*earlier.asked]), time.monotonic(), 4 * workers
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # one process a core; the children read it as they start
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for first in range(0, len(todo), batch):
            if time.monotonic() - started > 60 * minutes:
                print(f"time is up: {len(todo) - first} companies were left out")
                break
            for one in pool.map(partial(try_company, seed, wanted), todo[first : first + batch], chunksize=1):
                found.rows.extend(one.rows)
                found.asked.extend(one.asked)
            if keep is not None:
                save(found, keep)
            print(f"{min(len(todo), first + batch)} of {len(todo)} companies", flush=True)
    return found


def save(found: Found, path: Path) -> None:
    """The single tests, for whoever wants to look closer or to go on: two Parquet files beside ``path``."""
    for name, kept in found._asdict().items():
        pl.DataFrame([one._asdict() for one in kept]).write_parquet(path.with_name(f"{path.name}_{name}.parquet"))


def known(path: Path) -> Found:
    """The single tests of an earlier run, as :func:`save` left them; none where there is no file."""
    if not path.with_name(f"{path.name}_asked.parquet").is_file():
        return NOTHING
    rows, asked = (pl.read_parquet(path.with_name(f"{path.name}_{name}.parquet")) for name in Found._fields)
    return Found([Row(**one) for one in rows.to_dicts()], [Asked(**one) for one in asked.to_dicts()])


def summary(found: Found) -> dict[str, dict[str, Any]]:
    """Kind of company -> metric (and ``all``) -> numbers."""
    answers: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        mine = [row for row in found.rows if row.group == kind]
        asked = [one for one in found.asked if one.kind == kind]
        for metric in (ALL, *dict.fromkeys(one.metric for one in asked)):
            rows = [row for row in mine if metric in (ALL, row.metric)]
            told_of = [one for one in asked if metric in (ALL, one.metric)]
            answers.setdefault(kind, {})[metric] = _numbers(rows, told_of)
    return answers


def _numbers(rows: Sequence[Row], asked: Sequence[Asked]) -> dict[str, Any]:
    refused = Counter(one.code for one in asked if not one.assessed)
    answers: dict[str, Any] = {
        "asked": len(asked),
        "not_assessable": dict(sorted(refused.items())),
        "changes_said": sum(one.value in ("improved", "worsened") for one in asked),
    }
    if not rows:
        return answers
    scored = numbers(rows)
    del scored["milliseconds"]
    arms = {arm.name: [row for row in rows if row.arm == arm.name] for arm in ARMS}
    shapes = {"steps": STEPS, "ramps": RAMPS}
    pooled = {name: told(coverage([row for arm in of for row in arms[arm.name]])) for name, of in shapes.items()}
    true = {name: round(float(np.median([row.truth for row in some])), 4) for name, some in arms.items() if some}
    return {**answers, **scored, "covered": pooled, "truth": true}


def main() -> None:
    """Measure, print, save, and write the page."""
    from lifecycle_page import PAGE, tables, written

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--companies", type=int, help=f"half of each kind (default {COMPANIES})")
    options.add_argument("--short", action="store_true", help="a look in a minute: few companies, nothing is saved")
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--minutes", type=float, default=math.inf, help="begin no company after so many minutes")
    options.add_argument("--records", type=Path, help="also write every single test here (Parquet)")
    options.add_argument("--resume", action="store_true", help="go on from the tests that are in --records already")
    options.add_argument("--only", nargs="+", default=(), help="of the metrics some, without effects; only printed")
    options.add_argument("--kind", choices=KINDS, help="of the companies those of one kind")
    chosen = options.parse_args()
    companies = chosen.companies or (SHORT if chosen.short else COMPANIES)
    earlier = known(chosen.records) if chosen.resume and chosen.records else NOTHING
    done = {one.company for one in earlier.asked}
    kinds = (chosen.kind,) if chosen.kind else KINDS
    todo = [number for number in range(companies) if number not in done and KINDS[number % len(KINDS)] in kinds]
    wanted = Wanted((NONE,), chosen.only) if chosen.only else EVERYTHING
    found = run(todo, chosen.seed, chosen.workers, chosen.minutes, earlier, chosen.records, wanted)
    tried = len({one.company for one in found.asked})
    result = {"companies": tried, "seed": chosen.seed, "kinds": summary(found)}
    print(tables(result))
    if not (chosen.short or chosen.only or chosen.kind):
        RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(written(PAGE.read_text("utf-8"), result), encoding="utf-8")


if __name__ == "__main__":
    main()
