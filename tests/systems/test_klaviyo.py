"""Klaviyo's exports, read without any configuration: alone, and beside the shop whose orders they repeat."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from systems import klaviyo_world, shopify_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world, customer_totals, order_totals
from systems.files import write_csv

ZONE = klaviyo_world.ZONE


def test_profiles_mails_and_placed_orders(tmp_path: Path) -> None:
    assert_world(tmp_path, klaviyo_world.write(make_company(), tmp_path), timezone=ZONE)


def test_variants_count_once_and_rows_that_sum_up_do_not(tmp_path: Path) -> None:
    expected = klaviyo_world.write_performance(make_company(), tmp_path)
    assert expected.files["campaigns.csv"].structure > 2
    assert_world(tmp_path, expected, timezone=ZONE)


def test_beside_the_shop_its_orders_are_the_same_sales(tmp_path: Path) -> None:
    company = make_company(months=12)
    shop = shopify_world.write(company, tmp_path / "shop")
    mail = klaviyo_world.write(company, tmp_path / "mail")
    placed = mail.files["placed_order.csv"].accepted
    files = {f"shop/{name}": rows for name, rows in shop.files.items()}
    files |= {f"mail/{name}": rows for name, rows in mail.files.items()}
    files["mail/placed_order.csv"] = Rows(0, duplicate=placed)
    orders, people = order_totals(company.orders, ZONE), customer_totals(company, dated=False)
    expected = Expected(files, {**mail.totals, **orders, **people}, unknown=("shop/checkouts_export.csv",))
    facts = assert_world(tmp_path, expected, timezone=ZONE)
    assert facts.evidence["orders.retold"] == placed


@pytest.mark.parametrize(
    ("sent", "day"),
    [("2023-05-11 16:00:00", 19488), ("2023-05-11 16:00:00-0400", 19488), ("05/31/2023 11:30 PM", 19508)],
)
@pytest.mark.parametrize("converted", ["Count of unique conversions", "Unique Purchase Event"])
def test_newer_reports_and_other_conversion_metrics(tmp_path: Path, sent: str, day: int, converted: str) -> None:
    header = ["Campaign name", "Message send date time", "Total recipients", "Unique opens", "Unique clicks", converted]
    header += ["Conversion value", "Unique unsubscribes", "Total spam complaints", "Total bounced"]
    write_csv(tmp_path / "c.csv", header, [["A", sent, "1,000", 300, 20, 4, "$1,234.56", 9, 0, 1]])
    counts = {"rows": 1, "sent": 1000, "opened": 300, "clicked": 20, "converted": 4, "day": day}
    expected = Expected({"c.csv": Rows(1)}, {f"campaigns.{name}": count for name, count in counts.items()})
    assert_world(tmp_path, expected, timezone=ZONE)


def test_flow_messages_by_day(tmp_path: Path) -> None:
    header = ["Day", "Flow ID", "Flow Name", "Flow Message ID", "Flow Message Name", "Flow Message Channel", "Status"]
    header += ["Delivered", "Unique Opens", "Open Rate", "Unique Clicks", "Click Rate", "Placed Order", "Revenue"]
    rows = [
        [f"2024-01-0{day}", "F", "Welcome", "M1", "First", "Email", "Live", 10, 4, 0.4, 2, 0.2, 1, 9] for day in (1, 2)
    ]
    write_csv(tmp_path / "f.csv", header, rows)
    counts = {"rows": 2, "delivered": 20, "opened": 8, "clicked": 4, "converted": 2, "campaigns": 1}
    expected = Expected({"f.csv": Rows(2)}, {f"campaigns.{name}": count for name, count in counts.items()})
    assert_world(tmp_path, expected)


def test_opens_by_mail_programs_are_no_opens(tmp_path: Path) -> None:
    header = ["email", "event_name", "Timestamp", "$message", "machine_open"]
    rows = [
        [f"{name}@example.com", "Opened Email", "2024-01-02 10:00:00+00:00", "M", machine]
        for name, machine in (("a", "true"), ("b", "false"), ("c", ""))
    ]
    write_csv(tmp_path / "e.csv", header, rows)
    assert_world(tmp_path, Expected({"e.csv": Rows(3)}, {"responses.rows": 2, "responses.kind.opened": 2}))


EVENT = ("event_name", "email", "Timestamp", "$event_id", "$value", "$currency_code")
PLACED = [
    ("Placed Order", f"customer{n:04d}@example.com", f"2024-01-{n:02d} 10:00:00+00:00", f"E{n}", 100, "EUR")
    for n in range(1, 9)
]
REFUNDED = [
    ("Refunded Order", "customer0002@example.com", "2024-01-07 10:00:00+00:00", "E2", 30, "EUR"),
    ("Refunded Order", "customer0003@example.com", "2024-01-08 10:00:00+00:00", "R9", "-5.50", "EUR"),
]


@pytest.mark.parametrize("apart", [True, False])
def test_refunded_orders_are_given_back_on_their_own_day(tmp_path: Path, apart: bool) -> None:
    files = {"placed.csv": PLACED, "refunded.csv": REFUNDED} if apart else {"all.csv": PLACED + REFUNDED}
    for name, rows in files.items():
        write_csv(tmp_path / name, EVENT, rows)
    counted = {"orders.rows": 8, "orders.net": 80_000, "orders.refunded": 0, "orders.left_out.credit_note": 2}
    facts = assert_world(tmp_path, Expected({name: Rows(len(rows)) for name, rows in files.items()}, counted))
    notes = facts.tables["orders"].collect().filter(pl.col("left_out") == "credit_note")
    assert sorted(notes.select("day", "gross").rows()) == [(19_729, -3_000), (19_730, -550)]


def test_refunded_orders_beside_the_shop_are_its_own_refunds(tmp_path: Path) -> None:
    shop = [[f"E{n}", f"2024-01-{n:02d}", 100, f"customer{n:04d}@example.com", "EUR"] for n in range(1, 9)]
    write_csv(tmp_path / "shop.csv", ("order", "date", "amount", "email", "currency"), shop)
    write_csv(tmp_path / "refunded.csv", EVENT, REFUNDED)
    files = {"shop.csv": Rows(8), "refunded.csv": Rows(0, duplicate=2)}
    assert_world(tmp_path, Expected(files, {"orders.rows": 8, "orders.net": 80_000}))
