"""The tables of ``lifecycle.py`` on ``docs/methods.md``: ``python benchmarks/truth/lifecycle_page.py``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from figures import DOCS
from lifecycle import ALL, RAMPS, RESULTS, STEPS
from show import between, grid, percent

PAGE = DOCS / "methods.md"
MARKS = "<!-- lifecycle -->\n", "<!-- end of lifecycle -->"
AIM = 0.05
Numbers = Mapping[str, Any]


def _each(found: Mapping[str, Any]) -> Iterator[tuple[str, Numbers]]:
    """A row's name and its numbers: the metrics of each kind that were assessable at all, and then all of them."""
    for kind, metrics in found["kinds"].items():
        for metric in (*(name for name in metrics if name != ALL), ALL):
            if "false_alarms" in metrics[metric]:
                yield f"{kind}, {metric}", metrics[metric]


def tables(found: Mapping[str, Any]) -> str:
    """What was measured, metric by metric."""
    size = f"This run: `--companies {found['companies']} --seed {found['seed']}`."
    return "\n\n".join([size, _errors(found), _power(found), _family(found), missed(found)]) + "\n"


def _errors(found: Mapping[str, Any]) -> str:
    rows = []
    for name, of in _each(found):
        refused = sum(of["not_assessable"].values()) / of["asked"]
        covered = (of["coverage"]["none"], of["covered"]["steps"], of["covered"]["ramps"])
        alarms = of["false_alarms"]
        count = f"{alarms['tests']} in {alarms['clusters']}"
        rows.append([name, count, between(alarms), *map(between, covered), percent(refused, 0)])
    head = ["metric", "tests in companies", "false alarms", "covered, nothing", "steps", "ramps", "not assessable"]
    return grid(head, rows)


def _power(found: Mapping[str, Any]) -> str:
    rows = []
    arms = [arm.name for arm in (*STEPS, *RAMPS)]
    for name, of in _each(found):
        if name.endswith(f", {ALL}"):
            continue
        cells = []
        for arm in arms:
            reached = of["power"].get(arm, {}).get("as_is")
            change = percent(float(np.expm1(of["truth"][arm])), 0) if arm in of["truth"] else "–"
            cells.append(f"{percent(reached['share'], 0)} of {change}" if reached and reached["tests"] else "–")
        quiet = percent(of["inconclusive"], 0) if of["inconclusive"] is not None else "–"
        rows.append([name, *cells, f"{of['median_width'] / 2:.1f}" if of["median_width"] else "–", quiet])
    return grid(["found, of the true change", *arms, "half-width", "inconclusive"], rows)


def _family(found: Mapping[str, Any]) -> str:
    tried = {kind: of[ALL] for kind, of in found["kinds"].items() if "family" in of[ALL]}
    rows = [[kind, between(of["family"]), str(of["changes_said"])] for kind, of in tried.items()]
    return grid(["at least one false alarm in an audit, Holm over its lifecycle", "share", "changes said"], rows)


def missed(found: Mapping[str, Any]) -> str:
    """Rows in which an aim is missed, and whether chance can be told from the miss."""
    rows = []
    for name, of in _each(found):
        for what, rate in (("false alarms", of["false_alarms"]), ("family", of["family"])):
            if rate["tests"] and rate["share"] > AIM and (what != "family" or name.endswith(f", {ALL}")):
                rows.append([name, f"{what} at most 5 %", between(rate), "yes" if rate["low"] > AIM else "no"])
        for what, rate in (("nothing", of["coverage"]["none"]), *of["covered"].items()):
            if rate["tests"] and rate["share"] < 1 - AIM:
                beyond = "yes" if rate["high"] < 1 - AIM else "no"
                rows.append([name, f"coverage at least 95 %, {what}", between(rate), beyond])
    return grid(["row", "aim", "reached", "beyond chance"], rows) if rows else "None: every aim is met in every row."


def written(page: str, found: Mapping[str, Any]) -> str:
    """The page with the tables of these answers."""
    before, rest = page.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    return f"{before}{MARKS[0]}{tables(found)}{MARKS[1]}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8"), json.loads(RESULTS.read_text("utf-8"))), encoding="utf-8")
