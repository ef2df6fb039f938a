"""The line of ids below a table in Markdown: small, and as code, so that its names stay as they are."""

from __future__ import annotations


def ids_lines(*said: str) -> list[str]:
    """The lines, each after an empty one; nothing for an empty text.

    >>> ids_lines("ids: goals.[nps].[target]", "")
    ['', '<sub>ids: `goals.[nps].[target]`</sub>']
    """
    return [line for text in said if text for line in ("", f"<sub>ids: `{text.removeprefix('ids: ')}`</sub>")]
