"""Strict YAML: text -> plain data in which every value knows its line and column, and all mistakes at once.

The language is the small part of YAML 1.2 that people write by hand: mappings with text keys, lists,
and scalars of the core schema (``true``/``false`` only; dates stay text). Anchors, aliases, merge
keys, tags, several documents, duplicate keys and empty values are errors. Built on PyYAML's event
stream, so that nothing is constructed that was not asked for and depth is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from clm_audit.exits import Problem, UsageError

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
Loc = tuple[str | int, ...]
Mark = tuple[int, int]  # line and column, both from 1

_FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMERIC = tuple("+-.0123456789")  # what a number begins with
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_HALF = re.compile("[\ud800-\udfff]")  # of a pair of surrogates
_NODES = (yaml.ScalarEvent, yaml.CollectionStartEvent)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


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
    builder = _Builder(name)
    for event in _events(text, name, _FASTEST if ours else yaml.SafeLoader):
        builder.take(event)
    if not isinstance(builder.root, dict):
        raise UsageError(
            "the file is empty" if builder.root is None else "the file must hold a mapping (key: value)",
            where=f"{name}:1:1",
            hint="`clm-audit schema config` prints what it may hold",
        )
    return Document(name, builder.root, builder.values, builder.keys, tuple(builder.problems))


def _events(text: str, name: str, loader: Any) -> Iterator[yaml.Event]:
    """All events; of a user's text by PyYAML's own parser, because libyaml is not everywhere and takes other texts."""
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        message = error.problem or "not valid YAML"
        if "'\\t'" in message:
            raise UsageError("a tab in the indentation", where=where, hint="YAML wants spaces") from error
        raise UsageError(f"not valid YAML: {message}", where=where, hint=error.context or "") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UsageError("a control character that YAML does not allow", where=f"{name}:{line}") from error


class _Builder:
    """Events -> data, with an explicit stack instead of recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: object = None
        self.values: dict[Loc, Mark] = {}
        self.keys: dict[Loc, Mark] = {}
        self.problems: list[Problem] = []
        self._documents = 0
        self._stack: list[tuple[Loc, dict[str, Any] | list[Any]]] = []
        self._key: tuple[str, Mark] | None = None

    def take(self, event: yaml.Event) -> None:
        """Add one event to what is being built."""
        if isinstance(event, _NODES):
            self._refuse_extras(event)
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise UsageError("a second document is not allowed", where=self._at(event), hint="use two files")
        elif isinstance(event, yaml.AliasEvent):
            raise UsageError("an alias (*) is not allowed", where=self._at(event), hint="write the value again")

    def _node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        mark = _mark(event)
        if self._stack and isinstance(self._stack[-1][1], dict) and self._key is None:
            self._take_key(event, mark)
            return
        loc = self._place(mark)
        if isinstance(event, yaml.ScalarEvent):
            self._attach(loc, self._scalar(event, loc))
            return
        child: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if len(self._stack) >= MAX_DEPTH:
            raise UsageError(f"nested more than {MAX_DEPTH} levels deep", where=self._at(event))
        self._attach(loc, child)
        self._stack.append((loc, child))

    def _take_key(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise UsageError("a key must be text", where=self._at(event))
        self._key = (event.value, mark)
        parent, mapping = self._stack[-1]
        loc = (*parent, event.value)
        if event.value == "<<":
            raise UsageError("a merge key (<<) is not allowed", where=self._at(event), hint="write the values out")
        if event.value in mapping:
            first = self.keys[loc][0]
            path = dotted(loc)
            self.problems.append(Problem(f"{path}: duplicate key", self._at(event), f"first given in line {first}"))
        else:
            self.keys[loc] = mark

    def _place(self, mark: Mark) -> Loc:
        """The location of the value that comes now."""
        if not self._stack:
            self.values[()] = mark
            return ()
        parent, container = self._stack[-1]
        loc = (*parent, self._key[0] if self._key and isinstance(container, dict) else len(container))
        self.values.setdefault(loc, mark)
        return loc

    def _attach(self, loc: Loc, value: object) -> None:
        if not self._stack:
            self.root = value
            return
        container = self._stack[-1][1]
        if isinstance(container, dict):
            container.setdefault(str(loc[-1]), value)
            self._key = None
        else:
            container.append(value)

    def _scalar(self, event: yaml.ScalarEvent, loc: Loc) -> object:
        """A scalar of the YAML 1.2 core schema; quoted ones are text."""
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in _NULLS:
            if loc:
                self.problems.append(Problem(f"{dotted(loc)}: has no value", self._at(event), "give one, or remove it"))
            return None
        if text in _BOOLS:
            return _BOOLS[text]
        return number(text)

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            raise UsageError(
                "an anchor (&) is not allowed", where=self._at(event), hint="write the value where it stands"
            )
        if isinstance(event, yaml.ScalarEvent) and _HALF.search(event.value):
            raise UsageError("half a character (a lone surrogate)", where=self._at(event), hint="write the character")
        if event.tag is not None:
            raise UsageError("a tag (!) is not allowed", where=self._at(event), hint="write the plain value")

    def _at(self, event: yaml.Event) -> str:
        line, column = _mark(event)
        return f"{self.name}:{line}:{column}"


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


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
