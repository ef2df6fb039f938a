"""The checks on the sample company, from its files to the verdict: every question a check asks is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.config.resolve import resolve
from clm_audit.facts.build import build_facts
from clm_audit.facts.store import run_folder
from clm_audit.inference.assess import assess
from clm_audit.intake.read import read_exports
from clm_audit.measures.measure import measure
from clm_audit.verdict.checks import CHECK_IDS, intake_checks
from clm_audit.verdict.judge import judge
from clm_audit.verdict.model import Check, Judgement

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="module")
def judged() -> tuple[AuditPlan, Judgement, tuple[Check, ...]]:
    plan = resolve([], SAMPLE / "clm-audit.yaml", {}, {}, SAMPLE)
    with run_folder() as folder:
        exports = read_exports(plan, folder)
        facts = build_facts(plan, exports, folder)
        measured = measure(plan, facts)
        judgement = judge(plan, exports, facts, measured, assess(plan, measured))
        return plan, judgement, intake_checks(plan, exports, facts)


def test_every_check_can_be_answered(judged: tuple[AuditPlan, Judgement, tuple[Check, ...]]) -> None:
    _, judgement, intake = judged
    assert tuple(check.id for check in judgement.checks) == CHECK_IDS
    assert [check.id for check in (*judgement.checks, *intake) if check.status == "unknown"] == []


def test_no_check_fails_on_a_clean_company(judged: tuple[AuditPlan, Judgement, tuple[Check, ...]]) -> None:
    _, judgement, _ = judged
    assert [check.id for check in judgement.checks if check.status == "fail"] == []
    assert judgement.verdict.capped_by == ()
    warned = {check.id for check in judgement.checks if check.status == "warn"}
    assert warned <= {"spend_twice"}


def test_six_answers_to_five_questions(judged: tuple[AuditPlan, Judgement, tuple[Check, ...]]) -> None:
    _, judgement, _ = judged
    assert [answer.question for answer in judgement.plain.answers] == [1, 2, 3, 4, 5, 5]
    assert judgement.plain.of == 5
