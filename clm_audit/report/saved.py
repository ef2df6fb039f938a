"""A saved audit read back: the JSON of `compare` -> the same frozen report, or a clear error.

The file may come from anywhere, so nothing in it is believed before it is proved: its form, its schema, the sum
over all that it holds, and the size of its numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clm_audit.config.plan import Earlier, EarlierEffect, Window
from clm_audit.exits import Problem, UsageError
from clm_audit.report.model import AuditReport, Unknown

SCHEMA = "1"
SEAL = "sha256"
MOST_BYTES = 64 * 2**20
MOST_SAID = 5
LARGEST = 1e18
YEARS = range(1900, 2300)
_AGAIN = "write it anew with compare --json"
# What only the JSON of another command has.
_OTHERS: Mapping[str, str] = {"readings": "check", "begun": "plan", "audits": "history"}


class _NotOursError(ValueError):
    """What JSON of this program never holds; says what."""


def read_audit(path: Path) -> AuditReport:
    """The report that was saved at ``path``.

    Raises :class:`~clm_audit.exits.UsageError` when the file cannot be read, is cut short, is not the JSON of
    `compare`, was written by another version or was edited since. No value of the file stands in the error.
    """
    tree = _tree(path)
    where = str(path)
    version = tree.get("schema_version")
    if not isinstance(tree.get("tool"), dict) or tree["tool"].get("name") != "clm-audit" or version is None:
        raise UsageError("is not an audit of clm-audit", where=where, hint="name what compare --json has written")
    if other := next((name for key, name in _OTHERS.items() if key in tree), None):
        raise UsageError(f"is the JSON of {other}, not of compare", where=where, hint=_AGAIN)
    if version != SCHEMA:
        what = f"was written with another schema; this version reads schema {SCHEMA}"
        raise UsageError(what, where=where, hint="use the clm-audit that wrote it, or a newer one")
    if tree.get(SEAL) != seal(tree):
        raise UsageError("was cut or edited since clm-audit wrote it", where=where, hint=_AGAIN)
    try:
        report = AuditReport.model_validate(tree)
        _plausible(report.model_dump())
        _told(report)
    except ValidationError as error:
        raise UsageError(problems=tuple(_wrong(error, where))) from error
    except _NotOursError as error:
        raise UsageError(str(error), where=where, hint=_AGAIN) from error
    return report.model_copy(update={SEAL: ""})


def earlier(path: Path) -> Earlier:
    """The effects of the audit saved at ``path``, to hold another against them. Raises as :func:`read_audit`."""
    report = read_audit(path)
    windows = report.windows
    return Earlier(
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        go_live=windows.go_live,
        before=Window(start=windows.before.start, end=windows.before.end),
        after=Window(start=windows.after.start, end=windows.after.end),
        effects={
            one.id: EarlierEffect(effect=one.adjusted.effect, low=one.adjusted.low, high=one.adjusted.high)
            for one in (*report.metrics, *report.lifecycle)
            if not isinstance(one.adjusted, Unknown)
        },
    )


def seal(tree: Mapping[str, Any]) -> str:
    """The sum over everything else in an audit's JSON, whatever its line ends, spaces and order of keys.

    >>> seal({"a": 1.0, "sha256": "x"}) == seal({"a": 1})
    True
    """
    rest = {name: _even(value) for name, value in tree.items() if name != SEAL}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, allow_nan=False).encode("ascii")).hexdigest()


def _even(value: Any) -> Any:
    """Whole numbers are one and the same, however they are written."""
    if isinstance(value, dict):
        return {str(name): _even(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_even(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _tree(path: Path) -> dict[str, Any]:
    where = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError("is larger than any audit", where=where, hint=_AGAIN)
        text = path.read_bytes().decode("utf-8-sig")
        tree = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror or error}", where=where) from error
    except _NotOursError as error:
        raise UsageError(str(error), where=where, hint=_AGAIN) from error
    except json.JSONDecodeError as error:
        what = f"is not whole JSON: {error.msg}"
        raise UsageError(what, where=f"{where}:{error.lineno}:{error.colno}", hint=_AGAIN) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of 5,000 digits, brackets without end
        raise UsageError("is not JSON that this program writes", where=where, hint=_AGAIN) from error
    if not isinstance(tree, dict):
        raise UsageError("is not an audit of clm-audit", where=where, hint="name what compare --json has written")
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotOursError("has one name twice in the same object")
    return found


def _constant(_: str) -> float:
    raise _NotOursError("holds a number that is none (NaN or Infinity)")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _constant(digits)


def _wrong(error: ValidationError, where: str) -> Iterator[Problem]:
    """What does not fit the schema: the place, and what was wanted there; never what stands there."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    for one in found[:MOST_SAID]:
        place = ".".join(str(part) for part in one["loc"])[:120]
        yield Problem(f"is not an audit of this schema: {place}: {one['msg'][:160]}", where, _AGAIN)
    if len(found) > MOST_SAID:
        yield Problem(f"and {len(found) - MOST_SAID} more places", where)


def _plausible(value: Any) -> None:
    """Refuse numbers and dates that no audit has and no drawing survives."""
    if isinstance(value, Mapping):
        for item in value.values():
            _plausible(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _plausible(item)
    elif isinstance(value, (int, float)) and not (math.isfinite(value) and abs(value) <= LARGEST):
        raise _NotOursError("holds a number that no audit has")
    elif (year := getattr(value, "year", None)) is not None and year not in YEARS:
        raise _NotOursError("holds a date that no audit has")


def _told(report: AuditReport) -> None:
    """Refuse a plan whose settings lack their value or their origin, and sides of totals that do not match."""
    if any(set(one) != {"value", "origin"} or not isinstance(one["origin"], str) for one in report.plan.values()):
        raise _NotOursError("has a plan that is none")
    if set(report.totals) != {"before", "after"} or set(report.totals["before"]) != set(report.totals["after"]):
        raise _NotOursError("has totals of one side only")
