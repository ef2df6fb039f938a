"""One file on its way through intake, and what a format's reader makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.model import Layout, Progress, Reject
from clm_audit.intake.names import Names
from clm_audit.intake.open import Found
from clm_audit.intake.recognise import Candidate, candidates, missing, why_unknown


class UnknownExportError(Exception):
    """A file that nobody can place; carries the sentence for ``Exports.unknown``."""


@dataclass(frozen=True)
class Job:
    """One file: what it could be (``objects``, their ``names``), where its copies go, who is told."""

    found: Found
    index: int
    objects: tuple[Candidate, ...]
    names: Names
    folder: Path
    progress: Progress

    @property
    def name(self) -> str:
        """How messages call the file."""
        return self.found.name

    def copy(self, kind: str) -> Path:
        """A path in the run's folder."""
        return self.folder / f"intake-{self.index}.{kind}"

    def refusal(self, what: str, hint: str) -> DataError | UnknownExportError:
        """What to raise for a file that is not read: an error only when somebody says that it is data."""
        if self.found.promised:
            return DataError(what, where=self.name, hint=hint)
        return UnknownExportError(f"{what}; {hint}")

    def fitting(self, headers: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Objects that the headers fit.

        Raises :class:`UnknownExportError` when there is none, :class:`DataError` when the source names this
        very file and says what it is.
        """
        fitting = candidates(self.objects, headers)
        if fitting:
            return fitting
        source = self.found.source
        if source.map is not None and self.found.named:
            lacks = ", ".join(missing(self.objects[0], headers))
            what = f"columns of the `map:` are not in the header: {lacks}"
            raise DataError(what, where=self.name, hint="check the map against the file's first lines")
        reason = why_unknown(self.objects, headers)
        if source.system is not None and self.found.named:
            raise DataError(reason, where=self.name, hint="leave `system:` out, or give a `map:`")
        raise UnknownExportError(reason)


@dataclass(frozen=True)
class Content:
    """A lazy frame with its proved height, and the objects it may be; fields as in ``RawTable``.

    ``titles`` is the text of each record above the header.
    """

    frame: pl.LazyFrame
    height: int
    structure: int
    headers: Mapping[str, str]
    header_line: int
    encoding: str
    dialect: str
    layout: Layout | None
    fitting: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()
    lost: int = 0
    faults: tuple[Reject, ...] = ()
    titles: tuple[str, ...] = ()
    sheet: int = 0
    serial_zero: date | None = None
    mixed: int = 0

    def holds_value(self, column: str) -> bool:
        """Whether any row has more than blanks in a column; most files say so in their first rows."""
        filled = (pl.col(column).cast(pl.String).str.strip_chars() != "").any()
        return any(bool(part.select(filled).collect().item()) for part in (self.frame.head(1_000), self.frame))
