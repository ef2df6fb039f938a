"""Every number format of the program: percent, money, counts, dates, intervals. Used by every output format.

Texts use a real minus sign and plain spaces. Without :func:`speaking` they are neutral: a comma for thousands, a point
for decimals, ISO dates. So are the sentences of the report and its JSON; what is shown to people passes
:mod:`clm_audit.report.language`, which turns them into the formats of the reader's language.
:func:`ascii_text` turns any of them, and any sentence, into plain ASCII for consoles that know nothing else.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from clm_audit.config.plan import MetricId
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report.spelling import between as between
from clm_audit.report.spelling import speaking as speaking
from clm_audit.report.spelling import spelled as spelled
from clm_audit.report.spelling import spoken

MINUS = "\N{MINUS SIGN}"


def plain(value: float, spec: str) -> str:
    """A number by a format specification (``,.6g``, ``.1f``) with a real minus sign.

    >>> plain(-1234.5, ",.6g")
    '\N{MINUS SIGN}1,234.5'
    """
    return spelled(format(value, spec)).replace("-", MINUS)


_ASCII = str.maketrans(
    {
        MINUS: "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{PLUS-MINUS SIGN}": "+/-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{GREEK CAPITAL LETTER SIGMA}": "sum",
        "\N{MIDDLE DOT}": "-",
        "\N{SUPERSCRIPT TWO}": "^2",
    }
)
RATE_METRICS: tuple[MetricId, ...] = tuple(key for key, metric in CATALOGUE.items() if metric.unit == "share")
MONEY_METRICS: tuple[MetricId, ...] = tuple(key for key, metric in CATALOGUE.items() if metric.unit == "money")


def ascii_text(text: str) -> str:
    """The same text in ASCII: signs spelled out, anything else that is not ASCII as ``?``.

    >>> ascii_text("\N{PLUS-MINUS SIGN}14 %, \N{MINUS SIGN}2 %")
    '+/-14 %, -2 %'
    """
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def percent(share: float, *, sign: bool = False, digits: int | None = None) -> str:
    """A share as percent: one decimal below ten percent, none above, unless ``digits`` says.

    >>> percent(0.0712), percent(0.124, sign=True), percent(-0.02, sign=True), percent(0)
    ('7.1 %', '+12 %', '\N{MINUS SIGN}2.0 %', '0.0 %')
    """
    scaled = Decimal(repr(float(share))) * 100
    places = digits if digits is not None else (1 if abs(scaled) < Decimal("9.95") else 0)
    return f"{_fixed(scaled, places, sign=sign)} %"


def percent_range(low: float, high: float) -> str:
    """An interval of shares.

    >>> percent_range(-0.02, 0.08)
    '[\N{MINUS SIGN}2.0 %, +8.0 %]'
    """
    return f"[{percent(low, sign=True)}{between()}{percent(high, sign=True)}]"


def points(value: float, *, sign: bool = False) -> str:
    """Points of a score, which have no per cent.

    >>> points(4.26, sign=True), points(-1)
    ('+4.3 points', '\N{MINUS SIGN}1.0 points')
    """
    return f"{_fixed(Decimal(repr(float(value))), 1, sign=sign)} points"


def points_range(low: float, high: float) -> str:
    """An interval of points.

    >>> points_range(-2, 8.04)
    '[\N{MINUS SIGN}2.0, +8.0] points'
    """
    ends = (_fixed(Decimal(repr(float(end))), 1, sign=True) for end in (low, high))
    return f"[{between().join(ends)}] points"


def plus_minus(share: float) -> str:
    """A size without direction.

    >>> plus_minus(0.14)
    '\N{PLUS-MINUS SIGN}14 %'
    """
    return f"\N{PLUS-MINUS SIGN}{percent(abs(share))}"


def probability(share: float) -> str:
    """A probability; never 0 % or 100 %.

    >>> probability(0.874), probability(0.9999), probability(0.0)
    ('87 %', 'over 99 %', 'under 1 %')
    """
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else percent(share, digits=0)


def p_value(p: float) -> str:
    """A p-value with two significant digits, never 0.

    >>> p_value(0.0312), p_value(0.00004), p_value(0.5)
    ('p = 0.031', 'p < 0.001', 'p = 0.50')
    """
    if p < 0.001:
        return f"p < {spelled('0.001')}"
    return f"p = {_fixed(Decimal(repr(float(p))), 3 if p < 0.1 else 2)}"


def count(number: float) -> str:
    """A whole number with thousands.

    >>> count(1234567), count(-3)
    ('1,234,567', '\N{MINUS SIGN}3')
    """
    return _fixed(Decimal(repr(float(number))) if isinstance(number, float) else Decimal(number), 0)


class Counted(str):
    """A number in words that can be said with its noun: ``{n:row}``, ``{n:file was|files were}``.

    >>> "{n:row}, {n:it is|they are}, {n}".format(n=Counted("1")), "{n:row}".format(n=Counted("1,204"))
    ('1 row, 1 it is, 1', '1,204 rows')
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        """The number alone, or before the form of ``spec`` that agrees with it."""
        if not spec:
            return str(self)
        one, _, many = spec.partition("|")
        return f"{self} {one if self == '1' else many or f'{one}s'}"


