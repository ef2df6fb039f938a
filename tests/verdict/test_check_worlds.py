"""Each data check through the real files: a shop that passes them all, and that shop spoilt in one way a check.

A rule without a world here fails the first test.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from clm_audit.cli.check import checked
from clm_audit.config.resolve import resolve
from clm_audit.intake.model import silent
from clm_audit.report.model import CheckReport
from clm_audit.report.model_check import CheckOnlyReport
from clm_audit.verdict.checks import CHECK_IDS, RULES
from verdict.shop import World, shop
from verdict.spoilt import WORLDS, Spoilt, an_event_away


def read(world: World, folder: Path) -> CheckOnlyReport:
    """What `clm-audit check` finds in a world."""
    world.write(folder)
    config = folder / "clm-audit.yaml" if world.config else None
    plan = resolve(list(world.paths), config, world.options, {}, folder, needs_go_live=False)
    report, *_ = checked(plan, silent)
    assert all(file.rows.adds_up() for file in report.files)
    return report


def answers(world: World, folder: Path) -> Mapping[str, CheckReport]:
    return {check.id: check for check in read(world, folder).checks}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, CheckReport]:
    return answers(shop(), tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize("rule", CHECK_IDS)
def test_the_shop_passes(rule: str, clean: Mapping[str, CheckReport]) -> None:
    assert (rule, clean[rule].status) == (rule, "pass")
    assert rule in {world.rule for world in WORLDS}


@pytest.mark.parametrize("spoilt", WORLDS, ids=lambda one: f"{one.rule}-{one.spoil.__name__}")
def test_the_spoilt_shop_does_not(spoilt: Spoilt, tmp_path: Path) -> None:
    world = shop()
    spoilt.spoil(world)
    check = answers(world, tmp_path)[spoilt.rule]
    assert (check.status, check.message) == (spoilt.status, said(spoilt.code, check))
    assert check.remedy
    assert check.evidence
    assert check.metrics or spoilt.rule == "unknown_files"


@pytest.mark.parametrize("days", [56, -56, 200])
def test_an_event_eight_weeks_away_is_no_rival_of_go_live(days: int, tmp_path: Path) -> None:
    world = shop()
    an_event_away(days)(world)
    check = answers(world, tmp_path)["events"]
    assert (check.status, check.message) == ("pass", said("events_clear", check))


def test_a_history_of_stages_says_since_when(clean: Mapping[str, CheckReport]) -> None:
    check = clean["lifecycle_stages"]
    assert check.message == said("stages_since", check)
    rows = shop().rows("stages")
    assert check.evidence["since"] == min(row["entered"] for row in rows)
    assert (check.evidence["rows"], check.evidence["customers"]) == (len(rows), len(rows) // 2)


def test_orders_given_back_whole_need_no_amount(tmp_path: Path) -> None:
    world = shop()
    for row in world.rows("orders")[::40]:
        row["status"] = "refunded"
    check = answers(world, tmp_path)["refunds"]
    assert (check.status, check.message) == ("pass", said("refunds_by_state", check))
    assert check.evidence["count"] == len(world.rows("orders")[::40])


def test_a_part_given_back_with_its_amount_is_no_question(tmp_path: Path) -> None:
    world = shop()
    for at, row in enumerate(world.rows("orders")):
        row["refunded"] = "1.00" if at % 40 == 0 else ""
        row["status"] = "partially refunded" if at % 40 == 0 else "paid"
    check = answers(world, tmp_path)["refunds"]
    assert (check.status, check.message) == ("pass", said("refunds_said", check))


def test_spend_that_agrees_in_ads_and_books_is_counted_once(tmp_path: Path) -> None:
    world = shop()
    booked = [row for row in world.rows("spend") if row["category"] == "acquisition"]
    world.tables["exports/ads.csv"] = [
        {"Day": row["date"], "Campaign": "Brand", "Currency code": "EUR", "Cost": row["amount"]} for row in booked
    ]
    for row in booked:
        row["category"] = "Google Ads"
    check = answers(world, tmp_path)["spend_twice"]
    assert (check.status, check.message) == ("pass", said("spend_retold", check))


def said(code: str, check: CheckReport) -> str:
    """The message that a code has with the evidence of this answer."""
    from clm_audit.report import words_checks
    from clm_audit.verdict.model import Check

    return words_checks.message(Check(id=check.id, status=check.status, code=code, evidence=check.evidence))


def test_without_rows_no_intake_check_answers(tmp_path: Path) -> None:
    """Headers alone: nothing can be told, and nothing is made up."""
    world = shop()
    headers = {name: ",".join(rows[0]).encode() + b"\n" for name, rows in world.tables.items()}
    found = answers(World({}, raw=headers), tmp_path)
    assert set(found) == {rule.id for rule in RULES if not rule.needs_windows}
    assert {rule for rule, check in found.items() if check.status != "unknown"} <= {"currency"}


def test_with_spend_alone_no_check_of_windows_claims_to_know(tmp_path: Path) -> None:
    world = shop()
    for name in ("orders", "tickets", "campaigns", "customers"):
        world.tables.pop(f"exports/{name}.csv")
    found = answers(world, tmp_path)
    open_ones = {rule for rule, check in found.items() if check.status == "unknown"}
    assert {"missing_weeks", "minor_units", "responses", "identity", "import_day", "survivors"} <= open_ones
    assert {"one_cohort", "one_order", "one_customer", "order_numbers", "anonymous", "merges"} <= open_ones
