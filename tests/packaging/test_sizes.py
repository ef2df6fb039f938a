"""Modules and functions that can be read at a glance; what is longer is listed with the reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "clm_audit"
MODULE, FUNCTION = 300, 40  # lines
OPTIONS = "the options of a command, one a line: they are its help"
FIELDS = "one field of the frozen result a line, and nothing decided"
DEBT = "one judgement in many steps that share what they saw; to be taken apart"
LONGER: Mapping[str, tuple[int, str]] = {
    "cli/ahead.py plan": (52, OPTIONS),
    "cli/compare.py compare": (67, OPTIONS),
    "config/planned.py planned": (47, FIELDS),
    "report/compose.py compose": (52, FIELDS),
    "facts/messages.py _once": (44, DEBT),
    "facts/stage.py _plan": (47, DEBT),
    "facts/warehouse/build.py _facts": (44, DEBT),
    "intake/delimited.py table": (48, DEBT),
    "intake/doubts.py doubts": (55, DEBT),
    "intake/glue.py _joined": (50, DEBT),
    "intake/header.py find_heading": (55, DEBT),
    "intake/proof.py": (310, DEBT),
}
"""Module, or module and function -> the most lines that it may have, and why."""


def sizes(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, lines and limit of a module and of each function in it, a function's decorators left out."""
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(PACKAGE).as_posix()
    yield name, len(text.splitlines()), MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, FUNCTION


def test_modules_and_functions_are_short() -> None:
    found = {name: (lines, limit) for path in PACKAGE.rglob("*.py") for name, lines, limit in sizes(path)}
    assert len(found) > 1000
    long = {name: lines for name, (lines, limit) in found.items() if lines > LONGER.get(name, (limit, ""))[0]}
    assert long == {}
    assert set(LONGER) <= set(found)
