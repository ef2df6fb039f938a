"""Tables of DuckDB give the same canonical facts, ledger and evidence as the same rows in files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clm_audit.config.plan import AuditPlan, EngineSource
from clm_audit.facts.model import Facts
from clm_audit.measures.measure import measure
from facts.warehouse_world import everything, facts_in, load, plan_of
from systems import plain_world
from systems.company import make_company

MORE = """\
timezone: America/New_York
currency: USD
segment_by: [segment]
spend: {acquisition: [Google Ads, Meta Ads]}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with merged and deleted customers, repeated mails, refunds, voided and test orders, line items."""
    folder = tmp_path_factory.mktemp("world")
    plain_world.write(make_company(), folder)
    return folder


def engine_plan(files: Path, folder: Path, how: str) -> AuditPlan:
    names = {path.stem: path for path in sorted(files.iterdir())}
    load(folder / "shop.duckdb", names, how)
    tables = ", ".join(f"{name}: {name}" for name in names)
    return plan_of(folder, f"  - {{engine: duckdb, database: shop.duckdb, tables: {{{tables}}}}}\n", MORE)


def summary(facts: Facts) -> dict[str, Any]:
    """What does not depend on lines and bytes."""
    counts = [(sorted(one.facts), one.rows.accepted, one.rows.rejected, one.rows.duplicate) for one in facts.files]
    unlisted = ("amounts.rounded", "orders.blurred_customer", "ids.excel_rounded", "ids.excel_decimal")
    evidence = {name: count for name, count in facts.evidence.items() if count and name not in unlisted}
    reasons = [(sorted(one.facts), dict(one.reasons)) for one in facts.files]
    notes = sorted(note for one in facts.files for note in one.notes if re.match("orders|tickets|customers", note))
    return {"counts": counts, "evidence": evidence, "reasons": reasons, "notes": notes}


@pytest.fixture(scope="module", params=["typed", "text"])
def both(request: pytest.FixtureRequest, files: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The facts of the files and of the database, read out while they can be."""
    folder = tmp_path_factory.mktemp(request.param)
    found: dict[str, Any] = {}
    plans = {
        "engine": engine_plan(files, folder, request.param),
        "files": plan_of(folder, f"  - path: {files}\n", MORE),
    }
    for name, plan in plans.items():
        with facts_in(plan) as facts:
            found[name] = (everything(facts), summary(facts), facts.segments, facts.currency, measure(plan, facts))
    return found


def test_every_canonical_table_is_the_same(both: Mapping[str, Any]) -> None:
    (there, *_), (home, *_) = both["engine"], both["files"]
    assert there.keys() == home.keys()
    for name, rows in home.items():
        assert len(rows) > 20, f"{name} proves little"
        assert there[name] == rows, name


def test_the_ledger_and_what_the_checks_ask_for_are_the_same(both: Mapping[str, Any]) -> None:
    assert both["engine"][1] == both["files"][1]
    assert both["engine"][2:4] == both["files"][2:4]
    assert sum(count[3] for count in both["engine"][1]["counts"]) == 44, "the world repeats 44 rows"


def test_the_totals_are_the_same(both: Mapping[str, Any]) -> None:
    there, home = both["engine"][4], both["files"][4]
    assert there.window_totals == home.window_totals
    for found, expected in zip((*there.metrics, *there.lifecycle), (*home.metrics, *home.lifecycle), strict=True):
        assert (found.metric, found.before, found.after) == (expected.metric, expected.before, expected.after)
    assert there.outside == home.outside


def test_a_table_that_stands_twice_counts_once(files: Path, tmp_path: Path) -> None:
    plan = engine_plan(files, tmp_path, "text")
    again = EngineSource(engine="duckdb", database=plan.engines[0].database, found=("*",))
    with facts_in(plan) as facts:
        once, counts = everything(facts), [one.rows for one in facts.files]
    with facts_in(plan.model_copy(update={"engines": (*plan.engines, again)})) as facts:
        twice, files_twice = everything(facts), facts.files
    assert [row[:-1] for row in twice.pop("customers")] == [row[:-1] for row in once.pop("customers")]  # but for `rows`
    assert twice == once
    assert [one.rows for one in files_twice[: len(counts)]] == counts
    assert all(one.rows.duplicate == one.rows.read > 0 for one in files_twice[len(counts) :])
