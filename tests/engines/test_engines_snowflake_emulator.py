"""Snowflake's own driver in front of an emulator: the facts and the measures of the same rows in files."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest

import clm_audit as package
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from engines.alike import differences
from engines.postgres_server import SECRET
from engines.shop_tables import PLAN, TYPES, company_tables, write_files

fakesnow = pytest.importorskip("fakesnow", reason="make test-emulator installs the emulator")
pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
NAMES = {"text": "varchar", "timestamptz": "timestamp_tz", "timestamp": "timestamp_ntz"}
FACTS = ("orders", "customers", "tickets")
EACH = 200  # rows of an INSERT


def measured(folder: Path) -> Measured:
    """What the configuration in a folder measures."""
    plan = package.plan(config=folder / "clm-audit.yaml", folder=folder)
    with exports_of(plan, folder) as exports:
        return measure(plan, facts_of(plan, exports, folder))


def cell(value: str) -> str:
    """A cell as Snowflake reads it."""
    for written, iso in ((" -0400", "-04:00"), (" -0500", "-05:00")):
        value = value.replace(written, iso)
    return f"'{value}'" if value else "NULL"


def test_every_number_is_that_of_the_files(tmp_path: Path) -> None:
    import snowflake.connector

    tables = {fact: company_tables()[fact][::8] for fact in FACTS}
    here, there = tmp_path / "here", tmp_path / "there"
    there.mkdir()
    write_files(tables, here / "files")
    (here / "clm-audit.yaml").write_text(f"{PLAN}sources: [{{path: files}}]\n")
    named = ", ".join(f"{fact}: shop.{fact}" for fact in FACTS)
    source = f"{{engine: ibis, url: 'snowflake://reader@place/db/shop', password_env: {SECRET}, tables: {{{named}}}}}"
    (there / "clm-audit.yaml").write_text(f"{PLAN}sources: [{source}]\n")
    with fakesnow.patch(), mock.patch.dict(os.environ, {SECRET: "canary"}):
        cursor = snowflake.connector.connect(user="reader", account="place", database="db", schema="shop").cursor()
        for fact, rows in tables.items():
            types = {name: NAMES.get(kind, kind) for name, kind in TYPES[fact].items()}
            columns = ", ".join(f'"{name.upper()}" {kind}' for name, kind in types.items())
            cursor.execute(f"CREATE TABLE {fact} ({columns})")
            for at in range(0, len(rows), EACH):
                values = [f"({', '.join(cell(row[name]) for name in types)})" for row in rows[at : at + EACH]]
                cursor.execute(f"INSERT INTO {fact} VALUES {', '.join(values)}")
        found = measured(there)
    assert list(differences(found, measured(here))) == []
