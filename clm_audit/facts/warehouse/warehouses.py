"""The warehouses whose SQL Ibis writes: how the facts are asked there, and how a connection is made.

PostgreSQL is run for real in the tests. The SQL of the others is parsed in their dialects and run by what stands in for
them; their drivers are those of their makers, and are installed beside this program.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from clm_audit.config.plan import EngineSource
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import UsageError
from clm_audit.facts.warehouse.dbapi import DbapiSession
from clm_audit.facts.warehouse.dialect import BLANKS, POSTGRES, SPARK, Dialect
from clm_audit.facts.warehouse.model import Session
from clm_audit.facts.warehouse.postgres import open_postgres

_EXACT_QUOTIENT = "CAST(({0} - MOD({0}, {1})) / {1} AS DECIMAL(38, 0))"  # the division leaves no rest to be rounded
_COMMON = POSTGRES.kinds
SNOWFLAKE = Dialect(
    "snowflake",
    ((r"timestamp(_tz|_ltz)(\(\d\))?", "zoned"), (r"timestamp_ntz(\(\d\))?", "naive"), (r"fixed", "decimal"), *_COMMON),
    backslashes=True,
    matches="(REGEXP_INSTR({0}, {1}) > 0)",
    position="CHARINDEX({1}, {0})",
    first_word="REGEXP_SUBSTR({0}, '[0-9a-z]+')",
    day="DATEDIFF(day, DATE '1970-01-01', {0})",
    local="CAST(CONVERT_TIMEZONE({1}, {0}) AS DATE)",
    utc_local="CAST(CONVERT_TIMEZONE('UTC', {1}, {0}) AS DATE)",
    minus_minutes="DATEADD(minute, -({1}), {0})",
    wide="CAST({0} AS DECIMAL(38, 0))",
    quotient=_EXACT_QUOTIENT,
)
BIGQUERY = Dialect(
    "bigquery",
    ((r"timestamp", "zoned"), (r"datetime", "naive"), (r"(big)?numeric(\(.*\))?", "decimal"), *_COMMON),
    text="STRING",
    double="FLOAT64",
    small="INT64",
    quote="`",
    backslashes=True,
    matches="REGEXP_CONTAINS({0}, {1})",
    blanks=f"CODE_POINTS_TO_STRING([32, {', '.join(map(str, BLANKS))}])",
    part="COALESCE(SPLIT({0}, {1})[SAFE_OFFSET({2} - 1)], '')",
    day="UNIX_DATE({0})",
    local="DATE({0}, {1})",
    utc_local="DATE({0}, {1})",
    minus_minutes="TIMESTAMP_SUB({0}, INTERVAL ({1}) MINUTE)",
    wide="CAST({0} AS BIGNUMERIC)",
    quotient="DIV({0}, {1})",
    attempt="SAFE_CAST({0} AS {1})",
    exact="CAST({0} AS BIGNUMERIC)",
)
DATABRICKS = replace(SPARK, name="databricks")
TRINO = Dialect(
    "trino",
    _COMMON,
    matches="regexp_like({0}, {1})",
    trim="trim(BOTH {1} FROM {0})",
    part="COALESCE(split_part({0}, {1}, {2}), '')",
    local="CAST(({0} AT TIME ZONE {1}) AS DATE)",
    utc_local="CAST((with_timezone({0}, 'UTC') AT TIME ZONE {1}) AS DATE)",
    minus_minutes="date_add('minute', -({1}), {0})",
    wide="CAST({0} AS DECIMAL(38, 0))",
    quotient=_EXACT_QUOTIENT,
)


@dataclass(frozen=True)
class Warehouse:
    """``scheme``: how its address begins; ``driver``: the module that connects, out of ``package``. ``connect`` makes
    the driver's arguments of an address and a password. ``temporary``, ``described``, ``folded``: see
    :class:`DbapiSession`."""

    dialect: Dialect
    scheme: str
    driver: str
    package: str
    connect: Callable[[SplitResult, str | None], Mapping[str, Any]]
    temporary: str = "CREATE TEMPORARY TABLE"
    described: str = "DESCRIBE {0}"
    folded: bool = False


def _snowflake(url: SplitResult, password: str | None) -> Mapping[str, Any]:
    """``snowflake://user@account/database/schema?warehouse=…&role=…``."""
    return {
        "account": url.hostname,
        "user": url.username,
        **({"password": password} if password else {}),
        **dict(zip(("database", "schema"), _path(url), strict=False)),
        **dict(parse_qsl(url.query)),
        "session_parameters": {"QUOTED_IDENTIFIERS_IGNORE_CASE": True, "TIMEZONE": "UTC"},
    }


