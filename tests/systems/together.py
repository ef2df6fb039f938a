"""Several systems in one folder: what each must give, joined, and the checks of the whole audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.pipeline import audit
from clm_audit.report.model import AuditReport
from systems.company import Company
from systems.expect import Expected, Rows, Totals


def joined(parts: Mapping[str, Expected], totals: Totals) -> Expected:
    """The files of several worlds, each in its own subfolder, with totals that the caller answers for."""
    return Expected(
        {f"{name}/{path}": rows for name, part in parts.items() for path, rows in part.files.items()},
        totals,
        {f"{name}/{path}": taken for name, part in parts.items() for path, taken in part.systems.items()},
        tuple(f"{name}/{path}" for name, part in parts.items() for path in part.unknown),
    )


def run(company: Company, folder: Path, sources: Iterable[Source] = (), **plan: Any) -> AuditReport:
    """The whole audit of a folder, go-live in the middle of the company's time."""
    sources = tuple(sources) or (Source(path=folder),)
    return audit(AuditPlan(sources=sources, root=folder, go_live=company.go_live, **plan))


def assert_ledger(report: AuditReport, files: Mapping[str, Rows]) -> None:
    """Every file is in the report, and what became of its records is what had to; windows only move accepted rows."""
    assert all(one.rows.adds_up() for one in report.files)
    got = {
        one.path: Rows(one.rows.accepted + one.rows.outside, one.rows.rejected, one.rows.duplicate, one.rows.structure)
        for one in report.files
    }
    assert got == dict(files)


def warnings(report: AuditReport) -> dict[str, str]:
    """The data checks that do not pass: id -> status and message."""
    return {one.id: f"{one.status}: {one.message}" for one in report.checks if one.status != "pass"}
