"""The ids of the numbers and sentences of a page in Markdown, folded away at its end."""

from __future__ import annotations

from clm_audit.report.ids_said import SENTENCES, cost_ids, goal_ids, metric_ids, money_ids, since_ids
from clm_audit.report.model import AuditReport
from clm_audit.report.words_lifecycle_view import told

SUMMARY = "Ids of the numbers, for <code>clm-audit explain ID --from audit.json</code>"


def id_lines(report: AuditReport) -> list[str]:
    """One line for each table, and one for the sentences."""
    found = told(report.lifecycle)
    said = (
        metric_ids("metrics", report.metrics),
        since_ids(report),
        goal_ids(report),
        *money_ids(report),
        cost_ids(report),
        metric_ids("lifecycle", found) if found else "",
        SENTENCES,
    )
    return [f"<details><summary>{SUMMARY}</summary>", "", "```", *filter(None, said), "```", "", "</details>"]
