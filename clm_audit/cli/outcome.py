"""How a command ended, in words."""

from __future__ import annotations

from typing import NamedTuple

from clm_audit.exits import ExitCode

SENTENCES = {
    ExitCode.DONE: "done",
    ExitCode.GATE_FAILED: "the gate failed",
    ExitCode.USAGE: "usage or configuration error",
    ExitCode.UNDECIDED: "the gate could not be decided",
    ExitCode.UNFIT: "the data are not fit to judge",
    ExitCode.INTERNAL: "internal error",
    ExitCode.INTERRUPTED: "interrupted",
}


class Outcome(NamedTuple):
    """``said``: whether the last line on stderr says it, also when all is well; ``why`` in place of the usual words."""

    code: ExitCode
    said: bool = True
    why: str = ""


def last_line(code: ExitCode, why: str = "") -> str:
    """The last line on stderr.

    >>> last_line(ExitCode.UNDECIDED)
    'clm-audit: exit 3, the gate could not be decided'
    """
    return f"clm-audit: exit {int(code)}, {why or SENTENCES[code]}"
