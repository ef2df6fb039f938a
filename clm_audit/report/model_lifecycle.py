"""The lifecycle in the report beside its metrics: what could not be measured, and how long customers stay."""

from __future__ import annotations

from typing import Literal

from clm_audit.config.base import Frozen


class CurvePoint(Frozen):
    """So many months (of 30.4375 days) after entering: the share, its interval, and how many were watched longer."""

    months: int
    share: float
    low: float
    high: float
    at_risk: int


class CurveReport(Frozen):
    """One cohort: those who came within a window and were watched within it. Points reach as far as anybody can be
    shown; groups under five are not."""

    side: Literal["before", "after"]
    customers: int
    points: tuple[CurvePoint, ...]


class WaitPoint(Frozen):
    """Within so many days of entering: the share that was activated, its interval, and how many were watched longer."""

    days: int
    share: float
    low: float
    high: float
    at_risk: int


class WaitReport(Frozen):
    """One cohort, and the days until half of it was activated, with their interval; None where that was not seen."""

    side: Literal["before", "after"]
    customers: int
    half: int | None
    half_from: int | None = None
    half_to: int | None = None
    points: tuple[WaitPoint, ...]


class LifecycleView(Frozen):
    """``sentence``: how many metrics of the lifecycle can be told and what they found; ``missing``: one line on those
    that cannot, with the exports that would carry them, or empty; ``reading``: who counts as a customer, and how the
    figures of those who stay hang together. ``retention`` and ``activation``: curves of both
    cohorts, with how they are to be read (``*_note``); none where there is nobody to watch."""

    sentence: str = ""
    missing: str = ""
    reading: str = ""
    retention: tuple[CurveReport, ...] = ()
    retention_note: str = ""
    activation: tuple[WaitReport, ...] = ()
    activation_note: str = ""
