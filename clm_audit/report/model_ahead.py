"""The frozen AheadReport: what `clm-audit plan` says, and the only thing that its output formats read."""

from __future__ import annotations

from datetime import date
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId
from clm_audit.report.model import Tool
from clm_audit.report.model_brand import Brand

OutlookStatus = Literal["decided", "never", "not assessable"]


class ReachReport(Frozen):
    """With so many weeks after go-live, the smallest rise (share) that would be found with 80 % power."""

    weeks: int
    detectable: float


class AheadMetric(Frozen):
    """One metric's outlook. ``effect``: the share asked for; ``decided``: weeks after go-live from which it would be
    found, None when never at this volume or not assessable; ``sentence`` says which. ``by_control``: whether the audit
    will compare with those who do not get the CRM."""

    id: MetricId
    question_number: int
    question: str
    name: str
    better: Literal["higher", "lower"]
    materiality: float
    effect: float
    status: OutlookStatus
    decided: int | None
    reach: tuple[ReachReport, ...]
    sentence: str
    remedy: str
    by_control: bool = False


class AheadReport(Frozen):
    """What could be found, and when. ``begun``: whether there are weeks after go-live already; ``data_until``: the
    last day of the data."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    brand: Brand = Brand()
    title: str
    go_live: date | None
    begun: bool
    data_until: date
    confidence: float
    metrics: tuple[AheadMetric, ...]
    sentence: str
    next_step: str
