"""Every personal cell of every export is a canary: none may sing in an output, a log, an error or a file that stays."""

from __future__ import annotations

import csv
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from clm_audit.report.formats import FORMATS
from clm_audit.report.readable import readable

GO_LIVE = date(2024, 1, 1)
CANARY = re.compile(r"zqcanary", re.IGNORECASE)
PEOPLE = 60
CONFIG = """go_live: 2024-01-01
currency: USD
timezone: UTC
sources: [{path: exports}]
segment_by: [region]
spend: {acquisition: [Zqsecret offer]}
report: {redact: true}
"""


def customer(number: int) -> str:
    return f"zqcanary-id-{number:04}"


def address(number: int) -> str:
    return f"ZQcanary.mail{number}@example.com"


def write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def company(folder: Path) -> None:
    """Plain exports with a name, an address, a telephone number and an id wherever a system would write one."""
    rng = random.Random(5)
    days = [GO_LIVE + timedelta(days=n) for n in range(-400, 250)]
    regions = ("Zqsecret North", "Zqsecret South")
    write(
        folder / "customers.csv",
        "customer,email,Full Name,Phone,Street,region,acquired",
        ((customer(n), address(n), f"Zqcanary Person{n}", f"+1 zqcanary {n}", f"{n} Zqcanary Street", regions[n % 2],
          days[n]) for n in range(PEOPLE)),
    )  # fmt: skip
    buyers = [(n, rng.randrange(PEOPLE)) for n in range(3_000)]
    write(
        folder / "orders.csv",
        "order,date,amount,customer,email",
        ((f"o{n}", rng.choice(days), f"{rng.randrange(10, 90)}.00", customer(who), address(who)) for n, who in buyers),
    )
    write(
        folder / "tickets.csv",
        "ticket,created,customer,cost,Requester Name",
        ((f"t{n}", rng.choice(days), customer(n % PEOPLE), "4.00", f"Zqcanary Person{n}") for n in range(900)),
    )
    write(
        folder / "sends.csv",
        "campaign,recipient,sent",
        ((f"Zqsecret campaign {n % 9}", address(n % PEOPLE), days[(n % 9) * 60]) for n in range(900)),
    )
    write(
        folder / "spend.csv",
        "date,amount,account",
        ((day, "12.50", "Zqsecret offer") for day in days[::7]),
    )


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLM_AUDIT_")}
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "clm_audit", *args],
        cwd=folder,
        env={**kept, "PYTHONUTF8": "1", "TMPDIR": str(folder / "tmp")},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    company(folder / "exports")
    (folder / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def audited(house: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    asked = [f"--{name}={house / f'out.{name}'}" for name in FORMATS]
    return house, run(house, "compare", *asked)


def texts(folder: Path) -> dict[str, str]:
    """Everything that lies about beside the exports and the configuration, names of files included."""
    found = [path for path in folder.rglob("*") if path.is_file() and folder / "exports" not in path.parents]
    return {str(path): f"{path}\n{readable(path.read_bytes())}" for path in found if path.name != "clm-audit.yaml"}


def test_no_output_no_log_and_no_file_left_behind_holds_a_personal_value(
    audited: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ended = audited
    assert ended.returncode == 0, ended.stderr
    found = texts(folder)
    assert {Path(path).suffix for path in found} >= {f".{name}" for name in FORMATS}
    assert not list((folder / "tmp").iterdir())
    for where, text in {**found, "stdout": ended.stdout, "stderr": ended.stderr}.items():
        assert CANARY.search(text) is None, where


def test_names_of_segments_and_campaigns_are_tokens_in_a_redacted_report(
    audited: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ended = audited
    for where, text in {**texts(folder), "stdout": ended.stdout}.items():
        assert "zqsecret" not in text.lower(), where
    assert "region 1" in (folder / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["check", "plan", "init"])
def test_other_commands_show_no_personal_value_either(house: Path, command: str) -> None:
    extra = {"init": ("exports", "--output", "-"), "check": ("--format", "json"), "plan": ()}[command]
    ended = run(house, command, *extra)
    assert ended.returncode in (0, 4), ended.stderr
    for text in (ended.stdout, ended.stderr, *texts(house).values()):
        assert CANARY.search(text) is None


def test_broken_rows_are_told_of_without_their_values(tmp_path: Path) -> None:
    company(tmp_path / "exports")
    (tmp_path / "clm-audit.yaml").write_text(CONFIG.replace("redact: true", "redact: false"), encoding="utf-8")
    with (tmp_path / "exports" / "orders.csv").open("a", encoding="utf-8") as file:
        file.write('o9,zqcanary,zqcanary,zqcanary,zqcanary\n"o10","2024-01-09,10.00,zqcanary-id-0001,zqcanary\n')
    ended = run(tmp_path, "compare", "--html", "out.html", "--json", "out.json", "--rejects", "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text(encoding="utf-8").count("\n") > 1
    for where, text in {**texts(tmp_path), "stdout": ended.stdout, "stderr": ended.stderr}.items():
        assert CANARY.search(text) is None, where


def test_a_personal_value_in_an_output_stops_the_run_and_the_old_report_stays(
    tmp_path: Path, audited: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    house, _ = audited
    company(tmp_path / "exports")
    (tmp_path / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    exports = tmp_path / "exports"
    (exports / "tickets.csv").rename(exports / "Zqcanary Person7.csv")  # names of files stand in every report
    (tmp_path / "out.html").write_bytes((house / "out.html").read_bytes())
    ended = run(tmp_path, "compare", "--html", "out.html")
    assert ended.returncode == 4, (ended.stdout, ended.stderr)
    assert "holds a value of column 'Full Name' of exports/customers.csv" in ended.stderr
    assert ended.stdout == ""
    assert (tmp_path / "out.html").read_bytes() == (house / "out.html").read_bytes()
    assert not (tmp_path / "rejects.csv").exists()
