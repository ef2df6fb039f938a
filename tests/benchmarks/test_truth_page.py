"""What ``docs/methods.md`` shows is what was measured: tables and figures are those of the stored result."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from figures import DOCS, RESULT, figures
from page import PAGE, parts, written
from show import METHODS, TABLES
from trial import OURS


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(RESULT.read_text("utf-8"))
    return result


def test_the_page_shows_the_stored_result(found: dict[str, Any]) -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page, found), "run benchmarks/truth/page.py"
    assert set(re.findall(r"<!-- truth: ([a-z ]+) -->", page)) == set(parts(found))


def test_the_figures_show_the_stored_result(found: dict[str, Any]) -> None:
    for name, drawn in figures(found).items():
        assert (DOCS / name).read_text("utf-8") == drawn, "run benchmarks/truth/page.py"
        assert name in PAGE.read_text("utf-8")


def test_the_stored_result_is_a_full_one(found: dict[str, Any]) -> None:
    """Every method and every table was there, and tests enough that "exactly 5 % false alarms" can be set."""
    assert set(found["groups"]["simulated"]) == set(METHODS)
    assert set(TABLES) <= set(found["groups"])
    assert found["groups"]["simulated"][OURS]["false_alarms"]["tests"] >= 500


def test_every_missed_aim_stands_on_the_page(found: dict[str, Any]) -> None:
    """Counted again from the stored numbers, without the code that writes the table."""
    missed = parts(found)["missed"]
    for name, group in found["groups"].items():
        ours = group[OURS]
        late = [rate for rate in ours["coverage"].values() if rate["tests"] and rate["share"] < 0.95]
        if ours["false_alarms"]["share"] > 0.05 or ours["family"]["share"] > 0.05 or late:
            assert re.search(rf"^\| {re.escape(name)} \|", missed, re.MULTILINE), name
