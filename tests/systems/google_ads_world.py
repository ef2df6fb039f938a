"""A company's spend on Google Ads as the campaign report gives it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Spend
from systems.expect import Expected, Rows, spend_totals
from systems.files import money, write_csv

HEADER = [
    "Campaign status", "Campaign", "Day", "Budget", "Budget name", "Budget type", "Status", "Status reasons",
    "Optimization score", "Campaign type", "Currency code", "Avg. CPM", "Impr.", "Interactions", "Interaction rate",
    "Avg. cost", "Cost", "Conv. rate", "Conversions", "Cost / conv.",
]  # fmt: skip
GERMAN = {
    "Campaign status": "Kampagnenstatus", "Campaign": "Kampagne", "Day": "Tag", "Currency code": "Währungscode",
    "Cost": "Kosten",
}  # fmt: skip
TOTALS = ("Total: Campaigns", "Total: Account", "Total: Search", "Total: Display")
Cells = list[object]


def spend_of(company: Company) -> list[Spend]:
    return [one for one in company.spend if one.platform == "Google Ads"]


def write(company: Company, folder: Path, *, utf16: bool = False, german: bool = False) -> Expected:
    """Write ``Campaign report.csv`` by day: two lines above the header, four totals below that each repeat the cost."""
    spend = spend_of(company)
    rows = [_row(one, german=german) for one in spend]
    rows += [_total(name, sum(one.amount for one in spend), german=german) for name in TOTALS]
    header = [GERMAN.get(name, name) if german else name for name in HEADER]
    title = "Kampagnenbericht" if german else "Campaign report"
    write_csv(
        folder / "Campaign report.csv",
        header,
        rows,
        before=(title, '"January 1, 2023 - December 21, 2024"'),
        delimiter="\t" if utf16 else ";" if german else ",",
        encoding="utf-16" if utf16 else "utf-8",
    )
    structure = 3 + len(TOTALS)
    return Expected(
        {"Campaign report.csv": Rows(len(spend), structure=structure)},
        spend_totals(spend),
        {"Campaign report.csv": "google_ads.campaign_report"},
    )


def _row(one: Spend, *, german: bool) -> Cells:
    cost = money(one.amount, thousands=".", point=",") if german else str(one.amount)
    cells = dict.fromkeys(HEADER, " --") | {
        "Campaign status": "Enabled",
        "Campaign": one.account,
        "Day": one.day.isoformat(),
        "Budget": "100.00",
        "Optimization score": "77.77%",
        "Campaign type": "Search",
        "Currency code": "USD",
        "Impr.": "25,881",
        "Interaction rate": "1.25%",
        "Cost": cost,
        "Conversions": "3.50",
    }
    return [cells[name] for name in HEADER]


def _total(name: str, amount: Decimal | int, *, german: bool) -> Cells:
    label = name.replace("Total", "Gesamt") if german else name
    cost = money(Decimal(amount), thousands=".", point=",") if german else money(Decimal(amount), thousands=",")
    cells = dict.fromkeys(HEADER, " --") | {"Campaign status": label, "Currency code": "USD", "Cost": cost}
    return [cells[column] for column in HEADER]


def write_undated(folder: Path, period: str, costs: Sequence[tuple[str, str]]) -> Path:
    """Write a report that is not segmented: only the line above the header has dates."""
    header = [name for name in HEADER if name != "Day"]
    at = {name: header.index(name) for name in ("Campaign status", "Campaign", "Currency code", "Cost")}
    rows = []
    for campaign, cost in [*costs, *((name, "999.00") for name in TOTALS)]:
        row = [" --"] * len(header)
        row[at["Campaign status"]] = campaign if campaign.startswith("Total") else "Enabled"
        row[at["Campaign"]], row[at["Cost"]], row[at["Currency code"]] = campaign, cost, "USD"
        rows.append(row)
    return write_csv(folder / "undated.csv", header, rows, before=("Campaign report", f'"{period}"'))
