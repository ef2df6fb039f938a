"""A PostgreSQL server of the tests' own: a free loopback port, data in a temporary folder, gone at the end."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Types = Mapping[str, Mapping[str, str]]
SECRET = "SHOP_PASSWORD"
"""The environment variable that the configurations of the tests name."""
PR_SET_PDEATHSIG = 1
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@dataclass(frozen=True)
class Server:
    """Where the server listens; ``password`` is that of its superuser ``owner``, made anew for every server."""

    port: int
    password: str
    log: Path

    def url(self, role: str = "owner", database: str = "postgres") -> str:
        """The address, without a password."""
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}"

    def load(self, schema: str, tables: Mapping[str, Sequence[Mapping[str, str]]], types: Types, *, text: bool) -> None:
        """Tables of a schema of their own, every column as text or as its type; empty cells are null."""
        with self.connect() as connection:
            connection.execute("SET TIME ZONE 'America/New_York'")
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            for name, rows in tables.items():
                typed = ", ".join(f'"{column}" {"text" if text else kind}' for column, kind in types[name].items())
                connection.execute(f'CREATE TABLE "{schema}"."{name}" ({typed})')
                with connection.cursor().copy(f'COPY "{schema}"."{name}" FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row([row.get(column) or None for column in types[name]])

    def connect(self, role: str = "owner", password: str | None = None) -> Any:
        """A connection for the test itself, each statement its own transaction."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=role,
            password=password or self.password,
            dbname="postgres",
            autocommit=True,
        )


def binary(name: str) -> Path | None:
    """A program of the newest server on this machine."""
    found = shutil.which(name)
    if found:
        return Path(found)
    return max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), default=None, key=lambda path: int(path.parts[-3]))


def _user() -> dict[str, Any]:
    """The server refuses to run as root: then somebody without any right does."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _ends_with_its_parent() -> None:
    """Also when the tests are killed, no server stays behind (it shuts down fast on SIGINT)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server that accepts connections, for as long as the context lives."""
    initdb, postgres = binary("initdb"), binary("postgres")
    if initdb is None or postgres is None:
        assert not os.environ.get("CLM_AUDIT_REQUIRE_ENGINES"), "no PostgreSQL server on this machine"
        pytest.skip("no PostgreSQL server on this machine")
    with tempfile.TemporaryDirectory(prefix="clm-audit-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = _user()
        if user:
            os.chown(folder, user["user"], user["group"])
        password = secrets.token_hex(12)
        secret = folder / "secret"
        secret.write_text(password)
        secret.chmod(0o644)
        made = [str(initdb), "-D", f"{folder}/data", "-U", "owner", "--auth=scram-sha-256", f"--pwfile={secret}"]
        made += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **user)
        server = Server(_free_port(), password, folder / "log")
        settings = {
            **SETTINGS,
            "port": server.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
        }
        command = [str(postgres), "-D", f"{folder}/data"]
        for setting, value in settings.items():
            command += ["-c", f"{setting}={value}"]
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=folder, preexec_fn=_ends_with_its_parent, **user
            )
        try:
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: the data go away with their folder
            process.wait(timeout=30)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + 30
    while True:
        assert process.poll() is None, server.log.read_text()
        try:
            server.connect().close()
        except psycopg.OperationalError:
            assert time.monotonic() < end, server.log.read_text()
            time.sleep(0.05)
        else:
            return
