"""Every permitted operation, on every engine: the same integers, and the right ones."""

from __future__ import annotations

import polars as pl
import pytest

from clm_audit.measures import permitted
from clm_audit.measures.engines import ENGINES
from clm_audit.measures.permitted import OPERATIONS

LEFT = {
    "key": [1, 1, 1, 2, 2, 3, 4, 4, 4, 4],
    "day": [0, 6, 7, 7, 13, 14, 1, 1, 8, 20],
    "cents": [10, None, 2**40, -5, 0, None, 7, 7, 1, -(2**40)],
}
RIGHT = {"key": [1, 3, 5], "weight": [100, None, 7]}
Rows = set[tuple[tuple[str, int], ...]]


def rows(engine: str, operation: str) -> list[tuple[tuple[str, int], ...]]:
    schema = pl.Int64()
    tables = {
        "left": pl.LazyFrame(LEFT, schema=dict.fromkeys(LEFT, schema)),
        "right": pl.LazyFrame(RIGHT, schema=dict.fromkeys(RIGHT, schema)),
    }
    row = ENGINES[engine]
    with row.open(tables) as frames:
        found = row.collect({"result": OPERATIONS[operation].apply(frames["left"], frames["right"])})["result"]
    columns = {name: column.tolist() for name, column in found.items()}
    return sorted(tuple(sorted(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True))


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_engines_agree(operation: str) -> None:
    results = {engine: rows(engine, operation) for engine in OPERATIONS[operation].engines}
    assert len(results) == len(ENGINES)
    first = next(iter(results.values()))
    assert first
    for found in results.values():
        assert found == first


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("floor_division", [(0, 0), (0, 1), (0, 1), (0, 6), (1, 0), (1, 0), (1, 1), (1, 6), (2, 0), (2, 6)]),
        ("two_step_distinct", [(3, 1), (2, 2), (1, 3), (3, 4)]),
        ("group_by_count", [(2, 1), (2, 2), (0, 3), (4, 4)]),
    ],
)
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_results_are_right(engine: str, operation: str, expected: list[tuple[int, int]]) -> None:
    found = [tuple(dict(row)[name] for name, _ in row) for row in rows(engine, operation)]
    by_name = {
        "floor_division": lambda row: (row[1], row[0]),
        "two_step_distinct": lambda row: row,
        "group_by_count": lambda row: row,
    }[operation]
    assert sorted(by_name(row) for row in found) == sorted(expected)


def test_every_operation_says_where_it_holds() -> None:
    assert all(operation.engines <= permitted.EVERYWHERE for operation in OPERATIONS.values())
    assert set(ENGINES) == permitted.EVERYWHERE
