"""A company as plain arrays, the facts that the product reads from it, and the plan of its audit.

Days are whole days since 1970-01-01, amounts whole hundredths. A world holds what happened; nothing in it knows of a
go-live. ``facts()`` types the arrays by the product's own schemas, as the readers of exports do, so that everything
after the reading is the product's real code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.config.plan import AuditPlan, KnownEvent
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS, Facts
from clm_audit.measures.model import to_date

Array = NDArray[Any]
CATEGORIES = ("acquisition", "retention")
CREDIT_NOTE = "credit_note"


@dataclass(frozen=True)
class Orders:
    """One entry an order (or credit note): ``customer`` -1 = not known, ``net`` hundredths, below zero for credits."""

    customer: Array
    day: Array
    net: Array

    def take(self, rows: Array) -> Orders:
        """The chosen entries."""
        return Orders(self.customer[rows], self.day[rows], self.net[rows])


@dataclass(frozen=True)
class Tickets:
    """One entry a ticket."""

    customer: Array
    day: Array
    cost: Array


@dataclass(frozen=True)
class Sends:
    """One entry a delivered message; ``responded`` whether the recipient answered."""

    campaign: Array
    recipient: Array
    day: Array
    responded: Array


@dataclass(frozen=True)
class Spend:
    """One entry a booking; ``category`` is a position in :data:`CATEGORIES`."""

    day: Array
    cents: Array
    category: Array


@dataclass(frozen=True)
class World:
    """One company. ``group``: the row of the results it belongs to; ``cluster``: what its cases share.

    ``first``/``end``: half-open span of its data; ``breaks``: days of breaks in the data that the audit is told of.
    ``acquired`` [customers]: day on which each became one, None when no system says.
    """

    group: str
    cluster: str
    first: int
    end: int
    orders: Orders
    tickets: Tickets | None = None
    sends: Sends | None = None
    spend: Spend | None = None
    acquired: Array | None = None
    breaks: tuple[int, ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)

    def until(self, end: int) -> World:
        """The same company, known up to a day."""
        cut: dict[str, Any] = {"end": min(self.end, end)}
        for name in ("orders", "tickets", "sends", "spend"):
            part = getattr(self, name)
            if part is not None:
                kept = part.day < end
                cut[name] = replace(part, **{key: value[kept] for key, value in vars(part).items()})
        return replace(self, **cut)

    def plan(self, go_live: int) -> AuditPlan:
        """The plan of an audit at a date, with nothing but defaults and the known breaks."""
        events = tuple(KnownEvent(date=to_date(day), what="new tracking", is_break=True) for day in self.breaks)
        return AuditPlan(go_live=to_date(go_live), currency="USD", events=events)

    def facts(self) -> Facts:
        """The canonical tables."""
        tables = {"orders": _orders(self.orders)}
        if self.tickets is not None:
            tables["tickets"] = table("tickets", vars(self.tickets))
        if self.sends is not None:
            tables |= _campaigns(self.sends)
        if self.spend is not None:
            names = np.array(CATEGORIES, dtype=object)
            columns = {"day": self.spend.day, "until": self.spend.day + 1, "cents": self.spend.cents}
            tables["spend"] = table("spend", {**columns, "category": names[self.spend.category]})
        if self.acquired is not None:
            tables["customers"] = table(
                "customers", {"customer": np.arange(self.acquired.size), "acquired": self.acquired}
            )
        return Facts(tables, (), (), ({},), "USD")


def _orders(orders: Orders) -> pl.LazyFrame:
    credit = orders.net < 0
    frame = table(
        "orders",
        {
            "order": np.arange(orders.day.size),
            "customer": orders.customer,
            "day": orders.day,
            "gross": np.maximum(orders.net, 0),
            "refunded": np.maximum(-orders.net, 0),
            "net": orders.net,
            "left_out": np.where(credit, CREDIT_NOTE, ""),
        },
    )
    nameless = pl.col("customer") < 0
    return frame.with_columns(
        customer=pl.when(nameless).then(None).otherwise(pl.col("customer")),
        left_out=pl.when(pl.col("left_out") == "").then(None).otherwise(pl.col("left_out")),
    )


def _campaigns(sends: Sends) -> dict[str, pl.LazyFrame]:
    answered = sends.responded
    shared = {"campaign": sends.campaign, "recipient": sends.recipient, "day": sends.day}
    kind = np.full(int(answered.sum()), "responded", dtype=object)
    return {
        "sends": table("sends", {**shared, "delivered": np.ones(sends.day.size, dtype=bool)}),
        "responses": table("responses", {key: value[answered] for key, value in shared.items()} | {"kind": kind}),
    }


def table(name: str, columns: Mapping[str, Array]) -> pl.LazyFrame:
    """Typed by the schema; columns that are not given are null, but for the segment, which is 0."""
    schema = {**SCHEMAS[name], **BOOKKEEPING}
    size = next(iter(columns.values())).size
    given = {"file": np.zeros(size), "side": np.zeros(size), "rows": np.ones(size), **columns}
    if "segment" in schema:
        given.setdefault("segment", np.zeros(size))
    frame = pl.DataFrame({column: pl.Series(column, given[column]) for column in schema if column in given})
    missing = [pl.lit(None).alias(column) for column in schema if column not in given]
    return frame.with_columns(missing).select(pl.col(column).cast(kind) for column, kind in schema.items()).lazy()
