"""The company's exports, in the layouts of the systems it used: headers, stamps and quirks as they come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from company import END, FIRST, GO_LIVE, ITEMS, YEAR, Company, Customer, Order, Ticket

ZONE = ZoneInfo("America/New_York")
Row = Sequence[object]


def columns(names: str) -> tuple[str, ...]:
    """A header line, cut at its commas."""
    return tuple(names.split(","))


SHOPIFY_ORDERS = columns(
    "Name,Email,Financial Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Notes,"
    "Cancelled at,Payment Method,Refunded Amount,Id,Tags,Source"
)
SHOPIFY_CUSTOMERS = columns(
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Zip,Total Spent,Total Orders,"
    "Note,Tax Exempt,Tags"
)
HUBSPOT_CONTACTS = ("Record ID", "Email", "Became a Customer Date", "Create Date", "Industry", "Lifecycle Stage")
ZENDESK_TICKETS = columns(
    "Summation column,Id,Requester id,Requester email,Tags,Status,Via,Created at,Solved at,Resolution time,"
    "Satisfaction Score,Total time spent (sec)"
)
KLAVIYO_CAMPAIGNS = columns(
    "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,"
    "Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
    "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel"
)
GOOGLE_ADS = columns(
    "Campaign status,Campaign,Campaign type,Day,Currency code,Impr.,Clicks,CTR,Avg. CPC,Cost,Conversions"
)
META_ADS = columns(
    "Reporting starts,Reporting ends,Campaign name,Campaign delivery,Results,Result indicator,"
    "Reach,Impressions,Cost per results,Amount spent (USD),Ends"
)
COSTS = ("date", "until", "amount", "currency", "category", "account")
CONTACTS = ("customer", "email", "acquired", "industry")


def table(header: Row, rows: Iterable[Row], quote_all: bool = False) -> str:
    """CSV text with LF line ends; quotes only where needed, or everywhere."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def money(cents: int) -> str:
    """Cents as plain decimal text."""
    return f"{cents // 100}.{cents % 100:02d}"


def moment(when: float) -> datetime:
    """Wall-clock time in the shop's zone, to the second."""
    whole = int(when)
    clock = datetime.combine(date.fromordinal(whole), datetime.min.time()) + timedelta(
        seconds=round((when - whole) * 86400)
    )
    return clock.replace(tzinfo=ZONE)


def minute(when: float) -> str:
    """``2024-07-01 09:30``: wall-clock time without a zone."""
    return moment(when).strftime("%Y-%m-%d %H:%M")


def second(when: float) -> str:
    """``2024-07-01 09:30:12 -0400``: Shopify's stamp, offset included."""
    return moment(when).strftime("%Y-%m-%d %H:%M:%S %z")


def mail(customer: Customer) -> str:
    """The customer's address, as a person would write it in lower case."""
    return f"c{customer.number:05d}@{'trade.example.org' if customer.trade else 'example.com'}"


def industry(customer: Customer) -> str:
    """The segment that the contact lists carry."""
    return "Trade" if customer.trade else "Household"


def shopify_rows(number: int, order: Order) -> list[Row]:
    """The rows of one order: the order's own fields stand on the first row only."""
    who = order.customer
    email = "" if who is None else mail(who)
    if number % 47 == 0:
        email = email.capitalize()
    elif number % 211 == 0:
        email = email.upper()
    cancelled = order.fate == "cancelled"
    status = {"cancelled": "refunded"}.get(order.fate, order.fate)
    note = 'Leave at the side door.\nRing twice, say "hello".' if number % 61 == 0 else ""
    first, *rest = order.lines
    stamp = second(order.when)

    def item(index: int, quantity: int, price: int) -> list[object]:
        return [quantity, ITEMS[index][0], money(price), f"HP-{101 + index}"]

    rows: list[Row] = [
        [
            f"#{number}", email, status, "yes" if number % 3 else "no", "USD", money(order.subtotal),
            money(order.shipping), money(order.taxes), money(order.total), "WELCOME10" if order.discount else "",
            money(order.discount), stamp, *item(first.sku, first.quantity, first.price), note,
            second(order.when + 0.3) if cancelled else "", "Cash" if who is None else "Shopify Payments",
            money(order.refunded), 5_000_000_000_000 + 32768 * number, "trade" if who and who.trade else "",
            "pos" if who is None else "web",
        ]
    ]  # fmt: skip
    for line in rest:
        rows += [[f"#{number}", email, *[""] * 9, stamp, *item(line.sku, line.quantity, line.price), *[""] * 7]]
    return rows


