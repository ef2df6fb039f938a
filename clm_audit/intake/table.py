"""Any delimited file as a table of text, read blind: no system, no dialect, no header given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.decode import decode
from clm_audit.intake.delimited import read_delimited
from clm_audit.intake.magic import kind_of
from clm_audit.intake.model import ROW, Reject
from clm_audit.intake.names import Names
from clm_audit.intake.textrows import no_totals


@dataclass(frozen=True)
class TextTable:
    """A delimited file as it was read.

    ``header`` as written (empty without one; of another length than the columns where nobody can say which
    name is whose, with a note), ``frame`` the rows (every cell text, lazy, unique column names), ``height`` of them.
    ``structure`` counts the records that are no rows (titles, header, totals, footers, blank lines),
    ``rejected`` lists each record that is missing from ``frame``, ``repaired`` each that was mended, ``doubted`` each
    that was kept and may mean something else.
    ``header_line`` is 1-based, 0 without a header; ``dialect`` is in words.
    """

    header: tuple[str, ...]
    frame: pl.LazyFrame
    height: int
    structure: int
    rejected: tuple[Reject, ...]
    repaired: tuple[Reject, ...]
    doubted: tuple[Reject, ...]
    header_line: int
    encoding: str
    dialect: str
    notes: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Records of the file, whatever became of them."""
        return self.height + self.structure + len(self.rejected)


def read_table(path: Path, folder: Path) -> TextTable:
    """Read one delimited text file; rewritten copies go to ``folder``, which the frame may need afterwards.

    Raises :class:`DataError` with ``where`` and ``hint`` when no reading of the file can be defended.
    """
    with path.open("rb") as file:
        kind, what, hint = kind_of(file.read(4096))
    if kind != "text":
        raise DataError(what or f"a {kind} file, not delimited text", where=path.name, hint=hint or "give a text file")
    text = decode(path, folder / f"{path.name}.text", path.name, lambda _: None)
    found = read_delimited(text, path.name, folder / f"{path.name}.rows", Names.of(()), no_totals, lambda _: None)
    frame = found.frame.filter(~pl.col(ROW).is_in(found.sums)) if found.sums else found.frame
    notes = (
        *text.notes,
        *found.notes,
        *((f"rows that sum up others or close the table: {len(found.sums)}",) if found.sums else ()),
    )
    return TextTable(
        header=found.header,
        frame=frame.drop(ROW),
        height=found.height - len(found.sums),
        structure=found.structure + len(found.sums),
        rejected=tuple(one for one in found.faults if one.action == "rejected"),
        repaired=tuple(one for one in found.faults if one.action == "repaired"),
        doubted=tuple(one for one in found.faults if one.action == "kept"),
        header_line=found.header_line,
        encoding=text.encoding,
        dialect=found.dialect,
        notes=notes,
    )
