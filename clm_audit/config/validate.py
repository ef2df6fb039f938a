"""Data against a declared shape: every mistake with its place, its path and the nearest right word."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import Problem

Model = TypeVar("Model", bound=BaseModel)
Where = Callable[[Loc, bool], str]  # location, whether the key is meant -> file:line:column or another origin

_SECRET = re.compile(r"passw|pwd|secret|token|credential|key$", re.IGNORECASE)
_SENTENCES = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "string_type": "must be text (in quotes if it looks like a number, true or false)",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping (key: value)",
    "mapping_type": "must be a mapping (key: value)",
    "model_type": "must be a mapping (key: value)",
    "too_short": "must not be empty",
}


@dataclass(frozen=True)
class Mistake:
    """A problem and the location of what is wrong; ``unknown``: a key that should not be there."""

    problem: Problem
    loc: Loc
    unknown: bool


def validate(shape: type[Model], data: dict[str, Any], where: Where) -> tuple[Model | None, tuple[Mistake, ...]]:
    """``data`` as a ``shape``, or None and everything that is wrong with it."""
    try:
        return shape.model_validate(data), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    found = [
        Mistake(
            _problem(shape, data, detail, where), _in_data(detail["loc"], data), detail["type"] == "extra_forbidden"
        )
        for detail in details
    ]
    return None, tuple(dict.fromkeys(found))


def without(data: dict[str, Any], mistakes: tuple[Mistake, ...]) -> tuple[dict[str, Any], frozenset[str]]:
    """``data`` without what is wrong, and the top-level keys that had to go for it.

    An unknown key goes alone; anything else takes its top-level key with it.
    """
    rest = copy.deepcopy(data)
    gone = frozenset(str(mistake.loc[0]) for mistake in mistakes if not mistake.unknown and mistake.loc)
    for mistake in mistakes:
        if mistake.unknown and mistake.loc[0] not in gone:
            here: Any = rest
            for part in mistake.loc[:-1]:
                here = here[part]
            del here[mistake.loc[-1]]
    for key in gone:
        del rest[key]
    return rest, gone


def _problem(shape: type[BaseModel], data: dict[str, Any], detail: ErrorDetails, where: Where) -> Problem:
    loc, is_key = _in_data(detail["loc"], data), detail["loc"][-1:] == ("[key]",)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        names = keys_at(shape, loc[:-1])
        hint = did_you_mean(str(loc[-1]), names) or _all(names)
        if "password_env" in names and _SECRET.search(str(loc[-1])):
            hint = "no secret stands in this file: name an environment variable in password_env"
        return Problem(f"{dotted(loc)}: unknown key", where(loc, True), hint)
    if kind == "missing":
        loc = (*loc, detail["loc"][-1])
        return Problem(f"{dotted(loc)}: is missing", where(loc[:-1], True))
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(context["expected"]))
        given = detail["input"]
        hint = did_you_mean(given, known) if isinstance(given, str) else ""
        message = "unknown key" if is_key else "must be one of " + ", ".join(known)
        return Problem(f"{dotted(loc)}: {message}", where(loc, is_key), hint or (_all(known) if is_key else ""))
    if kind == "clm":
        return Problem(f"{dotted(loc)}: {context['message']}", where(loc, is_key), str(context["hint"]))
    return Problem(f"{dotted(loc)}: {_SENTENCES.get(kind) or detail['msg']}", where(loc, is_key))


def _all(names: tuple[str, ...] | list[str]) -> str:
    return f"known: {', '.join(names)}" if names else ""


def _in_data(loc: tuple[str | int, ...], data: Any) -> Loc:
    """The part of a pydantic location that is in the data (union members and ``[key]`` are not)."""
    out: list[str | int] = []
    for part in loc:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if inside:
            out.append(part)
            data = data[part]
    return tuple(out)


def keys_at(shape: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that the mapping at ``loc`` may have.

    >>> from clm_audit.config.file import ConfigFile
    >>> keys_at(ConfigFile, ("windows", "before"))
    ('from', 'to')
    """
    here: Any = shape
    for part in loc:
        here = _model(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in here.model_fields.items()}
            here = fields.get(str(part))
        else:
            args = [arg for arg in get_args(here) if arg is not Ellipsis]
            here = args[-1] if args else None
    here = _model(here)
    if get_origin(here) is tuple:  # a list that may be written as its only entry
        here = _model(get_args(here)[0])
    if isinstance(here, type) and issubclass(here, BaseModel):
        return tuple(field.alias or name for name, field in here.model_fields.items())
    return ()


def _model(annotation: Any) -> Any:
    """An annotation without Annotated and without its None."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    return annotation
