"""The pages under docs/examples: what they need, their configuration, and the commands that they show.

``Needs:`` names the files below the folder of the real data; they are copied beside the configuration. The ```yaml
block is ``clm-audit.yaml``; ```python blocks prepare what the tool does not read as it is; in ```console blocks every
``$ clm-audit`` line is a command and what follows is what it prints.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "examples"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.md")))
RULE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One example; ``commands`` are pairs of a command and its output."""

    name: str
    needs: tuple[str, ...]
    config: str
    python: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, name: str) -> Page:
        text = (FOLDER / f"{name}.md").read_text("utf-8")
        needs = re.search(r"^Needs: (.*)$", text, re.MULTILINE)
        assert needs is not None, f"{name}: no line that starts with Needs:"
        (config,) = blocks(text, "yaml")
        commands = []
        for block in blocks(text, "console"):
            for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = step.partition("\n")
                commands.append((command, output))
        return cls(
            name, tuple(re.findall(r"`([^`]+)`", needs[1])), config, tuple(blocks(text, "python")), tuple(commands)
        )

    def prepare(self, folder: Path, real_data: Path) -> None:
        """Make ``folder`` what the page says it is."""
        for need in self.needs:
            own = FOLDER / need  # a generator that stands beside the page
            shutil.copy(own if own.is_file() else real_data / need, folder)
        (folder / "clm-audit.yaml").write_text(self.config, encoding="utf-8")
        for code in self.python:
            subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)


def run(command: str, folder: Path) -> str:
    """What a command of a page prints."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLM_AUDIT_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def same(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed: white space apart, ``...`` standing for anything."""
    return doctest.OutputChecker().check_output(shown, printed, RULE)


def renew(name: str, real_data: Path) -> None:
    """Write what the commands print now into the page."""
    path = FOLDER / f"{name}.md"
    text = path.read_text("utf-8")
    page = Page.read(name)
    with tempfile.TemporaryDirectory() as temporary:
        page.prepare(Path(temporary), real_data)
        shown = "".join(f"$ {command}\n{run(command, Path(temporary))}" for command, _ in page.commands)
    lines = "\n".join(line.rstrip() for line in shown.splitlines())
    path.write_text(
        re.sub(r"^```console\n.*?^```", lambda _: f"```console\n{lines}\n```", text, flags=re.S | re.M), "utf-8"
    )


if __name__ == "__main__":  # python tests/real/pages.py FOLDER-OF-THE-REAL-DATA
    for each in NAMES:
        renew(each, Path(sys.argv[1]))
