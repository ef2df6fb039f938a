"""The first look at a delimited file: its dialect and its header."""

from __future__ import annotations

import re
from pathlib import Path

from clm_audit.exits import DataError
from clm_audit.intake.dialect import Dialect, find_header
from clm_audit.intake.halves import rejoined
from clm_audit.intake.header import find_heading
from clm_audit.intake.heading import HalvesError, Heading
from clm_audit.intake.names import Names
from clm_audit.intake.sample import confirmed, ends_of
from clm_audit.intake.sniff import sniff
from clm_audit.intake.text import Text
from clm_audit.intake.unexpected import unexpected


def first_look(text: Text, names: Names, name: str) -> tuple[Dialect, Heading]:
    """The dialect and the header of a file. Raises :class:`DataError` where there is none."""
    head, tail = ends_of(text.path)
    dialect = _dialect(head, text.start, names)
    heading = find_heading(head, text.start, dialect, names, name, tail) if dialect is not None else None
    if dialect is not None and heading is not None:
        return dialect, heading
    raise DataError("an empty file", where=name, hint="export it again, or remove it")


def look_at(text: Text, copy: Path, names: Names, name: str) -> tuple[Text, Dialect, Heading]:
    """The same with the text itself, or a ``copy`` of it in which numbers that commas have cut are whole."""
    try:
        return text, *first_look(text, names, name)
    except HalvesError as error:
        dialect = _dialect(ends_of(text.path)[0], text.start, names)
        whole = rejoined(text, copy, dialect, error.record) if dialect is not None else None
        if whole is None:
            raise DataError(problems=error.problems) from error
        return whole, *first_look(whole, names, name)


def _dialect(head: bytes, start: int, names: Names) -> Dialect | None:
    """The dialect of a file; the line `sep=;` of spreadsheet programs is believed. None without a record."""
    told = re.match(rb"sep=([^\r\n])[\r\n]", head[start : start + 8], re.IGNORECASE)
    separator = told.group(1).decode("latin-1") if told else None
    known = find_header(head, names, start)
    if known is None:
        return None
    if separator is None and (mark := unexpected(head, start)) is not None:
        return confirmed(sniff(head, start, mark), head, start)
    return confirmed(sniff(head, start, known.separator if known.matches else separator), head, start)
