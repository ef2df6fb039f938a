"""A company audited quarter after quarter with the exports of its day, kept, and shown as one history."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest

from clm_audit.exits import ExitCode
from clm_audit.report.model_history import HistoryReport
from e2e.companies import GO_LIVE, steady_orders, write_orders, write_table

ROOT = Path(__file__).resolve().parents[2]
CUTS = {"2024-Q1": date(2024, 4, 1), "2024-Q2": date(2024, 7, 1), "2024-Q3": date(2024, 10, 1)}
CONFIG_FILE = "shop.yaml"
CONFIG = """title: A shop, quarter by quarter
go_live: 2024-01-01
goals: {purchase_frequency: {target: 0.55, by: 2024-Q2, owner: Sales}}
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def ticket_rows(seed: int, kept: float, customers: int = 300) -> list[tuple[str, date, str, str]]:
    """Tickets at a constant rate; from go-live on ``kept`` of them are left."""
    rng = random.Random(seed)
    rows: list[tuple[str, date, str, str]] = []
    for week in range(-104, 40):
        for customer in range(customers):
            if rng.random() < 0.08 * (kept if week >= 0 else 1.0):
                day = GO_LIVE + timedelta(days=7 * week + rng.randrange(7))
                rows.append((f"t{len(rows)}", day, f"c{customer}", f"{rng.randrange(800, 1600) / 100:.2f}"))
    return rows


