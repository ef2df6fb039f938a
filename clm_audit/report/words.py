"""Every sentence of the program, in one place to import from; the parts stand in the ``words_*`` modules beside it."""

from __future__ import annotations

from clm_audit.report.explain import explain, explain_list, explain_names
from clm_audit.report.numbers import (
    ascii_text,
    count,
    day,
    decimal_string,
    metric_value,
    money,
    number,
    p_value,
    percent,
    percent_range,
    plus_minus,
    probability,
    unit_value,
    weeks,
)
from clm_audit.report.words_check_messages import MESSAGES
from clm_audit.report.words_checks import CHECKS, STATUS
from clm_audit.report.words_findings import CODES_SAID, FINDINGS, GLYPHS
from clm_audit.report.words_metrics import fact, in_text, name, question, total, unit, variant_label
from clm_audit.report.words_reasons import REASONS, reason, remedy
from clm_audit.report.words_rejects import REJECTS, reject, reject_remedy
from clm_audit.report.words_verdict import ANSWERS, READINGS, ROWS, VERDICTS, gate, gate_reason

__all__ = [
    "ANSWERS",
    "CHECKS",
    "CODES_SAID",
    "FINDINGS",
    "GLYPHS",
    "MESSAGES",
    "READINGS",
    "REASONS",
    "REJECTS",
    "ROWS",
    "STATUS",
    "VERDICTS",
    "ascii_text",
    "count",
    "day",
    "decimal_string",
    "explain",
    "explain_list",
    "explain_names",
    "fact",
    "gate",
    "gate_reason",
    "in_text",
    "metric_value",
    "money",
    "name",
    "number",
    "p_value",
    "percent",
    "percent_range",
    "plus_minus",
    "probability",
    "question",
    "reason",
    "reject",
    "reject_remedy",
    "remedy",
    "total",
    "unit",
    "unit_value",
    "variant_label",
    "weeks",
]
