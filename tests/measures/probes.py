"""The two small tables that every permitted operation is tried on, with nulls and large numbers in them."""

from __future__ import annotations

import polars as pl

from clm_audit.measures.engines import Engine
from clm_audit.measures.permitted import OPERATIONS

LEFT = {
    "key": [1, 1, 1, 2, 2, 3, 4, 4, 4, 4],
    "day": [0, 6, 7, 7, 13, 14, 1, 1, 8, 20],
    "cents": [10, None, 2**40, -5, 0, None, 7, 7, 1, -(2**40)],
}
RIGHT = {"key": [1, 3, 5], "weight": [100, None, 7]}


def rows_of(engine: Engine, operation: str) -> list[tuple[tuple[str, int], ...]]:
    """What an operation gives on an engine, in order."""
    schema = pl.Int64()
    tables = {
        "left": pl.LazyFrame(LEFT, schema=dict.fromkeys(LEFT, schema)),
        "right": pl.LazyFrame(RIGHT, schema=dict.fromkeys(RIGHT, schema)),
    }
    with engine.open(tables) as frames:
        found = engine.collect({"result": OPERATIONS[operation].apply(frames["left"], frames["right"])})["result"]
    columns = {name: column.tolist() for name, column in found.items()}
    return sorted(tuple(sorted(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True))
