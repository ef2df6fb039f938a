"""Strict YAML: text -> plain data in which every value knows its line and column, and all mistakes at once.

The language is the small part of YAML 1.2 that people write by hand: mappings with text keys, lists,
and scalars of the core schema (``true``/``false`` only; dates stay text). Anchors, aliases, merge
keys, tags, several documents, duplicate keys and empty values are errors. Built on PyYAML's event
stream, so that nothing is constructed that was not asked for and depth is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clm_audit.exits import Problem, UsageError

MAX_BYTES = 1_000_000
Loc = tuple[str | int, ...]
Mark = tuple[int, int]  # line and column, both from 1

_NUMERIC = tuple("+-.0123456789")  # what a number begins with
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class SourceInt(int):
    """A whole number that remembers how it was written (``0610`` is also an account's name)."""

    text: str


class SourceFloat(float):
    """A number that remembers how it was written, so that a decimal stays exact."""

    text: str


@dataclass(frozen=True)
class Document:
    """One parsed file. ``values`` and ``keys`` map a location to where the value and its key stand."""

    name: str
    data: dict[str, Any]
    values: Mapping[Loc, Mark] = field(default_factory=dict)
    keys: Mapping[Loc, Mark] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def where(self, loc: Loc, key: bool = False) -> str:
        """``file:line:column`` of a value (or of its key); of the nearest parent that is there."""
        for end in range(len(loc), -1, -1):
            mark = (self.keys if key else self.values).get(loc[:end]) or self.values.get(loc[:end])
            if mark:
                return f"{self.name}:{mark[0]}:{mark[1]}"
        return self.name


def load(path: Path, name: str, *, ours: bool = False) -> Document:
    """Read ``path``; ``name`` is how errors call it. ``ours``: a file that ships with the package.

    Raises :class:`UsageError` when the file cannot be read as strict YAML at all; milder mistakes
    (duplicate keys, anchors, empty values) are in ``problems``, for all errors in one pass.
    """
    if path.is_dir():
        raise UsageError("is a folder, not a configuration", where=name, hint="name the file in it")
    if not path.is_file():
        raise UsageError("there is no such file", where=name, hint="check the path")
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError("the file is larger than 1 MB", where=name, hint="is it a configuration?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise UsageError("not UTF-8", where=f"{name}:{line}:{column}", hint="save the file as UTF-8") from error
    return parse(text, name, ours=ours)


def parse(text: str, name: str = "text", *, ours: bool = False) -> Document:
    """Parse strict YAML; ``ours`` by libyaml where it is there, which takes a twentieth of the time.

    >>> parse("go_live: 2024-07-01\\nok: true").data
    {'go_live': '2024-07-01', 'ok': True}
    >>> str(parse("a: 1\\na: 2", "c.yaml").problems[0])
    'c.yaml:2:1: a: duplicate key (first given in line 1)'
    """
    from clm_audit.config.yaml_builder import build  # PyYAML takes long to load, and most runs read no YAML

    builder = build(text, name, ours=ours)
    if not isinstance(builder.root, dict):
        raise UsageError(
            "the file is empty" if builder.root is None else "the file must hold a mapping (key: value)",
            where=f"{name}:1:1",
            hint="`clm-audit schema config` prints what it may hold",
        )
    return Document(name, builder.root, builder.values, builder.keys, tuple(builder.problems))


def number(text: str) -> str | SourceInt | SourceFloat:
    """The number that ``text`` is in YAML 1.2, else the text itself.

    >>> number("0610"), number("0610").text, number("12:30")
    (610, '0610', '12:30')
    """
    if len(text) > 40 or not text.startswith(_NUMERIC):
        return text
    if _INT.fullmatch(text):
        whole = SourceInt(text)
        whole.text = text
        return whole
    if _FLOAT.fullmatch(text):
        real = SourceFloat(text)
        real.text = text
        return real
    return text


def dotted(loc: Loc) -> str:
    """A location in words.

    >>> dotted(("sources", 0, "path"))
    'sources[0].path'
    """
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
