"""A company's tickets as two overlapping Freshdesk ticket exports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from systems.company import Company, Ticket
from systems.expect import Expected, Rows, ticket_totals
from systems.files import stamp, write_csv

ZONE = "Europe/Berlin"
_HEADER = (
    "Ticket ID", "Subject", "Status", "Priority", "Source", "Type", "Agent", "Group", "Created time", "Due by Time",
    "Resolved time", "Last update time", "Initial response time", "Time tracked", "First response time (in hrs)",
    "Resolution time (in hrs)", "Resolution time (in hrs)", "Agent interactions", "Customer interactions",
    "Resolution status", "Tags", "Survey results", "Association type", "Full name", "Email", "Contact ID",
    "Company name",
)  # fmt: skip
_DRIFTED = {"Created time": "Created Time", "Ticket ID": "Ticket Id", "Resolved time": "Resolved Time"}
_STATUS = {"open": "Waiting on Customer", "pending": "Pending", "solved": "Resolved", "closed": "Closed"}


def write(company: Company, folder: Path) -> Expected:
    """Write an export of each half of the company's time; the second repeats the last 30 days of the first.

    Merged and deleted tickets do not stand in this export. The second file is of a version that writes headers in
    other cases, without the mark at the start and in cp1252.
    """
    tickets = [one for one in company.tickets if one.counts]
    middle = company.start + (company.end - company.start) / 2
    first = [one for one in tickets if one.created < middle]
    second = [one for one in tickets if one.created >= middle - timedelta(days=30)]
    write_csv(folder / "tickets-1.csv", _HEADER, [_row(company, one) for one in first], bom=True)
    header = [_DRIFTED.get(name, name) for name in _HEADER]
    write_csv(folder / "tickets-2.csv", header, [_row(company, one) for one in second], encoding="cp1252", end="\r\n")
    again = len(first) + len(second) - len(tickets)
    files = {"tickets-1.csv": Rows(len(first)), "tickets-2.csv": Rows(len(second) - again, duplicate=again)}
    return Expected(files, ticket_totals(tickets, ZONE), dict.fromkeys(files, "freshdesk.tickets"))


def _clock(seconds: float | None) -> str:
    """``H:MM:SS``, hours above 24 and below zero as they come."""
    if seconds is None:
        return ""
    minutes, rest = divmod(abs(int(seconds)), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


def _row(company: Company, ticket: Ticket) -> list[object]:
    """One ticket; the contact's id is an address, as a real export had it, and elapsed times may be below zero."""
    customer = company.customer(ticket.customer) if ticket.customer else None
    elapsed = (ticket.solved - ticket.created).total_seconds() if ticket.solved else None
    created = stamp(ticket.created, zone=ZONE)
    return [
        ticket.number, "Größe falsch, bitte \"tauschen\"", _STATUS.get(ticket.state, "Open"), "Low",
        ticket.channel.title(), "Question", "Agent 1", "Support", created, created, stamp(ticket.solved, zone=ZONE),
        created, "", _clock(ticket.seconds),
        _clock(-30 if ticket.number % 50 == 0 else 400), _clock(elapsed), "", 2, 1, "Within SLA", "late",
        "Extremely satisfied", "", customer and customer.name, customer and customer.written,
        customer and customer.email, "Example GmbH",
    ]  # fmt: skip
