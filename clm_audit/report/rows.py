"""What became of rows, said in lines: rejected and repeated ones, and the notes on files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from clm_audit.intake.model import FileRecord, RowCounts
from clm_audit.report import numbers, words_rejects
from clm_audit.report.look import ledger_total
from clm_audit.report.model import AuditReport

if TYPE_CHECKING:
    from clm_audit.report.model_check import CheckOnlyReport

_COUNTED = re.compile(r"(.+): ([\d,]+)")


def not_taken(rows: RowCounts) -> str:
    """How many rows were rejected, only repeated others, or were read after a repair; empty when there are none.

    >>> not_taken(RowCounts(read=81, accepted=1, rejected=6, duplicate=74)), not_taken(RowCounts())
    ('6 rows rejected, 74 rows repeated', '')
    """
    counts = ((rows.rejected, "rejected"), (rows.duplicate, "repeated"), (rows.repaired, "repaired"))
    return ", ".join(f"{numbers.count(many)} row{'' if many == 1 else 's'} {word}" for many, word in counts if many)


def rejected_first(report: AuditReport | CheckOnlyReport, most: int = 5) -> list[str]:
    """The first rejected rows in a line each: where, and why; then how many there are more."""
    rows = [row for row in report.rejects if row.action == "rejected"][:most]
    lines = [
        f"{row.file} line {row.line}{f', column {row.column}' if row.column else ''}: {words_rejects.reject(row.code)}"
        for row in rows
    ]
    more = ledger_total(file.rows for file in report.files).rejected - len(rows)
    return [*lines, f"and {numbers.count(more)} more"] if rows and more > 0 else lines


def folded_notes(files: Iterable[FileRecord]) -> list[str]:
    """The notes on all files, each kind in one line: counts are added up, repeated texts said once."""
    kinds: dict[tuple[str, bool], list[tuple[str, int]]] = {}
    for file in files:
        for note in file.notes:
            counted = _COUNTED.fullmatch(note)
            kind, count = (counted[1], int(counted[2].replace(",", ""))) if counted else (note, 0)
            kinds.setdefault((kind, counted is not None), []).append((file.path, count))
    lines = []
    for (kind, counted_kind), found in kinds.items():
        text = f"{kind}: {numbers.count(sum(count for _, count in found))}" if counted_kind else kind
        lines.append(f"{found[0][0]}: {text}" if len(found) == 1 else f"{len(found)} files: {text}")
    return lines
