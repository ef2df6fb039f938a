"""Tokens in place of names: the same name the same token, and nothing else touched."""

from __future__ import annotations

from datetime import date

from clm_audit.config.plan import AuditPlan, Control, SpendRules
from clm_audit.facts.labels import OTHER
from clm_audit.facts.model import Facts
from clm_audit.facts.redact import redacted


def facts(*segments: dict[str, str]) -> Facts:
    return Facts(tables={}, files=(), rejects=(), segments=segments, currency="USD")


def test_labels_become_tokens_in_the_order_of_their_names() -> None:
    before = facts({}, {"region": "South", "size": "Big"}, {"region": "North", "size": OTHER}, {"region": "South"})
    _, after = redacted(AuditPlan(), before)
    assert after.segments == (
        {},
        {"region": "region 2", "size": "size 1"},
        {"region": "region 1", "size": OTHER},
        {"region": "region 2"},
    )


def test_the_control_group_keeps_its_meaning() -> None:
    control = Control(segment="region", untreated=("North",), go_live={"South": date(2024, 9, 1)})
    labels = ({}, {"region": "East"}, {"region": "North"}, {"region": "South"})
    plan, after = redacted(AuditPlan(control=control), facts(*labels))
    token = {before["region"]: now["region"] for before, now in zip(labels[1:], after.segments[1:], strict=True)}
    assert plan.control == Control(
        segment="region", untreated=(token["North"],), go_live={token["South"]: date(2024, 9, 1)}
    )
    assert sorted(token.values()) == ["region 1", "region 2", "region 3"]


def test_names_of_campaigns_and_accounts_leave_the_plan() -> None:
    plan, _ = redacted(AuditPlan(spend=SpendRules(acquisition=("Spring offer", "Meta"), service=("Desk",))), facts({}))
    assert plan.spend == SpendRules(acquisition=("acquisition 1", "acquisition 2"), service=("service 1",))


def test_two_audits_of_one_company_get_the_same_tokens() -> None:
    one = redacted(AuditPlan(), facts({}, {"region": "South"}, {"region": "North"}))[1]
    two = redacted(AuditPlan(), facts({}, {"region": "North"}, {"region": "South"}))[1]
    assert one.segments[1] == two.segments[2]
