"""The exports of a system as files and as tables of texts, and all numbers that either gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from clm_audit.config.plan import AuditPlan, EngineSource, Source
from clm_audit.facts.model import Facts
from clm_audit.intake.read import read_exports
from clm_audit.measures.measure import measure
from facts.warehouse_world import everything, facts_in, load_text, text_tables
from systems.company import Company

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
    metrics = [(one.metric, one.before, one.after) for one in (*measured.metrics, *measured.lifecycle)]
    found = {"evidence": evidence, "currency": facts.currency, "metrics": metrics, "windows": measured.window_totals}
    return found if facts.session and facts.session.name != "duckdb" else {"tables": tables(facts), **found}


def tables(facts: Facts) -> dict[str, list[tuple[object, ...]]]:
    """Every canonical table; how many rows a row stands for is counted once a file, and once for each fact that a table
    gives. The number of a subscription is a name, given to each row of a file or to each subscription."""
    found = {name: [row[:-1] for row in rows] for name, rows in everything(facts).items()}
    if "subscriptions" in found:
        assert len({row[0] for row in found["subscriptions"]}) > 1
        found["subscriptions"] = sorted((row[1:] for row in found["subscriptions"]), key=repr)
    return found


def named_tables(plan: AuditPlan, scratch: Path) -> Iterator[tuple[str, pl.DataFrame, tuple[str, ...]]]:
    """A plain name, the rows and the facts of each table, for engines whose tables are named one by one."""
    scratch.mkdir()
    exports = read_exports(plan, scratch)
    facts = {table.name: table.object.yields for table in exports.tables if table.object}
    for number, (name, frame) in enumerate(text_tables(exports).items()):
        given = next(yields for file, yields in facts.items() if re.sub(r"_\d+(?=\.csv$)", "", file) == name)
        yield f"t{number}", frame, tuple(dict.fromkeys(one.fact for one in given))
