"""`clm-audit init`: a first configuration, proposed from the exports themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.options import Currency, GoLive, Paths, Presets, Quiet, Timezone
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import progress, say, write_stdout
from clm_audit.exits import DataError, ExitCode, UsageError

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.facts.model import Facts
    from clm_audit.intake.model import Exports, Progress
    from clm_audit.report.proposal import Proposal

HELP = """Examples:

\b
  clm-audit init exports/
  clm-audit init old_crm/ new_crm/ --go-live 2024-07-01
  clm-audit init exports/ --output - > client.yaml

Look at the exports and write a commented clm-audit.yaml: what was recognised is set, what could be set is a comment.
Where no export is recognised, a map of the headers found stands there to be filled in. Asks for what no export says,
on a terminal only.
"""
FILE = Path("clm-audit.yaml")
STDOUT = Path("-")


def init(
    paths: Paths = None,
    go_live: GoLive = None,
    timezone: Timezone = None,
    currency: Currency = None,
    presets: Presets = None,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="Where to write it; - is stdout.")] = FILE,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    quiet: Quiet = False,
) -> Outcome:
    """Read the exports, propose, ask what is open, write, and say what comes next."""
    given = {"go_live": go_live, "timezone": timezone, "currency": currency, "presets": presets}
    plan = _plan(paths, given)
    _check_target(plan, output, force=force)
    base = Path.cwd() if output == STDOUT else (Path.cwd() / output).resolve().parent
    with progress(quiet) as watch:
        found = _proposal(plan, base, watch)
    asked = _asked(found)
    if asked:
        plan = _plan(paths, {**given, **asked})
        found = _again(found, plan)
    _write(plan, found, output, force=force)
    if not quiet:
        _say(found, output)
    return Outcome(ExitCode.DONE, said=not quiet)


def _plan(paths: list[str] | None, options: Mapping[str, str | None]) -> AuditPlan:
    """The plan of the given paths (default: this folder), and of no configuration."""
    from clm_audit.config.resolve import resolve
    from clm_audit.config.settings import CONFIG_VARIABLE

    environment = {name: value for name, value in os.environ.items() if name != CONFIG_VARIABLE}
    return resolve(paths or ["."], None, options, environment, Path.cwd(), needs_go_live=False)


def _check_target(plan: AuditPlan, output: Path, *, force: bool) -> None:
    """Refuse, before anything is read, what must not be written."""
    from clm_audit.report.write import CONFIG, check_target

    if output == STDOUT:
        return
    if output.is_file() and not output.is_symlink() and not force:
        raise UsageError("exists", where=str(output), hint="--force replaces it; --output names another file")
    check_target(output, CONFIG, _inputs(plan), force=force)


def _inputs(plan: AuditPlan) -> list[Path]:
    return [source.path for source in plan.sources if source.path.is_file()]


def _proposal(plan: AuditPlan, base: Path, watch: Progress) -> Proposal:
    """What the exports say. Where their values cannot be read without a word of the user, the files alone speak."""
    from dataclasses import replace

    from clm_audit.facts.store import run_folder
    from clm_audit.intake.read import read_exports
    from clm_audit.report.proposal import propose

    with run_folder() as folder:
        exports = read_exports(plan, folder, watch, none_will_do=True)
        facts, problem = _facts(plan, exports, folder, watch) if exports.tables else (None, "")
        watch("judging", 0, 1)
        found = replace(propose(plan, exports, facts, base, folder), problem=problem)
        if not exports.tables and not any(unknown.guess for unknown in found.unknown):
            read_exports(plan, folder, watch)  # no file with a header to map: says what each of them is
        return found


def _facts(plan: AuditPlan, exports: Exports, folder: Path, watch: Progress) -> tuple[Facts | None, str]:
    from clm_audit.facts.build import build_facts
    from clm_audit.pipeline import FACTS, stage

    try:
        return build_facts(plan, exports, folder, stage(FACTS, watch)), ""
    except DataError as error:
        return None, "; ".join(str(problem) for problem in error.problems)


def _asked(found: Proposal) -> dict[str, str]:
    """On a terminal: the answers to what no export says. Nothing is asked anywhere else."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return {}
    from clm_audit.config.scalars import day, zone

    answers: dict[str, str] = {}
    if not found.go_live and not found.two_sides:
        near = f" (the records of some files begin {found.starts[0].day})" if found.starts else ""
        answers["go_live"] = _ask(f"First day with the new CRM, as 2024-07-01{near}", day)
    if found.naive and not found.timezone:
        answers["timezone"] = _ask("Time zone of the exporting account, as Europe/Berlin", zone)
    return {name: answer for name, answer in answers.items() if answer}


def _ask(question: str, valid: Callable[[str], object]) -> str:
    """One answer, asked for until it is valid; empty leaves it open."""
    while True:
        answer = str(typer.prompt(f"{question} (empty: later)", default="", show_default=False, err=True)).strip()
        try:
            if answer:
                valid(answer)
        except ValueError as error:
            say(str(error))
        else:
            return answer


def _again(found: Proposal, plan: AuditPlan) -> Proposal:
    """The proposal with what was answered."""
    from dataclasses import replace

    zone = plan.timezone if plan.origins.get("timezone", "default") != "default" else ""
    return replace(found, go_live=plan.go_live.isoformat() if plan.go_live else "", timezone=zone)


def _write(plan: AuditPlan, found: Proposal, output: Path, *, force: bool) -> None:
    from clm_audit.report.config_text import config_text
    from clm_audit.report.write import write_text

    text = config_text(found)
    if output == STDOUT:
        write_stdout(text)
    else:
        write_text(output, text, _inputs(plan), force=force)
        say(f"wrote {output}")


def _say(found: Proposal, output: Path) -> None:
    """What is still open, and the next command."""
    from clm_audit.report.words_init import first_of_all, open_flags, recognised

    for line in recognised(found):
        say(line)
    if flags := open_flags(found):
        say(f"still to say: {flags}")
    name = "FILE" if output == STDOUT else output
    missing = "" if found.go_live or found.two_sides else " --go-live YYYY-MM-DD"
    say(f"next: {first_of_all(found, name)}clm-audit compare -c {name}{missing}")