def number(value: float) -> str:
    """A number with about three significant digits; whole numbers stay whole.

    >>> number(0.43219), number(12.345), number(4321.9), number(7), number(0)
    ('0.432', '12.3', '4,322', '7', '0')
    """
    if isinstance(value, int) or float(value).is_integer():
        return count(value)
    return _fixed(Decimal(repr(float(value))), _places(value))


def money(amount: float | str | Decimal, currency: str | None) -> str:
    """An amount in currency units; without a currency the bare number.

    >>> money("1234.5", "USD"), money(-3, None)
    ('1,234.50 USD', '\N{MINUS SIGN}3.00')
    """
    exact = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
    text = _fixed(exact, 2)
    return f"{text} {currency}" if currency else text


def decimal_string(hundredths: float) -> str:
    """Money for machines: hundredths as a plain decimal string, no thousands.

    >>> decimal_string(123456), decimal_string(-5)
    ('1234.56', '-0.05')
    """
    exact = Decimal(repr(float(hundredths))) if isinstance(hundredths, float) else Decimal(hundredths)
    return f"{(exact / 100).quantize(Decimal('0.01'), ROUND_HALF_EVEN):f}"


def day(value: date) -> str:
    """A date, ISO unless the language in use writes it another way.

    >>> day(date(2024, 7, 1))
    '2024-07-01'
    """
    return value.strftime(spoken().day)


def weeks(number_of_weeks: float) -> str:
    """A span of weeks; two years and more are said in years.

    >>> weeks(1), weeks(9), weeks(130), weeks(12.5)
    ('1 week', '9 weeks', '2.5 years', '12.5 weeks')
    """
    if number_of_weeks >= 104:
        return f"{_fixed(Decimal(repr(number_of_weeks * 7 / 365.2425)), 1)} years"
    whole = float(number_of_weeks).is_integer()
    text = count(int(number_of_weeks)) if whole else _fixed(Decimal(repr(number_of_weeks)), 1)
    return f"{text} week" if text == "1" else f"{text} weeks"


def metric_value(metric: MetricId, value: float, currency: str | None) -> str:
    """The value of a metric in its own format.

    >>> metric_value("campaign_response", 0.0312, None), metric_value("transaction_size", 81.5, "EUR")
    ('3.12 %', '81.50 EUR')
    >>> metric_value("purchase_frequency", 0.4321, "EUR")
    '0.432'
    """
    return unit_value(CATALOGUE[metric].unit, value, currency)


def unit_value(unit: str, value: float, currency: str | None) -> str:
    """A value by its kind of unit as the catalogue declares it (``share``, ``money``, else a bare number).

    Three significant digits or more, so that two values that differ by a few percent look different.

    >>> unit_value("share", 0.00271, None), unit_value("money", 4, "EUR"), unit_value("money", 0.0421, "EUR")
    ('0.271 %', '4.00 EUR', '0.0421 EUR')
    >>> unit_value("hours", 0.5, None)
    '0.500'
    """
    if unit == "share":
        return percent(value, digits=_places(value * 100))
    if unit == "points":
        return _fixed(Decimal(repr(float(value))), 1)
    if unit == "money":
        amount = _fixed(Decimal(repr(float(value))), max(2, _places(value)))
        return f"{amount} {currency}" if currency else amount
    return number(value)


def _places(value: float) -> int:
    """Decimals that show three significant digits.

    >>> _places(12.345), _places(0.0421), _places(0.0)
    (1, 4, 2)
    """
    return max(0, 2 - Decimal(repr(float(value))).adjusted()) if value else 2


def _fixed(exact: Decimal, places: int, *, sign: bool = False) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    text = spelled(f"{abs(rounded):,f}")
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text
