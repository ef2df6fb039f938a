"""The folder that all files of a check lie in, said once instead of before each of their names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from clm_audit.report.model_check import CheckOnlyReport


def common_folder(names: Iterable[str]) -> str:
    """The deepest folder that holds all files; empty when there is none.

    >>> common_folder(["shop/before/orders.csv", "shop/before/mail/sends.csv"]), common_folder(["orders.csv"])
    ('shop/before', '')
    """
    folders = {posixpath.dirname(name) for name in names}
    if not folders or "" in folders or len({folder.startswith("/") for folder in folders}) > 1:
        return ""
    return posixpath.commonpath(folders)


def below(report: CheckOnlyReport) -> tuple[str, CheckOnlyReport]:
    """The common folder, and the report with every file named from there; the machine's report keeps whole paths."""
    folder = common_folder([*(file.path for file in report.files), *(name for name, _ in report.unknown_files)])
    if not folder:
        return "", report

    def short(name: str) -> str:
        return name.removeprefix(f"{folder}/")

    changed = {
        "files": tuple(file.model_copy(update={"path": short(file.path)}) for file in report.files),
        "unknown_files": tuple((short(name), why) for name, why in report.unknown_files),
        "rejects": tuple(row.model_copy(update={"file": short(row.file)}) for row in report.rejects),
        "readings": tuple(one.model_copy(update={"path": short(one.path)}) for one in report.readings),
        "sources": tuple(
            item.model_copy(
                update={
                    "uses": tuple(
                        use.model_copy(update={"files": tuple(short(name) for name in use.files)}) for use in item.uses
                    )
                }
            )
            for item in report.sources
        ),
    }
    return folder, report.model_copy(update=changed)
