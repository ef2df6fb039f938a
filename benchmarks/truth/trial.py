"""One company at one made-up go-live, with every effect and every method: plain records for the scorer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from contenders import Answer, Case, ask
from effects import ARMS, JUDGED, NONE, PATHS, Effect, inject, true_change
from firm import World
from product import Audit, Look, estimated

from clm_audit.inference.model import Effect as Found
from clm_audit.inference.model import Finding
from clm_audit.inference.students import t_quantile

Method = Callable[[Case], Answer | None]
OURS = "clm-audit"
TOLD = (NONE, Effect(0.10), Effect(0.20), *PATHS, *JUDGED)
"""The effects after which everything that the product says is looked at, not only its number."""


class Row(NamedTuple):
    """One test: what one method said of one metric. ``low``, ``high``, ``truth`` on the log scale; ``seconds``."""

    group: str
    cluster: str
    date: int
    arm: str
    metric: str
    method: str
    effect: float
    se: float
    df: float
    low: float
    high: float
    truth: float
    seconds: float


class Said(NamedTuple):
    """What the product said in words of one metric; of the whole audit where ``metric`` is empty.

    ``value``: finding or verdict; ``course``; ``lean`` good fit, switch or neither; ``sure``: P(better);
    ``flips``: the findings of the reruns; ``effect``: the sign of the estimate; ``withheld`` by a data check.
    """

    group: str
    cluster: str
    date: int
    arm: str
    metric: str
    value: str
    course: str = ""
    lean: str = ""
    sure: float = math.nan
    p_holm: float = math.nan
    flips: tuple[str, ...] = ()
    up: bool = False
    rise: bool = False
    withheld: bool = False


class Records(NamedTuple):
    """All that came out of some trials."""

    rows: list[Row]
    said: list[Said]


def try_world(
    world: World,
    dates: Iterable[tuple[int, int]],
    methods: Mapping[str, Method],
    chance: tuple[int, int],
    arms: Sequence[Effect] = ARMS,
    every: int = 1,
) -> Records:
    """Every date of one company. ``dates``: go-live and the day of the audit; ``chance``: seeds of the effects,
    which are put in at ``every`` so-manyth date."""
    records = Records([], [])
    for place, (go_live, end) in enumerate(dates):
        untouched = world.until(end)
        twin = Look.at(untouched, go_live)
        for order, arm in enumerate(arms if place % every == 0 else (NONE,)):
            rng = np.random.default_rng([*chance, place, order])
            touched = twin if arm == NONE else Look.at(inject(untouched, arm, go_live, rng), go_live)
            _try_arm((world.group, world.cluster, go_live, arm), twin, touched, methods, records)
    return records


def _try_arm(
    key: tuple[str, str, int, Effect], twin: Look, look: Look, methods: Mapping[str, Method], records: Records
) -> None:
    group, cluster, date, arm = key
    base = (group, cluster, date, arm.name)
    audit = look.audit() if arm in TOLD else None
    effects = {} if audit is None else {finding.metric: finding.effect for finding in audit.findings}
    untouched = {totals.metric: totals for totals in twin.measured.metrics}
    better: dict[str, bool] = {}
    for totals, series in look.assessable():
        other = untouched[totals.metric]
        if other.missing is not None or other.n0 != totals.n0 or other.num.size != totals.num.size:
            continue  # the effect changed the length of the periods: there is no twin to compare with
        truth = true_change(totals, other, _usable(totals.num.size, series.position + series.first))
        better[totals.metric] = truth > 0
        started = time.perf_counter()
        effect = estimated(totals, series)
        seconds = time.perf_counter() - started
        if effects.get(totals.metric) is not None:
            _same(effects[totals.metric], effect)
        low, high = math.log1p(effect.low), math.log1p(effect.high)
        ours = (effect.log_effect, effect.se, float(effect.df), low, high, truth, seconds)
        records.rows.append(Row(*base, totals.metric, OURS, *ours))
        case = Case(totals, series)
        for name, method in methods.items() if arm not in JUDGED else ():
            started = time.perf_counter()
            answer = ask(method, case)
            seconds = time.perf_counter() - started
            if answer is not None:
                records.rows.append(Row(*base, totals.metric, name, *_interval(answer), truth, seconds))
    if audit is not None:
        records.said.extend(_said(base, audit, better))


def _usable(size: int, places: Any) -> Any:
    usable = np.zeros(size, dtype=bool)
    usable[places] = True
    return usable


def _same(audited: Found | None, alone: Found) -> None:
    """The shortcut must be the audit's own number."""
    if audited is None or audited.log_effect != alone.log_effect or audited.se != alone.se:
        raise AssertionError("the effect differs between the audit and the benchmark")


def _interval(answer: Answer) -> tuple[float, float, float, float, float]:
    half = t_quantile(0.975, min(answer.df, 1e9)) * answer.se
    return answer.effect, answer.se, answer.df, answer.effect - half, answer.effect + half


def _said(base: tuple[str, str, int, str], audit: Audit, better: Mapping[str, bool]) -> Iterable[Said]:
    yield Said(*base, "", audit.verdict.value, lean=audit.verdict.lean)
    for finding in audit.findings:
        if finding.effect is not None and finding.metric in better:
            yield _said_of(base, finding, better[finding.metric], finding.metric in audit.withheld)


def _said_of(base: tuple[str, str, int, str], finding: Finding, rise: bool, withheld: bool) -> Said:
    effect = finding.effect
    assert effect is not None
    return Said(
        *base,
        finding.metric,
        finding.value,
        course=effect.course,
        sure=effect.probability_up,
        p_holm=math.nan if finding.p_holm is None else finding.p_holm,
        flips=tuple(variation.value for variation in finding.variations),
        up=effect.log_effect > 0,
        rise=rise,
        withheld=withheld,
    )
