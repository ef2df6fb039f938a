"""`plan`, from the history of the sample company to the audit that verifies what was frozen."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from clm_audit.config.plan import METRIC_IDS

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
ZONE = ("--timezone", "America/New_York")
FREEZE = ("plan", SAMPLE / "before", *ZONE, "--go-live", "2024-07-01", "--freeze")


@pytest.fixture
def frozen(clm_audit: Run, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    run = clm_audit(*FREEZE, path)
    assert run.returncode == 0, run.stderr
    assert "wrote" in run.stderr
    return path


def test_the_outlook_from_the_history_alone(clm_audit: Run) -> None:
    run = clm_audit("plan", SAMPLE / "before", *ZONE, "--effect", "15%", "--format", "json")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    schema = clm_audit("schema", "plan")
    jsonschema.validate(report, json.loads(schema.stdout))
    assert report["data_until"] == "2024-06-30"
    assert (report["begun"], report["go_live"]) == (False, None)
    metrics = {metric["id"]: metric for metric in report["metrics"]}
    assert set(metrics) == set(METRIC_IDS)
    size = metrics["transaction_size"]
    assert [reach["weeks"] for reach in size["reach"]] == [4, 8, 13, 26, 52]
    assert size["effect"] == 0.15
    assert metrics["service_cost"]["status"] == "not assessable"
    assert "hourly_rate" in metrics["service_cost"]["remedy"]
    for metric in metrics.values():
        assert (metric["decided"] is None) == (metric["status"] != "decided")


def test_the_outlook_after_go_live_begins_today(clm_audit: Run) -> None:
    run = clm_audit("plan", "-c", SAMPLE / "clm-audit.yaml", "--format", "json", "--quiet")
    report = json.loads(run.stdout)
    assert report["begun"] is True
    assert run.stderr == ""
    assert all(metric["reach"][0]["weeks"] >= 48 for metric in report["metrics"] if metric["reach"])


def test_on_a_terminal_the_answer_comes_first_and_never_is_said(clm_audit: Run) -> None:
    run = clm_audit("plan", SAMPLE / "before", *ZONE)
    lines = run.stdout.splitlines()
    answer = next(line for line in lines if "would show a change of 5 %" in line)
    assert lines.index(answer) < 6
    assert "never be found at this volume" in run.stdout
    assert "clm-audit plan --freeze plan.json" in " ".join(run.stdout.split())


def test_an_audit_as_planned_says_so(clm_audit: Run, frozen: Path) -> None:
    run = clm_audit("compare", SAMPLE, *ZONE, "--go-live", "2024-07-01", "--plan", frozen, "--format", "json")
    report = json.loads(run.stdout)
    assert report["planned"]["status"] == "planned", report["planned"]
    assert report["planned"]["data_until"] == "2024-06-30"
    text = clm_audit("compare", SAMPLE, *ZONE, "--go-live", "2024-07-01", "--plan", frozen)
    assert "plan     planned" in text.stdout


def test_a_margin_chosen_afterwards_shows(clm_audit: Run, frozen: Path) -> None:
    args = ("compare", SAMPLE, *ZONE, "--go-live", "2024-07-01", "--materiality", "20%", "--format", "json")
    report = json.loads(clm_audit(*args, "--plan", frozen).stdout)
    assert report["planned"]["status"] == "chosen after seeing data"
    assert "policy.materiality was 5%, is 20%" in report["planned"]["differences"]


def test_an_edited_plan_is_refused(clm_audit: Run, frozen: Path) -> None:
    frozen.write_text(frozen.read_text(encoding="utf-8").replace('"5%"', '"20%"'), encoding="utf-8")
    run = clm_audit("compare", SAMPLE, *ZONE, "--go-live", "2024-07-01", "--plan", frozen)
    assert run.returncode == 2
    assert "was changed after it was frozen" in run.stderr


def test_a_frozen_plan_is_never_replaced(clm_audit: Run, frozen: Path) -> None:
    before = frozen.read_bytes()
    run = clm_audit(*FREEZE, frozen)
    assert run.returncode == 2
    assert "exists already" in run.stderr
    assert frozen.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("plan", SAMPLE / "before", "--freeze", "plan.json"), "without a go-live date"),
        (("plan", SAMPLE / "before", "--go-live", "2024-07-01", "--freeze", "no/plan.json"), "folder does not exist"),
        (("plan", SAMPLE, "--go-live", "2024-07-01", "--freeze", SAMPLE / "plan.json"), "inside a folder of exports"),
        (("plan", SAMPLE / "before", "--effect", "ten"), "--effect ten"),
        (("plan", SAMPLE / "before", "--effect", "0%"), "--effect 0%"),
        (("plan",), "no exports to read"),
    ],
)
def test_what_cannot_be_planned_is_refused_before_anything_is_read(
    clm_audit: Run, args: tuple[str | Path, ...], said: str
) -> None:
    run = clm_audit(*args)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stdout == ""


def test_the_outlook_is_told_in_the_formats_of_its_reader(clm_audit: Run, tmp_path: Path) -> None:
    """`report.language` holds for `plan` as for the audit; the JSON stays neutral but for the language itself."""
    text = (SAMPLE / "clm-audit.yaml").read_text(encoding="utf-8").replace("path: ", f"path: {SAMPLE}/")
    own = tmp_path / "clm-audit.yaml"
    own.write_text(f"{text}\nreport:\n  language: de\n" if "\nreport:" not in text else text, encoding="utf-8")
    told = clm_audit("plan", "-c", own)
    assert told.returncode == 0, told.stderr
    assert "data     up to 29.06.2025" in told.stdout
    assert "2025-06-29" not in told.stdout
    assert json.loads(clm_audit("plan", "-c", own, "--format", "json").stdout)["data_until"] == "2025-06-29"
