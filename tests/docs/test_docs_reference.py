"""docs/reference says what the code says: written by `make docs`, compared here."""

from __future__ import annotations

import pytest
import typer

from clm_audit.cli.main import app
from clm_audit.config.plan import ALL_METRIC_IDS
from clm_audit.exits import ExitCode
from clm_audit.report import words
from clm_audit.report.model import AuditReport
from clm_audit.verdict.checks import CHECK_IDS
from docs.reference import EXITS, FOLDER, page, pages


def shown(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pages())
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert shown(name) == page(name), "run: make docs"


def test_there_is_no_page_that_nobody_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(pages())


def test_every_command_and_exit_code_is_there() -> None:
    commands = typer.main.get_command(app).commands
    assert all(f"\n## {name}\n" in shown("cli.md") for name in commands)
    assert set(EXITS) == set(ExitCode)


@pytest.mark.parametrize("command", ["compare", "check", "explain", "verify"])
def test_every_option_of_the_help_is_in_the_table(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    typer.main.get_command(app).main([command, "--help"], prog_name="clm-audit", standalone_mode=False)
    options = {word for word in capsys.readouterr().out.split() if word.startswith("--") and word[2:].isalpha()}
    section = shown("cli.md").split(f"\n## {command}\n")[1].split("\n## ")[0]
    assert {option for option in options if option not in section} == set()


def test_every_metric_check_and_code_is_there() -> None:
    assert all(f"\n### {metric}\n" in shown("metrics.md") for metric in ALL_METRIC_IDS)
    codes = (*CHECK_IDS, *words.MESSAGES, *words.REASONS, *words.REJECTS, *words.CODES_SAID)
    assert [code for code in codes if f"| `{code}` |" not in shown("codes.md")] == []


def test_every_field_of_the_root_is_there() -> None:
    root = shown("audit-json.md").split("## The root")[1].split("\n## ")[0]
    assert [name for name in AuditReport.model_fields if f"| `{name}` |" not in root] == []
