"""`compare` and `check`: formats, files, gate and streams, on the sample company's audit."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

import clm_audit.pipeline as auditing
from clm_audit.cli.main import main
from clm_audit.cli.streams import overall
from clm_audit.config.plan import AuditPlan, GateRules
from clm_audit.exits import ExitCode
from clm_audit.intake.model import Reject
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport
from clm_audit.verdict.model import Gate

Run = Callable[..., "subprocess.CompletedProcess[str]"]
REJECT = Reject(file="orders.csv", line=7, byte=120, column="Total", code="bad_amount")


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch, saved: AuditReport, tmp_path: Path) -> list[AuditPlan]:
    """Stands in for the audit itself: every plan that it is called with; it answers with the saved report."""
    seen: list[AuditPlan] = []

    def audit(
        plan: AuditPlan,
        progress: Callable[[str, int, int], None],
        rejects: Callable[..., None],
        *_: object,
    ) -> AuditReport:
        seen.append(plan)
        for done in (0, 5, 10):
            progress("orders.csv", done, 10)
        rejects((REJECT,) if plan.title == "rejects" else ())
        return saved.model_copy(update={"gate": Gate(result="failed" if plan.gate else "none")})

    monkeypatch.setattr(auditing, "audit", audit)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLM_AUDIT_")]:
        monkeypatch.delenv(name)
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
    return seen


@pytest.mark.parametrize(("form", "render"), [("json", to_json), ("md", to_markdown), ("html", to_html)])
def test_machine_formats_are_clean_on_stdout(
    plans: list[AuditPlan],
    saved: AuditReport,
    capfdbinary: pytest.CaptureFixture[bytes],
    form: str,
    render: Callable[[AuditReport], str],
) -> None:
    assert main(["compare", "before", "after", "--format", form]) is ExitCode.DONE
    out, err = capfdbinary.readouterr()
    assert out == render(saved).encode()
    assert err.decode().splitlines() == ["orders.csv", "clm-audit: exit 0, done"], "one line a file, then the end"
    assert [source.side for source in plans[0].sources] == ["before", "after"]


@pytest.mark.usefixtures("plans")
def test_quiet_says_nothing_but_errors(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "before", "after", "--quiet"]) is ExitCode.DONE
    assert capfd.readouterr().err == ""
    assert main(["compare", "befor", "after", "--quiet"]) is ExitCode.USAGE
    assert "did you mean before?" in capfd.readouterr().err


def test_files_are_written_and_named(
    plans: list[AuditPlan], saved: AuditReport, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ["compare", "before", "after", "--html", "r.html", "--json", "a.json", "--md", "r.md"]
    assert main(args) is ExitCode.DONE
    err = capfd.readouterr().err.splitlines()
    assert err[1:4] == ["wrote r.html", "wrote a.json", "wrote r.md"]
    assert Path("a.json").read_text(encoding="utf-8") == to_json(saved)
    assert Path("r.html").read_text(encoding="utf-8") == to_html(saved)
    assert Path("r.md").read_text(encoding="utf-8") == to_markdown(saved)
    assert not Path("rejects.csv").exists()
    assert main(args) is ExitCode.DONE, "its own files are replaced"
    assert len(plans) == 2


@pytest.mark.usefixtures("plans")
def test_all_rejects_are_written_beside_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    rejecting = ["compare", "before", "after", "--title", "rejects"]
    main([*rejecting, "--json", "out/a.json"])
    assert "orders.csv,7,120,Total,bad_amount" in Path("out/rejects.csv").read_text(encoding="utf-8")
    main(["compare", "before", "after", "--json", "out/a.json"])
    assert len(Path("out/rejects.csv").read_text(encoding="utf-8").splitlines()) == 1, "an old list does not stay"
    main([*rejecting, "--rejects", "mine.csv"])
    assert "bad_amount" in Path("mine.csv").read_text(encoding="utf-8")
    capfd.readouterr()
    main(rejecting)
    assert "--rejects FILE lists them" in capfd.readouterr().err
    assert not Path("rejects.csv").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--html", "before/r.html"], "is inside a folder of exports"),
        (["--json", "before"], "is a folder"),
        (["--md", "nowhere/r.md"], "its folder does not exist"),
        (["--html", "r", "--md", "./r"], "two reports under one name"),
    ],
)
def test_targets_are_checked_before_the_work_starts(
    plans: list[AuditPlan], capfd: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    assert main(["compare", "before", "after", *options]) is ExitCode.USAGE
    assert says in capfd.readouterr().err
    assert plans == []


OTHERS = {
    "clm-audit.yaml": "# our audit\ngo_live: 2024-07-01\nsources: [{path: before}, {path: after}]\n",
    "README.md": "# Our shop\n",
    "run.sh": "#!/bin/sh\n",
    "package.json": '{"name": "x"}\n',
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("option", ["--html", "--json", "--md", "--rejects"])
def test_no_file_of_others_is_ever_replaced(
    plans: list[AuditPlan], capfd: pytest.CaptureFixture[str], name: str, option: str
) -> None:
    for other, text in OTHERS.items():
        Path(other).write_text(text, encoding="utf-8")
    assert main(["compare", option, name]) is ExitCode.USAGE
    assert f"{option} {name}: " in capfd.readouterr().err
    assert {other: Path(other).read_text(encoding="utf-8") for other in OTHERS} == OTHERS
    assert plans == []


def test_one_refused_target_means_that_nothing_is_written(
    plans: list[AuditPlan], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("notes.txt").write_text("mine\n", encoding="utf-8")
    Path("link.md").symlink_to("elsewhere.md")
    args = ["compare", "before", "after", "--html", "ok.html", "--json", "notes.txt", "--md", "link.md"]
    assert main(args) is ExitCode.USAGE
    err = capfd.readouterr().err
    assert "--json notes.txt: exists and was not written by clm-audit" in err
    assert "--md link.md: is a link" in err
    assert not Path("ok.html").exists()
    assert plans == []


def test_a_foreign_list_beside_the_report_is_refused_before_the_work(
    plans: list[AuditPlan], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("rejects.csv").write_text("mine\n", encoding="utf-8")
    assert main(["compare", "before", "after", "--title", "rejects", "--html", "ok.html"]) is ExitCode.USAGE
    assert "rejects.csv: exists and was not written by clm-audit (name another file for the rejects" in (
        capfd.readouterr().err
    )
    assert plans == []
    args = ["compare", "before", "after", "--title", "rejects", "--html", "ok.html", "--rejects", "r.csv", "--quiet"]
    assert main(args) is ExitCode.DONE
    assert Path("rejects.csv").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.usefixtures("plans")
def test_an_input_is_never_overwritten(capfd: pytest.CaptureFixture[str]) -> None:
    Path("orders.json").write_text("{}\n", encoding="utf-8")
    assert main(["compare", "orders.json", "--go-live", "2024-07-01", "--json", "orders.json"]) is ExitCode.USAGE
    assert "is one of the files that were read" in capfd.readouterr().err
    assert Path("orders.json").read_text(encoding="utf-8") == "{}\n"


def test_the_gate_is_asked_only_on_request(plans: list[AuditPlan]) -> None:
    text = "go_live: 2024-07-01\nsources: [{path: before}]\ngate: {fail_on: [mixed]}\n"
    Path("clm-audit.yaml").write_text(text, encoding="utf-8")
    assert main(["compare", "--quiet"]) is ExitCode.DONE
    assert main(["compare", "--quiet", "--gate"]) is ExitCode.GATE_FAILED
    assert main(["compare", "before", "after", "--quiet", "--gate"]) is ExitCode.GATE_FAILED
    assert [plan.gate for plan in plans] == [None, GateRules(fail_on=("mixed",)), GateRules()]
    assert plans[0].origins["gate"] == "not asked for (--gate)"
    assert plans[1].origins["gate.fail_on"] == "clm-audit.yaml:3:8"
    assert plans[2].origins["gate.fail_on"] == "default of --gate"


@pytest.mark.parametrize("verdict", ["good fit", "mixed", "switch", "inconclusive", "not assessable"])
@pytest.mark.parametrize("gate", ["none", "passed", "failed", "undecided"])
def test_the_exit_code_is_that_of_the_report(
    plans: list[AuditPlan], saved: AuditReport, monkeypatch: pytest.MonkeyPatch, verdict: str, gate: str
) -> None:
    told = saved.model_copy(
        update={"verdict": saved.verdict.model_copy(update={"value": verdict}), "gate": Gate(result=gate)}
    )
    monkeypatch.setattr(auditing, "audit", lambda *_: told)
    unfit = 4 if verdict == "not assessable" else None
    # a gate that failed is a decision whatever the verdict; what is not fit for one says so rather than "undecided"
    expected = {"none": unfit or 0, "passed": unfit or 0, "failed": 1, "undecided": unfit or 3}[gate]
    assert main(["compare", "before", "after", "--quiet", "--format", "json"]) == expected
    assert plans == []


def test_a_stamp_only_on_request(plans: list[AuditPlan], capfd: pytest.CaptureFixture[str]) -> None:
    main(["compare", "before", "after", "--format", "json"])
    assert json.loads(capfd.readouterr().out)["created"] is None
    main(["compare", "before", "after", "--format", "json", "--stamp"])
    assert json.loads(capfd.readouterr().out)["created"].endswith("+00:00")
    assert len(plans) == 2


@pytest.mark.usefixtures("plans")
def test_show_config_stops_before_the_work(plans: list[AuditPlan], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "before", "after", "--show-config", "--materiality", "3%"]) is ExitCode.DONE
    out, err = capfd.readouterr()
    assert err == ""
    assert "option --materiality" in out
    assert plans == []


REPLAY = """
import sys, types
from clm_audit.cli.main import main
from clm_audit.report.model import AuditReport
report = AuditReport.model_validate_json(open(sys.argv[1], "rb").read())
def audit(plan, progress, *_):
    progress("orders.csv", 5, 10)
    return report
