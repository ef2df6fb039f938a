"""The report of tables beside that of the same rows in files, whichever the engine is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.conftest import Run
from clm_audit.facts.model import Facts
from engines.alike import differences
from engines.shop_tables import PLAN, TYPES, write_files

CONFIG = "clm-audit.yaml"
OF_THE_PLACE = ("plan", "files", "rejects", "assumptions", "sha256")
"""What a report says of where its rows stood."""
POLLUTED = {
    "order": "text", "date": "text", "amount": "text", "currency": "text", "status": "text", "email": "text",
}  # fmt: skip


def from_files(folder: Path, tables: Mapping[str, Any], plan: str = PLAN, types: Any = TYPES) -> Path:
    """A configuration whose sources are files of the same rows."""
    write_files(dict(tables), folder / "files", types)
    (folder / CONFIG).write_text(f"{plan}sources: [{{path: files}}]\n")
    return folder


def numbers(path: Path) -> dict[str, Any]:
    """What a saved report says but for where its rows stood."""
    return {key: value for key, value in json.loads(path.read_text("utf-8")).items() if key not in OF_THE_PLACE}


def assert_same_reports(clm_audit: Run, there: Path, here: Path, **secrets: str) -> str:
    """Audit the configurations in two folders, tables and files of the same rows: the same report, and the same
    ledger. All that was said and written."""
    said = ""
    for folder in (there, here):
        run = clm_audit("compare", "-c", folder / CONFIG, "--json", folder / "audit.json", **secrets)
        assert run.returncode == 0, run.stderr
        said += run.stdout + run.stderr + (folder / "audit.json").read_text("utf-8")
    assert list(differences(*(numbers(folder / "audit.json") for folder in (there, here)))) == []
    ours, theirs = (
        {tuple(one["facts"]): one["rows"] for one in json.loads((folder / "audit.json").read_text("utf-8"))["files"]}
        for folder in (there, here)
    )
    for fact, counts in ours.items():  # a file's header is a line, a table's is none
        assert counts == {**theirs[fact], "read": theirs[fact]["read"] - 1, "structure": 0}
    return said


def assert_same_ledger(there: Facts, here: Facts) -> None:
    """The one table of ``there`` is read as the one file of ``here``: each row accounted for, under the same codes."""
    (ours,), (theirs,) = there.files, here.files
    assert dict(ours.reasons) == dict(theirs.reasons)
    assert len(ours.reasons) >= 6
    counts, others = ours.rows, theirs.rows
    assert counts.read == counts.accepted + counts.rejected + counts.duplicate
    assert counts.read == others.read - others.structure
    assert (counts.accepted, counts.rejected, counts.duplicate) == (others.accepted, others.rejected, others.duplicate)


def polluted() -> list[dict[str, str]]:
    """Sound orders of two years, and among them rows that break each rule in several ways."""
    sound = [
        {
            "order": f"O{number}", "date": f"202{3 + number % 2}-{1 + number % 12:02}-{1 + number % 28:02}",
            "amount": f"{number % 90}.{number % 100:02}", "currency": "USD", "status": "paid",
            "email": f"customer{number % 40:04}@example.com",
        }
        for number in range(1, 600)
    ]  # fmt: skip
    broken: list[dict[str, str]] = [
        {"order": ""}, {"order": " "}, {"date": "2024-02-30"}, {"date": "yesterday"}, {"date": ""},
        {"date": "2024-13-01"}, {"date": "1969-12-31"}, {"date": "2150-01-01"}, {"date": "2024-05-05T25:00:00"},
        {"date": "2024-05-05 23:30:00-05:00"}, {"date": "2024-05-05T04:00:00Z"}, {"date": " 2024-05-06 "},
        {"amount": "abc"}, {"amount": ""}, {"amount": "1.2.3"}, {"amount": "NaN"}, {"amount": "1e5"},
        {"amount": "99999999999999999999"}, {"amount": "12.345"}, {"amount": "12.335"}, {"amount": "-7.50"},
        {"amount": "+3"}, {"amount": ".5"}, {"status": "cancelled"}, {"status": "voided"}, {"status": "what?"},
        {"currency": "usd"},
    ]  # fmt: skip
    rows = [{**sound[0], "order": f"X{number}", **change} for number, change in enumerate(broken)]
    twice = [dict(sound[5]), dict(sound[6])]
    conflicting = [{**sound[7], "amount": "1.00"}, {**sound[8], "date": "2024-01-01"}]
    return [*sound, *rows, *twice, *conflicting]
