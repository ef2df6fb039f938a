"""`clm-audit report`: a saved audit in any format."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from clm_audit.cli.options import Quiet
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import NOTHING_ELSE, Outputs, print_as
from clm_audit.cli.streams import say_written
from clm_audit.cli.targets import with_formats
from clm_audit.exits import ExitCode, UsageError

HELP = """Examples:

\b
  clm-audit report audit.json
  clm-audit report audit.json --html report.html --pdf report.pdf
  clm-audit report audit.json --md -

Render a saved audit again, in any format: the same bytes as the run itself gives. Nothing is computed anew.
"""


@with_formats
def report(
    saved: Annotated[Path, typer.Argument(metavar="AUDIT.json", help="What compare --json has written.")],
    outputs: Outputs = NOTHING_ELSE,
    quiet: Quiet = False,
) -> Outcome:
    """Read the audit back, render and write it."""
    from clm_audit.report.saved import read_audit

    outputs = dataclasses.replace(outputs, inputs=(saved,), lists_rejects=False)
    outputs.check()
    audit = read_audit(saved)
    try:
        written = outputs.write(audit)
        print_as(audit, outputs)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Each was drawn once by the run that wrote it: whoever made this file did not have it from a run.
        what = "holds what no audit of clm-audit holds, and cannot be drawn"
        raise UsageError(what, where=str(saved), hint="write it anew with compare --json") from error
    if not quiet:
        say_written(written, ())
    return Outcome(ExitCode.DONE, said=not quiet)
