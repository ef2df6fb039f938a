"""A company as Salesforce holds it: the weekly Data Export, reports, and files of the API tools.

Every customer is an account with a contact (every seventh with two); the account buys, the contacts are written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Order, Send, Ticket, cents
from systems.expect import Expected, Rows, Totals, customer_totals, day_number, left_out, send_totals, ticket_totals
from systems.files import stamp, write_csv

ZONE = "America/New_York"  # of the audit: stamps of the Data Export are UTC all the same, and its days are days
_NOBODY = "000000000000000AAA"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ADMIN = "0058a00000Admin"
STAGES_WON = ("Closed Won", "Closed & Won", "#09 WON", "Won")
_LEADS = 5  # people who never became a customer


def short(prefix: str, number: int) -> str:
    """A 15-character id; some pairs of them differ by case alone."""
    tail = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        tail = _DIGITS[digit] + tail
    return f"{prefix}8a00001{tail}"


def long(prefix: str, number: int) -> str:
    """The same id with 18 characters."""
    return lengthened(short(prefix, number))


def lengthened(one: str) -> str:
    """15 characters and, for each block of five, which of them are capitals."""
    ending = ""
    for start in (0, 5, 10):
        capitals = sum(2**at for at, letter in enumerate(one[start : start + 5]) if "A" <= letter <= "Z")
        ending += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[capitals]
    return one + ending


def has_two_contacts(number: int) -> bool:
    return number % 7 == 0


def reader(send: Send) -> tuple[int, bool]:
    """Who reads a mailing: the account's second contact, if there is one, gets every other one."""
    return send.customer, has_two_contacts(send.customer) and send.campaign % 2 == 0


def contact_number(send: Send) -> int:
    number, second = reader(send)
    return number + 50_000 * second


def write(company: Company, folder: Path) -> Expected:
    """Write the csv files of a Data Export."""
    files: dict[str, tuple[str, int]] = {
        "Account.csv": ("salesforce.accounts", _accounts(company, folder)),
        "Contact.csv": ("salesforce.contacts", _contacts(company, folder)),
        "Lead.csv": ("salesforce.leads", _leads(company, folder)),
        "Opportunity.csv": ("salesforce.opportunities", _opportunities(company, folder)),
        "OpportunityHistory.csv": ("salesforce.opportunity_history", _history(company, folder)),
        "OpportunityLineItem.csv": ("salesforce.opportunity_lines", _lines(company, folder)),
        "Case.csv": ("salesforce.cases", _cases(company, folder)),
        "Campaign.csv": ("salesforce.campaigns", _campaigns(company, folder)),
        "CampaignMember.csv": ("salesforce.campaign_members", _members(company, folder)),
        "Task.csv": ("salesforce.tasks", _tasks(company, folder)),
        "CurrencyType.csv": ("salesforce.currency_types", _currencies(folder)),
    }
    rows = {name: Rows(count) for name, (_, count) in files.items()}
    path, again = history_totals(company)
    rows["OpportunityHistory.csv"] = Rows(files["OpportunityHistory.csv"][1] - again, duplicate=again)
    totals = (
        people_totals(company)
        | opportunity_totals(company.orders, priced=False)
        | ticket_totals(company.tickets, ZONE, who=company.person, timed=False)
        | member_totals(company)
        | campaign_totals(company)
        | path
    )
    return Expected(rows, totals, {name: system for name, (system, _) in files.items()})


def people_totals(company: Company) -> Totals:
    kept = [one.number for one in company.customers if not one.deleted and one.merged_into is None]
    return customer_totals(company, kept, dated=False, who=company.person)


def opportunity_totals(orders: Sequence[Order], *, priced: bool = True) -> Totals:
    """Won opportunities; Salesforce knows no refunds. A close date is a day without a zone."""
    won = [one for one in orders if one.counts]
    gross = sum(cents(one.gross) for one in won)
    lost = [one for one in orders if not one.counts and (priced or one.state != "pending")]
    reasons = ("deleted" if one.state == "voided" else "not_won" for one in lost)
    return {
        "orders.rows": len(won),
        "orders.gross": gross,
        "orders.net": gross,
        "orders.day": sum(day_number(one.placed) for one in won),
        **left_out("orders", reasons),
    }


def member_totals(company: Company) -> Totals:
    sends = list(company.sends)
    totals = send_totals(sends, ZONE)
    first = company.campaigns[0] if company.campaigns else None
    totals["sends.rows"] += _LEADS * bool(first)
    totals["sends.delivered"] = totals["sends.rows"]
    totals["sends.recipients"] = len({reader(one) for one in sends}) + _LEADS * bool(first)
    totals["sends.campaigns"] = len({one.campaign for one in sends} | ({first.number} if first else set()))
    totals["sends.day"] += _LEADS * day_number(first.sent, ZONE) if first else 0
    answers = answered(company)
    return {
        **totals,
        "responses.rows": len(answers),
        "responses.kind.responded": len(answers),
        "responses.day": sum(day_number(at.date()) for at in answers.values()),
    }


