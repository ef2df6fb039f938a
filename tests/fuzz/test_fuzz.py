"""A short run of the fuzzer in the ordinary suite, and every file that it ever broke something with."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.fuzz import ALL, KINDS, PRESETS, attempt, fuzz

SECONDS = 20.0
FOUND: dict[str, tuple[str, bytes]] = {}


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
