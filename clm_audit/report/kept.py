"""The folder of kept audits: one sealed JSON for each, under a name that only the audit itself decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from clm_audit.exits import Problem, UsageError
from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport
from clm_audit.report.model_history import LeftOut
from clm_audit.report.plan_echo import NOT_ASKED
from clm_audit.report.saved import SEAL, read_audit
from clm_audit.report.write import Target
from clm_audit.verdict.model import Gate

MOST_AUDITS = 200  # a weekly audit for four years; more in one folder is a mistake
_HASH = 12  # hexadecimal digits of the sum in the name
UNASKED: Mapping[str, str] = {"gate": NOT_ASKED, "against": "default"}
"""Parts of the plan that are asked of an audit and do not change it, with their origin where nobody asks."""
_KEEP = "clm-audit compare --keep FOLDER puts one there"


class Kept(NamedTuple):
    """A saved audit as it was found. ``sha256``: of the file."""

    file: str
    sha256: str
    report: AuditReport


def kept_target(folder: Path, report: AuditReport) -> Target:
    """What is to be written where, to keep an audit in ``folder``.

    The name has the last day of the after window and the beginning of the audit's own sum. Left out is what does not
    belong to the audit itself: when it was made, the gate, and an earlier audit that it was held against. So the same
    audit is the same file, and is kept once. Raises :class:`UsageError` when something else has that name.
    """
    text = to_json(_alone(report))
    last = report.windows.after.end - timedelta(days=1)
    path = folder / f"audit-{last.isoformat()}-{json.loads(text)[SEAL][:_HASH]}.json"
    data = text.encode("utf-8")
    try:
        other = path.is_symlink() or (path.exists() and path.read_bytes() != data)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if other:
        what = "has the name of this audit and holds something else"
        raise UsageError(what, where=str(path), hint="move it away, or keep the audits in another folder")
    return Target(path, data)


def _alone(report: AuditReport) -> AuditReport:
    """The audit without what was asked about it on the way."""
    plan: dict[str, Mapping[str, object]] = {}
    for path, entry in report.plan.items():
        part = path.partition(".")[0]
        if part in UNASKED:
            plan[part] = {"value": None, "origin": UNASKED[part]}
        else:
            plan[path] = entry
    since = AuditReport.model_fields["since"].default
    return report.model_copy(update={"created": None, "gate": Gate(result="none"), "since": since, "plan": plan})


def read_kept(folder: Path) -> tuple[list[Kept], list[LeftOut]]:
    """Every audit of ``folder``, by file name, and the JSON files that are none, each with the reason.

    Files of the same bytes count once; files of other kinds are none of our business. Raises :class:`UsageError` when
    the folder cannot be read or holds no audit.
    """
    found: list[Kept] = []
    left_out: list[LeftOut] = []
    for path in _files(folder):
        try:
            one = _read(path)
        except UsageError as error:
            left_out.append(LeftOut(file=path.name, reason="; ".join(problem.what for problem in error.problems)))
            continue
        twin = next((other for other in found if other.sha256 == one.sha256), None)
        if twin is not None:
            left_out.append(LeftOut(file=path.name, reason=f"is the same file as {twin.file}"))
        else:
            found.append(one)
    if not found:
        problems = [Problem(one.reason, str(folder / one.file)) for one in left_out]
        raise UsageError(problems=(*problems, Problem("holds no saved audit", str(folder), _KEEP)))
    return found, left_out


def _read(path: Path) -> Kept:
    if not path.is_file():
        raise UsageError("is not a regular file", where=str(path))
    report = read_audit(path)
    return Kept(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), report)


def _files(folder: Path) -> Sequence[Path]:
    try:
        files = sorted(
            (path for path in folder.iterdir() if path.suffix.lower() == ".json"), key=lambda path: path.name
        )
    except OSError as error:
        what = "is not a folder" if isinstance(error, NotADirectoryError) else error.strerror or str(error)
        raise UsageError(
            f"cannot be read: {what}", where=str(folder), hint="name the folder of compare --keep"
        ) from error
    if len(files) > MOST_AUDITS:
        what = f"holds {len(files):,} JSON files; a history is read from at most {MOST_AUDITS}"
        raise UsageError(what, where=str(folder), hint="keep the audits in a folder of their own")
    return files
