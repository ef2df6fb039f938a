"""The measured tables of docs/intake.md, from the saved results: ``python benchmarks/intake/intake_page.py``."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "intake.md"
READER_COLUMNS = {
    "simple": "simple", "weighted": "weighted", "records": "records recovered", "cells": "cells recovered",
    "header": "headers", "silent": "files silently wrong", "lost_silently": "records lost silently",
    "lost": "records lost in all", "alarms": "false alarms", "refused": "files refused",
}  # fmt: skip
SHARES = {"records", "cells", "header"}


def _cell(key: str, value: float) -> str:
    if key in SHARES:
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _table(first: str, found: Mapping[str, Mapping[str, float]]) -> str:
    lines = ["| " + " | ".join((first, *READER_COLUMNS.values())) + " |", "|---|" + "---:|" * len(READER_COLUMNS)]
    for name, numbers in found.items():
        lines.append("| " + " | ".join((name, *(_cell(key, numbers[key]) for key in READER_COLUMNS))) + " |")
    return "\n".join(lines)


def pollution(result: Mapping[str, Any]) -> str:
    """All readers over all files."""
    clean = next(iter(result["readers"].values()))["clean"]
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items() if name != "clm-audit")
    words = f"{result['files']:,} files of seed {result['seed']}, {clean} of them clean in some dialect ({versions}):"
    return f"{words}\n\n{_table('reader', result['readers'])}"


def families(result: Mapping[str, Any]) -> str:
    """clm-audit by family."""
    return _table("family", result["families"]["clm-audit"])


def corpora(result: Mapping[str, Mapping[str, str]]) -> str:
    """How the files of each corpus ended, each way of reading counted."""
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    files: Counter[str] = Counter()
    for path, ways in result.items():
        if "/" in path:
            files[path.split("/")[0]] += 1
            ends[path.split("/")[0]].update(ways.values())
    lines = ["| corpus | files | read | refused with a reason | anything else |", "|---|---:|---:|---:|---:|"]
    for name, found in sorted(ends.items()):
        other = found.total() - found["read"] - found["refused"]
        lines.append(f"| {name} | {files[name]} | {found['read']} | {found['refused']} | {other} |")
    return "\n".join(lines)


def speed(result: Mapping[str, Any]) -> str:
    """Each program over the plain Polars read of the same file."""
    runs = result["runs"]
    lines = [
        "| rows | file | program | CPU ÷ Polars | wall ÷ Polars | peak MB | rows read |",
        "|---:|---|---|---:|---:|---:|---:|",
    ]
    for one in runs:
        same = [x for x in runs if (x["millions"], x["state"]) == (one["millions"], one["state"])]
        floor = next(x for x in same if x["contender"] == "polars")
        over = f"{one['cpu'] / floor['cpu']:.1f} | {one['wall'] / floor['wall']:.1f}"
        rows = f"{one['found']['rows']:,}" if "rows" in one["found"] else "failed"
        lines.append(
            f"| {one['millions']} M | {one['state']} | {one['contender']} | {over} | {one['peak']:.0f} | {rows} |"
        )
    return "\n".join(lines)


TABLES = {"pollution": pollution, "families": families, "corpora": corpora, "speed": speed}
SOURCES = {"pollution": "pollution", "families": "pollution", "corpora": "corpora", "speed": "speed"}


def written(page: str) -> str:
    """The page with its tables as the results have them."""
    for name, make in TABLES.items():
        result = json.loads((HERE / "results" / f"{SOURCES[name]}.json").read_text(encoding="utf-8"))
        block = f"<!-- {name} -->\n{make(result)}\n<!-- /{name} -->"
        page = re.sub(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, block=block: block, page, flags=re.DOTALL)
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
