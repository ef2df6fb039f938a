"""`clm-audit explain`: a metric, a check, a finding or a message code, in words."""

from __future__ import annotations

from typing import Annotated

import typer

from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import print_lines
from clm_audit.exits import ExitCode, UsageError

HELP = """Examples:

\b
  clm-audit explain purchase_frequency
  clm-audit explain inconclusive
  clm-audit explain --list

Explain a metric, a check, a finding or a code that a report names.
"""


def explain(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="What to explain.", show_default=False)] = None,
    listed: Annotated[bool, typer.Option("--list", help="Print every name that can be explained.")] = False,
) -> Outcome:
    """Print the explanation of ``name``, or all names."""
    from clm_audit.config.vocabulary import did_you_mean
    from clm_audit.report import words

    names = tuple(words.explain_names())
    if listed:
        print_lines(words.explain_list())
        return Outcome(ExitCode.DONE, said=False)
    if name is None:
        raise UsageError("explain what?", hint="clm-audit explain --list prints every name")
    text = words.explain(name)
    if text is None:
        hint = did_you_mean(name, names) or "clm-audit explain --list prints every name"
        raise UsageError("there is nothing of this name to explain", where=name, hint=hint)
    print_lines(text)
    return Outcome(ExitCode.DONE, said=False)