def _databricks(url: SplitResult, password: str | None) -> Mapping[str, Any]:
    """``databricks://host/catalog/schema?http_path=/sql/1.0/warehouses/…``."""
    return {
        "server_hostname": url.hostname,
        **({"access_token": password} if password else {}),
        **dict(zip(("catalog", "schema"), _path(url), strict=False)),
        **dict(parse_qsl(url.query)),
        "session_configuration": {"ANSI_MODE": "true", "TIMEZONE": "UTC"},
    }


def _trino(url: SplitResult, password: str | None) -> Mapping[str, Any]:
    """``trino://user@host:port/catalog/schema``: where tables may be made; a password goes over https only."""
    arguments: dict[str, Any] = {
        "host": url.hostname,
        "port": url.port or (443 if password else 8080),
        "user": url.username,
        **dict(zip(("catalog", "schema"), _path(url), strict=False)),
        "timezone": "UTC",
    }
    if password:
        auth = import_module("trino.auth").BasicAuthentication(url.username, password)
        arguments |= {"http_scheme": "https", "auth": auth}
    return arguments


def _bigquery(url: SplitResult, password: str | None) -> Mapping[str, Any]:  # noqa: ARG001  # Google's own credentials
    """``bigquery://project/dataset``; who asks is told by Google's application default credentials."""
    bigquery = import_module("google.cloud.bigquery")
    client = bigquery.Client(project=url.hostname)
    opened = client.query("SELECT 1", job_config=bigquery.QueryJobConfig(create_session=True))
    opened.result()
    session = bigquery.ConnectionProperty("session_id", opened.session_info.session_id)
    config = bigquery.QueryJobConfig(connection_properties=[session])
    if dataset := "".join(_path(url)[:1]):
        config.default_dataset = f"{url.hostname}.{dataset}"
    client.default_query_job_config = config
    return {"client": client}


def _path(url: SplitResult) -> list[str]:
    return [unquote(part) for part in url.path.strip("/").split("/") if part]


_NAMED = (
    "SELECT column_name, data_type FROM {1}.INFORMATION_SCHEMA.COLUMNS WHERE table_name = {2} ORDER BY ordinal_position"
)
FAR: Mapping[str, Warehouse] = MappingProxyType(
    {
        one.scheme: one
        for one in (
            Warehouse(
                SNOWFLAKE, "snowflake", "snowflake.connector", "snowflake-connector-python", _snowflake,
                described="DESCRIBE TABLE {0}", folded=True,
            ),
            Warehouse(
                BIGQUERY, "bigquery", "google.cloud.bigquery.dbapi", "google-cloud-bigquery", _bigquery,
                described=_NAMED,
            ),
            Warehouse(
                DATABRICKS, "databricks", "databricks.sql", "databricks-sql-connector", _databricks,
                described="DESCRIBE TABLE {0}",
            ),
            Warehouse(TRINO, "trino", "trino.dbapi", "trino", _trino, temporary="CREATE TABLE"),
        )
    }
)  # fmt: skip
"""Every warehouse but PostgreSQL, by the scheme of its address."""
NEAR = ("postgres", "postgresql")


@contextmanager
def open_ibis(source: EngineSource, root: Path, folder: Path) -> Iterator[Session]:  # noqa: ARG001  # as all openers
    """The warehouse that the source's ``url`` names, for as long as the context lives."""
    url = urlsplit(source.url or "")
    scheme = url.scheme.casefold()
    if scheme in NEAR:
        with open_postgres(source, password_of(source)) as session:
            yield session
    elif scheme in FAR:
        with _open_far(FAR[scheme], url, password_of(source)) as far:
            yield far
    else:
        known = (*NEAR, *FAR)
        hint = did_you_mean(scheme, known) or f"known: {', '.join(known)}"
        raise UsageError(f"url names no warehouse of this program: {scheme or 'it has no scheme'}", hint=hint)


@contextmanager
def _open_far(warehouse: Warehouse, url: SplitResult, password: str | None) -> Iterator[DbapiSession]:
    try:
        driver = import_module(warehouse.driver)
    except ImportError:
        what = f"the driver of {warehouse.scheme} is not installed"
        raise UsageError(what, hint=f"pip install {warehouse.package}") from None
    failure: type[Exception] = driver.Error
    try:
        connection = driver.connect(**warehouse.connect(url, password))
    except (failure, OSError) as error:
        what = f"{warehouse.scheme} lets nobody in with this url ({type(error).__name__})"
        raise UsageError(what, hint="look at url, at the role and at its password") from None
    session = DbapiSession(
        connection, warehouse.dialect, failure, warehouse.temporary, warehouse.described, folded=warehouse.folded
    )
    try:
        yield session
    finally:
        try:
            session.drop()
        finally:
            connection.close()


def password_of(source: EngineSource) -> str | None:
    """The password out of the environment variable that the source names; None where it names none."""
    if source.password_env is None:
        return None
    password = os.environ.get(source.password_env)
    if not password:
        what = f"the environment variable {source.password_env} is not set"
        raise UsageError(what, hint="set it to the password of the role; nothing of it is ever shown")
    return password
