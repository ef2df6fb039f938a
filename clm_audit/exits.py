"""How a run can end: exit codes, the errors a user can cause, and outcome -> code.

Imports nothing from the package, so that every floor can raise these errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

GateResult = Literal["none", "passed", "failed", "undecided"]


class ExitCode(IntEnum):
    """Process exit codes; the table of the README is checked against this enum."""

    DONE = 0
    GATE_FAILED = 1
    USAGE = 2
    UNDECIDED = 3
    UNFIT = 4
    INTERNAL = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it stands, and the next thing to do.

    ``where`` is a path, ``file:line`` or ``file:line:column``; never a value from an export.
    """

    what: str
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} ({self.hint})" if self.hint else head


class AuditError(Exception):
    """Something the user can mend. Carries one or more :class:`Problem` and an exit code."""

    code: ExitCode = ExitCode.USAGE

    def __init__(self, what: str = "", *, where: str = "", hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems or (Problem(what, where, hint),)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(AuditError):
    """The command line or the configuration is wrong (exit 2)."""


class DataError(AuditError):
    """The exports cannot be read or are not fit to judge (exit 4)."""

    code = ExitCode.UNFIT


def exit_code(*, fit: bool, gate: GateResult) -> ExitCode:
    """The exit code of a finished run.

    ``fit`` is False when the data do not allow any answer. The gate is asked first: a failed
    gate is a decision, unfit data are the lack of one.

    >>> exit_code(fit=True, gate="none")
    <ExitCode.DONE: 0>
    >>> exit_code(fit=False, gate="undecided")
    <ExitCode.UNFIT: 4>
    """
    if gate == "failed":
        return ExitCode.GATE_FAILED
    if not fit:
        return ExitCode.UNFIT
    if gate == "undecided":
        return ExitCode.UNDECIDED
    return ExitCode.DONE
