"""Is each export whole? Row caps, missing parts, stale files, rejected rows, unknown files, rows seen twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from clm_audit.config.plan import METRIC_IDS
from clm_audit.intake.model import FileRecord, RawTable
from clm_audit.measures.model import day_number, to_date
from clm_audit.verdict.checks.base import Subject, Value, facts_of, made, nothing_read, read, touched
from clm_audit.verdict.model import Check

CODES = (
    "row_cap_clear",
    "row_cap_of_system",
    "row_cap_common",
    "parts_whole",
    "parts_missing",
    "export_fresh",
    "export_ends_early",
    "export_age_unknown",
    "rejects_few",
    "rejects_over",
    "rejects_over_in_export",
    "rejects_unknown",
    "files_all_known",
    "files_unknown",
    "duplicates_none",
    "duplicates_few",
    "duplicates_many",
    "duplicates_unknown",
    "spend_once",
    "spend_retold",
    "spend_apart",
    "spend_disagrees",
    "spend_twice",
    "spend_words_known",
    "spend_words_near",
    "spend_words_unknown",
)
# Where exports of many tools and spreadsheets are known to stop.
COMMON_CAPS = (2_000, 10_000, 15_000, 50_000, 65_536, 100_000, 200_000, 1_000_000, 1_048_576)
MANY_DUPLICATES = 0.05
STALE_DAYS = 60
RETOLD = "retold"  # code of such a row
OFF_MONTHS = 0.2  # share of the months in which books and ad platforms may disagree
_DATED = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_PART = re.compile(r"^(?P<stem>.*[^\d_-])[_-](?P<part>[1-9]\d?)$|^(?P<dated>.*20\d\d-\d\d-\d\d)[_-](?P<number>[1-9])$")


def row_cap(subject: Subject) -> Check:
    """An export with exactly as many rows as its system's limit was probably cut there."""
    if nothing_read(subject):
        return made("row_cap", "unknown", "nothing_read")
    common = None
    for table in subject.exports.tables:
        if table.duplicate_of is not None or _has_next_part(table, subject.exports.tables):
            continue
        caps = table.object.caps if table.object else ()
        if (cap := _hit(table.height, caps)) is not None:
            metrics = touched(facts_of(table))
            return made("row_cap", "fail", "row_cap_of_system", metrics, file=table.name, rows=table.height, cap=cap)
        if common is None and (cap := _hit(table.height, COMMON_CAPS)) is not None:
            metrics = touched(facts_of(table))
            common = made("row_cap", "warn", "row_cap_common", metrics, file=table.name, rows=table.height, cap=cap)
    return common or made("row_cap", "pass", "row_cap_clear", files=len(subject.exports.tables))


def missing_part(subject: Subject) -> Check:
    """Numbered parts (``_2``) whose earlier part is not there."""
    if nothing_read(subject):
        return made("missing_part", "unknown", "nothing_read")
    seen: dict[tuple[str, str], dict[int, RawTable]] = defaultdict(dict)
    for table in subject.exports.tables:
        if parts := _part(table):
            seen[parts[0]][parts[1]] = table
    for tables in seen.values():
        if gaps := [number for number in range(1, max(tables)) if number not in tables]:
            there = tables[max(tables)]
            return made(
                "missing_part", "warn", "parts_missing", touched(facts_of(there)), file=there.name, part=gaps[0]
            )
    return made("missing_part", "pass", "parts_whole")


def stale_export(subject: Subject) -> Check:
    """A fact that ends long before the newest record or the date in a file's name: a filter may have cut it.

    The file system's own dates are not asked: copying, unpacking or cloning changes them.
    """
    ends = {
        name.removesuffix(".last_day"): day
        for name, day in subject.facts.evidence.items()
        if name.endswith(".last_day")
    }
    if not ends:
        return made("stale_export", "unknown", "export_age_unknown")
    newest = max([*ends.values(), *_dates_in_names(subject.exports.tables)])
    fact = min(read(ends), key=lambda name: (ends[name], name))
    evidence: dict[str, Value] = {
        "fact": fact,
        "last": to_date(ends[fact]).isoformat(),
        "newest": to_date(newest).isoformat(),
    }
    if newest - ends[fact] > STALE_DAYS:
        return made("stale_export", "warn", "export_ends_early", touched([fact]), **evidence)
    return made("stale_export", "pass", "export_fresh", newest=to_date(newest).isoformat())


def _dates_in_names(tables: Iterable[RawTable]) -> Iterator[int]:
    """Days written into file names, as many systems do (`…-2025-06-30.csv`)."""
    for table in tables:
        for year, month, day in _DATED.findall(table.name.rpartition("/")[2]):
            try:
                yield day_number(date(int(year), int(month), int(day)))
            except ValueError:  # digits that are no date
                continue


