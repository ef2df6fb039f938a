"""The glyph and the tone beside each word of an answer: no colour says anything alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from clm_audit.config.plan import FindingValue, RatchetValue, VerdictValue
from clm_audit.verdict.model import CheckStatus, PlainAnswer

if TYPE_CHECKING:
    from clm_audit.report.model_ahead import OutlookStatus
    from clm_audit.report.model_history import GoalOutcome

Tone = Literal["good", "bad", "flat", "open"]
VERDICTS: Mapping[VerdictValue, tuple[str, Tone]] = {
    "good fit": ("✔", "good"),
    "mixed": ("◐", "flat"),
    "switch": ("✘", "bad"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
FINDINGS: Mapping[FindingValue, tuple[str, Tone]] = {
    "improved": ("✔", "good"),
    "worsened": ("✘", "bad"),
    "no material change": ("=", "flat"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
ANSWERS: Mapping[PlainAnswer, tuple[str, Tone]] = {
    "yes": ("✔", "good"),
    "no": ("✘", "bad"),
    "about the same": ("=", "flat"),
    "no data": ("–", "open"),
}
CHECKS: Mapping[CheckStatus, tuple[str, Tone, str]] = {
    "fail": ("✘", "bad", "failed"),
    "warn": ("!", "flat", "warning"),
    "unknown": ("?", "open", "open question"),
    "pass": ("✔", "good", "passed"),
}
OUTLOOKS: Mapping[OutlookStatus, tuple[str, Tone]] = {
    "decided": ("✔", "good"),
    "never": ("✘", "bad"),
    "not assessable": ("–", "open"),
}
GOALS: Mapping[GoalOutcome, tuple[str, Tone]] = {
    "met": ("✔", "good"),
    "missed": ("✘", "bad"),
    "undecided": ("~", "open"),
    "not assessable": ("–", "open"),
}
SINCE: Mapping[RatchetValue, tuple[str, Tone]] = {
    "better": ("✔", "good"),
    "same": ("=", "flat"),
    "worse": ("✘", "bad"),
    "undecided": ("~", "open"),
}
