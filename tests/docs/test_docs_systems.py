"""docs/systems.md says what the presets say, its example is one, and every preset has a page, world and test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clm_audit.config.preset import load_presets, read_presets
from docs.systems_table import BLOCK, PAGE, table

ROOT = PAGE.parents[1]
WORLDS = ROOT / "tests" / "systems"


def test_the_table_says_what_the_presets_say() -> None:
    found = BLOCK.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group() == table(), "run: python tests/docs/systems_table.py"


def test_all_systems_ship() -> None:
    assert set(load_presets()) == {
        "amplitude", "churnzero", "dynamics365", "emarsys", "freshdesk", "google_ads", "hubspot", "intercom", "klaviyo",
        "mailchimp", "meta_ads", "pipedrive", "plain", "quickbooks", "salesforce", "shopify", "stripe", "woocommerce",
        "zendesk", "zoho",
    }  # fmt: skip


@pytest.mark.parametrize("system", load_presets())
def test_every_preset_has_a_page_a_world_and_a_test(system: str) -> None:
    assert (WORLDS / f"{system}_world.py").is_file()
    assert f"{system}_world" in (WORLDS / f"test_{system}.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "systems" / f"{system}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {load_presets()[system].title}")
    assert f"configs/systems/{system}.yaml" in page


@pytest.mark.parametrize("system", load_presets())
def test_a_page_names_every_fact_of_its_system(system: str) -> None:
    page = (ROOT / "docs" / "systems" / f"{system}.md").read_text(encoding="utf-8").replace("_", " ")
    facts = {rows.fact for export in load_presets()[system].objects.values() for rows in export.yields}
    assert {fact for fact in facts if fact.replace("_", " ").removeprefix("order ") not in page} == set()


def test_pages_link_to_what_is_there() -> None:
    for page in (PAGE, *sorted((ROOT / "docs" / "systems").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_example_of_ones_own_preset_is_one(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(system: (\w+)\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / f"{example.group(2)}.yaml").write_text(example.group(1), encoding="utf-8")
    assert list(read_presets(tmp_path)) == [example.group(2)]
