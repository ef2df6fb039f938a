"""Checks cap verdicts, and only ever downwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.config.plan import METRIC_IDS, AuditPlan, FindingValue, KnownEvent, MetricId, VerdictValue
from clm_audit.inference.model import Finding
from clm_audit.measures.model import Measured, Totals, to_date
from clm_audit.verdict.checks import CHECK_IDS
from clm_audit.verdict.judge import STRENGTH, UNKNOWN_CAPS, UNKNOWN_ROW, WITHHELD_ROW, capped, judge
from clm_audit.verdict.model import Check, CheckStatus
from clm_audit.verdict.truth import TABLE, decide
from report import worlds

VALUES: tuple[FindingValue, ...] = ("improved", "worsened", "no material change", "inconclusive", "not assessable")


def findings(*values: FindingValue) -> list[Finding]:
    return [
        Finding(metric, value, "equivalent", None, 0.0, 0.05) for metric, value in zip(METRIC_IDS, values, strict=False)
    ]


def check(status: CheckStatus, *metrics: MetricId, name: str = "currency") -> Check:
    return Check(id=name, status=status, code="currency_one", metrics=metrics)


def test_nothing_failed_nothing_capped() -> None:
    verdict = capped(findings("improved", "improved"), [check("warn", *METRIC_IDS), check("pass", *METRIC_IDS)], [], 52)
    assert (verdict.value, verdict.uncapped, verdict.capped_by) == ("good fit", "good fit", ())


@pytest.mark.parametrize(("days", "value"), [(91, "switch"), (90, "inconclusive")])
def test_time_since_go_live_counts_the_wash_out(days: int, value: VerdictValue) -> None:
    when = worlds.calendar(after=(worlds.GO_LIVE + 28, worlds.GO_LIVE + days), washout_weeks=4)
    measured = Measured(when, Totals({}, {}), (), {}, worlds.window_totals(known=False))
    found = findings("worsened", "worsened")
    verdict = judge(AuditPlan(), worlds.exports(), worlds.facts(), measured, found).verdict
    assert verdict.uncapped == value


@pytest.mark.parametrize(("days", "value"), [(-20, "inconclusive"), (55, "inconclusive"), (56, "good fit")])
@pytest.mark.parametrize("is_break", [True, False])
def test_an_event_near_go_live_takes_the_credit(days: int, value: VerdictValue, is_break: bool) -> None:
    """The findings stand; the verdict on the CRM does not."""
    event = KnownEvent(date=to_date(worlds.GO_LIVE + days), what="price list", is_break=is_break)
    measured = Measured(worlds.calendar(), Totals({}, {}), (), {}, worlds.window_totals(known=False))
    found = findings("improved", "improved")
    judged = judge(AuditPlan(events=(event,)), worlds.exports(), worlds.facts(), measured, found)
    assert (judged.verdict.value, judged.verdict.uncapped) == (value, "good fit")
    assert judged.verdict.capped_by == (("events",) if value == "inconclusive" else ())


def test_withholding_what_decided_weakens() -> None:
    verdict = capped(findings("improved", "improved"), [check("fail", "transaction_size")], [], 52)
    assert (verdict.value, verdict.uncapped) == ("inconclusive", "good fit")
    assert (verdict.row, verdict.capped_by) == ("one decided", ("currency",))


def test_withholding_everything_is_not_assessable() -> None:
    verdict = capped(findings("improved", "improved", "worsened"), [check("fail", *METRIC_IDS, name="rejects")], [], 52)
    assert (verdict.value, verdict.capped_by) == ("not assessable", ("rejects",))


def test_withholding_bad_news_does_not_make_good_news() -> None:
    verdict = capped(findings("improved", "improved", "worsened"), [check("fail", "service_cost")], [], 52)
    assert (verdict.value, verdict.uncapped, verdict.row) == ("inconclusive", "mixed", WITHHELD_ROW)
    assert verdict.because == ("service_cost",)
    assert verdict.capped_by == ("currency",)


def test_a_failed_check_beside_the_point_changes_nothing() -> None:
    verdict = capped(findings("improved", "improved", "not assessable"), [check("fail", "service_cost")], [], 52)
    assert (verdict.value, verdict.capped_by) == ("good fit", ())


def test_a_required_metric_withheld_is_not_assessable() -> None:
    verdict = capped(
        findings("improved", "improved", "improved"), [check("fail", "service_cost")], ["service_cost"], 52
    )
    assert (verdict.value, verdict.row) == ("not assessable", "required metric missing, others decided")


def test_unknown_caps_only_what_it_should_know_and_touches() -> None:
    good = findings("improved", "improved", "no material change")
    caps = capped(good, [check("unknown", "purchase_frequency")], [], 52)
    assert (caps.value, caps.row, caps.capped_by, caps.uncapped) == (
        "inconclusive",
        UNKNOWN_ROW,
        ("currency",),
        "good fit",
    )
    assert caps.lean == "good fit"
    assert capped(good, [check("unknown", "service_cost")], [], 52).value == "good fit"
    assert capped(good, [check("unknown", *METRIC_IDS, name="survivors")], [], 52).value == "good fit"
    assert capped(findings("inconclusive"), [check("unknown", *METRIC_IDS)], [], 52).capped_by == ()


def test_rules_that_cap_exist() -> None:
    assert set(CHECK_IDS) > UNKNOWN_CAPS
    assert not {WITHHELD_ROW, UNKNOWN_ROW} & {row.name for row in TABLE}


@given(
    values=st.lists(st.sampled_from(VALUES), min_size=1, max_size=6),
    statuses=st.lists(
        st.tuples(
            st.sampled_from(CHECK_IDS),
            st.sampled_from(["pass", "warn", "fail", "unknown"]),
            st.sets(st.sampled_from(METRIC_IDS)),
        ),
        max_size=4,
    ),
    require=st.sets(st.sampled_from(METRIC_IDS), max_size=2),
    weeks=st.sampled_from([0.0, 13.0, 26.0, 60.0]),
)
def test_checks_only_ever_weaken(
    values: list[FindingValue],
    statuses: list[tuple[str, CheckStatus, set[MetricId]]],
    require: set[MetricId],
    weeks: float,
) -> None:
    given_findings = findings(*values)
    checks = [
        Check(id=name, status=status, code="x", metrics=tuple(sorted(metrics))) for name, status, metrics in statuses
    ]
    before = decide(given_findings, sorted(require), weeks)
    verdict = capped(given_findings, checks, sorted(require), weeks)
    assert verdict.uncapped == before.value
    assert verdict.value == before.value or STRENGTH[verdict.value] < STRENGTH[before.value]
    assert bool(verdict.capped_by) == (verdict.value != before.value)
    blamed = {item.id for item in checks if item.status in ("fail", "unknown")}
    assert set(verdict.capped_by) <= blamed
