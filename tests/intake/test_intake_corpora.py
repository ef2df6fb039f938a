"""Public hostile files: a result or a clear error; never a crash, a hang, a traceback or a gigabyte.

The files are not in this repository. `CLM_AUDIT_CORPORA` names their folder (default: `../shared/corpora`).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError
from clm_audit.intake.archive import open_archive
from clm_audit.intake.dialect import SEPARATORS, records
from clm_audit.intake.guarded import open_parquet, open_workbook
from clm_audit.intake.locate import locate
from clm_audit.intake.magic import kind_of
from clm_audit.intake.model import ROW
from clm_audit.intake.names import Names
from clm_audit.intake.read import read_exports

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("CLM_AUDIT_CORPORA", ROOT.parent / "shared" / "corpora"))
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA} (set CLM_AUDIT_CORPORA)")


def preset(*headers: str) -> dict[str, Preset]:
    """A system that knows exactly these headers, so that a file with them must be proved."""
    export = ExportObject(
        recognise=Recognise(required=((headers),) if headers else ("nothing",)),
        yields=(Yield(fact="customers", fields={header: (header,) for header in headers}),),
    )
    return {"corpus": Preset(system="corpus", title="Corpus", objects={"file": export})}


def plausible_headers(path: Path) -> tuple[str, ...]:
    """Every cell of the first record, by every separator: whatever the header is, it is among them."""
    head = path.read_bytes()[:20_000]
    cells = {cell for mark in SEPARATORS for record in records(head, mark, limit=1) for cell in record.cells}
    return tuple(sorted(cell for cell in cells if cell.strip() and not cell.startswith("re:")))


def refusal(error: DataError) -> str:
    """A refusal says what is wrong, and where it is or what to do."""
    if not all(problem.what and (problem.where or problem.hint) for problem in error.problems):
        raise AssertionError(error)
    return "refused"


def outcome(path: Path, folder: Path, headers: tuple[str, ...]) -> str:
    """Read one file to the last row and say how it ended; anything but a DataError is a failure of the test."""
    folder.mkdir(parents=True)
    plan = AuditPlan(sources=(Source(path=path),), root=path.parent)
    try:
        exports = read_exports(plan, folder, presets=preset(*headers))
    except DataError as error:
        return refusal(error)
    (table,) = exports.tables
    frame = table.frame.collect()
    assert frame.height == table.height
    assert frame[ROW].to_list() == list(range(table.height))
    assert len(locate(table, range(table.height))) == table.height
    return "read"


def test_csv_spectrum_is_read_right(tmp_path: Path) -> None:
    files = sorted((CORPORA / "csv-spectrum" / "csvs").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        expected = json.loads((CORPORA / "csv-spectrum" / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        folder = tmp_path / path.stem
        folder.mkdir()
        plan = AuditPlan(sources=(Source(path=path),), root=path.parent)
        if path.stem == "location_coordinates":  # seconds of arc: quotes in cells without quotes, and no other row
            (table,) = read_exports(plan, folder, presets=preset("Cities", "Counties")).tables
            (row,) = table.frame.drop(ROW).collect().rows()
            assert row[1:] == tuple(expected.values())[1:]  # the number is not the one of the corpus' own answer
            assert [(one.line, one.code, one.action) for one in table.faults] == [(2, "bare_quote", "repaired")]
            continue
        headers = tuple(expected[0])
        (table,) = read_exports(plan, folder, presets=preset(*headers)).tables
        found = [dict(zip(headers, row, strict=True)) for row in table.frame.drop(ROW).collect().rows()]
        assert found == expected, path.name


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_every_delimited_file_is_read_or_refused(tmp_path: Path) -> None:
    suffixes = {".csv", ".tsv", ".psv", ".txt", ".gz"}
    folders = ("duckdb-csv", "clevercsv-tests", "messytables", "csv-spectrum", "blns")
    files = sorted(p for name in folders for p in (CORPORA / name).rglob("*") if p.suffix in suffixes and p.is_file())
    assert len(files) > 500
    ends: Counter[str] = Counter()
    held = resident()
    for number, path in enumerate(files):
        started = time.monotonic()
        ends[outcome(path, tmp_path / str(number), plausible_headers(path))] += 1
        assert time.monotonic() - started < 60, path.name  # a hang, not a slow machine
        assert resident() < held + 1_000_000_000, path.name
    assert ends["read"] > 250


def test_every_workbook_and_parquet_is_read_or_refused(tmp_path: Path) -> None:
    """Those are opened in child processes. The system reports the memory of the largest child that a process ever had,
    so they get a process of their own."""
    program = (
        "import json, resource, sys; from pathlib import Path; from intake.test_intake_corpora import open_all;"
        "ends = open_all(Path(sys.argv[1])); peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "print(json.dumps({**ends, 'peak': peak}))"
    )
    paths = os.pathsep.join(str(Path(__file__).parents[level]) for level in (1, 2))
    command = [sys.executable, "-c", program, str(tmp_path)]
    told = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    ends = json.loads(told.stdout)
    assert ends["read"] > 100
    assert ends["peak"] < 1_000_000


def open_all(tmp_path: Path) -> Counter[str]:
    """How many workbooks and Parquet files of the corpora end in which way."""
    kinds = {".xlsx", ".xlsm", ".xlsb", ".ods", ".xls", ".parquet"}
    folders = ("calamine", "parquet-testing", "messytables")
    files = sorted(p for name in folders for p in (CORPORA / name).rglob("*") if p.suffix in kinds)
    assert len(files) > 200
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(opened, path, tmp_path / str(number)) for number, path in enumerate(files)]
        ends = Counter(job.result() for job in jobs)
    assert sum(ends.values()) == len(files)
    return ends


def opened(path: Path, out: Path) -> str:
    """One workbook or Parquet file through its reader; other kinds must be told by their first bytes."""
    kind, _, _ = kind_of(path.read_bytes()[:4096])
    try:
        if kind == "parquet":
            columns = open_parquet(path, out, path.name)
            height = columns.height
            frame = (pl.read_ipc if columns.plain else pl.read_parquet)(out)
            assert (frame.height, frame.width) == (height, len(columns.header))
        elif kind in ("zip", "xls"):
            if kind == "zip":
                with open_archive(path, path.name) as archive:
                    archive.check_workbook()
            sheets, _ = open_workbook(path, out, path.name, Names.of(["name", "id", "a"]))
            for sheet in sheets:
                frame = pl.read_parquet(sheet.file) if not sheet.refused else pl.DataFrame()
                assert frame.height == sheet.height
                assert frame.width == len(sheet.header) + (not sheet.refused)
            height = sum(sheet.height for sheet in sheets)
        else:
            return kind
    except DataError as error:
        return refusal(error)
    assert height >= 0
    return "read"
