"""The comparison with a control group made printable."""

from __future__ import annotations

from clm_audit.inference.model import CohortEffect, Comparison, Finding, GroupUnit, Range, SyntheticEffect
from clm_audit.measures.model import to_date
from clm_audit.report import words_control, words_reasons
from clm_audit.report.model import (
    CohortReport,
    ControlReport,
    GroupPoint,
    GroupUnitReport,
    RangeReport,
    SyntheticReport,
    Unknown,
)
from clm_audit.report.printable import point, rounded


def control_report(finding: Finding, segment: str) -> ControlReport | Unknown:
    """The comparison of one metric, or why there is none."""
    found = finding.control
    if found is None:
        return Unknown(reason=words_control.NONE if not segment else words_control.NO_ESTIMATE)
    if not isinstance(found, Comparison):
        return Unknown(reason=words_reasons.reason(found))
    return ControlReport(
        segment=segment,
        used=finding.by_control,
        sentence=words_control.sentence(finding, segment),
        better=words_control.better(finding),
        controls=found.controls,
        with_control=_range(found.together),
        without_control=_range(found.alone),
        treated_change=_change(found.treated_change),
        control_change=_change(found.control_change),
        units=tuple(_unit(one) for one in found.units),
        cohorts=tuple(_cohort(one) for one in found.cohorts),
        synthetic=_synthetic(found.synthetic),
        weeks_per_period=found.weeks,
        series=tuple(
            GroupPoint(period=to_date(int(day)), treated=point(float(treated)), control=point(float(control)))
            for day, treated, control in zip(found.start, found.treated, found.control, strict=True)
        ),
    )


def _range(one: Range | None) -> RangeReport | Unknown:
    if one is None:
        return Unknown(reason=words_control.NO_ESTIMATE)
    return RangeReport(effect=rounded(one.effect), low=rounded(one.low), high=rounded(one.high))


def _change(share: float | None) -> float | Unknown:
    return Unknown(reason=words_control.NO_CHANGE) if share is None else rounded(share)


def _unit(one: GroupUnit) -> GroupUnitReport:
    other = Unknown(reason=words_control.NO_SYNTHETIC) if one.synthetic is None else rounded(one.synthetic)
    return GroupUnitReport(
        name=words_control.unit(one), treated=one.treated, weight=rounded(one.weight), synthetic=other
    )


def _cohort(one: CohortEffect) -> CohortReport:
    return CohortReport(
        go_live=to_date(one.day),
        labels=len(one.labels),
        share=rounded(one.share),
        controls=one.controls,
        effect=_range(one.range),
    )


def _synthetic(one: SyntheticEffect | None) -> SyntheticReport | Unknown:
    if one is None:
        return Unknown(reason=words_control.NO_SYNTHETIC)
    return SyntheticReport(
        effect=rounded(one.effect),
        p=rounded(one.p),
        placebos=one.placebos,
        miss=rounded(one.miss),
        sentence=words_control.synthetic(one),
    )
