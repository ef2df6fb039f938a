"""Help: quick, starts with examples, documents every option, and helps with typos."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

import clm_audit as package
from clm_audit.cli.main import app
from clm_audit.cli.outcome import SENTENCES
from clm_audit.exits import ExitCode

COMMANDS = ("compare", "check", "init", "plan", "verify", "config", "explain", "report", "history", "demo", "schema")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_there_are_these_commands() -> None:
    assert tuple(typer.main.get_command(app).commands) == COMMANDS


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_starts_with_examples(command: str, flag: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), flag])
    assert result.exit_code == 0
    lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    assert lines[0].startswith(f"Usage: root {command}".rstrip())
    assert lines[1] == "Examples:"
    assert lines[2].startswith(f"clm-audit {command}".rstrip())
    assert result.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_is_documented(name: str) -> None:
    command = typer.main.get_command(app).commands[name]
    shown = CliRunner().invoke(app, [name, "--help"]).stdout
    for parameter in command.params:
        assert getattr(parameter, "help", None), parameter.name
        for flag in parameter.opts if parameter.param_type_name == "option" else ():
            assert flag in shown


def test_the_first_page_names_every_exit_code() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout
    for code in ExitCode:
        assert f"{int(code)} {SENTENCES[code]}" in shown


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"clm-audit {package.__version__}\n"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["comprae"], "Did you mean 'compare'?"),
        (["compare", "--go-liv", "2024-07-01"], "Did you mean --go-live?"),
        (["compare", "--format", "jsn"], "'json'"),
        (["schema", "confg"], "'config'"),
        (["compare", "--go-live"], "requires an argument"),
        (["schema"], "Choose from: config, audit, check, plan, history"),
    ],
)
def test_a_typo_is_a_usage_error_with_the_right_word(clm_audit: Run, args: list[str], says: str) -> None:
    run = clm_audit(*args)
    assert run.returncode == ExitCode.USAGE
    assert says in run.stderr
    assert run.stdout == ""
    assert run.stderr.splitlines()[-1] == "clm-audit: exit 2, usage or configuration error"


def test_no_command_shows_the_help(clm_audit: Run) -> None:
    run = clm_audit()
    assert run.returncode == ExitCode.DONE
    assert "Examples:" in run.stdout


def test_help_imports_nothing_heavy() -> None:
    """CPU time differs between machines; what is imported does not."""
    heavy = "('polars', 'numpy', 'scipy', 'pydantic', 'rich', 'jinja2', 'yaml', 'fastexcel', 'narwhals')"
    script = f"import sys, clm_audit.cli.main as m\nm.main(['--help'])\nprint([x for x in {heavy} if x in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
