"""`report`: a saved audit in every format, the same bytes as the run's own; and files that are no such audit."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.cli import main as entry
from clm_audit.exits import ExitCode, UsageError
from clm_audit.report.formats import FORMATS
from clm_audit.report.json_out import to_json
from clm_audit.report.saved import read_audit, seal
from report import worlds

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WHOLE = to_json(worlds.full_report())
GRAPHIC = tuple(name for name, form in FORMATS.items() if form.needs)


def audit() -> Any:
    return json.loads(WHOLE)


def sealed(tree: Any) -> str:
    """The file that somebody makes who knows how the sum is built."""
    return json.dumps(tree | {"sha256": seal(tree)})


@pytest.fixture(scope="module")
def both(demo: tuple[Path, subprocess.CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a run writes (`run.*`), and what `report` makes of its JSON (`again.*`)."""
    import os
    import sys

    folder = tmp_path_factory.mktemp("both")
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLM_AUDIT_")}

    def call(name: str, *arguments: str) -> None:
        files = [item for form in FORMATS for item in (f"--{form}", f"{name}.{form}")]
        command = [sys.executable, "-m", "clm_audit", *arguments, *files, "--quiet"]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, timeout=240)
        assert done.returncode == 0, done.stderr.decode()
        (folder / f"{name}.text").write_bytes(done.stdout)

    call("run", "compare", "-c", str(demo[0] / "clm-audit.yaml"))
    call("again", "report", "run.json")
    return folder


