"""clm-audit: did the CRM pay off? Two messy exports in, a defended verdict out.

The same audit as the command's, from Python; docs/python.md is a worked example::

    import clm_audit

    plan = clm_audit.plan("exports/", go_live="2024-07-01", timezone="America/New_York")
    report = clm_audit.audit(plan)
    print(report.verdict.value, report.verdict.sentence)

Importing the package loads nothing heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clm_audit.config.plan import AuditPlan
    from clm_audit.report.model import AuditReport

__version__ = "0.1.0"
__all__ = ["__version__", "audit", "plan", "read_audit", "render"]


def plan(
    *paths: str | Path, config: str | Path | None = None, folder: str | Path | None = None, **settings: object
) -> AuditPlan:
    """The frozen plan of an audit, as the command line would make it; environment variables are not read.

    ``paths``: exports, files or folders (two folders are before and after). ``config``: a `clm-audit.yaml`; without it
    and without paths, one is looked for in ``folder`` (default: the current one) and above. ``settings``: the
    command's options, with underscores: ``go_live``, ``timezone``, ``currency``, ``materiality``, ``title`` …

    Raises :class:`clm_audit.exits.UsageError` with everything that is wrong.
    """
    from clm_audit.config.resolve import resolve
    from clm_audit.config.settings import SETTINGS
    from clm_audit.config.vocabulary import did_you_mean
    from clm_audit.exits import UsageError

    known: Mapping[str, str] = {one.option.removeprefix("--").replace("-", "_"): one.path for one in SETTINGS}
    for name in settings:
        if name not in known:
            hint = did_you_mean(name, tuple(known)) or f"settings: {', '.join(known)}"
            raise UsageError("there is no such setting", where=name, hint=hint)
    given = {known[name]: value for name, value in settings.items()}
    here = Path(folder) if folder is not None else Path.cwd()
    return resolve([str(path) for path in paths], Path(config) if config is not None else None, given, {}, here)


def audit(plan: AuditPlan) -> AuditReport:
    """Read the exports of ``plan``, measure, judge, and say so in one frozen report, the root of the audit JSON.

    Raises :class:`clm_audit.exits.DataError` when a file cannot be proved or nothing can be measured, and
    :class:`clm_audit.exits.UsageError` when the plan names what is not there.
    """
    from clm_audit.pipeline import audit as run

    return run(plan)


def read_audit(path: str | Path) -> AuditReport:
    """A report that `compare --json` has saved. Raises :class:`clm_audit.exits.UsageError` when it is none."""
    from clm_audit.report.saved import read_audit as read

    return read(Path(path))


def render(report: AuditReport, form: str) -> bytes:
    """The report in a format: html, json, md, xlsx, pdf, pptx, junit, github; the same bytes as the command gives.

    Raises :class:`clm_audit.exits.UsageError` for an unknown format and for one whose extra is not installed.
    """
    from clm_audit.config.vocabulary import did_you_mean
    from clm_audit.exits import UsageError
    from clm_audit.report.formats import FORMATS, check_installed

    if form not in FORMATS:
        hint = did_you_mean(form, tuple(FORMATS)) or f"formats: {', '.join(FORMATS)}"
        raise UsageError("there is no such format", where=form, hint=hint)
    check_installed([form])
    return FORMATS[form].render(report)
