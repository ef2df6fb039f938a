"""A company's tickets as the classic Zendesk ticket CSV."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from systems.company import Company, Ticket
from systems.expect import Expected, Rows, survey_totals, ticket_totals
from systems.files import stamp, write_csv

ZONE = "America/New_York"  # stamps are on the account's clock and name no zone
FORM = "%Y-%m-%d %H:%M"
_HEADER = (
    "Summation column", "Id", "Requester", "Requester id", "Requester external id", "Requester email",
    "Requester domain", "Submitter", "Assignee", "Group", "Subject", "Tags", "Status", "Priority", "Via",
    "Ticket type", "Created at", "Updated at", "Assigned at", "Organization", "Due date", "Initially assigned at",
    "Solved at", "Resolution time", "Satisfaction Score", "Group stations", "Assignee stations", "Reopens", "Replies",
    "First reply time in minutes", "First reply time in minutes within business hours",
    "First resolution time in minutes", "First resolution time in minutes within business hours",
    "Full resolution time in minutes", "Full resolution time in minutes within business hours",
    "Agent wait time in minutes", "Requester wait time in minutes", "On hold time in minutes",
    "Region [list]", "Total time spent (sec) [int]", "Time spent last update (sec) [int]", "Urgent [flag]",
)  # fmt: skip
_STATUS = {"new": "New", "open": "Open", "pending": "On-hold", "solved": "Solved", "closed": "Closed"}


def write(company: Company, folder: Path) -> Expected:
    """Write ``tickets.csv``; merged and deleted tickets stand in it and do not count."""
    listed = {one.number for one in company.tickets}
    answers = [replace(one, score=int(one.score > 3)) for one in company.surveys if one.ticket in listed]
    words = {one.ticket: ("Bad", "Good with comment")[one.score] for one in answers}
    rows = [_row(company, ticket, words.get(ticket.number, "Offered")) for ticket in company.tickets]
    write_csv(folder / "tickets.csv", _HEADER, rows, quote="all")
    totals = ticket_totals(company.tickets, ZONE) | survey_totals(answers, ZONE, kind="good_bad")
    return Expected({"tickets.csv": Rows(len(rows))}, totals, {"tickets.csv": "zendesk.tickets"})


def _row(company: Company, ticket: Ticket, score: str) -> list[object]:
    """One ticket; elapsed times are as large as they are in life, and no handling time."""
    customer = company.customer(ticket.customer) if ticket.customer else None
    elapsed = (ticket.solved - ticket.created).total_seconds() if ticket.solved else None
    minutes = None if elapsed is None else int(elapsed // 60)
    hours = "-" if elapsed is None else f"{elapsed / 3600:.2f}"
    created, solved = stamp(ticket.created, FORM, ZONE), stamp(ticket.solved, FORM, ZONE)
    spent = ticket.seconds
    return [
        1, ticket.number, customer and customer.name, customer and 360_000_000_000 + customer.number,
        customer and customer.id, customer and customer.written, customer and "example.com", "Agent 1", "Agent 2",
        "Support", "Where is my order?\nPlease, \"soon\"", "closed_by_merge late" if ticket.merged_into else "late",
        _STATUS.get(ticket.state, "Deleted"), "Normal", ticket.channel, "Question", created, created, created,
        "Example Ltd", "-", created, solved or "-", hours, score, 1, 1, 0, 2, 30, 20, minutes, minutes, minutes,
        minutes, 10, 20, 0, customer and customer.region, spent, spent, "0",
    ]  # fmt: skip
