from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.facts.build import build_facts
from clm_audit.facts.model import Facts
from clm_audit.facts.store import run_folder
from clm_audit.intake.read import read_exports

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Built:
    """Facts with their tables collected, since the run folder is gone when a test looks at them."""

    facts: Facts
    tables: Mapping[str, pl.DataFrame]

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        return self.tables[table].select(columns).rows()

    def file(self, name: str):
        return next(record for record in self.facts.files if record.path.endswith(name))

    def codes(self) -> list[tuple[str, str, str]]:
        return sorted((reject.code, reject.column, reject.action) for reject in self.facts.rejects)


def day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


Build = Callable[..., Built]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Writes files (name -> text), reads them and builds the facts. ``sides``: folder -> side."""
    counter = iter(range(10_000))

    def run(files: Mapping[str, str], *, sides: Mapping[str, str] | None = None, sources=None, **plan: object) -> Built:
        root = tmp_path / f"case{next(counter)}"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if sources:
            chosen = tuple(source.model_copy(update={"path": root / source.path}) for source in sources)
        elif sides:
            chosen = tuple(Source(path=root / folder, side=side) for folder, side in sides.items())
        else:
            chosen = (Source(path=root),)
        audit = AuditPlan(sources=chosen, root=root, **{"go_live": date(2024, 7, 1), **plan})
        with run_folder() as folder:
            facts = build_facts(audit, read_exports(audit, folder), folder)
            tables = {name: rows.collect() for name, rows in facts.tables.items()}
        assert all(record.rows.adds_up() for record in facts.files)
        return Built(facts, tables)

    return run
