"""The files that a run writes: asked for, checked before the work starts, written at its end."""

from __future__ import annotations

import os
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
        problems = tuple(self._problems(plan))
        if problems:
            raise UsageError(problems=problems)

    def _problems(self, plan: AuditPlan) -> Iterator[Problem]:
        from clm_audit.report.write import REJECTS

        folders = [source.path.resolve() for source in plan.sources if source.path.is_dir()]
        targets = (("html", self.html, "HTML"), ("json", self.json, "JSON"), ("md", self.md, "Markdown"))
        seen: set[Path] = set()
        for option, path, kind in (*targets, ("rejects", self.rejects, REJECTS)):
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
            elif any(real.is_relative_to(folder) for folder in folders):
                yield Problem(
                    "is inside a folder of exports, where the next run would read it", where, "write it somewhere else"
                )
            else:
                yield from _refused(path, kind, _inputs(plan), where)
        beside = self._beside()
        if beside is not None and os.path.lexists(beside):
            hint = "name another file for the rejects with --rejects"
            yield from _refused(beside, REJECTS, _inputs(plan), str(beside), hint)

    def write(self, plan: AuditPlan, report: AuditReport, rejects: Sequence[Reject]) -> tuple[Path, ...]:
        """Write what was asked for, and the rejects beside it when there are any; returns the paths.

        Everything is rendered before anything is written.
        """
        from clm_audit.report.html import to_html
        from clm_audit.report.json_out import to_json
        from clm_audit.report.markdown import to_markdown
        from clm_audit.report.write import write_text

        renderers = ((self.html, to_html), (self.json, to_json), (self.md, to_markdown))
        texts = [(path, render(report)) for path, render in renderers if path is not None]
        for path, text in texts:
            write_text(path, text, _inputs(plan))
        return (*(path for path, _ in texts), *self.write_rejects(plan, rejects))

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
        beside = self._beside()
        return beside if beside is not None and (any_rejects or beside.exists()) else self.rejects

    def _beside(self) -> Path | None:
        """`rejects.csv` beside the first report, where no other name is given."""
        report = self.html or self.json or self.md
        return report.with_name("rejects.csv") if report is not None and self.rejects is None else None


def _inputs(plan: AuditPlan) -> list[Path]:
    config = [plan.config] if plan.config is not None else []
    return [*config, *(source.path for source in plan.sources if source.path.is_file())]


def _refused(path: Path, kind: str, inputs: Sequence[Path], where: str, hint: str = "") -> Iterator[Problem]:
    """What writing to ``path`` would be refused for."""
    from clm_audit.report.write import check_target

    try:
        check_target(path, kind, inputs)
    except UsageError as error:
        yield from (Problem(problem.what, where, hint or problem.hint) for problem in error.problems)
