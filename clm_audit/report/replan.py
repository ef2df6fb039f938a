"""The plan of a saved audit, read back from its echo: the inverse of ``plan_echo.echo``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clm_audit.config.own_presets import own_presets
from clm_audit.config.plan import AuditPlan
from clm_audit.exits import UsageError
from clm_audit.report.model import AuditReport
from clm_audit.report.plan_echo import CONFIG_PATHS, WINDOW_FIELDS

OWN_NAMES = {path: name for name, path in CONFIG_PATHS.items()}
WINDOW_NAMES = {shown: name for name, shown in WINDOW_FIELDS.items()}
WINDOWS = ("before", "after")
PATHS = ("presets_folder", "config")


def plan_of(report: AuditReport, root: Path, where: str = "") -> AuditPlan:
    """The plan that ``report`` was made with, its sources looked for below ``root``.

    A report names a source outside the folder of its run by its last part alone. Presets of the user's own are read
    again from their folder. Raises :class:`UsageError` with ``where`` when the echo is no plan of this version.
    """
    tree: dict[str, Any] = {}
    for path, entry in report.plan.items():
        _put(tree, _place(path), entry.get("value"))
    tree["sources"] = [{**source, "path": root / source["path"]} for source in tree.get("sources", [])]
    tree["engines"] = [
        {**one, "database": root / one["database"] if one.get("database") else None} for one in tree.get("engines", [])
    ]
    for name in PATHS:
        tree[name] = root / tree[name] if tree.get(name) else None
    origins = {path: str(entry.get("origin")) for path, entry in report.plan.items()}
    try:
        plan = AuditPlan.model_validate({**tree, "root": root, "origins": origins})
    except ValidationError as error:
        wrong = ", ".join(".".join(str(part) for part in one["loc"]) for one in error.errors()[:3])
        hint = f"it was written by clm-audit {report.tool.version}; use that version, or run the audit again"
        raise UsageError(f"its plan does not fit this version: {wrong}", where=where, hint=hint) from error
    folder = plan.presets_folder
    if folder is None:
        return plan
    return plan.model_copy(update={"own_presets": own_presets(folder, folder.name, where or "presets")})


def _place(path: str) -> tuple[str, ...]:
    """Where in the plan a config path is kept.

    >>> _place("windows.before.from"), _place("windows.washout"), _place("policy.confidence")
    (('before', 'start'), ('washout_weeks',), ('policy', 'confidence'))
    >>> _place("against.after.to")
    ('against', 'after', 'end')
    """
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if own := OWN_NAMES.get(".".join(parts[:length])):
            parts = [own, *parts[length:]]
            break
    windowed = zip(parts, ["", *parts], strict=False)
    return tuple(WINDOW_NAMES.get(part, part) if above in WINDOWS else part for part, above in windowed)


def _put(tree: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    for part in place[:-1]:
        tree = tree.setdefault(part, {})
    tree[place[-1]] = dict(value) if isinstance(value, Mapping) else value
