"""The files by which other tools run clm-audit: a GitHub Action, a pre-commit hook, a container."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from clm_audit.report.formats import FORMATS
from e2e.companies import steady_orders, write_orders

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
AUDIT = ACTION["runs"]["steps"][-1]
CONFIG = "go_live: 2024-01-01\ntimezone: UTC\ncurrency: USD\nsources: [{path: exports}]\n"


@pytest.fixture
def job(tmp_path: Path):
    """The step of the action, run by the shell that the action names, as a runner would."""
    write_orders(tmp_path / "exports" / "orders.csv", steady_orders(3, customers=60, weeks_before=60, weeks_after=30))
    (tmp_path / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLM_AUDIT_", "GITHUB_"))}
    inputs = {name.upper(): str(one.get("default", "")) for name, one in ACTION["inputs"].items()}

    def run(**given: str) -> subprocess.CompletedProcess[str]:
        env = {f"INPUT_{name.replace('-', '_')}": value for name, value in inputs.items()}
        env |= {f"INPUT_{name.upper()}": value for name, value in given.items()}
        env |= {"GITHUB_OUTPUT": str(tmp_path / "outputs"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", AUDIT["run"]]
        return subprocess.run(
            command, cwd=tmp_path, env={**kept, **env}, capture_output=True, encoding="utf-8", check=False, timeout=120
        )

    return run


def test_the_action_audits_writes_its_reports_and_says_how_it_ended(job, tmp_path: Path) -> None:
    ended = job(gate="true")
    said = (tmp_path / "outputs").read_text(encoding="utf-8")
    assert said == f"exit-code={ended.returncode}\n"
    assert ended.returncode in (0, 3), ended.stderr
    written = {path.name for path in (tmp_path / "clm-audit-report").iterdir()}
    assert {"report.html", "audit.json", "junit.xml"} <= written
    assert (tmp_path / "summary.md").stat().st_size > 0


def test_text_of_a_pull_request_is_never_a_command(job, tmp_path: Path) -> None:
    ended = job(paths="exports; touch pwned\n$(touch pwned)\n--gate", go_live="2024-01-01$(touch pwned)")
    assert ended.returncode == 2
    assert not (tmp_path / "pwned").exists()
    assert "${{" not in AUDIT["run"]


def test_every_input_of_the_action_is_used() -> None:
    for name in ACTION["inputs"]:
        expression = f"${{{{ inputs.{name} }}}}"
        assert expression in (*AUDIT["env"].values(), AUDIT["working-directory"])
    for variable in AUDIT["env"]:
        assert f"${variable}" in AUDIT["run"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("clm-audit.yaml", True), ("clients/clm-audit-acme.yml", True), ("audit.yaml", False), ("clm-audit.json", False)],
)
def test_the_hook_takes_configurations(name: str, wanted: bool) -> None:
    assert bool(re.search(HOOK["files"], name)) is wanted


def test_the_hook_finds_every_mistake_without_the_exports(tmp_path: Path) -> None:
    (tmp_path / "clm-audit.yaml").write_text("go_live: soon\npolicy: {materialty: 3%}\n", encoding="utf-8")
    (tmp_path / "good.yaml").write_text(CONFIG, encoding="utf-8")
    command = [str(Path(sys.executable).parent / HOOK["entry"].split()[0]), *HOOK["entry"].split()[1:]]
    bad = subprocess.run([*command, "clm-audit.yaml", "good.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert bad.returncode == 2
    assert [line.split(" ")[0] for line in bad.stderr.splitlines()[:2]] == [
        "clm-audit.yaml:1:10:",
        "clm-audit.yaml:2:10:",
    ]
    good = subprocess.run([*command, "good.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert (good.returncode, good.stdout) == (0, "good.yaml: no mistakes\n")


def stages() -> list[list[str]]:
    """The instructions of each stage of the Dockerfile."""
    lines = [line for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")]
    starts = [at for at, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def test_the_container_runs_as_nobody_in_particular() -> None:
    last = stages()[-1]
    users = [line.split()[1] for line in last if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    assert any(line == 'ENTRYPOINT ["clm-audit"]' for line in last)
    assert re.search(r"^ARG BASE=python:3\.\d+-slim$", DOCKERFILE, re.MULTILINE)
    assert {one[0].split(" AS ")[0] for one in stages()} == {"FROM ${BASE}"}


def test_the_container_has_every_format_and_what_it_needs_of_the_system() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = re.search(r"/src\[([a-z,]+)\]", DOCKERFILE)
    assert installed is not None
    extras = set(installed[1].split(","))
    assert extras <= set(project["optional-dependencies"])
    assert {form.extra for form in FORMATS.values() if form.extra} | {"duckdb"} <= extras
    packages = set(shlex.split(next(line for line in stages()[-1] if "apt-get" in line)))
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert set(re.findall(r"libpango(?:ft2)?-[\d.]+-\d|libharfbuzz-subset\d", ci)) <= packages
