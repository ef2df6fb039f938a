"""Every way to end has its exit code, and the last line on stderr says it in words."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.cli import main as entry
from clm_audit.cli.outcome import SENTENCES, Outcome, last_line
from clm_audit.exits import DataError, ExitCode, Problem, UsageError

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ExitCode)
    assert len(set(SENTENCES.values())) == len(ExitCode)


@pytest.mark.parametrize("code", ExitCode)
def test_what_a_command_returns_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: ExitCode
) -> None:
    monkeypatch.setattr(entry, "_command", lambda _: Outcome(code))
    assert entry.main([]) is code
    assert capsys.readouterr().err == last_line(code) + "\n"


def test_a_quiet_end_says_nothing_when_all_is_well_and_speaks_when_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "_command", lambda _: Outcome(ExitCode.DONE, said=False))
    entry.main([])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(entry, "_command", lambda _: Outcome(ExitCode.GATE_FAILED, said=False))
    entry.main([])
    assert "the gate failed" in capsys.readouterr().err


class Panic(BaseException):
    """As engines throw them: no Exception."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError(problems=(Problem("one", "f:1:1"), Problem("two", hint="do this"))), ExitCode.USAGE),
        (DataError("cannot be read", where="f.csv:3"), ExitCode.UNFIT),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (PermissionError(13, "Permission denied", "in/orders.csv"), ExitCode.USAGE),
        (ValueError("secret@example.org"), ExitCode.INTERNAL),
        (Panic("secret@example.org"), ExitCode.INTERNAL),
    ],
)
def test_every_error_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: ExitCode
) -> None:
    def fail(_: object) -> Outcome:
        raise error

    monkeypatch.setattr(entry, "_command", fail)
    assert entry.main([]) is code
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == last_line(code)
    if isinstance(error, UsageError):
        assert lines[:-1] == ["f:1:1: one", "two (do this)"]
    if code is ExitCode.INTERNAL:
        assert f"internal error: {type(error).__name__} at clm_audit/cli/main.py:" in lines[0]
        assert "please report" in lines[0]
        assert "secret" not in "\n".join(lines), "an internal error must not show data"
        assert str(Path(entry.__file__).parent.parent.parent) not in lines[0]


def test_an_interrupt_within_a_command_is_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import clm_audit.config.resolve as resolving

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resolving, "resolve", stop)
    assert entry.main(["compare"]) is ExitCode.INTERRUPTED


def test_configuration_errors_come_one_a_line(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "clm-audit.yaml").write_text("go_life: 2024-07-01\ncurrency: usd\n", encoding="utf-8")
    run = clm_audit("compare")
    assert run.returncode == ExitCode.USAGE
    assert run.stderr.splitlines() == [
        "clm-audit.yaml:1:1: go_life: unknown key (did you mean go_live?)",
        "clm-audit.yaml:2:11: currency: there is no currency usd (did you mean USD?)",
        last_line(ExitCode.USAGE),
    ]
    assert run.stdout == ""


def test_hostile_text_of_a_configuration_does_not_reach_the_terminal(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    text = 'go_live: 2024-07-01\ntitle: "a\\e[31mb\\u202ec"\nsources: [{path: x.csv}]\n'
    (tmp_path / "clm-audit.yaml").write_text(text, encoding="utf-8")
    shown = clm_audit("compare", "--show-config")
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout
    (tmp_path / "clm-audit.yaml").write_text('"a\\e[31m": 1\n', encoding="utf-8")
    assert "\x1b" not in clm_audit("compare").stderr


def test_paths_are_taken_as_they_were_typed(clm_audit: Run) -> None:
    run = clm_audit("compare", "", "http://x/y.csv", "--go-live", "2024-07-01")
    assert run.returncode == ExitCode.USAGE
    assert run.stderr.splitlines()[:2] == [
        "a path is empty (name a file or a folder; . is the folder you are in)",
        "http://x/y.csv: must be a path on this machine, not an address (download the export first)",
    ]
    assert "a path is empty" in clm_audit("check", "").stderr


def test_an_unknown_variable_is_a_usage_error(clm_audit: Run) -> None:
    run = clm_audit("check", "x", CLM_AUDIT_TIMEZON="UTC")
    assert run.returncode == ExitCode.USAGE
    assert "CLM_AUDIT_TIMEZON: unknown variable (did you mean CLM_AUDIT_TIMEZONE?)" in run.stderr
