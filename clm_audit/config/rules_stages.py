"""Rules of ``stages`` and ``goals`` that the shape of the file cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from clm_audit.config.file import ConfigFile
from clm_audit.config.stages import FEWEST_STAGES, MOST_STAGES, target_of
from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.validate import Where
from clm_audit.exits import Problem


def stages(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Four to six stages, and no word that means two of them."""
    if file.stages is None:
        return
    if not FEWEST_STAGES <= len(file.stages) <= MOST_STAGES:
        what = f"stages: {len(file.stages)} named, {FEWEST_STAGES} to {MOST_STAGES} are possible"
        hint = "usual: awareness, consideration, purchase, retention, advocacy"
        yield Problem(what, where(("stages",), True), hint)
    seen: dict[str, str] = {}
    for name, stage in file.stages.items():
        for word in stage.of:
            at: Loc = ("stages", name)
            key = word.strip().casefold()
            if key in seen:
                yield Problem(f"{dotted(at)}: {word} is already in {seen[key]}", where(at, False), "name it once")
            seen.setdefault(key, dotted(at))


def goals(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Targets in the unit of their metric, one a quarter."""
    off = {name for name, metric in file.metrics.items() if not metric.enabled}
    for name, entries in file.goals.items():
        at: Loc = ("goals", name)
        if name in off:
            yield Problem(f"{dotted(at)}: {name} is not enabled", where(at, True))
        quarters: set[str | None] = set()
        for entry in entries:
            try:
                target_of(name, entry.target)
            except PydanticCustomError as error:
                context = error.context or {}
                place: Loc = (*at, "target") if len(entries) == 1 else at
                message = f"{dotted(place)}: {context['message']}"
                yield Problem(message, where(place, False), str(context["hint"]))
            if entry.by in quarters:
                yield Problem(f"{dotted(at)}: {entry.by or 'no quarter'} stands twice", where(at, False))
            quarters.add(entry.by)
