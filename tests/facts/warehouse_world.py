"""Files and the same rows in a DuckDB database, and the facts of both in a form that can be compared."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.resolve import resolve
from clm_audit.facts.model import Facts
from clm_audit.facts.store import run_folder
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.intake.model import Exports

ANONYMOUS = ("file", "order")  # numbers of files and rows


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """A file with a header, as a system would export it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def load(database: Path, files: Mapping[str, Path], how: str) -> None:
    """Each file as a table: with the types that DuckDB finds in it (``typed``), or as text throughout."""
    with duckdb.connect(str(database)) as connection:
        for name, path in files.items():
            text = ", all_varchar = true" if how == "text" else ", nullstr = ['', 'NULL']"
            reader = f"read_csv('{path}', header = true, delim = '{_mark(path)}'{text})"
            if path.suffix == ".jsonl":  # versions of DuckDB differ in what they take stamps in JSON for
                pl.read_ndjson(path, infer_schema_length=None).write_parquet(database.with_suffix(".parquet"))
                reader = f"read_parquet('{database.with_suffix('.parquet')}')"
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM {reader}')


def _mark(path: Path) -> str:
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    return max(",;\t", key=header.count)


def plan_of(folder: Path, sources: str, more: str = "") -> AuditPlan:
    """The plan of a configuration with these ``sources``."""
    (folder / "clm-audit.yaml").write_text(f"go_live: 2024-07-01\n{more}sources:\n{sources}", encoding="utf-8")
    return resolve([], folder / "clm-audit.yaml", {}, {}, folder)


@contextmanager
def facts_in(plan: AuditPlan) -> Iterator[Facts]:
    """The facts of a plan for as long as its folder and connection live."""
    with run_folder() as folder, exports_of(plan, folder) as exports:
        yield facts_of(plan, exports, folder)


def rows_of(table: Any) -> list[tuple[object, ...]]:
    """The rows of a canonical table in order, without the numbers of files and rows."""
    if isinstance(table, pl.LazyFrame):
        frame = table.collect()
        names, rows = frame.columns, frame.rows()
    else:
        names, rows = table.columns, table.fetchall()
    kept = [at for at, name in enumerate(names) if name not in ANONYMOUS]
    return sorted((tuple(row[at] for at in kept) for row in rows), key=repr)


def everything(facts: Facts) -> dict[str, list[tuple[object, ...]]]:
    """Every canonical table."""
    return {name: rows_of(table) for name, table in facts.tables.items()}


def text_tables(exports: Exports) -> dict[str, pl.DataFrame]:
    """The tables of a folder as somebody would load them: every column as text under its header, part files of one
    export (``…_1.csv``, ``…_2.csv``) in one table. A header that stands twice gets a number; American days and
    amounts, for which a database has types, are written plainly."""
    found: dict[str, list[pl.DataFrame]] = {}
    for table in exports.tables:
        frame = table.frame.drop("__row").collect()
        names: dict[str, str] = {}
        for name, header in table.headers.items():
            times = sum(given.casefold() == header.casefold() for given in names.values())
            names[name] = f"{header} {times + 1}" if times else header
        plain = pl.col(pl.String).str.replace(r"^([01]\d)/([0-3]\d)/(20\d\d)$", "$3-$1-$2")
        plain = plain.str.replace(r"^[$]?(\d{1,3}),?(\d{3})?([.]\d\d)$", "${1}${2}${3}")
        part = re.sub(r"_\d+(?=\.csv$)", "", table.name)
        found.setdefault(part, []).append(frame.rename(names).with_columns(plain))
    return {name: pl.concat(frames) for name, frames in found.items()}


def load_text(database: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Tables of texts in a new database."""
    with duckdb.connect(str(database)) as connection:
        for name, frame in tables.items():
            path = database.with_suffix(".parquet")
            frame.write_parquet(path)
            connection.execute(f"CREATE TABLE \"{name}\" AS SELECT * FROM read_parquet('{path}')")
