"""What the gate asks of one metric, as the file says it: a finding, or a bound on the interval."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from clm_audit.config.plan import FindingValue
from clm_audit.config.scalars import Share, refuse
from clm_audit.config.vocabulary import did_you_mean

_FINDINGS: tuple[str, ...] = get_args(FindingValue)
_BOUND = "worse_than"


class BoundFile(BaseModel):
    """A bound that the whole interval of an effect must not lie beyond."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    worse_than: Share = Field(description="The gate fails when the whole interval is worse than this.")


def gate_rule(value: object) -> object:
    """One of the findings, or ``{worse_than: 5%}``; the share itself is read later.

    >>> gate_rule("worsened"), gate_rule({"worse_than": "5%"})
    ('worsened', {'worse_than': '5%'})
    """
    if isinstance(value, dict):
        if set(value) != {_BOUND}:
            refuse(f"must have the one key {_BOUND}", "{worse_than: 5%}: fails when the whole interval is worse")
        return value
    if not isinstance(value, str) or value not in _FINDINGS:
        near = did_you_mean(value, _FINDINGS) if isinstance(value, str) else ""
        refuse(f"must be one of {', '.join(_FINDINGS)}, or {{{_BOUND}: 5%}}", near)
    return value


GateRule = Annotated[FindingValue | BoundFile, BeforeValidator(gate_rule)]
