"""`clm-audit init`: what it writes runs, says what was found, and never costs anybody a file."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.config.file import ConfigFile
from clm_audit.config.strict_yaml import parse
from clm_audit.exits import ExitCode
from verdict.shop import GO_LIVE, ZONE, shop

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def config_of(text: str) -> ConfigFile:
    """A configuration as the program reads it; any mistake in it fails the test."""
    document = parse(text)
    assert document.problems == ()
    return ConfigFile.model_validate(document.data)


def audit(clm_audit: Run, *args: str) -> dict[str, object]:
    run = clm_audit("compare", *args, "--format", "json", "--quiet")
    assert run.returncode == ExitCode.DONE, run.stderr
    return json.loads(run.stdout)


def test_the_rows_of_two_systems_are_not_added_up_because_their_exports_have_one_name(
    clm_audit: Run, tmp_path: Path
) -> None:
    shop = "Email,Total Spent,Total Orders\n" + "".join(f"customer{n:04d}@example.com,10.00,1\n" for n in range(3))
    (tmp_path / "shop.csv").write_text(shop, "utf-8")
    (tmp_path / "sheet.csv").write_text("customer,email,acquired\n1,customer0001@example.com,2024-01-02\n", "utf-8")
    text = clm_audit("init", ".", "--output", "-").stdout
    assert "# Shopify: customers (1 file, 3 rows)" in text
    assert "# Plain tables: customers (1 file, 1 row)" in text


def test_the_proposal_for_the_sample_company_runs(clm_audit: Run, tmp_path: Path) -> None:
    for side in ("before", "after"):
        (tmp_path / side).symlink_to(SAMPLE / side)
    run = clm_audit("init", "before", "after")
    assert run.returncode == ExitCode.DONE
    assert "wrote clm-audit.yaml" in run.stderr
    text = (tmp_path / "clm-audit.yaml").read_text("utf-8")
    config = config_of(text)
    assert [(source.path, source.side) for source in config.sources] == [("before", "before"), ("after", "after")]
    assert (config.currency, config.go_live) == ("USD", None)
    assert config.spend.acquisition == ("Google Ads", "Meta Ads")
    for said in ("Shopify: orders (1 file, 11,968 rows)", "Zendesk: tickets", "industry: 2 groups", "# timezone:"):
        assert said in text
    found = audit(clm_audit, "-c", "clm-audit.yaml")
    plain = audit(clm_audit, "before", "after")
    assert found["totals"] == plain["totals"]
    assert [file["rows"] for file in found["files"]] == [file["rows"] for file in plain["files"]]


def test_the_proposal_for_one_folder_runs_and_changes_nothing(clm_audit: Run, tmp_path: Path) -> None:
    shop().write(tmp_path)
    given = ("--go-live", GO_LIVE.isoformat(), "--timezone", ZONE)
    assert clm_audit("init", "exports", *given).returncode == ExitCode.DONE
    config = config_of((tmp_path / "clm-audit.yaml").read_text("utf-8"))
    assert (config.go_live, config.timezone, config.currency) == (GO_LIVE, ZONE, "EUR")
    assert [(source.path, source.system) for source in config.sources] == [("exports", "plain")]
    assert audit(clm_audit)["totals"] == audit(clm_audit, "exports", *given)["totals"]


def test_off_a_terminal_the_flags_for_what_is_open_are_said(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    for rows in world.tables.values():
        for row in rows:
            row.pop("currency", None)
    world.write(tmp_path)
    run = clm_audit("init", "exports")
    assert run.returncode == ExitCode.DONE
    for flag in ("--go-live 2024-07-01", "--timezone Europe/Berlin", "--currency EUR"):
        assert flag in run.stderr
    assert "next: clm-audit compare -c clm-audit.yaml --go-live YYYY-MM-DD" in run.stderr
    assert clm_audit("compare", "-c", "clm-audit.yaml", "--quiet").returncode == ExitCode.USAGE
    audit(clm_audit, "-c", "clm-audit.yaml", "--go-live", GO_LIVE.isoformat())


def test_an_unknown_file_gets_a_map_that_runs_once_it_is_taken(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    rows = world.tables.pop("exports/orders.csv")
    world.tables["exports/verkauf.csv"] = [
        {"Rechnung Nr": row["order"], "Datum": row["date"], "Betrag": row["amount"], "Kunde": row["customer"]}
        for row in rows
    ]
    world.write(tmp_path)
    clm_audit("init", "exports", "--go-live", GO_LIVE.isoformat(), "--timezone", ZONE)
    text = (tmp_path / "clm-audit.yaml").read_text("utf-8")
    assert "# exports/verkauf.csv: not recognised" in text
    skeleton = re.search(r"(?m)^  # - path: exports/verkauf.csv\n(  #  .*\n)+", text)
    assert skeleton
    taken = "".join(line.replace("  # ", "  ", 1) + "\n" for line in skeleton.group().splitlines())
    (tmp_path / "clm-audit.yaml").write_text(text.replace(skeleton.group(), taken), "utf-8")
    config = config_of((tmp_path / "clm-audit.yaml").read_text("utf-8"))
    assert config.sources[1].map == {
        "fact": "orders", "order": "Rechnung Nr", "date": "Datum", "amount": "Betrag", "customer": "Kunde",
    }  # fmt: skip
    found = audit(clm_audit)
    read = next(file["rows"] for file in found["files"] if file["path"].endswith("verkauf.csv"))
    assert read["accepted"] + read["outside"] == len(rows)


def test_stdout_is_the_configuration_alone(clm_audit: Run, tmp_path: Path) -> None:
    shop().write(tmp_path)
    run = clm_audit("init", "exports", "--output", "-", "--quiet")
    assert run.stderr == ""
    assert config_of(run.stdout).sources[0].path == "exports"
    assert not (tmp_path / "clm-audit.yaml").exists()


def test_nothing_is_overwritten_unless_forced(clm_audit: Run, tmp_path: Path) -> None:
    shop().write(tmp_path)
    target = tmp_path / "clm-audit.yaml"
    target.write_text("title: mine\n")
    run = clm_audit("init", "exports")
    assert run.returncode == ExitCode.USAGE
    assert "exists (--force replaces it; --output names another file)" in run.stderr
    assert target.read_text() == "title: mine\n"
    assert clm_audit("init", "exports", "--force").returncode == ExitCode.DONE
    assert target.read_text().startswith("# clm-audit configuration")


def test_neither_a_link_nor_an_export_is_written_over(clm_audit: Run, tmp_path: Path) -> None:
    shop().write(tmp_path)
    orders = tmp_path / "exports" / "orders.csv"
    before = orders.read_bytes()
    (tmp_path / "link.yaml").symlink_to(orders)
    for target in ("link.yaml", "exports/orders.csv"):
        run = clm_audit("init", "exports/orders.csv", "exports/tickets.csv", "--force", "--output", target)
        assert run.returncode == ExitCode.USAGE, target
    assert orders.read_bytes() == before


def test_paths_are_those_of_the_folder_that_it_is_written_to(clm_audit: Run, tmp_path: Path) -> None:
    shop().write(tmp_path)
    (tmp_path / "audits").mkdir()
    given = ("--go-live", GO_LIVE.isoformat())
    clm_audit("init", "exports", *given, "--output", "audits/one.yaml")
    assert config_of((tmp_path / "audits/one.yaml").read_text("utf-8")).sources[0].path == "../exports"
    audit(clm_audit, "-c", "audits/one.yaml")


def test_names_that_attack_the_file_are_harmless(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    folder = "a: [b] # {c}\u202e\x1b]0;x\x07"
    world.tables = {f"{folder}/{Path(name).name}": rows for name, rows in world.tables.items()}
    world.tables[f"{folder}/spend.csv"][0]["category"] = "x\ngo_live: 1999-01-01"
    world.raw[f"{folder}/un\nknown: {{.csv"] = b"Speed,Oil\nfast,\xe2\x80\xae1\nslow,2\n"
    world.write(tmp_path)
    run = clm_audit("init", folder, "--go-live", GO_LIVE.isoformat(), "--output", "safe.yaml")
    text = (tmp_path / "safe.yaml").read_text("utf-8")
    assert config_of(text).sources[0].path == folder
    assert config_of(text).go_live == GO_LIVE
    for out in (text, run.stderr):
        assert not set(out) & {"\u202e", "\x1b", "\x07"}
    audit(clm_audit, "-c", "safe.yaml")


def test_dates_that_stay_open_do_not_keep_the_file_from_being_written(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    for row in world.rows("spend"):
        row["date"] = f"0{int(row['date'][9]) % 9 + 1}/0{int(row['date'][6]) % 9 + 1}/{row['date'][:4]}"
    world.write(tmp_path)
    run = clm_audit("init", "exports", "--go-live", GO_LIVE.isoformat())
    assert run.returncode == ExitCode.DONE
    assert "not everything could be read" in run.stderr
    assert "# Not everything could be read:" in (tmp_path / "clm-audit.yaml").read_text("utf-8")


def test_without_any_known_export_a_map_of_the_headers_is_written(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rows = "".join(f"r{n},2024-01-{n:02d},10.00,k{n}\n" for n in range(1, 29))
    (tmp_path / "in" / "verkauf.csv").write_text("Rechnung Nr,Datum,Betrag,Kunde\n" + rows, "utf-8")
    run = clm_audit("init", "in")
    assert run.returncode == ExitCode.DONE
    assert "1 file was not recognised; a map to fill in stands in the file" in run.stderr
    text = (tmp_path / "clm-audit.yaml").read_text("utf-8")
    config_of(text)
    assert "  # Its headers: Rechnung Nr, Datum, Betrag, Kunde\n" in text
    assert "  #     order: Rechnung Nr\n  #     date: Datum\n  #     amount: Betrag\n" in text


def test_a_folder_without_any_table_is_refused(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.csv").write_text("<!DOCTYPE html><html><body>Sign in</body></html>", "utf-8")
    run = clm_audit("init", "in")
    assert run.returncode == ExitCode.UNFIT
    assert "in/page.csv: a web page (HTML), not an export" in run.stderr
    assert not (tmp_path / "clm-audit.yaml").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["exprts"], "did you mean exports?"),
        (["exports", "--go-live", "01.07.2024"], "write it year-month-day"),
        (["exports", "--timezone", "Europe/Berln"], "did you mean Europe/Berlin"),
        (["exports", "--outpt", "x"], "Did you mean --output?"),
        (["exports", "--output", "nowhere/x.yaml"], "create the folder first"),
    ],
)
def test_mistakes_are_told_with_what_was_meant(clm_audit: Run, tmp_path: Path, args: list[str], says: str) -> None:
    shop().write(tmp_path)
    run = clm_audit("init", *args)
    assert run.returncode == ExitCode.USAGE
    assert says in run.stderr


def test_on_a_terminal_it_asks_until_the_answer_is_one(tmp_path: Path) -> None:
    shop().write(tmp_path)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "clm_audit", "init", "exports"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL) as run:
        os.close(theirs)
        os.write(ours, b"1.7.2024\n2024-07-01\nEurope/Berlin\n")
        shown = b""
        while run.poll() is None or not shown.endswith(b"done\r\n"):
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
    os.close(ours)
    assert run.wait() == ExitCode.DONE
    assert b"First day with the new CRM" in shown
    assert b"must be a date" in shown
    config = config_of((tmp_path / "clm-audit.yaml").read_text("utf-8"))
    assert (config.go_live, config.timezone) == (GO_LIVE, ZONE)
