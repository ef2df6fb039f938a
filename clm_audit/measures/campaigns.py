"""Question 4: how many of those who were reached respond."""

from __future__ import annotations

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.measures.coverage import preferred_kind, recorded_kinds
from clm_audit.measures.model import MetricTotals, Variant
from clm_audit.measures.orders import variant, weekly
from clm_audit.measures.periods import Inputs, Recipe, blank, cook
from clm_audit.measures.scheme import SIDES, Line, Scheme
from clm_audit.measures.totals import total

VARIANTS = {"click": "clicked", "open": "opened", "conversion": "converted"}


def response_kind(inputs: Inputs) -> str | NotAssessable:
    """What counts as a response here: as the plan says, else responded, converted or clicked, in that order."""
    kind = preferred_kind(recorded_kinds(inputs.daily, inputs.calendar.go_live), inputs.plan.response)
    if kind is None:
        fact = inputs.absent("responses")
        asked = {"kind": inputs.plan.response} if inputs.plan.response else {}
        return NotAssessable(code=fact.code, detail={**fact.detail, **asked})
    return kind


def campaign_response(inputs: Inputs) -> MetricTotals:
    """Distinct recipients of a campaign that responded, as a share of those it was delivered to."""
    fact = next((name for name in ("sends", "campaigns") if name in inputs.counts), None)
    if fact is None:
        return blank("campaign_response", inputs.absent("sends"))
    kind = response_kind(inputs)
    if isinstance(kind, NotAssessable):
        return blank("campaign_response", kind)
    calendar = inputs.calendar
    scheme = Scheme.of(calendar, [fact], calendar.merge["sends"])
    sides = recorded_kinds(inputs.daily, inputs.calendar.go_live)[kind]
    missing = inputs.one_sided(fact)
    if missing is None and len(sides) == 1:
        missing = NotAssessable(
            code="one_side_only", detail={"fact": "responses", "kind": kind, "side": next(iter(sides))}
        )
    unreported = total(inputs.totals.cells["campaigns"], "unreported")
    sent = total(inputs.totals.cells["campaigns"], "sent")
    recipe = Recipe(
        "campaign_response",
        scheme,
        num=weekly(inputs, scheme, kind),
        den=weekly(inputs, scheme, "delivered"),
        per=(1.0, 1.0),
        s2=_variance(inputs, scheme, kind),
        split=fact == "sends",
        undivided="campaigns",
        variants=_variants(inputs, scheme, kind),
        how={"response": kind, "source": fact, "delivery_unreported": unreported / max(1, sent)},
    )
    return cook(inputs, recipe, missing or _impossible(inputs, scheme, kind))


def _impossible(inputs: Inputs, scheme: Scheme, kind: str) -> NotAssessable | None:
    """More responses than deliveries in a window: the two do not count the same people."""
    answered, delivered = (weekly(inputs, scheme, name)(None) for name in (kind, "delivered"))
    for side in SIDES:
        sums = int(scheme.part(answered, side).sum()), int(scheme.part(delivered, side).sum())
        if sums[0] > sums[1]:
            detail: dict[str, str | int | float] = {"responses": sums[0], "delivered": sums[1]}
            return NotAssessable(code="more_responses_than_deliveries", detail={"side": side, "kind": kind, **detail})
    return None


def _variance(inputs: Inputs, scheme: Scheme, kind: str) -> Line:
    """Σ over campaigns of e² / num², e = responses − rate · delivered of a campaign in the period.

    At least (1 − rate) / num, as if recipients answered alone: the only campaign of a period has e = 0, which
    would pretend to certainty.
    """
    part = inputs.totals.cells["campaigns"]
    first, last = scheme.periods
    at = part.keys["period"] - first
    kept = (at >= 0) & (at < last - first)
    at = at[kept]
    answered, delivered = (part.values[name][kept].astype(np.float64) for name in (kind, "delivered"))
    num, den = (np.bincount(at, weights=line, minlength=last - first) for line in (answered, delivered))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = num / den
        squares = np.bincount(at, weights=(answered - rate[at] * delivered) ** 2, minlength=last - first)
        return np.asarray(np.maximum(squares / num**2, (1 - rate) / num))


def _variants(inputs: Inputs, scheme: Scheme, kind: str) -> tuple[Variant, ...]:
    seen = recorded_kinds(inputs.daily, inputs.calendar.go_live)
    delivered, sent = (weekly(inputs, scheme, name)(None) for name in ("delivered", "sent"))
    found = [
        variant(
            "campaign_response",
            name,
            {side: scheme.ratio(weekly(inputs, scheme, each)(None), delivered, side) for side in SIDES},
        )
        for name, each in VARIANTS.items()
        if len(seen[each]) == 2
    ]
    lines = weekly(inputs, scheme, kind)(None), sent
    found.append(variant("campaign_response", "per_sent", {side: scheme.ratio(*lines, side) for side in SIDES}))
    return tuple(found)
