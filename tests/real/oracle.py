"""Counting again, with nothing but the standard library: what the reports on real data are held against."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

from clm_audit.report.model import AuditReport, Figure, Span


@dataclass
class Order:
    """One order: exact ``amount``, first day seen, customer or empty."""

    day: date
    customer: str
    amount: Decimal = field(default_factory=Decimal)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def online_retail(data: Path) -> dict[str, Order]:
    """Invoice -> order; lines summed exactly."""
    found: dict[str, Order] = {}
    for row in rows(data / "online_retail" / "online_retail.csv.gz"):
        day = datetime.fromisoformat(row["InvoiceDate"]).date()
        order = found.setdefault(row["InvoiceNo"], Order(day, row["CustomerID"]))
        order.amount += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    return found


def baskets(data: Path) -> dict[str, Order]:
    return {
        row["basket_id"]: Order(
            date.fromisoformat(row["transaction_timestamp"][:10]), row["household_id"], Decimal(row["sales_value"])
        )
        for row in rows(data / "complete_journey" / "baskets.csv.gz")
    }


def cdnow(data: Path) -> dict[str, Order]:
    with gzip.open(data / "cdnow" / "CDNOW_master.txt.gz", "rt") as file:
        next(file)
        cells = (line.split() for line in file)
        return {
            str(number): Order(datetime.strptime(day, "%Y%m%d").date(), customer, Decimal(dollars))
            for number, (customer, day, _, dollars) in enumerate(cells)
        }


def incidents(data: Path) -> dict[str, date]:
    """Number -> the day it was opened, day first."""
    opened: dict[str, set[date]] = defaultdict(set)
    with ZipFile(data / "service_desk" / "incident_log.zip") as archive:
        lines = archive.read("IT_Incident_Data.csv").decode("utf-8").splitlines()
    for row in csv.DictReader(lines):
        day, month, year = row["opened_at"].split()[0].split("/")
        opened[row["number"]].add(date(int(year), int(month), int(day)))
    return {number: min(days) for number, days in opened.items()}


def total(report: AuditReport, side: str, name: str) -> Decimal:
    """A window total of the report, which must be known."""
    figure = report.totals["before" if side == "before" else "after"][name]
    assert isinstance(figure, Figure), f"{name} {side}: {figure.reason}"
    return Decimal(str(figure.value))


def inside(orders: dict[str, Order], window: Span) -> list[Order]:
    return [order for order in orders.values() if window.start <= order.day < window.end]


def windows(report: AuditReport) -> dict[str, Span]:
    return {"before": report.windows.before, "after": report.windows.after}


def ledger_adds_up(report: AuditReport) -> bool:
    return all(file.rows.adds_up() for file in report.files)
