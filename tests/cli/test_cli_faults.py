"""Full disks, forbidden folders, kills and collisions: the old reports stay whole, and nothing is half written."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clm_audit.cli import main as entry
from clm_audit.exits import ExitCode, UsageError
from clm_audit.facts import room
from clm_audit.report import write
from clm_audit.report.formats import FORMATS
from clm_audit.report.json_out import to_json
from clm_audit.report.write import TAILS, Target, is_remnant, kind_of, write_all
from e2e.companies import steady_orders, write_orders
from report import worlds

CALLS = ("open", "write", "flush", "fsync", "close", "replace")
PAGE = '<!DOCTYPE html>\n<meta name="generator" content="clm-audit 9.9">\n<title>{}</title>\n'


def old_and_new() -> dict[str, tuple[bytes, bytes]]:
    """File -> what stands there, and what is to stand there: a text, a binary and a list of rejects."""
    header = b"file,line,byte,column,code,action\n"
    return {
        "r.html": (PAGE.format("old").encode(), PAGE.format("new").encode()),
        "r.pdf": (b"%PDF-1.7\nold" + TAILS["PDF"], b"%PDF-1.7\nnew" + TAILS["PDF"]),
        "r.xlsx": (b"PK\x03\x04 old" + TAILS["XLSX"], b"PK\x03\x04 new" + TAILS["XLSX"]),
        "rejects.csv": (header, header + b"a.csv,1,2,c,d,rejected\n"),
    }


class Broken:
    """A file that fails at its ``at``-th call of one kind, over all files of a run."""

    def __init__(self, call: str, at: int, error: OSError) -> None:
        self.call, self.left, self.error = call, at, error

    def __call__(self, call: str) -> None:
        if call == self.call:
            self.left -= 1
            if self.left < 0:
                raise self.error


@pytest.fixture
def break_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Broken], None]:
    real = {"open": os.open, "fdopen": os.fdopen, "fsync": os.fsync, "replace": Path.replace}

    def arm(broken: Broken) -> None:
        class File:
            def __init__(self, handle: int) -> None:
                self.file = real["fdopen"](handle, "wb", buffering=0)

            def write(self, data: bytes) -> int:
                if broken.call == "write":
                    self.file.write(data[: len(data) // 2])  # half of it is there when the disk is full
                broken("write")
                return int(self.file.write(data))

            def flush(self) -> None:
                broken("flush")

            def fileno(self) -> int:
                return int(self.file.fileno())

            def __enter__(self) -> File:
                return self

            def __exit__(self, *_: object) -> None:
                self.file.close()
                broken("close")

        def opened(path: Path, flags: int, mode: int) -> int:
            broken("open")
            return int(real["open"](path, flags, mode))

        def synced(handle: int) -> None:
            broken("fsync")
            real["fsync"](handle)

        def replaced(self: Path, target: Path) -> Path:
            broken("replace")
            return Path(real["replace"](self, target))

        monkeypatch.setattr(write.os, "open", opened)
        monkeypatch.setattr(write.os, "fdopen", lambda handle, _: File(handle))
        monkeypatch.setattr(write.os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", replaced)

    return arm


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("at", range(4))
def test_whatever_call_fails_every_file_is_whole(
    tmp_path: Path, break_at: Callable[[Broken], None], call: str, at: int, code: int
) -> None:
    files = old_and_new()
    for name, (old, _) in files.items():
        (tmp_path / name).write_bytes(old)
    break_at(Broken(call, at, OSError(code, os.strerror(code))))
    with pytest.raises(UsageError, match=f"cannot write: {os.strerror(code)}") as told:
        write_all([Target(tmp_path / name, new) for name, (_, new) in files.items()])
    assert told.value.problems[0].where == str(tmp_path / list(files)[at])
    changed = at if call == "replace" else 0  # the renames before the one that fails are done
    for number, (name, (old, new)) in enumerate(files.items()):
        assert (tmp_path / name).read_bytes() == (new if number < changed else old)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


KILL = """
import os, signal, sys
from pathlib import Path
from clm_audit.report import write
from clm_audit.report.write import Target, write_all

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class File:
    def __init__(self, handle):
        self.file = real(handle, "wb", buffering=0)
    def write(self, data):
        self.file.write(data[: len(data) // 2])
        die()

real, call = os.fdopen, sys.argv[1]
if call == "write":
    write.os.fdopen = lambda handle, _: type("F", (File,), {
        "__enter__": lambda self: self, "__exit__": lambda *_: None})(handle)
elif call == "replace":
    Path.replace = die
else:
    setattr(write.os, call, die)
write_all([Target(Path("r.html"), Path("new").read_bytes())])
"""


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_run_that_is_killed_leaves_the_old_report(tmp_path: Path, call: str) -> None:
    old, new = old_and_new()["r.html"]
    (tmp_path / "r.html").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILL), call], cwd=tmp_path, check=False, timeout=60, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert (tmp_path / "r.html").read_bytes() == old
    # What it leaves is hidden, of no known name, and in nobody's way.
    write_all([Target(tmp_path / "r.html", new)])
    assert (tmp_path / "r.html").read_bytes() == new


LISTEN = """
import json, os, sys
from pathlib import Path
from clm_audit.cli.main import main

home, seen = Path.cwd(), []

def below(path):
    place = Path(os.fsdecode(path)).absolute() if not isinstance(path, int) else Path("/")
    return place.relative_to(home).as_posix() if place.is_relative_to(home) else None

def hear(event, args):
    if event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
        seen.append(["open", below(args[0])])
    elif event == "os.remove" and args[1] != -1:
        return  # below a folder of its own, which is put away
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.truncate", "os.link", "os.symlink"):
        seen.append([event, below(args[0]), *([below(args[1])] if event == "os.rename" else [])])

sys.addaudithook(hear)
for line in json.loads(sys.argv[1]):
    if main([*line, "--quiet"]) not in (0, 1, 3, 4):
        sys.exit(f"{line} did not work")
print("\\n" + json.dumps([one for one in seen if one[1] is not None]))
"""


def test_every_command_writes_through_the_one_place(tmp_path: Path) -> None:
    """Else the faults above would say nothing about what it writes: each file begins as a part and is renamed."""
    write_orders(tmp_path / "in" / "orders.csv", steady_orders(3, customers=60, weeks_before=60, weeks_after=30))
    with (tmp_path / "in" / "orders.csv").open("a") as file:
        file.write("x,broken,row,1\n")
    live = ["--go-live", "2024-01-01", "--timezone", "UTC", "--currency", "USD"]
    every = [item for name in FORMATS for item in (f"--{name}", f"{name}.out")]
    lines = [
        ["init", "in", *live, "--output", "made.yaml"],
        ["compare", "in", *live, *every, "--keep", "kept", "--rejects", "bad.csv"],
        ["compare", "in", *live, "--html", "html.out"],
        ["report", "json.out", "--md", "md.out", "--junit", "again.out"],
        ["history", "kept", "--html", "history.out"],
        ["plan", "in", *live, "--freeze", "frozen.json"],
        ["check", "in", *live, "--rejects", "bad.csv"],
    ]
    run = subprocess.run(
        [sys.executable, "-c", LISTEN, json.dumps(lines)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout.splitlines()[-1])
    parts = {path for event, path, *_ in seen if event == "open"}
    assert all(is_remnant(Path(path).name) for path in parts)
    renamed = {path: to for event, path, *to in seen if event == "os.rename"}
    assert renamed.keys() == parts
    assert [path for event, path, *_ in seen if event not in ("open", "os.rename")] == ["kept"]
    (kept,) = (tmp_path / "kept").iterdir()
    others = {"made.yaml", "again.out", "history.out", "frozen.json", "bad.csv", "rejects.csv"}
    wanted = {f"{name}.out" for name in FORMATS} | others
    assert {to for (to,) in renamed.values()} == wanted | {f"kept/{kept.name}"}


def test_two_runs_on_the_same_output_give_one_whole_report(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from clm_audit.report.write import Target, write_all\n"
        "for _ in range(150): write_all([Target(Path('r.html'), Path(sys.argv[1]).read_bytes())])\n"
    )
    pages = {name: (PAGE.format(name) + name * 200_000).encode() for name in ("a", "b")}
    for name, page in pages.items():
        (tmp_path / name).write_bytes(page)
    runs = [subprocess.Popen([sys.executable, "-c", program, name], cwd=tmp_path) for name in pages]
    seen = set()
    while any(run.poll() is None for run in runs):
        if (tmp_path / "r.html").exists():
            seen.add((tmp_path / "r.html").read_bytes())
    assert [run.returncode for run in runs] == [0, 0]
    assert seen | {(tmp_path / "r.html").read_bytes()} <= set(pages.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "r.html"]


def test_each_format_is_known_by_its_mark() -> None:
    report = worlds.bare_report()
    for form in FORMATS.values():
        data = form.render(report)
        assert kind_of(data[:4096], data[-4096:]) == form.kind


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audit.json").write_text(to_json(worlds.bare_report()), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("fault", ["link", "folder", "no folder", "not ours", "read-only", "the input"])
def test_each_format_meets_each_fault_with_exit_2(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str, fault: str
) -> None:
    target = saved / f"r.{form}"
    if fault == "link":
        target.symlink_to(saved / "elsewhere")
    elif fault == "folder":
        target.mkdir()
    elif fault == "no folder":
        target = saved / "no" / "r"
    elif fault == "not ours":
        target.write_bytes(b"PK\x03\x04 somebody's" if FORMATS[form].binary else b"somebody's")
    elif fault == "read-only":
        monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)  # root may write everywhere
    else:
        target = saved / "audit.json"
    before = {path.name: path.is_file() and path.read_bytes() for path in saved.iterdir()}
    assert entry.main(["report", "audit.json", f"--{form}", str(target)]) is ExitCode.USAGE
    assert f"--{form} {target}: " in capsys.readouterr().err
    assert {path.name: path.is_file() and path.read_bytes() for path in saved.iterdir()} == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_that_cannot_be_made_leaves_every_file_as_it_was(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """All formats are rendered before any is written."""
    first = "json" if form != "json" else "html"
    real = type(FORMATS[form]).render

    def fail(self: object, report: object, **options: bool) -> bytes:
        if self is FORMATS[form]:
            raise MemoryError
        return real(self, report, **options)

    monkeypatch.setattr(type(FORMATS[form]), "render", fail)
    code = entry.main(["report", "audit.json", f"--{first}", "one", f"--{form}", "two"])
    assert code is ExitCode.INTERNAL
    assert sorted(path.name for path in saved.iterdir()) == ["audit.json"]
    assert "MemoryError" in capsys.readouterr().err


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """The system lets no file grow beyond ``size``: it takes what fits, and refuses the rest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_of_each_format_that_the_system_cuts_short_is_not_left_there(
    saved: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """No stand-in for the disk: the kernel itself fails the write."""
    target = saved / f"r.{form}"
    assert entry.main(["report", "audit.json", f"--{form}", str(target), "--quiet"]) is ExitCode.DONE
    old = target.read_bytes()
    before = sorted(path.name for path in saved.iterdir())
    capsys.readouterr()
    with files_end_at(len(old) // 2):
        assert entry.main(["report", "audit.json", f"--{form}", str(target), "--quiet"]) is ExitCode.USAGE
    assert f"{target}: cannot write: File too large" in capsys.readouterr().err
    assert target.read_bytes() == old
    assert sorted(path.name for path in saved.iterdir()) == before


def test_a_summary_that_is_cut_short_leaves_what_stood_there(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = saved / "summary.md"
    place.write_text("# of another command\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place))
    with files_end_at(1000):
        assert entry.main(["report", "audit.json", "--format", "github", "--quiet"]) is ExitCode.USAGE
    assert f"{place}: cannot write: File too large" in capfd.readouterr().err
    assert place.read_text() == "# of another command\n"


def test_temporary_files_that_the_system_refuses_are_no_error_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The engine writes them, and tells of a full disk in an error of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(room, "HELD", 100)  # so few rows would be held in memory
    write_orders(tmp_path / "in" / "orders.csv", steady_orders(3, customers=60, weeks_before=60, weeks_after=30))
    answers = "".join(f"S{number},c{number},,2023-06-{1 + number % 28:02},{number % 11},nps\n" for number in range(50))
    (tmp_path / "in" / "surveys.csv").write_text(f"survey,customer,email,date,score,kind\n{answers}")
    with files_end_at(100):
        ended = entry.main(["compare", "in", "--go-live", "2024-01-01", "--timezone", "UTC", "--html", "r.html"])
    assert ended is ExitCode.USAGE
    said = capsys.readouterr().err
    assert "the disk is full (free some space, or set TMPDIR to a folder that has more" in said
    assert "internal" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_full_stdout_is_an_error_of_use(saved: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    for form in ("text", "md", "junit", "xlsx"):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "clm_audit", "report", "audit.json", "--format", form],
                cwd=saved, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60,
            )  # fmt: skip
        assert done.returncode == ExitCode.USAGE
        assert b"stdout: cannot write the result: No space left on device" in done.stderr


def test_the_summary_of_a_step_is_added_to_its_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = saved / "summary.md"
    place.write_text("# of another command\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place))
    assert entry.main(["report", "audit.json", "--format", "github", "--quiet"]) is ExitCode.DONE
    assert place.read_text().startswith("# of another command\n<!-- clm-audit step summary -->\n")
    assert capfd.readouterr().out.startswith("::")
    assert entry.main(["report", "audit.json", "--format", "md", "--quiet"]) is ExitCode.DONE
    assert entry.main(["report", "audit.json", "--format", "github", "--github", "own.md", "--quiet"]) is ExitCode.DONE
    assert place.read_text().count("step summary") == 1
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(saved / "no" / "summary.md"))
    assert entry.main(["report", "audit.json", "--format", "github"]) is ExitCode.USAGE
