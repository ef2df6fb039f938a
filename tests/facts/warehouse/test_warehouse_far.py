"""Warehouses behind their makers' drivers: addresses, drivers that are not there, and what errors become."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from clm_audit.config.plan import EngineSource
from clm_audit.exits import AuditError, DataError, UsageError
from clm_audit.facts.warehouse.dbapi import plain
from clm_audit.facts.warehouse.warehouses import FAR, open_ibis


def source(url: str, password_env: str | None = None) -> EngineSource:
    return EngineSource(engine="ibis", tables={"orders": "orders"}, url=url, password_env=password_env)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "snowflake://reader@place/db/shop?warehouse=small&role=audit",
            {
                "account": "place", "user": "reader", "password": "word", "database": "db", "schema": "shop",
                "warehouse": "small", "role": "audit",
            },
        ),
        (
            "databricks://host/main/shop?http_path=/sql/1.0/warehouses/1",
            {
                "server_hostname": "host", "access_token": "word", "catalog": "main", "schema": "shop",
                "http_path": "/sql/1.0/warehouses/1",
            },
        ),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart_for_the_driver(url: str, expected: dict[str, str]) -> None:
    parts = urlsplit(url)
    arguments = FAR[parts.scheme].connect(parts, "word")
    assert {name: arguments[name] for name in expected} == expected
    assert "word" not in FAR[parts.scheme].connect(parts, None).values()


def test_trino_without_a_password_is_asked_in_its_schema() -> None:
    arguments = FAR["trino"].connect(urlsplit("trino://reader@host:8081/lake/scratch"), None)
    wanted = {"host": "host", "port": 8081, "user": "reader", "catalog": "lake", "schema": "scratch"}
    assert {name: arguments[name] for name in wanted} == wanted


@pytest.mark.parametrize("scheme", sorted(FAR))
def test_a_driver_that_is_not_installed_is_named(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, FAR[scheme].driver, None)
    with (
        pytest.raises(UsageError, match=f"driver of {scheme} is not installed") as caught,
        open_ibis(source(f"{scheme}://host/place"), tmp_path, tmp_path),
    ):
        pass
    assert caught.value.problems[0].hint == f"pip install {FAR[scheme].package}"


def test_a_refused_connection_shows_nothing_of_the_drivers_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class RefusedError(Exception):
        pass

    def connect(**_: Any) -> None:
        raise RefusedError("login failed for reader with canary-8")

    driver = ModuleType("trino.dbapi")
    driver.Error, driver.connect = RefusedError, connect  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "trino", ModuleType("trino"))
    monkeypatch.setitem(sys.modules, "trino.dbapi", driver)
    with (
        pytest.raises(UsageError, match="trino lets nobody in") as caught,
        open_ibis(source("trino://reader@host/lake"), tmp_path, tmp_path),
    ):
        pass
    assert "canary" not in str(caught.value)


def test_a_password_variable_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    with (
        pytest.raises(UsageError, match="SHOP_PASSWORD is not set"),
        open_ibis(source("postgres://reader@127.0.0.1/shop", "SHOP_PASSWORD"), tmp_path, tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ("Numeric value '99' is out of range", DataError, "larger than 9.2e18"),
        ("SQL access control error: Insufficient privileges on canary", UsageError, "lacks a right"),
        ("Object 'CANARY' does not exist", DataError, "gone"),
        ("Table 'clm_people' already exists", UsageError, "in the way"),
        ("canary: something else", DataError, "refused a statement (ValueError)"),
    ],
)
def test_an_error_of_a_driver_is_said_in_plain_words(message: str, kind: type[AuditError], said: str) -> None:
    error = plain(ValueError(message))
    assert type(error) is kind
    assert said in error.problems[0].what
    assert "canary" not in str(error).casefold()