def campaign_totals(company: Company) -> Totals:
    """Own costs of campaigns, never the sums of a hierarchy; what was sent as the campaigns count it."""
    counted = [one for one in company.campaigns if sent_to(company, one.number)]
    spent = sum(cents(_cost(one.number)) for one in company.campaigns)
    return {
        "spend.rows": len(company.campaigns),
        "spend.cents": spent,
        "spend.cents.other": spent,
        "campaigns.rows": len(counted),
        "campaigns.sent": sum(sent_to(company, one.number) for one in counted),
        "campaigns.responded": sum(number in {one.number for one in counted} for number, _ in answered(company)),
        "campaigns.day": sum(day_number(one.sent) for one in counted),
    }


def history_totals(company: Company) -> tuple[Totals, int]:
    """Stages by account, once a day each; and how many rows say one again."""
    seen: set[tuple[object, str, int]] = set()
    rows = _steps(company)
    for order, stage, at in rows:
        who: object = f"order {order.number}" if order.customer is None else company.person(order.customer)
        seen.add((who, stage, day_number(at, ZONE)))
    known = {who for who, _, _ in seen if isinstance(who, int)}
    totals = {"stages.rows": len(seen), "stages.customers": len(known), "stages.day": sum(day for *_, day in seen)}
    return totals, len(rows) - len(seen)


def sent_to(company: Company, campaign: int) -> int:
    return sum(one.campaign == campaign for one in company.sends)


def answered(company: Company) -> dict[tuple[int, int], datetime]:
    """Campaign and customer -> first answer (a reply or a purchase)."""
    found: dict[tuple[int, int], datetime] = {}
    for one in sorted(company.responses, key=lambda one: one.at):
        if one.kind in ("responded", "converted"):
            found.setdefault((one.campaign, one.customer), one.at)
    return found


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> int:
    table = list(rows)
    write_csv(path, header, table, quote="all", encoding=encoding)
    return len(table)


def _midnight(day: date | None) -> str:
    return f"{day.isoformat()} 00:00:00" if day else ""


def _account(number: int | None) -> str:
    return _NOBODY if number is None else long("001", number)


def _accounts(company: Company, folder: Path) -> int:
    header = ("Id", "IsDeleted", "MasterRecordId", "Name", "Type", "RecordTypeId", "ParentId", "BillingCity",
              "BillingCountry", "Industry", "AnnualRevenue", "CurrencyIsoCode", "OwnerId", "CreatedDate",
              "LastActivityDate", "AccountSource", "Score__c")  # fmt: skip
    rows = (
        [
            _account(one.number), int(one.deleted or one.merged_into is not None),
            long("001", one.merged_into) if one.merged_into else "", one.name, "Customer", short("012", 1), _NOBODY,
            one.region, "US", one.segment, "", "USD", lengthened(_ADMIN), stamp(one.acquired), "", "Web", "1,234.5",
        ]
        for one in company.customers
    )  # fmt: skip
    return _write(folder / "Account.csv", header, rows)


def _contacts(company: Company, folder: Path) -> int:
    header = ("Id", "IsDeleted", "MasterRecordId", "AccountId", "LastName", "FirstName", "Phone", "Email", "LeadSource",
              "CurrencyIsoCode", "OwnerId", "HasOptedOutOfEmail", "CreatedDate", "EmailBouncedReason",
              "EmailBouncedDate")  # fmt: skip

    def row(number: int, second: bool) -> list[object]:
        one = company.customer(number)
        email = one.email.replace("@", "b@") if second else one.written
        account = _account(company.person(number))
        return [
            long("003", number + 50_000 * second), int(one.deleted), "", account, one.name, "", "+1 555", email, "Web",
            "USD", lengthened(_ADMIN), 0, stamp(one.acquired), "", "",
        ]  # fmt: skip

    rows = [row(one.number, False) for one in company.customers]
    rows += [row(one.number, True) for one in company.customers if has_two_contacts(one.number)]
    return _write(folder / "Contact.csv", header, rows)


