"""The segment of every customer against a dictionary that is filled row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from clm_audit.facts import labels, segments
from facts.parted import divided

Row = tuple[str, str, str, str]  # customer, size, region, store
COLUMNS = ("size", "region", "store")


def world(seed: int) -> tuple[dict[str, list[Row]], tuple[str, ...]]:
    """Customers of two files, with labels that are blank, rare, addresses, or said again otherwise."""
    draw = np.random.default_rng(seed)
    regions = ["North", "south", "Ä", "b@example.com", "a@example.com", *(f"r{n:02}" for n in range(9))]
    rows = [
        (
            f"c{draw.integers(120):03}",
            str(draw.choice(["", "S", "L"])),
            str(draw.choice(["", *regions], p=[0.2, *[0.8 / len(regions)] * len(regions)])),
            str(draw.choice(["", "x", "y", "z"], p=[0.7, 0.1, 0.1, 0.1])),
        )
        for _ in range(300)
    ]
    return {"a.csv": rows[:180], "b.csv": rows[180:]}, tuple(f"c{n:03}" for n in range(120))


def expected(files: Mapping[str, Sequence[Row]], most: int) -> dict[str, dict[str, str]]:
    """Customer -> its labels by the definition: the first that is not blank, rare ones together, addresses numbered."""
    first: dict[str, dict[str, str]] = {}
    for rows in files.values():
        for who, *said in rows:
            for name, label in zip(COLUMNS, said, strict=True):
                if label:
                    first.setdefault(who, {}).setdefault(name, label)
    for name in COLUMNS:
        sizes = Counter(own[name] for own in first.values() if name in own)
        kept = sorted(sizes, key=lambda label: (-sizes[label], label))[:most]
        masked = dict(zip(kept, labels.without_addresses(kept), strict=True))
        for own in first.values():
            if name in own:
                own[name] = masked.get(own[name], labels.OTHER)
    return first


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_every_customer_has_the_first_label_of_its_rows(build, monkeypatch: pytest.MonkeyPatch, seed, parts) -> None:
    files, everybody = world(seed)
    texts = {
        name: "customer,size,region,store\n" + "".join(",".join(row) + "\n" for row in rows)
        for name, rows in files.items()
    }
    texts["o.csv"] = "order,date,amount,customer\n" + "".join(
        f"{n},2024-01-05,{n}.00,{who}\n" for n, who in enumerate(everybody)
    )
    divided(monkeypatch, parts)
    monkeypatch.setattr(segments, "LABELS", 9)
    monkeypatch.setattr(segments, "PIECE", 50)
    built = build(texts, segment_by=COLUMNS)
    found = {
        everybody[gross // 100]: dict(built.facts.segments[code])
        for gross, code in built.rows("orders", "gross", "segment")
    }
    oracle = expected(files, 9)
    assert found == {who: oracle.get(who, {}) for who in everybody}
    combos = [tuple(one.get(name) for name in COLUMNS) for one in built.facts.segments[1:]]
    assert combos == sorted(set(combos), key=lambda one: [(label is None, label or "") for label in one])
    assert {labels.OTHER, "value 1"} <= {label for one in built.facts.segments for label in one.values()}


@pytest.mark.parametrize(("many", "size"), [(1, 1), (255, 1), (256, 2), (70_000, 4)])
def test_a_code_takes_as_few_bytes_as_there_are_labels(many: int, size: int) -> None:
    codes, pairs = segments._crossed(
        np.zeros(70_001, dtype=np.uint8), np.minimum(np.arange(70_001, dtype=np.uint32), many), many + 1
    )
    assert codes.dtype.itemsize == size
    assert pairs == [(0, number) for number in range(many + 1)]
    assert [pairs[code][1] for code in codes[:300].tolist()] == np.minimum(np.arange(300), many).tolist()


def test_persons_without_a_label_go_by_their_customer_of_several_by_the_first_segment(build) -> None:
    """One address is a contact of two firms; whoever reads there is of the first of their segments."""
    firms = "Id,Name,Industry,IsDeleted\nA1,Firm 1,Retail,0\nA2,Firm 2,Public,0\n"
    contacts = (
        "Id,AccountId,LastName,Email\nC1,A1,Customer 0001,office@example.com\n"
        "C2,A2,Customer 0002,office@example.com\nC3,A1,Customer 0003,customer0003@example.com\n"
        "C4,A2,Customer 0004,customer0004@example.com\n"
    )
    members = "CampaignId,ContactId,Status,CreatedDate\nM,C1,Sent,2024-02-01\nN,C3,Sent,2024-02-01\n"
    built = build({"a.csv": firms, "c.csv": contacts, "m.csv": members}, segment_by=("Industry",))
    found = {campaign: built.facts.segments[code] for campaign, code in built.rows("sends", "campaign", "segment")}
    assert found == {0: {"Industry": "Public"}, 1: {"Industry": "Retail"}}
