"""The configuration file with variables and options laid over it, value by value."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clm_audit.config.seen_from import seen_from
from clm_audit.config.settings import SETTINGS
from clm_audit.config.strict_yaml import Document, Loc


class Layers:
    """The file with variables and options laid over it; knows where each value came from."""

    def __init__(
        self,
        found: tuple[Path, Document] | None,
        from_env: Mapping[str, tuple[object, str]],
        options: Mapping[str, object],
        cwd: Path = Path(),
    ) -> None:
        self.path = found[0] if found else None
        self.seen_from = seen_from(cwd, self.path) if self.path else "default"
        self.document = found[1] if found else Document("", {})
        self.data: dict[str, Any] = copy.deepcopy(self.document.data)
        self._over: dict[Loc, str] = {}
        named = {setting.path: setting for setting in SETTINGS}
        given = {
            path: (named[path].value(value), f"option {named[path].option}") if path in named else (value, path)
            for path, value in options.items()
            if value is not None
        }
        for path, (value, origin) in {**from_env, **given}.items():
            self._lay(tuple(path.split(".")), value, origin)

    def _lay(self, loc: tuple[str, ...], value: object, origin: str) -> None:
        here = self.data
        for part in loc[:-1]:
            if not isinstance(here.get(part), dict):
                if here.get(part) is not None:
                    return  # the file has something else in this place: that is reported instead
                here[part] = {}
            here = here[part]
        here[loc[-1]] = value
        self._over[loc] = origin

    def in_file(self, loc: Loc) -> bool:
        """Whether a value is the file's own, not laid over it."""
        return not any(loc[:end] in self._over for end in range(len(loc), 0, -1))

    def where(self, loc: Loc, key: bool = False) -> str:
        """Where a value stands: the option or variable, or file:line:column."""
        for end in range(len(loc), 0, -1):
            if loc[:end] in self._over:
                return self._over[loc[:end]]
        return self.document.where(loc, key)

    def origin(self, loc: Loc) -> str:
        """As in ``AuditPlan.origins``; names the file without its folder, so that reports can be compared."""
        for end in range(len(loc), 0, -1):
            if loc[:end] in self._over:
                return self._over[loc[:end]]
        mark = self.document.keys.get(loc) or self.document.values.get(loc)
        return f"{self.path.name}:{mark[0]}:{mark[1]}" if self.path and mark else "default"
