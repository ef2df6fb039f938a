"""What a run gives out: asked for, checked before the work starts, rendered whole, and only then written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clm_audit.exits import Problem, UsageError
from clm_audit.report.formats import FORMATS, TEXT, check_installed

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.intake.model import Reject
    from clm_audit.report.model import AuditReport
    from clm_audit.report.write import Target

STDOUT = Path("-")


@dataclass(frozen=True)
class Outputs:
    """``files``: format -> where it goes, ``-`` being stdout; ``form``: the format on stdout, None where nothing was
    said. ``inputs`` are files that are never written over, ``folders`` those that nothing is written into.
    ``lists_rejects``: whether the run knows every reject; a saved audit holds only the first of them. ``keep``: the
    folder in which the audit is kept beside earlier ones. ``ids``: whether the terminal shows the ids of numbers."""

    files: Mapping[str, Path] = field(default_factory=dict)
    form: str | None = None
    rejects: Path | None = None
    inputs: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    lists_rejects: bool = True
    keep: Path | None = None
    ids: bool = False

    def beside(self, plan: AuditPlan) -> Outputs:
        """The same for a run with this plan: what it reads is not written over."""
        config = (plan.config,) if plan.config is not None else ()
        paths = [source.path for source in plan.sources]
        folders = tuple(path.resolve() for path in paths if path.is_dir())
        databases = (one.database for one in plan.engines if one.database is not None)
        inputs = (*config, *databases, *(path for path in paths if path.is_file()))
        return replace(self, inputs=inputs, folders=folders)

    def check(self) -> None:
        """Refuse, before anything is read, what could not or should not be written.

        Raises :class:`UsageError` with every target that is wrong, and with what must be installed.
        """
        problems = (*self._stdout_problems(), *self._problems())
        if problems:
            raise UsageError(problems=problems)
        check_installed([self.shown, *self.files])

    @property
    def shown(self) -> str:
        """The format on stdout."""
        return next((name for name, path in self.files.items() if path == STDOUT), self.form or TEXT)

    @property
    def written(self) -> Mapping[str, Path]:
        """Format -> file, without what goes to stdout."""
        return {name: path for name, path in self.files.items() if path != STDOUT}

    def _stdout_problems(self) -> Iterator[Problem]:
        named = [f"--{name} -" for name, path in self.files.items() if path == STDOUT]
        asked = [*([f"--format {self.form}"] if self.form else []), *named]
        if len(asked) > 1:
            yield Problem("more than one result for stdout", " and ".join(asked), "name a file for the others")
        elif self.shown != TEXT and FORMATS[self.shown].binary and sys.stdout.isatty():
            name = self.shown
            yield Problem(f"{FORMATS[name].kind} is no text for a terminal", asked[0], f"--{name} report.{name}")

    def _problems(self) -> Iterator[Problem]:
        from clm_audit.report.write import REJECTS

        targets = [(f"--{name} {path}", path, FORMATS[name].kind) for name, path in self.written.items()]
        targets += [] if self.rejects is None else [(f"--rejects {self.rejects}", self.rejects, REJECTS)]
        seen: set[Path] = set()
        for where, path, kind in targets:
            real = path.resolve()
            if real in seen:
                yield Problem("two reports under one name", where, "name different files")
            seen.add(real)
            if path.is_dir():
                yield Problem("is a folder", where, "name a file in it")
            elif not path.parent.is_dir():
                yield Problem("its folder does not exist", where, "create the folder first")
            elif any(real.is_relative_to(folder) for folder in self.folders):
                yield Problem(
                    "is inside a folder of exports, where the next run would read it", where, "write it somewhere else"
                )
            else:
                yield from _refused(path, kind, self.inputs, where)
        yield from self._keep_problems()
        beside = self._beside()
        if beside is not None and os.path.lexists(beside):
            hint = "name another file for the rejects with --rejects"
            yield from _refused(beside, REJECTS, self.inputs, str(beside), hint)

    def _keep_problems(self) -> Iterator[Problem]:
        if self.keep is None:
            return
        where, real = f"--keep {self.keep}", self.keep.resolve()
        if not self.keep.parent.is_dir():
            yield Problem("the folder around it does not exist", where, "create that one first")
        elif os.path.lexists(self.keep) and not self.keep.is_dir():
            yield Problem("is not a folder", where, "name a folder for the audits")
        elif any(real.is_relative_to(folder) for folder in self.folders):
            yield Problem(
                "is inside a folder of exports, where the next run would read it", where, "keep the audits elsewhere"
            )
        elif not os.access(self.keep if self.keep.exists() else self.keep.parent, os.W_OK | os.X_OK):
            yield Problem("cannot write: no permission in this folder", where, "name another folder")

    def write(self, report: AuditReport, rejects: Sequence[Reject] = ()) -> tuple[Path, ...]:
        """Write what was asked for, and the rejects beside it when there are any; returns the paths.

        Everything is rendered before anything is written.
        """
        from clm_audit.report.write import append, write_all

        targets, added = self.targets(report, rejects), self.added(report)
        if self.keep is not None:
            self.keep.mkdir(exist_ok=True)
        write_all(targets, self.inputs)
        for target in added:
            append(target)
        return tuple(target.path for target in targets)

    def added(self, report: AuditReport) -> list[Target]:
        """What is added to a file of CI: the summary of this step, when its format is asked for without a file."""
        from clm_audit.report.write import Target

        place = os.environ.get("GITHUB_STEP_SUMMARY", "")
        if not place or self.shown != "github" or "github" in self.written:
            return []
        return [Target(Path(place), FORMATS["github"].render(report))]

    def targets(self, report: AuditReport, rejects: Sequence[Reject] = ()) -> list[Target]:
        """Every file that is to be written, with its content."""
        from clm_audit.report.write import Target

        made = [Target(path, FORMATS[name].render(report)) for name, path in self.written.items()]
        return made + self._rejects_target(rejects) + self._kept_target(report)

    def write_rejects(self, rejects: Sequence[Reject]) -> tuple[Path, ...]:
        """Write the rejects where they belong, if anywhere."""
        from clm_audit.report.write import write_all

        targets = self._rejects_target(rejects)
        write_all(targets, self.inputs)
        return tuple(target.path for target in targets)

    def _rejects_target(self, rejects: Sequence[Reject]) -> list[Target]:
        """The list of rejects. One of an earlier run beside the report is brought up to date."""
        beside = self._beside()
        path = beside if beside is not None and (rejects or beside.exists()) else self.rejects
        if path is None:
            return []
        from clm_audit.report.rejects import rejects_csv
        from clm_audit.report.write import Target

        return [Target(path, rejects_csv(rejects).encode("utf-8"))]

    def _kept_target(self, report: AuditReport) -> list[Target]:
        if self.keep is None:
            return []
        from clm_audit.report.kept import kept_target

        return [kept_target(self.keep, report)]

    def _beside(self) -> Path | None:
        """`rejects.csv` beside the first report, where no other name is given."""
        first = next(iter(self.written.values()), None)
        if first is None or self.rejects is not None or not self.lists_rejects:
            return None
        return first.with_name("rejects.csv")


NOTHING_ELSE = Outputs()


def print_as(report: AuditReport, outputs: Outputs) -> None:
    """The report on stdout."""
    from clm_audit.cli.streams import print_drawn, write_stdout

    if outputs.shown == TEXT:
        from clm_audit.report.terminal import print_report

        print_drawn(lambda console: print_report(report, console, ids=outputs.ids))
    else:
        write_stdout(FORMATS[outputs.shown].render(report, stdout=True))


def _refused(path: Path, kind: str, inputs: Sequence[Path], where: str, hint: str = "") -> Iterator[Problem]:
    """What writing to ``path`` would be refused for."""
    from clm_audit.report.write import check_target

    try:
        check_target(path, kind, inputs)
    except UsageError as error:
        yield from (Problem(problem.what, where, hint or problem.hint) for problem in error.problems)
