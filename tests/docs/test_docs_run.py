"""The commands of README and docs do what the pages show.

In the ```console blocks of a page every line that starts with ``$ `` is run, one after the other, in a folder that
holds a copy of ``sample_data`` and ``configs``; the lines up to the next command are what it must print, with ``...``
standing for anything (the rule of doctest). ``$? N`` after a command is its exit code; without it the code must be 0.
What needs a shell is run by one, in a process of its own; the others in this process, which has everything loaded.
Pages under docs/examples have their own test, beside the real data that they need.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.conftest import clm_audit as program

__all__ = ["program"]
ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "recipes").glob("*.md"))]
COMMANDS = ("clm-audit", "sed")
SHELL = re.compile(r"[|&;<>$`*~]")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def steps(block: str) -> list[tuple[str, str, int]]:
    """(command, expected output, exit code) of one console block."""
    found: list[tuple[str, str, int]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], "", 0))
        elif line.startswith("$? "):
            command, output, _ = found.pop()
            found.append((command, output, int(line[3:])))
        else:
            command, output, code = found.pop()
            found.append((command, output + line + "\n", code))
    return found


def blocks(page: Path) -> list[tuple[int, str]]:
    """(line, text) of each block of a page whose commands are to be run."""
    text = page.read_text(encoding="utf-8")
    return [
        (text[: match.start()].count("\n") + 1, match.group(1))
        for match in BLOCK.finditer(text)
        if "$ make" not in match.group(1)
    ]


RUN = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if blocks(page)]


def test_there_are_commands_to_run() -> None:
    assert len(RUN) >= 8


def in_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line as it would be typed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLM_AUDIT_")}
    environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("page", RUN)
def test_the_page_shows_what_the_command_prints(page: Path, tmp_path: Path, program: Run) -> None:
    for name in ("sample_data", "configs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for line, block in blocks(page):
        for command, expected, code in steps(block):
            words = shlex.split(command)
            assert words[0] in COMMANDS, f"line {line}: not a command of this tool: {command}"
            shell = words[0] != "clm-audit" or SHELL.search(command)
            done = in_shell(command, tmp_path) if shell else program(*words[1:], COLUMNS="100")
            assert done.returncode == code, f"line {line}: {command}\n{done.stdout}\n{done.stderr}"
            printed = done.stdout if done.stdout.strip() or not code else done.stderr
            assert same(expected, printed), (
                f"line {line}: {command} printed\n{printed}\n---- the page shows\n{expected}"
            )


def same(expected: str, printed: str) -> bool:
    """Whether the output is what the page shows; a page that shows nothing leaves it open."""
    rules = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return not expected.strip() or doctest.OutputChecker().check_output(expected, printed, rules)
