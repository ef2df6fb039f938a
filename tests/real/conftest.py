"""The real data sets stay outside the repository; without them these tests say so and are skipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.model import AuditReport
from real.pages import ROOT, Page

VARIABLE = "CLM_AUDIT_REAL_DATA"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the data sets: ``$CLM_AUDIT_REAL_DATA``, else ``../shared/data`` beside the repository."""
    folder = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not at {folder}; set {VARIABLE} to their folder to run this test")
    return folder


@pytest.fixture(scope="session")
def example(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Name of a page under docs/examples -> a folder prepared as the page says (once a session)."""
    ready: dict[str, Path] = {}

    def prepared(name: str) -> Path:
        if name not in ready:
            ready[name] = tmp_path_factory.mktemp(name)
            Page.read(name).prepare(ready[name], real_data)
        return ready[name]

    return prepared


@pytest.fixture(scope="session")
def audited(example: Callable[[str], Path]) -> Callable[[str], AuditReport]:
    """Name of a page -> the report of its own configuration (once a session)."""
    ready: dict[str, AuditReport] = {}

    def report(name: str) -> AuditReport:
        if name not in ready:
            folder = example(name)
            ready[name] = audit(resolve([], folder / "clm-audit.yaml", {}, {}, folder))
        return ready[name]

    return report
