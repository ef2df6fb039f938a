"""How the figures of winning and keeping a customer look."""

from __future__ import annotations

from clm_audit.report import numbers
from clm_audit.report.customer_costs import MONEY
from clm_audit.report.model_base import Unknown

NOTHING = "–"


def cost_figure(key: str, value: float | Unknown) -> str:
    """Money as money, the others as shares.

    >>> cost_figure("cac", 78.514), cost_figure("breakeven", 0.031), cost_figure("cac", Unknown(reason="none"))
    ('78.51', '3.1 %', '–')
    """
    if isinstance(value, Unknown):
        return NOTHING
    return numbers.unit_value("money", value, None) if key in MONEY else numbers.percent(value)
