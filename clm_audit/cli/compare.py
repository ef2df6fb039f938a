"""`clm-audit compare`: the audit."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.engines import with_engine
from clm_audit.cli.memory import room_of
from clm_audit.cli.next_command import after_compare, given_words
from clm_audit.cli.options import (
    Config,
    Currency,
    Frozen,
    GoLive,
    Materiality,
    Memory,
    Paths,
    Presets,
    Quiet,
    Rejects,
    SegmentBy,
    ShowConfig,
    Timezone,
    Title,
    Washout,
    WithEngine,
)
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import NOTHING_ELSE, Outputs, print_as
from clm_audit.cli.streams import print_lines, progress, say, say_written
from clm_audit.cli.targets import with_formats
from clm_audit.exits import ExitCode, Problem, UsageError, exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from clm_audit.config.plan import AuditPlan
    from clm_audit.facts.room import Room
    from clm_audit.intake.model import Exports
    from clm_audit.report.model import AuditReport

HELP = """Examples:

\b
  clm-audit compare exports/ --go-live 2024-07-01
  clm-audit compare old_crm/ new_crm/
  clm-audit compare -c client.yaml --html report.html --json audit.json
  clm-audit compare -c client.yaml --gate --quiet
  clm-audit compare -c client.yaml --keep audits/
  clm-audit compare exports/ --go-live 2024-07-01 --keep-facts facts/
  clm-audit compare facts/ --materiality 3%

Compare the customer metrics from before and after go-live, tell what the CRM can take credit for, and judge it.
The result is on stdout, everything else on stderr.
"""


@with_formats
def compare(
    paths: Paths = None,
    go_live: GoLive = None,
    config: Config = None,
    outputs: Outputs = NOTHING_ELSE,
    rejects: Rejects = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="AUDIT.json", help="Hold every metric against an earlier audit's JSON."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FOLDER", help="Keep the audit in a folder, for `history` over all of them."),
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 1 when the gate of the configuration fails; default: on switch.")
    ] = False,
    show_config: ShowConfig = False,
    engine: WithEngine = None,
    explain_sql: Annotated[
        bool,
        typer.Option("--explain-sql", help="Print every statement for an engine, and send none of the reduction."),
    ] = False,
    timezone: Timezone = None,
    currency: Currency = None,
    materiality: Materiality = None,
    washout: Washout = None,
    title: Title = None,
    presets: Presets = None,
    segment_by: SegmentBy = None,
    frozen: Frozen = None,
    keep_facts: Annotated[
        Path | None,
        typer.Option("--keep-facts", metavar="FOLDER", help="Keep what was read in a folder, for `compare FOLDER`."),
    ] = None,
    stamp: Annotated[bool, typer.Option("--stamp", help="Say in the report when it was made.")] = False,
    memory: Memory = None,
    quiet: Quiet = False,
) -> Outcome:
    """Resolve the plan, run the audit, print and write it, and say how it ended."""
    options = {
        "go_live": go_live,
        "timezone": timezone,
        "currency": currency,
        "policy.materiality": materiality,
        "windows.washout": washout,
        "title": title,
        "plan": frozen,
        "presets": presets,
        "segment_by": segment_by,
    }
    plan = with_engine(held_against(_plan(paths or [], config, options, gate=gate), against), engine)
    if show_config:
        from clm_audit.config.show import show_config as shown

        print_lines(shown(plan))
        return Outcome(ExitCode.DONE, said=False)
    if explain_sql:
        return _explain(plan, quiet=quiet)
    outputs = dataclasses.replace(outputs, rejects=rejects, keep=keep).beside(plan)
    outputs.check()
    report = run(plan, outputs, stamp=stamp, quiet=quiet, room=room_of(memory), keep_facts=_checked(keep_facts))
    print_as(report, outputs)
    if outputs.shown == "text" and not quiet:
        say(f"next: {after_compare(report, given_words(paths or [], config, options), outputs.files, keep)}")
    fit = report.verdict.value != "not assessable"
    return Outcome(exit_code(fit=fit, gate=report.gate.result), said=not quiet)


def _plan(paths: list[str], config: Path | None, options: dict[str, str | None], *, gate: bool) -> AuditPlan:
    from clm_audit.config.resolve import resolve

    try:
        plan = resolve(paths, config, options, os.environ, Path.cwd(), needs_go_live=not _is_kept(paths))
    except UsageError as error:
        if wrong := no_exports(paths, config, options):
            raise UsageError(problems=(*wrong, *error.problems)) from error
        raise
    return with_gate(plan, wanted=gate)


def _is_kept(paths: list[str]) -> bool:
    """Whether the only path holds kept facts, which know their go-live date."""
    from clm_audit.facts.whether_kept import holds_facts

    return len(paths) == 1 and holds_facts(Path(paths[0]))


def _checked(keep_facts: Path | None) -> Path | None:
    """The folder for the facts, unless they cannot be kept there."""
    if keep_facts is not None:
        from clm_audit.facts.keep import check_folder

        check_folder(keep_facts)
    return keep_facts


def no_exports(paths: list[str], config: Path | None, options: dict[str, str | None]) -> tuple[Problem, ...]:
    """When nothing but the go-live date is missing: the named files that are no export, which is to be said first.

    Raises :class:`~clm_audit.exits.DataError` when there is no export at all.
    """
    from clm_audit.config.resolve import resolve
    from clm_audit.facts.store import run_folder
    from clm_audit.intake.open import display
    from clm_audit.intake.read import read_exports

    try:
        plan = resolve(paths, config, options, os.environ, Path.cwd(), needs_go_live=False)
    except UsageError:
        return ()
    if plan.engines:
        return ()
    with run_folder() as folder:
        unknown = read_exports(plan, folder).unknown
    named = {display(plan.root / source.path, plan.root) for source in plan.sources}
    return tuple(Problem(reason, name) for name, reason in unknown if name in named)


def _explain(plan: AuditPlan, *, quiet: bool) -> Outcome:
    """Print the statements for the plan's engine."""
    if not plan.engines:
        hint = "name tables in sources (docs/engines.md), or read files with --engine duckdb"
        raise UsageError("--explain-sql: nothing is read by an engine", hint=hint)
    from clm_audit.pipeline import explained

    with progress(quiet) as watch:
        text = explained(plan, watch)
    print_lines(text)
    return Outcome(ExitCode.DONE, said=False)


