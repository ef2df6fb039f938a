"""The exports of every system, loaded into a database as texts: the facts and numbers that the files give."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from clm_audit.config.plan import AuditPlan, EngineSource, Source
from clm_audit.exits import DataError
from clm_audit.facts.model import Facts
from clm_audit.intake.read import read_exports
from clm_audit.measures.measure import measure
from facts.warehouse_world import everything, facts_in, load_text, text_tables
from systems.company import Company, make_company

SYSTEMS = (
    "amplitude", "churnzero", "dynamics365", "emarsys", "freshdesk", "google_ads", "hubspot", "intercom", "klaviyo",
    "mailchimp", "meta_ads", "pipedrive", "plain", "salesforce", "shopify", "stripe", "woocommerce", "zendesk", "zoho",
)  # fmt: skip
APART = {
    # orders of part files are one table here; those that a later export corrects would contradict it
    "shopify": ("orders_export_later.csv",),
    # files of the same sales overlap, and would be added up in one table
    "emarsys": ("sales_2.csv",),
    # the same file again: files are left out whole, where a table's rows count as repeated
    "amplitude": ("240333/240333_2099-01-01_0#0.json.gz",),
}
OF_FILES = re.compile(r"[.](in|first_day|last_day)[.][0-9]+$|^dates[.]day_month")
"""Counts by the number of a file, and of days that may be read in two ways: a database knows which way."""


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(customers=60, months=16)


def written(system: str, company: Company, folder: Path) -> AuditPlan:
    """A plan over the files of a system's world."""
    world = import_module(f"systems.{system}_world")
    folder.mkdir()
    world.write(company, folder)
    for name in APART.get(system, ()):
        (folder / name).unlink()
    zone = getattr(world, "ZONE", "UTC")
    return AuditPlan(sources=(Source(path=folder),), root=folder, timezone=zone, go_live=company.go_live)


def tables_in(plan: AuditPlan, folder: Path) -> AuditPlan:
    """The same over a database with the tables of those files."""
    (folder / "scratch").mkdir()
    tables = text_tables(read_exports(plan, folder / "scratch"))
    load_text(folder / "shop.duckdb", tables)
    engine = EngineSource(engine="duckdb", database=folder / "shop.duckdb", found=("*",))
    return plan.model_copy(update={"sources": (), "engines": (engine,)})


def read(plan: AuditPlan, look: Callable[[Facts], Any]) -> Any:
    with facts_in(plan) as facts:
        return look(facts)


def numbers(plan: AuditPlan, facts: Facts) -> dict[str, Any]:
    """Everything that does not depend on where rows stood."""
    measured = measure(plan, facts)
    evidence = {name: count for name, count in facts.evidence.items() if count and not OF_FILES.search(name)}
    # how many rows a row stands for is counted once a file, and once for each fact that a table gives
    tables = {name: [row[:-1] for row in rows] for name, rows in everything(facts).items()}
    metrics = [(one.metric, one.before, one.after) for one in (*measured.metrics, *measured.lifecycle)]
    return {
        "tables": tables, "evidence": evidence, "currency": facts.currency, "metrics": metrics,
        "windows": measured.window_totals,
    }  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_tables_of_texts_give_what_the_exports_give(system: str, company: Company, tmp_path: Path) -> None:
    plan = written(system, company, tmp_path / "files")
    there = tables_in(plan, tmp_path)
    home = read(plan, lambda facts: numbers(plan, facts))
    found = read(there, lambda facts: numbers(there, facts))
    assert any(len(rows) > 10 for rows in home["tables"].values())
    for name, rows in home["tables"].items():
        assert found["tables"][name] == rows, name
    for name, value in home.items():
        assert found[name] == value, name


def test_what_stays_refused_is_refused_by_name(company: Company, tmp_path: Path) -> None:
    plan = written("quickbooks", company, tmp_path / "files")
    there = tables_in(plan, tmp_path)
    with pytest.raises(DataError, match=r"cannot have: sections \(make a view"):
        read(there, everything)
