"""Words for segments: which moved otherwise than the others, and which carry the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.segments import SegmentEffect
from clm_audit.report.numbers import percent, points
from clm_audit.report.words_metrics import listed

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
NOT_JUDGED = (
    "Shown as observed: a product of several rates is not held against the other segments. The rates that it is made of"
    " are, where they stand by segment."
)
NO_SPLIT: Mapping[MetricId, str] = {
    "acquisition_cost": (
        "Not by segment: no export says for which customers the money was spent. New customers can be counted by"
        " segment, what they cost cannot."
    ),
    "retention_cost": (
        "Not by segment: no export says for which customers the money was spent. Customers who stayed can be counted by"
        " segment, what keeping them cost cannot."
    ),
}
TOTALS_ONLY = (
    "Not by segment: the campaigns come as totals. An export of every send, with its recipient, can be divided by the"
    " customers' segments."
)
SERIES_ONLY = "Not by segment: a ready-made series is taken as it stands."
NOBODY = "Not by segment: nobody who counts here carries a value of {columns}."
KNOWN_LATE = (
    "Not by {columns}: the value is known mostly of those who moved on, so nearly everybody who has one did. It could"
    " divide them if it were recorded when they enter their first stage."
)
MOST_PARTS = 3


def none_told(metric: MetricId, how: Mapping[str, str | int | float], columns: Sequence[str]) -> str:
    """Why a metric that has values has none by segment, where ``columns`` were asked for."""
    if how.get("source") == "series":
        return SERIES_ONLY
    if how.get("source") == "campaigns":
        return TOTALS_ONLY
    return known_late(how) or NO_SPLIT.get(metric) or NOBODY.format(columns=listed(columns))


def known_late(how: Mapping[str, str | int | float]) -> str:
    """Which columns stay out because they say who moved on."""
    late = how.get("known_late")
    return KNOWN_LATE.format(columns=listed(str(late).split(", "))) if late else ""


def notes(
    effects: Sequence[SegmentEffect], observed: float | NotAssessable, looks: int, scale: float | None = None
) -> tuple[str, ...]:
    """What there is to say of the segments of one metric that may be shown; ``looks``: segments tried in the audit.
    ``scale``: points of a change of one whole, for a metric told in points."""

    def told(size: float) -> str:
        return percent(size, sign=True) if scale is None else points(size * scale, sign=True)

    said = [
        NAMED.format(
            column=one.column, label=one.label, change=told(one.change), low=told(one.low), high=told(one.high),
            looks=looks,
        )
        for one in effects
        if one.named and not isinstance(one.change, NotAssessable)
    ]  # fmt: skip
    if not said and any(not isinstance(one.change, NotAssessable) for one in effects):
        said.append(NONE_NAMED.format(looks=looks))
    if not isinstance(observed, NotAssessable):
        said += [
            _carried(effects, column, told(observed), told) for column in dict.fromkeys(one.column for one in effects)
        ]
    return tuple(filter(None, said))


def _carried(effects: Sequence[SegmentEffect], column: str, observed: str, told: Callable[[float], str]) -> str:
    """The largest parts of the change in one column."""
    known = [(abs(part), one.label, part) for one in effects if one.column == column
             if not isinstance(part := one.contribution, NotAssessable)]  # fmt: skip
    if not known:
        return ""
    largest = sorted(known, key=lambda part: (-part[0], part[1]))[:MOST_PARTS]
    parts = ", ".join(f"{label} {told(part)}" for _, label, part in largest)
    return CARRY.format(observed=observed, column=column, parts=parts)
