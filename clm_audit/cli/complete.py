"""What a shell offers at the Tab key: names that can be explained, time zones, columns of the exports at hand.

Nothing here may raise or print: a shell would show it in the middle of a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

MOST_FILES = 40  # a Tab key is waited for
MOST_ROWS = 50  # a header is looked for no further down


def explained(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Metrics, checks, findings, codes, systems, words; with ``--from``, the numbers of that audit."""
    from clm_audit.exits import AuditError
    from clm_audit.report import words

    names: Sequence[str] = words.explain_names()
    saved = ctx.params.get("saved")
    if saved is not None:
        from clm_audit.report.saved import read_audit
        from clm_audit.report.trace import numbers

        try:
            names = tuple(numbers(read_audit(Path(saved))))
        except AuditError:
            return
    yield from (name for name in names if name.startswith(incomplete))


def zones(incomplete: str) -> Iterator[str]:
    """Time zones by name."""
    from zoneinfo import available_timezones

    yield from sorted(zone for zone in available_timezones() if zone.lower().startswith(incomplete.lower()))


def columns(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Headers of the delimited exports that the command line names so far, for the last item of a list of columns."""
    head, comma, last = incomplete.rpartition(",")
    typed = [*(ctx.params.get("paths") or ()), *(arg for arg in ctx.args if not arg.startswith("-"))]
    found = {header for path in _exports(typed or ["."]) for header in _headers(path)}
    yield from (f"{head}{comma}{header}" for header in sorted(found) if header.lower().startswith(last.strip().lower()))


def _exports(paths: Sequence[str]) -> Iterator[Path]:
    for given in paths:
        path = Path(given)
        files = sorted(Path(folder) / name for folder, _, names in os.walk(path) for name in names)
        yield from ([path] if path.is_file() else files[:MOST_FILES])


def _headers(path: Path) -> Sequence[str]:
    """The header of a delimited text: its widest of the first lines that comes first."""
    import csv

    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return ()
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = [line for _, line in zip(range(MOST_ROWS), file, strict=False)]
        separator = max(",;\t|", key=lambda one: max((line.count(one) for line in lines), default=0))
        rows = [row for row in csv.reader(lines, delimiter=separator) if len(row) > 1]
    except (OSError, csv.Error):
        return ()
    return [cell.strip() for cell in max(rows, key=len)] if rows else ()
