"""A company's audience and mailings as Mailchimp exports them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from systems.company import Company, Customer
from systems.expect import Expected, Rows, customer_totals, day_number
from systems.files import stamp, write_csv
from systems.klaviyo_world import campaign_counts, campaign_totals

ZONE = "America/New_York"
_SYSTEM = [
    "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF",
    "DSTOFF", "TIMEZONE", "CC", "REGION", "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS",
]  # fmt: skip
SUBSCRIBED = ["Email Address", "First Name", "Last Name", "Favourite colour", *_SYSTEM]
_LEFT = ["UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON", "UNSUB_REASON_OTHER"]
UNSUBSCRIBED = [*SUBSCRIBED, *_LEFT, "UNSUB_CAMPAIGN_ID", "UNSUB_REASON"]
CLEANED = [*SUBSCRIBED, "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"]
CAMPAIGNS = [
    "Title", "Subject", "List", "Send Date", "Send Weekday", "Total Recipients", "Successful Deliveries",
    "Soft Bounces", "Hard Bounces", "Total Bounces", "Times Forwarded", "Forwarded Opens", "Unique Opens", "Open Rate",
    "Total Opens", "Unique Clicks", "Click Rate", "Total Clicks", "Unsubscribes", "Abuse Complaints",
    "Times Liked on Facebook", "Folder Id", "Unique Id", "Total Orders", "Total Gross Sales", "Total Revenue",
    "Analytics ROI", "Campaign Cost", "Revenue Created", "Visits", "New Visits", "Pages/Visit", "Bounce Rate",
]  # fmt: skip
Cells = list[object]


def write(company: Company, folder: Path) -> Expected:
    """Write the files of the audience (who left stands in another one) and ``campaigns.csv``."""
    stayed = [one for one in company.customers if not one.ended and not one.deleted]
    left = [one for one in company.customers if one.ended]
    gone = [one for one in company.customers if one.deleted]
    names = {kind: f"{kind}_segment_export_8f1d.csv" for kind in ("subscribed", "unsubscribed", "cleaned")}
    write_csv(folder / names["subscribed"], SUBSCRIBED, [_member(one) for one in stayed])
    ends = [[*_member(one), stamp(one.ended), "News", "c1", "NORMAL", "", "c1", "NORMAL"] for one in left]
    write_csv(folder / names["unsubscribed"], UNSUBSCRIBED, ends)
    cleaned = [[*_member(one), stamp(one.acquired), "News", "c1"] for one in gone]
    write_csv(folder / names["cleaned"], CLEANED, cleaned)
    rows = [_campaign(company, one.number) for one in company.campaigns]
    write_csv(folder / "campaigns.csv", CAMPAIGNS, rows)
    counts = dict(zip(names.values(), (stayed, left, gone), strict=True))
    days = [day_number(one.ended, ZONE) for one in left if one.ended]
    days += [day_number(one.acquired, ZONE) for one in gone]
    return Expected(
        {**{name: Rows(len(some)) for name, some in counts.items()}, "campaigns.csv": Rows(len(rows))},
        {**customer_totals(company, dated=False), "customers.ended": sum(days), **campaign_totals(company, ZONE)},
        {**dict.fromkeys(counts, "mailchimp.audience"), "campaigns.csv": "mailchimp.campaigns"},
    )


def _member(one: Customer) -> Cells:
    cells = dict.fromkeys(SUBSCRIBED, "") | {
        "Email Address": one.written,
        "First Name": one.name,
        "Favourite colour": "red, or blue",
        "MEMBER_RATING": 3,
        "OPTIN_TIME": stamp(one.acquired),
        "CC": "US",
        "LAST_CHANGED": stamp(one.acquired),
        "LEID": 400_000 + one.number,
        "EUID": f"{one.number:010x}",
        "TAGS": '"VIP","Blog"',
    }
    return [cells[name] for name in SUBSCRIBED]


def _campaign(company: Company, number: int) -> Cells:
    counts, campaign = campaign_counts(company, number), company.campaigns[number - 1]
    cells = dict.fromkeys(CAMPAIGNS, "0") | {
        "Title": campaign.name,
        "Subject": "News, again",
        "Send Date": stamp(campaign.sent, "%b %d, %Y %I:%M ", ZONE) + stamp(campaign.sent, "%p", ZONE).lower(),
        "Send Weekday": "Friday",
        "Total Recipients": counts["sent"],
        "Successful Deliveries": counts["delivered"],
        "Unique Opens": counts["opened"],
        "Open Rate": "27.78%",
        "Unique Clicks": counts["clicked"],
        "Unique Id": f"c{number:09x}",
        "Total Orders": counts["converted"],
        "Total Revenue": "1234.5",
    }
    return [cells[name] for name in CAMPAIGNS]


def write_report(company: Company, folder: Path, number: int) -> Expected:
    """Write the report of one campaign: keys and values, the parts of a test, and a table of links."""
    counts, campaign = campaign_counts(company, number), company.campaigns[number - 1]
    sent, delivered = counts["sent"], counts["delivered"]
    lines = [
        '"Email Campaign Report"',
        f'"Title:","{campaign.name}"',
        '"Subject Line:","News, ""again"""',
        f'"Delivery Date/Time:","{stamp(campaign.sent, "%a, %b %d, %Y %H:%M", ZONE)}"',
        "",
        '"Overall Stats"',
        f'"Total Recipients:","{sent:,}"',
        f'"Successful Deliveries:","{delivered}"',
        f'"Bounces:","{sent - delivered} (0.5%)"',
        f'"Recipients Who Opened:","{counts["opened"]} (35.18%)"',
        f'"Recipients Who Clicked:","{counts["clicked"]} (5.1%)"',
        "",
        '"Combination 1 Stats"',
        f'"Total Recipients:","{sent // 2}"',
        f'"Recipients Who Opened:","{counts["opened"] // 2} (35.18%)"',
        "",
        '"Clicks by URL"',
        '"URL","Total Clicks","Unique Clicks"',
        '"https://example.com/?a=1,2","7","5"',
    ]
    name = f"report-{number}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    kept = Counter({key: counts[key] for key in ("sent", "delivered", "opened", "clicked")})
    kept.update({"rows": 1, "campaigns": 1, "day": day_number(campaign.sent, ZONE)})
    return Expected(
        {name: Rows(1, structure=len(lines) - 1)},
        {f"campaigns.{key}": count for key, count in kept.items()},
        {name: "mailchimp.campaign_report"},
    )
