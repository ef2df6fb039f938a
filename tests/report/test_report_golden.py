"""The whole output, byte for byte. A difference leaves a ``.got`` file beside the golden one.

After a wanted change: ``CLM_AUDIT_UPDATE_GOLDEN=1 pytest tests/report/test_report_golden.py``, then read the diff.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from clm_audit.report.terminal import print_report
from clm_audit.report.terminal_check import print_check
from report import worlds

GOLDEN = Path(__file__).parent.parent / "golden" / "report"


def terminal(print_it: Callable[[Console], None], width: int, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding), width=width)
    print_it(console)
    console.file.flush()
    return raw.getvalue().decode(encoding)


OUTPUTS: dict[str, Callable[[], str]] = {
    "full_80.txt": lambda: terminal(lambda console: print_report(worlds.full_report(), console), 80),
    "full_100.txt": lambda: terminal(lambda console: print_report(worlds.full_report(), console), 100),
    "full_160.txt": lambda: terminal(lambda console: print_report(worlds.full_report(), console), 160),
    "full_ascii.txt": lambda: terminal(lambda console: print_report(worlds.full_report(), console), 80, "ascii"),
    "inconclusive_80.txt": lambda: terminal(lambda console: print_report(worlds.inconclusive_report(), console), 80),
    "bare_80.txt": lambda: terminal(lambda console: print_report(worlds.bare_report(), console), 80),
    "check_80.txt": lambda: terminal(lambda console: print_check(worlds.check_report(), console), 80),
    "full.html": lambda: to_html(worlds.full_report()),
    "bare.html": lambda: to_html(worlds.bare_report()),
    "full.json": lambda: to_json(worlds.full_report()),
    "full.md": lambda: to_markdown(worlds.full_report()),
    "inconclusive.md": lambda: to_markdown(worlds.inconclusive_report()),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_output_is_the_golden_one(name: str) -> None:
    got, golden = OUTPUTS[name](), GOLDEN / name
    left_over = golden.with_name(f"{name}.got")
    if os.environ.get("CLM_AUDIT_UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(got, encoding="utf-8")
    if not golden.exists() or golden.read_text(encoding="utf-8") != got:
        left_over.write_text(got, encoding="utf-8")
        pytest.fail(f"{golden.name} differs: compare it with {left_over.name} beside it")
    left_over.unlink(missing_ok=True)