def shopify_orders(numbered: Sequence[tuple[int, Order]]) -> str:
    """Orders, newest first, one row an item."""
    return table(SHOPIFY_ORDERS, [row for number, order in reversed(numbered) for row in shopify_rows(number, order)])


def shopify_customers(orders: Sequence[Order]) -> str:
    """The shop's customers with what they have spent; ids and zips behind an apostrophe."""
    spent: dict[int, tuple[Customer, int, int]] = {}
    for order in orders:
        if order.customer is not None and order.fate != "voided":
            one, cents, number = spent.get(order.customer.number, (order.customer, 0, 0))
            spent[one.number] = (one, cents + order.total - order.refunded, number + 1)
    rows = [
        [f"'{7_000_000_000_000 + 32768 * one.number}", "", "", mail(one), "yes" if one.number % 3 else "no",
         f"'{1000 + one.number * 7 % 3900:05d}", money(cents), number, "", "yes" if one.trade else "no",
         "trade" if one.trade else ""]
        for one, cents, number in sorted(spent.values(), key=lambda entry: entry[0].number)
    ]  # fmt: skip
    return table(SHOPIFY_CUSTOMERS, rows)


def known(company: Company, until: int) -> list[Customer]:
    """Those in a contact list on that day: everyone who still was a customer half a year before the exports."""
    return [one for one in company.customers if one.acquired < until and one.left >= FIRST - YEAR / 2]


def contacts(company: Company) -> str:
    """The contact sheet that the CRM replaced, with plain column names."""
    return table(
        CONTACTS, [[f"HP{one.number}", mail(one), minute(one.acquired)[:10], industry(one)]
                   for one in known(company, GO_LIVE)]
    )  # fmt: skip


def hubspot_contacts(company: Company) -> str:
    """The CRM's contacts a year on: every cell quoted, one import day for all the old ones, leads among them."""
    rows: list[Row] = []
    for one in known(company, END):
        created = max(one.acquired, GO_LIVE - 9 + 11.5 / 24)
        rows.append([60_000_000_000 + 1009 * one.number, mail(one), minute(one.acquired), minute(created),
                     industry(one), "Customer"])  # fmt: skip
    for lead in range(240):
        created = GO_LIVE + 1.5 * lead + 10.25 / 24
        rows.append([70_000_000_000 + 1013 * lead, f"lead{lead:03d}@example.com", "", minute(created), "Household",
                     "Lead"])  # fmt: skip
    return table(HUBSPOT_CONTACTS, rows, quote_all=True)


def zendesk_tickets(numbered: Sequence[tuple[int, Ticket]]) -> str:
    """Tickets, oldest first; resolution time is elapsed hours, the last column the agent's seconds."""
    rows = []
    for number, ticket in numbered:
        who, solved = ticket.customer, ticket.when + ticket.hours_open / 24
        mood = ("Offered", "Good", "Unoffered", "Bad")[number % 4]
        rows.append([
            1, number, 360_000_000_000 + 577 * (who.number if who else 900_000 + number),
            mail(who) if who else f"visitor{number}@example.org", "closed_by_merge" if number % 173 == 0 else "",
            "Solved" if solved > END - 4 else "Closed", "Web" if number % 5 else "Email", minute(ticket.when),
            minute(solved), round(ticket.hours_open), mood, ticket.seconds,
        ])  # fmt: skip
    return table(ZENDESK_TICKETS, rows)


