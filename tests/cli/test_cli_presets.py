"""A file that only the user's own preset knows, through the commands that read exports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("shop")
Run = Callable[..., "subprocess.CompletedProcess[str]"]
TILL = """\
system: till
title: Till of the shop
objects:
  receipts:
    recognise: {required: [Bon, Wann, Summe]}
    yields:
      - fact: orders
        fields: {order: [Bon], date: [Wann], amount: [Summe], customer: [Kunde]}
        left_out: {cancelled: {Art: [Storno]}}
    notes: ["A Storno line stands for itself alone."]
"""
BONS = "Bon,Wann,Summe,Kunde,Art\n1,2024-01-05,10.00,a,Kauf\n2,2024-01-06,5.00,b,Storno\n3,2024-01-07,7.50,b,Kauf\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in {"exports/bons.csv": BONS, "ours/till.yaml": TILL}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_without_the_preset_nobody_knows_the_file(clm_audit: Run) -> None:
    run = clm_audit("check", "exports")
    assert (run.returncode, run.stdout) == (4, "")
    assert "no export was recognised" in run.stderr


def test_with_the_preset_every_row_has_its_fate(clm_audit: Run) -> None:
    run = clm_audit("check", "exports", "--presets", "ours", "--format", "json")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    (file,), (reading,) = report["files"], report["readings"]
    assert (file["system"], file["object"], file["rows"]["accepted"], file["rows"]["structure"]) == (
        "till", "receipts", 3, 1,
    )  # fmt: skip
    assert "orders not counted because cancelled: 1" in file["notes"]
    assert "read with your own preset till" in file["notes"]
    assert reading["taken_for"] == "Till of the shop: receipts"
    assert [feed["rows"] for feed in reading["feeds"]] == [2]
    assert report["plan"]["presets"] == {"value": "ours", "origin": "option --presets"}
    assert "--presets ours" in report["next_step"]


def test_the_configuration_that_init_writes_names_the_folder_and_runs(clm_audit: Run, shop: Path) -> None:
    made = clm_audit("init", "exports", "--presets", "ours", "--output", "clm-audit.yaml")
    assert made.returncode == 0, made.stderr
    assert "presets: ours\n" in (shop / "clm-audit.yaml").read_text(encoding="utf-8")
    assert clm_audit("check").returncode == 0


def test_a_preset_with_a_shipped_name_is_used_instead_and_that_is_said(clm_audit: Run, shop: Path) -> None:
    (shop / "ours" / "shopify.yaml").write_text(TILL.replace("system: till", "system: shopify"), encoding="utf-8")
    (shop / "ours" / "till.yaml").unlink()
    run = clm_audit("check", "exports", "--presets", "ours")
    assert run.returncode == 0, run.stderr
    assert "read with your own preset shopify instead of the one that ships" in run.stdout


def test_a_mistake_in_it_is_told_with_its_place(clm_audit: Run, shop: Path) -> None:
    (shop / "ours" / "till.yaml").write_text(TILL.replace("Bon]", "Bon"), encoding="utf-8")
    run = clm_audit("check", "exports", "--presets", "ours")
    assert run.returncode == 2
    assert "ours/till.yaml:8:" in run.stderr


def test_a_preset_can_be_explained(clm_audit: Run) -> None:
    run = clm_audit("explain", "till", "--presets", "ours")
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert lines[0] == "till (system): Till of the shop"
    assert "  Recognised by: Bon; Wann; Summe" in lines
    assert "  Gives orders (order: Bon, date: Wann, amount: Summe, customer: Kunde); not counted: cancelled" in lines
    assert "  Note: A Storno line stands for itself alone." in lines
    assert clm_audit("explain", "till").returncode == 2
    assert clm_audit("explain", "till", CLM_AUDIT_PRESETS="ours").stdout == run.stdout
    assert "clm-audit explain till" in clm_audit("check", "exports", "--presets", "ours").stdout
