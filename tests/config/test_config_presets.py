"""The presets that ship are sound; those that are not say so with file:line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clm_audit.config import preset as preset_module
from clm_audit.config.preset import load_presets, read_presets
from clm_audit.config.shipped import shipped
from clm_audit.config.strict_yaml import load
from clm_audit.exits import UsageError

GOOD = """\
system: shop
title: Shop
objects:
  orders:
    recognise: {required: [Order, [Date, Datum], "re:Amount \\\\((?P<currency>[A-Z]{3})\\\\)"]}
    yields:
      - fact: orders
        fields: {order: [Order], date: [Date, Datum], amount: ["re:Amount.*"]}
    totals: {Order: "^Total"}
"""


def test_the_shipped_presets_are_read_once_and_named_as_their_files() -> None:
    presets = load_presets()
    assert presets is load_presets()
    assert list(presets) == sorted(presets)
    assert {"hubspot", "shopify", "zendesk", "plain"} <= set(presets)
    assert all(name == preset.system for name, preset in presets.items())


def test_presets_kept_beside_their_files_are_the_same_until_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "systems"
    folder.mkdir()
    for path in (shipped("configs") / "systems").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(preset_module, "shipped", lambda _: tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    fresh = dict(load_presets.__wrapped__())
    assert len(list((folder / "__pycache__").iterdir())) == 1
    with monkeypatch.context() as without_yaml:
        without_yaml.setattr(preset_module, "read_presets", None)
        kept = dict(load_presets.__wrapped__())
    assert kept == fresh == dict(read_presets(folder, ours=True))
    assert list(kept) == sorted(kept)
    (folder / "plain.yaml").write_text((folder / "plain.yaml").read_text("utf-8").replace("title: ", "title: A "))
    assert load_presets.__wrapped__()["plain"].title == f"A {fresh['plain'].title}"


def test_a_sound_preset(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(GOOD, encoding="utf-8")
    [preset] = read_presets(tmp_path).values()
    assert preset.objects["orders"].recognise.required[1] == ("Date", "Datum")
    assert preset.objects["orders"].yields[0].fields["date"] == ("Date", "Datum")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Shop", "titel: Shop", ":2:1: titel: unknown key (did you mean title?)"),
        ("fact: orders", "fact: order", ":7:15: objects.orders.yields[0].fact: must be one of customers, orders"),
        ("system: shop", "system: store", ":1:9: system: must be shop, as the file is called"),
        ('"^Total"', '"(Total"', ":5:5: objects.orders: a regular expression is wrong"),
        ("amount: [", "order: [", ":8:55: objects.orders.yields[0].fields.order: duplicate key"),
        ("[Order], date", "[2024], date", "objects.orders.yields[0].fields.order[0]: must be text"),
    ],
)
def test_a_mistake_in_a_preset_has_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) == 1
    (tmp_path / "shop.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_presets(tmp_path)
    assert any(expected in str(problem) for problem in caught.value.problems), str(caught.value)


@pytest.mark.parametrize("path", sorted((shipped("configs") / "systems").glob("*.yaml")), ids=lambda path: path.stem)
def test_both_parsers_read_what_ships_alike(path: Path) -> None:
    by_libyaml, by_pyyaml = load(path, path.name, ours=True), load(path, path.name)
    assert by_libyaml == by_pyyaml
    assert not by_pyyaml.problems
