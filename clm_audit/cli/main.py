"""The command line: one Typer app, and the one place where every way to end becomes an exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

import clm_audit
from clm_audit.cli import ahead, check, compare, config, demo, explain, history, init, report, schema, verify
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
_NEW_OBJECTS = 50_000  # between two looks for cycles
_PACKAGE = Path(clm_audit.__file__).resolve().parent
_NAMES = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
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
app.command(help=init.HELP, short_help="Propose a configuration for a folder of exports.")(init.init)
app.command("plan", help=ahead.HELP, short_help="What could be found, and when; settle it beforehand.")(ahead.plan)
app.command(help=verify.HELP, short_help="Make a saved audit again, and say what differs.")(verify.verify)
app.command(help=config.HELP, short_help="Check configuration files, without their exports.")(config.config)
app.command(help=explain.HELP, short_help="A metric, check, finding or code in words.")(explain.explain)
app.command(help=report.HELP, short_help="A saved audit in any format.")(report.report)
app.command(help=history.HELP, short_help="Every metric over the kept audits of a folder.")(history.history)
app.command(help=demo.HELP, short_help="Audit a sample company.")(demo.demo)
app.command(help=schema.HELP, short_help="JSON Schema of the configuration, the audit or a check.")(schema.schema)


class StoppedError(BaseException):
    """A signal asks the program to end: what it holds is put away first, as for any other error."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def run() -> None:
    """The console script. Ended by a signal, it cleans up and then ends by that signal."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)
    # Imports make very many objects that stay: to look through them for cycles again and again takes a tenth of a run.
    gc.set_threshold(_NEW_OBJECTS)
    # Set before numpy loads: starting its threads costs more CPU time than the model's small matrices ever need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Set before the first model is made: else the metadata of every package that is installed are read for plug-ins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = main(sys.argv[1:])
    except StoppedError as stop:
        say(f"clm-audit: ended by {signal.Signals(stop.number).name}; nothing was left behind")
        signal.signal(stop.number, signal.SIG_DFL)
        os.kill(os.getpid(), stop.number)
        raise
    sys.exit(int(code))


def _stop(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # the way out is not to be cut short
    raise StoppedError(number)


def main(argv: Sequence[str]) -> ExitCode:
    """Run one command line and return its exit code; every error has been said on stderr.

    Raises :class:`StoppedError` when a signal that :func:`run` listens to asks for the end.
    """
    prepare()
    try:
        outcome = _command(argv)
    except AuditError as error:
        for problem in error.problems:
            say(str(problem))
        outcome = Outcome(error.code)
    except KeyboardInterrupt:
        outcome = Outcome(ExitCode.INTERRUPTED)
    except SystemExit as end:  # how the completion of a shell ends
        outcome = Outcome(ExitCode(int(end.code or 0)), said=False)
    except BrokenPipeError:
        close(sys.stdout)
        outcome = Outcome(ExitCode.DONE, said=False)
    except StoppedError:
        raise
    except OSError as error:
        # A full disk or a forbidden folder is no error of the program; the path is the user's own or temporary.
        # Nothing but help and the version is written from here.
        ours = {path for path, _ in _frames(error)} == {_PACKAGE / "cli" / "main.py"}
        where = error.filename or ("stdout" if ours else "the system")
        if where == "stdout":
            close(sys.stdout)
        say(f"{where}: {error.strerror or type(error).__name__}")
        outcome = Outcome(ExitCode.USAGE)
    except BaseException as error:  # noqa: BLE001 - see below
        # The one broad guard: whatever else happens (a panic of the engine is not even an Exception) must end
        # as 5, without a value from the data on the screen.
        say(_internal(error))
        outcome = Outcome(ExitCode.INTERNAL)
    if outcome.said or outcome.code is not ExitCode.DONE:
        say(last_line(outcome.code, outcome.why))
    return outcome.code


def _command(argv: Sequence[str]) -> Outcome:
    command = typer.main.get_command(app)
    try:
        result = command.main(args=list(argv) or ["--help"], prog_name="clm-audit", standalone_mode=False)
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
    lines = text.replace("\n\t", " ").splitlines()  # the choices of an argument stand on a line each
    for line in lines:
        say(line)
    context = getattr(error, "ctx", None)
    if context is not None and len(lines) == 1:  # more lines are the help itself
        say(f"try: {context.command_path} --help")


def _internal(error: BaseException) -> str:
    """Type and places of an internal error: what a report needs, and nothing from the data."""
    places = [f"{path.relative_to(_PACKAGE.parent)}:{line}" for path, line in _frames(error)]
    return f"internal error: {type(error).__name__} at {', '.join(places)}; please report this, it is not your fault"


def _frames(error: BaseException) -> list[tuple[Path, int]]:
    """File and line of each of our own frames on the way to an error."""
    frames = [(Path(one.filename).resolve(), one.lineno or 0) for one in traceback.extract_tb(error.__traceback__)]
    return [(path, line) for path, line in frames if path.is_relative_to(_PACKAGE)]
