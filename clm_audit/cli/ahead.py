"""`clm-audit plan`: what could be found, and when; and settling it before there is anything to see."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.memory import room_of
from clm_audit.cli.options import (
    CheckFormat,
    Config,
    Currency,
    GoLive,
    Materiality,
    Memory,
    Paths,
    Presets,
    Quiet,
    Timezone,
    Washout,
)
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import print_drawn, progress, say, write_stdout
from clm_audit.exits import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import date

    from clm_audit.config.plan import AuditPlan

HELP = """Examples:

\b
  clm-audit plan exports/
  clm-audit plan exports/ --go-live 2025-01-01 --freeze plan.json
  clm-audit plan exports/ --go-live 2024-07-01 --effect 10%

Before go-live: which change each metric could show after 4 to 52 weeks, and from which week on. After an undecided
audit: how many weeks to wait. --freeze writes down metrics, margins and windows, so that a later compare can verify
that they were not chosen after seeing the results.
"""


def plan(
    paths: Paths = None,
    go_live: GoLive = None,
    config: Config = None,
    effect: Annotated[
        str | None,
        typer.Option("--effect", metavar="SHARE", help="The change asked for, as 10%; default: what is material."),
    ] = None,
    freeze: Annotated[
        Path | None, typer.Option("--freeze", metavar="FILE", help="Write down the plan, for compare --plan.")
    ] = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="Format of the result on stdout.")] = "text",
    timezone: Timezone = None,
    currency: Currency = None,
    materiality: Materiality = None,
    washout: Washout = None,
    presets: Presets = None,
    memory: Memory = None,
    quiet: Quiet = False,
) -> Outcome:
    """Resolve the plan, read the history, tell what it could show, and freeze the plan if asked to."""
    from clm_audit.config.resolve import resolve
    from clm_audit.pipeline import look_ahead

    options = {
        "go_live": go_live,
        "timezone": timezone,
        "currency": currency,
        "policy.materiality": materiality,
        "windows.washout": washout,
        "presets": presets,
    }
    room = room_of(memory)
    share = None if effect is None else _share(effect)
    settled = resolve(paths or [], config, options, os.environ, Path.cwd(), needs_go_live=False)
    if freeze is not None:
        _check_target(freeze, settled)
    with progress(quiet) as watch:
        report = look_ahead(settled, share, watch, room)
    if freeze is not None:
        _freeze(freeze, settled, report.data_until)
        if not quiet:
            say(f"wrote {freeze}; its hash belongs where nobody can change it later: a commit, a mail")
    if form == "json":
        from clm_audit.report.json_out import to_json

        write_stdout(to_json(report))
    else:
        from clm_audit.report.terminal_ahead import print_ahead

        print_drawn(lambda console: print_ahead(report, console))
    return Outcome(ExitCode.DONE, said=not quiet)


def _share(text: str) -> float:
    from clm_audit.config.scalars import materiality

    try:
        return materiality(text)
    except ValueError as error:
        raise UsageError(f"effect: {error}", where=f"option --effect {text}", hint="write it as 10% or 0.1") from error


def _check_target(path: Path, settled: AuditPlan) -> None:
    """Refuse, before anything is read, a plan that could not be verified or written."""
    if settled.go_live is None:
        hint = "give --go-live YYYY-MM-DD: the day is part of what is settled"
        raise UsageError("a plan without a go-live date settles nothing", where=f"--freeze {path}", hint=hint)
    if not path.parent.is_dir():
        raise UsageError("its folder does not exist", where=f"--freeze {path}", hint="create the folder first")
    if os.path.lexists(path):
        hint = "keep it and name another file: a plan that can be replaced settles nothing"
        raise UsageError("exists already", where=f"--freeze {path}", hint=hint)
    if any(path.resolve().is_relative_to(source.path.resolve()) for source in settled.sources):
        hint = "write it somewhere else"
        what = "is inside a folder of exports, where the next run would read it"
        raise UsageError(what, where=f"--freeze {path}", hint=hint)


def _freeze(path: Path, settled: AuditPlan, data_until: date) -> None:
    from clm_audit.config.registration import freeze, registration_text
    from clm_audit.report.write import write_text

    write_text(path, registration_text(freeze(settled, data_until)), ())
