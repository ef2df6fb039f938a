"""Every exit code through the real entry point, for every format: what is on stdout, and what is in the file."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clm_audit.cli import main as entry
from clm_audit.exits import ExitCode
from clm_audit.report.formats import CHOICES, FORMATS, TEXT
from clm_audit.report.model import AuditReport
from clm_audit.report.write import kind_of
from clm_audit.verdict.model import Gate
from report import worlds

Run = Callable[..., "subprocess.CompletedProcess[str]"]
BARE = worlds.bare_report()
FIT = BARE.verdict.model_copy(update={"value": "mixed"})
ENDS: dict[ExitCode, Any] = {
    ExitCode.DONE: BARE.model_copy(update={"verdict": FIT, "gate": Gate(result="passed")}),
    ExitCode.GATE_FAILED: BARE.model_copy(
        update={"verdict": FIT, "gate": Gate(result="failed", because=("verdict:mixed",))}
    ),
    ExitCode.UNDECIDED: BARE.model_copy(
        update={"verdict": FIT, "gate": Gate(result="undecided", because=("service_cost:inconclusive",))}
    ),
    ExitCode.UNFIT: BARE.model_copy(update={"gate": Gate(result="undecided", because=("verdict:not assessable",))}),
    ExitCode.INTERNAL: RuntimeError("secret"),
    ExitCode.INTERRUPTED: KeyboardInterrupt(),
}


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text("order,customer,date,amount\n1,a,2024-01-01,5.00\n")
    (tmp_path / "clm-audit.yaml").write_text("go_live: 2024-02-01\nsources: [{path: orders.csv}]\n")
    return tmp_path


@pytest.mark.parametrize("code", ENDS, ids=lambda code: str(int(code)))
@pytest.mark.parametrize("form", CHOICES)
def test_each_end_of_a_run_in_each_format(
    company: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], form: str, code: ExitCode
) -> None:
    end = ENDS[code]

    def audit(*_: object, **__: object) -> AuditReport:
        if isinstance(end, AuditReport):
            return end
        raise end

    monkeypatch.setattr("clm_audit.pipeline.audit", audit)
    file = [] if form == TEXT else [f"--{form}", "report"]
    assert entry.main(["compare", "--gate", "--format", form, *file, "--quiet"]) is code
    out, err = capfdbinary.readouterr()
    last = err.decode().splitlines()[-1] if err else ""
    assert last.startswith(f"clm-audit: exit {int(code)}, ") or code is ExitCode.DONE
    assert b"secret" not in err
    assert bool(out) == isinstance(end, AuditReport)
    assert (company / "report").exists() == (isinstance(end, AuditReport) and form != TEXT)
    if out and form != TEXT:
        data = (company / "report").read_bytes()
        assert kind_of(data[:4096], data[-4096:]) == FORMATS[form].kind
        assert out == (FORMATS[form].render(end, stdout=True))


@pytest.mark.parametrize("form", FORMATS)
def test_a_target_that_cannot_be_is_exit_2_before_the_work(
    company: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    def never(*_: object, **__: object) -> AuditReport:
        raise AssertionError("the work had begun")

    monkeypatch.setattr("clm_audit.pipeline.audit", never)
    for target in ("orders.csv", "no/report"):
        assert entry.main(["compare", f"--{form}", target]) is ExitCode.USAGE
        assert f"--{form} {target}: " in capsys.readouterr().err
    assert (company / "orders.csv").read_text().startswith("order,customer")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--keep", "in/kept"), "--keep in/kept: is inside a folder of exports"),
        (("--keep", "no/kept"), "--keep no/kept: the folder around it does not exist"),
        (("--html", "in/r.html"), "--html in/r.html: is inside a folder of exports"),
        (("--html", "one", "--json", "./one"), "--json one: two reports under one name"),
    ],
)
def test_places_that_cannot_be_are_told_before_the_work(
    company: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    (company / "in").mkdir()
    (company / "clm-audit.yaml").unlink()
    (company / "orders.csv").rename(company / "in" / "orders.csv")
    assert entry.main(["compare", "in", "--go-live", "2024-02-01", *options]) is ExitCode.USAGE
    assert said in capsys.readouterr().err
    assert [path.name for path in (company / "in").iterdir()] == ["orders.csv"]


@pytest.fixture(scope="module")
def gated(demo: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gated")
    for part in ("before", "after"):
        shutil.copytree(demo[0] / part, folder / part)
    shutil.copy(demo[0] / "audit.json", folder / "last.json")
    return folder


def with_gate(demo: Path, folder: Path, gate: str) -> Path:
    config = folder / "clm-audit.yaml"
    config.write_text((demo / "clm-audit.yaml").read_text(encoding="utf-8") + f"\ngate: {gate}\n", encoding="utf-8")
    return config


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("{fail_on: [switch], metrics: {service_cost: {worse_than: 0%}}}", ExitCode.DONE),
        ("{metrics: {purchase_frequency: {worse_than: 0%}}}", ExitCode.UNDECIDED),
        ("{fail_on: [], metrics: {service_cost: improved}}", ExitCode.GATE_FAILED),
    ],
)
def test_the_gate_of_a_real_audit(
    demo: tuple[Path, Any], gated: Path, clm_audit: Run, gate: str, code: ExitCode
) -> None:
    config = with_gate(demo[0], gated, gate)
    run = clm_audit("compare", "-c", config, "--gate", "--against", gated / "last.json", "--format", "json", "--quiet")
    assert run.returncode == code, run.stderr
    report = json.loads(run.stdout)
    asked = [one for one in report["gate"]["rulings"] if one["subject"] in ("service_cost", "purchase_frequency")]
    assert any(one["where"].startswith("clm-audit.yaml:") for one in asked)
    assert report["gate"]["result"] == {0: "passed", 1: "failed", 3: "undecided"}[int(code)]
    # The same exports as last time: nothing has become better or worse.
    assert {one["result"] for one in report["since"]["metrics"]} == {"same"}


def test_an_earlier_audit_that_is_none_is_exit_2(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (company / "last.json").write_text("{}")
    assert entry.main(["compare", "--against", "last.json"]) is ExitCode.USAGE
    assert "last.json: is not an audit of clm-audit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{worse_then: 5%}", "gate.metrics.service_cost: must have the one key worse_than"),
        ("{worse_than: 500%}", "gate.metrics.service_cost.worse_than: must be from 0 to 1"),
        ("worsend", "(did you mean worsened?)"),
        ("3", "gate.metrics.service_cost: must be one of improved, worsened"),
    ],
)
def test_a_rule_that_is_none_is_said_with_its_place(
    company: Path, capsys: pytest.CaptureFixture[str], rule: str, said: str
) -> None:
    with (company / "clm-audit.yaml").open("a") as file:
        file.write(f"gate:\n  metrics:\n    service_cost: {rule}\n")
    assert entry.main(["compare", "--gate"]) is ExitCode.USAGE
    err = capsys.readouterr().err
    assert said in err
    assert "clm-audit.yaml:5:" in err
