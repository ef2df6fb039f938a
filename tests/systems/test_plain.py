"""Plain tables, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import plain_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


def test_every_fact_comes_out_as_it_went_in(tmp_path: Path) -> None:
    assert_world(tmp_path, plain_world.write(make_company(), tmp_path))


def test_a_ready_made_series_keeps_its_rows(tmp_path: Path) -> None:
    rows = [("service_cost", "2024-01-01", 1200.5, 80), ("service_cost", "2024-02-01", 1100, 81)]
    write_csv(tmp_path / "kpi.csv", ("metric", "date", "numerator", "denominator"), rows)
    facts = assert_world(tmp_path, Expected({"kpi.csv": Rows(2)}, {"series.rows": 2}))
    assert facts.tables["series"].collect()["numerator"].to_list() == [1200.5, 1100.0]
