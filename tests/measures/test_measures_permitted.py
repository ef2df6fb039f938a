"""Every permitted operation, on every engine: the same integers, and the right ones."""

from __future__ import annotations

import pytest

from clm_audit.measures import permitted
from clm_audit.measures.engines import ENGINES
from clm_audit.measures.permitted import OPERATIONS
from measures.probes import rows_of


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_engines_agree(operation: str) -> None:
    results = [rows_of(ENGINES[name], operation) for name in sorted(OPERATIONS[operation].engines & set(ENGINES))]
    assert len(results) > 1
    assert results[0]
    assert all(found == results[0] for found in results)


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
    found = [tuple(dict(row)[name] for name, _ in row) for row in rows_of(ENGINES[engine], operation)]
    by_name = {
        "floor_division": lambda row: (row[1], row[0]),
        "two_step_distinct": lambda row: row,
        "group_by_count": lambda row: row,
    }[operation]
    assert sorted(by_name(row) for row in found) == sorted(expected)


def test_every_operation_says_where_it_holds() -> None:
    assert all(operation.engines <= permitted.EVERYWHERE for operation in OPERATIONS.values())
    assert set(ENGINES) <= permitted.EVERYWHERE
