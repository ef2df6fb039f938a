"""The files that a run writes: asked for, checked before the work starts, written at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clm_audit.exits import Problem, UsageError

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.intake.model import Reject
    from clm_audit.report.model import AuditReport


@dataclass(frozen=True)
class Outputs:
    """Where each kind of report goes; None means not asked for."""

    html: Path | None = None
    json: Path | None = None
    md: Path | None = None
    rejects: Path | None = None

    def check(self, plan: AuditPlan) -> None:
        """Refuse, before anything is read, what could not or should not be written.

        Raises :class:`UsageError` with every target that is wrong.
        """
        problems = tuple(self._problems([source.path for source in plan.sources]))
        if problems:
            raise UsageError(problems=problems)

    def _problems(self, inputs: Sequence[Path]) -> Iterator[Problem]:
        seen: set[Path] = set()
        for option, path in (("html", self.html), ("json", self.json), ("md", self.md), ("rejects", self.rejects)):
            if path is None:
                continue
            real = path.resolve()
            where = f"--{option} {path}"
            if real in seen:
                yield Problem("two reports under one name", where, "name different files")
            seen.add(real)
            if path.is_dir():
                yield Problem("is a folder", where, "name a file in it")
            elif not path.parent.is_dir():
                yield Problem("its folder does not exist", where, "create the folder first")
            elif any(folder.is_dir() and real.is_relative_to(folder.resolve()) for folder in inputs):
                yield Problem(
                    "is inside a folder of exports, where the next run would read it", where, "write it somewhere else"
                )

    def write(self, plan: AuditPlan, report: AuditReport, rejects: Sequence[Reject]) -> tuple[Path, ...]:
        """Write what was asked for, and the rejects beside it when there are any; returns the paths."""
        from clm_audit.report.html import to_html
        from clm_audit.report.json_out import to_json
        from clm_audit.report.markdown import to_markdown
        from clm_audit.report.write import write_text

        inputs = _inputs(plan)
        written: list[Path] = []
        for path, render in ((self.html, to_html), (self.json, to_json), (self.md, to_markdown)):
            if path is not None:
                write_text(path, render(report), inputs)
                written.append(path)
        return (*written, *self.write_rejects(plan, rejects))

    def write_rejects(self, plan: AuditPlan, rejects: Sequence[Reject]) -> tuple[Path, ...]:
        """Write the rejects where they belong, if anywhere."""
        from clm_audit.report.rejects import rejects_csv
        from clm_audit.report.write import write_text

        target = self._rejects_path(bool(rejects))
        if target is None:
            return ()
        write_text(target, rejects_csv(rejects), _inputs(plan))
        return (target,)

    def _rejects_path(self, any_rejects: bool) -> Path | None:
        """Where the rejects go. A list of an earlier run beside the report is brought up to date."""
        if self.rejects is not None:
            return self.rejects
        report = self.html or self.json or self.md
        if report is None:
            return None
        beside = report.with_name("rejects.csv")
        return beside if any_rejects or _is_list_of_rejects(beside) else None


def _inputs(plan: AuditPlan) -> list[Path]:
    return [source.path for source in plan.sources if source.path.is_file()]


def _is_list_of_rejects(path: Path) -> bool:
    from clm_audit.report.rejects import HEADER

    if not path.is_file():
        return False
    head = ",".join(HEADER).encode()
    with path.open("rb") as stream:
        return stream.read(len(head)) == head
