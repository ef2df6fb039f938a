"""Number formats: what is printed can be read back, is plain text, and never lies about its sign."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.report import numbers
from clm_audit.report.numbers import MINUS

FLOATS = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


def read(text: str) -> Decimal:
    """The number at the front of a printed text."""
    return Decimal(text.split(" ")[0].replace(",", "").replace(MINUS, "-").lstrip("+"))


@given(FLOATS)
def test_percent_is_within_its_rounding(share: float) -> None:
    text = numbers.percent(share)
    assert text.endswith(" %")
    assert abs(read(text) - Decimal(repr(share)) * 100) <= Decimal("0.5")
    if abs(share) < 0.099:
        assert abs(read(text) - Decimal(repr(share)) * 100) <= Decimal("0.05")


@given(FLOATS)
def test_signs_are_shown_and_zero_has_none(share: float) -> None:
    text = numbers.percent(share, sign=True)
    value = read(text)
    assert text.startswith("+") == (value > 0)
    assert text.startswith(MINUS) == (value < 0)
    assert "-" not in text


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_money_is_exact(cents: int) -> None:
    text = numbers.decimal_string(cents)
    assert Decimal(text) * 100 == cents
    assert read(numbers.money(text, "USD")) * 100 == cents
    assert numbers.money(text, "USD").endswith(" USD")


@given(FLOATS)
def test_everything_is_plain_text(value: float) -> None:
    for text in (numbers.percent(value), numbers.number(value), numbers.money(value, None), numbers.plus_minus(value)):
        assert not set(text) & set("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}eE")
        assert numbers.ascii_text(text).isascii()
        assert "?" not in numbers.ascii_text(text)


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_numbers_keep_three_figures(value: float) -> None:
    assert abs(float(read(numbers.number(value))) - value) <= 0.006 * value


@given(st.floats(min_value=0, max_value=1))
def test_a_probability_is_never_certain(share: float) -> None:
    text = numbers.probability(share)
    assert text not in ("0 %", "100 %")


@pytest.mark.parametrize(
    ("p", "text"), [(0.0, "p < 0.001"), (0.0499, "p = 0.050"), (0.2, "p = 0.20"), (1.0, "p = 1.00")]
)
def test_p_values(p: float, text: str) -> None:
    assert numbers.p_value(p) == text


def test_weeks_and_days() -> None:
    assert [numbers.weeks(number) for number in (0, 1, 2, 52, 104, 1.5)] == [
        "0 weeks", "1 week", "2 weeks", "52 weeks", "2.0 years", "1.5 weeks",
    ]  # fmt: skip
    assert numbers.day(date(2024, 2, 29)) == "2024-02-29"


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.0, "0.0 %"),
        (0.0994, "9.9 %"),
        (0.0995, "10 %"),
        (0.1049, "10 %"),
        (0.106, "11 %"),
        (-0.0994, f"{MINUS}9.9 %"),
    ],
)
def test_a_decimal_is_told_up_to_what_rounds_to_ten_per_cent(share: float, told: str) -> None:
    assert numbers.percent(share) == told
