"""Whether a folder holds kept facts: what every run has to know, and the only part of it that most of them need."""

from __future__ import annotations

from pathlib import Path

from clm_audit.config.plan import AuditPlan
from clm_audit.exits import UsageError

MANIFEST = "clm-audit-facts.json"


def holds_facts(folder: Path) -> bool:
    """Whether the folder says that it holds kept facts."""
    return (folder / MANIFEST).is_file()


def kept_in(plan: AuditPlan) -> Path | None:
    """The folder of kept facts that is the plan's only source; None where there is none.

    Raises :class:`UsageError` when it is not the only one.
    """
    found = [source.path for source in plan.sources if holds_facts(source.path)]
    if not found:
        return None
    if len(plan.sources) > 1 or plan.engines:
        raise UsageError(
            "kept facts are all that an audit is made of", where=found[0].name, hint="give no other path beside them"
        )
    return found[0]
