"""The sample company in files, and as tables of DuckDB: the same audit, number for number."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.json_out import to_json
from engines.shop_tables import PLAN, TYPES, company_tables, write_files

OF_THE_PLACE = re.compile(
    r"^\.(plan|sha256|rejects|unknown_files)|^\.files\[\d+\]\.(path|sha256|bytes|encoding|dialect|header_line|notes)"
    r"|\.(read|structure)$|^\.readings|^\.assumptions\[\d+\]\.source"
)
"""What files have and tables have not: names, bytes, lines, and how text was read."""


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ; floats by more than a billionth."""
    if OF_THE_PLACE.search(path):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}[{at}]")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9):
            yield f"{path}: {one} {other}"
    elif one != other:
        yield f"{path}: {one} {other}"


def stamp(column: str) -> str:
    """A cell whose offset DuckDB can read: -04:00, without a blank."""
    return f"""regexp_replace("{column}", ' ([+-]\\d\\d)(\\d\\d)$', '\\1:\\2')"""


def load(folder: Path, how: str) -> None:
    """The files as tables: each column of its own type, or all of them text."""
    with duckdb.connect(str(folder / f"{how}.duckdb")) as connection:
        for fact, columns in TYPES.items():
            wanted = ", ".join(
                f'CAST({stamp(name)} AS {kind}) AS "{name}"' if how == "typed" else f'"{name}"'
                for name, kind in columns.items()
            )
            reader = f"read_csv('{folder / 'files' / fact}.csv', header = true, all_varchar = true, delim = ',')"
            connection.execute(f"CREATE TABLE {fact} AS SELECT {wanted} FROM {reader}")


def audited(folder: Path, source: str) -> Any:
    """The audit of one kind of source, as JSON."""
    (folder / "audit.yaml").write_text(f"{PLAN}sources:\n{source}", encoding="utf-8")
    return json.loads(to_json(audit(resolve([], folder / "audit.yaml", {}, {}, folder))))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The files, and the audit that they give."""
    folder = tmp_path_factory.mktemp("company")
    write_files(company_tables(), folder / "files")
    return folder, audited(folder, "  - path: files\n")


@pytest.mark.parametrize("how", ["typed", "text"])
def test_tables_give_the_audit_that_files_give(company: tuple[Path, Any], how: str) -> None:
    folder, expected = company
    load(folder, how)
    names = ", ".join(f"{fact}: {fact}" for fact in sorted(TYPES))
    source = f"  - {{engine: duckdb, database: {how}.duckdb, system: plain, tables: {{{names}}}}}\n"
    assert list(differences(expected, audited(folder, source))) == []
    assert expected["totals"]["after"]["orders"]["value"] > 1000
