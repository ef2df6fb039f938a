"""What `clm-audit check` found, on a terminal: the answer, what each metric stands on, then file by file."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from clm_audit.intake.model import FileRecord
from clm_audit.report import numbers, words_reading
from clm_audit.report.language import spoken
from clm_audit.report.model_check import CheckOnlyReport, FactSource, FileReading, MetricSources
from clm_audit.report.shared_folder import below
from clm_audit.report.terminal import draw_checks, draw_ledger
from clm_audit.report.terminal_page import PROSE, Page

ABLE, UNABLE = ("✔", "yes"), ("–", "no")
_LABEL = 12  # columns that the label of a file's line takes


def print_check(report: CheckOnlyReport, console: Console) -> None:
    """Print the report. Width, colour and encoding are the console's; no colour says anything alone."""
    with spoken(report) as said:
        _draw(Page(console), said)


def _draw(page: Page, report: CheckOnlyReport) -> None:
    folder, report = below(report)
    page.line("clm-audit check", "bold")
    page.line(report.summary, "bold")
    if folder:
        page.line(f"All files lie in {folder}.")
    if report.sources:
        _metrics(page, report)
    draw_checks(page, report.checks)
    if report.readings:
        page.heading("What each file was taken for")
        for reading in report.readings:
            _file(page, reading)
        if systems := sorted({reading.system for reading in report.readings if reading.known and reading.system}):
            page.line(f"More about an export: clm-audit explain {' or '.join(systems)}", "dim")
    draw_ledger(page, report.model_copy(update={"files": tuple(_untold(report))}))
    page.console.print()
    page.line(f"Next: {report.next_step}", "bold")


def _metrics(page: Page, report: CheckOnlyReport) -> None:
    page.heading("What can be measured, and from what")
    table = page.table(("metric", "text"), ("", "fixed"), ("from", "text"))
    for item in report.sources:
        glyph, word = ABLE if item.measurable else UNABLE
        mark = page.marked(glyph, word, "good" if item.measurable else "open")
        table.add_row(page.text(item.name), mark, Text("\n").join(page.text(line) for line in _from(item)))
    page.console.print(table, width=min(page.console.width, PROSE))


def _from(item: MetricSources) -> list[str]:
    """The facts of a metric, a line each; of one that cannot be measured why, and what would help."""
    uses = [_use(use) for use in item.uses]
    if item.measurable:
        return uses
    return [item.reason, *([f"→ {item.remedy}"] if item.remedy else [])]


def _use(use: FactSource) -> str:
    rows = f"{use.fact}: {numbers.count(use.rows)}"
    span = f", {use.first} to {use.last}" if use.first else ""
    more = f" and {numbers.count(len(use.files) - 1)} more" if len(use.files) > 1 else ""
    return f"{rows}{span}{f' ({use.files[0]}{more})' if use.files else ''}"


def _file(page: Page, reading: FileReading) -> None:
    page.line(reading.path, "bold")
    near = f"; next nearest {reading.nearest}" if reading.nearest else ""
    lines = [("taken for", f"{reading.taken_for}: {reading.why}{near}"), ("read as", _read_as(reading))]
    lines += [("dates", text) for text in _dates(reading)]
    feeds = ", ".join(f"{feed.fact} {numbers.count(feed.rows)}" for feed in reading.feeds)
    lines.append(("gives", feeds or "nothing that counts"))
    for label, text in lines:
        page.labelled(label, text, _LABEL)


def _untold(report: CheckOnlyReport) -> Iterator[FileRecord]:
    """The files without the notes that say again how their dates were read."""
    columns = {reading.path: reading.columns for reading in report.readings}
    for file in report.files:
        told = [(one.header, one.form) for one in columns.get(file.path, ()) if one.form]
        notes = (note for note in file.notes if not any(words_reading.told(note, *pair) for pair in told))
        yield file.model_copy(update={"notes": tuple(notes)})


def _read_as(reading: FileReading) -> str:
    parts = [reading.encoding]
    if reading.dialect.casefold() != reading.encoding.casefold():
        parts.append(reading.dialect)
    if reading.header_line:
        parts.append(f"header in line {numbers.count(reading.header_line)}")
    if reading.repaired:
        parts.append(words_reading.repaired(reading.repaired))
    return ", ".join(parts)


def _dates(reading: FileReading) -> list[str]:
    """The date columns, those that were read alike in one line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in reading.columns:
        alike.setdefault((one.form, one.evidence), []).append(one.header)
    return [
        f"{', '.join(headers)}: {f'{form}, ' if form else ''}{evidence}" for (form, evidence), headers in alike.items()
    ]
