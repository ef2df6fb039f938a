"""The command line: one Typer app, and the one place where every way to end becomes an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

import clm_audit
from clm_audit.cli import check, compare, demo, explain, schema
from clm_audit.cli.outcome import Outcome, last_line
from clm_audit.cli.streams import close, prepare, say
from clm_audit.exits import AuditError, ExitCode

HELP = """Examples:

\b
  clm-audit demo
  clm-audit compare exports/ --go-live 2024-07-01
  clm-audit compare old_crm/ new_crm/ --html report.html

Did the CRM pay off? Exports from before and after go-live in, a measured effect and a defended verdict out.
"""
EPILOG = """\b
Exit codes:
  0 done (and the gate, if any, passed)    1 the gate failed
  2 usage or configuration error           3 the gate could not be decided
  4 the data are not fit to judge          5 internal error
  130 interrupted
"""
_PACKAGE = Path(clm_audit.__file__).resolve().parent
_NAMES = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=_NAMES,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"clm-audit {clm_audit.__version__}")
        raise typer.Exit


@app.callback(help=HELP, epilog=EPILOG)
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options before the command."""


app.command(help=compare.HELP, short_help="The audit: before against after, and a verdict.")(compare.compare)
app.command(help=check.HELP, short_help="What became of every row, and what the data are fit for.")(check.check)
app.command(help=explain.HELP, short_help="A metric, check, finding or code in words.")(explain.explain)
app.command(help=demo.HELP, short_help="Audit a sample company.")(demo.demo)
app.command(help=schema.HELP, short_help="JSON Schema of the configuration or of the audit.")(schema.schema)


def run() -> None:
    """The console script."""
    sys.exit(int(main(sys.argv[1:])))


def main(argv: Sequence[str]) -> ExitCode:
    """Run one command line and return its exit code; every error has been said on stderr."""
    prepare()
    try:
        outcome = _command(argv)
    except AuditError as error:
        for problem in error.problems:
            say(str(problem))
        outcome = Outcome(error.code)
    except KeyboardInterrupt:
        outcome = Outcome(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        close(sys.stdout)
        outcome = Outcome(ExitCode.DONE, said=False)
    except OSError as error:
        # A full disk or a forbidden folder is no error of the program; the path is the user's own or temporary.
        say(f"{error.filename or 'the system'}: {error.strerror or type(error).__name__}")
        outcome = Outcome(ExitCode.USAGE)
    except BaseException as error:  # noqa: BLE001 - see below
        # The one broad guard: whatever else happens (a panic of the engine is not even an Exception) must end
        # as 5, without a value from the data on the screen.
        say(_internal(error))
        outcome = Outcome(ExitCode.INTERNAL)
    if outcome.said or outcome.code is not ExitCode.DONE:
        say(last_line(outcome.code))
    return outcome.code


def _command(argv: Sequence[str]) -> Outcome:
    command = typer.main.get_command(app)
    try:
        result = command.main(args=list(argv), prog_name="clm-audit", standalone_mode=False)
    except TyperException as error:
        _say_usage(error)
        return Outcome(ExitCode.USAGE)
    except Abort:
        return Outcome(ExitCode.INTERRUPTED)
    if isinstance(result, Outcome):
        return result
    # Help and the version return 0; an interrupt is turned into 130 on the way here.
    return Outcome(ExitCode(result or 0), said=False)


def _say_usage(error: TyperException) -> None:
    near = getattr(error, "possibilities", None)  # of an unknown option
    text = f"{error.message}. Did you mean {' or '.join(sorted(near))}?" if near else error.format_message()
    lines = text.splitlines()
    for line in lines:
        say(line)
    context = getattr(error, "ctx", None)
    if context is not None and len(lines) == 1:  # more lines are the help itself
        say(f"try: {context.command_path} --help")


def _internal(error: BaseException) -> str:
    """Type and places of an internal error: what a report needs, and nothing from the data."""
    frames = [
        f"{Path(frame.filename).resolve().relative_to(_PACKAGE.parent)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve().is_relative_to(_PACKAGE)
    ]
    return f"internal error: {type(error).__name__} at {', '.join(frames)}; please report this, it is not your fault"
