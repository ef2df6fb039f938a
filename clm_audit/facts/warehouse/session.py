"""Open the engine of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from clm_audit.config.plan import AuditPlan, EngineSource
from clm_audit.exits import UsageError
from clm_audit.facts.warehouse.model import Session, placed

_OPENERS = {"duckdb": ("duck", "open_duckdb"), "spark": ("spark", "open_spark"), "ibis": ("warehouses", "open_ibis")}
_CONNECTION = ("engine", "database", "master", "remote", "conf", "url", "password_env")


@contextmanager
def session_of(plan: AuditPlan, folder: Path) -> Iterator[Session]:
    """The engine that the plan's tables are in, for as long as the context lives.

    Raises :class:`~clm_audit.exits.UsageError` or :class:`~clm_audit.exits.DataError` when it cannot be reached.
    """
    where = plan.origins.get("engines[0]", "")
    source = plan.engines[0]
    for at, other in enumerate(plan.engines[1:], start=1):
        if _connection(other) != _connection(source):
            raise UsageError(
                "all tables of an audit must be in one engine",
                where=plan.origins.get(f"engines[{at}]", ""),
                hint="attach or copy them there; books and campaign statistics may be files",
            )
    module, name = _OPENERS[source.engine]
    opener = getattr(import_module(f"clm_audit.facts.warehouse.{module}"), name)
    with placed(where):
        opened = opener(source, plan.root, folder)
        session = opened.__enter__()
    try:
        yield session
    finally:
        opened.__exit__(None, None, None)


def _connection(source: EngineSource) -> tuple[object, ...]:
    return tuple(getattr(source, name) for name in _CONNECTION)
