"""What is taken as it stands and listed: signs against their currency, two addresses in a cell."""

from __future__ import annotations

import pytest

HEAD = "order,date,amount,currency,email\n"


def listed(build, *rows: str) -> list[tuple[str, int, str]]:
    clean = [f"o{n},2024-01-{n + 1:02d},10.00,EUR,customer{n:04d}@example.com" for n in range(5)]
    built = build({"o.csv": HEAD + "\n".join([*clean, *rows]) + "\n"}, currency="EUR", rates={"USD": 1, "CAD": 1})
    assert built.file("o.csv").rows.accepted == len(clean) + len(rows)
    return [(one.code, one.line, one.action) for one in built.facts.rejects]


@pytest.mark.parametrize(
    ("amount", "currency"), [("€10.00", "USD"), ("$10.00", "EUR"), ("10.00 CHF", "EUR"), ("USD 10.00", "CAD")]
)
def test_a_sign_against_the_stated_currency_is_listed(build, amount: str, currency: str) -> None:
    assert listed(build, f"x,2024-02-01,{amount},{currency},") == [("other_currency", 7, "kept")]


@pytest.mark.parametrize(
    ("amount", "currency"), [("€10.00", "EUR"), ("$10.00", "USD"), ("$10.00", "CAD"), ("10.00", "USD"), ("€10.00", "")]
)
def test_a_sign_that_agrees_or_has_nothing_beside_it_is_not(build, amount: str, currency: str) -> None:
    assert listed(build, f"x,2024-02-01,{amount},{currency},") == []


@pytest.mark.parametrize("mark", ["; ", ";", " / ", " "])
def test_two_addresses_in_a_cell_are_listed(build, mark: str) -> None:
    cell = f"customer0098@example.com{mark}customer0099@example.com"
    assert listed(build, f"x,2024-02-01,10.00,EUR,{cell}") == [("two_addresses", 7, "kept")]
