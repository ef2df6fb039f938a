"""What became of every record: one book a file while facts are built, one count a file at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from clm_audit.intake.detour import Action
from clm_audit.intake.locate import locate
from clm_audit.intake.model import FileRecord, RawTable, Reject, RowCounts

Rows = NDArray[np.int64]
ACCEPTED, REJECTED, REPEATED, TOTAL = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
_FIRST = (TOTAL, ACCEPTED, REJECTED, REPEATED)  # of several fates the first one counts
_STATES, _PIECE = 16, 2**20
LISTED = 100_000  # rows of all files that are listed one by one; the counts hold all of them


@dataclass(frozen=True)
class Entry:
    """Rows of one file that were not taken for one reason; ``column`` is a header."""

    rows: Rows
    code: str
    column: str
    repeated: bool = False


@dataclass
class Book:
    """The fate of each data row of one file. A row may serve several facts: it is accepted when one takes it."""

    table: RawTable
    entries: list[Entry] = field(default_factory=list)
    kept: list[Entry] = field(default_factory=list)  # rows that are taken as they stand, and doubtful
    notes: list[str] = field(default_factory=list)
    tallies: dict[str, int] = field(default_factory=dict)  # notes that are counts, which several yields add to

    def __post_init__(self) -> None:
        self.state: NDArray[np.uint8] = np.zeros(self.table.height, dtype=np.uint8)

    def set_totals(self, rows: Rows) -> None:
        """Book rows that sum others up as structure."""
        self.state[rows] = TOTAL
        if len(rows):
            self.notes.append(f"rows that sum up others, not data: {len(rows):,}")

    def fresh(self) -> NDArray[np.bool_]:
        """Rows that no fact has accepted yet."""
        fresh: NDArray[np.bool_] = np.equal(self.state & ACCEPTED, 0)
        return fresh

    def enter(self, served: NDArray[np.bool_] | None, entries: Sequence[Entry]) -> None:
        """Book the rows that one fact was asked to take (marked; None = all); those in no entry are accepted."""
        fate = np.zeros_like(self.state)
        fate[slice(None) if served is None else served] = ACCEPTED
        for entry in entries:
            fate[entry.rows] = REPEATED if entry.repeated else REJECTED
        self.state |= fate
        self.entries.extend(entry for entry in entries if len(entry.rows))

    def counts(self) -> RowCounts:
        """The ledger line; rows that serve no fact are understood and accepted."""
        table = self.table
        if table.duplicate_of is not None:
            return RowCounts(
                read=table.read, duplicate=table.height, rejected=table.lost, structure=table.structure,
                repaired=repaired(table),
            )  # fmt: skip
        found = dict.fromkeys((TOTAL, ACCEPTED, REJECTED, REPEATED, np.uint8(0)), 0)
        for state, rows in enumerate(self._states()):
            found[next((fate for fate in _FIRST if state & fate), np.uint8(0))] += rows
        return RowCounts(
            read=table.read,
            accepted=found[ACCEPTED] + found[np.uint8(0)],
            rejected=found[REJECTED] + table.lost,
            duplicate=found[REPEATED],
            structure=table.structure + found[TOTAL],
            repaired=repaired(table),
        )

    def _states(self) -> NDArray[np.int64]:
        """How many rows have each state; counted piece by piece, as numpy widens what it counts."""
        pieces = (self.state[at : at + _PIECE] for at in range(0, len(self.state), _PIECE))
        return sum((np.bincount(piece, minlength=_STATES) for piece in pieces), np.zeros(_STATES, dtype=np.int64))

    def unused(self) -> int:
        """Rows that serve no fact."""
        return 0 if self.table.duplicate_of is not None else int(self._states()[0])

    def record(self) -> FileRecord:
        """The file as the audit JSON lists it."""
        table = self.table
        return FileRecord(
            path=table.name,
            sha256=table.sha256,
            bytes=table.bytes,
            system=table.system,
            object=table.object_name,
            encoding=table.encoding,
            dialect=table.dialect,
            header_line=table.header_line,
            rows=self.counts(),
            facts=tuple(dict.fromkeys(one.fact for one in table.object.yields)) if table.object else (),
            reasons=self._reasons(),
            partly=self._partly(),
            notes=(*table.notes, *self.notes, *(f"{what}: {count:,}" for what, count in self.tallies.items())),
        )

    def _reasons(self) -> dict[str, int]:
        """Code -> rows that no fact took, each under its first reason, whether or not they are listed; sorted."""
        found = Counter(fault.code for fault in self.table.faults if fault.action == "rejected")
        if self.table.duplicate_of is not None:
            return dict(sorted({**found, "repeated": self.table.height}.items()))
        left = (self.state & (ACCEPTED | TOTAL)) == 0
        for entry in sorted(self.entries, key=lambda entry: entry.repeated):  # a row is rejected before it is repeated
            rows = np.unique(entry.rows)
            found[entry.code] += int(left[rows].sum())
            left[rows] = False
        return {code: many for code, many in sorted(found.items()) if many}

    def _partly(self) -> dict[str, int]:
        """Code -> accepted rows that one of their facts did not take for it; sorted."""
        rows: dict[str, list[Rows]] = {}
        for entry in self.entries:
            rows.setdefault(entry.code, []).append(entry.rows[(self.state[entry.rows] & ACCEPTED) > 0])
        counted = {code: len(np.unique(np.concatenate(found))) for code, found in sorted(rows.items())}
        return {code: many for code, many in counted.items() if many}

    def rejects(self, listed: Sequence[tuple[Entry, Rows]], most: int) -> tuple[Reject, ...]:
        """Rows that were not taken or were repaired, in the order of the file; of the former the first ``most``."""
        flat = islice(((int(row), entry) for entry, rows in listed for row in rows), most)
        kept = sorted(flat, key=lambda item: (item[0], item[1].column, item[1].code))
        if (more := sum(len(rows) for _, rows in listed) - most) > 0:
            self.notes.append(f"rows not taken that are counted and not listed one by one: {more:,}")
        doubted = [(int(row), entry) for entry in self.kept for row in entry.rows if self.state[row] & ACCEPTED]
        places = locate(self.table, [row for row, _ in (*kept, *doubted)]) if kept or doubted else {}
        found = (
            *self.table.faults,
            *(self._reject(row, entry, places[row]) for row, entry in kept),
            *(self._reject(row, entry, places[row], "kept") for row, entry in doubted),
        )
        return tuple(sorted(found, key=lambda one: (one.line, one.byte))) if self.table.faults or doubted else found

    def listed(self) -> Iterator[tuple[Entry, Rows]]:
        """Entries with their rows, rejected ones first; a row that repeats another does so once, whatever it serves."""
        told: dict[str, Rows] = {}
        for entry in sorted(self.entries, key=lambda entry: entry.repeated):
            rows = np.unique(entry.rows)
            if entry.repeated:
                again = told.get(entry.code, np.empty(0, dtype=np.int64))
                rows = np.setdiff1d(rows, again, assume_unique=True)
                told[entry.code] = np.union1d(again, rows)
            yield entry, rows

    def _reject(self, row: int, entry: Entry, place: tuple[int, int], action: Action | None = None) -> Reject:
        if action is None:
            taken = bool(self.state[row] & ACCEPTED)
            action = "left out" if taken else "duplicate" if entry.repeated else "rejected"
        line, byte = place
        return Reject(file=self.table.name, line=line, byte=byte, column=entry.column, code=entry.code, action=action)


def rejects_of(books: Sequence[Book]) -> tuple[Reject, ...]:
    """The rejects of all files; of too many rows those that are rejected come before those that repeat others."""
    listed = [tuple(book.listed()) for book in books]
    most, left = [0] * len(books), LISTED
    for repeated in (False, True):
        for number, entries in enumerate(listed):
            taken = min(left, sum(len(rows) for entry, rows in entries if entry.repeated == repeated))
            most[number] += taken
            left -= taken
    return tuple(reject for each in zip(books, listed, most, strict=True) for reject in Book.rejects(*each))


def repaired(table: RawTable) -> int:
    """Records of a file that were read after a repair, however many repairs each took."""
    return len({(fault.line, fault.byte) for fault in table.faults if fault.action == "repaired"})


def settle(files: Sequence[FileRecord], outside: Mapping[int, int]) -> tuple[FileRecord, ...]:
    """Set the rows outside the windows apart: file number -> rows, moved from accepted to outside.

    Raises :class:`ArithmeticError` (an error of the program) when a file's records do not add up.

    >>> one = FileRecord(path="a", sha256="", bytes=0, system=None, object=None, encoding="", dialect="",
    ...                  header_line=1, rows=RowCounts(read=3, accepted=2, structure=1))
    >>> settle([one], {0: 2})[0].rows.outside
    2
    """
    settled = []
    for number, record in enumerate(files):
        moved = outside.get(number, 0)
        rows = record.rows.model_copy(
            update={"accepted": record.rows.accepted - moved, "outside": record.rows.outside + moved}
        )
        if rows.accepted < 0 or moved < 0 or not rows.adds_up():
            raise ArithmeticError(f"the records of file {number} do not add up")
        settled.append(record.model_copy(update={"rows": rows}))
    return tuple(settled)
