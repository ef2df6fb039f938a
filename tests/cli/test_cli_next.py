"""The command that is suggested at the end, and the help when no command is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.cli.main import main
from clm_audit.cli.next_command import after_compare, given_words
from clm_audit.exits import ExitCode
from report import worlds

GIVEN = ["my exports/", "--go-live", "2024-07-01"]


def test_without_a_command_there_is_help_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) is ExitCode.DONE
    out, err = capsys.readouterr()
    assert "Examples:" in out
    assert "clm-audit compare exports/ --go-live" in out
    assert err == ""


def test_the_page_comes_first_then_what_is_open_then_the_numbers() -> None:
    report, html = worlds.full_report(), {"html": Path("r.html")}
    assert after_compare(report, GIVEN, {}).startswith(
        "clm-audit compare 'my exports/' --go-live 2024-07-01 --html report.html "
    )
    assert after_compare(report, GIVEN, html).startswith("clm-audit plan 'my exports/' --go-live 2024-07-01 ")
    settled = tuple(metric.model_copy(update={"finding": "improved"}) for metric in report.metrics)
    decided = report.model_copy(update={"metrics": settled})
    assert after_compare(decided, GIVEN, html | {"json": Path("a b.json")}).startswith(
        "clm-audit explain purchase_frequency --from 'a b.json' "
    )


def test_data_that_are_not_fit_are_looked_at_first() -> None:
    assert after_compare(worlds.bare_report(), ["x"], {}).startswith("clm-audit check x ")


def test_a_configuration_that_was_found_needs_no_words() -> None:
    assert given_words([], None, {"go_live": None}) == []
    assert after_compare(worlds.full_report(), [], {}).startswith("clm-audit compare --html report.html ")
    words = given_words([], Path("client.yaml"), {"policy.materiality": "3%", "title": "A b"})
    assert words == ["-c", "client.yaml", "--materiality", "3%", "--title", "A b"]
