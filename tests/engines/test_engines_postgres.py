"""PostgreSQL as an engine, on a real server: every permitted operation, and the whole fixture of every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clm_audit.measures.engines import ENGINES, Engine
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from clm_audit.measures.permitted import OPERATIONS
from engines.alike import differences
from engines.postgres_server import Server
from engines.warehouse_tables import Connected, loading
from engines.worlds import asked, dated, everything
from measures.oracle import Oracle, same
from measures.probes import rows_of

pytestmark = pytest.mark.engines
WORLDS = {"everything": (everything(), asked()), "dated": (dated(), asked())}


@pytest.fixture(scope="module")
def engine(postgres: Server) -> Iterator[Engine]:
    with postgres.connect() as connection:
        database = Connected(connection)
        yield loading(database, database.load)


@pytest.fixture(scope="module", params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measured(world: str, engine: Engine) -> Measured:
    made, its_plan = WORLDS[world]
    return measure(its_plan, made.facts(), engine)


@pytest.mark.parametrize("operation", sorted(name for name, one in OPERATIONS.items() if "postgres" in one.engines))
def test_permitted_operations_give_the_integers_of_polars(engine: Engine, operation: str) -> None:
    expected = rows_of(ENGINES["polars"], operation)
    assert expected
    assert rows_of(engine, operation) == expected


def test_every_number_is_that_of_polars(world: str, measured: Measured) -> None:
    made, its_plan = WORLDS[world]
    assert list(differences(measured, measure(its_plan, made.facts()))) == []


def test_the_cells_are_those_of_loops_over_plain_rows(world: str, measured: Measured) -> None:
    if world != "everything":
        return
    oracle = Oracle(WORLDS[world][0], measured.calendar)
    same(measured.totals.cells["orders"], oracle.order_periods())
    same(measured.totals.cells["tickets"], oracle.ticket_periods())
    same(measured.totals.cells["campaigns"], oracle.campaigns())
