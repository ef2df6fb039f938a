"""The command that comes next, as it can be typed: said on stderr when all else is said."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clm_audit.report.model import AuditReport


def after_compare(
    report: AuditReport, given: Sequence[str], files: Mapping[str, Path], keep: Path | None = None
) -> str:
    """What helps most after an audit: mend the data, see the run of the kept audits, have the page to hand over, see
    how long to wait, or where a number comes from. ``given``: the words behind ``compare`` that choose the data;
    ``files``: format -> file; ``keep``: the folder in which the audit was kept."""
    words = " ".join(map(shlex.quote, given))
    if report.verdict.value == "not assessable":
        return f"{_command('check', words)}  (what each file was taken for, and what is missing)"
    if keep is not None:
        return f"clm-audit history {shlex.quote(str(keep))}  (every metric, audit by audit)"
    if "html" not in files:
        return f"{_command('compare', words)} --html report.html  (the page to hand over)"
    if any(metric.finding == "inconclusive" for metric in report.metrics):
        return f"{_command('plan', words)}  (what could be decided, and when)"
    saved = f" --from {shlex.quote(str(files['json']))}" if "json" in files else ""
    return f"clm-audit explain {report.metrics[0].id}{saved}  (how a number comes about)"


def given_words(paths: Sequence[str], config: Path | None, options: Mapping[str, str | None]) -> list[str]:
    """Paths, configuration and settings as they were given, in the words of the command line.

    >>> given_words(["exports/"], None, {"go_live": "2024-07-01", "title": None})
    ['exports/', '--go-live', '2024-07-01']
    """
    from clm_audit.config.settings import SETTINGS

    names = {setting.path: setting.option for setting in SETTINGS}
    words = [*paths, *(["-c", str(config)] if config else [])]
    for path, value in options.items():
        if value is not None and path in names:
            words += [names[path], value]
    return words


def _command(name: str, words: str) -> str:
    return f"clm-audit {name} {words}".rstrip()
