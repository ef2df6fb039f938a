"""The words of the configuration file: dates, shares, durations, zones, currencies; as pydantic types.

Each type reads what a person writes (``3%``, ``4 weeks``) and says in one sentence what it wants when
it cannot. Errors carry the sentence as ``message`` and a hint as ``hint``.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from clm_audit.config.vocabulary import CURRENCIES, did_you_mean

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_QUARTER = re.compile(r"\d{4}-Q[1-4]")
_SPAN = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
DATES_WRITTEN = ("day first", "month first", "excel", "excel 1904")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def refuse(message: str, hint: str = "") -> NoReturn:
    """Raise the error that :mod:`clm_audit.config.validate` turns into a problem."""
    raise PydanticCustomError("clm", "{message}", {"message": message, "hint": hint})


def text(value: object) -> str:
    """Text; a number is taken as it was written (an account may be called 0610)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        refuse("must be text")
    written = str(getattr(value, "text", value))
    if not written.strip():
        refuse("must not be empty")
    return written


def environment_name(value: object) -> str:
    """The name of an environment variable; anything else may be the secret itself, and is not repeated."""
    written = text(value)
    if not _VARIABLE.fullmatch(written):
        refuse("must be the name of an environment variable", "as in password_env: SHOP_PASSWORD")
    return written


def day(value: object) -> dt.date:
    """A date written 2024-07-01.

    >>> day("2024-07-01")
    datetime.date(2024, 7, 1)
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        refuse("must be a date", "write it year-month-day: 2024-07-01")
    try:
        found = dt.date.fromisoformat(value)
    except ValueError:
        refuse(f"there is no day {value}", "write it year-month-day: 2024-07-01")
    if not 1970 <= found.year <= 2199:
        refuse("must be a date from 1970 to 2199")
    return found


def decimal(value: object, hint: str = "") -> Decimal:
    """An exact number; ``hint`` says how to write what is none.

    >>> decimal("1.08")
    Decimal('1.08')
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        refuse("must be a number", hint)
    try:
        found = Decimal(str(getattr(value, "text", value)).strip())
    except InvalidOperation:
        refuse("must be a number", hint)
    if not found.is_finite() or abs(found) > Decimal("1e12") or (found and abs(found) < Decimal("1e-9")):
        refuse("must be a number between 0.000000001 and 1000000000000 in size")
    return found


def positive(value: object) -> Decimal:
    """A number above 0."""
    found = decimal(value)
    if found <= 0:
        refuse("must be more than 0")
    return found


def amount(value: object) -> Decimal:
    """A number from 0 up."""
    found = decimal(value)
    if found < 0:
        refuse("must not be negative")
    return found


def share(value: object) -> float:
    """A share of 1: ``3%`` or ``0.03``.

    >>> share("3%"), share("0.5")
    (0.03, 0.5)
    """
    percent = isinstance(value, str) and value.rstrip().endswith("%")
    written = value.rstrip().removesuffix("%") if isinstance(value, str) else value
    found = decimal(written, "write it as 5% or 0.05") / (100 if percent else 1)
    if not 0 <= found <= 1:
        hint = (
            f"{found} would be {found * 100}%: write {found}% or {found / 100}"
            if not percent and 1 < found <= 100
            else ""
        )
        refuse("must be from 0 to 1, or from 0% to 100%", hint)
    return float(found)


def confidence(value: object) -> float:
    """The confidence of intervals."""
    found = share(value)
    if not 0.5 <= found <= 0.999:
        refuse("must be from 50% to 99.9%", "95% is usual")
    return found


def materiality(value: object) -> float:
    """The smallest change that matters."""
    found = share(value)
    if not 0 < found <= 0.5:
        refuse("must be more than 0% and at most 50%", "5% is usual")
    return found


def span_days(value: object) -> tuple[int, str]:
    """``4 weeks`` -> (4, "week")."""
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        refuse("must be a length of time", "write 4 weeks, 7 days or 3 years")
    return int(match[1]), match[2]


def whole_weeks(value: object) -> int:
    """A length of time in whole weeks.

    >>> whole_weeks("4 weeks"), whole_weeks("14 days")
    (4, 2)
    """
    if not isinstance(value, bool) and str(getattr(value, "text", value)) == "0":
        return 0
    count, unit = span_days(value)
    days = count * {"day": 1, "week": 7}.get(unit, 0)
    if unit in ("month", "year") or days % 7:
        refuse("must be whole weeks", "write 4 weeks or 28 days")
    if days > 364:
        refuse("must be at most 52 weeks")
    return days // 7


def whole_years(value: object) -> int:
    """A horizon in whole years.

    >>> whole_years("3 years"), whole_years("24 months")
    (3, 2)
    """
    count, unit = span_days(value)
    months = count * {"month": 1, "year": 12}.get(unit, 0)
    if not months or months % 12:
        refuse("must be whole years", "write 3 years or 36 months")
    if months > 240:
        refuse("must be at most 20 years")
    return months // 12


