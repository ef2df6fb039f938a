"""`clm-audit check`: the intake ledger and the data checks, no verdict."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.engines import with_engine
from clm_audit.cli.memory import room_of
from clm_audit.cli.options import (
    CheckFormat,
    Config,
    Currency,
    GoLive,
    Memory,
    Paths,
    Presets,
    Quiet,
    Rejects,
    Timezone,
    WithEngine,
)
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import Outputs
from clm_audit.cli.streams import print_drawn, progress, say_written, write_stdout
from clm_audit.exits import ExitCode

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.facts.nothing import NothingDatedError
    from clm_audit.facts.room import Room
    from clm_audit.intake.model import Progress, Reject
    from clm_audit.report.model_check import CheckOnlyReport

HELP = """Examples:

\b
  clm-audit check exports/
  clm-audit check exports/ --go-live 2024-07-01
  clm-audit check -c client.yaml --format json

Read everything and say what became of every row and what the data are fit for. No verdict.
With a go-live date the checks that need windows run, too. Exit 4 when a check fails.
"""


def check(
    paths: Paths = None,
    go_live: GoLive = None,
    config: Config = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="Format of the result on stdout.")] = "text",
    timezone: Timezone = None,
    currency: Currency = None,
    presets: Presets = None,
    rejects: Rejects = None,
    engine: WithEngine = None,
    memory: Memory = None,
    quiet: Quiet = False,
) -> Outcome:
    """Resolve the plan, read, check, print, and say how it ended."""
    from clm_audit.config.resolve import resolve

    options = {"go_live": go_live, "timezone": timezone, "currency": currency, "presets": presets}
    plan = resolve(paths or [], config, options, os.environ, Path.cwd(), needs_go_live=False)
    plan = with_engine(plan, engine)
    outputs = Outputs(rejects=rejects).beside(plan)
    outputs.check()
    room = room_of(memory)
    with progress(quiet) as watch:
        report, rejected, nothing = checked(plan, watch, room)
    written = outputs.write_rejects(rejected)
    if not quiet:
        say_written(written, rejected)
    if form == "json":
        from clm_audit.report.json_out import to_json

        write_stdout(to_json(report))
    else:
        from clm_audit.report.terminal_check import print_check

        print_drawn(lambda console: print_check(report, console))
    if nothing is not None:  # said last, below what became of every row
        raise nothing
    failed = any(one.status == "fail" for one in report.checks)
    return Outcome(ExitCode.UNFIT if failed else ExitCode.DONE, said=not quiet)


def checked(
    plan: AuditPlan, watch: Progress, room: Room | None = None
) -> tuple[CheckOnlyReport, tuple[Reject, ...], NothingDatedError | None]:
    """Read and check, and all rows not taken; with a go-live, given or from two sides, all checks run, unless no row
    with a date counts: then why."""
    from clm_audit.facts.nothing import NothingDatedError
    from clm_audit.facts.store import run_folder
    from clm_audit.measures.measure import measure
    from clm_audit.measures.parts import MEASURING
    from clm_audit.pipeline import JUDGING, read
    from clm_audit.report.compose_check import compose_check
    from clm_audit.verdict.checks import all_checks, intake_checks

    with run_folder() as folder, read(plan, folder, watch, room) as (plan, exports, facts):
        nothing, measured = None, None
        if plan.go_live is not None or {"before", "after"} <= plan.sides:
            watch(MEASURING, 0, max(1, len(facts.parts)))
            try:
                measured = measure(plan, facts, progress=watch)
            except NothingDatedError as error:
                nothing = error
        watch(JUDGING, 0, 1)
        if measured is not None:
            checks = all_checks(plan, exports, facts, measured)
            return compose_check(plan, exports, facts, checks, measured), facts.rejects, None
        checks = intake_checks(plan, exports, facts)
        return compose_check(plan, exports, facts, checks), facts.rejects, nothing
