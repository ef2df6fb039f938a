"""A delimited file from its bytes to a proved table of text: one way for every reader of one.

Its dialect and header are found, it is proved from end to end, faulty regions are explained, the rows scanned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.detour import Detour, Fault
from clm_audit.intake.dialect import Dialect, plain
from clm_audit.intake.doubts import Doubt, doubts, rival_separator
from clm_audit.intake.ending import cut_off
from clm_audit.intake.footer import footers, page_titles
from clm_audit.intake.glue import glued_table
from clm_audit.intake.glued import Headers, other_headers
from clm_audit.intake.heading import Heading
from clm_audit.intake.limits import MAX_COLUMNS, MIB
from clm_audit.intake.listed import kept, rejects, spots
from clm_audit.intake.locate import places_of
from clm_audit.intake.look import first_look, look_at
from clm_audit.intake.marks import CR, LF, Rules
from clm_audit.intake.mend import Mender
from clm_audit.intake.misnamed import misnamed
from clm_audit.intake.model import ROW, Layout, Reject
from clm_audit.intake.names import Names
from clm_audit.intake.proof import Structure, prove
from clm_audit.intake.proved import Proof
from clm_audit.intake.sample import ends_of, profile_of
from clm_audit.intake.scan import scan, unique_names
from clm_audit.intake.strict import StrictReader, written
from clm_audit.intake.sums import sums_among, titles_among
from clm_audit.intake.text import Text
from clm_audit.intake.textrows import LISTED, Delimited, Tick, Totals, counted, structure_of
from clm_audit.intake.turned import headers_of_others
from clm_audit.intake.walk import walk

_LARGE = 64 * MIB  # bytes of a file up to which all rows are looked at for another header
_QUOTES = 2  # characters that keep a name between them
_FEW_LOST = 3  # records that may be lost of a tiny file that nobody knows without refusing all of it
_SECOND = 1.5  # times the rows that what is lost below all of them may be
_ABOVE = "a wider table stands above this one: perhaps that is the table, and this one is not"
_APART = "the rows have several cells more or fewer than the header has names: perhaps they are cut at the wrong places"
_CUT = "no line end after the last record: were the file cut off there, its last cell would not be whole"


@dataclass(frozen=True)
class _Body:
    """The rows below the header, and what else stands there."""

    proof: Proof
    frame: pl.LazyFrame
    layout: Layout
    detours: tuple[Detour, ...]
    blank: int
    odd: int
    last: int  # byte of the last row


def read_delimited(text: Text, name: str, rows: Path, names: Names, totals: Totals, progress: Tick) -> Delimited:
    """Read a decoded file; ``rows`` is where a copy of its rows goes when one is needed.

    Raises :class:`DataError` when it cannot be read; ``totals`` may refuse the headers with an error of its own.
    """
    text, dialect, heading = look_at(text, rows.with_name(f"{rows.name}.rejoined"), names, name)
    record = heading.record
    others = other_headers(text.path, record, dialect) if record is not None else Headers()

    def read_part(part: Text, target: Path, known: Names, tests: Totals, again: tuple[bytes, ...]) -> Delimited:
        return _read(part, name, target, *first_look(part, known, name), again, tests, lambda _: None, names)

    glued = glued_table(text, name, rows, ends_of(text.path)[0], (dialect, record, others), names, totals, read_part)
    return glued or _read(text, name, rows, dialect, heading, others.writings, totals, progress, names)


def _read(
    text: Text,
    name: str,
    rows: Path,
    dialect: Dialect,
    heading: Heading,
    again: tuple[bytes, ...],
    totals: Totals,
    progress: Tick,
    names: Names,
) -> Delimited:
    """One table, of which dialect and header are known; ``again``: how else the header is written below."""
    if heading.width > MAX_COLUMNS:
        what = f"{heading.width:,} columns; more than {MAX_COLUMNS:,} are not read"
        raise DataError(what, where=f"{name}:{heading.line}", hint="export fewer columns")
    headers = unique_names(heading.names)
    is_odd = structure_of(totals(headers), dialect.separator)
    with text.path.open("rb", buffering=0) as raw:
        return _Reading(text, name, rows, dialect, heading, again, raw, is_odd, names).table(headers, progress)


class _Reading:
    """One file on its way from its dialect to its rows."""

    def __init__(
        self,
        text: Text,
        name: str,
        rows: Path,
        dialect: Dialect,
        heading: Heading,
        again: tuple[bytes, ...],
        raw: RawIOBase,
        is_odd: Structure,
        names: Names,
    ) -> None:
        self.text, self.name, self.rows, self.dialect, self.heading = text, name, rows, dialect, heading
        self.again, self.names = again, names
        self.is_odd, self.raw = is_odd, raw
        self.size = text.path.stat().st_size
        self.width = len(heading.names)
        self.end = CR if dialect.end == "\r" else LF
        self.mender = Mender(
            raw, self.size, dialect, lambda: profile_of(raw, self.size, dialect, heading.stop, self.width), is_odd
        )

    def table(self, headers: Mapping[str, str], progress: Tick) -> Delimited:
        """Prove, repair, and put the table together."""
        blind = not (self.names.exact or self.names.patterns)
        again, broken = self._header()
        self.mender.header = again.decode()
        body = (
            self._proved(headers, self._headers(again), progress)
            if self.dialect.plain
            else self._walked(headers, progress)
        )
        faults = [fault for detour in body.detours for fault in detour.faults]
        tail = footers(self.mender, [fault for fault in faults if fault.start > body.last], known=body.odd > 0)
        tail |= page_titles(self.mender, faults, self._headers(again), self.heading.titles)
        above = [Fault(at, "other_table", -1, True, kept=True) for at in self.heading.doubtful]
        faults = [*above, *(broken or self._names()), *(fault for fault in faults if fault.start not in tail)]
        faults = sorted(
            (*faults, *spots(self.text, self.mender, self.heading.stop, faults)), key=lambda fault: fault.start
        )
        lost = sum(1 for fault in faults if not fault.repaired)
        listed = rejects(faults[:LISTED], headers, self.text, self.end, self.name)
        behind = all(
            fault.repaired or fault.start > body.last for fault in faults
        )  # a second part, and the first whole
        most = _SECOND if behind else 1.0
        if lost > blind * _FEW_LOST and lost > most * body.proof.height:
            self._refuse(listed, lost, body.proof.height)
        odd = body.odd + len(tail)
        sums = self._sums(body) if blind else []
        notes = [*self.heading.notes, *counted(odd, lost, sum(1 for fault in faults if fault.action == "repaired"))]
        doubted = self._doubts(body, sums) if blind else self._headers_below(body)
        listed = (*listed, *kept(body.layout, body.proof.height, self.name, doubted))
        notes += [one.note for one in doubted]
        return Delimited(
            frame=body.frame,
            height=body.proof.height,
            structure=self.heading.above + body.blank + odd,
            headers=headers,
            header_line=self.heading.line,
            dialect=str(self.dialect),
            layout=body.layout,
            lost=lost,
            faults=listed,
            notes=tuple(notes),
            titles=self.heading.titles,
            header=self.heading.written,
            sums=tuple(sums),
        )

    def _sums(self, body: _Body) -> list[int]:
        """The rows of a table that nobody knows which are totals."""
        height = body.proof.height
        if not height:
            return []
        profile = self.mender.readings.profile
        above = 0 if self.heading.record else titles_among(body.frame, profile)
        return sorted({*range(above), *sums_among(body.frame, height, self.size, profile)})

    def _doubts(self, body: _Body, sums: Sequence[int]) -> list[Doubt]:
        """What is kept of a table that nobody knows and may be wrong all the same."""
        rows = body.frame.filter(~pl.col(ROW).is_in(sums)) if sums else body.frame
        if body.proof.height <= len(sums):
            return []
        cut = [] if self.mender.read(self.size - 1, self.size) in (b"\n", b"\r") else [Doubt(_CUT)]
        profile = self.mender.readings.profile
        found = doubts(rows, body.proof.height, self.size, self.dialect, self.heading.names, profile)
        rival = rival_separator(rows, self.dialect, () if self.heading.record else self.heading.titles)
        above = [Doubt(_ABOVE, "other_table", tuple(rows.select(ROW).collect()[ROW]))] if self.heading.wider else []
        used = sum(1 for column in profile.columns if column.filled)
        if self.heading.record is None and rows.select(pl.len()).collect().item() == 1:
            above.append(Doubt("one row and no header: nobody can say whether it is whole", "other_table", (0,)))
        apart = self.heading.record is not None and not any(self.heading.names)
        if apart and abs(used - self.heading.width) > 1:
            above.append(Doubt(_APART, "header_names", tuple(rows.select(ROW).collect()[ROW])))
        return [*found, *rival, *above, *cut]

    def _headers_below(self, body: _Body) -> list[Doubt]:
        """Rows of a table that a preset knows which are the header of another export; of large files nobody asks."""
        if self.size > _LARGE or not body.proof.height:
            return []
        rows = headers_of_others(body.frame, [name for name in body.frame.collect_schema() if name != ROW], self.names)
        what = f"rows that are the header of another export, which is read by the first one: {len(rows):,}"
        return [Doubt(what, "other_table", tuple(rows))] if rows else []

    def _header(self) -> tuple[bytes, list[Fault]]:
        """The bytes of the header, which may come again, and the fault when its quotes are broken."""
        record = self.heading.record
        if record is None:
            return b"", []
        raw = self.mender.read(record.start, record.stop).rstrip(b"\r\n")
        strict = StrictReader(self.dialect).record(raw.decode())
        if strict is not None and len(strict.cells) == self.heading.width:
            alone = self.dialect.wrapped and self.heading.stop >= self.size  # it may be one name with separators
            return raw, [Fault(record.start, "wrapped_record", 0, True)] * alone
        again = written(self.heading.written, self.dialect.separator, self.dialect.quote).strip("\n").encode()
        return again, [Fault(record.start, "header_quotes", 0, True)]

    def _names(self) -> list[Fault]:
        """The doubt whether a header with fewer names than the rows have cells lacks a separator, or is a row; whether
        names stand in quotes that are none of the file's."""
        record = self.heading.record
        if record is not None and 2 * sum(1 for name in self.heading.names if name.strip(" -=_")) < self._used():
            return [Fault(record.start, "header_names", -1, True, kept=True)]
        if record is not None and any(len(name) > _QUOTES and name[0] == name[-1] in "'`\"" for name in record.cells):
            return [Fault(record.start, "header_quotes", -1, True, kept=True)]
        if record is None or not self.heading.spare:
            return []
        shifted = misnamed(record.cells, self.mender.readings.profile.columns, self.dialect.quote)
        return [Fault(record.start, "header_names", -1, True, kept=True)] if shifted else []

    def _used(self) -> int:
        """How many columns hold anything, where a name is blank; 0 where none is."""
        if all(name.strip(" -=_") for name in self.heading.names):
            return 0
        return sum(1 for column in self.mender.readings.profile.columns if column.filled)

    def _headers(self, header: bytes) -> tuple[bytes, ...]:
        """The header as it may come again: as it is, without quotes, and as it was seen elsewhere."""
        bare = header.replace(self.dialect.quote.encode(), b"") if self.dialect.quote else header
        return tuple(sorted({header, bare, *self.again} - {b""}))

    def _proved(self, headers: Mapping[str, str], again: tuple[bytes, ...], progress: Tick) -> _Body:
        dialect, heading, text = self.dialect, self.heading, self.text
        rules = Rules(ord(dialect.separator), self.end, self.width, ord(dialect.quote) if dialect.quote else 0)
        last = -1

        def keep(starts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
            nonlocal last
            last = int(starts[-1]) if len(starts) else last

        whole = (rules, heading.stop, self.is_odd, progress, keep, self.mender.mend, again)
        proof = prove(text.path, self.name, *whole)
        if proof.height > 1 and cut_off(self.mender, last):
            lost = Detour(last, self.size, faults=(Fault(last, "truncated", -1, False),))
            proof = prove(text.path, self.name, *whole, detours=(*proof.detours, lost))
        if not rules.quote and any(b'"' in row.text for one in proof.detours for row in one.rows):
            return self._walked(headers, progress)  # a cell that was mended needs quotes, which the file has not
        layout = Layout(
            content=text.path, start=heading.stop, separator=rules.separator, end=rules.end, width=rules.width,
            encoding=text.encoding, lead=text.lead, nuls=text.nuls, patches=text.patches, quote=rules.quote,
            headers=again, detours=tuple(one.bare() for one in proof.detours), tight=proof.tight,
            even=proof.even,
        )  # fmt: skip
        frame = scan(text.path, rules, proof, headers, self.rows)
        return _Body(proof, frame, layout, proof.detours, proof.blank, proof.odd, last)

    def _walked(self, headers: Mapping[str, str], progress: Tick) -> _Body:
        """A dialect that the proof does not know: rewritten, then proved."""
        target, places = self.rows.with_suffix(".plain"), self.rows.with_suffix(".places")
        above = self.heading.record.cells if self.heading.record else ()
        walked = walk(self.mender, self.heading.stop, self.width, target, above, progress)
        starts = np.frombuffer(walked.starts, dtype=np.int64)
        found = places_of(self.text, self.end, starts)
        pl.DataFrame(found, schema={"line": pl.Int64, "byte": pl.Int64}, orient="row").write_parquet(places)
        rules = Rules(ord(plain(self.dialect).separator), LF, self.width)
        proof = prove(target, self.name, rules, 0)
        if proof.height != len(starts):
            raise ArithmeticError(f"{len(starts)} rows were rewritten and {proof.height} proved")
        frame = scan(target, rules, proof, headers, self.rows)
        last = int(starts[-1]) if len(starts) else -1
        return _Body(proof, frame, Layout(positions=places), walked.detours, walked.blank, walked.odd, last)

    def _refuse(self, listed: Sequence[Reject], lost: int, height: int) -> None:
        first = next((one for one in listed if one.action == "rejected"), listed[0])
        what = f"{lost:,} of {height + lost:,} records cannot be read; this is the first of them ({first.code})"
        hint = "most of the file is not what its header says: mend that line, or export the file again"
        raise DataError(what, where=f"{self.name}:{first.line}", hint=hint)
