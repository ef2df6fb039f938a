"""What the parts of the report share: *cannot say*, and a line of the register of assumptions."""

from __future__ import annotations

from typing import Literal

from clm_audit.config.base import Frozen

ChangeUnit = Literal["share", "points"]
"""How changes of a metric are told: as shares (0.07 = +7 %), or in points of a score, which has no per cent."""


class Unknown(Frozen):
    """*Cannot say* in the JSON: never null without a reason."""

    status: Literal["not assessable"] = "not assessable"
    reason: str


class Assumption(Frozen):
    """One line of the assumptions register."""

    what: str
    value: str
    source: str
    consequence: str
