"""Tickets, campaigns and acquired customers -> small additive frames by day, in the operations of ``permitted.py``."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from clm_audit.measures.daily import KINDS, as_float, code, flag, inside
from clm_audit.measures.model import Calendar

Frame = nw.LazyFrame[Any]


def ticket_frame(tickets: Frame) -> Frame:
    """Tickets, cost and handling time with their second moments, per segment and day."""
    typed = tickets.select(
        "day",
        nw.col("segment").fill_null(0),
        nw.col("cost").fill_null(0),
        nw.col("seconds").fill_null(0),
        costed=flag(~nw.col("cost").is_null()),
        timed=flag(~nw.col("seconds").is_null()),
    ).with_columns(
        cost2=as_float("cost") * as_float("cost"),
        seconds2=as_float("seconds") * as_float("seconds"),
        size=as_float("cost").abs() + as_float("seconds").abs(),
    )
    names = ("costed", "cost", "cost2", "timed", "seconds", "seconds2", "size")
    return typed.group_by("segment", "day").agg(tickets=nw.len(), **{name: nw.col(name).sum() for name in names})


def campaign_frame(sends: Frame, responses: Frame | None, split: tuple[str, ...] = ()) -> Frame:
    """Distinct recipient × campaign per campaign and day of its first send; responses count there too. ``split``: the
    recipients' segment, where there is more than one.

    A send that no bounce was reported for counts as delivered (``unreported`` says how many carried no
    word on it); what was not delivered cannot have been responded to.
    """
    told = sends.select(
        "campaign",
        "recipient",
        "day",
        *(nw.col(name).fill_null(0) for name in split),
        came=flag(nw.col("delivered").is_null() | nw.col("delivered")),
        silent=flag(nw.col("delivered").is_null()),
    )
    reached = told.group_by("campaign", "recipient").agg(
        day=nw.col("day").min(),
        delivered=nw.col("came").max(),
        unreported=nw.col("silent").min(),
        **{name: nw.col(name).max() for name in split},
    )
    if responses is None:
        answered = reached.with_columns(**{kind: nw.lit(0).cast(nw.Int64) for kind in KINDS})
    else:
        kind = code("kind", KINDS, -1)
        marks = responses.select("campaign", "recipient", kind=kind).select(
            "campaign", "recipient", **{name: flag(nw.col("kind") == place) for place, name in enumerate(KINDS)}
        )
        given = marks.group_by("campaign", "recipient").agg(**{name: nw.col(name).max() for name in KINDS})
        answered = reached.join(given, on=["campaign", "recipient"], how="left").with_columns(
            **{name: nw.col(name).fill_null(0) * nw.col("delivered") for name in KINDS}
        )
    names = ("delivered", "unreported", *KINDS)
    sums = {name: nw.col(name).sum() for name in names}
    return answered.group_by(*split, "campaign", "day").agg(sent=nw.len(), **sums)


def aggregate_frame(campaigns: Frame) -> Frame:
    """The same quantities from a table that holds one row a campaign. Without a count of deliveries, what
    was sent counts as delivered (``unreported``)."""
    names = ("sent", "delivered", *KINDS)
    missing = nw.col("delivered").is_null()
    sent = nw.col("sent").fill_null(0)
    typed = campaigns.select(
        "campaign",
        "day",
        sent=nw.when(nw.col("sent").is_null()).then(nw.col("delivered").fill_null(0)).otherwise(sent),
        delivered=nw.when(missing).then(sent).otherwise(nw.col("delivered")),
        unreported=nw.when(missing).then(sent).otherwise(nw.lit(0)),
        **{kind: nw.col(kind).fill_null(0) for kind in KINDS},
    )
    return typed.group_by("campaign", "day").agg(**{name: nw.col(name).sum() for name in (*names, "unreported")})


def acquired_frame(customers: Frame, calendar: Calendar) -> Frame:
    """Customers per segment and the day on which their system says that they became one."""
    one = customers.group_by("customer").agg(day=nw.col("acquired").min(), segment=nw.col("segment").fill_null(0).max())
    return one.filter(inside(calendar.span)).group_by("segment", "day").agg(new=nw.len())
