"""Words for `clm-audit init`: what was recognised, and the flags for what is still open."""

from __future__ import annotations

from collections.abc import Iterator

from clm_audit.report.numbers import Counted, count
from clm_audit.report.proposal import Proposal


def recognised(found: Proposal) -> Iterator[str]:
    """A line for each path and for each kind of file in it, and one for what was not recognised."""
    for source in found.sources:
        yield f"{source.path}:{'' if source.files else ' nothing recognised'}"
        yield from (f"  {kind}" for kind in source.files)
    if found.unknown:
        files = Counted(count(len(found.unknown)))
        yield f"{files:file was|files were} not recognised; a map to fill in stands in the file"
    if found.problem:
        yield f"not everything could be read: {found.problem}"


def open_flags(found: Proposal) -> str:
    """The flags for what no export says; empty when nothing is open.

    >>> open_flags(Proposal((), (), go_live="2024-07-01", stated=True))
    ''
    """
    flags = []
    if not found.go_live and not found.two_sides:
        flags.append("--go-live 2024-07-01 (the first day with the new CRM)")
    if found.naive and not found.timezone:
        flags.append("--timezone Europe/Berlin (of the exporting account)")
    if not found.stated and not found.currency and not found.problem:
        flags.append("--currency EUR (no export states one)")
    return ", ".join(flags)


def first_of_all(found: Proposal, name: object) -> str:
    """What is to be done in the written file before an audit can be made of it; empty where nothing is."""
    if not found.unknown or any(source.files for source in found.sources):
        return ""
    return f"in {name} take away the # before the maps of the files that count, and what is not true in them; then "
