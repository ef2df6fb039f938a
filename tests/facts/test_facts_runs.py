"""Cells that are read once a run, against reading every cell."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts import dates
from clm_audit.facts.dates import DateFormat
from clm_audit.facts.runs import once_a_run

CELLS = st.sampled_from(["2024-01-31", "2024-01-31 10:00", "31.01.2024", "2024-02-30", "x", None])
RUNS = st.lists(st.tuples(CELLS, st.integers(1, 6)), max_size=8)
FORMS = (dates.ISO, DateFormat("dmy", "."))


@given(RUNS, st.sampled_from(FORMS), st.integers(1, 9))
def test_every_row_has_what_its_own_cell_says(runs: list[tuple[str | None, int]], form: DateFormat, size: int) -> None:
    cells = pl.Series("cell", [cell for cell, times in runs for _ in range(times)], dtype=pl.String)
    parts = [cells.slice(at, size) for at in range(0, len(cells), size)] or [cells]
    frame = pl.concat(parts, rechunk=False).to_frame()

    def read(cell: pl.Expr) -> pl.Expr:
        return dates.day_of(cell, form, "UTC")

    alone = [
        pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String}).select(read(pl.col("cell"))).item() for cell in cells
    ]
    found = frame.select(once_a_run(pl.col("cell"), read, pl.Int32))["cell"]
    assert found.to_list() == alone
    assert found.dtype == pl.Int32


@pytest.mark.parametrize(("cells", "asked"), [(["a"] * 50 + [None] * 50, 2), ([str(n) for n in range(100)], 100)])
def test_only_the_first_cell_of_a_run_is_read(cells: list[str | None], asked: int) -> None:
    seen: list[int] = []

    def noted(batch: pl.Series) -> pl.Series:
        seen.append(len(batch))
        return batch

    def read(cell: pl.Expr) -> pl.Expr:
        return cell.map_batches(noted, return_dtype=pl.String)

    frame = pl.DataFrame({"cell": cells})
    assert frame.select(once_a_run(pl.col("cell"), read, pl.String))["cell"].to_list() == cells
    assert sum(seen) == asked
