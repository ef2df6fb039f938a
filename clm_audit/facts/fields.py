"""What the fields of each fact are: how a cell is read and when its row is rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clm_audit.config.preset import FactName

Kind = Literal[
    "key",
    "id",
    "campaign",
    "day",
    "cents",
    "micros",
    "count",
    "number",
    "seconds",
    "currency",
    "word",
    "flag",
    "score",
    "interval",
]


@dataclass(frozen=True)
class Field:
    """``missing`` and ``bad`` are the reject codes of a blank and of an unreadable cell; no ``missing``
    means that the field may be blank. ``negative`` is the code of a value below zero, where that cannot be."""

    kind: Kind
    missing: str = ""
    bad: str = ""
    negative: str = ""


_DATE = Field("day", "missing_date", "bad_date")
_LATER = Field("day", "", "bad_date")
_ID = Field("id")
_KEY = Field("key", "missing_id")
_CURRENCY = Field("currency", "", "bad_currency")
_COUNT = Field("count", "", "bad_number", "negative_number")

FIELDS: Mapping[FactName, Mapping[str, Field]] = {
    "customers": {
        "customer": Field("id", "missing_id"),
        "email": _ID,
        "acquired": _LATER,
        "ended": _LATER,
        "merged_into": _ID,
        "merged_from": Field("word"),
        "belongs_to": _ID,  # the customer that this person is one of
        "stage": Field("word"),
    },
    "orders": {
        "order": _KEY,
        "reference": Field("word"),
        "date": _DATE,
        "amount": Field("cents", "missing_amount", "bad_amount"),
        "refunded": Field("cents", "", "bad_amount", "negative_refund"),
        "customer": _ID,
        "email": _ID,
        "currency": _CURRENCY,
    },
    "order_lines": {
        "order": _KEY,
        "date": _DATE,
        "amount": Field("micros", "missing_amount", "bad_amount"),
        "quantity": Field("micros", "missing_amount", "bad_amount"),
        "unit_price": Field("micros", "missing_amount", "bad_amount"),
        "customer": _ID,
        "email": _ID,
        "currency": _CURRENCY,
    },
    "tickets": {
        "ticket": _KEY,
        "created": _DATE,
        "customer": _ID,
        "email": _ID,
        "cost": Field("cents", "", "bad_amount", "negative_cost"),
        "handling_time": Field("seconds", "", "bad_duration", "negative_duration"),
        "currency": _CURRENCY,
    },
    "sends": {
        "campaign": Field("campaign", "missing_campaign"),
        "recipient": Field("id", "missing_recipient"),
        "sent": _DATE,
        "delivered": Field("flag"),
        "bounced": Field("flag"),
    },
    "responses": {
        "campaign": Field("campaign", "missing_campaign"),
        "recipient": Field("id", "missing_recipient"),
        "date": _DATE,
        "kind": Field("word"),
    },
    "campaigns": {
        "campaign": Field("campaign", "missing_campaign"),
        "variant": Field("word"),
        "date": _DATE,
        "sent": _COUNT,
        "delivered": _COUNT,
        "opened": _COUNT,
        "clicked": _COUNT,
        "responded": _COUNT,
        "converted": _COUNT,
        "cost": Field("cents", "", "bad_amount", "negative_cost"),
        "currency": _CURRENCY,
    },
    "spend": {
        "date": _DATE,
        "until": _LATER,
        "until_inclusive": _LATER,
        "amount": Field("cents", "missing_amount", "bad_amount"),
        "category": Field("word"),
        "account": Field("word"),
        "platform": Field("word"),
        "owner": Field("word"),
        "vendor": Field("word"),
        "currency": _CURRENCY,
    },
    "stages": {
        "customer": _ID,
        "email": _ID,
        "order": Field("key"),  # whose customer it is, where the export names no other
        "stage": Field("word", "missing_stage"),
        "entered": _DATE,
    },
    "surveys": {
        "customer": _ID,
        "email": _ID,
        "survey": Field("word"),
        "date": _DATE,
        "score": Field("score", "missing_score", "bad_score"),
        "kind": Field("word"),
    },
    "subscriptions": {
        "subscription": _KEY,
        "customer": _ID,
        "email": _ID,
        "start": _DATE,
        "amount": Field("cents", "missing_amount", "bad_amount"),
        "quantity": Field("micros", "", "bad_number", "negative_number"),
        "interval": Field("interval", "", "bad_interval"),
        "end": _LATER,
        "cancelled": _LATER,
        "currency": _CURRENCY,
    },
    "events": {
        "customer": _ID,
        "email": _ID,
        "event": Field("word", "missing_event"),
        "event_id": Field("word"),
        "date": _DATE,
    },
    "referrals": {"referrer": Field("id", "missing_id"), "referred": _ID, "date": _DATE},
    "series": {
        "metric": Field("word", "unknown_metric"),
        "date": _DATE,
        "until": _LATER,
        "numerator": Field("number", "missing_number", "bad_number"),
        "denominator": Field("number", "missing_number", "bad_number", "negative_number"),
        "segment": Field("word"),
    },
}

CODES: tuple[str, ...] = (
    "bad_amount",
    "bad_currency",
    "bad_date",
    "bad_duration",
    "bad_interval",
    "bad_number",
    "bad_score",
    "conflicting_rows",
    "impossible_date",
    "missing_amount",
    "missing_campaign",
    "missing_date",
    "missing_event",
    "missing_id",
    "missing_number",
    "missing_recipient",
    "missing_score",
    "missing_stage",
    "negative_cost",
    "negative_duration",
    "negative_number",
    "negative_refund",
    "order_incomplete",
    "other_currency",
    "period_crosses_go_live",
    "period_is_empty",
    "repeated",
    "retold",
    "same_file",
    "superseded",
    "two_addresses",
    "unknown_kind",
    "unknown_metric",
)
"""Every code of a :class:`~clm_audit.intake.model.Reject` that this floor makes; sentences are in the report."""

LEFT_OUT: tuple[str, ...] = (
    "abandoned",
    "authorized",
    "cancelled",
    "credit_note",
    "deleted",
    "disputed",
    "draft",
    "expired",
    "failed",
    "income",
    "incomplete",
    "machine",
    "merged",
    "no_cost",
    "not_won",
    "pending",
    "settlement",
    "spam",
    "suspended",
    "test",
    "trial",
    "unknown_state",
    "unmatched",
    "unpaid",
    "voided",
)
"""Reasons of rows that are understood and not counted, as the shipped presets name them."""
