"""`clm-audit verify`: a saved audit made again from the same files, and what differs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.options import Quiet
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import print_lines, progress
from clm_audit.exits import ExitCode, UsageError

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.report.model import AuditReport

HELP = """Examples:

\b
  clm-audit verify audit.json
  clm-audit verify audit.json --root /where/the/exports/are
  clm-audit verify audit.json -c clm-audit.yaml

Make a saved audit again from the same files and settings, and say what differs: files by their hash, then every
single number by its id. Exit 0 when nothing does, 1 when something does.
"""
_DIFFERS = "the saved audit is not what the files give"


def verify(
    saved: Annotated[Path, typer.Argument(metavar="AUDIT.json", help="What compare --json has written.")],
    root: Annotated[
        Path | None,
        typer.Option(
            "--root",
            metavar="FOLDER",
            help="What its paths start from: the folder of its configuration, or where it was run. Default: here.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="Take the settings from here, not from the saved audit."),
    ] = None,
    quiet: Quiet = False,
) -> Outcome:
    """Read the audit back, run it again, compare."""
    from clm_audit.pipeline import audit
    from clm_audit.report.json_out import settled
    from clm_audit.report.reproduced import lines, reproduced
    from clm_audit.report.saved import read_audit

    before = read_audit(saved)
    plan = _plan(before, saved, root, config)
    with progress(quiet) as watch:
        now = settled(audit(plan, watch))
    result = reproduced(before, now)
    print_lines("\n".join(lines(result)))
    if result.same:
        return Outcome(ExitCode.DONE, said=not quiet)
    return Outcome(ExitCode.GATE_FAILED, why=_DIFFERS)


def _plan(before: AuditReport, saved: Path, root: Path | None, config: Path | None) -> AuditPlan:
    """The plan of the saved audit, with its gate; its sources must be there."""
    from clm_audit.cli.compare import with_gate
    from clm_audit.config.resolve import resolve
    from clm_audit.report.replan import plan_of

    gated = before.gate.result != "none"
    if config is not None:
        return with_gate(resolve([], config, {}, os.environ, root or Path.cwd()), wanted=gated)
    if before.plan.get("report.redact", {}).get("value"):
        hint = "name its configuration: verify AUDIT.json -c clm-audit.yaml"
        raise UsageError("is redacted, so its settings hold tokens in place of names", where=str(saved), hint=hint)
    folder = (root or Path.cwd()).resolve()
    plan = plan_of(before, folder, str(saved))
    lost = [source.path for source in plan.sources if not source.path.exists()]
    if lost:
        named = ", ".join(str(path.relative_to(folder)) for path in lost)
        hint = "run it in the folder of the audit's configuration (or where it was run), or name that one with --root"
        beside = _beside_config(before, saved) if root is None else None
        hint = f"they are beside its configuration: --root {beside}" if beside else hint
        raise UsageError(f"its exports are not here: {named}", where=str(saved), hint=hint)
    return plan


def _beside_config(before: AuditReport, saved: Path) -> Path | None:
    """The folder of the configuration as it was named when the audit was made, if its exports are there."""
    from clm_audit.report.replan import plan_of

    folder = Path(str(before.plan.get("config", {}).get("origin", ""))).parent
    there = folder.is_dir() and all(one.path.exists() for one in plan_of(before, folder.resolve(), str(saved)).sources)
    return folder if there else None
