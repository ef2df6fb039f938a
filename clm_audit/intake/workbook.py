"""Workbooks: each sheet that is an export becomes a table of its own, called `book.xlsx/Sheet`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.guarded import Sheet, open_workbook
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.limits import MAX_SHEET_NAME
from clm_audit.intake.model import ROW, Layout
from clm_audit.intake.recognise import Candidate
from clm_audit.intake.scan import empty, unique_names

HIDDEN = "a hidden sheet; it is not read"
NO_TABLE = "a sheet without a header of a known export; it is not read"
_ZERO, _ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True)
class Page:
    """One sheet on its way: its job, and what it is: an export, unknown, or passed over with the reason."""

    job: Job
    sheet: Sheet
    fitting: tuple[Candidate, ...] = ()
    fault: DataError | UnknownExportError | None = None
    passed: str = ""


@dataclass(frozen=True)
class Book:
    """A workbook as it was opened. ``encoding`` is its kind."""

    pages: tuple[Page, ...]
    encoding: str
    zero: date | None

    def content(self, page: Page) -> Content:
        """The rows of a sheet. Raises what kept it from being recognised."""
        if page.fault is not None:
            raise page.fault
        sheet, headers = page.sheet, unique_names(page.sheet.header)
        path = Path(sheet.file)
        renamed = [pl.col(f"c{number}").alias(name) for number, name in zip(sheet.columns, headers, strict=True)]
        frame = (
            pl.scan_parquet(path, glob=False).select(renamed).with_row_index(ROW) if sheet.height else empty(headers)
        )
        return Content(
            frame=frame,
            height=sheet.height,
            structure=sheet.structure,
            headers=headers,
            header_line=sheet.header_row,
            encoding=self.encoding,
            dialect=f"sheet {sheet.number}",
            layout=Layout(content=path),
            fitting=page.fitting,
            notes=tuple(_notes(sheet)),
            titles=sheet.titles,
            sheet=sheet.number,
            serial_zero=self.zero,
        )


def read_workbook(job: Job, encoding: str) -> Book:
    """Open a workbook and say what each of its sheets is.

    Raises :class:`DataError` when it cannot be opened or holds no cell at all.
    """
    sheets, from_1904 = open_workbook(job.found.path, job.copy("sheet"), job.name, job.names)
    if not sheets:
        raise DataError("a workbook without any cell", where=job.name, hint="export it again, or remove it")
    pages = [_judged(_named(job, sheet, sheets), sheet) for sheet in sheets]
    read = [page for page in pages if page.fitting]
    visible = [page for page in read if page.sheet.visible]
    chosen = [_passed(page, visible=bool(visible), read=bool(read)) for page in pages]
    return Book(tuple(chosen), encoding, None if from_1904 is None else _ZERO_1904 if from_1904 else _ZERO)


def _named(job: Job, sheet: Sheet, sheets: Sequence[Sheet]) -> Job:
    """The job of one sheet; the only one is called like the workbook."""
    if len(sheets) == 1:
        return job
    short = sheet.name if len(sheet.name) <= MAX_SHEET_NAME else f"{sheet.name[:MAX_SHEET_NAME]}… ({sheet.number})"
    return replace(job, found=replace(job.found, name=f"{job.name}/{short}", sheet=True))


def _judged(job: Job, sheet: Sheet) -> Page:
    if sheet.refused:
        return Page(job, sheet, fault=job.refusal(sheet.refused, "save the sheet as CSV"))
    try:
        return Page(job, sheet, job.fitting(unique_names(sheet.header)))
    except (DataError, UnknownExportError) as fault:
        return Page(job, sheet, fault=fault)


def _passed(page: Page, *, visible: bool, read: bool) -> Page:
    """A sheet that is no export is no fault of a workbook that holds one, nor is a hidden one."""
    sheet = page.sheet
    if not sheet.visible and (visible or not page.fitting):
        return replace(page, passed=HIDDEN)
    if read and page.fault is not None and not sheet.refused and sheet.matches < 2:
        return replace(page, passed=NO_TABLE)
    return page


def _notes(sheet: Sheet) -> Iterator[str]:
    if not sheet.visible:
        yield "a hidden sheet, read because no visible one holds an export"
    if sheet.errors:
        yield f"{sheet.errors:,} cells hold an Excel error value; they are read as blank"
