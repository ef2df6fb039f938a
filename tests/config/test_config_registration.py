"""The frozen plan: what it holds, what shows when it or the settings change, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, MetricPolicy, Policy, Window
from clm_audit.config.registration import differences, digest, freeze, read_registration, registration_text
from clm_audit.config.resolve import resolve
from clm_audit.exits import UsageError

PLAN = AuditPlan(
    go_live=date(2024, 7, 1),
    before=Window(start=date(2023, 7, 1), end=date(2024, 7, 1)),
    metrics={"service_cost": MetricPolicy(materiality=0.03)},
    policy=Policy(materiality=0.05),
)
UNTIL = date(2024, 6, 20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(registration_text(freeze(PLAN, UNTIL)), encoding="utf-8")
    return path


def test_what_is_read_is_what_was_frozen(file: Path) -> None:
    read = read_registration(file, "plan")
    assert read == freeze(PLAN, UNTIL)
    assert differences(read, PLAN) == ()
    assert read.settings["metrics.service_cost.materiality"] == "3%"
    assert read.settings["windows.before"] == "2023-07-01 to 2024-07-01"
    assert not {"title", "report.client", "gate", "sources"} & set(read.settings)


def test_titles_and_looks_decide_nothing(file: Path) -> None:
    other = PLAN.model_copy(update={"title": "Another", "root": Path("elsewhere")})
    assert differences(read_registration(file, "plan"), other) == ()


@pytest.mark.parametrize(
    ("update", "setting", "frozen", "now"),
    [
        ({"go_live": date(2024, 8, 1)}, "go_live", "2024-07-01", "2024-08-01"),
        ({"washout_weeks": 4}, "windows.washout", "0 weeks", "4 weeks"),
        ({"policy": Policy(confidence=0.9)}, "policy.confidence", "95%", "90%"),
        ({"segment_by": ("region",)}, "segment_by", "none", "region"),
    ],
)
def test_what_decides_shows(file: Path, update: dict[str, object], setting: str, frozen: str, now: str) -> None:
    found = differences(read_registration(file, "plan"), PLAN.model_copy(update=update))
    assert (setting, frozen, now) in found


def test_a_margin_moved_afterwards_shows(file: Path) -> None:
    wider = PLAN.model_copy(update={"metrics": {"service_cost": MetricPolicy(materiality=0.3)}})
    (found,) = differences(read_registration(file, "plan"), wider)
    assert found == ("metrics.service_cost.materiality", "3%", "30%")


def test_the_hash_is_that_of_the_content_alone(file: Path) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    shuffled = dict(reversed(content.items()))
    file.write_text(json.dumps(shuffled, indent=4), encoding="utf-8")
    assert digest(read_registration(file, "plan")) == content["hash"]
    assert len(content["hash"]) == 64


@pytest.mark.parametrize("where", ["settings", "data_until"])
def test_a_changed_file_is_refused(file: Path, where: str) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    if where == "settings":
        content["settings"]["policy.materiality"] = "20%"
    else:
        content["data_until"] = "2023-01-01"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UsageError, match="changed after it was frozen"):
        read_registration(file, "plan")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "go_live: 2024-07-01", '{"settings": 3}', "[" * 100_000])
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no plan of this program"):
        read_registration(path, "plan")


def test_a_missing_file_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    config = tmp_path / "clm-audit.yaml"
    config.write_text("go_live: 2024-07-01\nplan: gone.json\nsources: [{path: a.csv}]\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        resolve([], config, {}, {}, tmp_path)
    (problem,) = caught.value.problems
    assert str(problem).startswith("clm-audit.yaml:2:")
    assert "cannot be read" in problem.what


def test_a_file_of_the_config_lies_beside_it_and_one_of_an_option_here(tmp_path: Path) -> None:
    folder = tmp_path / "client"
    folder.mkdir()
    (tmp_path / "a.csv").touch()
    for place, until in ((folder, date(2024, 6, 1)), (tmp_path, date(2024, 6, 2))):
        (place / "plan.json").write_text(registration_text(freeze(PLAN, until)), encoding="utf-8")
    config = folder / "clm-audit.yaml"
    config.write_text("go_live: 2024-07-01\nplan: plan.json\nsources: [{path: ../a.csv}]\n", encoding="utf-8")
    beside = resolve([], config, {}, {}, tmp_path).registration
    here = resolve([], config, {"plan": "plan.json"}, {}, tmp_path).registration
    assert beside is not None
    assert here is not None
    assert (beside.data_until.day, here.data_until.day) == (1, 2)