# In the place of the real one, whose libraries take longer to load than everything that is tested here.
auditing = sys.modules["clm_audit.pipeline"] = types.ModuleType("clm_audit.pipeline")
auditing.audit, auditing.uninspected = audit, None
sys.exit(int(main(sys.argv[2:])))
"""


def replay(demo: Path, *args: str) -> list[str]:
    """A command line that prints the demo's report again without auditing."""
    return [
        sys.executable,
        "-c",
        REPLAY,
        str(demo / "audit.json"),
        "compare",
        str(demo / "before"),
        str(demo / "after"),
        *args,
    ]


def environment(**more: str) -> dict[str, str]:
    read = ("CLM_AUDIT_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING", "PYTHONUTF8")
    return {name: value for name, value in os.environ.items() if not name.startswith(read)} | more


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_narrow_consoles_work(demo: tuple[Path, object], encoding: str) -> None:
    env = environment(PYTHONIOENCODING=encoding)
    run = subprocess.run(replay(demo[0]), env=env, capture_output=True, check=False, timeout=60)
    assert run.returncode == ExitCode.DONE, run.stderr
    text = run.stdout.decode(encoding)
    assert "\\u" not in text, "glyphs have stand-ins; escapes are the last resort"


def test_off_a_terminal_there_is_no_colour_and_the_width_is_fixed(demo: tuple[Path, object]) -> None:
    runs = [
        subprocess.run(
            replay(demo[0]), env=environment(PYTHONUTF8="1", **env), capture_output=True, check=True, timeout=60
        )
        for env in ({}, {"FORCE_COLOR": "1", "COLUMNS": "40", "TERM": "xterm-256color"})
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"\x1b" not in runs[0].stdout + runs[0].stderr
    assert max(len(line) for line in runs[0].stdout.decode().splitlines()) <= 160


@pytest.mark.parametrize(
    ("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=["tty", "no", "dumb"]
)
def test_on_a_terminal_colour_is_the_users_choice(
    demo: tuple[Path, object], env: dict[str, str], coloured: bool
) -> None:
    ours, theirs = pty.openpty()
    full = environment(PYTHONUTF8="1", **{"TERM": "xterm-256color", **env})
    with subprocess.Popen(replay(demo[0]), stdout=theirs, stderr=subprocess.DEVNULL, env=full) as run:
        os.close(theirs)
        text = b""
        try:
            while piece := os.read(ours, 65536):
                text += piece
        except OSError:
            pass  # Linux reports the closed terminal this way
        os.close(ours)
        assert run.wait(60) == ExitCode.DONE
    assert (b"\x1b[" in text) is coloured
    assert text.strip()


def test_a_reader_that_leaves_early_changes_no_exit_code(demo: tuple[Path, object]) -> None:
    for form in ("text", "json", "html"):
        command = replay(demo[0], "--format", form, "--quiet")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as run:
            assert run.stdout is not None
            assert run.stderr is not None
            run.stdout.close()
            assert (run.wait(60), run.stderr.read()) == (ExitCode.DONE, b""), form


def test_progress_on_a_terminal_leaves_stdout_clean(demo: tuple[Path, object], saved: AuditReport) -> None:
    ours, theirs = pty.openpty()
    command = replay(demo[0], "--format", "json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment(TERM="xterm")) as run:
        os.close(theirs)
        assert run.stdout is not None
        assert run.stdout.read().decode() == to_json(saved)
        drawn = b""
        try:
            while piece := os.read(ours, 65536):
                drawn += piece
        except OSError:
            pass  # Linux reports the closed terminal this way
        os.close(ours)
        assert run.wait(60) == ExitCode.DONE
    assert b"orders.csv" in drawn
    assert drawn.rstrip().endswith(b"clm-audit: exit 0, done")


def test_one_bar_only_ever_moves_on_over_all_files_and_stages() -> None:
    steps = [
        ("reading file 1 of 2: a.csv", 0, 20), ("reading file 1 of 2: a.csv", 10, 20),
        ("reading file 2 of 2: b.csv", 20, 20), ("building the facts", 0, 9), ("building the facts", 9, 9),
        ("measuring", 0, 1), ("judging", 0, 1),
    ]  # fmt: skip
    shares = [overall(*step) for step in steps]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_off_a_terminal_there_is_a_line_for_each_file_and_stage(demo: tuple[Path, object], clm_audit: Run) -> None:
    run = clm_audit("check", demo[0] / "before", "--format", "json")
    lines = run.stderr.splitlines()
    files = [line for line in lines if line.startswith("reading file ")]
    assert len(files) == len(set(files)) == len(json.loads(run.stdout)["files"])
    assert [line.partition(": ")[0] for line in files] == [
        f"reading file {number} of {len(files)}" for number in range(1, len(files) + 1)
    ]
    rows = json.loads(run.stdout)["files"]
    assert lines[len(files)].partition(": ")[0] == "building the facts"
    said = int(lines[len(files)].partition(": ")[2].removesuffix(" rows").replace(",", ""))
    # rows that turn out to be totals are still among them
    assert sum(file["rows"]["read"] - file["rows"]["structure"] for file in rows) <= said
    assert said < sum(file["rows"]["read"] for file in rows)
    assert lines[len(files) + 1] == "judging"


def test_an_interrupt_of_the_work_is_130_and_writes_nothing(demo: tuple[Path, object], tmp_path: Path) -> None:
    stopped = REPLAY.replace("return report", "import os, signal; os.kill(os.getpid(), signal.SIGINT); return report")
    command = replay(demo[0], "--html", str(tmp_path / "r.html"))
    command[2] = stopped
    run = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=60)
    assert (run.returncode, run.stdout) == (ExitCode.INTERRUPTED, b"")
    assert run.stderr.decode().splitlines()[-1] == "clm-audit: exit 130, interrupted"
    assert list(tmp_path.iterdir()) == []


def test_nobody_reading_stderr_changes_no_exit_code(demo: tuple[Path, object]) -> None:
    gated = REPLAY.replace("return report", 'return report.model_copy(update={"gate": Gate(result="failed")})')
    command = replay(demo[0], "--gate", "--format", "json")
    command[2] = f"from clm_audit.verdict.model import Gate\n{gated}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()) as run:
        assert run.stderr is not None
        run.stderr.close()
        assert run.wait(60) == ExitCode.GATE_FAILED


def test_a_disk_that_is_full_is_not_silent(demo: tuple[Path, object]) -> None:
    if not Path("/dev/full").exists():
        pytest.fail("this test needs /dev/full")
    with Path("/dev/full").open("wb") as full:
        command = replay(demo[0], "--format", "json")
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False, timeout=60)
    assert run.returncode == ExitCode.USAGE
    assert b"stdout: cannot write the result: No space left on device" in run.stderr


def test_a_full_disk_is_said_of_stdout_whatever_is_printed(demo: tuple[Path, object]) -> None:
    help_ = [sys.executable, "-m", "clm_audit", "compare", "--help"]
    for command in (help_, replay(demo[0]), replay(demo[0], "--format", "md"), replay(demo[0], "--show-config")):
        with Path("/dev/full").open("wb") as full:
            env = environment()
            run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, check=False, timeout=60)
        assert run.returncode == ExitCode.USAGE, command
        assert b"stdout: " in run.stderr, command
        assert b"No space left on device" in run.stderr, command


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("form", "gate"), [("text", ()), ("json", ("--gate",)), ("html", ("--gate",))])
def test_closed_streams_change_no_exit_code(
    demo: tuple[Path, object], tmp_path: Path, form: str, closed: str, gate: tuple[str, ...]
) -> None:
    failing = REPLAY.replace("return report", 'return report.model_copy(update={"gate": Gate(result="failed")})')
    command = replay(demo[0], "--format", form, "--html", str(tmp_path / "r.html"), *gate)
    command[2] = f"from clm_audit.verdict.model import Gate\n{failing}" if gate else REPLAY
    line = f"{shlex.join(command)} {closed}"
    run = subprocess.run(["/bin/sh", "-c", line], env=environment(), capture_output=True, check=False, timeout=60)
    assert run.returncode == (ExitCode.GATE_FAILED if gate else ExitCode.DONE), run.stderr
    assert (tmp_path / "r.html").read_bytes().startswith(b"<!DOCTYPE html>"), "no file took the place of a stream"
    assert (tmp_path / "r.html").read_bytes().rstrip().endswith(b"</html>")
    if "2>&-" not in closed:
        assert run.stderr.splitlines()[-1].startswith(b"clm-audit: exit ")