@pytest.mark.parametrize("form", ["text", *FORMATS])
def test_a_saved_audit_gives_the_bytes_of_the_run(both: Path, form: str) -> None:
    first = (both / f"run.{form}").read_bytes()
    assert len(first) > 300
    assert (both / f"again.{form}").read_bytes() == first


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if not form.shown])
def test_stdout_gets_what_a_file_gets(both: Path, form: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for arguments in (["--format", form], [f"--{form}", "-"]):
        assert entry.main(["report", str(both / "run.json"), *arguments, "--quiet"]) is ExitCode.DONE
        assert capfdbinary.readouterr().out == (both / f"run.{form}").read_bytes()


def test_only_one_result_goes_to_stdout(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text(WHOLE, encoding="utf-8")
    run = clm_audit("report", "audit.json", "--md", "-", "--html", "-")
    assert run.returncode == ExitCode.USAGE
    assert "--html - and --md -: more than one result for stdout" in run.stderr
    assert run.stdout == ""


def test_the_saved_audit_itself_is_not_written_over(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text(WHOLE, encoding="utf-8")
    run = clm_audit("report", "audit.json", "--json", "audit.json")
    assert run.returncode == ExitCode.USAGE
    assert "is one of the files that were read" in run.stderr
    assert (tmp_path / "audit.json").read_text(encoding="utf-8") == WHOLE


def test_what_is_read_back_is_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(WHOLE, encoding="utf-8")
    assert read_audit(tmp_path / "a.json") == worlds.full_report()


def edited(**changes: object) -> str:
    return json.dumps(audit() | changes)


WRONG = {
    "nothing": ("", "is not whole JSON"),
    "half": (WHOLE[: len(WHOLE) // 2], "is not whole JSON"),
    "a list": ("[]", "is not an audit"),
    "another program's": ('{"name": "x"}', "is not an audit"),
    "of check": (to_json(worlds.check_report()), "is the JSON of check, not of compare"),
    "newer": (edited(schema_version="2"), "was written with another schema; this version reads schema 1"),
    "edited": (edited(title="Another one"), "was cut or edited since clm-audit wrote it"),
    "without its sum": (json.dumps({key: value for key, value in audit().items() if key != "sha256"}), "was cut"),
    "a part gone": (sealed({key: value for key, value in audit().items() if key != "verdict"}), "verdict: Field"),
    "a part too many": (sealed(audit() | {"mine": 1}), "mine: Extra inputs"),
    "not a number": (WHOLE.replace('"years_before": 2.0', '"years_before": NaN', 1), "holds a number that is none"),
    "beyond all numbers": (
        WHOLE.replace('"years_before": 2.0', '"years_before": 1e999', 1),
        "holds a number that is none",
    ),
    "a long number": ('{"schema_version": ' + "9" * 6_000 + "}", "is not JSON that this program writes"),
    "deep": ("[" * 100_000, "is not JSON that this program writes"),
    "twice": ('{"tool": 1, "tool": 2}', "has one name twice"),
    "no date": (sealed(audit() | {"events": [{"date": "0001-01-01", "what": "x", "is_break": False}]}), "holds a date"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_such_audit_is_an_error_of_use(clm_audit: Run, tmp_path: Path, what: str) -> None:
    text, said = WRONG[what]
    (tmp_path / "audit.json").write_text(text, encoding="utf-8")
    run = clm_audit("report", "audit.json", "--html", "r.html")
    assert run.returncode == ExitCode.USAGE, run.stderr
    assert said in run.stderr
    assert run.stderr.startswith("audit.json")
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert not (tmp_path / "r.html").exists()


def test_bytes_that_are_no_text_are_said(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_bytes(b"\xff\xfe{}")
    assert "is not JSON that this program writes" in clm_audit("report", "audit.json").stderr
    assert clm_audit("report", "no.json").returncode == ExitCode.USAGE
    assert "cannot be read" in clm_audit("report", ".").stderr


def places(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value below."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree[:3]) if isinstance(tree, list) else ()
    return [at, *(way for key, item in inner for way in places(item, (*at, key)))]


PLACES = [way for way in places(audit()) if way and way[0] not in ("sha256",)]
VALUES = st.one_of(
    st.none(), st.booleans(), st.just(0), st.just(-1), st.just(1e300), st.just(1e-300), st.integers(-(10**20), 10**20),
    st.just(""), st.just("x\x1b[31m\u202e<script>"), st.just("9999-12-31"), st.just("1970-01-01"), st.just("NaN"),
    st.just([]), st.just({}), st.just("W" * 5_000), st.just({"status": "not assessable", "reason": "x"}),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_it_there_is_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], changes: list[tuple[tuple[Any, ...], Any]], gone: bool
) -> None:
    tree = audit()
    for way, value in changes:
        here = tree
        try:
            for part in way[:-1]:
                here = here[part]
            if gone and isinstance(here, dict):
                del here[way[-1]]
            else:
                here[way[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    (tmp_path / "audit.json").write_text(sealed(tree), encoding="utf-8")
    files = [item for form in FORMATS if form not in GRAPHIC for item in (f"--{form}", str(tmp_path / f"r.{form}"))]
    code = entry.main(["report", str(tmp_path / "audit.json"), *files])
    said = capfd.readouterr().err
    assert code in (ExitCode.DONE, ExitCode.USAGE), said
    assert "\x1b" not in said


def test_the_sum_holds_for_another_layout_of_the_same_audit(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(audit(), sort_keys=True, indent=7), encoding="utf-8-sig")
    assert read_audit(tmp_path / "a.json") == worlds.full_report()


def test_an_audit_that_grew_beyond_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text(WHOLE, encoding="utf-8")
    monkeypatch.setattr("clm_audit.report.saved.MOST_BYTES", len(WHOLE) // 2)
    with pytest.raises(UsageError, match="larger than any audit"):
        read_audit(tmp_path / "a.json")


def test_a_missing_extra_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    for name in GRAPHIC:
        form = FORMATS[name]
        for library in form.needs:
            monkeypatch.setitem(sys.modules, library, None)
        missing = str(tmp_path / "no.json")
        assert entry.main(["report", missing, f"--{name}", str(tmp_path / f"r.{name}")]) is ExitCode.USAGE
        said = capsys.readouterr().err
        assert f"pip install 'clm-audit[{form.extra}]'" in said
        assert "no.json" not in said, "the work had begun"
