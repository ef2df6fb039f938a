"""The audit of the sample company: every total counted again from the files, and the planted truth found."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.model import Adjusted, AuditReport, Figure, MetricReport, RatioReport

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
GO_LIVE = date(2024, 7, 1)
WINDOWS = {
    "before": (GO_LIVE - timedelta(days=364), GO_LIVE),
    "after": (GO_LIVE, GO_LIVE + timedelta(days=364)),
}
HUBSPOT = "after/hubspot-crm-exports-all-contacts-2025-06-30.csv"
# What is planted (sample_data/README.md); acquisition cost and transaction size are left alone.
TRUE = {
    "purchase_frequency": 0.102,
    "transaction_size": 0.003,
    "service_cost": -0.239,
    "campaign_response": 0.265,
    "acquisition_cost": 0.0,
    "retention_cost": -0.320,
}


@pytest.fixture(scope="module")
def report() -> AuditReport:
    return audit(resolve([], FOLDER / "clm-audit.yaml", {}, {}, FOLDER))


def rows(name: str, skip: int = 0) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        for _ in range(skip):
            next(file)
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def within(side: str, text: str) -> bool:
    start, end = WINDOWS[side]
    return start <= day(text) < end


def counted_orders(side: str) -> list[dict[str, str]]:
    return [
        line
        for line in rows(f"{side}/orders_export.csv")
        if line["Financial Status"] in ("paid", "refunded", "partially_refunded")
        and not line["Cancelled at"]
        and within(side, line["Created at"])
    ]


def tickets(side: str) -> dict[str, dict[str, str]]:
    both = [ticket for folder in WINDOWS for ticket in rows(f"{folder}/zendesk-tickets.csv")]
    kept = {ticket["Id"]: ticket for ticket in both if "closed_by_merge" not in ticket["Tags"]}
    return {number: ticket for number, ticket in kept.items() if within(side, ticket["Created at"])}


def money(side: str, category: str) -> Decimal:
    if category == "retention":
        spent = Decimal(0)
        for cost in rows(f"{side}/costs.csv"):
            first, last = day(cost["date"]), day(cost["until"])
            start, end = WINDOWS[side]
            inside = (min(last, end) - max(first, start)).days
            spent += Decimal(cost["amount"]) * max(0, inside) / (last - first).days
        return spent
    google = [
        (line["Day"], line["Cost"])
        for line in rows(f"{side}/google-ads-campaign-report.csv", skip=2)
        if not line["Campaign status"].startswith("Total:")
    ]
    meta = [(line["Reporting starts"], line["Amount spent (USD)"]) for line in rows(f"{side}/meta-ads-daily.csv")]
    return sum((Decimal(amount) for when, amount in (*google, *meta) if within(side, when)), Decimal(0))


def newsletters(side: str, column: str) -> int:
    return sum(int(line[column]) for line in rows(f"{side}/klaviyo-campaigns.csv") if within(side, line["Send Time"]))


def metric(report: AuditReport, name: str) -> MetricReport:
    (found,) = (one for one in report.metrics if one.id == name)
    return found


def hours(side: str) -> Decimal:
    return Decimal(sum(int(ticket["Total time spent (sec)"]) for ticket in tickets(side).values())) / 3600


EXPECTED: dict[str, Callable[[str], int | Decimal]] = {
    "orders": lambda side: len(counted_orders(side)),
    "gross_revenue": lambda side: sum(Decimal(line["Total"]) for line in counted_orders(side)),
    "refunds": lambda side: sum(Decimal(line["Refunded Amount"]) for line in counted_orders(side)),
    "purchasing_customers": lambda side: len({o["Email"].casefold() for o in counted_orders(side)} - {""}),
    "tickets": lambda side: len(tickets(side)),
    "handling_hours": hours,
    "service_cost": lambda side: (hours(side) * 32).quantize(Decimal("0.01"), ROUND_HALF_EVEN),
    "sent": lambda side: newsletters(side, "Total Recipients"),
    "delivered": lambda side: newsletters(side, "Successful Deliveries"),
    "opened": lambda side: newsletters(side, "Unique Opens"),
    "clicked": lambda side: newsletters(side, "Unique Clicks"),
    "acquisition_spend": lambda side: money(side, "acquisition"),
    "retention_spend": lambda side: money(side, "retention"),
    "new_customers": lambda side: sum(
        within(side, one["Became a Customer Date"]) for one in rows(HUBSPOT) if one["Became a Customer Date"]
    ),
}


def test_the_windows_are_the_two_years_around_go_live(report: AuditReport) -> None:
    spans = {"before": report.windows.before, "after": report.windows.after}
    assert {side: (span.start, span.end) for side, span in spans.items()} == WINDOWS
    assert report.windows.season_aligned
    assert report.currency == "USD"


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("name", EXPECTED)
def test_every_total_is_counted_again_from_the_files(name: str, side: str, report: AuditReport) -> None:
    found = report.totals["before" if side == "before" else "after"][name]
    assert isinstance(found, Figure), found.reason
    # a month that is cut by a window is shared out by days, in whole cents
    tolerance = 0.05 if name == "retention_spend" else 0.011 if name == "service_cost" else 1e-6
    assert float(found.value) == pytest.approx(float(EXPECTED[name](side)), abs=tolerance)


def test_every_record_has_its_place(report: AuditReport) -> None:
    assert not report.unknown_files
    assert len(report.files) == 24
    for file in report.files:
        assert file.rows.adds_up(), file.path
        lines = (FOLDER / file.path).read_bytes().count(b"\n")
        assert file.rows.rejected == 0, file.path
        if not file.path.endswith("orders_export.csv"):  # notes hold line breaks
            assert file.rows.read == lines, file.path
    again = {ticket["Id"] for ticket in rows("before/zendesk-tickets.csv")}
    early = sum(ticket["Id"] in again for ticket in rows("after/zendesk-tickets.csv"))
    (second,) = (file for file in report.files if file.path == "after/zendesk-tickets.csv")
    assert second.rows.duplicate + second.rows.outside == early


@pytest.mark.parametrize("name", TRUE)
def test_the_interval_holds_the_planted_truth(name: str, report: AuditReport) -> None:
    adjusted = metric(report, name).adjusted
    assert isinstance(adjusted, Adjusted)
    assert adjusted.low < TRUE[name] < adjusted.high


def test_the_findings_are_those_that_the_readme_expects(report: AuditReport) -> None:
    assert {one.id: one.finding for one in report.metrics} == {
        "purchase_frequency": "inconclusive",
        "transaction_size": "inconclusive",
        "service_cost": "improved",
        "campaign_response": "improved",
        "acquisition_cost": "inconclusive",
        "retention_cost": "improved",
    }
    assert report.verdict.value == "good fit"


def test_the_plain_reading_is_flattered_by_prices_and_misled_by_the_ad_market(report: AuditReport) -> None:
    answers = {answer.metric: answer.answer for answer in report.plain.answers}
    assert answers["transaction_size"] == "yes"
    assert answers["acquisition_cost"] == "no"
    size = metric(report, "transaction_size")
    assert isinstance(size.observed_change, float)
    assert isinstance(size.adjusted, Adjusted)
    assert abs(size.adjusted.effect) < abs(size.observed_change)


def test_the_segments_are_the_two_kinds_of_customers(report: AuditReport) -> None:
    segments = {one.label: one for one in metric(report, "transaction_size").segments if one.column == "industry"}
    assert {"Household", "Trade"} <= set(segments)
    assert isinstance(segments["Trade"].before, float)
    assert isinstance(segments["Household"].before, float)
    assert segments["Trade"].before > 1.5 * segments["Household"].before


def test_purchase_frequency_is_counted_by_its_definition(report: AuditReport) -> None:
    """Orders of known customers over customer-months, by brute force over the order files."""
    bought: dict[str, list[int]] = {}
    for side in WINDOWS:
        for line in rows(f"{side}/orders_export.csv"):
            counts = line["Financial Status"] in ("paid", "refunded", "partially_refunded") and not line["Cancelled at"]
            if counts and line["Email"]:
                week = (day(line["Created at"]) - GO_LIVE).days // 7
                bought.setdefault(line["Email"].casefold(), []).append(week)
    found = metric(report, "purchase_frequency")
    for value, weeks in ((found.before, range(-52, 0)), (found.after, range(52))):
        assert isinstance(value, RatioReport)
        orders = sum(week in weeks for own in bought.values() for week in own)
        base = sum(any(week - 51 <= seen <= week for seen in set(own)) for week in weeks for own in bought.values())
        assert float(value.numerator) == orders
        assert float(value.denominator) == pytest.approx(base * 7 / 30.4375)


# What is planted along the lifecycle (sample_data/README.md): shares of change, points for the score.
LIFE = {
    "stage_conversion": 0.19,
    "activation_rate": 0.24,
    "nps": 11.0,
    "referral_rate": 0.28,
}


def life(report: AuditReport, name: str) -> MetricReport:
    (found,) = (one for one in report.lifecycle if one.id == name)
    return found


@pytest.mark.parametrize("name", LIFE)
def test_the_interval_holds_what_is_planted_along_the_lifecycle(name: str, report: AuditReport) -> None:
    adjusted = life(report, name).adjusted
    assert isinstance(adjusted, Adjusted)
    assert adjusted.low < LIFE[name] < adjusted.high


def test_the_facts_of_the_lifecycle_make_metrics(report: AuditReport) -> None:
    told = {one.id for one in report.lifecycle if one.finding != "not assessable"}
    assert {*LIFE, "nrr", "grr", "repeat_purchase_rate", "customer_lifetime_value"} <= told


def test_the_goals_are_judged(report: AuditReport) -> None:
    assert [(goal.metric, goal.owner, goal.result) for goal in report.goals] == [
        ("stage_conversion", "Marketing", "met"),
        ("nps", "Customer care", "undecided"),
        ("campaign_response", "Marketing", "missed"),
    ]


def test_the_score_is_counted_again_from_the_answers(report: AuditReport) -> None:
    found = life(report, "nps")
    for side, value in (("before", found.before), ("after", found.after)):
        assert isinstance(value, RatioReport)
        scores = [int(row["score"]) for row in rows(f"{side}/surveys.csv") if within(side, row["date"])]
        expected = 100 * (sum(one >= 9 for one in scores) - sum(one <= 6 for one in scores)) / len(scores)
        assert (value.value, value.denominator) == (pytest.approx(expected), len(scores))


def test_conversion_is_counted_again_from_the_leads(report: AuditReport) -> None:
    """Leads of a window whose ninety days lie on one side of go-live and in the data."""
    entered: dict[str, dict[str, date]] = {}
    for side in WINDOWS:
        for row in rows(f"{side}/stages.csv"):
            entered.setdefault(row["email"], {})[row["stage"]] = day(row["entered"])
    found = life(report, "stage_conversion")
    for side, value in (("before", found.before), ("after", found.after)):
        start, end = WINDOWS[side]
        last = start + timedelta(days=7 * (((end - start).days - 90) // 7))
        leads = [one for one in entered.values() if "Lead" in one and start <= one["Lead"] < last]
        bought = [one for one in leads if "Customer" in one and (one["Customer"] - one["Lead"]).days <= 90]
        assert isinstance(value, RatioReport)
        assert (value.numerator, value.denominator) == (len(bought), len(leads))


def test_recurring_revenue_is_counted_again_from_the_memberships(report: AuditReport) -> None:
    found = life(report, "nrr")
    for side, value in (("before", found.before), ("after", found.after)):
        now = WINDOWS[side][1] - timedelta(days=1)
        paid: list[dict[str, Decimal]] = []
        for when in (now, now - timedelta(days=364)):
            paid.append({})
            for row in rows("after/memberships.csv"):
                if day(row["start"]) <= when and (not row["end"] or day(row["end"]) > when):
                    paid[-1][row["customer"]] = paid[-1].get(row["customer"], Decimal(0)) + Decimal(row["amount"])
        kept = sum((paid[0].get(who, Decimal(0)) for who in paid[1]), Decimal(0))
        assert isinstance(value, RatioReport)
        assert value.value == pytest.approx(float(kept / sum(paid[1].values())))