def length(value: object) -> str:
    """Any length of time above 0, as written."""
    if span_days(value)[0] == 0:
        refuse("must be more than 0")
    return str(value)


def days_of(length: str) -> int:
    """The days of a :data:`Length`; a month has 30.4375 of them.

    >>> days_of("7 days"), days_of("2 weeks"), days_of("3 months")
    (7, 14, 91)
    """
    count, unit = span_days(length)
    return round(count * {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}[unit])


def zone(value: object) -> str:
    """A time zone of the IANA list.

    The list that is installed with the package answers first: looking through the system's zone files takes as long
    as all the rest of a configuration, and only a name that the list lacks needs it.
    """
    name = text(value)
    if name not in _zones():
        known = frozenset(zoneinfo.available_timezones())
        if name not in known:
            refuse(f"there is no time zone {name}", did_you_mean(name, known))
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def currency(value: object) -> str:
    """An ISO 4217 currency code."""
    code = text(value)
    if code not in CURRENCIES:
        refuse(f"there is no currency {code}", did_you_mean(code, CURRENCIES) or "three capital letters, as USD")
    return code


def quarter(value: object) -> str:
    """A quarter (2025-Q3) or a date."""
    if isinstance(value, str) and _QUARTER.fullmatch(value):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        return day(value).isoformat()
    refuse("must be a quarter or a date", "write 2025-Q3 or 2025-09-30")


def colour(value: object) -> str:
    """A colour as #0b5fff."""
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        refuse("must be a colour", 'write it quoted, as "#0b5fff"')
    return value


def dates_written(value: object) -> str:
    """How the dates of a source are written.

    >>> dates_written("day first"), dates_written("%d.%m.%y")
    ('day first', '%d.%m.%y')
    """
    written = text(value)
    if written.casefold() in DATES_WRITTEN:
        return written.casefold()
    sample = dt.datetime(2024, 10, 23, 14, 45, 56)
    wanted = f"one of {', '.join(DATES_WRITTEN)}, or a pattern such as %d.%m.%Y"
    try:
        found = dt.datetime.strptime(sample.strftime(written), written)
    except (ValueError, re.error):
        refuse("says nothing about dates", did_you_mean(written, DATES_WRITTEN) or wanted)
    if found.date() != sample.date():
        refuse("says nothing about dates, or not where day, month and year stand", wanted)
    return written


_NUMBER: dict[str, Any] = {"type": ["number", "string"]}
_SHARE: dict[str, Any] = {
    "oneOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?%|(0?\.[0-9]+|[01](\.[0-9]+)?))$"},
    ]
}
_TEXT: dict[str, Any] = {"type": ["string", "number"], "minLength": 1}

Text = Annotated[str, BeforeValidator(text), WithJsonSchema(_TEXT)]
Day = Annotated[dt.date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Positive = Annotated[Decimal, BeforeValidator(positive), WithJsonSchema({**_NUMBER, "exclusiveMinimum": 0})]
Amount = Annotated[Decimal, BeforeValidator(amount), WithJsonSchema({**_NUMBER, "minimum": 0})]
Share = Annotated[float, BeforeValidator(share), WithJsonSchema(_SHARE)]
Confidence = Annotated[float, BeforeValidator(confidence), WithJsonSchema(_SHARE)]
Materiality = Annotated[float, BeforeValidator(materiality), WithJsonSchema(_SHARE)]
Weeks = Annotated[
    int,
    BeforeValidator(whole_weeks),
    WithJsonSchema({"oneOf": [{"const": 0}, {"type": "string", "pattern": "^[0-9]+ (day|week)s?$"}]}),
]
Length = Annotated[
    str, BeforeValidator(length), WithJsonSchema({"type": "string", "pattern": "^[0-9]+ (day|week|month|year)s?$"})
]
Years = Annotated[
    int, BeforeValidator(whole_years), WithJsonSchema({"type": "string", "pattern": "^[0-9]+ (month|year)s?$"})
]
Zone = Annotated[str, BeforeValidator(zone), WithJsonSchema({"type": "string", "examples": ["America/New_York"]})]
Currency = Annotated[str, BeforeValidator(currency), WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES)})]
Quarter = Annotated[
    str,
    BeforeValidator(quarter),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-(Q[1-4]|[0-9]{2}-[0-9]{2})$"}),
]
Colour = Annotated[str, BeforeValidator(colour), WithJsonSchema({"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"})]
EnvironmentName = Annotated[str, BeforeValidator(environment_name), WithJsonSchema({"type": "string"})]
DatesWritten = Annotated[
    str, BeforeValidator(dates_written), WithJsonSchema({"type": "string", "examples": [*DATES_WRITTEN, "%d.%m.%Y"]})
]
Flag = StrictBool
