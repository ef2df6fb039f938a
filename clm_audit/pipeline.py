"""The sentence of the program: six calls, in order. Also the Python API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.anywhere import exports_of, facts_of
from clm_audit.facts.model import Facts
from clm_audit.facts.redact import redacted
from clm_audit.facts.room import Room
from clm_audit.facts.store import run_folder
from clm_audit.facts.whether_kept import kept_in
from clm_audit.inference.assess import assess
from clm_audit.intake.model import Exports, Progress, Reject, silent
from clm_audit.measures.measure import measure
from clm_audit.measures.parts import MEASURING
from clm_audit.report.compose import compose
from clm_audit.report.model import AuditReport
from clm_audit.verdict.judge import judge

if TYPE_CHECKING:
    from clm_audit.report.model_ahead import AheadReport

# What only some runs do (looking ahead, kept facts, statements for an engine) is imported where it is done.
FACTS, JUDGING = "building the facts", "judging"


def look_ahead(
    plan: AuditPlan, effect: float | None = None, progress: Progress = silent, room: Room | None = None
) -> AheadReport:
    """What an audit with this plan could find, and when: from the history alone, or from what came since go-live.

    ``effect``: the change (share) that is asked for; each metric's materiality when None. ``room``: the memory that
    the run may take. Raises as :func:`audit`.
    """
    from clm_audit.inference.outlook import foresee
    from clm_audit.measures.history import has_begun, last_day, measure_history
    from clm_audit.report.ahead import compose_ahead

    with run_folder() as folder, read(plan, folder, progress, room) as (plan, _, facts):
        progress(MEASURING, 0, max(1, len(facts.parts)))
        end = last_day(plan, facts)
        begun = has_begun(plan, end)
        measured = measure(plan, facts) if begun else measure_history(plan, facts)
        effects = {one.metric: effect or plan.metric(one.metric).materiality for one in measured.metrics}
        progress(JUDGING, 0, 1)
        outlooks = foresee(plan, measured.metrics, effects)
        return compose_ahead(plan, measured.metrics, outlooks, effects, end, begun=begun)


def explained(plan: AuditPlan, progress: Progress = silent) -> str:
    """The statements that an audit of an engine's tables sends, as SQL text; the reduction among them is not sent.

    Raises as :func:`audit`.
    """
    from clm_audit.facts.warehouse.personal import searches
    from clm_audit.measures.explained import statements

    with run_folder() as folder, exports_of(plan, folder, progress) as exports:
        facts = facts_of(plan, exports, folder, stage(FACTS, progress))
        searched = searches(exports) if plan.report.redact else ()
        return "\n".join(statements(plan, facts, tuple(searched)))


@contextmanager
def read(
    plan: AuditPlan, folder: Path, progress: Progress, room: Room | None = None
) -> Iterator[tuple[AuditPlan, Exports, Facts]]:
    """The exports and their facts: read and built, or as they were kept, with the settings that they were made with.

    What there was to be read is put away when the context ends.
    """
    kept = kept_in(plan)
    if kept is not None:
        from clm_audit.facts.kept import exports_kept, facts_kept, read_manifest, settled_as_kept

        manifest = read_manifest(kept)
        yield settled_as_kept(plan, manifest), exports_kept(manifest), facts_kept(kept, manifest)
        return
    with exports_of(plan, folder, progress) as exports:
        yield plan, exports, facts_of(plan, exports, folder, stage(FACTS, progress), room)


def unheard(rejects: tuple[Reject, ...]) -> None:
    """Rejects that nobody asked for beyond those in the report."""


def uninspected(report: AuditReport, exports: Exports) -> None:
    """A report that nobody wants to look at before the exports are put away."""


def stage(what: str, progress: Progress) -> Progress:
    """The progress of a stage: the same counts under the name of the stage."""
    return lambda _, done, of: progress(what, done, of)


def audit(
    plan: AuditPlan,
    progress: Progress = silent,
    rejects: Callable[[tuple[Reject, ...]], None] = unheard,
    inspect: Callable[[AuditReport, Exports], None] = uninspected,
    room: Room | None = None,
    keep: Path | None = None,
) -> AuditReport:
    """Read the exports of ``plan``, measure, judge, and say so in one frozen report.

    The report holds the first hundred rejected rows; ``rejects`` is called once with all of them. ``inspect`` is
    called once with the report and the exports it is made of, while they can still be read; what it raises ends the
    audit. ``room``: the memory that the run may take, half of what is free when None; of more rows than fit there are
    made parts, and the report is the same. ``keep``: a folder that the facts are kept in; a plan with that folder as
    its only source starts from them, and its report is the same, too.
    Raises :class:`~clm_audit.exits.DataError` when a file cannot be proved or nothing can be measured,
    :class:`~clm_audit.exits.UsageError` when the plan names what is not there.
    """
    with run_folder() as folder, read(plan, folder, progress, room) as (plan, exports, facts):
        rejects(facts.rejects)
        if keep is not None:
            from clm_audit.facts.keep import keep_facts

            keep_facts(plan, exports, facts, keep)
        if plan.report.redact:
            plan, facts = redacted(plan, facts)
        progress(MEASURING, 0, max(1, len(facts.parts)))
        measured = measure(plan, facts, progress=progress)
        progress(JUDGING, 0, 1)
        findings = assess(plan, measured)
        judgement = judge(plan, exports, facts, measured, findings)
        report = compose(plan, exports, facts, measured, findings, judgement)
        inspect(report, exports)
        return report
