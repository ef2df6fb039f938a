"""A company as documented plain tables: one file a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from systems.company import Company, Order, Response, Send
from systems.expect import (
    Expected,
    Rows,
    Totals,
    day_number,
    event_totals,
    order_totals,
    response_totals,
    send_totals,
    spend_totals,
    stage_totals,
    subscription_totals,
    survey_totals,
    ticket_totals,
)
from systems.files import stamp, write_csv, write_json_lines

_Z = "%Y-%m-%dT%H:%M:%SZ"
Cells = Sequence[object]
_M = TypeVar("_M", Send, Response)


@dataclass
class _Folder:
    """The files written so far, and what must become of them."""

    company: Company
    path: Path
    files: dict[str, Rows] = field(default_factory=dict)
    totals: Totals = field(default_factory=dict)

    def id(self, number: int | None) -> str:
        return "NULL" if number is None else self.company.customer(number).id

    def add(self, fact: str, header: str, rows: Iterable[Cells], totals: Totals, delimiter: str = ",") -> None:
        rows = list(rows)
        write_csv(self.path / f"{fact}.csv", header.split(), rows, delimiter=delimiter)
        self.files[f"{fact}.csv"] = Rows(len(rows))
        self.totals |= totals


def write(company: Company, folder: Path) -> Expected:
    """Write every fact but ready-made series; merged customers count as one, deleted ones do not."""
    out = _Folder(company, folder)
    for part in (_customers, _orders, _tickets, _mails, _money, _moments):
        part(out)
    systems = {name: f"plain.{name.partition('.')[0]}" for name in out.files}
    return Expected(out.files, out.totals, systems)


def _customers(out: _Folder) -> None:
    everybody = out.company.customers
    rows = [
        (one.id, stamp(one.acquired, _Z), one.written, stamp(one.ended, _Z),
         out.id(one.merged_into), "yes" if one.deleted else "no", one.segment)
        for one in everybody
    ]  # fmt: skip
    listed = [one for one in everybody if not one.deleted and one.merged_into is None]
    totals = {
        "customers.rows": len(listed),
        "customers.customers": len(listed),
        "customers.acquired": sum(day_number(one.acquired) for one in listed),
        "customers.ended": sum(day_number(one.ended) for one in listed if one.ended),
    }
    out.add("customers", "Customer_ID Acquired E-mail Ended merged_into deleted segment", rows, totals)


def _has_lines_only(order: Order) -> bool:
    return order.number % 2 == 0 and not order.discount and not order.refunds and order.state == "paid"


def _orders(out: _Folder) -> None:
    """Half of the simple orders stand as their lines in a file of their own."""
    state = {"pending": "on hold", "test": "paid", "voided": "Void", "cancelled": "storniert"}
    whole = [one for one in out.company.orders if not _has_lines_only(one)]
    rows = [
        (one.number, stamp(one.placed, _Z), one.gross, out.id(one.customer), one.refunded or None, one.currency,
         state.get(one.state, "paid"), one.state == "test")
        for one in whole
    ]  # fmt: skip
    totals = order_totals(out.company.orders, who=out.company.person)
    totals["orders.left_out.unpaid"] = totals.pop("orders.left_out.pending")
    out.add("orders", "order date amount customer refunded currency status test", rows, totals, delimiter=";")
    lines = [
        (one.number, stamp(one.placed, _Z), line.item, line.quantity, line.unit_price, out.id(one.customer))
        for one in out.company.orders
        if _has_lines_only(one)
        for line in one.lines
    ]
    out.add("order_lines", "order date item quantity unit_price customer", lines, {})


def _tickets(out: _Folder) -> None:
    rows = [
        (one.number, stamp(one.created, _Z), out.id(one.customer), one.seconds, one.state, one.merged_into)
        for one in out.company.tickets
    ]
    totals = ticket_totals(out.company.tickets, who=out.company.person)
    out.add("tickets", "ticket created customer handling_time status merged_into", rows, totals)


def _mails(out: _Folder) -> None:
    """Two records of one person make one recipient: what both got or did counts once, the earlier one.

    Of two sends the one that arrived counts.
    """
    sends, responses, person = out.company.sends, out.company.responses, out.company.person
    rows: list[Cells] = [(one.campaign, out.id(one.customer), stamp(one.at, _Z), one.delivered) for one in sends]
    once = {(one.campaign, person(one.customer)): one for one in sorted(_backwards(sends), key=_arrived)}
    assert len(once) < len(sends)
    out.add("sends", "campaign recipient sent delivered", rows, send_totals(once.values(), who=person), delimiter="\t")
    out.files["sends.csv"] = Rows(len(once), duplicate=len(sends) - len(once))
    rows = [(one.campaign, out.id(one.customer), stamp(one.at, _Z), one.kind) for one in responses]
    done = {(one.campaign, person(one.customer), one.kind): one for one in _backwards(responses)}
    out.add("responses", "campaign recipient date kind", rows, response_totals(done.values(), who=person))
    out.files["responses.csv"] = Rows(len(done), duplicate=len(responses) - len(done))


def _arrived(one: Send) -> bool:
    return one.delivered


def _backwards(moments: Sequence[_M]) -> list[_M]:
    """Later days first; within a day the last of the file first."""
    return sorted(moments, key=lambda one: one.at.date())[::-1]


def _money(out: _Folder) -> None:
    spend, subscriptions = out.company.spend, out.company.subscriptions
    rows: list[Cells] = [(one.day.isoformat(), one.amount, one.category, one.account) for one in spend]
    out.add("spend", "date amount category account", rows, spend_totals(spend))
    rows = [
        (one.number, out.id(one.customer), stamp(one.start, _Z), one.amount, one.interval, stamp(one.ended, _Z),
         stamp(one.cancelled, _Z), one.currency)
        for one in subscriptions
    ]  # fmt: skip
    header = "subscription customer start amount interval end cancelled currency"
    out.add("subscriptions", header, rows, subscription_totals(subscriptions, who=out.company.person))


def _moments(out: _Folder) -> None:
    """Stages, answers and referrals; events as JSON lines, of which those of nobody known have no customer."""
    company, person = out.company, out.company.person
    rows: list[Cells] = [(out.id(one.customer), one.stage, stamp(one.at, _Z)) for one in company.stages]
    out.add("stages", "customer stage entered", rows, _stages(company, person))
    rows = [(one.number, out.id(one.customer), stamp(one.at, _Z), one.score, one.kind) for one in company.surveys]
    out.add("surveys", "survey customer date score kind", rows, survey_totals(company.surveys, who=person))
    listed = [one for one in company.customers if one.merged_into is None]
    pairs = list(zip(listed[::2], listed[1::2], strict=False))
    rows = [(one.id, other.id, stamp(other.acquired, _Z)) for one, other in pairs]
    days = sum(day_number(other.acquired) for _, other in pairs)
    totals = {"referrals.rows": len(pairs), "referrals.customers": len(pairs), "referrals.referreds": len(pairs)}
    out.add("referrals", "referrer referred date", rows, {**totals, "referrals.day": days})
    objects = (
        {"event_id": one.number, "customer": out.id(one.customer), "event": one.name, "time": stamp(one.at, _Z)}
        for one in company.events
    )
    write_json_lines(out.path / "events.jsonl", objects)
    out.files["events.jsonl"] = Rows(len(company.events), structure=0)
    out.totals |= event_totals(company.events, who=person)


def _stages(company: Company, person: Callable[[int], object]) -> Totals:
    """A stage that a record and the one merged into it entered on the same day was entered once."""
    once = {(person(one.customer), one.stage, one.at.date()): one for one in company.stages}
    assert len(once) == len(company.stages)
    return stage_totals(once.values(), who=company.person)
