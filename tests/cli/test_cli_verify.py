"""A saved audit is made again from its files, and every number of it can be asked for, through the real program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import Run
from e2e.companies import steady_orders, write_orders

CONFIG = "go_live: 2024-01-01\ntimezone: Europe/Berlin\ncurrency: EUR\nsources: [{path: exports/orders.csv}]\n"


@pytest.fixture
def saved(tmp_path: Path, clm_audit: Run) -> Path:
    (tmp_path / "exports").mkdir()
    write_orders(tmp_path / "exports" / "orders.csv", steady_orders(3, customers=80, weeks_before=60, weeks_after=30))
    (tmp_path / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    run = clm_audit("compare", "--json", "audit.json", "--quiet")
    assert run.returncode == 0, run.stderr
    return tmp_path / "audit.json"


def test_the_same_files_give_the_same_audit(saved: Path, clm_audit: Run) -> None:
    run = clm_audit("verify", saved)
    assert run.returncode == 0, run.stdout
    assert run.stdout.startswith("Reproduced: ")
    assert run.stderr.splitlines()[-1] == "clm-audit: exit 0, done"
    assert "differ" not in run.stdout


def test_one_changed_amount_is_named_with_its_file_and_its_numbers(saved: Path, clm_audit: Run) -> None:
    orders = saved.parent / "exports" / "orders.csv"
    lines = orders.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].rsplit(",", 1)[0] + ",99999.00"
    orders.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = clm_audit("verify", saved)
    assert run.returncode == 1
    assert "Another file than was audited: exports/orders.csv" in run.stdout
    assert "metrics.transaction_size" in run.stdout
    assert "files.exports/orders_csv.sha256" in run.stdout
    assert run.stderr.splitlines()[-1] == "clm-audit: exit 1, the saved audit is not what the files give"


def test_files_that_are_elsewhere_are_looked_for_there(saved: Path, clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()
    (tmp_path / "exports").rename(tmp_path / "moved" / "exports")
    run = clm_audit("verify", saved)
    assert run.returncode == 2
    assert "its exports are not here: exports/orders.csv" in run.stderr
    assert "--root" in run.stderr
    assert clm_audit("verify", saved, "--root", "moved").returncode == 0


def test_exports_beside_the_configuration_are_named(clm_audit: Run, tmp_path: Path) -> None:
    """`compare -c client/clm-audit.yaml`, and then `verify` in the same folder."""
    (tmp_path / "client" / "exports").mkdir(parents=True)
    orders = steady_orders(3, customers=80, weeks_before=60, weeks_after=30)
    write_orders(tmp_path / "client" / "exports" / "orders.csv", orders)
    (tmp_path / "client" / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    assert clm_audit("compare", "-c", "client/clm-audit.yaml", "--json", "audit.json", "--quiet").returncode == 0
    run = clm_audit("verify", "audit.json")
    assert run.returncode == 2
    assert "they are beside its configuration: --root client" in run.stderr
    assert clm_audit("verify", "audit.json", "--root", "client").returncode == 0


def test_other_settings_give_another_audit(saved: Path, clm_audit: Run, tmp_path: Path) -> None:
    assert clm_audit("verify", saved, "-c", "clm-audit.yaml").returncode == 0
    (tmp_path / "other.yaml").write_text(CONFIG + "policy: {materiality: 20%}\n", encoding="utf-8")
    run = clm_audit("verify", saved, "-c", "other.yaml")
    assert run.returncode == 1
    assert "metrics.purchase_frequency.materiality: saved 0.05, now 0.2" in run.stdout


def test_an_audit_with_a_gate_is_made_again_with_its_rules_and_their_lines(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    write_orders(tmp_path / "exports" / "orders.csv", steady_orders(3, customers=80, weeks_before=60, weeks_after=30))
    rules = "gate:\n  metrics:\n    transaction_size: {worse_than: 40%}\n    purchase_frequency: worsened\n"
    (tmp_path / "clm-audit.yaml").write_text(CONFIG + rules, encoding="utf-8")
    assert clm_audit("compare", "--gate", "--json", "audit.json", "--quiet").returncode in (0, 3)
    run = clm_audit("verify", "audit.json")
    assert run.returncode == 0, run.stdout
    rulings = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["gate"]["rulings"]
    places = {one["subject"]: one["where"] for one in rulings}
    assert places["transaction_size"] == "clm-audit.yaml:7:5"
    assert places["purchase_frequency"] == "clm-audit.yaml:8:5"


def test_an_edited_audit_is_no_evidence(saved: Path, clm_audit: Run) -> None:
    saved.write_text(saved.read_text(encoding="utf-8").replace('"materiality": 0.05', '"materiality": 0.06', 1))
    run = clm_audit("verify", saved)
    assert run.returncode == 2
    assert "was cut or edited" in run.stderr


def test_where_a_number_comes_from(saved: Path, clm_audit: Run) -> None:
    run = clm_audit("explain", "purchase_frequency.before", "--from", saved)
    tree = json.loads(saved.read_text(encoding="utf-8"))
    assert run.returncode == 0
    before = tree["metrics"][0]["before"]
    assert f"metrics.purchase_frequency.before.value = {before['value']}" in run.stdout
    assert f"numerator = {before['numerator']}" in run.stdout
    assert f"sha256 {tree['files'][0]['sha256']}" in run.stdout
    assert "Setting: go_live = 2024-01-01 (clm-audit.yaml:1:1)" in run.stdout


def test_every_number_is_listed_and_a_typo_gets_a_hint(saved: Path, clm_audit: Run) -> None:
    listed = clm_audit("explain", "--list", "--from", saved)
    assert listed.returncode == 0
    assert "totals.before.orders.value = " in listed.stdout
    run = clm_audit("explain", "metrics.purchase_frequncy.before.value", "--from", saved)
    assert run.returncode == 2
    assert "did you mean metrics.purchase_frequency.before.value" in run.stderr
