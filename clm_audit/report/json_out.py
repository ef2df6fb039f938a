"""The audit JSON: canonical, so that the same audit gives the same bytes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from clm_audit.report import safe
from clm_audit.report.model import AuditReport
from clm_audit.report.saved import SEAL, seal

if TYPE_CHECKING:
    from clm_audit.report.model_ahead import AheadReport
    from clm_audit.report.model_check import CheckOnlyReport
    from clm_audit.report.model_history import HistoryReport

DIGITS = 10


def to_json(report: AuditReport | CheckOnlyReport | AheadReport | HistoryReport) -> str:
    """The report as JSON text: the model's own order, two spaces, floats to ten significant digits.

    Raises ValueError when a number is NaN or infinite: what is not known must be an object with a reason,
    so that would be an error of the program.
    """
    tree = _plain(report.model_dump(mode="json"))
    if isinstance(report, AuditReport):
        tree[SEAL] = seal(tree)
    return safe.json_text(json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=2)) + "\n"


def settled(report: AuditReport) -> AuditReport:
    """The report as its JSON says it, so that what is rendered from either is the same, to the byte."""
    return AuditReport.model_validate(_plain(report.model_dump(mode="json")))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return _short(value)
    return value


def _short(value: float) -> float:
    """Ten significant digits: below them, sums depend on the order of summation."""
    if not math.isfinite(value):
        raise ValueError("a number in the report is not finite")
    return float(f"{value:.{DIGITS}g}") + 0.0
