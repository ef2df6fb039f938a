"""Rows that do not fit into memory are divided by their customers, and nothing about them changes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.facts import keys, room, stored
from clm_audit.facts.room import Room
from clm_audit.facts.split import part_of, sink
from clm_audit.facts.stored import StoredNames
from facts.parted import divided, said

PARTS = (1, 2, 3, 7)
ORDERS = "order_id,date,amount,customer_id,email\n"
TICKETS = "ticket_id,created,customer_id,cost,handling_time\n"
PEOPLE = "customer_id,email,acquired,region,merged_into\n"
FILES = {
    "shop/orders-1.csv": ORDERS
    + "1,2024-01-05,10.00,c2,\n2,2024-01-06,,c1,\n3,2024-08-01,7.00,,b@x.org\n4,2024-08-02,1.00,,\n"
    + "00071,2024-02-01,3,00071,\n"
    + "".join(f"9{n},2024-0{1 + n % 9}-1{n % 10},{n}.00,k{n % 13},k{n % 5}@x.org\n" for n in range(60)),
    "shop/orders-2.csv": ORDERS
    + "1,2024-01-05,10.00,c2,\n5,2024-09-01,5.00,c1,\n5,2024-09-01,5.00,c1,\n3,2024-08-01,9.00,,b@x.org\n"
    + "1,2024-08-09,-10.00,c2,\n71,2024-08-01,3,71,\n",
    "shop/people.csv": PEOPLE
    + "c1,B@x.org,2024-01-01,north,\nc2,,2023-05-01,south,\nc3,,2023-05-01,,c2\nc2,,2023-04-01,,\n",
    "desk/tickets-1.csv": TICKETS + "".join(f"t{n},2024-0{1 + n % 9}-02,k{n % 13},1.50,60\n" for n in range(20)),
    "desk/tickets-2.csv": TICKETS
    + "t1,2024-02-02,k1,1.50,60\nt3,2024-05-05,k9,9,1\nt3,2024-05-06,k9,8,2\n1.05E+11,2024-05-06,k9,8,2\n",
}


@pytest.mark.parametrize("sides", [None, {"shop": "before", "desk": "both"}])
def test_parts_hold_the_same_facts_and_ledger(build, monkeypatch: pytest.MonkeyPatch, sides) -> None:
    found = []
    for parts in PARTS:
        with monkeypatch.context() as patch:
            divided(patch, parts)
            built = build(FILES, sides=sides, segment_by=("region",))
        found.append(said(built))
        assert len(built.facts.parts) == (0 if parts == 1 else parts)
    for other in found[1:]:
        for what, expected in found[0].items():
            assert other[what] == expected, what
    assert {reject.code for reject in found[0]["rejects"]} >= {"repeated", "missing_amount"}


def test_all_rows_of_a_customer_stand_in_one_part(tmp_path) -> None:
    rows = pl.DataFrame({"customer": [0, 1, 2, 3, 4, 0, 1], "x": range(7)})
    sink(rows.lazy(), (pl.col("customer") % 3).cast(pl.UInt32), tmp_path / "rows")
    parts = [part_of([tmp_path / "rows"], number, rows.schema).collect() for number in range(4)]
    assert [sorted(part["customer"].to_list()) for part in parts] == [[0, 0, 3], [1, 1, 4], [2], []]
    assert pl.concat(parts).sort("x").equals(rows)


@given(
    st.lists(st.one_of(st.none(), st.text("abé@", max_size=4), st.text("xy", min_size=13, max_size=14)), max_size=60)
)
@settings(deadline=None, max_examples=25)
def test_a_stored_text_is_found_where_it_stands(tmp_path_factory, texts: list[str | None]) -> None:
    cells = pl.Series("id", texts, dtype=pl.String)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "PART_IDS", 4)
        folder = tmp_path_factory.mktemp("names")
        kept = StoredNames.of({"s": [cells.to_frame().lazy()]}, {"s": len(cells)}, folder)
    known = pl.concat([pl.Series("text", [], dtype=pl.String), *kept.parts("s")]).to_list()
    assert sorted(known) == sorted({text for text in texts if text is not None})
    assert [(*known, None)[place] for place in kept.places("s", cells)] == texts
    asked = pl.Series(["zz", *filter(None, texts)], dtype=pl.String)
    assert kept.find("s", asked).tolist() == [-1, *(known.index(text) for text in texts if text)]


def test_another_hash_is_taken_where_two_texts_share_one(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pl.Expr.hash
    tried = []

    def unlucky(self: pl.Expr, seed: int = 0, *more: int) -> pl.Expr:
        tried.append(seed)
        return pl.lit(7, dtype=pl.UInt64) if seed == 0 else real(self, seed, *more)

    monkeypatch.setattr(pl.Expr, "hash", unlucky)
    cells = pl.Series("id", ["a", "b", "c", "a"])
    kept = StoredNames.of({"s": [cells.to_frame().lazy()]}, {"s": 4}, tmp_path)
    monkeypatch.undo()
    assert set(tried) == {0, 1}
    known = next(kept.parts("s")).to_list()
    assert sorted(known) == ["a", "b", "c"]
    assert [known[place] for place in kept.places("s", cells)] == ["a", "b", "c", "a"]


def test_keys_are_ranked_in_ranges_as_they_are_at_once(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{n * 7919 % 1000:04}" for n in range(300)] + ["A@x.org", "a@x.org", "b@x.org"]
    kept = StoredNames.of({"s": [pl.LazyFrame({"id": texts})]}, {"s": len(texts)}, tmp_path)
    whole = keys.rank_keys(kept, {}, tmp_path)
    monkeypatch.setattr(keys, "RANGE", 20)
    ranges = keys.rank_keys(kept, {}, tmp_path)
    assert len(ranges.sorted) > 10
    assert (whole.rank == ranges.rank).all()
    assert (whole.address == ranges.address).all()
    assert whole.cases == ranges.cases == 1
    asked = pl.Series(["s:0001", "nobody", "a@x.org", "nobody", "other"])
    assert whole.find(asked).tolist() == ranges.find(asked).tolist()
    assert np.unique(ranges.find(asked)).size == 4


@pytest.mark.parametrize(
    ("memory", "rows", "parts"),
    [(10**9, 50_000, 1), (2**34, 2**24, 1), (2**40, 2**24 + 1, 5), (10**9, 10**8, 48), (10**6, 10**9, 256)],
)
def test_parts_follow_rows_and_memory(memory: int, rows: int, parts: int) -> None:
    assert Room(memory).parts(rows) == parts


def test_free_memory_is_what_the_group_leaves(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 4096 kB\n")
    monkeypatch.setattr(room, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(room, "_CGROUPS", tmp_path)
    assert room.free_memory() == 4096 * 1024
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    assert room.free_memory() == 2_000_000
    assert Room.of(None) == Room(1_000_000)
    (tmp_path / "memory.max").write_text("max\n")
    assert room.free_memory() == 4096 * 1024
