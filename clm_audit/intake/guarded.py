"""Spreadsheets and Parquet, opened in a child process with a memory and a time limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE
from typing import Any

from clm_audit.exits import DataError
from clm_audit.intake.limits import (
    MAX_PARQUET_FOOTER,
    MAX_ROWS_FROM,
    MAX_ROWS_PER_BYTE,
    MIB,
    PARQUET_BYTES_PER_SECOND,
    PARQUET_FOOTER_SHARE,
    READER_MEMORY,
    READER_MEMORY_MOST,
    READER_MEMORY_PER_BYTE,
    READER_PATIENCE,
    READER_SECONDS,
    SHEET_BYTES_PER_SECOND,
    WATCH_SECONDS,
)
from clm_audit.intake.names import Names

_OUT_OF_TIME = 24  # the signal by which Linux ends a process at its limit of processor time
_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sheet:
    """A sheet whose rows stand as text in the Parquet ``file``, header cell i in the column ``c{columns[i]}``.

    ``header_row`` and ``number`` count from 1; ``matches`` are the known names in the header, ``errors`` the cells
    with an error value. One that is ``refused`` has the reason, and no rows.
    """

    name: str
    number: int
    visible: bool
    errors: int = 0
    refused: str = ""
    header: tuple[str, ...] = ()
    columns: tuple[int, ...] = ()
    header_row: int = 0
    matches: int = 0
    titles: tuple[str, ...] = ()
    height: int = 0
    structure: int = 0
    file: str = ""


def open_workbook(path: Path, out: Path, name: str, names: Names) -> tuple[tuple[Sheet, ...], bool | None]:
    """Every sheet of an XLSX or XLS that holds any cell, and whether dates count from 1904 (None: not sure).

    Rows go to files whose names begin like ``out``. Raises :class:`DataError` for what cannot be opened.
    """
    request = {
        "kind": "workbook",
        "path": str(path),
        "out": str(out),
        "exact": sorted(names.exact),
        "patterns": names.patterns,
        **_budget(path.stat().st_size, SHEET_BYTES_PER_SECOND),
    }
    answer = _ask(request, name, "workbook", "save it again without a password, or as CSV")
    return tuple(map(_sheet, answer["sheets"])), answer["from_1904"]


def _sheet(about: Mapping[str, Any]) -> Sheet:
    lists = {name: tuple(about[name]) for name in ("header", "columns", "titles") if name in about}
    return replace(Sheet(about["name"], about["number"], about["visible"]), **{**about, **lists})


@dataclass(frozen=True)
class Columns:
    """What a Parquet file holds, rewritten (``plain``: to Arrow IPC): column i is called ``c{i}``. ``left`` columns
    hold no cells that a field could be (lists, structures, durations)."""

    header: tuple[str, ...]
    height: int
    left: int
    plain: bool


def open_parquet(path: Path, out: Path, name: str) -> Columns:
    """Rewrite a Parquet file to ``out``. Raises :class:`DataError` for damage and for what no export is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(size - 8, 0))
        tail = file.read(8)
    if size < 12 or head != b"PAR1" or tail[4:] != b"PAR1" or int.from_bytes(tail[:4], "little") > size - 12:
        raise DataError("Parquet: the file is cut or damaged (no footer)", where=name, hint="copy or export it again")
    footer = int.from_bytes(tail[:4], "little")
    if footer > MAX_PARQUET_FOOTER and footer > PARQUET_FOOTER_SHARE * size:
        what = f"Parquet: {footer:,} of {size:,} bytes describe columns, so there are too many of them to read"
        raise DataError(what, where=name, hint="export fewer columns")
    request = {"kind": "parquet", "path": str(path), "out": str(out), **_budget(size, PARQUET_BYTES_PER_SECOND)}
    answer = _ask(request, name, "Parquet file", "export it again, or as CSV")
    height = answer["height"]
    if height > MAX_ROWS_FROM and height > MAX_ROWS_PER_BYTE * size:
        what = f"Parquet: {height:,} rows in {size:,} bytes, which no export has"
        raise DataError(what, where=name, hint="export it again, or as CSV")
    return Columns(tuple(answer["header"]), height, answer["left"], answer["plain"])


def _budget(size: int, bytes_per_second: int) -> dict[str, int]:
    """Bytes of memory and seconds of processor time for a file of ``size`` bytes: a small one needs little."""
    memory = min(READER_MEMORY + READER_MEMORY_PER_BYTE * size, READER_MEMORY_MOST)
    return {"memory": memory, "seconds": READER_SECONDS + size // bytes_per_second}


def _ask(request: dict[str, Any], name: str, what: str, hint: str) -> dict[str, Any]:
    """One request to a child; however the child ends, the answer is a result or a :class:`DataError`."""
    search = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH", ""))))
    environment = {**os.environ, "PYTHONPATH": search, "POLARS_MAX_THREADS": "2", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "clm_audit.intake.worker"]
    slow = f"this {what} takes too long to open: more than {request['seconds']} seconds"
    with tempfile.TemporaryFile("w+", encoding="utf-8") as asked:  # a pipe that fills up slowly may never be closed
        json.dump(request, asked)
        asked.seek(0)
        child = subprocess.Popen(  # noqa: S603 - a fixed command of our own; the path travels as data on stdin
            command, stdin=asked, stdout=PIPE, stderr=PIPE, encoding="utf-8", errors="replace", env=environment
        )
        try:
            out, err = _wait(child, request["memory"], READER_PATIENCE * request["seconds"])
        except subprocess.TimeoutExpired as error:
            raise DataError(slow, where=name, hint=hint) from error
        finally:
            child.kill()
            child.communicate()
    if child.returncode == -_OUT_OF_TIME:
        raise DataError(slow, where=name, hint=hint)
    if child.returncode:
        short = "memory" in err.lower() or child.returncode < 0
        memory = f"it needs more than {request['memory'] // MIB:,} MB, or it breaks its reader"
        why = memory if short else "it is damaged, or written in a way that is not read"
        raise DataError(f"this {what} cannot be opened: {why}", where=name, hint=hint)
    answer: dict[str, Any] = json.loads(out)
    if "refused" in answer:
        raise DataError(f"this {what} is not read: {answer['refused']}", where=name, hint=hint)
    return answer


def _wait(child: subprocess.Popen[str], memory: int, seconds: int) -> tuple[str, str]:
    """What the child wrote; it is killed as soon as it holds ``memory`` bytes, however it came by them.

    Raises :class:`subprocess.TimeoutExpired` after ``seconds``.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return child.communicate(timeout=WATCH_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise
            if _resident(child.pid) > memory:
                child.kill()


def _resident(process: int) -> int:
    """Bytes of real memory a process holds; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
