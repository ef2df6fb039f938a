"""The sample company as one plain table a fact, as a warehouse holds it: for files, and for tables of an engine."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
Row = Mapping[str, str]
Tables = dict[str, list[dict[str, str]]]
# fact -> column -> type; empty cells are null
TYPES: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "order": "varchar(20)", "email": "text", "date": "timestamptz", "amount": "numeric(12,2)",
        "refunded": "numeric(12,2)", "currency": "char(3)", "status": "text",
    },
    "customers": {"customer": "text", "email": "text", "acquired": "date", "industry": "text"},
    "tickets": {"ticket": "bigint", "email": "text", "created": "timestamp", "handling_time": "integer"},
    "stages": {"customer": "text", "email": "text", "stage": "text", "entered": "date"},
    "surveys": {
        "survey": "text", "customer": "text", "email": "text", "date": "date", "score": "smallint", "kind": "text",
    },
    "events": {"customer": "text", "email": "text", "event": "text", "date": "date"},
    "referrals": {"referrer": "text", "referred": "text", "date": "date"},
    "subscriptions": {
        "subscription": "text", "customer": "text", "email": "text", "start": "date", "end": "date",
        "amount": "numeric(10,2)", "interval": "text", "currency": "text", "status": "text",
    },
    "spend": {"date": "date", "until": "date", "amount": "numeric(12,2)", "currency": "text", "category": "text"},
    "campaigns": {
        "campaign": "text", "date": "date", "sent": "bigint", "delivered": "integer", "opened": "bigint",
        "clicked": "bigint",
    },
}  # fmt: skip
PLAN = """\
go_live: 2024-07-01
timezone: America/New_York
currency: USD
service: {hourly_rate: 32.0}
response: clicked
activation: {event: App registered, within: 7 days}
segment_by: [industry]
stages: {awareness: {}, consideration: {of: [lead]}, purchase: {}, retention: {of: [customer]}, advocacy: {}}
"""


def company_tables() -> Tables:
    """Every fact of the sample company, both years in one table."""
    return {
        "orders": [order for lines in _by(_both("orders_export.csv"), "Name").values() for order in _order(lines)],
        "customers": _read("before/contacts.csv"),
        "tickets": [
            {
                "ticket": row["Id"],
                "email": row["Requester email"],
                "created": row["Created at"],
                "handling_time": row["Total time spent (sec)"],
            }
            for row in _both("zendesk-tickets.csv")
        ],
        "stages": _both("stages.csv"),
        "surveys": _both("surveys.csv"),
        "events": _both("app-events.csv"),
        "referrals": _both("referrals.csv"),
        "subscriptions": _read("after/memberships.csv"),
        "spend": [{name: row[name] for name in TYPES["spend"]} for row in _both("costs.csv")],
        "campaigns": [
            {
                "campaign": row["Campaign Name"],
                "date": row["Send Time"][:10],
                "sent": row["Total Recipients"],
                "delivered": row["Successful Deliveries"],
                "opened": row["Unique Opens"],
                "clicked": row["Unique Clicks"],
            }
            for row in _both("klaviyo-campaigns.csv")
        ],
    }


def _order(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first line of an order tells of all of it."""
    first = lines[0]
    return [
        {
            "order": first["Name"],
            "email": first["Email"],
            "date": first["Created at"],
            "amount": first["Total"],
            "refunded": first["Refunded Amount"],
            "currency": first["Currency"],
            "status": first["Financial Status"],
        }
    ]


def write_files(tables: Tables, folder: Path, types: Mapping[str, Mapping[str, str]] = TYPES) -> None:
    """A CSV file a fact, for the embedded way."""
    folder.mkdir(parents=True, exist_ok=True)
    for fact, rows in tables.items():
        with (folder / f"{fact}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(types[fact]), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def _both(name: str) -> list[dict[str, str]]:
    return [*_read(f"before/{name}"), *_read(f"after/{name}")]


def _read(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _by(rows: list[dict[str, str]], column: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
