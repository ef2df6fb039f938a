"""Rows of a small query as a Parquet file, with the types that the driver's values have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl


def save_rows(names: Sequence[str], rows: Sequence[tuple[Any, ...]], path: Path) -> None:
    """Write them. A column of nothing but nulls is one of texts."""
    columns = {name: _column(name, [row[place] for row in rows]) for place, name in enumerate(names)}
    pl.DataFrame(columns).write_parquet(path)


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    column = pl.Series(name, values, strict=True)
    return column.cast(pl.String) if column.dtype == pl.Null else column
