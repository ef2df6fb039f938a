"""Single figures made printable: rounded, exact as text, or *cannot say* with its reason."""

from __future__ import annotations

import math

from clm_audit.config.base import NotAssessable
from clm_audit.measures.model import Ratio
from clm_audit.report import words_reasons
from clm_audit.report.model import Unknown
from clm_audit.report.numbers import decimal_string

DIGITS = 12  # significant digits of printed floats: the last ones depend on the machine


def known(value: float | NotAssessable) -> float | Unknown:
    """A number, or why there is none."""
    return unknown(value) if isinstance(value, NotAssessable) else rounded(value)


def ratio_value(ratio: Ratio | NotAssessable) -> float | Unknown:
    """The value of a ratio, or why there is none."""
    return unknown(ratio) if isinstance(ratio, NotAssessable) else rounded(ratio.value)


def unknown(missing: NotAssessable) -> Unknown:
    """*Cannot say*, with its sentence."""
    return Unknown(reason=words_reasons.reason(missing))


def units(amount: float) -> str:
    """Money in currency units as an exact decimal string.

    >>> units(12.5)
    '12.50'
    """
    return decimal_string(round(amount * 100))


def point(value: float) -> float | None:
    """A point of a series; None when the period is missing."""
    return rounded(value) if math.isfinite(value) else None


def rounded(value: float) -> float:
    """To :data:`DIGITS` significant digits; refuses what is not a number (a bug upstream: ArithmeticError)."""
    if not math.isfinite(value):
        raise ArithmeticError("a figure that is not a number reached the report")
    return float(f"{value:.{DIGITS}g}")
