"""Closed lists that the configuration is checked against: facts and their fields, ids, currencies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True)
class FactFields:
    """The fields of one fact. ``one_of``: any one of these sets must be there besides ``required``.
    ``segments``: whether it may carry segment columns of the user's own naming."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    segments: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every field, required ones first."""
        return tuple(dict.fromkeys((*self.required, *(name for some in self.one_of for name in some), *self.optional)))


FACTS: Mapping[str, FactFields] = {
    "customers": FactFields(
        ("customer",), ("acquired", "email", "stage", "ended", "merged_into", "belongs_to", "deleted"), segments=True
    ),
    "orders": FactFields(
        ("order", "date", "amount"), ("customer", "email", "refunded", "currency", "status", "test", "merged_into")
    ),
    "order_lines": FactFields(
        ("order", "date"),
        ("customer", "email", "currency", "status", "item"),
        (("amount",), ("quantity", "unit_price")),
    ),
    "tickets": FactFields(
        ("ticket", "created"),
        ("customer", "email", "closed", "cost", "currency", "handling_time", "status", "merged_into"),
    ),
    "sends": FactFields(("campaign", "recipient", "sent"), ("delivered", "bounced")),
    "responses": FactFields(("campaign", "recipient", "date"), ("kind",)),
    "campaigns": FactFields(
        ("campaign", "date"), ("sent", "delivered", "opened", "clicked", "responded", "converted", "cost", "currency")
    ),
    "spend": FactFields(("date", "amount"), ("category", "account", "currency", "until")),
    "stages": FactFields(("customer", "stage", "entered"), ("email",)),
    "surveys": FactFields(("date", "score"), ("customer", "email", "kind", "survey")),
    "subscriptions": FactFields(
        ("subscription", "customer", "start", "amount"),
        ("email", "quantity", "interval", "end", "cancelled", "currency", "status"),
    ),
    "events": FactFields(("customer", "event", "date"), ("email", "event_id")),
    "referrals": FactFields(("referrer", "date"), ("referred",)),
    "series": FactFields(("metric", "date", "numerator", "denominator"), ("until", "segment")),
}
STAGES = ("awareness", "consideration", "purchase", "retention", "advocacy")
"""The lifecycle stages, unless the configuration names others; presets map the words of systems to them."""
LifecycleId = Literal[
    "stage_conversion",
    "activation_rate",
    "first_90_day_churn",
    "repeat_purchase_rate",
    "retention_rate",
    "churn_rate",
    "nrr",
    "grr",
    "customer_lifetime_value",
    "nps",
    "referral_rate",
]
SHARES = frozenset(
    {
        "campaign_response",
        "stage_conversion",
        "activation_rate",
        "first_90_day_churn",
        "repeat_purchase_rate",
        "retention_rate",
        "churn_rate",
        "nrr",
        "grr",
        "referral_rate",
    }
)
"""Metrics whose targets are percentages."""
# ISO 4217, with the codes withdrawn since 2010 that exports of those years still carry.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD CAD CDF
CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VEF VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMK ZMW
ZWG ZWL
"""
CURRENCIES = frozenset(_CODES.split())


def did_you_mean(word: str, known: Collection[str], prefix: str = "", cutoff: float = 0.6) -> str:
    """A hint with the nearest known words, or empty; ``prefix`` is what all of them begin with, ``cutoff`` how much
    a word must resemble another (0 to 1).

    >>> did_you_mean("timezon", ("timezone", "title"))
    'did you mean timezone?'
    >>> did_you_mean("xyz", ("timezone",))
    ''
    """
    folded = {name.casefold(): name for name in sorted(known)}
    if word.casefold() in folded:
        return f"did you mean {prefix}{folded[word.casefold()]}?"
    near = [prefix + folded[name] for name in get_close_matches(word.casefold(), list(folded), n=2, cutoff=cutoff)]
    return f"did you mean {' or '.join(near)}?" if near else ""
