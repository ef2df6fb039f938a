"""How each language writes numbers and dates, and which of them is spoken at the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from clm_audit.config.brand import Language


@dataclass(frozen=True)
class Format:
    """How a language writes numbers: marks of thousands and decimals, what stands between the ends of an interval,
    and a date as ``strftime`` has it."""

    thousands: str
    decimal: str
    between: str
    day: str


FORMATS: dict[Language, Format] = {
    "en": Format(",", ".", ", ", "%Y-%m-%d"),
    "de": Format(".", ",", "; ", "%d.%m.%Y"),
    "fr": Format("\N{NARROW NO-BREAK SPACE}", ",", "; ", "%d/%m/%Y"),
    "es": Format(".", ",", "; ", "%d/%m/%Y"),
}
_SPOKEN: ContextVar[Format] = ContextVar("spoken", default=FORMATS["en"])


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within it, numbers and dates are written as ``language`` writes them.

    >>> with speaking("de"):
    ...     spelled("1,234,567.50"), between(), spoken().day
    ('1.234.567,50', '; ', '%d.%m.%Y')
    """
    token = _SPOKEN.set(FORMATS[language])
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Format:
    """The formats of the language in use."""
    return _SPOKEN.get()


def spelled(neutral: str) -> str:
    """A neutral number (``1,234.5``, with or without a sign) as the language in use writes it.

    >>> with speaking("es"):
    ...     spelled("1,234.50"), spelled("+12,345")
    ('1.234,50', '+12.345')
    """
    form = _SPOKEN.get()
    whole, point, rest = neutral.partition(".")
    return whole.replace(",", form.thousands) + (form.decimal if point else "") + rest


def between() -> str:
    """What stands between the two ends of an interval: a comma, or a semicolon where numbers have commas in them."""
    return _SPOKEN.get().between
