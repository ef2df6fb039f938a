"""The plan as the report shows it: dotted path -> value and where it came from, without private paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from clm_audit.config.base import Frozen
from clm_audit.config.plan import AuditPlan

LEFT_OUT = frozenset({"origins", "root", "registration", "own_presets"})
ONLY_WHERE_USED = frozenset({"engines"})
# Where the plan's names and the config's differ.
CONFIG_PATHS: Mapping[str, str] = {
    "before": "windows.before",
    "after": "windows.after",
    "washout_weeks": "windows.washout",
    "hourly_rate": "service.hourly_rate",
    "presets_folder": "presets",
}
WINDOW_FIELDS: Mapping[str, str] = {"start": "from", "end": "to"}
DEFAULT = "default"
RULES = "gate.metrics"
"""Shown rule by rule: an annotation names the line of each."""
NOT_ASKED = "not asked for (--gate)"
"""The origin of the gate of a run without `--gate`."""


def echo(plan: AuditPlan) -> dict[str, dict[str, Any]]:
    """{dotted config path: {value, origin}}, in the order of the plan's fields."""
    return {path: {"value": value, "origin": origin(plan, path)} for path, value in _leaves(plan, "", plan.root)}


def origin(plan: AuditPlan, path: str) -> str:
    """Where the value at ``path`` came from: its own origin, that of what holds it, or of what it holds."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if found := plan.origins.get(".".join(parts[:length])):
            return relative_text(found, plan.root)
    below = sorted(key for key in plan.origins if key.startswith(f"{path}."))
    return relative_text(plan.origins[below[0]], plan.root) if below else DEFAULT


def relative_text(text: str, root: Path) -> str:
    """``text`` with the root folder's own absolute path taken out of it.

    >>> relative_text("/home/me/audit/clm-audit.yaml:3:1", Path("/home/me/audit"))
    'clm-audit.yaml:3:1'
    """
    return text.replace(f"{root}/", "") if root.is_absolute() else text


def relative_path(path: Path, root: Path) -> str:
    """A path below the root, relative to it; of any other only the name is shown.

    >>> relative_path(Path("/home/me/audit/exports/a.csv"), Path("/home/me/audit"))
    'exports/a.csv'
    >>> relative_path(Path("/secret/place/a.csv"), Path("/home/me/audit"))
    'a.csv'
    """
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _leaves(model: Frozen, prefix: str, root: Path) -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        if not prefix and name in LEFT_OUT:
            continue
        path = f"{prefix}{WINDOW_FIELDS.get(name, name)}" if prefix else CONFIG_PATHS.get(name, name)
        value = getattr(model, name)
        if name in ONLY_WHERE_USED and not value:
            continue
        if isinstance(value, Frozen):
            yield from _leaves(value, f"{path}.", root)
        elif path == RULES and value:
            yield from ((f"{path}.{key}", _plain(item, root)) for key, item in value.items())
        else:
            yield path, _plain(value, root)


def _plain(value: object, root: Path) -> Any:
    """``value`` as JSON has it: dates and decimals as text, models and mappings as objects."""
    if isinstance(value, Frozen):
        return {name: _plain(getattr(value, name), root) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, root) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [_plain(item, root) for item in value]
    if isinstance(value, Path):
        return relative_path(value, root)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
