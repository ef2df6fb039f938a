"""The exports of a run and their facts, wherever they are: in files, or in tables of an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clm_audit.config.plan import AuditPlan
from clm_audit.facts import build as of_files
from clm_audit.facts.model import Facts
from clm_audit.facts.room import Room
from clm_audit.intake.model import Exports, Progress, silent
from clm_audit.intake.read import read_exports

# The floor of the engines is loaded for a plan that names one: few do, and it is thirty modules.


@contextmanager
def exports_of(plan: AuditPlan, folder: Path, progress: Progress = silent) -> Iterator[Exports]:
    """Every file and table of the plan's sources; a connection to an engine ends with the context.

    Raises as :func:`~clm_audit.intake.read.read_exports`, and when the engine or one of its tables cannot be reached.
    """
    if not plan.engines:
        yield read_exports(plan, folder, progress)
        return
    from clm_audit.facts.warehouse.build import exports_of as of_engine

    with of_engine(plan, folder, progress) as exports:
        yield exports


def facts_of(
    plan: AuditPlan, exports: Exports, folder: Path, progress: Progress = silent, room: Room | None = None
) -> Facts:
    """The facts of the exports; files that there is no ``room`` for at once in parts."""
    if not plan.engines:
        return of_files.build_facts(plan, exports, folder, progress, room)
    from clm_audit.facts.warehouse.build import facts_of as of_engine

    return of_engine(plan, exports, folder, progress, room)
