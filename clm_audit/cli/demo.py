"""`clm-audit demo`: the sample company, written out and audited."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from clm_audit.cli.compare import run, with_gate
from clm_audit.cli.options import Quiet
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import Outputs, print_as
from clm_audit.cli.streams import say
from clm_audit.exits import Problem, UsageError, exit_code

HELP = """Examples:

\b
  clm-audit demo
  clm-audit demo --output try/

Write the exports of a sample company to a folder, audit them, and say where the report is.
"""
FOLDER = Path("clm-audit-demo")
PARTS = ("before", "after", "clm-audit.yaml", "README.md")


def demo(
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="Folder for the sample company and its report.")
    ] = FOLDER,
    quiet: Quiet = False,
) -> Outcome:
    """Copy the sample company, audit it, write report.html and audit.json beside it."""
    from clm_audit.config.resolve import resolve
    from clm_audit.config.shipped import shipped

    copy_sample(shipped("sample_data"), output)
    plan = with_gate(resolve([], output / "clm-audit.yaml", {}, {}, Path.cwd()), wanted=False)
    outputs = Outputs({"html": output / "report.html", "json": output / "audit.json"}).beside(plan)
    outputs.check()
    report = run(plan, outputs, stamp=False, quiet=quiet)
    print_as(report, Outputs())
    if not quiet:
        say(f"the report is {output / 'report.html'}")
        say("next: clm-audit init exports/  (propose a configuration for your own exports)")
    return Outcome(exit_code(fit=report.verdict.value != "not assessable", gate="none"), said=not quiet)


def copy_sample(sample: Path, target: Path) -> None:
    """Copy the sample company to ``target``; what is there already must be the same. Every file is whole or not there.

    Raises :class:`UsageError` when a file of another content, or a file that is not the sample's, stands
    where the exports would be read.
    """
    from clm_audit.report.write import Target, write_all

    wanted = {path.relative_to(sample): path for path in _files(sample)}
    problems = tuple(_in_the_way(wanted, target))
    if problems:
        raise UsageError(problems=problems)
    missing = {target / name: path for name, path in wanted.items() if not (target / name).exists()}
    for copy in missing:
        copy.parent.mkdir(parents=True, exist_ok=True)
    write_all([Target(copy, path.read_bytes()) for copy, path in missing.items()])


def _files(sample: Path) -> Iterator[Path]:
    for part in PARTS:
        path = sample / part
        yield from sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]


def _in_the_way(wanted: dict[Path, Path], target: Path) -> Iterator[Problem]:
    from clm_audit.report.write import is_remnant

    hint = "give another folder with --output"
    if target.exists() and not target.is_dir():
        yield Problem("is not a folder", str(target), hint)
        return
    for name, path in wanted.items():
        copy = target / name
        if os.path.lexists(copy) and not (copy.is_file() and copy.read_bytes() == path.read_bytes()):
            yield Problem("exists, and is not the sample company's", str(copy), hint)
    for part in ("before", "after"):
        for found in sorted((target / part).rglob("*")):
            if not found.is_dir() and found.relative_to(target) not in wanted and not is_remnant(found.name):
                yield Problem("is not a file of the sample company", str(found), hint)
