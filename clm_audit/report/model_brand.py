"""Whose report it is, and for whom it is written: logo, colour, and the language of numbers and dates."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clm_audit.config.base import Frozen
from clm_audit.config.brand import Language


class LogoReport(Frozen):
    """A checked picture as it goes into the page; ``data``: its bytes in base64."""

    media: Literal["image/png", "image/jpeg"]
    width: int
    height: int
    data: str = Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")


class Brand(Frozen):
    """``colour``: as it was asked for (``#rrggbb``); what is shown may be darker or lighter, to be readable."""

    language: Language = "en"
    colour: str | None = Field(default=None, pattern="^#[0-9a-fA-F]{6}$")
    logo: LogoReport | None = None
