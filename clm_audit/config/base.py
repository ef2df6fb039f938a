"""The two small types that every floor shares: a frozen model, and *cannot say*."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value object: immutable, unknown fields refused. Base of everything that is printed as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class NotAssessable(Frozen):
    """*Cannot say*, with why. Never replaced by 0, NaN or p = 1.

    ``code`` names a sentence in ``report/words.py``; ``detail`` fills its gaps (fact names, counts,
    dates: never values from an export).
    """

    code: str
    detail: dict[str, str | int | float] = {}
