"""The SQL of the warehouses that no test can reach: parsed strictly in their dialects, and what was read is run."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import narwhals as nw
import pytest

from clm_audit.facts.warehouse.warehouses import FAR
from clm_audit.measures.daily import daily_frames
from clm_audit.measures.engine_ibis import canonical_table, query
from clm_audit.measures.engines import ENGINES, Engine
from clm_audit.measures.measure import measure
from clm_audit.measures.permitted import OPERATIONS
from engines.alike import differences
from engines.warehouse_tables import Translated, loading
from engines.worlds import asked, dated, everything
from measures.probes import rows_of

WORLDS = {"everything": (everything(), asked()), "dated": (dated(), asked())}


@pytest.fixture(scope="module", params=sorted(FAR))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with duckdb.connect() as connection:
        database = Translated(connection, FAR[request.param].dialect)
        yield loading(database, database.load)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_permitted_operation_means_the_same_in_every_dialect(engine: Engine, operation: str) -> None:
    if engine.name in OPERATIONS[operation].engines:
        assert rows_of(engine, operation) == rows_of(ENGINES["polars"], operation)


@pytest.mark.engines
@pytest.mark.parametrize("world", sorted(WORLDS))
def test_every_number_is_that_of_polars(engine: Engine, world: str) -> None:
    made, its_plan = WORLDS[world]
    assert list(differences(measure(its_plan, made.facts(), engine), measure(its_plan, made.facts()))) == []


@pytest.mark.parametrize("scheme", sorted(FAR))
def test_the_sql_of_a_frame_is_the_same_text_every_time(scheme: str) -> None:
    tables = {name: nw.from_native(canonical_table(name, f"clm_{name}")) for name in ("orders", "tickets", "surveys")}
    first, second = (
        {name: query(frame, FAR[scheme].dialect.name) for name, frame in daily_frames(tables).items()} for _ in range(2)
    )
    assert first == second
    assert len(first) == 3