def with_gate(plan: AuditPlan, *, wanted: bool) -> AuditPlan:
    """The plan with a gate exactly when one is wanted: the file's, or the default one."""
    from clm_audit.config.plan import GateRules

    origins = {path: origin for path, origin in plan.origins.items() if path.partition(".")[0] != "gate"}
    if not wanted:
        from clm_audit.report.plan_echo import NOT_ASKED

        origins["gate"] = NOT_ASKED
        return plan.model_copy(update={"gate": None, "origins": origins})
    if plan.gate is not None:
        return plan
    origins |= dict.fromkeys(("gate.fail_on", "gate.metrics", "gate.ratchet"), "default of --gate")
    return plan.model_copy(update={"gate": GateRules(), "origins": origins})


def held_against(plan: AuditPlan, path: Path | None) -> AuditPlan:
    """The plan with the earlier audit at ``path``, if any. Raises :class:`UsageError` when it is none."""
    if path is None:
        return plan
    from clm_audit.report.saved import earlier

    origins = {**plan.origins, "against": "option --against"}
    return plan.model_copy(update={"against": earlier(path), "origins": origins})


def run(
    plan: AuditPlan,
    outputs: Outputs,
    *,
    stamp: bool,
    quiet: bool,
    room: Room | None = None,
    keep_facts: Path | None = None,
) -> AuditReport:
    """Audit and write the files that were asked for."""
    from datetime import UTC, datetime

    from clm_audit.intake.model import Reject
    from clm_audit.pipeline import audit, uninspected

    rejects: list[Reject] = []
    inspect: Callable[[AuditReport, Exports], None] = uninspected
    if plan.report.redact:
        from clm_audit.cli.redaction import search

        inspect = search(outputs, rejects)
    with progress(quiet) as watch:
        report = audit(plan, watch, rejects.extend, inspect, room, keep_facts)
    if stamp:
        report = report.model_copy(update={"created": datetime.now(UTC).isoformat(timespec="seconds")})
    written = outputs.write(report, rejects)
    if not quiet:
        say_written(written, rejects)
    return report
