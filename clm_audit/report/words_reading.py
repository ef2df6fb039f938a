"""Words for how files were read: what each was taken for and why, encodings, dates, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.facts.model import ColumnRead, How
from clm_audit.intake.recognise import Recognised
from clm_audit.report.numbers import Counted, count
from clm_audit.report.words_metrics import listed

ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "cp1252": "Windows-1252 (it is not UTF-8)",
    "iso-8859-1": "ISO-8859-1 (it is neither UTF-8 nor Windows-1252)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32, big-endian",
    "xlsx": "a workbook",
    "xls": "an old workbook",
    "parquet": "Parquet",
    "json": "JSON",
}
# how a date column was settled -> the sentence; {rows} is a counted number
EVIDENCE: Mapping[How, str] = {
    "form": "in every cell that was taken",
    "proved": "proved by {rows:row|rows} with a day above 12",
    "sibling": "as another file of the same export proves",
    "said": "as the configuration says",
    "typed": "dates of the file itself",
}
SHOWN_HEADERS = 4
OBJECTS: Mapping[str, str] = {"custom": "your own map"}


def encoding(name: str) -> str:
    """An encoding in words.

    >>> encoding("utf-8"), encoding("koi8-r")
    ('UTF-8', 'koi8-r')
    """
    return ENCODINGS.get(name, name)


def evidence(column: ColumnRead) -> str:
    """What settled the format of a date column."""
    return EVIDENCE[column.how].format(rows=Counted(count(column.rows)))


def told(note: str, header: str, form: str) -> bool:
    """Whether a note on a file says no more than how a column of dates was read, which its reading says, too.

    >>> told("Date: dates read as DD.MM.YYYY, because 9 rows have a day above 12", "Date", "DD.MM.YYYY")
    True
    """
    head, read, rest = note.partition(f"{header}: dates read as {form}")
    return bool(read) and not head and (not rest or rest.startswith((", because", ", as the configuration says")))


def taken_for(system: str | None, object_name: str | None, title: str) -> str:
    """The name of an export.

    >>> taken_for("shopify", "orders_export", "Shopify"), taken_for("custom", "spend", "")
    ('Shopify: orders export', 'your own map: spend')
    """
    return f"{OBJECTS.get(system or '', title or 'unknown')}: {(object_name or '').replace('_', ' ')}"


def why(found: Recognised) -> str:
    """Why a file was taken for what it is."""
    shown = found.deciding[:SHOWN_HEADERS]
    more = len(found.deciding) - len(shown)
    names = f"{', '.join(shown)} and {more} more" if more > 0 else listed(shown)
    return f"{count(len(found.known))} of {Counted(count(found.headers)):header} known; it has {names}"


def nearest(found: Recognised) -> str:
    """The next best export and what speaks against it; empty when nothing else is near."""
    if not found.nearest:
        return ""
    if found.lacks:
        return f"{found.nearest}, which also needs {listed(found.lacks)}"
    return f"{found.nearest}, of which fewer headers are there"


def repaired(rows: int) -> str:
    """How many rows were mended.

    >>> repaired(1)
    '1 row read after a repair'
    """
    return f"{Counted(count(rows)):row} read after a repair"


def summary(files: int, rows: int, measurable: int, metrics: int, unknown: int) -> str:
    """The answer of a check in one sentence.

    >>> summary(7, 45457, 4, 6, 0)
    '7 files read, 45,457 rows; 4 of 6 metrics can be measured.'
    """
    read = f"{Counted(count(files)):file} read, {Counted(count(rows)):row}"
    if unknown:
        read += f"; {Counted(count(unknown)):file is|files are} not recognised"
    return f"{read}; {measurable} of {metrics} metrics can be measured."


def next_command(failed: Sequence[str], *, config: str, paths: str, go_live: str, dated: bool) -> str:
    """What to do next: mend what failed, else the command that audits; ``dated``: go-live is known."""
    if failed:
        return f"mend what failed first ({', '.join(failed)}), then check again"
    if config:
        return f"clm-audit compare -c {config}"
    if dated:
        return f"clm-audit compare {paths}{f' --go-live {go_live}' if go_live else ''}"
    return f"clm-audit compare {paths} --go-live YYYY-MM-DD (the first day with the new CRM), or clm-audit init {paths}"
