"""Hostile files: read or refused by a clear error, within 5 seconds of processor time and 512 MB, every one."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError, Problem
from clm_audit.intake.model import Exports
from clm_audit.intake.read import read_exports
from intake.hostile import HOSTILE, ORDERS, gzip_of_quotes, sheet_without_end, xls_cut

SECONDS, MEMORY = 5.0, 512_000_000
_BASE = 80_000_000  # what the program itself holds before it reads anything
ORDER = ExportObject(
    recognise=Recognise(required=("order",)), yields=(Yield(fact="orders", fields={"order": ("order",)}),)
)
PRESETS = {"shop": Preset(system="shop", title="Shop", objects={"orders": ORDER})}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of children is read from /proc")


def resident(process: int) -> int:
    """Bytes of memory of a process and of those that it started.

    One that was started a moment ago is a copy of its parent until it runs a program of its own: it holds the same
    pages, which count once.
    """
    try:
        own = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
        started = [
            int(child) for one in Path(f"/proc/{process}/task").glob("*/children") for child in one.read_text().split()
        ]
        runs = _program(process)
        return own + sum(resident(child) for child in started if _program(child) != runs)
    except (OSError, IndexError):
        return 0


def _program(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


class Watch:
    """The most memory held beyond what was held at the start, and the processor time used."""

    def __init__(self) -> None:
        self.most = 0
        self._start = resident(os.getpid())
        self._done = threading.Event()

    def look(self) -> None:
        while not self._done.wait(0.01):
            self.most = max(self.most, resident(os.getpid()) - self._start)

    def stop(self) -> None:
        self._done.set()


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join()


def used() -> float:
    """Seconds of processor time of this process and its ended children."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def read(home: Path, run: Path) -> Exports:
    return read_exports(AuditPlan(sources=(Source(path=home),), root=home), run, presets=PRESETS)


def cost(home: Path, run: Path) -> tuple[float, int, tuple[Problem, ...]]:
    """Processor time and memory of reading a folder, and what was said of it."""
    run.mkdir()
    problems: tuple[Problem, ...] = ()
    with watched() as watch:
        started = used()
        try:
            for table in read(home, run).tables:
                assert table.frame.drop("__row").collect().height == table.height
        except DataError as error:
            problems = error.problems
        seconds = used() - started
    return seconds, watch.most, problems


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.__name__)
def test_hostile_files_cost_little(tmp_path: Path, hostile: Callable[[Path], None]) -> None:
    home = tmp_path / "in"
    home.mkdir()
    hostile(home)
    seconds, memory, problems = cost(home, tmp_path / "run")
    if seconds >= SECONDS:  # caches that others fill make time, and no second reading as slow as the first
        seconds = cost(home, tmp_path / "again")[0]
    assert seconds < SECONDS
    assert memory < MEMORY - _BASE
    assert all(problem.what and (problem.where or problem.hint) for problem in problems)
    assert "Traceback" not in "".join(problem.what for problem in problems)
    for path in tmp_path.rglob("*"):
        path.unlink() if path.is_file() else None  # some are large


@pytest.mark.parametrize("hostile", [gzip_of_quotes, sheet_without_end, xls_cut], ids=lambda one: one.__name__)
def test_the_command_refuses_with_a_sentence(tmp_path: Path, hostile: Callable[[Path], None]) -> None:
    hostile(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "clm_audit", "check", str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 3, 4)
    assert "Traceback" not in done.stderr + done.stdout
    assert "f." in done.stderr + done.stdout


def test_what_stands_in_a_folder_and_is_no_file_is_never_opened(tmp_path: Path) -> None:
    home, run = tmp_path / "in", tmp_path / "run"
    for folder in (home / "sub", run, tmp_path / "secret"):
        folder.mkdir(parents=True)
    (home / "good.csv").write_bytes(ORDERS)
    (tmp_path / "secret" / "s.csv").write_bytes(ORDERS)
    os.mkfifo(home / "pipe.csv")
    (home / "zero.csv").symlink_to("/dev/zero")
    (home / "tty.csv").symlink_to("/dev/tty")
    (home / "out.csv").symlink_to(tmp_path / "secret" / "s.csv")
    (home / "up").symlink_to(tmp_path)
    (home / "round").symlink_to(home)
    (home / "nothing.csv").symlink_to(home / "missing.csv")
    (home / "loop.csv").symlink_to(home / "loop.csv")
    (home / "sub" / "up.csv").symlink_to("../../secret/s.csv")
    started = time.monotonic()
    exports = read(home, run)
    assert time.monotonic() - started < SECONDS
    assert [table.name for table in exports.tables] == ["good.csv"]
    leads_out = "a link that leads out of the folder; it is not followed"
    assert dict(exports.unknown) == {
        "loop.csv": leads_out,
        "nothing.csv": "not a regular file",
        "out.csv": leads_out,
        "pipe.csv": "not a regular file",
        "round": "a link to a folder; it is not followed",
        "sub/up.csv": leads_out,
        "tty.csv": leads_out,
        "up": "a link to a folder; it is not followed",
        "zero.csv": leads_out,
    }


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/mem"])
def test_devices_that_are_named_are_refused(tmp_path: Path, device: str) -> None:
    if not Path(device).exists():
        pytest.skip("no such device here")
    with pytest.raises(DataError):
        read_exports(AuditPlan(sources=(Source(path=Path(device)),), root=tmp_path), tmp_path, presets=PRESETS)