def _leads(company: Company, folder: Path) -> int:
    """Every ninth customer was a lead once; some people never became more."""
    header = ("Id", "IsDeleted", "LastName", "Company", "Email", "LeadSource", "Status", "IsConverted", "ConvertedDate",
              "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "CreatedDate")  # fmt: skip
    rows = [
        [
            long("00Q", one.number), 0, one.name, one.name, one.email, "Web", "Closed - Converted", 1,
            _midnight(one.acquired.date()), _account(one.number), long("003", one.number), _NOBODY, stamp(one.acquired),
        ]
        for one in company.customers
        if one.number % 9 == 0
    ]  # fmt: skip
    for number in range(9001, 9001 + _LEADS):
        name = f"Customer {number}"
        lead = (name, name, f"customer{number}@example.com", "Web", "Open - Not Contacted", 0, "")
        rows.append([long("00Q", number), 0, *lead, _NOBODY, _NOBODY, _NOBODY, stamp(company.start)])
    return _write(folder / "Lead.csv", header, rows)


def stage_of(order: Order) -> str:
    """The stage of an opportunity; open ones are in a stage of the org's own."""
    if order.counts:
        return STAGES_WON[order.number % len(STAGES_WON)]
    return {"pending": "Prospecting", "test": "Propuesta enviada"}.get(order.state, "Closed Lost")


def _amount(order: Order) -> str:
    """As the export writes it: some with three decimals, open ones without an amount."""
    if order.state == "pending":
        return ""
    return f"{order.gross}0" if order.number % 5 == 0 else str(order.gross)


def _opportunities(company: Company, folder: Path) -> int:
    """In ISO-8859-1, with bytes that no cp1252 has and zero bytes before rich text, as a real one came."""
    header = ("Id", "IsDeleted", "AccountId", "IsPrivate", "Name", "Description", "StageName", "StageSortOrder",
              "Amount", "Probability", "ExpectedRevenue", "CloseDate", "Type", "LeadSource", "IsClosed", "IsWon",
              "ForecastCategoryName", "CurrencyIsoCode", "CampaignId", "HasOpportunityLineItem", "OwnerId",
              "CreatedDate", "FiscalYear", "ContactId", "SyncedQuoteId")  # fmt: skip
    rows = (
        [
            long("006", one.number), int(one.state == "voided"), _account(one.customer), 0, f"Größe {one.number}",
            "\x00<p>Wünsche, \"bald\"\nzweite Zeile</p>" if one.number % 40 == 0 else "\x81", stage_of(one), 3,
            _amount(one), 100, "", _midnight(one.placed.date()), "New Business", "Web",
            int(one.state not in ("pending", "test")), int(one.counts), "Closed", "USD", _NOBODY, 0, lengthened(_ADMIN),
            stamp(one.placed - timedelta(days=20)), 2024, _NOBODY, "",
        ]
        for one in company.orders
    )  # fmt: skip
    return _write(folder / "Opportunity.csv", header, rows, "iso-8859-1")


def _steps(company: Company) -> list[tuple[Order, str, datetime]]:
    return [
        step
        for one in company.orders
        for step in ((one, "Prospecting", one.placed - timedelta(days=10)), (one, stage_of(one), one.placed))
    ]


def _history(company: Company, folder: Path) -> int:
    header = ("Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Amount", "ExpectedRevenue",
              "CloseDate", "Probability", "FromOpportunityStageName", "CurrencyIsoCode", "IsDeleted")  # fmt: skip
    rows = (
        [long("008", at), long("006", one.number), lengthened(_ADMIN), stamp(moment), stage, one.gross, "",
         _midnight(one.placed.date()), 10, "", "USD", 0]
        for at, (one, stage, moment) in enumerate(_steps(company))
    )  # fmt: skip
    return _write(folder / "OpportunityHistory.csv", header, rows)


def _lines(company: Company, folder: Path) -> int:
    """The products of the opportunities: their sum is the amount, which must not count twice."""
    header = ("Id", "OpportunityId", "PricebookEntryId", "Quantity", "UnitPrice", "TotalPrice", "IsDeleted")
    lines = [(order, line) for order in company.orders for line in order.lines]
    rows = (
        [long("00k", at), long("006", order.number), long("01u", 1), line.quantity, line.unit_price, line.total, 0]
        for at, (order, line) in enumerate(lines)
    )
    return _write(folder / "OpportunityLineItem.csv", header, rows)


def _case_ids(ticket: Ticket) -> tuple[str, str]:
    """Account and contact; every fourth case names the contact alone."""
    if ticket.customer is None:
        return _NOBODY, _NOBODY
    contact = long("003", ticket.customer)
    return (_NOBODY, contact) if ticket.number % 4 == 0 else (_account(ticket.customer), contact)


def _cases(company: Company, folder: Path) -> int:
    header = ("Id", "IsDeleted", "MasterRecordId", "CaseNumber", "ContactId", "AccountId", "Type", "Status", "Reason",
              "Origin", "Subject", "Priority", "Description", "IsClosed", "ClosedDate", "IsEscalated", "OwnerId",
              "CreatedDate")  # fmt: skip
    rows = []
    for one in company.tickets:
        account, contact = _case_ids(one)
        master = long("500", one.merged_into) if one.merged_into else ""
        gone = int(one.state == "deleted" or bool(master))
        closed = int(one.solved is not None)
        row: list[object] = [
            long("500", one.number), gone, master, f"{one.number:08d}", contact, account, "Question",
            "Closed" if closed else "Working", "", one.channel.title(), "Where is it?", "Medium", "Line 1\r\nLine 2",
            closed, stamp(one.solved), 0, lengthened(_ADMIN), stamp(one.created),
        ]  # fmt: skip
        rows.append(row)
    return _write(folder / "Case.csv", header, rows)


def _cost(campaign: int) -> Decimal:
    return Decimal(100 + campaign) + Decimal("0.25")


def _campaigns(company: Company, folder: Path) -> int:
    """One campaign above all others repeats their sums in its hierarchy columns."""
    header = ("Id", "IsDeleted", "Name", "ParentId", "Type", "Status", "StartDate", "EndDate", "CurrencyIsoCode",
              "ExpectedRevenue", "BudgetedCost", "ActualCost", "NumberSent", "IsActive", "NumberOfLeads",
              "NumberOfContacts", "NumberOfResponses", "NumberOfWonOpportunities", "AmountWonOpportunities",
              "HierarchyBudgetedCost", "HierarchyActualCost", "HierarchyNumberSent")  # fmt: skip
    answers = answered(company)
    total = sum((_cost(one.number) for one in company.campaigns), Decimal(0))
    above = (long("701", 9_999), 0, "All newsletters", _NOBODY, "Email", "Planned", "", "", "000", "", 9_000, "", 0, 1)
    rows: list[Sequence[object]] = [[*above, 0, 0, 0, 0, "", 9_000, total, len(company.sends)]]
    for one in company.campaigns:
        replies = sum(number == one.number for number, _ in answers)
        row = (
            long("701", one.number), 0, one.name, long("701", 9_999), "Email", "Completed",
            _midnight(one.sent.date()), _midnight(one.sent.date() + timedelta(days=4)), "USD", "", 500,
            _cost(one.number), sent_to(company, one.number), 1, 0, 10, replies, 2, 999, 500, _cost(one.number), 0,
        )  # fmt: skip
        rows.append(row)
    return _write(folder / "Campaign.csv", header, rows)


def _members(company: Company, folder: Path) -> int:
    """Members are contacts or leads; a converted lead has both ids, or still only that of the lead."""
    header = ("Id", "IsDeleted", "CampaignId", "LeadId", "ContactId", "Status", "HasResponded", "IsPrimary",
              "CreatedDate", "FirstRespondedDate", "CurrencyIsoCode")  # fmt: skip
    answers = answered(company)
    rows: list[list[object]] = []
    for at, one in enumerate(company.sends):
        contact, lead = long("003", contact_number(one)), _NOBODY
        if one.customer % 9 == 0 and not has_two_contacts(one.customer):
            lead = long("00Q", one.customer)
            contact = contact if one.campaign % 2 else _NOBODY
        answer = answers.get((one.campaign, one.customer))
        row: list[object] = [
            long("00v", at), 0, long("701", one.campaign), lead, contact, "Responded" if answer else "Sent",
            int(answer is not None), 0, stamp(one.at), _midnight(answer.date()) if answer else "", "USD",
        ]  # fmt: skip
        rows.append(row)
    if company.campaigns:
        for number in range(9001, 9001 + _LEADS):
            first = company.campaigns[0]
            ids = (long("00v", 90_000 + number), 0, long("701", first.number), long("00Q", number), "")
            rows.append([*ids, "Sent", 0, 0, stamp(first.sent), "", "USD"])
    return _write(folder / "CampaignMember.csv", header, rows)


def _tasks(company: Company, folder: Path) -> int:
    header = ("Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "IsDeleted", "AccountId",
              "CallDurationInSeconds", "CreatedDate")  # fmt: skip
    rows = (
        [long("00T", one.number), long("003", one.number), _NOBODY, "Call", _midnight(one.acquired.date()), "Completed",
         0, _account(one.number), 300, stamp(one.acquired)]
        for one in company.customers
    )  # fmt: skip
    return _write(folder / "Task.csv", header, rows)


def _currencies(folder: Path) -> int:
    header = ("Id", "IsoCode", "ConversionRate", "DecimalPlaces", "IsActive", "IsCorporate", "CreatedDate")
    rows = [[long("01L", at), code, rate, 2, 1, int(rate == 1), "2020-01-01 00:00:00"]
            for at, (code, rate) in enumerate((("USD", 1), ("MXN", 18.2), ("COP", 4500)))]  # fmt: skip
    return _write(folder / "CurrencyType.csv", header, rows)
