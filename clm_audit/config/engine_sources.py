"""Sources that are tables of an engine: which keys belong to which engine, and that no secret stands in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from clm_audit.config.file import SourceFile
from clm_audit.config.plan import EngineName, EngineSource
from clm_audit.config.preset import FactName
from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.validate import Where
from clm_audit.config.vocabulary import FACTS, did_you_mean
from clm_audit.exits import Problem

OWN_KEYS: Mapping[EngineName, tuple[str, ...]] = {
    "duckdb": ("database",),
    "spark": ("master", "remote", "conf"),
    "ibis": ("url", "password_env"),
}
"""Engine -> the keys of a source that only it knows."""
KEYS = ("tables", *(key for keys in OWN_KEYS.values() for key in keys))
_SECRET = re.compile(r"passw|pwd|secret|token|credential|private.?key|access.?key|account.?key|api.?key", re.IGNORECASE)
_ELSEWHERE = "no secret stands in this file: name an environment variable in password_env"


def of_engine(entry: SourceFile, root: Path) -> EngineSource:
    """The source as the plan has it. Its keys have been checked."""
    mapping = {fact: fields for fact, fields in (entry.map or {}).items() if isinstance(fields, dict)}
    return EngineSource(
        engine=cast(EngineName, entry.engine),
        tables=cast(Mapping[FactName, str], entry.tables),
        map=cast(Mapping[FactName, Mapping[str, str]], mapping),
        system=entry.system,
        side=entry.side,
        database=root / entry.database if entry.database else None,
        master=entry.master,
        remote=entry.remote,
        conf=entry.conf or {},
        url=entry.url,
        password_env=entry.password_env,
    )


def check_engine(entry: SourceFile, loc: Loc, segment_by: Sequence[str], where: Where) -> Iterator[Problem]:
    """What is wrong with a source that names an engine."""
    for key in ("path", "dates"):
        if getattr(entry, key) is not None:
            at = (*loc, key)
            yield Problem(f"{dotted(at)}: an engine has tables, not files with {key}", where(at, True), "remove it")
    for engine, keys in OWN_KEYS.items():
        for key in (key for key in keys if getattr(entry, key) is not None and engine != entry.engine):
            at = (*loc, key)
            yield Problem(f"{dotted(at)}: is a key of the engine {engine}", where(at, True), "remove it")
    if not entry.tables:
        what = f"{dotted((*loc, 'tables'))}: is missing"
        yield Problem(what, where(loc, False), "fact and table, as in tables: {orders: sales.orders}")
    for fact in entry.tables or {}:
        if fact not in FACTS:
            at = (*loc, "tables", fact)
            hint = did_you_mean(fact, tuple(FACTS)) or f"one of {', '.join(FACTS)}"
            yield Problem(f"{dotted(at)}: there is no fact {fact}", where(at, True), hint)
    yield from _check_map(entry, loc, segment_by, where)
    yield from _check_secrets(entry, loc, where)
    if entry.engine == "ibis" and not entry.url:
        what = f"{dotted((*loc, 'url'))}: is missing"
        yield Problem(what, where(loc, False), "as in url: postgres://user@host/database")


def _check_map(entry: SourceFile, loc: Loc, segment_by: Sequence[str], where: Where) -> Iterator[Problem]:
    for fact, fields in (entry.map or {}).items():
        at = (*loc, "map", fact)
        if not isinstance(fields, dict):
            hint = "fact first: map: {orders: {order: id, date: created, amount: total}}"
            yield Problem(f"{dotted(at)}: must be a mapping of fields to columns", where(at, False), hint)
        elif fact not in (entry.tables or {}):
            hint = did_you_mean(fact, tuple(entry.tables or ()))
            yield Problem(f"{dotted(at)}: there is no table of this fact in tables", where(at, True), hint)
        elif fact in FACTS:
            yield from check_fields(fact, fields, at, segment_by, where)


def check_fields(
    fact: str, fields: Mapping[str, str], loc: Loc, segment_by: Sequence[str], where: Where
) -> Iterator[Problem]:
    """The fields of one fact in a mapping: known ones, and all that it needs."""
    declared = FACTS[fact]
    for name in (name for name in fields if name not in declared.names):
        if declared.segments and {name, fields[name]} & set(segment_by):
            continue
        hint = did_you_mean(name, declared.names) or f"fields: {', '.join(declared.names)}"
        if declared.segments:
            hint += "; a segment column must stand in segment_by or control"
        yield Problem(f"{dotted((*loc, name))}: {fact} has no such field", where((*loc, name), True), hint)
    for name in (name for name in declared.required if name not in fields):
        yield Problem(f"{dotted((*loc, name))}: is missing: {fact} needs it", where(loc, False))
    if declared.one_of and not any(all(name in fields for name in some) for some in declared.one_of):
        either = " or ".join(" + ".join(some) for some in declared.one_of)
        yield Problem(f"{dotted(loc)}: {fact} needs {either}", where(loc, False))


def _check_secrets(entry: SourceFile, loc: Loc, where: Where) -> Iterator[Problem]:
    for key in (key for key in entry.conf or {} if is_secret(key)):
        at = (*loc, "conf", key)
        hint = "leave it to the engine's own configuration (spark-defaults.conf, or the environment of its session)"
        yield Problem(f"{dotted(at)}: looks like a secret, and none may stand in this file", where(at, True), hint)
    for key in ("url", "remote", "master"):
        address = getattr(entry, key)
        if address and holds_secret(address):
            at = (*loc, key)
            yield Problem(f"{dotted(at)}: must not hold a password or token", where(at, False), _ELSEWHERE)


def is_secret(key: str) -> bool:
    """Whether a key is the name of a secret.

    >>> is_secret("spark.hadoop.fs.s3a.secret.key"), is_secret("spark.sql.shuffle.partitions")
    (True, False)
    """
    return key != "password_env" and _SECRET.search(key) is not None


def holds_secret(address: str) -> bool:
    """Whether an address has a password before its host, or a secret among its parameters.

    >>> holds_secret("postgres://ann:x@host/db"), holds_secret("postgres://ann@host/db?sslmode=require")
    (True, False)
    """
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return True  # what cannot be taken apart cannot be shown either
    words = [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(parts.path.replace(";", "&"))]
    in_place = "@" in parts.netloc and ":" in parts.netloc.rpartition("@")[0]
    return password is not None or in_place or any(is_secret(key) for key, _ in words)
