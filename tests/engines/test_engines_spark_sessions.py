"""Sessions that cannot be had, or are lost: an error that says so, and the line that installs what is missing."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from clm_audit.config.plan import EngineSource
from clm_audit.exits import UsageError
from clm_audit.facts.warehouse import spark_start
from clm_audit.facts.warehouse.spark import open_spark
from engines.spark_servers import connect

pytestmark = [
    pytest.mark.engines,
    pytest.mark.timeout(600),
    # py4j leaves its sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
    # so PySpark says that a server cannot be told of the end of a session
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]


def test_settings_that_are_fixed_when_a_server_starts_are_refused_by_name(tmp_path: Path) -> None:
    with connect(tmp_path) as there:
        fixed = EngineSource(engine="spark", tables={}, remote=there.url, conf={"spark.driver.memory": "9g"})
        with pytest.raises(UsageError, match=r"does not let spark\.driver\.memory be set"), ExitStack() as stack:
            stack.enter_context(open_spark(fixed, tmp_path, tmp_path))


def test_nobody_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_start, "PATIENCE", {"max_retries": 1})
    source = EngineSource(engine="spark", tables={}, remote="sc://127.0.0.1:9")
    with pytest.raises(UsageError, match="no Spark Connect server answers"), ExitStack() as stack:
        stack.enter_context(open_spark(source, tmp_path, tmp_path))


@pytest.mark.parametrize(
    ("lacking", "said", "hint"),
    [
        ("pyspark", "the engine spark is not installed", "pip install 'clm-audit[spark]'"),
        ("java", "Spark needs Java 17 or later, and there is none", "apt-get install openjdk-17-jre-headless"),
    ],
)
def test_what_is_not_installed(
    lacking: str, said: str, hint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if lacking == "java":
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    source = EngineSource(engine="spark", tables={}, master="local[1]")
    with pytest.raises(UsageError) as caught, ExitStack() as stack:
        stack.enter_context(open_spark(source, tmp_path, tmp_path))
    assert said in str(caught.value)
    assert hint in str(caught.value)