STOPPED = """
import os, signal, sys, time
import clm_audit.facts.anywhere as sources
from clm_audit.cli.main import run
name = getattr(signal, os.environ["STOP_BY"])
signal.signal(name, signal.SIG_DFL)  # tests that run under nohup hand down that it is ignored
def stop(plan, folder, progress, **_):
    (folder / "half.parquet").touch()
    os.kill(os.getpid(), name)
    time.sleep(60)
sources.read_exports = stop
run()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_stopped_run_leaves_nothing_behind_and_ends_by_its_signal(tmp_path: Path, name: str) -> None:
    for folder in ("before", "after", "out"):
        (tmp_path / folder).mkdir()
    command = [sys.executable, "-c", STOPPED, "compare", "before", "after", "--html", "r.html"]
    env = environment(TMPDIR=str(tmp_path / "out"), STOP_BY=name)
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False, timeout=60)
    assert run.returncode == -getattr(signal, name), run.stderr
    assert run.stderr.decode().splitlines() == [f"clm-audit: ended by {name}; nothing was left behind"]
    assert list((tmp_path / "out").iterdir()) == []
    assert not (tmp_path / "r.html").exists()


def test_the_json_of_check_fits_its_schema(demo: tuple[Path, object], clm_audit: Run) -> None:
    schema = json.loads(clm_audit("schema", "check").stdout)
    report = json.loads(clm_audit("check", demo[0] / "before", "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema).validate(report)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(report | {"verdict": "good fit"}))


def test_check_prints_the_ledger_and_no_verdict(demo: tuple[Path, object], clm_audit: Run) -> None:
    run = clm_audit("check", "-c", demo[0] / "clm-audit.yaml", "--format", "json")
    report = json.loads(run.stdout)
    assert "verdict" not in report
    failed = any(check["status"] == "fail" for check in report["checks"])
    assert run.returncode == (ExitCode.UNFIT if failed else ExitCode.DONE), run.stderr
    for record in report["files"]:
        rows = record["rows"]
        assert rows["read"] == sum(rows[name] for name in rows if name != "read"), record["path"]


def test_check_lists_the_rows_not_taken(demo: tuple[Path, object], clm_audit: Run, tmp_path: Path) -> None:
    config = demo[0] / "clm-audit.yaml"
    run = clm_audit("check", "-c", config, "--format", "json", "--rejects", "rejects.csv")
    assert "wrote rejects.csv" in run.stderr
    listed = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    count = json.loads(run.stdout)["reject_count"]
    assert len(listed) == 1 + count
    assert count > 0
    repeated = sum(line.endswith(",duplicate") for line in listed)
    said = clm_audit("check", "-c", config).stderr
    assert "; --rejects FILE lists them" in said
    assert (f"{repeated} rows repeated" in said) == (repeated > 1)
    assert (f"{count - repeated} rows not taken" in said) == (count - repeated > 1)


def test_a_row_taken_after_a_repair_is_not_said_to_be_lost(clm_audit: Run, tmp_path: Path) -> None:
    rows = [f'{n},2024-01-{n % 28 + 1:02d},{n}.50,"Customer, {n}"' for n in range(1, 60)]
    rows[30] = rows[30].replace('"Customer, 31"', 'Customer "31')
    (tmp_path / "orders.csv").write_text("\n".join(["order,date,amount,customer", *rows]) + "\n", encoding="utf-8")
    run = clm_audit("check", "orders.csv", "--format", "json")
    assert [row["action"] for row in json.loads(run.stdout)["rejects"]] == ["repaired"]
    assert "1 row taken after a repair; --rejects FILE lists them" in run.stderr
    assert "not taken" not in run.stderr


def test_check_needs_no_go_live(demo: tuple[Path, object], clm_audit: Run) -> None:
    run = clm_audit("check", demo[0] / "before")
    assert run.returncode in (ExitCode.DONE, ExitCode.UNFIT), run.stderr
    assert "orders_export.csv" in run.stdout
    assert run.stderr.splitlines()[-1].startswith("clm-audit: exit ")
    assert "Warning" not in run.stderr


def test_a_folder_without_exports_is_not_fit(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = clm_audit("compare", "empty", "--go-live", "2024-07-01", "--format", "json")
    assert run.returncode == ExitCode.UNFIT, run.stderr
    assert "empty: a folder that holds no files" in run.stderr
    assert run.stdout == ""