def share(part: int, whole: int) -> str:
    """``2.71%``."""
    return f"{100 * part / whole:.2f}%"


def klaviyo_campaigns(company: Company, start: int, end: int) -> str:
    """Campaign performance: one row a newsletter, rates as percent text, attributed revenue with a sign."""
    rows = []
    for number, one in enumerate(company.campaigns, 1):
        if start <= one.when < end:
            name = f"Newsletter {number:03d}"
            revenue = f"${one.ordered * 97.5:,.2f}"
            rows.append([
                name, "newsletter", f"From the harbour, no. {number}", "Newsletter", second(one.when)[:19], "Tuesday",
                one.recipients, one.ordered, share(one.ordered, one.delivered), revenue, one.opened,
                share(one.opened, one.delivered), one.opened * 13 // 10, one.clicked, share(one.clicked, one.delivered),
                one.clicked * 12 // 10, one.recipients // 700, number % 3, share(number % 3, one.delivered),
                one.delivered, one.recipients - one.delivered, share(one.recipients - one.delivered, one.recipients),
                f"01HP{number:06d}", "email",
            ])  # fmt: skip
    return table(KLAVIYO_CAMPAIGNS, rows)


def iso(day: int) -> str:
    """``2024-07-01``."""
    return date.fromordinal(day).isoformat()


def google_ads(company: Company, start: int, end: int) -> str:
    """A campaign report by day: two title lines above, three totals below that each repeat the spend."""
    rows: list[Row] = []
    sums = [0, 0, 0]
    for one in company.spend:
        if one.platform == "google_ads" and start <= one.day < end:
            clicks = one.cents // 95
            views = clicks * (31 + one.day % 9)
            sums = [sums[0] + views, sums[1] + clicks, sums[2] + one.cents]
            rows.append(["Enabled", one.campaign, "Search", iso(one.day), "USD", f"{views:,}", clicks,
                         share(clicks, max(views, 1)), "0.95", money(one.cents), f"{clicks * 0.02:.2f}"])  # fmt: skip
    totals = ["USD", f"{sums[0]:,}", f"{sums[1]:,}", share(sums[1], sums[0]), "0.95", money(sums[2])]
    for kind in ("Campaigns", "Account", "Search"):
        rows += [[f"Total: {kind}", " --", " --", " --", *totals, f"{sums[1] * 0.02:.2f}"]]
    first, last = date.fromordinal(start), date.fromordinal(end - 1)
    period = f'"{first:%B} {first.day}, {first.year} - {last:%B} {last.day}, {last.year}"'
    return f"Campaign report\n{period}\n" + table(GOOGLE_ADS, rows)


def meta_ads(company: Company, start: int, end: int) -> str:
    """A daily export: one row a campaign and day, also where nothing was spent; the currency is in the header."""
    rows = []
    for one in company.spend:
        if one.platform == "meta_ads" and start <= one.day < end:
            views = one.cents * 2 // 3
            bought = one.cents // 3300
            rows.append([
                iso(one.day), iso(one.day), one.campaign, "active" if one.cents else "inactive",
                bought or "", "actions:onsite_web_purchase" if bought else "",
                views * 4 // 5, views, money(one.cents // bought) if bought else "", money(one.cents), "Ongoing",
            ])  # fmt: skip
    return table(META_ADS, rows)


def costs(company: Company, start: int, end: int) -> str:
    """The loyalty programme in the books: one amount a month; ``until`` is the first day that it no longer covers."""
    return table(
        COSTS,
        [
            [iso(one.start), iso(one.end), money(one.cents), "USD", "retention", "Loyalty programme"]
            for one in company.loyalty
            if start <= one.start < end
        ],
    )
