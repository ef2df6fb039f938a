"""The sheets of files, checks and assumptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clm_audit.report import look, words_rejects
from clm_audit.report.model import AuditReport
from clm_audit.report.sheets import FIRST, ID, LAST, Cell, Column, Sheet
from clm_audit.report.sheets_value import VALUE
from clm_audit.report.trace import keys


def sheets(report: AuditReport) -> list[Sheet]:
    """Every sheet that has something to show, in the order of the tabs."""
    made = [make(report) for make in MAKERS]
    return [sheet for sheet in made if sheet.rows or sheet.name in ("Summary", "Ledger")]


def _ledger(report: AuditReport) -> Sheet:
    counts = ("read", *look.LEDGER, "repaired")
    columns = (
        Column("file", "text", 44),
        *(Column(name, "count", 11, f"rows.{name}") for name in counts),
        Column("system", "text", 14),
        Column("object", "text", 14),
        Column("encoding", "text", 12),
        Column("dialect", "text", 16),
        Column("header line", "count", 11, "header_line"),
        Column("bytes", "count", 13, "bytes"),
        Column("sha256", "text", 66),
        Column("notes", "wide", 70),
        ID,
    )
    rows: list[tuple[Cell, ...]] = [
        (
            file.path,
            *(getattr(file.rows, name) for name in counts),
            *(file.system, file.object, file.encoding, file.dialect, file.header_line or None),
            *(file.bytes if file.bytes >= 0 else None, file.sha256),
            "; ".join(file.notes),
            f"files.{key}.*",
        )
        for key, file in zip(keys(report.files), report.files, strict=True)
    ]
    total = look.ledger_total(file.rows for file in report.files)
    rows.append(("all files", *(getattr(total, name) for name in counts), *(None,) * 9))
    return Sheet("Ledger", "What became of every row that was read", columns, tuple(rows))


def _rejects(report: AuditReport) -> Sheet:
    columns = (Column("file", "text", 44), Column("code", "text", 26), Column("rows", "count", 11, "reasons"),
               Column("why", "wide", 60), Column("what to do", "wide", 70), ID)  # fmt: skip
    rows = tuple(
        (file.path, code, many, words_rejects.reject(code), words_rejects.reject_remedy(code), f"files.{key}.*.{code}")
        for key, file in zip(keys(report.files), report.files, strict=True)
        for code, many in file.reasons.items()
    )
    return Sheet("Rejects", "Why rows were not taken; rejects.csv lists each", columns, rows)


def _checks(report: AuditReport) -> Sheet:
    columns = (Column("check", "text", 36), Column("result", "text", 14), Column("message", "wide", 80),
               Column("what to do", "wide", 70), Column("concerns", "wide", 50), ID)  # fmt: skip
    rows = tuple(
        (one.title, look.CHECKS[one.status][2], one.message, one.remedy, look.concerns(report.metrics, one.metrics),
         f"checks.{one.id}.evidence")
        for group in look.by_status(report.checks).values()
        for one in group
    )  # fmt: skip
    return Sheet("Checks", "Whether the data are fit to judge by, worst first", columns, rows)


def _assumptions(report: AuditReport) -> Sheet:
    columns = (Column("assumption", "text", 36), Column("value", "wide", 50), Column("set by", "text", 30),
               Column("if it is wrong", "wide", 80), ID)  # fmt: skip
    rows = tuple(
        (one.what, one.value, one.source, one.consequence, f"assumptions.{key}.value")
        for key, one in zip(keys(report.assumptions), report.assumptions, strict=True)
    )
    return Sheet("Assumptions", "What was settled, by whom, and what follows if it is wrong", columns, rows)


MAKERS: Sequence[Callable[[AuditReport], Sheet]] = (
    *FIRST, *VALUE, *LAST, _ledger, _rejects, _checks, _assumptions,
)  # fmt: skip
