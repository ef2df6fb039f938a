"""Words for segments: which moved otherwise than the others, and which carry the change."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.inference.segments import SegmentEffect
from clm_audit.report.numbers import percent

NONE_NAMED = (
    "No segment is shown to have moved otherwise than the others: among {looks} looks in the audit differences like"
    " these come about by chance."
)
NAMED = (
    "{column} {label} moved otherwise than the others: {change} against them ({low} to {high}), more than chance"
    " explains among {looks} looks."
)
CARRY = "Of the observed {observed}, by {column}: {parts}."
CAPTION = (
    "Part of the change: what the segment adds to the observed change, by its own level and by its weight; the parts of"
    " a column, groups under five customers and those without a value included, add up to it. Against the others: how"
    " it moved beside them, drawn towards them as far as noise explains the difference, with its 95 % interval."
)
MOST_PARTS = 3


def notes(effects: Sequence[SegmentEffect], observed: float | NotAssessable, looks: int) -> tuple[str, ...]:
    """What there is to say of the segments of one metric that may be shown; ``looks``: segments tried in the audit."""
    said = [
        NAMED.format(
            column=one.column, label=one.label, change=percent(one.change, sign=True), low=percent(one.low, sign=True),
            high=percent(one.high, sign=True), looks=looks,
        )
        for one in effects
        if one.named and not isinstance(one.change, NotAssessable)
    ]  # fmt: skip
    if not said and any(not isinstance(one.change, NotAssessable) for one in effects):
        said.append(NONE_NAMED.format(looks=looks))
    if not isinstance(observed, NotAssessable):
        said += [_carried(effects, column, observed) for column in dict.fromkeys(one.column for one in effects)]
    return tuple(filter(None, said))


def _carried(effects: Sequence[SegmentEffect], column: str, observed: float) -> str:
    """The largest parts of the change in one column."""
    known = [(abs(part), one.label, part) for one in effects if one.column == column
             if not isinstance(part := one.contribution, NotAssessable)]  # fmt: skip
    if not known:
        return ""
    largest = sorted(known, key=lambda part: (-part[0], part[1]))[:MOST_PARTS]
    parts = ", ".join(f"{label} {percent(part, sign=True)}" for _, label, part in largest)
    return CARRY.format(observed=percent(observed, sign=True), column=column, parts=parts)
