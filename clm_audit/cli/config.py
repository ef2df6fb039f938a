"""`clm-audit config`: configuration files checked without reading an export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import print_lines
from clm_audit.exits import ExitCode, UsageError

HELP = """Examples:

\b
  clm-audit config clm-audit.yaml
  clm-audit config configs/*.yaml

Check configuration files: every mistake as file:line:column, in one pass. Exports are neither read nor looked for, so
it also runs where they are not (before a commit).
"""


def config(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Configurations to check.", show_default=False)],
) -> Outcome:
    """Check each file and say so."""
    from clm_audit.config.resolve import mistakes

    found = tuple(problem for file in files for problem in mistakes(file))
    if found:
        raise UsageError(problems=found)
    print_lines("\n".join(f"{file}: no mistakes" for file in files))
    return Outcome(ExitCode.DONE, said=False)
