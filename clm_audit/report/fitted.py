"""Text that must not be longer than a page of somebody else's takes: whole sections go, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def fitted(sections: Sequence[str], most: int, size: Callable[[str], int] = len) -> str:
    """The sections, with as many left out from the end as must be for ``most`` characters, or what ``size`` counts.

    Of a first section that is too long alone the last lines go.

    >>> fitted(["one", "two"], 100)
    'one\\n\\ntwo\\n'
    >>> fitted(["one", "two " * 30, "three"], 80)
    'one\\n\\n*2 sections left out: the page takes no more. The whole is in the report.*\\n'
    """
    for kept in range(len(sections), 0, -1):
        left = len(sections) - kept
        text = "\n\n".join([*sections[:kept], *([_said(left, "section")] if left else [])]) + "\n"
        if size(text) <= most:
            return text
    lines = sections[0].split("\n")
    for kept in range(len(lines), 0, -1):
        text = "\n".join([*lines[:kept], "", _said(len(lines) - kept, "line")]) + "\n"
        if size(text) <= most:
            return text
    return _said(len(sections), "section")[:most]


def _said(left: int, what: str) -> str:
    return f"*{left} {what}{'' if left == 1 else 's'} left out: the page takes no more. The whole is in the report.*"


def utf8(text: str) -> int:
    """The size of a text in bytes.

    >>> utf8("é")
    2
    """
    return len(text.encode("utf-8", "surrogatepass"))
