"""Whether the groups that ``control`` names are there: somebody with the CRM, and somebody without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from clm_audit.config.plan import AuditPlan, Control
from clm_audit.exits import Problem, UsageError
from clm_audit.facts.identity import Identity
from clm_audit.facts.segments import Small, customers_per_code

SHOWN = 12  # groups that a message lists
FEWEST = 5  # customers; smaller groups are not listed


def check_control(plan: AuditPlan, segments: Sequence[Mapping[str, str]], segment_of: Small, who: Identity) -> None:
    """Raise :class:`UsageError` when a label of ``control`` does not exist, or when nobody got the CRM.

    ``segments``: code -> labels; ``segment_of``: customer code -> segment code.
    """
    if plan.control is None:
        return
    check_labels(plan, plan.control, customers_per_label(plan.control.segment, segments, segment_of, who))


def check_labels(plan: AuditPlan, control: Control, sizes: Mapping[str, int]) -> None:
    """The same, by the customers of each label of the control's column (``sizes``, most first)."""
    listed = _listed(sizes)
    problems: list[Problem] = []
    for setting, labels in (("untreated", control.untreated), ("go_live", tuple(control.go_live))):
        place = plan.origins.get(f"control.{setting}", "")
        for label in labels:
            if label not in sizes:
                near = get_close_matches(label, sizes, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                said = f"control.{setting}: no customer has the {control.segment} {label}"
                problems.append(Problem(said, place, f"{hint}known: {listed}"))
    if not problems and not set(sizes) - set(control.untreated):
        said = f"control.untreated: names every {control.segment}, so nobody is left who got the CRM"
        problems.append(Problem(said, plan.origins.get("control.untreated", ""), f"known: {listed}"))
    if problems:
        raise UsageError(problems=tuple(problems))


def customers_per_label(
    column: str, segments: Sequence[Mapping[str, str]], segment_of: Small, who: Identity
) -> dict[str, int]:
    """Label -> listed customers, most first. A person who belongs to a customer is not counted again."""
    listed = np.zeros(segment_of.size, dtype=bool)
    listed[: who.known.size] = who.known
    listed[who.owned[0]] = False
    counts = customers_per_code(segment_of, len(segments), listed)
    sizes: dict[str, int] = {}
    for labels, count in zip(segments, counts.tolist(), strict=True):
        if column in labels:
            sizes[labels[column]] = sizes.get(labels[column], 0) + count
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


def _listed(sizes: Mapping[str, int]) -> str:
    """The groups with their customers; none under five."""
    shown = [(label, count) for label, count in sizes.items() if count >= FEWEST]
    said = [f"{label} ({count:,} customers)" for label, count in shown[:SHOWN]]
    rest = len(sizes) - len(said)
    return ", ".join([*said, *([f"{rest} more"] if rest else [])])
