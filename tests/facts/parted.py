"""Facts built in so many parts, and what is the same of them however many there were."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from clm_audit.facts import candidates, keys, stored, twins
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.room import Room


def divided(monkeypatch: pytest.MonkeyPatch, parts: int, piece: int = 8) -> None:
    """So many parts, and everything that goes to files in pieces does so."""
    monkeypatch.setattr(Room, "parts", lambda *_: parts)
    for module, name in ((keys, "RANGE"), (stored, "PART_IDS"), (twins, "HASHES"), (candidates, "SETTLED")):
        monkeypatch.setattr(module, name, piece)


def said(built: Any) -> dict[str, Any]:
    """The rows of every table, what became of every row, and every count; without the folder of the test."""
    facts = built.facts
    return {
        "tables": {
            name: sorted(map(repr, _unnumbered(table.select(*SCHEMAS[name], *BOOKKEEPING)).rows()))
            for name, table in built.tables.items()
        },
        "files": {one.path.partition("/")[2]: (one.rows, one.reasons, one.partly, one.notes) for one in facts.files},
        "rejects": [reject.model_copy(update={"file": reject.file.partition("/")[2]}) for reject in facts.rejects],
        "evidence": facts.evidence,
        "segments": facts.segments,
    }


def _unnumbered(table: pl.DataFrame) -> pl.DataFrame:
    """Subscriptions by how many rows each has: their numbers only tell them apart."""
    return table.with_columns(pl.len().over("subscription").alias("subscription")) if "subscription" in table else table
