"""A short run of the fuzzer in the ordinary suite, and every file that it ever broke something with."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.intake.read import read_exports
from fuzz.fuzz import ALL, KINDS, PRESETS, attempt, fuzz
from fuzz.seeds import seeds

SECONDS = 20.0
FOUND: dict[str, tuple[str, bytes]] = {
    "text behind a closing quote in the last line": ("csv", b'a,b\n"bla",1\n"bla",2\n"bla",3\n"bl"bla,4\n'),
    "a quote that opens in the second line": ("csv", b'aaaaaaaaaa\n"bla,4\n"bla",1\n"bli",2\n"bla",3'),
    "quotes in every cell": ("csv", b"a,b,c,d\n" + b'"a""","b""","c""","d"""\n' * 28 + b'"a'),
    "one cell of megabytes": ("csv", b"order,date,amount\n" + b"a" * 2_000_000 + b"\n1,2024-01-02,5\n"),
    "megabytes without a header": ("gz", gzip.compress(b"a" * 2_000_000 + b",b\n1,2,3\n")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_read_or_refused(kind: str) -> None:
    ends, found = fuzz(kind, seed=20_240_701, seconds=SECONDS / len(KINDS), most=2_000)
    assert not found, found[0]
    assert sum(ends.values()) >= 3


@pytest.mark.parametrize("name", FOUND)
def test_what_fuzzing_found_stays_mended(name: str, tmp_path: Path) -> None:
    kind, data = FOUND[name]
    for presets in (PRESETS, ALL):
        assert attempt(data, kind, tmp_path, presets) in ("read", "refused")


def test_a_foreign_parquet_file_is_read_by_the_child_alone(tmp_path: Path) -> None:
    """A damaged one once broke the reader of this process after the child had found nothing wrong with it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "in" / "f.parquet").write_bytes(seeds()["parquet"][0])
    plan = AuditPlan(sources=(Source(path=tmp_path / "in"),), root=tmp_path)
    (table,) = read_exports(plan, tmp_path / "run", presets=PRESETS).tables
    (tmp_path / "in" / "f.parquet").unlink()
    assert table.frame.collect().height == table.height == 4
