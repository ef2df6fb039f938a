"""YAML's events -> data that knows where all of it stands; what ``strict_yaml`` leaves out of YAML is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from clm_audit.config.strict_yaml import Loc, Mark, dotted, number
from clm_audit.exits import Problem, UsageError

MAX_DEPTH = 20
_FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HALF = re.compile("[\ud800-\udfff]")  # of a pair of surrogates
_NODES = (yaml.ScalarEvent, yaml.CollectionStartEvent)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


def build(text: str, name: str, *, ours: bool) -> Builder:
    """The data of a text and all that is wrong with it. Raises :class:`UsageError` where it cannot be read at all."""
    builder = Builder(name)
    for event in _events(text, name, _FASTEST if ours else yaml.SafeLoader):
        builder.take(event)
    return builder


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


class Builder:
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
