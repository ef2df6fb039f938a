"""What goes wrong with Spark: a finished run with the same totals or a clear error, and never a part of the numbers."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clm_audit.config.plan import EngineSource
from clm_audit.exits import AuditError, UsageError
from clm_audit.facts.warehouse.spark import SparkWarehouse, open_spark
from clm_audit.measures.engine_spark import spark_engine
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from engines.alike import differences
from engines.spark_servers import CLUSTER, Cluster, cluster
from measures.world import World, company, plan

pytestmark = [
    pytest.mark.engines,
    pytest.mark.timeout(600),
    # py4j leaves its sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
    # so PySpark says that a server cannot be told of the end of a session
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]
WORLD = World({name: company(1).tables[name] for name in ("orders", "customers")})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, SparkWarehouse]]:
    folder = tmp_path_factory.mktemp("cluster")
    with cluster(folder) as made:
        source = EngineSource(engine="spark", tables={}, master=made.url, conf=CLUSTER)
        with open_spark(source, folder, folder) as session:
            yield made, session


def refused(action: Callable[[], object]) -> str:
    """What the user is told: an error of the audit, without a trace of Spark's own words."""
    with pytest.raises(AuditError) as caught:
        action()
    said = str(caught.value)
    assert not re.search(r"[A-Za-z]+Exception|\bat org[.]|[0-9]{2}:[0-9]{2}:[0-9]{2}|SQLSTATE|==", said)
    assert caught.value.problems[0].hint
    return said


def numbered(session: SparkWarehouse, names: list[str]) -> dict[str, int]:
    rows = session.native.createDataFrame([(name,) for name in names], "name string")
    rows.createOrReplaceTempView("some_names")
    session.keep_codes("numbered", "SELECT DISTINCT name FROM some_names")
    return {str(name): int(code) for name, code in session.rows("SELECT name, code FROM numbered")}


def test_names_are_numbered_in_the_order_of_their_bytes(running: tuple[Cluster, SparkWarehouse]) -> None:
    _, session = running
    names = [f"shop:{number}" for number in range(3_000)] + ["é@x", "z@x", "Z@x", "zz", "\U0001f600", "\uffee", ""]
    expected = {name: code for code, name in enumerate(sorted(names, key=str.encode))}
    assert numbered(session, names) == expected
    assert numbered(session, ["only"]) == {"only": 0}
    assert numbered(session, []) == {}


def test_a_table_that_is_not_there(running: tuple[Cluster, SparkWarehouse], tmp_path: Path) -> None:
    _, session = running
    session.native.range(1).createOrReplaceTempView("orders")
    with pytest.raises(UsageError, match=r"there is no table ordres \(did you mean orders"):
        session.columns("ordres")
    with pytest.raises(UsageError, match=r"there is no table elsewhere\.orders"):
        session.columns("elsewhere.orders")
    with pytest.raises(UsageError, match="there is no file"):
        session.columns(str(tmp_path / "nothing.parquet"))


def test_a_table_dropped_in_the_middle_of_a_run(running: tuple[Cluster, SparkWarehouse], tmp_path: Path) -> None:
    _, session = running
    path = tmp_path / "gone.parquet"
    session.native.range(9).write.parquet(f"file://{path}")
    assert session.columns(str(path)) == [("id", "bigint")]
    query = f"SELECT SUM(id) FROM {session.source(str(path))}"
    lazy = session.native.sql(f"SELECT id FROM {session.source(str(path))}")
    assert session.rows(query) == [(36,)]
    shutil.rmtree(path)
    assert "is gone" in refused(lambda: session.rows(query))
    with spark_engine(session.native).open({"orders": lazy}) as frames:
        assert "is gone" in refused(lambda: spark_engine(session.native).collect(frames))


def test_a_column_that_is_missing(running: tuple[Cluster, SparkWarehouse]) -> None:
    _, session = running
    session.native.range(1).createOrReplaceTempView("narrow")
    assert "column is gone" in refused(lambda: session.rows("SELECT cents FROM narrow"))


def test_a_text_that_is_no_number_is_never_null_and_never_shown(
    running: tuple[Cluster, SparkWarehouse], capfd: pytest.CaptureFixture[str]
) -> None:
    _, session = running
    said = refused(lambda: session.rows("SELECT CAST(concat('12', 'x4') AS INT)"))
    assert "12x4" not in said + "".join(capfd.readouterr())


def test_csv_is_read_strictly(running: tuple[Cluster, SparkWarehouse], tmp_path: Path) -> None:
    _, session = running
    good = tmp_path / "good.csv"
    good.write_text('id,note\n1,"two\nlines, and a ""quote"""\n007,\n', "utf-8")
    rows = session.rows(f"SELECT id, note FROM {session.source(str(good))} ORDER BY id")
    assert rows == [("007", None), ("1", 'two\nlines, and a "quote"')]
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("id,note\n1,a\n2,b,c\n", "utf-8")
    assert "cannot read a file as it is" in refused(
        lambda: session.rows(f"SELECT * FROM {session.source(str(ragged))}")
    )


def test_a_session_that_is_open_is_used_and_stays_open(running: tuple[Cluster, SparkWarehouse], tmp_path: Path) -> None:
    settings = running[1].native.conf
    settings.set("spark.sql.session.timeZone", "Asia/Tokyo")
    with open_spark(EngineSource(engine="spark", tables={}), tmp_path, tmp_path) as session:
        session.keep("for_a_while", "SELECT current_timezone() AS zone")
        assert session.rows("SELECT zone FROM for_a_while") == [("UTC",)]
    assert settings.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    settings.set("spark.sql.session.timeZone", "UTC")
    assert "is gone" in refused(lambda: running[1].rows("SELECT zone FROM for_a_while"))


def test_a_worker_killed_in_the_middle_of_a_run(running: tuple[Cluster, SparkWarehouse]) -> None:
    made, session = running
    session.keep("kept_before", "SELECT id, id % 7 AS rest FROM range(1000)")
    found: list[Measured | AuditError] = []

    def run() -> None:
        try:
            found.append(measure(plan(), WORLD.facts(), spark_engine(session.native)))
        except AuditError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    tracker = session.native.sparkContext.statusTracker()
    while not tracker.getActiveStageIds() and thread.is_alive():
        time.sleep(0.05)
    made.workers[0].kill()
    thread.join()
    (result,) = found
    assert isinstance(result, Measured), result
    assert list(differences(result, measure(plan(), WORLD.facts()))) == []
    assert session.rows("SELECT COUNT(*), SUM(id), SUM(rest) FROM kept_before") == [(1000, 499_500, 2_997)]


def test_a_session_of_another_kind_is_open(running: tuple[Cluster, SparkWarehouse], tmp_path: Path) -> None:
    assert running
    source = EngineSource(engine="spark", tables={}, remote="sc://127.0.0.1:9")
    with pytest.raises(UsageError, match="a Spark session of another kind is open"), ExitStack() as stack:
        stack.enter_context(open_spark(source, tmp_path, tmp_path))
