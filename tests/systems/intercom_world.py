"""A company's conversations, ratings and users as Intercom exports them."""

from __future__ import annotations

from pathlib import Path

from systems.company import Company, Ticket
from systems.expect import Expected, Rows, customer_totals, survey_totals, ticket_totals
from systems.files import stamp, write_csv

ZONE = "America/New_York"  # stands in the headers, so that no setting needs to say it
_STATE = {"open": "open", "pending": "snoozed", "solved": "closed", "closed": "closed"}


def _header(zone: str) -> tuple[str, ...]:
    return (
        "Conversation ID", f"Conversation started at ({zone})", "Teammate currently assigned",
        "Team currently assigned", "Agent type", "Channel", "Chatbot replied", "Conversation tag",
        "Current conversation state",
        "Last teammate rating", "Started by", "Topics", f"Conversation first closed at ({zone})",
        f"Conversation last closed at ({zone})", f"Conversation updated at ({zone})",
        "First response time (seconds)", "Number of reassignments", "Handling time (seconds)",
        "Time to close (seconds)", "Conversation priority", "Resolved on first contact", "Company ID", "Company name",
        "Company plan", "Country", "User email", "User ID", "User name", "User type",
    )  # fmt: skip


def write(company: Company, folder: Path, *, rated: bool = True) -> Expected:
    """Write conversations, ratings and users; ``rated``: whether the conversations repeat the ratings.

    Merged and deleted conversations do not stand in these exports.
    """
    tickets = [one for one in company.tickets if one.counts]
    exported = {one.number for one in tickets}
    ratings = [one for one in company.surveys if one.kind == "csat" and one.ticket in exported]
    scores = {one.ticket: one.score for one in ratings} if rated else {}
    rows = [_row(company, one, scores.get(one.number)) for one in tickets]
    write_csv(folder / "conversations.csv", _header(ZONE), rows)
    header = ("Conversation ID", f"Updated at ({ZONE})", "Conversation rating", "Conversation rating remark")
    stamped = [(one.ticket, stamp(one.at, zone=ZONE), one.score, "") for one in ratings]
    write_csv(folder / "ratings.csv", header, stamped)
    people = [(one.name, one.written, one.id, stamp(one.acquired), "Web") for one in company.customers]
    write_csv(folder / "users.csv", ("Name", "Email", "User ID", "Signed up (date)", "Browser"), people)
    files = {
        "conversations.csv": Rows(len(rows)),
        "ratings.csv": Rows(0, duplicate=len(ratings)) if rated else Rows(len(ratings)),
        "users.csv": Rows(len(people)),
    }
    totals = ticket_totals(tickets) | survey_totals(ratings) | customer_totals(company)
    if not rated:
        totals["surveys.customers"] = 0
    systems = {name: f"intercom.{name.removesuffix('.csv')}" for name in files}
    return Expected(files, totals, systems)


def _row(company: Company, ticket: Ticket, score: int | None) -> list[object]:
    customer = company.customer(ticket.customer) if ticket.customer else None
    created, closed = stamp(ticket.created, zone=ZONE), stamp(ticket.solved, zone=ZONE)
    elapsed = int((ticket.solved - ticket.created).total_seconds()) if ticket.solved else None
    return [
        ticket.number, created, "Agent 1", "Support", "teammate", ticket.channel, "false", "late", _STATE[ticket.state],
        score, "customer", "", closed, closed, created, 300, 0, ticket.seconds, elapsed, "false", "true", "", "", "",
        "Germany", customer and customer.written, customer and customer.id, customer and customer.name, "user",
    ]  # fmt: skip
