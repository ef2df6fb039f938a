"""`clm-audit explain`: a metric, a check, a finding or a message code, in words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clm_audit.cli.complete import explained
from clm_audit.cli.options import Presets
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import print_lines
from clm_audit.exits import ExitCode, UsageError

if TYPE_CHECKING:
    from clm_audit.config.preset import Preset

HELP = """Examples:

\b
  clm-audit explain purchase_frequency
  clm-audit explain inconclusive
  clm-audit explain hubspot
  clm-audit explain --list
  clm-audit explain purchase_frequency.before --from audit.json
  clm-audit explain --list --from audit.json

Explain a metric, a check, a finding or a code that a report names, or what is known of the exports of a system.
With a saved audit: where one of its numbers comes from, with its formula, inputs, rows, files and settings.
"""


def explain(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="What to explain.", show_default=False, autocompletion=explained),
    ] = None,
    presets: Presets = None,
    listed: Annotated[bool, typer.Option("--list", help="Print every name that can be explained.")] = False,
    saved: Annotated[
        Path | None,
        typer.Option("--from", metavar="AUDIT.json", help="A saved audit: NAME is the id of one of its numbers."),
    ] = None,
) -> Outcome:
    """Print the explanation of ``name``, or all names."""
    if saved is not None:
        return _number(name, saved, listed=listed)
    from clm_audit.config.vocabulary import did_you_mean
    from clm_audit.report import words

    own = _own(presets)
    names = tuple(words.explain_names(own))
    if listed:
        print_lines(words.explain_list(own))
        return Outcome(ExitCode.DONE, said=False)
    if name is None:
        raise UsageError("explain what?", hint="clm-audit explain --list prints every name")
    text = words.explain(name, own)
    if text is None:
        hint = did_you_mean(name, names) or "clm-audit explain --list prints every name"
        raise UsageError("there is nothing of this name to explain", where=name, hint=hint)
    print_lines(text)
    return Outcome(ExitCode.DONE, said=False)


def _number(name: str | None, saved: Path, *, listed: bool) -> Outcome:
    """Where a number of a saved audit comes from, or all of its numbers; what is no number is explained as ever."""
    from clm_audit.config.vocabulary import did_you_mean
    from clm_audit.report import words
    from clm_audit.report.provenance import provenance
    from clm_audit.report.said import sentences
    from clm_audit.report.saved import read_audit
    from clm_audit.report.trace import numbers

    audit = read_audit(saved)
    found = numbers(audit)
    if listed:
        print_lines("\n".join(f"{key} = {value}" for key, value in (*found.items(), *sentences(audit).items())))
        return Outcome(ExitCode.DONE, said=False)
    if name is None:
        raise UsageError("explain what?", hint=f"clm-audit explain --list --from {saved} prints every number")
    text = provenance(name, audit) or words.explain(name)
    if text is None:
        known = did_you_mean(name, (*found, *sentences(audit)))
        hint = known or f"clm-audit explain --list --from {saved} prints every number"
        raise UsageError("the audit has no number or sentence of this id", where=name, hint=hint)
    print_lines(text)
    return Outcome(ExitCode.DONE, said=False)


def _own(presets: str | None) -> Mapping[str, Preset]:
    """The user's presets: of the option, else of the variable."""
    from clm_audit.config.own_presets import own_presets

    named = presets or os.environ.get("CLM_AUDIT_PRESETS", "").strip()
    where = "option --presets" if presets else "CLM_AUDIT_PRESETS"
    return own_presets(Path(named), named, where) if named else {}
