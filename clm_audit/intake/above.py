"""What rows do not say themselves: the period above the header, and the headings between the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from clm_audit.config.preset import ExportObject
from clm_audit.intake.job import Content, UnknownExportError
from clm_audit.intake.model import ROW
from clm_audit.intake.names import leading_blank

FROM, TO, SECTION = "(period from)", "(period to)", "(section)"
_MONTHS = (
    ("jan", "ene", "gen"), ("feb", "fév", "fev"), ("mar", "mär", "maer"), ("apr", "avr", "abr"),
    ("may", "mai", "maj"), ("jun", "juin"), ("jul", "juil"), ("aug", "aoû", "aou", "ago"),
    ("sep", "set"), ("oct", "okt"), ("nov",), ("dec", "dez", "déc", "dic"),
)  # fmt: skip
_WORD = r"(?P<word{n}>[^\W\d_]{{3,}})\.?"
_DAY = (
    r"(?:(?P<iso{n}>\d{{4}}-\d{{2}}-\d{{2}})"
    r"|" + _WORD.replace("word", "first") + r" (?P<after{n}>\d{{1,2}}),? (?P<year{n}>\d{{4}})"
    r"|(?P<before{n}>\d{{1,2}})\.? (?:de )?" + _WORD + r" (?:de )?(?P<late{n}>\d{{4}}))"
)
_PERIOD = re.compile(_DAY.format(n=1) + r"(?:\s*[-–—]\s*" + _DAY.format(n=2) + ")?")
_DEPTH = 16  # headings within each other; more than any chart of accounts has
_TOTAL = re.compile(r"(?i)^total(?: for (?P<name>.+?)(?: with sub-?accounts)?)?$")


def completed(content: Content, export: ExportObject) -> Content:
    """A file's content with the columns that its export object promises beyond those of the header.

    Raises :class:`UnknownExportError` when the rows have no date of their own and nothing above them has one.
    """
    if export.period_above:
        content = _dated(content)
    return _sectioned(content) if export.sections else content


def _dated(content: Content) -> Content:
    period = next(periods(content.titles), None)
    if period is None:
        raise UnknownExportError(
            "rows without days, and no period above the header: segment the report by day and export it again"
        )
    first, last = (day.isoformat() for day in period)
    frame = content.frame.with_columns(pl.lit(first).alias(FROM), pl.lit(last).alias(TO))
    notes = (
        *content.notes,
        f"no day in the rows: all of them cover {first} to {last}, as the line above the header says",
    )
    return replace(content, frame=frame, headers={**content.headers, FROM: FROM, TO: TO}, notes=notes)


def periods(titles: Sequence[str]) -> Iterator[tuple[date, date]]:
    """The periods that lines above a header name: first and last day. A line must hold nothing else.

    >>> [(first.isoformat(), last.isoformat()) for first, last in periods(["Report", "July 8, 2025 - July 31, 2025"])]
    [('2025-07-08', '2025-07-31')]
    """
    for title in titles:
        match = _PERIOD.fullmatch(" ".join(title.split()))
        if match is None:
            continue
        first = _day(match.groupdict(), 1)
        last = _day(match.groupdict(), 2) if match["iso2"] or match["year2"] or match["late2"] else first
        if first and last and first <= last:
            yield first, last


def _day(parts: Mapping[str, str | None], n: int) -> date | None:
    """One day of a period; None when it is none on the calendar."""
    iso, word = parts[f"iso{n}"], (parts[f"first{n}"] or parts[f"word{n}"] or "").casefold()
    day, year = parts[f"after{n}"] or parts[f"before{n}"], parts[f"year{n}"] or parts[f"late{n}"]
    try:
        if iso:
            return date.fromisoformat(iso)
        months = [number for number, starts in enumerate(_MONTHS, start=1) if word.startswith(starts)]
        return date(int(year or 0), months[0], int(day or 0)) if months else None
    except ValueError:
        return None


def _sectioned(content: Content) -> Content:
    """Every row with the names of the headings that it stands under."""
    leading = leading_blank(content.headers)
    texts = [pl.col(name).cast(pl.String).fill_null("").str.strip_chars() for name in leading]
    text = pl.concat_str(texts, separator="") if texts else pl.lit("")
    rows = content.frame.select(ROW, heading=text).filter(pl.col("heading") != "").collect(engine="streaming")
    at = rows[ROW].to_numpy().astype(np.int64)
    paths = np.array(["", *_paths(rows["heading"].to_list())], dtype=object)

    def under(numbers: pl.Series) -> pl.Series:
        places = np.searchsorted(at, numbers.to_numpy().astype(np.int64), side="right")
        return pl.Series(numbers.name, paths[places], dtype=pl.String)

    section = pl.col(ROW).map_batches(under, return_dtype=pl.String, is_elementwise=True)
    frame = content.frame.with_columns(section.alias(SECTION))
    return replace(content, frame=frame, headers={**content.headers, SECTION: SECTION})


def _paths(headings: Sequence[str]) -> Iterator[str]:
    """For each heading or total in order, the names that the rows below it stand under.

    A heading that no total ever closes ends where the next one begins.
    """
    totals = [_TOTAL.match(heading) for heading in headings]
    closed = {total["name"] for total in totals if total}
    open_names: list[str] = []
    for heading, total in zip(headings, totals, strict=True):
        if total is None:
            if open_names and open_names[-1] not in closed:
                open_names.pop()
            open_names[_DEPTH - 1 :] = [heading]
        elif total["name"] is None:
            open_names.clear()
        elif total["name"] in open_names:
            del open_names[open_names.index(total["name"]) :]
        yield ":".join(open_names)
