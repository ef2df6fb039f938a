"""The report as slides: native charts and tables that stay editable. The same report gives the same bytes.

Text from outside is always text: no link is made of it, and in the workbooks behind the charts no formula.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clm_audit.report import look, numbers
from clm_audit.report.drawing import ACCENT, INK, QUIET
from clm_audit.report.language import spoken
from clm_audit.report.model import AuditReport
from clm_audit.report.packed import evenly_packed
from clm_audit.report.palette import on_light
from clm_audit.report.pptx_charts import Place, colour_of, describe, draw, plain
from clm_audit.report.slide_parts import Grid, Lines, Slide, brief
from clm_audit.report.slides import VERDICT, slides
from clm_audit.report.trace import numbers as numbers_of
from clm_audit.report.write import TAILS

if TYPE_CHECKING:
    from pptx.slide import Slide as Page

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
WIDE, HIGH, EDGE = 13.333, 7.5, 0.6  # inches
TONES = {"good": "#0a6448", "bad": "#a0213a", "flat": INK, "open": INK}
TABLE = 7.7  # inches of a table that has a chart beside it
IDS = "Ids of the numbers, for clm-audit explain ID --from audit.json:"
WIDE_ROW = 1_500  # characters times points that fit into a line, in a wide font
_TITLE_ONLY = 5  # of the layouts that python-pptx brings along


def to_pptx(report: AuditReport) -> bytes:
    """The report as a presentation. Needs python-pptx (the extra ``pptx``)."""
    with spoken(report) as said:
        return _Deck(said).saved()


class _Deck:
    """The presentation that is being made."""

    def __init__(self, report: AuditReport) -> None:
        from pptx import Presentation
        from pptx.util import Inches

        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDE), Inches(HIGH)
        self.accent = on_light(report.brand.colour) if report.brand.colour else ACCENT
        self.known = numbers_of(report)
        self._name(report)
        self._cover(report)
        for number, slide in enumerate(slides(report), start=2):
            self._draw(slide, number)

    def saved(self) -> bytes:
        """The file, the same for the same slides."""
        file = io.BytesIO()
        self.deck.save(file)
        return evenly_packed(file.getvalue(), TAILS["PPTX"])

    def _name(self, report: AuditReport) -> None:
        about = self.deck.core_properties
        about.title, about.author = plain(report.title)[:255], plain(report.author or "")[:255]
        about.subject, about.language = report.verdict.value, "en"
        about.comments = f"{report.tool.name} {report.tool.version}"
        about.last_modified_by, about.revision, about.keywords = "", 1, ""
        about.created = about.modified = EPOCH

    def _page(self, title: str, top: float = 0.45, size: int = 26) -> Page:
        page = self.deck.slides.add_slide(self.deck.slide_layouts[_TITLE_ONLY])
        self._bar(page)
        box = page.shapes.title
        _place(box, EDGE, top, WIDE - 2 * EDGE, 0.8)
        _write(box.text_frame, [title], size, INK, bold=True)
        return page

    def _bar(self, page: Page) -> None:
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Inches

        bar = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(WIDE), Inches(0.16))
        bar.fill.solid()
        bar.fill.fore_color.rgb = colour_of(self.accent)
        bar.line.fill.background()
        bar.shadow.inherit = False
        describe(bar, "")

    def _cover(self, report: AuditReport) -> None:
        windows = report.windows
        page = self._page(brief(report.title, 120), 2.0, 36)
        told = [text for text in (report.client, report.author) if text]
        lines = [
            " · ".join(told),
            f"Go-live {numbers.day(windows.go_live)}",
            f"Before: {look.span(windows.before)}",
            f"After: {look.span(windows.after)}",
            f"Verdict: {report.verdict.value}",
        ]
        self._text(page, [line for line in lines if line], EDGE, 3.6, WIDE - 2 * EDGE, 2.4, 20, QUIET)
        self._notes(page, ("windows.before.weeks", "windows.after.weeks"))

    def _notes(self, page: Page, ids: Sequence[str]) -> None:
        """What the numbers of the slide are called in the audit JSON, those that are known."""
        found = [one for one in ids if one in self.known] or ["none on this slide"]
        page.notes_slide.notes_text_frame.text = plain("\n".join((IDS, *found)), keep="\n")

    def _draw(self, slide: Slide, number: int) -> None:
        page = self._page(slide.title)
        top = 1.35
        if slide.big:
            size = 34 if slide.title == VERDICT else 20 if len(slide.big) < 80 else 15
            rows = math.ceil(len(slide.big) * size / (WIDE_ROW if size < 34 else 2_400))
            self._text(page, [slide.big], EDGE, top, WIDE - 2 * EDGE, 0.8, size, TONES[slide.tone], bold=size > 15)
            top += 0.3 + rows * size / 50
        height = HIGH - top - 0.75
        beside = isinstance(slide.picture, Lines)
        if slide.points:
            width = 4.3 if beside else WIDE - 2 * EDGE
            self._text(page, slide.points, EDGE, top, width, height, 13 if beside else 18, INK, apart=True)
        if slide.picture is not None:
            left = EDGE + 4.5 if beside else EDGE
            width = WIDE - EDGE - left if slide.beside is None else TABLE
            place = (left, top, width, height)
            if isinstance(slide.picture, Grid):
                self._table(page, slide.picture, place)
            else:
                draw(page, slide.picture, place, self.accent)
        if slide.beside is not None:
            left = EDGE + TABLE + 0.3
            draw(page, slide.beside, (left, top, WIDE - EDGE - left, height), self.accent)
        foot = [part for part in (slide.foot, f"{number}") if part]
        self._text(page, ["   ·   ".join(foot)], EDGE, HIGH - 0.6, WIDE - 2 * EDGE, 0.4, 11, QUIET)
        self._notes(page, slide.ids)

    def _text(
        self, page: Page, lines: Sequence[str], left: float, top: float, width: float, height: float, size: int,
        colour: str, *, bold: bool = False, apart: bool = False,
    ) -> None:  # fmt: skip
        from pptx.util import Inches

        box = page.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        _write(box.text_frame, lines, size, colour, bold=bold, apart=apart)

    def _table(self, page: Page, grid: Grid, place: Place) -> None:
        """A native table; its first row is marked as the header."""
        from pptx.util import Inches

        left, top, width, _ = place
        many, columns = len(grid.rows), len(grid.widths)
        size = (Inches(left), Inches(top), Inches(width), Inches(0.4 * many))
        table = page.shapes.add_table(many, columns, *size).table
        for index, part in enumerate(grid.widths):
            table.columns[index].width = Inches(width * part / sum(grid.widths))
        for row, cells in enumerate(grid.rows):
            for column, text in enumerate(cells):
                cell = table.cell(row, column)
                cell.fill.solid()
                cell.fill.fore_color.rgb = colour_of(self.accent if row == 0 else "#f4f6f8" if row % 2 else "#ffffff")
                _write(cell.text_frame, [text], 12, "#ffffff" if row == 0 else INK, bold=row == 0)


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _write(
    frame: Any, lines: Sequence[str], size: int, colour: str, *, bold: bool = False, apart: bool = False
) -> None:
    """One paragraph a line, in one look."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = plain(line)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = colour_of(colour)
        if apart:
            paragraph.space_after = Pt(size * 0.6)
