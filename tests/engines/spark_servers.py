"""Spark as it is met in the field, each started from the pip package on loopback: in this process, a standalone
cluster of one master and two workers, and a Spark Connect server."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SMALL = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.autoBroadcastJoinThreshold": "1m",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
CLUSTER = {**SMALL, "spark.executor.memory": "512m", "spark.executor.cores": "1", "spark.cores.max": "2"}
PR_SET_PDEATHSIG = 1
PATIENCE = 300  # seconds
KINDS = ("local", "cluster", "connect")


def home() -> Path:
    """Where the pip package has its jars and scripts."""
    import pyspark

    return Path(pyspark.__file__).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end_with_parent() -> None:
    """Linux ends the child when the test run dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class Daemon:
    """A JVM in a process group of its own, ended with all its children."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, folder: Path, name: str, *arguments: str, memory: str = "256m") -> Daemon:
        """``spark-class`` with these arguments; what it prints goes to a file."""
        log = folder / f"{name}.log"
        environment = {
            **os.environ,
            "SPARK_HOME": str(home()),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": memory,
            "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_WORKER_DIR": str(folder / "work"),
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(home() / "bin" / "spark-class"), *arguments],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        return cls(process, log)

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until the log says so."""
        end = time.monotonic() + PATIENCE
        while self.log.read_text("utf-8", "replace").count(text) < times:
            if self.process.poll() is not None or time.monotonic() > end:
                said = self.log.read_text("utf-8", "replace")[-4000:]
                raise RuntimeError(f"{self.log.name} never said {text!r}:\n{said}")
            time.sleep(0.1)

    def kill(self) -> None:
        """At once, as a machine that goes down."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Cluster:
    """One master, two workers of one core each."""

    url: str
    master: Daemon
    workers: list[Daemon] = field(default_factory=list)


@contextlib.contextmanager
def cluster(folder: Path, memory: str = "768m") -> Iterator[Cluster]:
    """A standalone cluster on loopback, its workers registered."""
    port = free_port()
    local = ("--host", "127.0.0.1", "--webui-port", "0")
    made = Cluster(
        f"spark://127.0.0.1:{port}",
        Daemon.start(folder, "master", "org.apache.spark.deploy.master.Master", *local, "--port", str(port)),
    )
    try:
        made.master.wait_for("I have been elected leader")
        worker = ("org.apache.spark.deploy.worker.Worker", *local, "--cores", "1", "--memory", memory, made.url)
        made.workers = [Daemon.start(folder, f"worker{number}", *worker) for number in (1, 2)]
        for each in made.workers:
            each.wait_for("Successfully registered with master")
        yield made
    finally:
        for each in [*made.workers, made.master]:
            each.kill()


@dataclass
class Connect:
    """A Spark Connect server and its address."""

    url: str
    server: Daemon


@contextlib.contextmanager
def connect(folder: Path) -> Iterator[Connect]:
    """A Spark Connect server over a local session; its jar is part of the pip package since Spark 4."""
    port = free_port()
    settings = {**SMALL, "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": port}
    options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    server = Daemon.start(
        folder, "connect", "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", *options,
        "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal", memory="1g",
    )  # fmt: skip
    try:
        server.wait_for("Spark Connect server started")
        yield Connect(f"sc://127.0.0.1:{port}", server)
    finally:
        server.kill()


def session_of(kind: str, folder: Path, stack: contextlib.ExitStack) -> Any:
    """A session of one of :data:`KINDS`; it and its servers end with the stack."""
    from pyspark.sql import SparkSession

    if kind == "connect":
        session = SparkSession.builder.remote(stack.enter_context(connect(folder)).url).getOrCreate()
        # it stays set otherwise, and no session of another kind can start in this process any more
        stack.callback(os.environ.pop, "SPARK_CONNECT_MODE_ENABLED", None)
    else:
        local = kind == "local"
        builder = SparkSession.builder.master("local[2]" if local else stack.enter_context(cluster(folder)).url)
        for name, value in (SMALL if local else CLUSTER).items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    stack.callback(session.stop)
    return session
