"""Writes the measured tables into ``docs/methods.md``: ``python benchmarks/truth/page.py`` after a full run.

A table stands between ``<!-- truth: name -->`` and ``<!-- end -->``; everything else on the page is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from figures import DOCS, RESULT, figures
from rates import ranked
from show import STEPS, TABLES, alarms, between, covers, grid, order, percent, powers, said, widths
from trial import OURS

PAGE = DOCS / "methods.md"
AIM = 0.05


def parts(found: Mapping[str, Any]) -> dict[str, str]:
    """Name of a place on the page -> what stands there."""
    groups = found["groups"]
    tables = [name for name in TABLES if name in groups]
    every = [name for name in order(groups) if not name.startswith("simulated, ")]
    by_metric = [name for name in order(groups) if name.startswith("simulated, ")]
    return {
        "size": size(found),
        "alarms": alarms(groups, every),
        "family": alarms(groups, every, "family"),
        "coverage": covers(groups, tables),
        "power": powers(groups, tables, "equal"),
        "power as is": powers(groups, tables, "as_is"),
        "by metric": powers(groups, by_metric, "equal"),
        "width": widths(groups, tables),
        "sentences": said(found["statements"], tables),
        "missed": missed(groups),
    }


def size(found: Mapping[str, Any]) -> str:
    """How much was run, in a sentence."""
    tests = sum(numbers["false_alarms"]["tests"] for numbers in found["groups"]["simulated"].values())
    libraries = ", ".join(f"{name} {version}" for name, version in found["versions"].items() if name != "clm-audit")
    return (
        f"{found['companies']} simulated companies (`--companies {found['companies']}`) and the real tables, "
        f"seed {found['seed']}, "
        f"{tests:,} tests of all methods without an effect in the first row alone ({libraries})."
    )


def missed(groups: Mapping[str, Any]) -> str:
    """Where the product does not reach its own aims, row by row; whether chance can be told from a miss."""
    rows = []
    for name in order(groups):
        ours = groups[name][OURS]
        for what in ("false_alarms", "family"):
            rate = ours[what]
            if rate["tests"] and rate["share"] > AIM:
                rows.append([name, f"{what.replace('_', ' ')} at most 5 %", between(rate), _sure(rate["low"] > AIM)])
        rows += [[name, *cells] for cells in (_uncovered(ours), _outdone(groups[name])) if cells]
    return grid(["row", "aim", "reached", "beyond chance"], rows) if rows else "None: every aim is met in every row."


def _uncovered(ours: Mapping[str, Any]) -> list[str]:
    """Effects whose interval holds the truth too seldom: how many of them, and the worst."""
    rates = {arm: rate for arm, rate in ours["coverage"].items() if rate["tests"]}
    low = {arm: rate for arm, rate in rates.items() if rate["share"] < 1 - AIM}
    if not low:
        return []
    worst = min(low, key=lambda arm: (low[arm]["share"], arm))
    told = f"below for {len(low)} of {len(rates)} effects, {worst}: {between(low[worst])}"
    return ["coverage at least 95 %", told, _sure(any(rate["high"] < 1 - AIM for rate in low.values()))]


def _outdone(methods: Mapping[str, Any]) -> list[str]:
    """Effects that another method finds more often at equal false alarms."""
    told, sure = [], False
    for arm in STEPS:
        best = ranked(methods, arm)[:1]
        if best and best[0] != OURS:
            first, mine = (methods[each]["power"][arm]["equal"] for each in (best[0], OURS))
            sure = sure or first["low"] > mine["high"]
            sizes = arm.removeprefix("step "), percent(mine["share"], 0), best[0], percent(first["share"], 0)
            told.append("{}: {}, {} {}".format(*sizes))
    return ["most power", "; ".join(told), _sure(sure)] if told else []


def _sure(sure: bool) -> str:
    return "yes" if sure else "no"


def written(page: str, found: Mapping[str, Any]) -> str:
    """The page with today's tables. Raises KeyError when it asks for one that there is not."""
    made = parts(found)
    pattern = re.compile(r"(<!-- truth: ([a-z ]+) -->\n)(?:(?!<!--).)*(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}{made[match[2]]}\n{match[3]}", page)


def main() -> None:
    """Tables and figures."""
    found = json.loads(RESULT.read_text("utf-8"))
    PAGE.write_text(written(PAGE.read_text("utf-8"), found), encoding="utf-8")
    for name, drawn in figures(found).items():
        (DOCS / name).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
