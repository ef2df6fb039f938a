"""What must come out of a world, and the one checker that compares it with what the product makes of the files.

A world's ``write(company, folder) -> Expected`` states for each file what becomes of its records (:class:`Rows`)
and for each fact its totals. The totals are computed from the company by the ``*_totals`` helpers, never by the
product; join them with ``|``. Names of totals:

- ``<fact>.rows``: rows that count; ``<fact>.left_out.<reason>``: rows that are understood and do not;
- ``<fact>.<column>``: the sum of a whole-number column over the rows that count. Money is in cents; ``day``,
  ``acquired`` and other dates are summed as days since 1970 in the audit's zone, so a stamp on a wrong day shows;
- ``<fact>.customers`` (or ``recipients``, ``campaigns``): how many different ones;
- ``<fact>.<word column>.<value>``: rows with that word;
- ``spend.cents.<category>``: cents of a category.

A total that an :class:`Expected` does not name is not compared, but every fact must be named by its ``rows``, and every
reason for leaving rows out must be there: a fact, a file or a reason that nobody expects is a failure. In use::

    expected = zendesk_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone="America/New_York")
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.facts.build import build_facts
from clm_audit.facts.model import Facts
from clm_audit.intake.read import read_exports
from systems.company import (
    Company,
    Event,
    Order,
    Response,
    Send,
    Spend,
    StageChange,
    Subscription,
    Survey,
    Ticket,
    cents,
)

Totals = dict[str, int]
Who = Callable[[int], Hashable]
_CODES = ("customer", "recipient", "campaign", "subscription", "referred")
_BOOKS = ("file", "side", "rows", "segment", "order", "left_out")


@dataclass(frozen=True)
class Rows:
    """What becomes of the records of one file; ``structure`` counts header, title, totals, footer and blank lines."""

    accepted: int
    rejected: int = 0
    duplicate: int = 0
    structure: int = 1


@dataclass(frozen=True)
class Expected:
    """``files``: path inside the folder -> fate of its records; ``totals``: see the module. ``systems``: path -> the
    preset's ``system.object`` that it must be taken for (optional). ``unknown``: files that nobody can place."""

    files: Mapping[str, Rows]
    totals: Mapping[str, int]
    systems: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def __or__(self, other: Expected) -> Expected:
        """Both worlds in one folder; totals of the same name are added, which is right unless they overlap."""
        totals = Counter(self.totals)
        totals.update(other.totals)
        return Expected(
            {**self.files, **other.files}, dict(totals), {**self.systems, **other.systems}, self.unknown + other.unknown
        )


def assert_world(folder: Path, expected: Expected, **plan: Any) -> Facts:
    """Read a folder as the product does, without a config, and compare every count and total exactly.

    ``plan`` are fields of :class:`~clm_audit.config.plan.AuditPlan` (``timezone="Europe/Berlin"``). Lazy tables of the
    returned facts are collected, so they may be looked at further.
    """
    unknown: list[str] = []
    facts = read_world(folder, unknown, **plan)
    assert sorted(unknown) == sorted(expected.unknown)
    compare(facts, expected)
    return facts


def read_world(folder: Path, unknown: list[str] | None = None, **plan: Any) -> Facts:
    """The facts of a folder; the names of files that nobody could place are added to ``unknown``."""
    settings = AuditPlan(sources=(Source(path=folder),), root=folder, **plan)
    with tempfile.TemporaryDirectory() as scratch:
        exports = read_exports(settings, Path(scratch))
        facts = build_facts(settings, exports, Path(scratch))
        tables: dict[Any, pl.LazyFrame] = {name: table.collect().lazy() for name, table in facts.tables.items()}
    if unknown is not None:
        unknown += [name for name, _ in exports.unknown]
    return Facts(**{**vars(facts), "tables": tables})


