"""The same sale in two systems: a hand table for each rule, and a plain oracle over generated companies."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial

import pytest

from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield

FIRST = date(2024, 1, 1)
FIELDS = {
    "order": ("payment",),
    "reference": ("reference",),
    "date": ("date",),
    "amount": ("amount",),
    "customer": ("customer",),
    "email": ("email",),
}


@pytest.fixture(params=["payments"])
def second(request) -> dict[str, Preset]:
    """A system of payments or of mail events (header: payment, reference, date, amount, customer, email)."""
    source = Yield(fact="orders", fields=FIELDS, sales=request.param)
    export = ExportObject(recognise=Recognise(required=("payment", "date", "amount")), yields=(source,))
    return {"teller": Preset(system="teller", title="Teller", objects={"payments": export})}


@pytest.fixture
def build(build, second):
    """Builds with that system beside the ones that ship."""
    return partial(build, own_presets=second)


def day(offset: int) -> str:
    return (FIRST + timedelta(days=offset)).isoformat()


def shop(rows: list[tuple[str, int, str, str]]) -> str:
    return "order,date,amount,email\n" + "".join(f"{o},{day(d)},{a},{e}\n" for o, d, a, e in rows)


def teller(rows: list[tuple[str, str, int, str, str]]) -> str:
    return "payment,reference,date,amount,email\n" + "".join(f"{p},{r},{day(d)},{a},{e}\n" for p, r, d, a, e in rows)


BASE = [(f"#{1000 + n}", n, f"{10 + n}.00", f"c{n}@example.com") for n in range(20)]


def test_a_payment_is_found_by_number_customer_and_amount_or_customer_and_day(build) -> None:
    paid = [
        ("p1", "Order #1001", 3, "99.00", ""),  # by its number, within a week
        ("p2", "", 2, "12.00", "C2@Example.com"),  # by customer and amount on the day
        ("p3", "", 4, "13.00", "c3@example.com"),  # a day later
        ("p4", "", 4, "13.50", "c4@example.com"),  # another amount of that customer within a day
        ("p5", "1005", 15, "15.00", ""),  # the number, but ten days off: not found
        ("p6", "", 25, "70.00", "c6@example.com"),  # on a day that the shop's export does not cover: counts
    ]
    built = build({"shop.csv": shop(BASE), "pay.csv": teller(paid)})
    file = built.file("pay.csv")
    assert (file.rows.duplicate, file.rows.accepted) == (4, 2)
    assert built.codes() == [("retold", "payment", "duplicate")] * 4
    orders = built.tables["orders"].filter(built.tables["orders"]["left_out"].is_null())
    assert orders["gross"].sum() == sum(1000 + 100 * n for n in range(20)) + 7000
    counts = {name: count for name, count in built.facts.evidence.items() if name.startswith("orders.retold")}
    assert counts == {
        "orders.retold": 4,
        "orders.retold_apart": 0,
        "orders.retold_compared": 5,
        "orders.retold_near": 1,
        "orders.retold_unmatched": 1,
        "orders.retold_unmatched_cents": 1500,
    }
    assert built.facts.evidence["orders.left_out.unmatched"] == 1
    assert "orders that a more trusted system also tells of, counted there: 4" in file.notes


def test_systems_that_share_no_sale_though_they_could_both_count(build) -> None:
    paid = [(f"p{n}", "", n, "500.00", f"other{n}@example.com") for n in range(20)]
    built = build({"shop.csv": shop(BASE), "pay.csv": teller(paid)})
    assert built.tables["orders"]["left_out"].null_count() == 40
    assert built.facts.evidence["orders.retold_apart"] == 20


def test_payments_that_name_nobody_are_not_added_to_a_shops_orders(build) -> None:
    paid = [(f"p{n}", "", n, f"{10 + n}.00", "") for n in range(20)]
    built = build({"shop.csv": shop(BASE), "pay.csv": teller(paid)})
    assert built.tables["orders"]["left_out"].null_count() == 20
    assert built.facts.evidence["orders.retold_unmatched"] == 20


@pytest.mark.parametrize("second", ["mail"], indirect=True)
def test_a_mail_tool_never_sells_on_days_of_a_shop(build) -> None:
    told = [(f"m{n}", "", n, "500.00", f"other{n}@example.com") for n in range(25)]
    built = build({"shop.csv": shop(BASE), "mail.csv": teller(told)})
    orders = built.tables["orders"]
    assert orders["left_out"].null_count() == 25  # twenty of the shop, and five after its last day
    alone = build({"mail.csv": teller(told)})
    assert alone.tables["orders"]["left_out"].null_count() == 25


def test_equal_purchases_of_a_day_are_matched_one_for_one(build) -> None:
    bought = [*BASE, ("#2000", 5, "15.00", "c5@example.com")]
    paid = [(f"p{n}", "", 5, "15.00", "c5@example.com") for n in range(3)]
    built = build({"shop.csv": shop(bought), "pay.csv": teller(paid)})
    assert built.facts.evidence["orders.retold"] == 2
    assert built.facts.evidence["orders.retold_unmatched"] == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_generated_company_counts_each_sale_once(build, seed: int) -> None:
    """Every card order is paid through the payment system up to a day later; the oracle is the shop itself."""
    dice = random.Random(seed)
    bought, paid, net = [], [], 0
    for n in range(300):
        offset, cents, who = dice.randrange(200), dice.randrange(100, 90_000), dice.randrange(80)
        bought.append((f"#{n}", offset, f"{cents / 100:.2f}", f"c{who}@example.com"))
        net += cents
        if dice.random() < 0.8:
            lag = offset if offset == 199 else offset + dice.randrange(2)
            named = f"#{n}" if dice.random() < 0.5 else ""
            paid.append((f"p{n}", named, lag, f"{cents / 100:.2f}", f"C{who}@example.com"))
    dice.shuffle(paid)
    built = build({"shop.csv": shop(bought), "pay.csv": teller(paid)})
    orders = built.tables["orders"].filter(built.tables["orders"]["left_out"].is_null())
    assert (orders.height, orders["net"].sum()) == (300, net)
    assert built.facts.evidence["orders.retold"] == len(paid)
