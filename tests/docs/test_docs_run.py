"""The commands of README and docs do what the pages show.

In a ```console block every line that starts with ``$ clm-audit`` is run in a folder that holds a copy of
``sample_data`` and ``configs``; the lines up to the next command are what it must print, with ``...`` standing for
anything (the rule of doctest). ``$? N`` after a command is its exit code; without it the code must be 0.
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

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
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


def blocks() -> list[object]:
    return [
        pytest.param(
            match.group(1), id=f"{page.relative_to(ROOT)}:{page.read_text()[: match.start()].count(chr(10)) + 1}"
        )
        for page in PAGES
        for match in BLOCK.finditer(page.read_text())
        if "$ make" not in match.group(1)
    ]


def test_there_are_commands_to_run() -> None:
    assert len(blocks()) >= 5


@pytest.mark.parametrize("block", blocks())
def test_the_page_shows_what_the_command_prints(block: str, tmp_path: Path) -> None:
    for name in ("sample_data", "configs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLM_AUDIT_")}
    environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}
    for command, expected, code in steps(block):
        assert shlex.split(command)[0] == "clm-audit", f"not a command of this tool: {command}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        printed = done.stdout if done.stdout.strip() or not code else done.stderr
        same = doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert same or not expected.strip(), f"{command} printed\n{printed}\n---- the page shows\n{expected}"
