"""A saved audit beside the same audit made again: what is the same, and what differs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from clm_audit.report.model import AuditReport
from clm_audit.report.trace import Leaf, leaves

ROUNDING = 1e-6  # relative; the linear algebra of another machine may differ in the eighth digit
SHOWN = 40
NOT_COMPARED = ("planned.",)
"""A frozen plan lies in a file of its own, which an audit does not name."""


@dataclass(frozen=True)
class Difference:
    """A value that is not as it was saved; None where one side has no such value."""

    id: str
    saved: Leaf
    now: Leaf


@dataclass(frozen=True)
class Reproduced:
    """``values`` compared in all; ``rounded`` of them differ by no more than rounding; ``changed`` are the rest.
    ``files``: paths whose content is another one now, or that are there on one side only."""

    values: int
    rounded: int
    changed: tuple[Difference, ...]
    files: tuple[str, ...]
    saved_version: str
    version: str

    @property
    def same(self) -> bool:
        """Whether the saved audit is what the files give."""
        return not self.changed


def reproduced(saved: AuditReport, now: AuditReport) -> Reproduced:
    """Compare every single value of two audits, by id."""
    old, new = leaves(saved), leaves(now)
    ids = [one for one in dict.fromkeys((*old, *new)) if not one.startswith(NOT_COMPARED)]
    differing = [Difference(one, old.get(one), new.get(one)) for one in ids if _differs(one, old, new)]
    changed = tuple(one for one in differing if not _rounding(one.saved, one.now))
    hashes = [{record.path: record.sha256 for record in report.files} for report in (saved, now)]
    paths = sorted({*hashes[0], *hashes[1]})
    return Reproduced(
        values=len(ids),
        rounded=len(differing) - len(changed),
        changed=changed,
        files=tuple(path for path in paths if hashes[0].get(path) != hashes[1].get(path)),
        saved_version=saved.tool.version,
        version=now.tool.version,
    )


def _differs(key: str, old: dict[str, Leaf], new: dict[str, Leaf]) -> bool:
    return key not in old or key not in new or old[key] != new[key]


def _rounding(one: Leaf, other: Leaf) -> bool:
    """Whether two numbers differ by rounding alone.

    >>> _rounding(1.0, 1.0000000001), _rounding(3, 4), _rounding("a", "b")
    (True, False, False)
    """
    if not isinstance(one, float) or not isinstance(other, int | float):
        return False
    return math.isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING * ROUNDING)


def lines(result: Reproduced) -> Iterator[str]:
    """What `clm-audit verify` prints."""
    if result.same:
        yield f"Reproduced: {result.values:,} values of the saved audit are what the files give."
    else:
        yield f"Not reproduced: {len(result.changed):,} of {result.values:,} values differ."
    if result.rounded:
        yield f"{result.rounded:,} numbers differ by less than one part in a million (rounding)."
    if result.saved_version != result.version:
        yield f"The audit was saved by clm-audit {result.saved_version}; this is {result.version}."
    for path in result.files:
        yield f"Another file than was audited: {path}"
    for one in result.changed[:SHOWN]:
        yield f"{one.id}: saved {_shown(one.saved)}, now {_shown(one.now)}"
    if len(result.changed) > SHOWN:
        yield f"and {len(result.changed) - SHOWN:,} more"


def _shown(value: Leaf) -> str:
    return "nothing" if value is None else str(value)
