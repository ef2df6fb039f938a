"""Spreadsheets and Parquet, opened in a child process with a memory and a time limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

from clm_audit.exits import DataError
from clm_audit.intake.limits import (
    CHUNK,
    MAX_PARQUET_MEMORY,
    MAX_PARQUET_SECONDS,
    MAX_RATIO,
    MAX_RATIO_FROM,
    MAX_SHEET_MEMORY,
    MAX_SHEET_NAME,
    MAX_SHEET_SECONDS,
    MIB,
    WATCH_SECONDS,
)
from clm_audit.intake.names import Names

_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sheet:
    """Sheets of one header whose rows stand as text in a Parquet file, header cell i in the column
    ``c{columns[i]}``. ``header_row`` and ``number`` are those of the first one, ``read`` their names and heights."""

    header: tuple[str, ...]
    columns: tuple[int, ...]
    header_row: int
    height: int
    structure: int
    matches: int
    number: int
    read: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def open_workbook(path: Path, out: Path, name: str, names: Names) -> Sheet:
    """The first visible sheet with a known header, and all visible ones with the same header, as text in ``out``.

    Raises :class:`DataError` for archives that are no XLSX, bombs, damage, and what needs too much memory.
    """
    errors = _check_zip(path, name)
    request = {
        "kind": "workbook",
        "path": str(path),
        "out": str(out),
        "exact": sorted(names.exact),
        "patterns": names.patterns,
        "memory": MAX_SHEET_MEMORY,
    }
    hint = "save the sheet as CSV"
    answer = _ask(request, name, "workbook", hint, MAX_SHEET_SECONDS)
    read = tuple((sheet, height) for sheet, height in answer["read"])
    notes = _sheet_notes(read, answer["others"])
    if errors:
        notes.append(f"{errors} cells of the workbook hold an Excel error value; they are read as blank")
    return Sheet(
        tuple(answer["header"]),
        tuple(answer["columns"]),
        answer["header_row"],
        answer["height"],
        answer["structure"],
        answer["matches"],
        answer["sheet"],
        read,
        tuple(notes),
    )


def _sheet_notes(read: Sequence[tuple[str, int]], others: Sequence[tuple[str, str]]) -> list[str]:
    notes = []
    if len(read) > 1:
        each = ", ".join(f"{_short(name)}: {height:,} row{'s' * (height != 1)}" for name, height in read)
        notes.append(f"{len(read)} sheets with the same header were read ({each}); a line is a row of its own sheet")
    if others:
        notes.append("sheets not read: " + ", ".join(f"{_short(name)} ({why})" for name, why in others))
    return notes


def _short(name: str) -> str:
    return name if len(name) <= MAX_SHEET_NAME else f"{name[:MAX_SHEET_NAME]}…"


def open_parquet(path: Path, name: str) -> tuple[tuple[str, ...], int]:
    """Column names and height of a Parquet file that decodes from end to end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(size - 8, 0))
        tail = file.read(8)
    if size < 12 or head != b"PAR1" or tail[4:] != b"PAR1" or int.from_bytes(tail[:4], "little") > size - 12:
        raise DataError("Parquet: the file is cut or damaged (no footer)", where=name, hint="copy or export it again")
    request = {"kind": "parquet", "path": str(path), "memory": MAX_PARQUET_MEMORY + size}
    answer = _ask(request, name, "Parquet file", "export it again, or as CSV", MAX_PARQUET_SECONDS)
    return tuple(answer["header"]), answer["height"]


def _ask(request: dict[str, Any], name: str, what: str, hint: str, seconds: int) -> dict[str, Any]:
    """One request to a child; however the child ends, the answer is a result or a :class:`DataError`."""
    search = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH", ""))))
    environment = {**os.environ, "PYTHONPATH": search, "POLARS_MAX_THREADS": "2", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "clm_audit.intake.worker"]
    child = subprocess.Popen(  # noqa: S603 - a fixed command of our own; the path travels as data on stdin
        command, stdin=PIPE, stdout=PIPE, stderr=PIPE, encoding="utf-8", errors="replace", env=environment
    )
    try:
        out, err = _wait(child, json.dumps(request), request["memory"], seconds)
    except subprocess.TimeoutExpired as error:
        raise DataError(f"this {what} takes more than {seconds} seconds to open", where=name, hint=hint) from error
    finally:
        child.kill()
        child.communicate()
    if child.returncode:
        short = "memory" in err.lower() or child.returncode < 0
        memory = f"it needs more than {request['memory'] // MIB:,} MB, or it breaks its reader"
        why = memory if short else "it is damaged, or written in a way that is not read"
        raise DataError(f"this {what} cannot be opened: {why}", where=name, hint=hint)
    answer: dict[str, Any] = json.loads(out)
    if "refused" in answer:
        raise DataError(f"this {what} is not read: {answer['refused']}", where=name, hint=hint)
    return answer


def _wait(child: subprocess.Popen[str], request: str, memory: int, seconds: int) -> tuple[str, str]:
    """What the child wrote; it is killed as soon as it holds ``memory`` bytes, however it came by them.

    Raises :class:`subprocess.TimeoutExpired` after ``seconds``.
    """
    end = time.monotonic() + seconds
    text: str | None = request
    while True:
        try:
            return child.communicate(text, timeout=WATCH_SECONDS)
        except subprocess.TimeoutExpired:
            text = None
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


def _check_zip(path: Path, name: str) -> int:
    """Refuse what is no XLSX or unpacks to absurd sizes; count cells with error values."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, name)
            sheets = [m for m in members if m.filename.startswith("xl/worksheets/") and m.filename.endswith(".xml")]
            return sum(_error_cells(archive, member) for member in sheets)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError("the workbook is damaged or encrypted", where=name, hint="save it again, or as CSV") from error


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise DataError("a workbook of another kind (XLSB or ODS)", where=name, hint="save it as .xlsx or CSV")
    if "[content_types].xml" not in names:
        raise DataError("a zip archive, not a workbook", where=name, hint="unpack it and give the folder")
    size, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if size > MAX_RATIO_FROM and size > MAX_RATIO * max(packed, 1):
        what = f"the workbook unpacks from {packed:,} to {size:,} bytes, which no export does"
        raise DataError(what, where=name, hint="save it again, or as CSV")


def _error_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Cells of type *error* in one sheet's XML; a mark on the border of two pieces is kept in the overlap."""
    mark, count, rest = b' t="e"', 0, b""
    with archive.open(member) as file:
        while piece := file.read(CHUNK):
            piece = rest + piece
            count += piece.count(mark)
            rest = piece[-(len(mark) - 1) :]
    return count
