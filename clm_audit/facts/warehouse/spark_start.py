"""Starting a Spark session as the configuration says: local, on a cluster, or behind Spark Connect."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from clm_audit.config.plan import EngineSource
from clm_audit.exits import DataError, UsageError
from clm_audit.facts.warehouse.spark_errors import other_errors, told

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

INSTALL = "pip install 'clm-audit[spark]'"
JAVA = "apt-get install openjdk-17-jre-headless, or set JAVA_HOME; Spark Connect (remote: sc://…) needs none here"
STRICT = {
    "spark.sql.ansi.enabled": "true",  # an overflow or a bad cast is an error, never a NULL
    "spark.sql.session.timeZone": "UTC",
}
_WAREHOUSE = Path("spark-warehouse")
CONNECT_MODE = "SPARK_CONNECT_MODE_ENABLED"
PATIENCE = {"max_retries": 8, "max_backoff": 5_000}
"""Half a minute for a network that comes back, in place of ten: a server that is started anew knows no session."""
_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}


@contextmanager
def started(source: EngineSource, folder: Path) -> Iterator[SparkSession]:
    """The session for as long as the context lives, under :data:`STRICT`.

    One that is active already is taken when the configuration names neither ``master`` nor ``remote``, and stays open
    afterwards. ``folder`` takes what the JVM has to say. Raises :class:`~clm_audit.exits.UsageError` when Spark or
    Java is not installed, or nobody answers at the address.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError("the engine spark is not installed", hint=INSTALL) from None
    there = None if source.master or source.remote else SparkSession.getActiveSession()
    if there is not None:
        with _silent(), strict(there):
            yield there
        return
    with _silent(), ExitStack() as stack:
        stack.callback(_tidied, os.environ.get(CONNECT_MODE), _WAREHOUSE.exists())
        session = _remote(source, stack) if source.remote else _classic(source, folder, stack)
        _set(session, STRICT)
        yield session


@contextmanager
def _silent() -> Iterator[None]:
    """PySpark writes errors to stderr beside raising them: with paths, and with values of cells."""
    from pyspark.logger import PySparkLogger

    loggers = [PySparkLogger.getLogger(name) for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger")]
    before = [one.disabled for one in loggers]
    for one in loggers:
        one.disabled = True
    try:
        yield
    finally:
        for one, was in zip(loggers, before, strict=True):
            one.disabled = was


def _stopped(session: SparkSession) -> None:
    with suppress(*other_errors()):  # one that is lost cannot be stopped
        session.stop()


def _tidied(connect_mode: str | None, was_there: bool) -> None:
    """What Spark leaves behind: a mode, in which no session of another kind could start in this process any more, and
    an empty folder wherever it starts."""
    if connect_mode is None:
        os.environ.pop(CONNECT_MODE, None)
    if not was_there:
        with suppress(OSError):  # it is not there, or somebody keeps a table in it
            _WAREHOUSE.rmdir()


@contextmanager
def strict(session: SparkSession) -> Iterator[None]:
    """The session under :data:`STRICT`; afterwards it has its own settings again, if it still lives."""
    with told():
        before = {name: str(session.conf.get(name)) for name in STRICT}
    changed = {name: value for name, value in STRICT.items() if before[name] != value}
    _set(session, changed)
    try:
        yield
    finally:
        with suppress(DataError):
            _set(session, {name: before[name] for name in changed})


def _set(session: SparkSession, settings: Mapping[str, str]) -> None:
    with told():
        for name, value in settings.items():
            session.conf.set(name, value)


def _remote(source: EngineSource, stack: ExitStack) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        with catch_warnings():  # of pandas, which some versions want in older ones and nothing here goes through
            simplefilter("ignore", FutureWarning)
            from pyspark.sql.connect.client.retries import DefaultPolicy
    except ImportError:  # PySpark's own is one
        raise UsageError("what Spark Connect needs is not installed", hint=INSTALL) from None
    try:
        session = SparkSession.builder.remote(str(source.remote)).getOrCreate()
        stack.callback(_stopped, session)
        session.client.set_retry_policies([DefaultPolicy(**PATIENCE)])
        session.range(1).count()  # the address is asked for the first time
    except PySparkException as error:
        if "SESSION_ALREADY_EXIST" in str(error) or "already running" in str(error):
            what = "a Spark session of another kind is open in this process"
            raise UsageError(what, hint="stop it, or leave `remote` away to use it") from None
        what = "no Spark Connect server answers at the address of `remote`"
        raise UsageError(what, hint="is it running, and may it be reached?") from None
    for name, value in source.conf.items():
        try:
            session.conf.set(name, value)
        except PySparkException:
            hint = "what is fixed when a server starts belongs into its own configuration"
            raise UsageError(f"the Spark Connect server does not let {name} be set", hint=hint) from None
    return session


def _classic(source: EngineSource, folder: Path, stack: ExitStack) -> SparkSession:
    """A session of this process. The JVM's own chatter goes to a file: stderr belongs to the audit."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else None
    if not (java.is_file() if java else shutil.which("java")):
        raise UsageError("Spark needs Java 17 or later, and there is none", hint=JAVA)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = SparkConf().setAppName("clm-audit").setAll([*_QUIET.items(), *source.conf.items()])
    if source.master:
        settings.setMaster(source.master)
    try:
        with (folder / "spark.log").open("ab") as log:
            gateway = None if SparkContext._gateway else launch_gateway(settings, {"stderr": log, "stdout": log})
            session = SparkSession(SparkContext(conf=settings, gateway=gateway))
    except (PySparkException, Py4JError):
        raise UsageError(
            f"no Spark session could be started on {source.master or 'the master of its own configuration'}",
            hint="is the master running, is its address right, and is Java 17 or later there?",
        ) from None
    stack.callback(_stopped, session)
    return session
