"""A company's mailings as Klaviyo exports them: profiles, metric events, and the performance of campaigns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Order
from systems.expect import (
    Expected,
    Rows,
    Totals,
    customer_totals,
    day_number,
    order_totals,
    response_totals,
    send_totals,
)
from systems.files import money, stamp, write_csv

ZONE = "America/New_York"  # of the account; send times are on its clock
PROFILES = [
    "Email", "Klaviyo ID", "First Name", "Last Name", "Organization", "Title", "Phone Number", "Address", "Address 2",
    "City", "State / Region", "Country", "Zip Code", "Latitude", "Longitude", "Source", "Consent",
    "SMS Consent Timestamp", "First Active", "Last Active", "Profile Created On", "Date Added", "Last Open",
    "Last Click", "Initial Source", "Historic Customer Lifetime Value", "Predicted Customer Lifetime Value",
    "Total Customer Lifetime Value", "Historic Number Of Orders", "", "$consent_method", "consent_method",
    "Accepts Marketing", "Shopify Tags",
]  # fmt: skip
EVENTS = [
    "email", "event_name", "Timestamp", "Items/0", "Items/1", "Collections/0", "Item Count", "ShippingRate",
    "Total Discounts", "Source Name", "$currency_code", "$event_id", "$value", "$message", "Campaign Name",
    "$extra/id", "$extra/created_at",
]  # fmt: skip
CAMPAIGNS = [
    "Campaign Name", "Variant", "Winning Variant?", "Tags", "Subject", "List", "Send Time", "Send Weekday",
    "Total Recipients", "Unique Placed Order", "Placed Order Rate", "Revenue", "Unique Opens", "Open Rate",
    "Total Opens", "Unique Clicks", "Click Rate", "Total Clicks", "Unsubscribes", "Spam Complaints",
    "Spam Complaints Rate", "Successful Deliveries", "Bounces", "Bounce Rate", "Campaign ID", "Campaign Channel",
]  # fmt: skip
Cells = list[object]
Counts = Counter[str]


def write(company: Company, folder: Path) -> Expected:
    """Write profiles, Placed Order and Ordered Product events, and one file of mail events."""
    profiles = [_profile(company, one.number) for one in company.customers]
    write_csv(folder / "profiles.csv", PROFILES, profiles)
    mails = list(_mails(company))
    write_csv(folder / "email_events.csv", EVENTS, mails)
    seen = placed(company)
    lines = [_event(company, "Ordered Product", one, line.total) for one in seen for line in one.lines]
    write_csv(folder / "ordered_product.csv", EVENTS, lines)
    write_csv(folder / "placed_order.csv", EVENTS, [_event(company, "Placed Order", one, one.gross) for one in seen])
    delivered = [one for one in company.sends if one.delivered]
    answered = [one for one in company.responses if one.kind in ("opened", "clicked")]
    events = {"email_events.csv": len(mails), "ordered_product.csv": len(lines), "placed_order.csv": len(seen)}
    return Expected(
        {"profiles.csv": Rows(len(profiles)), **{name: Rows(count) for name, count in events.items()}},
        {
            **customer_totals(company, dated=False),
            **send_totals(delivered, ZONE),
            **response_totals(answered, ZONE),
            **order_totals(seen, ZONE),
        },
        {"profiles.csv": "klaviyo.profiles", **dict.fromkeys(events, "klaviyo.events")},
    )


def placed(company: Company) -> list[Order]:
    """The orders that a mail tool hears of: those of people with an address, as they were placed."""
    return [replace(one, refunds=()) for one in company.orders if one.counts and one.customer]


def _profile(company: Company, number: int) -> Cells:
    one = company.customer(number)
    cells = dict.fromkeys(PROFILES, "") | {
        "Email": one.written,
        "Klaviyo ID": f"01H{number:023d}" if number % 2 else f"Ab{number:04d}",
        "First Name": one.name,
        "City": 'Springfield, "North"',
        "Country": "United States",
        "Source": "-6",
        "First Active": stamp(one.acquired),
        "Profile Created On": "2023-06-01 00:00:00",
        "Historic Customer Lifetime Value": "123.4",
        "$consent_method": "Checkout",
        "consent_method": "N/A",
    }
    return [cells[name] for name in PROFILES]


def _event(company: Company, name: str, order: Order, value: Decimal) -> Cells:
    cells = dict.fromkeys(EVENTS, "") | {
        "email": company.email(order.customer),
        "event_name": name,
        "Timestamp": stamp(order.placed) + "+00:00",
        "Items/0": order.lines[0].item,
        "$currency_code": order.currency,
        "$event_id": str(4_800_000_000_000 + order.number),
        "$value": f"{value.normalize():f}",
        "$extra/created_at": stamp(order.placed, "%Y-%m-%dT%H:%M:%S+08:00", "Asia/Singapore"),
    }
    return [cells[header] for header in EVENTS]


def _mails(company: Company) -> Iterable[Cells]:
    """Received, opened, clicked; bounces and unsubscriptions too, which are no sends."""
    names = {"opened": "Opened Email", "clicked": "Clicked Email"}
    happened = [
        (one.at, "Received Email" if one.delivered else "Bounced Email", one.campaign, one.customer)
        for one in company.sends
    ]
    happened += [
        (one.at, names[one.kind], one.campaign, one.customer) for one in company.responses if one.kind in names
    ]
    happened += [(one.at, "Unsubscribed", one.campaign, one.customer) for one in company.sends[:5]]
    for at, name, campaign, customer in sorted(happened):
        cells = dict.fromkeys(EVENTS, "") | {
            "email": company.customer(customer).written,
            "event_name": name,
            "Timestamp": stamp(at) + "+00:00",
            "$message": f"01J{campaign:04d}",
            "Campaign Name": "Newsletter",
        }
        yield [cells[header] for header in EVENTS]


def write_performance(company: Company, folder: Path) -> Expected:
    """Write the performance of campaigns: every third one tested two variants, with a row for both together."""
    rows: list[Cells] = []
    totals: Counts = Counter()
    structure = 2  # header and the total at the end
    for campaign in company.campaigns:
        counts = campaign_counts(company, campaign.number)
        totals.update(counts)
        day = day_number(campaign.sent, ZONE)
        if campaign.number % 3:
            rows.append(_performance(company, campaign.number, counts, ""))
            totals.update({"rows": 1, "day": day})
            continue
        first = Counter({name: count // 3 for name, count in counts.items()})
        rows.append(_performance(company, campaign.number, first, "Variation A"))
        rows.append(_performance(company, campaign.number, counts - first, "Variation B"))
        rows.append(_performance(company, campaign.number, counts, ""))
        totals.update({"rows": 2, "day": 2 * day})
        structure += 1
    rows.append(["Total", *[""] * 7, sum(totals.values()), *[""] * (len(CAMPAIGNS) - 9)])
    write_csv(folder / "campaigns.csv", CAMPAIGNS, rows)
    named = {f"campaigns.{name}": count for name, count in totals.items()}
    return Expected(
        {"campaigns.csv": Rows(totals["rows"], structure=structure)},
        {**named, "campaigns.campaigns": len(company.campaigns), "campaigns.responded": 0},
        {"campaigns.csv": "klaviyo.campaign_performance"},
    )


def campaign_counts(company: Company, number: int) -> Counts:
    """What a campaign came to: sent, delivered, opened, clicked, converted."""
    sends = [one for one in company.sends if one.campaign == number]
    kinds = Counter(one.kind for one in company.responses if one.campaign == number and one.kind != "responded")
    return Counter({"sent": len(sends), "delivered": sum(one.delivered for one in sends)}) + Counter(dict(kinds))


def _performance(company: Company, number: int, counts: Counts, variant: str) -> Cells:
    campaign = company.campaigns[number - 1]
    opened = counts["opened"]
    cells = dict.fromkeys(CAMPAIGNS, "") | {
        "Campaign Name": campaign.name,
        "Variant": variant,
        "Winning Variant?": "Yes" if variant.endswith("B") else "",
        "Subject": "News, again",
        "Send Time": stamp(campaign.sent, zone=ZONE),
        "Send Weekday": stamp(campaign.sent, "%A", ZONE),
        "Total Recipients": f"{counts['sent']:,}",
        "Unique Placed Order": str(counts["converted"]),
        "Placed Order Rate": "0.45%",
        "Revenue": money(Decimal(123_456), thousands=",", sign="$"),
        "Unique Opens": str(opened),
        "Open Rate": "45.67%",
        "Total Opens": str(opened * 2),
        "Unique Clicks": str(counts["clicked"]),
        "Successful Deliveries": str(counts["delivered"]),
        "Bounces": str(counts["sent"] - counts["delivered"]),
        "Campaign ID": f"01J{number:04d}",
        "Campaign Channel": "email",
    }
    return [cells[header] for header in CAMPAIGNS]


def campaign_totals(company: Company, zone: str) -> Totals:
    """Totals of one row a campaign."""
    totals: Counts = Counter()
    for campaign in company.campaigns:
        totals.update(campaign_counts(company, campaign.number))
        totals.update({"rows": 1, "day": day_number(campaign.sent, zone)})
    return {f"campaigns.{name}": count for name, count in totals.items()}
