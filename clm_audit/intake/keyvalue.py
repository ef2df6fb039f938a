"""Reports that are no tables but lines of a key and its value, below a title that a preset knows."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.job import Content, Job
from clm_audit.intake.model import ROW
from clm_audit.intake.names import normal
from clm_audit.intake.scan import unique_names
from clm_audit.intake.text import Text

LARGEST = 1 << 22  # bytes; a report of one mailing has some thousand


def read_key_value(job: Job, text: Text) -> Content | None:
    """The report as a table of one row, its keys the headers; None for any other file.

    Of a key that stands several times, as in the parts of a test, the first value counts. What follows that is no
    key and value (a list of links) is structure. Raises :class:`DataError` when the text cannot be read as records.
    """
    titles = {normal(one.export.key_value) for one in job.objects if one.export.key_value}
    if not titles or not _has_title(text.path, text.start, titles):
        return None
    if text.path.stat().st_size > LARGEST:
        raise DataError("a report of one mailing larger than any", where=job.name, hint="export the mailing again")
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        try:
            records = list(csv.reader(file, strict=True))
        except csv.Error as error:
            raise DataError(f"not readable as lines of keys and values: {error}", where=job.name) from error
    pairs: dict[str, str] = {}
    for record in records:
        if len(record) > 1 and record[0].strip().endswith(":"):
            pairs.setdefault(record[0].strip(), record[1])
    headers = unique_names(tuple(pairs))
    cells = dict(zip(headers, ([value] for value in pairs.values()), strict=True))
    frame = pl.LazyFrame({ROW: pl.Series([0], dtype=pl.UInt32), **cells})
    return Content(
        frame=frame,
        height=1,
        structure=len(records) - 1,
        headers=headers,
        header_line=1,
        encoding=text.encoding,
        dialect="keys and values",
        layout=None,
        fitting=job.fitting(headers),
        notes=(*text.notes, f"lines of a key and its value, taken as one row: {len(pairs)}"),
    )


def _has_title(path: Path, start: int, titles: set[str]) -> bool:
    with path.open("rb") as file:
        file.seek(start)
        first = file.readline(200).decode("utf-8", "replace")
    return normal(first.replace('"', "").strip(" ,;\t\r\n")) in titles
