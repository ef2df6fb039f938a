"""What became of the rows of a table in an engine: one query a table, and a record that adds up like that of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clm_audit.facts.warehouse.model import PREFIX, Session, SourceTable
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.intake.model import FileRecord, Reject, RowCounts

UNKNOWN = "unknown"  # the sha256 of a table: it has no bytes of its own
SAMPLE = 100  # rows of a table that are listed; the counts hold all of them


@dataclass(frozen=True)
class Tally:
    """Rows of a table that were not taken for one reason, or are ``repeated``: ``each`` tells of a row of ``rows`` (the
    name of a kept table, or a subquery) for how many such rows it stands, ``column`` what the code is about."""

    code: str
    column: str
    rows: str
    each: str
    repeated: bool = False


@dataclass(frozen=True)
class Losses:
    """The counts of one table, in the order of its tallies."""

    table: SourceTable
    read: int
    counts: tuple[tuple[Tally, int], ...]

    @property
    def rejected(self) -> int:
        """Rows that could not be taken."""
        return sum(count for tally, count in self.counts if not tally.repeated)

    @property
    def duplicate(self) -> int:
        """Rows that stand more than once."""
        return sum(count for tally, count in self.counts if tally.repeated)

    def record(self, notes: Sequence[str]) -> FileRecord:
        """As the audit JSON lists it; a table has no bytes, no encoding and no lines."""
        rejected, duplicate = self.rejected, self.duplicate
        reasons: Counter[str] = Counter()
        for tally, count in self.counts:
            reasons[tally.code] += count
        unlisted = max(0, sum(reasons.values()) - SAMPLE)
        more = (f"rows not taken that are counted and not listed one by one: {unlisted:,}",) if unlisted else ()
        return FileRecord(
            path=self.table.name,
            sha256=UNKNOWN,
            bytes=-1,
            system=self.table.system,
            object=self.table.object_name,
            encoding="table",
            dialect=self.table.name.partition(":")[0],
            header_line=0,
            rows=RowCounts(
                read=self.read,
                accepted=self.read - rejected - duplicate,
                rejected=rejected,
                duplicate=duplicate,
            ),
            facts=(self.table.fact,),
            reasons={code: count for code, count in sorted(reasons.items()) if count},
            notes=(*notes, *more),
        )

    def rejects(self) -> tuple[Reject, ...]:
        """A sample of the rows that were not taken; a row of a table has no line."""
        found: list[Reject] = []
        for tally, count in sorted(self.counts, key=lambda each: (each[0].repeated, each[0].code, each[0].column)):
            one = Reject(
                file=self.table.name, line=0, byte=-1, column=tally.column, code=tally.code,
                action="duplicate" if tally.repeated else "rejected",
            )  # fmt: skip
            found += [one] * min(count, SAMPLE - len(found))
        return tuple(found)


def own_rules(one: Selection) -> tuple[Tally, ...]:
    """The rows that their own cells disqualify."""
    return tuple(
        Tally(code, column, one.table.staged, f"CASE WHEN reason = {number} THEN 1 ELSE 0 END")
        for number, (code, column) in enumerate(one.reasons, start=1)
    )


def counted(session: Session, one: Selection, tallies: Sequence[Tally]) -> Losses:
    """The counts of a table, by one query; the session is told how the rows behind them could be looked at."""
    session.samples.extend(samples(session, one, tallies))
    return Losses(
        one.table,
        *_split(tallies, session.rows(ledger_query(one, tallies))[0]),
    )


def _split(tallies: Sequence[Tally], row: Sequence[object]) -> tuple[int, tuple[tuple[Tally, int], ...]]:
    numbers = [int(str(number)) if number is not None else 0 for number in row]
    ordered = [tally for _, some in _by_rows(tallies) for tally in some]
    return numbers[0], tuple(zip(ordered, numbers[1:], strict=True))


def _by_rows(tallies: Sequence[Tally]) -> list[tuple[str, list[Tally]]]:
    names = dict.fromkeys(tally.rows for tally in tallies)
    return [(name, [tally for tally in tallies if tally.rows == name]) for name in names]


def ledger_query(one: Selection, tallies: Sequence[Tally]) -> str:
    """The rows of the table, and the rows of each tally, in one row."""
    read = one.table.staged if one.whole else one.table.frm
    parts = [f"(SELECT CAST(COUNT(*) AS BIGINT) AS rows_read FROM {read}) AS r_0"]
    number = 0
    columns = ["r_0.rows_read"]
    for place, (rows, some) in enumerate(_by_rows(tallies), start=1):
        amounts = []
        for tally in some:
            number += 1
            name = f"{tally.code}_{number}"
            amounts.append(f"CAST(SUM({tally.each}) AS BIGINT) AS {name}")
            columns.append(f"r_{place}.{name}")
        parts.append(f"(SELECT {', '.join(amounts)} FROM {rows}) AS r_{place}")
    return f"SELECT {', '.join(columns)} FROM {' CROSS JOIN '.join(parts)}"


def samples(session: Session, one: Selection, tallies: Sequence[Tally]) -> Iterator[str]:
    """Queries that list rows that were not taken, by their code, for whoever may see them. The program sends none of
    them: what they find are cells."""
    if one.reasons:
        yield f"{one.listing} LIMIT {SAMPLE}"
    for tally in tallies:
        if not tally.repeated and tally.rows != one.table.staged:
            code = session.dialect.literal(tally.code)
            found = f"SELECT {code} AS {PREFIX}code, r.* FROM {tally.rows} AS r"
            yield f"{found} WHERE {tally.each} > 0 LIMIT {SAMPLE}"
