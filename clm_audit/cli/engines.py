"""`--engine`: the paths of the command line, read by an engine instead of file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from clm_audit.exits import UsageError

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan

DATABASES = (".duckdb", ".ddb", ".db")


def with_engine(plan: AuditPlan, engine: Literal["duckdb"] | None) -> AuditPlan:
    """The plan with its paths as tables of ``engine``; as it is where none is given.

    Raises :class:`UsageError` when there are no paths, or when tables of the configuration are an engine's already.
    """
    if engine is None:
        return plan
    from clm_audit.config.plan import EngineSource

    if plan.engines:
        hint = "leave --engine out: it is for paths"
        raise UsageError("--engine: the configuration names the engine of its tables itself", hint=hint)
    sources = []
    for source in plan.sources:
        database = source.path if source.path.suffix.lower() in DATABASES else None
        found = ("*",) if database else (str(source.path),)
        sources.append(
            EngineSource(engine=engine, found=found, system=source.system, side=source.side, database=database)
        )
    origins = {**plan.origins, "engines": "option --engine", "sources": "option --engine"}
    return plan.model_copy(update={"sources": (), "engines": tuple(sources), "origins": origins})
