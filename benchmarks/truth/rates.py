"""From single tests to rates with honest intervals: false alarms, family, coverage, power, width, time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats
from trial import OURS, Row

from clm_audit.inference.decide import equivalence_p, holm

ALPHA = 0.05
MATERIALITY = 0.05
NONE_ARM = "none"
LEAST_TESTS = 40
"""With fewer tests without an effect, "exactly 5 %" cannot be set."""


class Rate(NamedTuple):
    """A share with its 95 % interval; ``tests`` it is of, in ``clusters`` independent companies or units."""

    share: float
    low: float
    high: float
    tests: int
    clusters: int


def evidence(row: Row) -> float:
    """−log p, two-sided: comparable between methods of different degrees of freedom, and never rounded to zero."""
    z = abs(row.effect) / row.se
    tail = stats.norm.logsf(z) if math.isinf(row.df) else stats.t.logsf(z, row.df)
    return -(float(tail) + math.log(2.0))


def rate(hits: Sequence[bool], clusters: Sequence[Hashable]) -> Rate:
    """A share whose interval knows that the tests of one cluster are not independent.

    Wilson's interval at the effective number of tests: as many as give the cluster-robust variance, no more than
    there are; with no hit at all (or nothing but hits), as many as there are clusters.

    >>> rate([True, False, False, False], "abcd")
    Rate(share=0.25, low=0.036841, high=0.743907, tests=4, clusters=4)
    """
    sums: dict[Hashable, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for hit, cluster in zip(hits, clusters, strict=True):
        sums[cluster][0] += hit
        sums[cluster][1] += 1
    n, groups = len(hits), len(sums)
    if not n:
        return Rate(math.nan, math.nan, math.nan, 0, 0)
    share = sum(hits) / n
    effective = float(groups)
    if 0 < share < 1 and groups > 1:
        squares = sum((got - share * of) ** 2 for got, of in sums.values()) * groups / (groups - 1)
        effective = min(float(n), share * (1 - share) / max(squares / n**2, 1e-12))
    z = 1.959963984540054
    centre = (share + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z / (1 + z**2 / effective) * math.sqrt(share * (1 - share) / effective + z**2 / (4 * effective**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Rate(round(share, 6), round(low, 6), round(high, 6), n, groups)


def told(found: Rate) -> dict[str, object]:
    """For JSON: without tests there is no share."""
    return found._asdict() if found.tests else dict.fromkeys(found._fields) | {"tests": 0, "clusters": 0}


def _rate_of(rows: Iterable[Row], hit: Callable[[Row], bool]) -> Rate:
    kept = list(rows)
    return rate([hit(row) for row in kept], [row.cluster for row in kept])


def alarmed(row: Row) -> bool:
    """Whether the method, alone and as it is, calls this a change."""
    return evidence(row) > -math.log(ALPHA)


def covered(row: Row) -> bool:
    """Whether the 95 % interval holds the true change."""
    return row.low <= row.truth <= row.high


def false_alarms(rows: Sequence[Row]) -> Rate:
    """Of rows without an effect."""
    return _rate_of(rows, alarmed)


def family(rows: Sequence[Row]) -> Rate:
    """Audits in which Holm's correction leaves at least one change."""
    audits: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        audits[row.cluster, row.date].append(row)
    hits = [min(holm([math.exp(-evidence(row)) for row in audit])) < ALPHA for audit in audits.values()]
    return rate(hits, [cluster for cluster, _ in audits])


def coverage(rows: Sequence[Row]) -> Rate:
    """Intervals that hold the truth."""
    return _rate_of(rows, covered)


def critical(quiet: Sequence[Row]) -> float | None:
    """The evidence that exactly 5 % of the tests without an effect reach; None where there are too few of them."""
    if len(quiet) < LEAST_TESTS:
        return None
    return float(np.quantile([evidence(row) for row in quiet], 1.0 - ALPHA))


def power(rows: Sequence[Row], threshold: float) -> Rate:
    """Effects that are called a change in their own direction."""
    return _rate_of(rows, lambda row: evidence(row) > threshold and (row.effect > 0) == (row.truth > 0))


def width(rows: Sequence[Row]) -> float:
    """Median width of the 95 % intervals, log points × 100."""
    return round(100 * float(np.median([row.high - row.low for row in rows])), 2)


def inconclusive(rows: Sequence[Row]) -> float:
    """Share that is neither a change (alone, at 5 %) nor shown to be inside ±5 %."""
    hits = [
        not alarmed(row) and equivalence_p(row.effect, row.se, _whole(row.df), MATERIALITY) >= ALPHA for row in rows
    ]
    return round(sum(hits) / len(hits), 4)


def _whole(df: float) -> int:
    return 10**6 if math.isinf(df) else max(1, round(df))


def tables_of(group: str) -> tuple[str, ...]:
    """The rows of the results a group counts in: its own, its table's, and all real tables'.

    >>> tables_of("online retail, whole"), tables_of("simulated")
    (('online retail, whole', 'online retail'), ('simulated',))
    """
    table, _, level = group.partition(", ")
    return (group, table) if level else (group,)


def summary(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, object]]]:
    """Row of the results -> method -> numbers."""
    placed: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for name in tables_of(row.group):
            placed[name, row.method].append(row)
        if row.group == "simulated":
            placed[f"simulated, {row.metric}", row.method].append(row)
    found: dict[str, dict[str, dict[str, object]]] = defaultdict(dict)
    for (name, method), kept in sorted(placed.items()):
        found[name][method] = numbers(kept)
    return dict(found)


def numbers(rows: Sequence[Row]) -> dict[str, object]:
    """Everything about one method in one row of the results."""
    arms: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        arms[row.arm].append(row)
    quiet = arms.get(NONE_ARM, [])
    exact = critical(quiet)
    return {
        "false_alarms": told(false_alarms(quiet)),
        "family": told(family(quiet)),
        "coverage": {arm: told(coverage(kept)) for arm, kept in sorted(arms.items())},
        "power": {
            arm: {
                "as_is": told(power(kept, -math.log(ALPHA))),
                "equal": None if exact is None else told(power(kept, exact)),
            }
            for arm, kept in sorted(arms.items())
            if arm != NONE_ARM
        },
        "p_for_5_percent": None if exact is None else round(math.exp(-exact), 8),
        "median_width": width(quiet) if quiet else None,
        "inconclusive": inconclusive(quiet) if quiet else None,
        "median_error": round(100 * float(np.median([abs(row.effect - row.truth) for row in rows])), 2),
        "milliseconds": round(1000 * float(np.median([row.seconds for row in rows])), 2),
    }


def ranked(numbers_of: Mapping[str, Mapping[str, object]], arm: str) -> list[str]:
    """Methods by power at equal false alarms, best first; those without that number are left out."""

    def reached(method: str) -> float:
        power_of = numbers_of[method]["power"]
        equal = power_of.get(arm, {}).get("equal") if isinstance(power_of, Mapping) else None
        return float(equal["share"]) if equal else -1.0

    return sorted((name for name in numbers_of if reached(name) >= 0), key=lambda name: (-reached(name), name != OURS))