def call(folder: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLM_AUDIT_")}
    kept = {name: value for name, value in kept.items() if name != "COLUMNS"}
    command = [sys.executable, "-m", "clm_audit", *args]
    return subprocess.run(
        command, cwd=folder, env={**kept, "PYTHONUTF8": "1", **env}, capture_output=True, encoding="utf-8",
        check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after three audits, one for each quarter's exports. More orders and fewer tickets since go-live."""
    folder = tmp_path_factory.mktemp("company")
    orders, tickets = steady_orders(5, 300, 104, 40, lift=1.12), ticket_rows(105, kept=0.65)
    (folder / CONFIG_FILE).write_text(CONFIG, encoding="utf-8")
    for name, cut in CUTS.items():
        write_orders(folder / name / "orders.csv", [order for order in orders if order.day < cut])
        rows = [(one, day.isoformat(), who, cost, "USD") for one, day, who, cost in tickets if day < cut]
        write_table(folder / name / "tickets.csv", ["ticket", "created", "customer", "cost", "currency"], rows)
        done = call(folder, "compare", name, "-c", CONFIG_FILE, "--keep", "audits")
        assert done.returncode == ExitCode.DONE, done.stderr
        assert done.stderr.splitlines()[-2].startswith("next: clm-audit history audits ")
    return folder


def test_each_audit_is_one_file_and_the_same_audit_is_the_same_file(company: Path) -> None:
    files = {path.name: path.read_bytes() for path in (company / "audits").iterdir()}
    assert [name[:16] for name in sorted(files)] == ["audit-2024-03-31", "audit-2024-06-30", "audit-2024-09-29"]
    again = call(company, "compare", "2024-Q3", "-c", CONFIG_FILE, "--keep", "audits", "--stamp", "--json", "q3.json")
    assert again.returncode == ExitCode.DONE, again.stderr
    assert {path.name: path.read_bytes() for path in (company / "audits").iterdir()} == files
    assert json.loads((company / "q3.json").read_text(encoding="utf-8"))["created"]


def test_the_change_of_the_verdict_is_shown(company: Path) -> None:
    done = call(company, "history", "audits", "--format", "json")
    assert done.returncode == ExitCode.DONE, done.stderr
    tree = json.loads(done.stdout)
    schema = json.loads(call(company, "schema", "history").stdout)
    jsonschema.Draft202012Validator(schema).validate(tree)
    report = HistoryReport.model_validate(tree)
    assert [one.label for one in report.audits] == list(CUTS)
    assert [one.verdict for one in report.audits] == ["inconclusive", "good fit", "good fit"]
    assert report.sentence == "3 audits, from 2024-Q1 to 2024-Q3: the verdict went from inconclusive to good fit."
    assert [change.sentence for change in report.changes] == [
        "2024-Q2: the verdict went from inconclusive to good fit.",
        "2024-Q2: purchase frequency went from inconclusive to improved.",
    ]
    runs = {metric.id: [point.finding for point in metric.points] for metric in report.metrics}
    assert runs["purchase_frequency"] == ["inconclusive", "improved", "improved"]
    assert runs["service_cost"] == ["improved"] * 3
    assert [point.result for point in report.goals[0].points] == ["undecided", "met", "met"]
    assert "Activation rate" in report.never


def test_every_number_is_the_saved_audit_s_own(company: Path) -> None:
    shown = json.loads(call(company, "history", "audits", "--format", "json").stdout)
    for at, audit in enumerate(shown["audits"]):
        saved = json.loads((company / "audits" / audit["file"]).read_text(encoding="utf-8"))
        assert saved["verdict"]["value"] == audit["verdict"]
        metrics = {one["id"]: one for one in (*saved["metrics"], *saved["lifecycle"])}
        for run in shown["metrics"]:
            point, own = run["points"][at], metrics[run["id"]]
            assert point["finding"] == own["finding"]
            assert point["after"] == own["after"].get("value", own["after"])
            if "effect" in own["adjusted"]:
                assert {key: point["adjusted"][key] for key in ("effect", "low", "high")} == {
                    key: own["adjusted"][key] for key in ("effect", "low", "high")
                }


def test_the_page_and_the_text_have_the_same_bytes_each_time(company: Path) -> None:
    first = call(company, "history", "audits", "--html", "first.html")
    second = call(company, "history", "audits", "--html", "second.html", PYTHONHASHSEED="7")
    assert first.stdout == second.stdout
    assert "◆ 2024-Q2: the verdict went from inconclusive to good fit." in first.stdout
    assert (company / "first.html").read_bytes() == (company / "second.html").read_bytes()
    page = call(company, "history", "audits", "--format", "html").stdout
    assert page == (company / "first.html").read_text(encoding="utf-8")
    assert first.stderr.splitlines() == ["wrote first.html", "clm-audit: exit 0, done"]


def test_hostile_files_are_named_and_the_rest_is_read(company: Path, tmp_path: Path) -> None:
    good = sorted((company / "audits").iterdir())
    texts = [path.read_text(encoding="utf-8") for path in good]
    folder = tmp_path / "audits"
    folder.mkdir()
    for path, text in zip(good, texts, strict=True):
        (folder / path.name).write_text(text, encoding="utf-8")
    (folder / "a-foreign.json").write_text('{"name": "package", "version": "1.0.0"}', encoding="utf-8")
    (folder / "b-cut.json").write_text(texts[0][: len(texts[0]) // 2], encoding="utf-8")
    (folder / "c-edited.json").write_text(texts[1].replace('"good fit"', '"switch"', 1), encoding="utf-8")
    (folder / "d-bytes.json").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(folder / "e-pipe.json")
    done = call(tmp_path, "history", "audits")
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "3 audits, from 2024-Q1 to 2024-Q3" in done.stdout
    for name, why in {
        "a-foreign.json": "is not an audit of clm-audit",
        "b-cut.json": "is not whole JSON",
        "c-edited.json": "was cut or edited since clm-audit wrote it",
        "d-bytes.json": "is not JSON that this program writes",
        "e-pipe.json": "is not a regular file",
    }.items():
        assert f"left out: audits/{name}: {why}" in done.stderr
        assert f"{name}: {why}" in done.stdout


def test_an_empty_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "audits").mkdir()
    done = call(tmp_path, "history", "audits")
    assert done.returncode == ExitCode.USAGE
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        "audits: holds no saved audit (clm-audit compare --keep FOLDER puts one there)"
    )
    assert call(tmp_path, "history", "nowhere").returncode == ExitCode.USAGE


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        ("2024-Q1/audits", "is inside a folder of exports"),
        (CONFIG_FILE, "is not a folder"),
        ("no/such/audits", "the folder around it does not exist"),
    ],
)
def test_a_folder_that_cannot_keep_is_refused_before_the_work(company: Path, keep: str, says: str) -> None:
    done = call(company, "compare", "2024-Q1", "-c", CONFIG_FILE, "--keep", keep)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith(f"--keep {keep}: {says}")
    assert "reading" not in done.stderr


def test_the_page_of_the_docs_shows_what_the_command_prints(company: Path) -> None:
    """docs/history.md shows the three audits of this company."""
    page = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0]
    printed = [line.rstrip() for line in call(company, "history", "audits").stdout.splitlines()]
    for part in shown.split("...\n"):
        lines = [line.rstrip() for line in part.splitlines()]
        assert lines
        assert any(printed[at : at + len(lines)] == lines for at in range(len(printed))), "\n".join(printed)
