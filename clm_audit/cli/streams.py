"""stdout is the result, stderr everything else: consoles, raw output, progress.

Nothing heavy is imported before it is needed: `--help` must be quick.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from clm_audit.exits import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from clm_audit.intake.model import Reject

OFF_TERMINAL_WIDTH = 160
# The part of a run that each stage takes, roughly: reading and measuring are most of it.
STAGES = {"reading": (0.0, 0.6), "building": (0.6, 0.85), "measuring": (0.85, 0.95), "judging": (0.95, 1.0)}


def prepare() -> None:
    """Let neither a closed stream nor a character that a stream cannot encode (the last resort after the ASCII
    glyphs) end the run or change its exit code."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _occupy(number)
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, "w" if number else "r", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _occupy(number: int) -> None:
    """Put nothing behind a closed descriptor, or the next file opened would be taken for the stream."""
    try:
        os.fstat(number)
    except OSError:
        handle = os.open(os.devnull, os.O_RDWR)
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)


def console(stream: TextIO) -> Console:
    """A console for ``stream``: colour only on a capable terminal, a fixed width elsewhere."""
    from rich.console import Console

    terminal = stream.isatty()
    plain = not terminal or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system=None if plain else "auto",
        no_color=plain,
        width=None if terminal else OFF_TERMINAL_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def say(text: str) -> None:
    """One line on stderr, with nothing in it that could move the cursor. If nobody reads it, so be it."""
    from clm_audit.report.safe import terminal

    try:
        print(terminal(text, sys.stderr.encoding or "ascii"), file=sys.stderr, flush=True)
    except BrokenPipeError:
        close(sys.stderr)


def say_written(written: Sequence[Path], rejects: Sequence[Reject]) -> None:
    """Name the files that were written; when rows were not taken, or only after a repair, and no file lists them,
    how to have one."""
    for path in written:
        say(f"wrote {path}")
    if rejects and not written:
        actions = Counter(str(row.action) for row in rejects)
        taken = {"duplicate": "repeated", "repaired": "taken after a repair", "kept": "taken with a doubt"}
        lost = actions.total() - sum(actions[action] for action in taken)
        counts = ((lost, "not taken"), *((actions[action], word) for action, word in taken.items()))
        said = ", ".join(f"{many:,} row{'' if many == 1 else 's'} {word}" for many, word in counts if many)
        say(f"{said}; --rejects FILE lists them")


def print_drawn(draw: Callable[[Console], None]) -> None:
    """What ``draw`` draws on a console, on stdout. Written in one go by us: Rich ends a broken pipe with exit 1."""
    canvas = console(sys.stdout)
    with whole_pipe():
        with canvas.capture() as drawn:
            draw(canvas)
        sys.stdout.write(drawn.get())


def print_lines(text: str) -> None:
    """Lines for people on stdout, in the encoding of the console and harmless to it; on a terminal they are wrapped."""
    from clm_audit.report.safe import terminal

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    with whole_pipe():
        for line in text.splitlines():
            for part in _wrapped(line, width):
                print(terminal(part, sys.stdout.encoding or "ascii"))


def _wrapped(line: str, width: int) -> list[str]:
    """A line in parts of ``width`` at most (0: as it is), words left whole and the rest two blanks further in.

    >>> _wrapped("  orders not counted because voided: 39", 30)
    ['  orders not counted because', '    voided: 39']
    """
    if not width or len(line) <= width:
        return [line]
    further = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def write_stdout(text: str | bytes) -> None:
    """Text for machines, or bytes, on stdout: UTF-8, whatever the locale, and no translated line ends."""
    with whole_pipe():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8") if isinstance(text, str) else text)
        sys.stdout.buffer.flush()


@contextmanager
def whole_pipe() -> Iterator[None]:
    """A reader that leaves early (``| head``) ends the writing, not the run: the exit code still counts.

    Raises :class:`UsageError` when stdout cannot be written for another reason, such as a full disk.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        close(sys.stdout)
    except OSError as error:
        close(sys.stdout)
        raise UsageError(f"cannot write the result: {error.strerror}", where="stdout") from error


def close(stream: TextIO) -> None:
    """Send what is still to come nowhere, so that the interpreter's last flush is quiet, too."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """What the engine reports while it works: one bar on a terminal, one line a file or stage elsewhere."""
    if quiet:
        from clm_audit.intake.model import silent

        yield silent
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _lines()


def _lines() -> Callable[[str, int, int], None]:
    said: set[str] = set()

    def watch(what: str, _: int, of: int) -> None:
        if what not in said:
            said.add(what)
            parts = f": {of} parts, one after the other" if what == "measuring" and of > 1 else ""
            say(f"{what}: {of:,} rows" if what.startswith("building") else what + parts)

    return watch


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """One bar for the whole run: what is being done, and how much of everything is behind us."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from clm_audit.report.safe import terminal

    columns = (BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console(sys.stderr), transient=True) as bars:
        task = bars.add_task("", total=1.0)
        reached = 0.0

        def watch(what: str, done: int, of: int) -> None:
            nonlocal reached
            reached = max(reached, overall(what, done, of))
            bars.update(
                task, description=terminal(detailed(what, done, of), sys.stderr.encoding or "ascii"), completed=reached
            )

        yield watch


def detailed(what: str, done: int, of: int) -> str:
    """What is being done, with the rows where that is what is counted; files and their number stand in ``what``.

    >>> detailed("building the facts", 12345, 45457), detailed("measuring", 0, 1), detailed("measuring", 3, 43)
    ('building the facts: 12,345 of 45,457 rows', 'measuring', 'measuring: part 4 of 43')
    """
    if what.startswith("building"):
        return f"{what}: {done:,} of {of:,} rows"
    return f"{what}: part {done + 1} of {of}" if what == "measuring" and of > 1 else what


def overall(what: str, done: int, of: int) -> float:
    """The share of the whole run that is behind us; ``what`` begins with the stage.

    >>> overall("reading file 1 of 2: orders.csv", 5, 10), overall("judging", 0, 1)
    (0.3, 0.95)
    """
    start, end = STAGES.get(what.partition(" ")[0], (0.0, 1.0))
    return start + (end - start) * (min(done / of, 1.0) if of else 1.0)
