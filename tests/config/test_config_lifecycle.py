"""The keys of the lifecycle metrics: what makes a customer active, and when one is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, Activation, AuditPlan
from clm_audit.config.resolve import resolve
from clm_audit.config.show import show_config
from clm_audit.exits import UsageError


def resolved(folder: Path, text: str) -> AuditPlan:
    (folder / "exports").mkdir(exist_ok=True)
    path = folder / "c.yaml"
    path.write_text(f"go_live: 2024-07-01\nsources: [{{path: exports}}]\n{text}", encoding="utf-8")
    return resolve([], path, {}, {}, folder)


def test_what_is_declared_is_read_and_shown(tmp_path: Path) -> None:
    plan = resolved(tmp_path, "activation: {event: Project Created, within: 2 weeks}\ninactivity: 91 days\n")
    assert plan.activation == Activation(event="Project Created", within=14)
    assert plan.inactivity_weeks == 13
    rows = {line.split()[0]: line for line in show_config(plan).splitlines()}
    assert rows["activation.within"].endswith("14 days")
    assert rows["inactivity"].endswith("13 weeks")


def test_the_defaults(tmp_path: Path) -> None:
    plan = resolved(tmp_path, "")
    assert plan.activation is None
    assert plan.inactivity_weeks == 26
    assert resolved(tmp_path, "activation: {event: Start}\n").activation == Activation(event="Start", within=7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("activation: {event: X, within: 4 months}", "activation.within: must be at most 90 days"),
        ("activation: {within: 7 days}", "activation.event: is missing"),
        ("inactivity: 2 weeks", "inactivity: must be at least 4 weeks"),
        ("inactivity: 10 days", "inactivity: must be whole weeks"),
        ("policy: {require: [churn_rate]}", "policy.require[0]: must be one of"),
        ("metrics: {churn: {}}", "metrics.churn: unknown key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolved(tmp_path, f"{text}\n")
    [problem] = caught.value.problems
    assert expected in str(problem)
    assert "c.yaml:3:" in str(problem)


@pytest.mark.parametrize("metric", LIFECYCLE_IDS)
def test_every_metric_of_the_lifecycle_can_be_set_and_gated(tmp_path: Path, metric: str) -> None:
    text = f"metrics: {{{metric}: {{materiality: 2%}}}}\ngate: {{metrics: {{{metric}: worsened}}}}\n"
    plan = resolved(tmp_path, text)
    assert plan.metrics[metric].materiality == 0.02
    assert f"metrics.{metric}.materiality" in show_config(plan)
    assert metric not in METRIC_IDS
