"""Every number of a report under a stable id: the way into the audit JSON that `explain --from` and `verify` go.

An id is the path of a number in the audit JSON, with the names that a list's items carry in place of positions:
``metrics.purchase_frequency.before.value``, ``totals.after.orders.value``, ``checks.rejects.evidence.rows``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from clm_audit.report.model import AuditReport

Leaf = str | int | float | bool | None
NAMED_BY = (
    "id",
    "metric",
    "kind",
    "path",
    "period",
    "side",
    "months",
    "days",
    "go_live",
    "file",
    "what",
    "date",
    "name",
    "label",
)
"""The fields that an item of a list is known by, in this order."""
OPTIONAL_TAILS = ("value",)
"""Last parts that may be left unsaid: ``totals.after.orders`` is enough."""
IN_WORDS = frozenset({"plan", "tool", "schema_version", "created", "title", "client", "author", "sha256"})
"""Top-level parts of the audit JSON that are no results."""


def leaves(report: AuditReport) -> dict[str, Leaf]:
    """Every single value of the report, id -> value: numbers, and the words and dates beside them.

    ``plan`` and the names on the cover are left out: they are what was asked, not what was found.
    """
    tree = report.model_dump(mode="json")
    return dict(_leaves({name: part for name, part in tree.items() if name not in IN_WORDS}, ""))


def numbers(report: AuditReport) -> dict[str, int | float | str]:
    """The numbers of the report, id -> value; money is an exact decimal string."""
    return {key: value for key, value in leaves(report).items() if value is not None and _is_number(value)}


def find(name: str, ids: Sequence[str]) -> tuple[str, ...]:
    """The ids that ``name`` may mean: the id itself, or those that it is a shorter form of.

    Parts may be left out from the front and from between, and a last ``value``; the ones with the fewest parts win.

    >>> find("purchase_frequency.before", ("metrics.purchase_frequency.before.value", "totals.before.orders.value"))
    ('metrics.purchase_frequency.before.value',)
    >>> find("metrics.service_cost.before", ("metrics.purchase_frequency.before.value",))
    ()
    """
    if name in ids:
        return (name,)
    asked = name.strip().split(".")
    found = {one: len(end) for one in ids if (end := _end(asked, one.split(".")))}
    fewest = min(found.values(), default=0)
    return tuple(one for one, parts in found.items() if parts == fewest)


def _end(asked: Sequence[str], parts: Sequence[str]) -> Sequence[str]:
    """The parts, without an unsaid tail, that ``asked`` is a shorter form of; none when it is not."""
    ends = [parts[:-1], parts] if parts[-1] in OPTIONAL_TAILS else [parts]
    return next((end for end in ends if end and end[-1] == asked[-1] and _in_order(asked, end)), ())


def _in_order(asked: Sequence[str], parts: Sequence[str]) -> bool:
    rest = iter(parts)
    return all(part in rest for part in asked)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, _below(path, str(name)))
    elif isinstance(value, list):
        for name, item in zip(_names(value), value, strict=True):
            yield from _leaves(item, _below(path, name))
    else:
        yield path, value


def _below(path: str, name: str) -> str:
    """The id of what ``name`` holds: dots within a name (of a file) would read as steps.

    >>> _below("files", "before/orders.csv")
    'files.before/orders_csv'
    """
    plain = name.replace(".", "_")
    return f"{path}.{plain}" if path else plain


def keys(items: Sequence[object]) -> list[str]:
    """What each item of a list of the report is called in the ids of its numbers.

    >>> from clm_audit.report.model import Point
    >>> keys([Point(period="2024-07-01", value=1, expected=None, low=None, high=None)]), keys([3, 4])
    (['2024-07-01'], ['1', '2'])
    """
    return [name.replace(".", "_") for name in _names(items)]


def _names(items: Sequence[Any]) -> Iterator[str]:
    """What each item of a list is called: by what it carries, else by its position; the second of a name is ``name~2``.

    >>> list(_names([{"id": "median"}, {"id": "capped"}, {"id": "median"}])), list(_names([3.1, 2.4]))
    (['median', 'capped', 'median~2'], ['1', '2'])
    """
    seen: dict[str, int] = {}
    for place, item in enumerate(items, start=1):
        name = _name(item) or str(place)
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}~{seen[name]}"


def _name(item: Any) -> str:
    if not isinstance(item, Mapping | BaseModel):
        return ""
    column, label = _carried(item, "column"), _carried(item, "label")
    if column is not None and label is not None:  # a segment: the label alone may recur
        return f"{column}={label}"
    return next((str(found) for key in NAMED_BY if (found := _carried(item, key)) is not None), "")


def _carried(item: Mapping[str, Any] | BaseModel, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


def _is_number(value: Leaf) -> bool:
    """Whether a value is a number or an amount; a date or a version is none.

    >>> [_is_number(value) for value in (3, "1204.50", "-3", "2024-07-01", "0.1.0", True, None, "ratio")]
    [True, True, True, False, False, False, False, False]
    """
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str):
        whole, _, cents = value.removeprefix("-").partition(".")
        return whole.isdecimal() and (not cents or cents.isdecimal())
    return True