def rejects(subject: Subject) -> Check:
    """Too many rows that could not be understood: overall, then export by export."""
    limit = subject.plan.policy.max_rejected
    groups: dict[str, list[FileRecord]] = defaultdict(list)
    for record in subject.facts.files:
        groups[f"{record.system} {record.object}" if record.object else record.path].append(record)
    rows = sum(_data_rows(record) for record in subject.facts.files)
    if not rows:
        return made("rejects", "unknown", "rejects_unknown", METRIC_IDS)
    rejected = sum(record.rows.rejected for record in subject.facts.files)
    if rejected > limit * rows:
        share = rejected / rows
        return made(
            "rejects", "fail", "rejects_over", METRIC_IDS, rejected=rejected, rows=rows, share=share, limit=limit
        )
    for name, records in groups.items():
        of, bad = sum(map(_data_rows, records)), sum(record.rows.rejected for record in records)
        if of and bad > limit * of:
            metrics = touched(_facts_of_records(subject, records))
            evidence: dict[str, Value] = {
                "export": name,
                "rejected": bad,
                "rows": of,
                "share": bad / of,
                "limit": limit,
            }
            return made("rejects", "fail", "rejects_over_in_export", metrics, **evidence)
    return made("rejects", "pass", "rejects_few", METRIC_IDS, rejected=rejected, rows=rows)


def unknown_files(subject: Subject) -> Check:
    """Files that no preset knows and the config does not map: they were not counted."""
    if nothing_read(subject):
        return made("unknown_files", "unknown", "nothing_read")
    if not subject.exports.unknown:
        return made("unknown_files", "pass", "files_all_known", files=len(subject.exports.tables))
    return made(
        "unknown_files", "warn", "files_unknown", files=len(subject.exports.unknown), file=subject.exports.unknown[0][0]
    )


def duplicates(subject: Subject) -> Check:
    """Rows that were there twice were counted once; many of them mean overlapping exports."""
    rows = sum(_data_rows(record) for record in subject.facts.files)
    if not rows:
        return made("duplicates", "unknown", "duplicates_unknown", METRIC_IDS)
    twice = [record for record in subject.facts.files if record.rows.duplicate]
    count = sum(record.rows.duplicate for record in twice) - _told_elsewhere(subject)
    if not count:
        return made("duplicates", "pass", "duplicates_none", rows=rows)
    metrics = touched(_facts_of_records(subject, twice))
    evidence: dict[str, Value] = {"duplicates": count, "rows": rows, "share": count / rows}
    if count > MANY_DUPLICATES * rows:
        return made("duplicates", "warn", "duplicates_many", metrics, **evidence)
    return made("duplicates", "pass", "duplicates_few", metrics, **evidence)


def _told_elsewhere(subject: Subject) -> int:
    """Rows that another system tells of, too: two checks of their own look at them."""
    listed = sum(reject.code == RETOLD and reject.action == "duplicate" for reject in subject.facts.rejects)
    counted = sum(subject.count(name) or 0 for name in ("orders.retold", "spend.retold"))
    return max(listed, counted)


def spend_twice(subject: Subject) -> Check:
    """Ad platforms and the books both report spend. What agrees was counted once; the rest may be the same money."""
    if nothing_read(subject):
        return made("spend_twice", "unknown", "nothing_read")
    metrics = touched(["spend"])
    beside, again = subject.count("spend.beside_ads"), subject.count("spend.retold") or 0
    if beside is None:
        return made("spend_twice", "pass", "spend_once")
    months, off = subject.count("spend.retold_months") or 0, subject.count("spend.retold_months_off") or 0
    platform, books = _spend_files(subject)
    if beside:
        return made("spend_twice", "warn", "spend_twice", metrics, count=beside, platform=platform, books=books)
    if off > OFF_MONTHS * months:
        return made("spend_twice", "warn", "spend_disagrees", metrics, count=off, of=months, books=books)
    if again:
        return made("spend_twice", "pass", "spend_retold", metrics, count=again)
    return made("spend_twice", "pass", "spend_apart", metrics)


def _spend_files(subject: Subject) -> tuple[str, str]:
    """One file of an ad platform and one of the books."""
    ads: set[str] = set()
    books: set[str] = set()
    for table in subject.exports.tables:
        for item in table.object.yields if table.object else ():
            if item.fact == "spend":
                (ads if item.category or "platform" in item.constants else books).add(table.name)
    return min(ads, default="an ad platform"), min(books, default="the books")


def spend_words(subject: Subject) -> Check:
    """Categories that look like a misspelt one are not guessed: such spend counts as other."""
    rows, near = subject.count("spend.rows"), subject.count("spend.near_words") or 0
    if not rows:
        return made("spend_words", "unknown", "spend_words_unknown")
    if near:
        return made("spend_words", "warn", "spend_words_near", touched(["spend"]), count=near, rows=rows)
    return made("spend_words", "pass", "spend_words_known", touched(["spend"]), rows=rows)


def _hit(rows: int, caps: tuple[int, ...]) -> int | None:
    return next((cap for cap in caps if abs(rows - cap) <= 1), None)


def _part(table: RawTable) -> tuple[tuple[str, str], int] | None:
    stem, _, suffix = table.name.partition(".")
    match = _PART.match(stem)
    return ((match["stem"] or match["dated"], suffix), int(match["part"] or match["number"])) if match else None


def _has_next_part(table: RawTable, tables: tuple[RawTable, ...]) -> bool:
    own = _part(table)
    return own is not None and any(_part(other) == (own[0], own[1] + 1) for other in tables)


def _data_rows(record: FileRecord) -> int:
    return record.rows.read - record.rows.structure


def _facts_of_records(subject: Subject, records: list[FileRecord]) -> Iterator[str]:
    wanted = {record.path for record in records}
    for table in subject.exports.tables:
        if table.name in wanted:
            yield from facts_of(table)
