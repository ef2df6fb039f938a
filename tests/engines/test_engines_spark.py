"""Spark as an engine, local, on a cluster and behind Connect: every permitted operation, and the whole fixture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from clm_audit.exits import DataError
from clm_audit.measures.engine_spark import spark_engine
from clm_audit.measures.engines import POLARS, Engine
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from clm_audit.measures.permitted import OPERATIONS
from engines.alike import differences
from engines.spark_servers import KINDS, session_of
from engines.worlds import asked, dated, everything
from measures.oracle import Oracle, same
from measures.probes import rows_of

pytestmark = [
    pytest.mark.engines,
    pytest.mark.timeout(600),
    # py4j leaves its sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
    # newer versions of Spark want an older pandas, which nothing here goes through
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
WORLD = everything()


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def session(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with ExitStack() as stack:
        yield session_of(kind, tmp_path_factory.mktemp("spark"), stack)


@pytest.fixture(scope="module")
def engine(session: Any) -> Engine:
    return spark_engine(session)


@pytest.fixture(scope="module")
def measured(engine: Engine) -> Measured:
    return measure(asked(), WORLD.facts(), engine)


@pytest.fixture(scope="module")
def reference() -> Measured:
    return measure(asked(), WORLD.facts())


@pytest.mark.parametrize("operation", sorted(name for name, one in OPERATIONS.items() if "spark" in one.engines))
def test_permitted_operations_give_the_integers_of_polars(engine: Engine, operation: str) -> None:
    expected = rows_of(POLARS, operation)
    assert expected
    assert rows_of(engine, operation) == expected


def test_every_number_is_that_of_polars(measured: Measured, reference: Measured) -> None:
    assert len(reference.totals.cells) > 30
    assert [one.metric for one in reference.metrics if one.missing is not None] == []
    assert list(differences(measured, reference)) == []


def test_the_cells_are_those_of_loops_over_plain_rows(measured: Measured) -> None:
    oracle = Oracle(WORLD, measured.calendar)
    same(measured.totals.cells["orders"], oracle.order_periods())
    same(measured.totals.cells["tickets"], oracle.ticket_periods())
    same(measured.totals.cells["campaigns"], oracle.campaigns())


def test_a_sum_that_does_not_fit_is_an_error(engine: Engine) -> None:
    tables = {"left": pl.LazyFrame({"key": [1, 1], "cents": [2**62, 2**62]})}
    with engine.open(tables) as frames, pytest.raises(DataError, match=r"a sum of wide is larger than 9\.2e18"):
        engine.collect({"wide": frames["left"].group_by("key").agg(nw.col("cents").sum())})


def test_a_null_is_an_error_of_the_program(engine: Engine) -> None:
    tables = {"left": pl.LazyFrame({"cents": [1, None]})}
    with engine.open(tables) as frames, pytest.raises(TypeError, match="column cents holds nulls"):
        engine.collect({"left": frames["left"]})


def test_frames_of_the_session_are_taken_as_they_are(engine: Engine, session: Any) -> None:
    with engine.open({"left": session.range(3)}) as frames:
        assert engine.collect(frames)["left"]["id"].tolist() == [0, 1, 2]


def test_dates_of_the_system_give_the_numbers_of_polars(engine: Engine, kind: str) -> None:
    if kind != "local":
        pytest.skip("the same frames; one kind of session is enough")
    world = dated()
    assert list(differences(measure(asked(), world.facts(), engine), measure(asked(), world.facts()))) == []
