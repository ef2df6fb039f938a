"""The canonical tables of a run: one typed Parquet a fact, plus what became of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from clm_audit.config.base import Frozen, NotAssessable
from clm_audit.intake.model import FileRecord, Reject

if TYPE_CHECKING:
    from clm_audit.facts.warehouse.model import Session

# Every table also has: file:int32 (RawTable.index), side:int8 (-1 before only, 0 both, 1 after only),
# rows:int32 (how many records of the file stand behind this row; the ledger sums it).
# Days are days since 1970-01-01 in the audit's zone. Money is hundredths of the audit currency.
# ``customer`` is an exact integer code (0, 1, 2 …) of an identity; anonymous rows have null.
# ``segment`` is an integer code into Facts.segments (0 = not known); joined here, once.
# ``left_out`` is null for rows that count, else why they do not (voided, cancelled, not_won, test, …).
SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    # ended = the day from which one is no customer any more; stage = the last word of the export, as written
    "customers": {
        "customer": pl.Int64(),
        "acquired": pl.Int32(),
        "segment": pl.Int32(),
        "ended": pl.Int32(),
        "stage": pl.String(),
    },
    "orders": {
        "order": pl.Int64(),
        "customer": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "gross": pl.Int64(),
        "refunded": pl.Int64(),
        "net": pl.Int64(),
        "left_out": pl.String(),
    },
    "tickets": {
        "customer": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "cost": pl.Int64(),
        "seconds": pl.Int64(),
        "left_out": pl.String(),
    },
    "sends": {
        "campaign": pl.Int64(),
        "recipient": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "delivered": pl.Boolean(),
    },
    "responses": {"campaign": pl.Int64(), "recipient": pl.Int64(), "day": pl.Int32(), "kind": pl.String()},
    "campaigns": {
        "campaign": pl.Int64(),
        "day": pl.Int32(),
        "sent": pl.Int64(),
        "delivered": pl.Int64(),
        "opened": pl.Int64(),
        "clicked": pl.Int64(),
        "responded": pl.Int64(),
        "converted": pl.Int64(),
        "cost": pl.Int64(),
    },
    # until = exclusive last day + 1 of the span that the amount covers (day + 1 for a dated row)
    "spend": {"day": pl.Int32(), "until": pl.Int32(), "cents": pl.Int64(), "category": pl.String()},
    # From here on to ``referrals``: what the metrics of the lifecycle are made of.
    # place = which lifecycle stage the word means (1 = the first), 0 = understood and none of them, null = not known
    "stages": {
        "customer": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "stage": pl.String(),
        "place": pl.Int32(),
    },
    # score in whole points of its kind: nps 0 to 10; csat, ces and rating as their makers scale them;
    # good_bad 1 and 0; null where nothing says what was asked
    "surveys": {
        "customer": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "kind": pl.String(),
        "score": pl.Int32(),
    },
    # amount = hundredths an interval (quantity counted in), in ``currency`` (the audit's wherever a rate allows);
    # monthly = the same a month, null where the interval is not stated, 0 where it does not recur;
    # until = exclusive end, null while it runs; cancelled = the day of the request, which stands for the end where the
    # file writes none. Several rows are its items.
    "subscriptions": {
        "subscription": pl.Int64(),
        "customer": pl.Int64(),
        "segment": pl.Int32(),
        "day": pl.Int32(),
        "until": pl.Int32(),
        "cancelled": pl.Int32(),
        "amount": pl.Int64(),
        "currency": pl.String(),
        "interval": pl.String(),
        "recurring": pl.Boolean(),
        "monthly": pl.Int64(),
        "left_out": pl.String(),
    },
    "events": {"customer": pl.Int64(), "segment": pl.Int32(), "day": pl.Int32(), "event": pl.String()},
    # customer = who referred; referred = whom, where it is known
    "referrals": {"customer": pl.Int64(), "segment": pl.Int32(), "day": pl.Int32(), "referred": pl.Int64()},
    "series": {
        "metric": pl.String(),
        "day": pl.Int32(),
        "until": pl.Int32(),
        "numerator": pl.Float64(),
        "denominator": pl.Float64(),
        "segment": pl.Int32(),
    },
}
BOOKKEEPING: dict[str, pl.DataType] = {"file": pl.Int32(), "side": pl.Int8(), "rows": pl.Int32()}
Table = Literal[
    "customers",
    "orders",
    "tickets",
    "sends",
    "responses",
    "campaigns",
    "spend",
    "stages",
    "surveys",
    "subscriptions",
    "events",
    "referrals",
    "series",
]
How = Literal["form", "proved", "sibling", "said", "typed"]


class ColumnRead(Frozen):
    """How one column of a file was read. ``form``: the date format or the decimal mark; ``how`` it was settled:
    all cells have one ``form``, ``rows`` of them ``proved`` whether the day or the month is first, another file of
    the same export (``sibling``) proved it, the configuration ``said`` so, or the file itself is ``typed``."""

    header: str
    kind: Literal["date", "amount"]
    form: str
    how: How
    rows: int = 0


OF_LIFECYCLE: tuple[Table, ...] = ("stages", "surveys", "subscriptions", "events", "referrals")
"""Facts of the lifecycle: histories that one export may hold whole, so that the checks of coverage do not ask them."""


@dataclass(frozen=True)
class Facts:
    """What the exports say, typed. ``tables`` are lazy Polars frames: of rows in memory, or of the run folder's
    Parquet files; those that stayed in an engine are its own (``session``, an open connection).

    ``segments``: code -> {segment column: label}; code 0 is "not known".
    ``currency``: the audit currency (declared, or the only one seen), or why there is none.
    ``absent``: fact -> a sentence naming the export of the recognised system that would carry it.
    ``columns``: RawTable.index -> how the date and amount columns of the file were read.
    ``files`` is the ledger before rows outside the windows are set apart (see ``settle``).
    ``parts``: the tables once more, divided so that all rows of a customer stand in one part; what belongs to no
    customer is in the first. Empty where the rows are few enough to be looked at all at once.
    ``evidence``: named counts for the data checks (``orders.without_customer``,
    ``orders.duplicate_rows``, ``currency.seen.EUR`` …), integers only.
    """

    tables: Mapping[Table, Any]
    files: tuple[FileRecord, ...]
    rejects: tuple[Reject, ...]
    segments: tuple[Mapping[str, str], ...]
    currency: str | NotAssessable
    absent: Mapping[Table, str] = field(default_factory=dict)
    evidence: Mapping[str, int] = field(default_factory=dict)
    systems: tuple[str, ...] = ()
    columns: Mapping[int, tuple[ColumnRead, ...]] = field(default_factory=dict)
    session: Session | None = None
    parts: tuple[Mapping[Table, pl.LazyFrame], ...] = ()
