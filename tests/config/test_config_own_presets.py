"""The user's own presets: where they are looked for, what they replace, and what is said when one is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.own_presets import own_presets
from clm_audit.config.preset import load_presets
from clm_audit.config.registration import differences, freeze
from clm_audit.config.resolve import resolve
from clm_audit.config.show import show_config
from clm_audit.exits import UsageError

ACME = """\
system: acme
title: Acme Till
objects:
  receipts:
    recognise: {required: [Bon, Wann]}
    yields:
      - fact: orders
        fields: {order: [Bon], date: [Wann], amount: [Summe], customer: [Kunde]}
        left_out: {cancelled: {Art: [Storno]}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with exports, a configuration and a preset."""
    for name, text in {
        "exports/bons.csv": "Bon,Wann,Summe,Kunde,Art\n1,2024-01-05,10.00,a,Kauf\n2,2024-01-06,5.00,b,Storno\n",
        "mine/acme.yaml": ACME,
        "clm-audit.yaml": "go_live: 2024-07-01\npresets: mine\nsources: [{path: exports, system: acme}]\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def problems(here: Path, **options: object) -> list[str]:
    with pytest.raises(UsageError) as caught:
        resolve([], here / "clm-audit.yaml", options, {}, here)
    return [str(problem) for problem in caught.value.problems]


def test_they_stand_beside_the_shipped_ones(here: Path) -> None:
    plan = resolve([], None, {}, {}, here)
    assert set(plan.presets) == {*load_presets(), "acme"}
    assert plan.presets["acme"].title == "Acme Till"
    assert plan.presets["shopify"] is load_presets()["shopify"]
    (line,) = [line for line in show_config(plan).splitlines() if line.startswith("presets")]
    assert line.split() == ["presets", "clm-audit.yaml:2:1", "mine"]


def test_the_same_name_replaces_the_shipped_one(here: Path) -> None:
    (here / "mine" / "shopify.yaml").write_text(ACME.replace("system: acme", "system: shopify"), encoding="utf-8")
    plan = resolve([], None, {}, {}, here)
    assert plan.presets["shopify"].title == "Acme Till"
    assert set(plan.presets) == {*load_presets(), "acme"}


def test_without_a_folder_only_the_shipped_ones_count(here: Path) -> None:
    plan = resolve(["exports"], None, {"go_live": "2024-07-01"}, {}, here)
    assert plan.presets is load_presets()
    assert "those that ship" in show_config(plan)


def test_option_and_variable_are_relative_to_this_folder_the_file_to_its_own(here: Path) -> None:
    other = here / "elsewhere"
    other.mkdir()
    config = here / "clm-audit.yaml"
    assert "acme" in resolve([], config, {}, {}, other).presets
    assert "acme" in resolve([], config, {"presets": "../mine"}, {}, other).presets
    assert "acme" in resolve([], config, {}, {"CLM_AUDIT_PRESETS": "../mine"}, other).presets
    with pytest.raises(UsageError, match="option --presets: presets: there is no such folder"):
        resolve([], config, {"presets": "mine"}, {}, other)


def test_a_folder_that_is_not_there_or_empty(here: Path) -> None:
    config = here / "clm-audit.yaml"
    text = config.read_text(encoding="utf-8")
    for named, said in (
        ("mein", "presets: there is no such folder (did you mean mine?)"),
        ("exports", "presets: there is no preset in exports (a folder with a file <system>.yaml"),
        ("mine/acme.yaml", "presets: is not a folder"),
    ):
        config.write_text(text.replace("presets: mine", f"presets: {named}"), encoding="utf-8")
        found = problems(here)
        assert any(f"clm-audit.yaml:2:10: {said}" in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Acme", "titel: Acme", "mine/acme.yaml:2:1: titel: unknown key (did you mean title?)"),
        ("system: acme", "system: akme", "mine/acme.yaml:1:9: system: must be acme, as the file is called"),
        (
            "amount: [Summe]",
            "amonut: [Summe]",
            "mine/acme.yaml:8:46: objects.receipts.yields[0].fields.amonut: orders has no such field"
            " (did you mean amount?)",
        ),
        (
            "amount: [Summe], ",
            "",
            "mine/acme.yaml:7:9: objects.receipts.yields[0].fields.amount: is missing: orders needs it",
        ),
        (
            "required: [Bon, Wann]",
            'required: ["re:(Bon"]',
            "mine/acme.yaml:5:5: objects.receipts: a regular expression",
        ),
    ],
)
def test_a_mistake_has_its_place(here: Path, old: str, new: str, expected: str) -> None:
    assert ACME.count(old) == 1
    (here / "mine" / "acme.yaml").write_text(ACME.replace(old, new), encoding="utf-8")
    assert any(expected in one for one in problems(here)), problems(here)


def test_a_helper_field_that_a_rule_uses_is_none_too_many(here: Path) -> None:
    helped = ACME.replace("customer: [Kunde]", "customer: [Kunde], kind: [Art]").replace("{Art:", "{kind:")
    (here / "mine" / "acme.yaml").write_text(helped, encoding="utf-8")
    assert "acme" in resolve([], None, {}, {}, here).presets


def test_the_shipped_presets_would_pass_as_one_s_own() -> None:
    folder = Path(__file__).resolve().parents[2] / "configs" / "systems"
    assert dict(own_presets(folder, "systems", "here")) == dict(load_presets())


def test_a_frozen_plan_covers_what_they_say(here: Path) -> None:
    """Which rows count as orders decides a finding: a preset changed afterwards shows, one rewritten alike does not."""
    frozen = freeze(resolve([], None, {}, {}, here), date(2024, 6, 20))
    assert len(frozen.settings["presets.acme"]) == 16
    preset = here / "mine" / "acme.yaml"
    preset.write_text(f"# a note\n{ACME}", encoding="utf-8")
    assert differences(frozen, resolve([], None, {}, {}, here)) == ()
    preset.write_text(ACME.replace("Storno", "Gutschrift"), encoding="utf-8")
    (found,) = differences(frozen, resolve([], None, {}, {}, here))
    assert found.setting == "presets.acme"
    assert found.frozen != found.now
