"""Facts in many files that overlap: the same in one part and in several, from one file and from many."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.facts import ledger
from facts.parted import divided, said

FIRST = date(2024, 1, 1)
Files = dict[str, str]


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def in_files(name: str, header: str, rows: list[str], files: int, again: int = 0) -> Files:
    """The rows one after the other in so many files, each of which begins with ``again`` rows of the one before."""
    cuts = [len(rows) * number // files for number in range(files + 1)]
    pieces = [rows[max(0, start - again) : end] for start, end in pairwise(cuts)]
    return {f"{name}-{number:02}.csv": f"{header}\n" + "\n".join(piece) + "\n" for number, piece in enumerate(pieces)}


def shop(draw: random.Random, count: int, corrected: float = 0.3) -> list[str]:
    """Orders by day; some twice, some of those corrected, a few unreadable."""
    rows = []
    for number in range(count):
        one = f"S{number},{day(number * 300 // count)},{draw.randint(1, 90)}.50,c{draw.randint(0, 30)}"
        rows.append(one)
        if draw.random() < 0.1:
            rows.append(one if draw.random() >= corrected else one.replace(".50", ".60"))
        if draw.random() < 0.03:
            rows.append(f"X{number},soon,1.00,c1")
    return rows


def orders(draw: random.Random) -> Files:
    return in_files("orders", "order_id,date,amount,customer_id", shop(draw, 150), 6, again=9)


def renumbered(draw: random.Random) -> Files:
    """Two shops' worth of files: the second one numbers its orders anew."""
    header = "order_id,date,amount,customer_id"
    other = [row.replace(".50", ".75").replace("c", "d") for row in shop(draw, 60)]
    return in_files("orders", header, shop(draw, 60), 2, again=5) | in_files("other", header, other, 2, again=5)


def lines(draw: random.Random) -> Files:
    rows = []
    for number in range(70):
        for item in range(draw.randint(1, 4)):
            bad = "x" if draw.random() < 0.02 else "1.25"
            rows.append(f"L{number},{day(number * 4)},i{item},{draw.randint(1, 3)},{bad},c{number % 9}")
    return in_files("lines", "order_id,date,item,quantity,unit_price,customer_id", rows, 5, again=7)


def totals(draw: random.Random) -> Files:
    """An export with the lines of an order, of which only the first one states its total."""
    rows = []
    for number in range(60):
        rows.append(
            f"#{number},c{number % 7}@x.org,paid,{day(number * 4)} 10:00:00 +0000,{draw.randint(5, 90)}.00,EUR,i"
        )
        rows += [f"#{number},c{number % 7}@x.org,,,,,j"] * draw.randint(0, 2)
    header = "Name,Email,Financial Status,Created at,Total,Currency,Lineitem name"
    return in_files("orders_export", header, rows, 4, again=5)


def moments(draw: random.Random) -> Files:
    def some(row: Callable[[int], str], count: int = 60) -> list[str]:
        rows = [row(number) for number in range(count)]
        return sorted([*rows, *draw.choices(rows, k=8)], key=lambda one: rows.index(one))

    who = [f"c{draw.randint(0, 9)}" for _ in range(60)]
    return {
        **in_files("e", "customer,event,date", some(lambda n: f"{who[n]},open,{day(n // 2)} 10:0{n % 3}"), 3, again=11),
        **in_files("k", "customer,event,date,event_id", some(lambda n: f"{who[n]},buy,{day(n)} 10:00,x{n % 40}"), 3, 9),
        **in_files("g", "customer,stage,entered", some(lambda n: f"{who[n] if n % 9 else ''},s{n % 4},{day(n)}"), 3, 9),
        **in_files("q", "customer,date,nps", some(lambda n: f"{who[n]},{day(n)},{n % 13}"), 3, again=9),
        **in_files("r", "referrer,referred,date", some(lambda n: f"{who[n]},{who[-n]},{day(n)}"), 3, again=9),
        **in_files(
            "u",
            "subscription,customer,start,amount,interval,end",
            some(lambda n: f"u{n // 2},{who[n // 2]},{day(n)},{n % 5},month,{day(n + 40) if n % 3 else ''}"),
            3,
            again=9,
        ),
        **in_files("o", "order_id,date,amount,customer_id", shop(draw, 40), 2, again=4),
    }


