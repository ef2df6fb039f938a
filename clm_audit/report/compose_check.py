"""Intake, facts and checks -> the frozen report of `clm-audit check`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence

from clm_audit import __version__
from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import Preset
from clm_audit.facts.ledger import repaired, settle
from clm_audit.facts.model import Facts
from clm_audit.intake.model import Exports, FileRecord, RawTable
from clm_audit.intake.recognise import recognition
from clm_audit.measures.model import Measured
from clm_audit.report import words_metrics, words_reading, words_reasons
from clm_audit.report.compose import FIRST_REJECTS, check_reports
from clm_audit.report.model import CheckReport, Tool
from clm_audit.report.model_brand import Brand
from clm_audit.report.model_check import (
    CheckOnlyReport,
    ColumnReading,
    FactRows,
    FactSource,
    FileReading,
    MetricSources,
)
from clm_audit.report.plan_echo import echo
from clm_audit.verdict.model import Check
from clm_audit.verdict.sources import Sources, Use, facts_of_file, sources


def compose_check(
    plan: AuditPlan, exports: Exports, facts: Facts, checks: Sequence[Check], measured: Measured | None = None
) -> CheckOnlyReport:
    """What `clm-audit check` prints; rows outside the windows are set apart only where there are windows."""
    files = settle(facts.files, measured.outside if measured else {})
    presets = plan.presets
    metrics = tuple(_metric(item, exports) for item in sources(plan, facts, measured))
    said = check_reports(checks)
    unknown = (*exports.unknown, *exports.skipped)
    rows = sum(file.rows.read - file.rows.structure for file in files)
    able = sum(item.measurable for item in metrics)
    return CheckOnlyReport(
        tool=Tool(version=__version__),
        summary=words_reading.summary(len(files), rows, able, len(metrics), len(exports.unknown)),
        next_step=_next_step(plan, said),
        brand=Brand(language=plan.report.language),
        plan=echo(plan),
        files=files,
        unknown_files=unknown,
        rejects=facts.rejects[:FIRST_REJECTS],
        reject_count=len(facts.rejects),
        readings=tuple(
            _reading(table, file, facts, presets) for table, file in zip(exports.tables, files, strict=True)
        ),
        sources=metrics,
        checks=said,
    )


def _reading(table: RawTable, file: FileRecord, facts: Facts, presets: Mapping[str, Preset]) -> FileReading:
    found = recognition(table, presets)
    preset = presets.get(table.system or "")
    dates = [column for column in facts.columns.get(table.index, ()) if column.kind == "date"]
    return FileReading(
        path=file.path,
        system=table.system,
        object=table.object_name,
        taken_for=words_reading.taken_for(table.system, table.object_name, preset.title if preset else ""),
        why=words_reading.why(found),
        known=len(found.known),
        headers=found.headers,
        nearest=words_reading.nearest(found),
        encoding=words_reading.encoding(table.encoding),
        dialect=table.dialect,
        header_line=table.header_line,
        columns=tuple(
            ColumnReading(header=column.header, form=column.form, evidence=words_reading.evidence(column))
            for column in dates
        ),
        feeds=tuple(
            FactRows(fact=words_metrics.fact(name), rows=rows) for name, rows in facts_of_file(facts, table.index)
        ),
        rows=file.rows,
        repaired=repaired(table),
        warnings=file.notes,
    )


def _metric(item: Sources, exports: Exports) -> MetricSources:
    names = {table.index: table.name for table in exports.tables}
    missing = item.missing
    return MetricSources(
        id=item.metric,
        name=words_metrics.name(item.metric),
        question=words_metrics.question(item.metric),
        measurable=missing is None,
        uses=tuple(_use(use, names) for use in item.uses),
        reason=words_reasons.reason(missing) if missing else "",
        remedy=words_reasons.remedy(missing) if missing else "",
    )


def _use(use: Use, names: Mapping[int, str]) -> FactSource:
    files = tuple(names[index] for index in sorted(use.files) if index in names)
    fact = words_metrics.fact("series" if use.fact.startswith("series.") else use.fact)
    return FactSource(fact=fact, rows=use.rows, first=use.first, last=use.last, files=files)


def _next_step(plan: AuditPlan, checks: Sequence[CheckReport]) -> str:
    failed = [check.title for check in checks if check.status == "fail"]
    sides = {source.side for source in plan.sources}
    return words_reading.next_command(
        failed,
        config=shlex.quote(plan.config.name) if plan.config else "",
        paths=" ".join([*(shlex.quote(_relative(plan, source.path)) for source in plan.sources), *_presets(plan)]),
        go_live=plan.go_live.isoformat() if plan.go_live else "",
        dated=plan.go_live is not None or {"before", "after"} <= sides,
    )


def _presets(plan: AuditPlan) -> list[str]:
    return ["--presets", shlex.quote(_relative(plan, plan.presets_folder))] if plan.presets_folder else []


def _relative(plan: AuditPlan, path: os.PathLike[str]) -> str:
    """A path as it may be typed in the folder that the plan was made in."""
    return os.path.relpath(plan.root / path, plan.root).replace(os.sep, "/")
