"""Every row that was not taken, or only after a repair, as CSV: file, line, byte, column, code, action."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from clm_audit.intake.model import Reject
from clm_audit.report import safe

HEADER = ("file", "line", "byte", "column", "code", "action")


def rejects_csv(rejects: Iterable[Reject]) -> str:
    """The rejects, in the order given, one a line. ``byte`` is empty where a file has no byte positions
    (spreadsheets, Parquet).

    >>> rejects_csv([Reject(file="o.csv", line=3, byte=40, column="date", code="bad_date")]).splitlines()[1]
    'o.csv,3,40,date,bad_date,rejected'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rejects:
        place = (row.line or "", "" if row.byte < 0 else row.byte)
        words = (safe.csv_cell(text) for text in (row.column, row.code, row.action))
        writer.writerow((safe.csv_cell(row.file), *place, *words))
    return out.getvalue()
