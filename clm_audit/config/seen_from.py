"""A file as it is named from the folder of the run, without giving any other folder away."""

from __future__ import annotations

import os
from pathlib import Path


def seen_from(folder: Path, path: Path) -> str:
    """A file below ``folder`` by its way from there; of any other only the name.

    Nor is a way told from above the user's own folder: it would name the user.

    >>> seen_from(Path("/srv/me"), Path("/srv/me/audit/clm-audit.yaml"))
    'audit/clm-audit.yaml'
    >>> seen_from(Path("/srv/me/audit"), Path("/srv/me/audit/../secret/clm-audit.yaml"))
    'clm-audit.yaml'
    """
    plain = Path(os.path.normpath(path))
    above = folder == Path(folder.anchor) or folder in _home().parents
    return plain.relative_to(folder).as_posix() if plain.is_relative_to(folder) and not above else plain.name


def _home() -> Path:
    """The user's own folder; the root where the system knows of none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
