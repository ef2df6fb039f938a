"""Was each file read as it was meant? Files cut within a row, repairs, encodings, day and month, clock changes."""

from __future__ import annotations

from collections import defaultdict

from clm_audit.config.plan import METRIC_IDS
from clm_audit.facts.ledger import repaired
from clm_audit.intake.model import RawTable
from clm_audit.verdict.checks.base import Subject, Value, facts_of, headers_only, made, nothing_read, touched
from clm_audit.verdict.model import Check

CODES = (
    "end_whole",
    "end_cut",
    "repairs_none",
    "repairs_few",
    "repairs_many",
    "encoding_one",
    "encoding_several",
    "encoding_mixed",
    "day_month_clear",
    "day_month_proved",
    "day_month_few",
    "day_month_borrowed",
    "day_month_unknown",
    "clock_clear",
    "clock_no_stamps",
    "clock_repeats",
    "clock_skips",
    "clock_unknown",
)
CUT = ("truncated", "json_cut")  # codes of a fault at which a file ends in the middle of a record
OTHER_ENCODING = "other_encoding"  # code of a repaired record
FEW_SKIPPED = 2  # stamps that somebody typed
MIXED_LEAST = 3


def cut_short(subject: Subject) -> Check:
    """A file that ends inside a quoted field, or in the middle of a row, was cut off while it was written or copied."""
    if nothing_read(subject):
        return made("cut_short", "unknown", "nothing_read")
    for table in subject.exports.tables:
        for fault in table.faults:
            if fault.code in CUT and _is_last(fault.line, table):
                metrics = touched(facts_of(table))
                return made("cut_short", "fail", "end_cut", metrics, file=table.name, line=fault.line)
    return made("cut_short", "pass", "end_whole", files=len(subject.exports.tables))


def repairs(subject: Subject) -> Check:
    """Rows that were read only after a repair. Each repair was certain, but many of them mean a broken export."""
    if nothing_read(subject):
        return made("repairs", "unknown", "nothing_read")
    limit = subject.plan.policy.max_rejected
    counts = [(repaired(table), table) for table in subject.exports.tables if table.height]
    mended, table = max(counts, key=lambda each: each[0] / each[1].height, default=(0, None))
    if table is not None and mended > limit * table.height:
        evidence: dict[str, Value] = {"rows": mended, "of": table.height, "share": mended / table.height}
        metrics = touched(facts_of(table))
        return made("repairs", "warn", "repairs_many", metrics, file=table.name, limit=limit, **evidence)
    if rows := sum(mended for mended, _ in counts):
        return made("repairs", "pass", "repairs_few", rows=rows)
    return made("repairs", "pass", "repairs_none")


def encoding(subject: Subject) -> Check:
    """A file whose rows are in two encodings spells names, states and categories in two ways: they do not join."""
    if nothing_read(subject):
        return made("encoding", "unknown", "nothing_read")
    for table in subject.exports.tables:
        mixed = max(table.mixed, sum(fault.code == OTHER_ENCODING for fault in table.faults))
        if mixed >= MIXED_LEAST:
            metrics = touched(facts_of(table))
            evidence: dict[str, Value] = {"count": mixed, "encoding": table.encoding}
            return made("encoding", "warn", "encoding_mixed", metrics, file=table.name, **evidence)
    kinds: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for table in subject.exports.tables:
        kinds[table.system, table.object_name].add(table.encoding.removesuffix("-sig"))
    several = [names for names in kinds.values() if len(names) > 1]
    if several:
        names = ", ".join(sorted(set().union(*several)))
        return made("encoding", "pass", "encoding_several", encodings=names)
    return made("encoding", "pass", "encoding_one")


def day_month(subject: Subject) -> Check:
    """Where the day or the month could be first, a row with a day above 12 decides how all others are read."""
    if headers_only(subject):
        return made("day_month", "unknown", "nothing_read")
    columns = subject.count("dates.day_month")
    if columns is None:
        return made("day_month", "unknown", "day_month_unknown")
    if not columns:
        return made("day_month", "pass", "day_month_clear")
    fewest = subject.count("dates.day_month.fewest") or 0
    if few := subject.count("dates.day_month.few"):
        return made("day_month", "warn", "day_month_few", METRIC_IDS, columns=few, rows=fewest)
    if borrowed := subject.count("dates.day_month.sibling"):
        return made("day_month", "warn", "day_month_borrowed", METRIC_IDS, columns=borrowed)
    return made("day_month", "pass", "day_month_proved", METRIC_IDS, columns=columns, rows=fewest)


def clock_changes(subject: Subject) -> Check:
    """Stamps in the hour that the clock skips in spring cannot be: they are in another zone than the one assumed."""
    skipped, repeated = subject.count("dates.dst_gap"), subject.count("dates.dst_overlap")
    stamps = subject.count("dates.naive")
    if headers_only(subject) or skipped is None or repeated is None or stamps is None:
        return made("clock_changes", "unknown", "clock_unknown")
    if not stamps:
        return made("clock_changes", "pass", "clock_no_stamps", METRIC_IDS)
    evidence: dict[str, Value] = {"zone": subject.plan.timezone, "of": stamps}
    if skipped > FEW_SKIPPED:
        return made("clock_changes", "warn", "clock_skips", METRIC_IDS, stamps=skipped, **evidence)
    if skipped or repeated:
        return made("clock_changes", "pass", "clock_repeats", METRIC_IDS, stamps=skipped + repeated, **evidence)
    return made("clock_changes", "pass", "clock_clear", METRIC_IDS, **evidence)


def _is_last(line: int, table: RawTable) -> bool:
    return all(fault.line <= line for fault in table.faults)
