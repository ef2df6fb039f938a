"""A redacted report is searched before it is written: no output may hold a personal value of the exports."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

from clm_audit.cli.outputs import Outputs
from clm_audit.exits import DataError, Problem
from clm_audit.facts.personal import leaks
from clm_audit.facts.warehouse.personal import sought
from clm_audit.intake.model import Exports, Reject
from clm_audit.report.formats import FORMATS, TEXT
from clm_audit.report.model import AuditReport
from clm_audit.report.readable import own_words, readable, words_in

HINT = "nothing was written; rename the column's values or leave the column out of the export, and tell us"


def search(outputs: Outputs, rejects: Sequence[Reject]) -> Callable[[AuditReport, Exports], None]:
    """What looks through every output of a run, for :func:`clm_audit.pipeline.audit` to call.

    It raises :class:`~clm_audit.exits.DataError` with every output that holds a personal value, and the column that
    the value is from.
    """

    def inspect(report: AuditReport, exports: Exports) -> None:
        usual = own_words() | words_in(str(report.plan))
        texts = _texts(report, outputs, rejects)
        found = leaks(sought(exports, texts), texts, usual)
        if found:
            said = [Problem(f"holds a value of column {one.column!r} of {one.file}", one.output) for one in found]
            raise DataError(problems=(*said, Problem("personal values would have left the house", hint=HINT)))

    return inspect


def _texts(report: AuditReport, outputs: Outputs, rejects: Sequence[Reject]) -> Mapping[str, str]:
    """Output -> what can be read in it. The page stands for the PDF that is drawn from it, too."""
    targets = (*outputs.targets(report, rejects), *outputs.added(report))
    found = {str(target.path): readable(target.data) for target in targets}
    shown = outputs.shown
    found["stdout"] = _drawn(report) if shown == TEXT else readable(FORMATS[shown].render(report, stdout=True))
    return {**found, "the page": readable(FORMATS["html"].render(report))}


def _drawn(report: AuditReport) -> str:
    from rich.console import Console

    from clm_audit.report.terminal import print_report

    console = Console(file=io.StringIO(), width=160)
    print_report(report, console)
    return str(console.file.getvalue()) if isinstance(console.file, io.StringIO) else ""
