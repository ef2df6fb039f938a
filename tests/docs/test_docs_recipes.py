"""The recipes for CI run as they stand, and the cells of docs/python.md give what they show."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clm_audit.config.resolve import resolve

ROOT = Path(__file__).resolve().parents[2]
CI = (ROOT / "docs" / "recipes" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")


def blocks(text: str, language: str) -> list[str]:
    return [block for kind, block in BLOCK.findall(text) if kind == language]


def recipe(named: str) -> Any:
    [found] = [block for block in blocks(CI, "yaml") if block.startswith(f"# {named}")]
    return yaml.safe_load(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The layout that the recipes ask for, with their gate."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.py", "*.md")
    shutil.copytree(ROOT / "sample_data", tmp_path / "audit", ignore=unwanted)
    shutil.copytree(ROOT / "sample_data" / "after", tmp_path / "snapshot")
    [gate] = [block for block in blocks(CI, "yaml") if block.startswith("gate:")]
    with (tmp_path / "audit" / "clm-audit.yaml").open("a", encoding="utf-8") as file:
        file.write(gate)
    return tmp_path


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLM_AUDIT_", "GITHUB_"))}
    env = {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}", **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=280)


def test_the_pull_request_is_audited_and_held_against_the_last_one(project: Path) -> None:
    """The steps of the job one after the other, twice: the second time there is an earlier audit."""
    for against in ("", "last/audit.json"):
        context = {"github.run_id": "1"}
        for step in recipe(".github/workflows")["jobs"]["audit"]["steps"]:
            _step(step, project, context)
        assert context.get("steps.last.outputs.against", "") == against
        assert context["steps.audit.outputs.exit-code"] == "0"
    assert (project / "clm-audit-report" / "report.html").stat().st_size > 100_000
    audit = json.loads((project / "clm-audit-report" / "audit.json").read_text(encoding="utf-8"))
    assert {one["id"]: one["result"] for one in audit["since"]["metrics"]}["service_cost"] == "same"


def _step(step: Mapping[str, Any], folder: Path, context: dict[str, str]) -> None:
    outputs = folder / "outputs"
    outputs.write_text("", encoding="utf-8")
    variables = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    if "run" in step:
        ended = shell(_filled(step["run"], context), folder, **variables)
    elif "/clm-audit@" in step["uses"]:
        assert set(step["with"]) <= set(ACTION["inputs"])
        given = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
        given |= {name: _filled(value, context) for name, value in step["with"].items()}
        variables |= {f"INPUT_{name.upper().replace('-', '_')}": value for name, value in given.items()}
        ended = shell(ACTION["runs"]["steps"][-1]["run"], folder, **variables)
    else:
        assert step["uses"].startswith("actions/")
        return
    assert ended.returncode == 0, ended.stderr
    written = (line.partition("=") for line in outputs.read_text(encoding="utf-8").splitlines())
    context.update({f"steps.{step['id']}.outputs.{name}": value for name, _, value in written})


def _filled(text: str, context: Mapping[str, str]) -> str:
    return EXPRESSION.sub(lambda found: context.get(found[1], ""), text)


def test_the_snapshot_is_checked_on_github(project: Path) -> None:
    runs = [step["run"] for step in recipe(".github/workflows")["jobs"]["snapshot"]["steps"] if "run" in step]
    assert [_is_install(run) for run in runs] == [True, False]
    assert shell(runs[1], project).returncode == 0


def test_the_jobs_of_gitlab_run(project: Path) -> None:
    pipeline = recipe(".gitlab-ci.yml")
    assert all(_is_install(line) for line in pipeline["default"]["before_script"])
    ended = shell("\n".join(pipeline["audit"]["script"]), project)
    assert ended.returncode == 0, ended.stderr
    assert (project / pipeline["audit"]["artifacts"]["reports"]["junit"]).is_file()
    assert (project / "last" / "audit.json").is_file()
    assert shell("\n".join(pipeline["snapshot"]["script"]), project).returncode == 0


def _is_install(line: str) -> bool:
    return line.startswith("pip install ")


def test_the_plain_shell_script_keeps_the_last_audit_and_passes_on_why_it_ended(project: Path) -> None:
    [script] = blocks(CI, "bash")
    ended = shell(script, project)
    assert ended.returncode == 0, ended.stderr
    made = {path.name for path in (project / "clm-audit-report").iterdir()}
    assert {"check.txt", "audit.txt", "report.html", "last.json", "junit.xml"} <= made
    assert "new.json" not in made
    config = project / "audit" / "clm-audit.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("[switch]", "[good fit]"), encoding="utf-8")
    ended = shell(script, project)
    assert ended.returncode == 1, ended.stderr
    assert "the gate failed" in ended.stdout
    assert json.loads((project / "clm-audit-report" / "new.json").read_text(encoding="utf-8"))["since"]["metrics"]


def test_the_short_commands_run(project: Path) -> None:
    """Keeping audits and their history; a saved audit as a comment."""
    comment, history = blocks(CI, "sh")
    (project / "clm-audit-report").mkdir()
    assert shell(history, project).returncode == 0
    [kept] = (project / "audits").iterdir()
    assert (project / "clm-audit-report" / "history.html").is_file()
    shutil.copy(kept, project / "clm-audit-report" / "audit.json")
    assert shell(comment, project).returncode == 0
    assert 1_000 < len((project / "comment.md").read_text(encoding="utf-8")) <= 65_536


def yaml_blocks() -> list[object]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [
        pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
        for page in pages
        for number, block in enumerate(blocks(page.read_text(encoding="utf-8"), "yaml"), start=1)
    ]


@pytest.mark.parametrize("block", yaml_blocks())
def test_every_yaml_of_the_docs_parses(block: str) -> None:
    assert yaml.safe_load(block) is not None


def test_the_consultants_configuration_has_no_mistakes(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "recipes" / "consultant.md").read_text(encoding="utf-8")
    [config] = [block for block in blocks(page, "yaml") if block.startswith("title:")]
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    (tmp_path / "clm-audit.yaml").write_text(config, encoding="utf-8")
    plan = resolve([], tmp_path / "clm-audit.yaml", {}, {}, tmp_path)
    assert plan.report.client == "Harbour & Pine"


def test_the_cells_of_the_python_page_give_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    cells = doctest.DocTestParser().get_doctest("\n".join(blocks(page, "pycon")), {}, "python.md", None, 0)
    assert len(cells.examples) > 15
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(cells, out=said.append)
    assert runner.failures == 0, "".join(said)
