"""Whether an engine measured the same as Polars: integers and texts identical, floats within 1e-9."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

CLOSE = 1e-9


def differences(found: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Where two results differ, through dataclasses, mappings, sequences and arrays."""
    if type(found) is not type(expected):
        yield f"{path}: {type(found).__name__} for {type(expected).__name__}"
    elif dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            yield from differences(getattr(found, field.name), getattr(expected, field.name), f"{path}.{field.name}")
    elif isinstance(expected, Mapping):
        if list(found) != list(expected):
            yield f"{path}: other keys"
        for key in expected.keys() & found.keys():
            yield from differences(found[key], expected[key], f"{path}[{key}]")
    elif isinstance(expected, (tuple, list)):
        if len(found) != len(expected):
            yield f"{path}: {len(found)} for {len(expected)}"
        for place, (one, other) in enumerate(zip(found, expected, strict=False)):
            yield from differences(one, other, f"{path}[{place}]")
    elif isinstance(expected, np.ndarray):
        if found.dtype != expected.dtype or found.shape != expected.shape:
            yield f"{path}: {found.dtype}{found.shape} for {expected.dtype}{expected.shape}"
        elif not _close(found, expected):
            yield f"{path}: other numbers"
    elif isinstance(expected, float):
        if not _close(np.array(found), np.array(expected)):
            yield f"{path}: {found} for {expected}"
    elif found != expected:
        yield f"{path}: {found} for {expected}"


def _close(found: Any, expected: Any) -> bool:
    if expected.dtype.kind != "f":
        return bool((found == expected).all())
    return bool(np.allclose(found, expected, rtol=CLOSE, atol=CLOSE, equal_nan=True))
