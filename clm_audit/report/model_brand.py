"""Whose report it is, and for whom it is written: logo, colour, and the language of numbers and dates."""

from __future__ import annotations

from clm_audit.config.base import Frozen
from clm_audit.config.brand import Language


class LogoReport(Frozen):
    """A checked picture as it goes into the page; ``data``: its bytes in base64."""

    media: str
    width: int
    height: int
    data: str


class Brand(Frozen):
    """``colour``: as it was asked for (``#rrggbb``); what is shown may be darker or lighter, to be readable."""

    language: Language = "en"
    colour: str | None = None
    logo: LogoReport | None = None
