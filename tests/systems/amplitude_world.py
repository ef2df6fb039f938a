"""A company's product events as Amplitude's raw export: JSON lines in gzip files, an hour of upload each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from systems.company import Company, Event, cents
from systems.expect import Expected, Rows, Totals, day_number, event_totals
from systems.files import stamp, write_json_lines

_FORM = "%Y-%m-%d %H:%M:%S.000000"
APP = "240333"


def write(company: Company, folder: Path) -> Expected:
    """Write the events by the month of their upload, and the first month a second time, as a second download gives it
    (the same events, some of them uploaded late, in a file of another name)."""
    by_month: dict[str, list[Event]] = defaultdict(list)
    for one in company.events:
        by_month[stamp(one.at + timedelta(hours=one.number % 40), "%Y-%m-01_0")].append(one)
    files = {}
    for hour, events in sorted(by_month.items()):
        name = f"{APP}/{APP}_{hour}#0.json.gz"
        write_json_lines(folder / name, (_line(company, one) for one in events))
        files[name] = Rows(len(events), structure=0)
    again = f"{APP}/{APP}_2099-01-01_0#0.json.gz"
    repeated = next(iter(by_month.values()))[::-1]
    write_json_lines(folder / again, (_line(company, one) for one in repeated))
    files[again] = Rows(0, duplicate=len(repeated), structure=0)
    totals = event_totals(company.events) | sale_totals(company.events)
    return Expected(files, totals, dict.fromkeys(files, "amplitude.events"))


def sale_totals(events: Iterable[Event]) -> Totals:
    """Totals of the events that carry revenue, as orders."""
    sales = [one for one in events if one.revenue is not None]
    amount = sum(cents(one.revenue) for one in sales if one.revenue is not None)
    return {
        "orders.rows": len(sales),
        "orders.gross": amount,
        "orders.net": amount,
        "orders.customers": len({one.customer for one in sales if one.customer}),
        "orders.day": sum(day_number(one.at) for one in sales),
    }


def _line(company: Company, event: Event) -> dict[str, object]:
    """One event with the keys of a real line; the clock of the device may be wrong, and only purchases have revenue."""
    customer = company.customer(event.customer) if event.customer else None
    properties: dict[str, object] = {"screen": "Home", "tags": ["a", "b"]}
    if event.revenue is not None:
        properties |= {"$revenue": float(event.revenue), "$quantity": 1, "$productId": "Item 01"}
    at = stamp(event.at, _FORM)
    return {
        "$insert_id": f"insert-{event.number}", "$schema": None,
        "amplitude_id": 10**11 + (event.customer or event.number),
        "app": int(APP), "city": "Springfield", "client_event_time": "1970-01-01 00:00:07.000000", "country": "Germany",
        "data": {"path": "/x"}, "device_id": event.device, "event_id": event.number, "event_properties": properties,
        "event_time": at, "event_type": event.name, "group_properties": {}, "groups": {}, "language": "German",
        "paying": None, "platform": "Web", "processed_time": at, "session_id": -1, "server_upload_time": at,
        "user_creation_time": stamp(customer.acquired, _FORM) if customer else None,
        "user_id": customer.id if customer else None,
        "user_properties": {"email": customer.written, "plan": customer.segment} if customer else {},
        "uuid": f"00000000-0000-4000-8000-{event.number:012d}", "version_name": None,
    }  # fmt: skip
