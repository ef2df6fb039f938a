"""A user's own presets, beside the ones that ship or in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from clm_audit.config.preset import FactName, Preset, Yield, load_presets, read_presets
from clm_audit.config.strict_yaml import Document, Loc, dotted
from clm_audit.config.vocabulary import FACTS, did_you_mean
from clm_audit.exits import Problem, UsageError


def own_presets(folder: Path, given: str, where: str) -> Mapping[str, Preset]:
    """The presets of the folder that the user named ``given``, by system.

    Raises :class:`~clm_audit.exits.UsageError`: when there is no such folder or no preset in it, with ``where`` the
    name came from; for every mistake of every file, as file:line:column.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "there is no such folder"
        siblings = tuple(one.name for one in folder.parent.iterdir()) if folder.parent.is_dir() else ()
        raise UsageError(f"presets: {what}", where=where, hint=did_you_mean(folder.name, siblings) or _HINT)
    presets = read_presets(folder, _mistakes)
    if not presets:
        raise UsageError(f"presets: there is no preset in {given}", where=where, hint=_HINT)
    return presets


_HINT = "a folder with a file <system>.yaml for each system; docs/systems.md says what stands in one"


def _mistakes(preset: Preset, document: Document) -> Iterator[Problem]:
    """Fields that no fact has and no rule uses, and those that a fact cannot do without."""
    for name, export in preset.objects.items():
        for index, source in enumerate(export.yields):
            loc: Loc = ("objects", name, "yields", index)
            yield from _fields(source, loc, document)


def _fields(source: Yield, loc: Loc, document: Document) -> Iterator[Problem]:
    fact = FACTS[source.fact]
    given = {*source.fields, *source.constants}
    known = {*fact.names, *_shipped(source.fact)}
    for kind, names in (("fields", source.fields), ("constants", source.constants)):
        for name in sorted(set(names) - known - _used_by_rules(source)):
            hint = did_you_mean(name, fact.names) or f"fields: {', '.join(fact.names)}"
            at = (*loc, kind, name)
            yield Problem(f"{dotted(at)}: {source.fact} has no such field", document.where(at, True), hint)
    for name in fact.required:
        if name not in given and (name != "customer" or source.fact == "customers"):  # others may do without a name
            yield Problem(f"{dotted((*loc, 'fields', name))}: is missing: {source.fact} needs it", document.where(loc))
    if fact.one_of and not any(set(some) <= given for some in fact.one_of):
        either = " or ".join(" + ".join(some) for some in fact.one_of)
        yield Problem(f"{dotted((*loc, 'fields'))}: {source.fact} needs {either}", document.where(loc))


def _shipped(fact: FactName) -> set[str]:
    """The fields that the shipped presets give this fact."""
    return {
        name
        for preset in load_presets().values()
        for export in preset.objects.values()
        for source in export.yields
        if source.fact == fact
        for name in (*source.fields, *source.constants)
    }


def _used_by_rules(source: Yield) -> set[str]:
    """The names by which rules call columns; a helper field is there for them."""
    deeper = (*source.left_out.values(), *source.sign.values())
    plain = (source.where, source.counted, source.known, source.returned, source.returned_partly)
    return {name for rule in (*plain, *deeper) for name in rule}