def compare(facts: Facts, expected: Expected) -> None:
    """Compare facts with what must come out; raises AssertionError with the differing entries only."""
    assert all(record.rows.adds_up() for record in facts.files)
    got_files = {
        record.path: Rows(record.rows.accepted, record.rows.rejected, record.rows.duplicate, record.rows.structure)
        for record in facts.files
    }
    _agree("records", got_files, expected.files)
    taken = {record.path: f"{record.system}.{record.object}" for record in facts.files}
    assert {path: taken[path] for path in expected.systems} == dict(expected.systems)
    got = totals_of(facts)
    # stages are a second reading of contacts and deals, proved in tests/facts/test_facts_places.py
    must_be_named = {name for name in got if name.endswith(".rows") or ".left_out." in name} - {"stages.rows"}
    named = {name: got.get(name, 0) for name in must_be_named | set(expected.totals)}
    _agree("totals", named, expected.totals)


def _agree(what: str, got: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Raise with the entries that differ; a missing total and zero are the same."""
    names = sorted({*got, *expected})
    differing = [name for name in names if (got.get(name) or None) != (expected.get(name) or None)]
    said = "".join(f"\n  {name}: got {got.get(name)}, expected {expected.get(name)}" for name in differing)
    assert not differing, f"{what} differ:{said}"


def totals_of(facts: Facts) -> Totals:
    """Every total of the facts, named as the module says."""
    found: Totals = {}
    for fact, lazy in facts.tables.items():
        table = lazy.collect()
        if "left_out" in table.columns:
            for reason, count in table["left_out"].drop_nulls().value_counts().iter_rows():
                found[f"{fact}.left_out.{reason}"] = count
            table = table.filter(pl.col("left_out").is_null())
        found[f"{fact}.rows"] = table.height
        for name, dtype in table.schema.items():
            if name in _BOOKS:
                continue
            if name in _CODES:
                found[f"{fact}.{name}s"] = table[name].drop_nulls().n_unique()
            elif dtype == pl.String:
                for value, count in table[name].drop_nulls().value_counts().iter_rows():
                    found[f"{fact}.{name}.{value}"] = count
            elif dtype.is_integer() or dtype == pl.Boolean:
                found[f"{fact}.{name}"] = int(table[name].sum())
        if fact == "spend":
            for category, amount in table.group_by("category").agg(pl.col("cents").sum()).iter_rows():
                found[f"spend.cents.{category}"] = amount
    return found


def day_number(moment: datetime | date, zone: str = "UTC") -> int:
    """Days since 1970-01-01 of a moment on the calendar of a zone."""
    day = moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment
    return (day - date(1970, 1, 1)).days


def same(number: int) -> Hashable:
    """The identity of a customer when no merge is known: its own number."""
    return number


def order_totals(orders: Iterable[Order], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of orders; those that do not count are left out for their state."""
    orders = list(orders)
    counted = [one for one in orders if one.counts]
    return {
        "orders.rows": len(counted),
        "orders.gross": sum(cents(one.gross) for one in counted),
        "orders.refunded": sum(cents(one.refunded) for one in counted),
        "orders.net": sum(cents(one.net) for one in counted),
        "orders.customers": len({who(one.customer) for one in counted if one.customer is not None}),
        "orders.day": sum(day_number(one.placed, zone) for one in counted),
        **left_out("orders", (one.state for one in orders if not one.counts)),
    }


def left_out(fact: str, reasons: Iterable[str]) -> Totals:
    """Totals of rows that are left out, by reason."""
    return {f"{fact}.left_out.{reason}": count for reason, count in Counter(reasons).items()}


def ticket_totals(tickets: Iterable[Ticket], zone: str = "UTC", who: Who = same, timed: bool = True) -> Totals:
    """Totals of tickets; ``timed``: whether the export has the time that agents spent."""
    tickets = list(tickets)
    counted = [one for one in tickets if one.counts]
    reasons = ("merged" if one.merged_into else one.state for one in tickets if not one.counts)
    return {
        "tickets.rows": len(counted),
        "tickets.customers": len({who(one.customer) for one in counted if one.customer is not None}),
        "tickets.seconds": sum(one.seconds or 0 for one in counted) if timed else 0,
        "tickets.day": sum(day_number(one.created, zone) for one in counted),
        **left_out("tickets", reasons),
    }


def send_totals(sends: Iterable[Send], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of sends, bounced ones included."""
    sends = list(sends)
    return {
        "sends.rows": len(sends),
        "sends.delivered": sum(one.delivered for one in sends),
        "sends.recipients": len({who(one.customer) for one in sends}),
        "sends.campaigns": len({one.campaign for one in sends}),
        "sends.day": sum(day_number(one.at, zone) for one in sends),
    }


def response_totals(responses: Iterable[Response], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of responses."""
    responses = list(responses)
    kinds = Counter(one.kind for one in responses)
    return {
        "responses.rows": len(responses),
        "responses.recipients": len({who(one.customer) for one in responses}),
        "responses.day": sum(day_number(one.at, zone) for one in responses),
        **{f"responses.kind.{kind}": count for kind, count in kinds.items()},
    }


def spend_totals(spend: Iterable[Spend]) -> Totals:
    """Totals of spend dated by the day."""
    spend = list(spend)
    by_category: Counter[str] = Counter()
    for one in spend:
        by_category[one.category] += cents(one.amount)
    return {
        "spend.rows": len(spend),
        "spend.cents": sum(by_category.values()),
        "spend.day": sum(day_number(one.day) for one in spend),
        **{f"spend.cents.{category}": amount for category, amount in by_category.items()},
    }


def event_totals(events: Iterable[Event], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of product events of known customers."""
    events = list(events)
    return {
        "events.rows": len(events),
        "events.customers": len({who(one.customer) for one in events if one.customer is not None}),
        "events.day": sum(day_number(one.at, zone) for one in events),
        **{f"events.event.{name}": count for name, count in Counter(one.name for one in events).items()},
    }


def customer_totals(
    company: Company, numbers: Iterable[int] | None = None, zone: str = "UTC", dated: bool = True, who: Who = same
) -> Totals:
    """Totals of listed customers (default: all), acquired when first known if the export is ``dated``."""
    listed = [one.number for one in company.customers] if numbers is None else list(numbers)
    first: dict[Hashable, datetime] = {}
    for number in listed:
        acquired = company.customer(number).acquired
        first[who(number)] = min(first.get(who(number), acquired), acquired)
    days = sum(day_number(moment, zone) for moment in first.values()) if dated else 0
    return {"customers.rows": len(first), "customers.customers": len(first), "customers.acquired": days}


def survey_totals(surveys: Iterable[Survey], zone: str = "UTC", who: Who = same, kind: str | None = None) -> Totals:
    """Totals of answers; ``kind`` is what the export calls all of them (default: their own)."""
    surveys = list(surveys)
    return {
        "surveys.rows": len(surveys),
        "surveys.customers": len({who(one.customer) for one in surveys}),
        "surveys.day": sum(day_number(one.at, zone) for one in surveys),
        "surveys.score": sum(one.score for one in surveys),
        **{f"surveys.kind.{name}": count for name, count in Counter(kind or one.kind for one in surveys).items()},
    }


def subscription_totals(subscriptions: Iterable[Subscription], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of subscriptions; ``monthly`` is each one's amount a month, rounded half to even."""
    subscriptions = list(subscriptions)
    months = [cents(one.amount) / Decimal(12 if one.interval == "year" else 1) for one in subscriptions]
    return {
        "subscriptions.rows": len(subscriptions),
        "subscriptions.customers": len({who(one.customer) for one in subscriptions}),
        "subscriptions.day": sum(day_number(one.start, zone) for one in subscriptions),
        "subscriptions.until": sum(day_number(one.ended, zone) for one in subscriptions if one.ended),
        "subscriptions.cancelled": sum(day_number(one.cancelled, zone) for one in subscriptions if one.cancelled),
        "subscriptions.amount": sum(cents(one.amount) for one in subscriptions),
        "subscriptions.monthly": sum(int(one.quantize(Decimal(1), ROUND_HALF_EVEN)) for one in months),
    }


def stage_totals(stages: Iterable[StageChange], zone: str = "UTC", who: Who = same) -> Totals:
    """Totals of stages entered."""
    stages = list(stages)
    return {
        "stages.rows": len(stages),
        "stages.customers": len({who(one.customer) for one in stages}),
        "stages.day": sum(day_number(one.at, zone) for one in stages),
        **{f"stages.stage.{name}": count for name, count in Counter(one.stage for one in stages).items()},
    }