def told_again(draw: random.Random) -> Files:
    """A shop, and payments that tell of most of its sales: by number, by customer and amount, or nearly."""
    sold, paid = [], []
    for number in range(120):
        who, on, cents = f"c{draw.randint(0, 40)}@x.org", number * 2, draw.randint(100, 900)
        sold.append(f"#{number},{day(on)},{cents / 100:.2f},{who}")
        reference = f"Order #{number}" if draw.random() < 0.5 else ""
        other = 50 if draw.random() < 0.1 else 0
        if draw.random() < 0.9:
            paid.append(f"p{number},{reference},{day(on + draw.randint(0, 1))},{(cents + other) / 100:.2f},{who}")
    paid += [f"n{number},,{day(number * 3)},77.00,other{number}@x.org" for number in range(12)]
    mailed = [f"m{number},,{day(number * 5)},{draw.randint(1, 9)}.00,c{number % 40}@x.org" for number in range(30)]
    mailed += [f"b{number},,{day(number * 9)},-5.00,c{number}@x.org" for number in range(5)]
    head = "reference,date,amount,email"
    return {
        **in_files("shop", "order,date,amount,email", sold, 4, again=6),
        **in_files("paid", f"payment,{head}", paid, 3, again=6),
        **in_files("mail", f"message,{head}", mailed, 2, again=3),
    }


def teller(name: str, number: str, sales: str) -> Preset:
    fields = {each: (each,) for each in ("reference", "date", "amount", "email")} | {"order": (number,)}
    source = Yield(fact="orders", fields=fields, sales=sales)
    seen = Recognise(required=(number, "date", "amount"))
    return Preset(system=name, title=name, objects={"sales": ExportObject(recognise=seen, yields=(source,))})


OWN = {"teller": teller("teller", "payment", "payments"), "mailer": teller("mailer", "message", "mail")}
WORLDS = (orders, renumbered, lines, totals, moments, told_again)


@pytest.mark.parametrize("world", WORLDS)
def test_files_that_overlap_say_the_same_in_any_number_of_parts(build, monkeypatch, world) -> None:
    files = world(random.Random(1))
    found = []
    for parts in (1, 5):
        with monkeypatch.context() as patch:
            divided(patch, parts)
            found.append(said(build(files, own_presets=OWN)))
    for other in found[1:]:
        for what, expected in found[0].items():
            assert other[what] == expected, what
    duplicates = sum(rows.duplicate for rows, *_ in found[0]["files"].values())
    assert duplicates > 0, "the files overlap"


@pytest.mark.parametrize(("parts", "again"), [(1, 3), (3, 0)])
def test_forty_part_files_hold_what_one_file_does(build, monkeypatch, parts, again) -> None:
    rows = shop(random.Random(3), 200, corrected=0)  # in one file a correction is a contradiction
    divided(monkeypatch, parts)
    whole, pieces = (in_files("orders", "order_id,date,amount,customer_id", rows, files, again) for files in (1, 40))
    one, many = build(whole), build(pieces)
    columns = ("customer", "day", "gross", "refunded", "net", "left_out", "side", "rows")
    assert sorted(one.rows("orders", *columns), key=repr) == sorted(many.rows("orders", *columns), key=repr)
    for files, built in ((whole, one), (pieces, many)):
        good = [row.split(",")[0] for text in files.values() for row in text.splitlines()[1:] if "soon" not in row]
        assert built.facts.evidence["orders.rows"] == len(set(good)) == 200
        assert built.facts.evidence["orders.duplicate_rows"] == len(good) - 200


def test_of_too_many_rows_the_rejected_ones_of_all_files_are_listed(build, monkeypatch) -> None:
    monkeypatch.setattr(ledger, "LISTED", 5)
    header = "order_id,date,amount,customer_id\n"
    again = header + "1,2024-01-05,1.00,c\n" * 9
    broken = header + "".join(f"x{number},soon,1.00,c\n" for number in range(4)) + "2,2024-01-05,1.00,c\n"
    facts = build({"a.csv": again, "b.csv": broken}).facts
    assert [reject.code for reject in facts.rejects] == ["repeated"] + ["bad_date"] * 4
    assert facts.files[0].rows.duplicate == 8
    assert "rows not taken that are counted and not listed one by one: 7" in facts.files[0].notes
    assert not [note for note in facts.files[1].notes if "one by one" in note]
