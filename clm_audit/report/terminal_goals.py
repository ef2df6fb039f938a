"""The goals on a terminal: what was to be reached, by whom, and what the quarter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_audit.report.ids_said import goal_ids, sentence_ids
from clm_audit.report.marks import GOALS
from clm_audit.report.model import AuditReport
from clm_audit.report.trace import keys

if TYPE_CHECKING:
    from clm_audit.report.terminal_page import Page


def draw_goals(page: Page, report: AuditReport) -> None:
    """One line a goal; nothing without goals."""
    if not report.goals:
        return
    page.heading("Goals")
    for goal in report.goals:
        owner = f" ({goal.owner})" if goal.owner else ""
        glyph, tone = GOALS[goal.result]
        page.item(glyph, f"{goal.sentence}{owner}", tone)
    page.ids(goal_ids(report), *(sentence_ids(f"goals.{key}", ["sentence"]) for key in keys(report.goals)))
