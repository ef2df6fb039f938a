"""Totals of parts of the customers, put together, are those of all of them: to the byte of the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.resolve import resolve
from clm_audit.facts import candidates, keys, stored, twins
from clm_audit.facts.room import Room
from clm_audit.measures import measure as measuring
from clm_audit.measures.parts import KEYS, added
from clm_audit.pipeline import audit
from clm_audit.report.json_out import to_json
from facts.joined import two_systems
from facts.parted import divided

PIECES = ((keys, "RANGE"), (stored, "PART_IDS"), (twins, "HASHES"), (candidates, "SETTLED"))
SAMPLE = Path(__file__).parents[2] / "sample_data" / "clm-audit.yaml"


@pytest.fixture(scope="module")
def whole() -> str:
    return to_json(audit(resolve([], SAMPLE, {}, {}, SAMPLE.parent)))


@pytest.mark.parametrize("parts", [2, 7])
def test_the_report_does_not_tell_how_many_parts_there_were(whole: str, parts: int) -> None:
    steps: list[tuple[str, int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Room, "parts", lambda *_: parts)
        for module, name in PIECES:
            patch.setattr(module, name, 500)
        report = to_json(audit(resolve([], SAMPLE, {}, {}, SAMPLE.parent), lambda *step: steps.append(step)))
    assert report == whole
    assert {("measuring", number, parts) for number in range(parts)} <= set(steps)


def test_groups_merged_ids_and_links_are_the_same_in_any_number_of_parts(tmp_path: Path) -> None:
    for name, text in two_systems(5).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    config = tmp_path / "clm-audit.yaml"
    config.write_text(
        "go_live: 2024-07-01\nsources: [{path: .}]\ncurrency: EUR\nsegment_by: [region]\n"
        "control: {segment: Industry, untreated: [a]}\n"
    )
    reports = []
    for parts in (1, 2, 5, 7):
        with pytest.MonkeyPatch.context() as patch:
            divided(patch, parts)
            reports.append(to_json(audit(resolve([], config, {}, {}, tmp_path))))
    assert len(set(reports)) == 1
    found = json.loads(reports[0])
    assert found["plan"]["control.segment"]["value"] == "Industry"
    assert {one["label"] for metric in found["metrics"] for one in metric["segments"]} >= {"N", "S"}


def test_the_keys_of_every_frame_tell_its_rows_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    real = measuring.finish

    def finish(collected, *more):
        seen.update(collected)
        return real(collected, *more)

    monkeypatch.setattr(measuring, "finish", finish)
    audit(resolve([], SAMPLE, {}, {}, SAMPLE.parent))
    assert len(seen) > 20
    for name, columns in seen.items():
        if name != "largest":
            named = pl.DataFrame({key: columns[key] for key in columns if key in KEYS})
            assert named.width, name
            assert named.is_duplicated().sum() == 0, name


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3), st.integers(-9, 9)), max_size=12)


def columns(rows: list[tuple[int, int, int]]) -> dict[str, np.ndarray]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return {"segment": table[:, 0], "week": table[:, 1], "orders": table[:, 2]}


@given(ROWS, ROWS)
@settings(deadline=None)
def test_rows_of_equal_keys_are_added_up(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> None:
    sums = added({"weeks": columns(one)}, {"weeks": columns(other), "more": columns(one)})
    oracle: dict[tuple[int, int], int] = {}
    for segment, week, orders in (*one, *other):
        oracle[segment, week] = oracle.get((segment, week), 0) + orders
    found = sums["weeks"]
    pairs = zip(found["segment"].tolist(), found["week"].tolist(), strict=True)
    assert list(zip(pairs, found["orders"].tolist(), strict=True)) == sorted(oracle.items())
    assert sums["more"]["orders"].tolist() == [orders for *_, orders in one]


def test_of_equal_revenues_the_first_customer_is_the_largest() -> None:
    first, second = ({"customer": np.array([who]), "revenue": np.array([7])} for who in (9, 4))
    nobody = {"customer": np.zeros(0, dtype=np.int64), "revenue": np.zeros(0, dtype=np.int64)}
    found = added(added({"largest": nobody}, {"largest": first}), {"largest": second})["largest"]
    assert (found["customer"].tolist(), found["revenue"].tolist()) == ([4], [7])
