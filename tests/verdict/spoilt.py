"""The shop spoilt in one way for each data check; the checks must see it in the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from clm_audit.verdict.model import CheckStatus
from verdict.shop import FIRST, GO_LIVE, LAST, Row, World, text

LIVE = GO_LIVE.isoformat()


@dataclass(frozen=True)
class Spoilt:
    """What is done to the shop, and what the check must answer then."""

    rule: str
    spoil: Callable[[World], None]
    status: CheckStatus
    code: str


def after(row: Row) -> bool:
    return row.get("date", row.get("created", "")) >= LIVE


def dates_missing(world: World) -> None:
    for row in world.rows("orders")[::20]:
        row["date"] = ""


def everything_broken(world: World) -> None:
    for name, column in (("orders", "amount"), ("tickets", "cost"), ("spend", "amount"), ("campaigns", "date")):
        for row in world.rows(name)[::10]:
            row[column] = "n/k"


def stray_quotes(world: World) -> None:
    lines = text(world.rows("orders")).splitlines()
    broken = [line.replace(",paid", ',"paid" x') if at % 20 == 5 else line for at, line in enumerate(lines)]
    world.raw["exports/orders.csv"] = ("\n".join(broken) + "\n").encode()


def cut_in_a_quote(world: World) -> None:
    whole = text(world.rows("orders")).rstrip("\n")
    world.raw["exports/orders.csv"] = whole.removesuffix("paid").encode() + b'"pa'


def two_thousand_tickets(world: World) -> None:
    tickets = world.rows("tickets")
    copies = -(-2_000 // len(tickets))
    more = [{**row, "ticket": f"{row['ticket']}-{copy}"} for row in tickets for copy in range(copies)]
    world.tables["exports/tickets.csv"] = more[:2_000]


def second_part_only(world: World) -> None:
    world.move("orders", "orders_2")


def tickets_end_early(world: World) -> None:
    end = (LAST - timedelta(days=90)).isoformat()
    tickets = world.rows("tickets")
    tickets[:] = [row for row in tickets if row["created"] < end]


def unknown_table(world: World) -> None:
    world.tables["exports/machines.csv"] = [{"machine": "M1", "speed": "4", "oil": "yes"}]


def two_encodings(world: World) -> None:
    customers = world.rows("customers")
    for at, row in enumerate(customers):
        row["region"] = ("München", "Köln")[at % 2]
    head, *lines = text(customers).splitlines()
    mixed = [line.encode("utf-8" if at % 3 else "cp1252") for at, line in enumerate(lines)]
    world.raw["exports/customers.csv"] = b"\n".join([head.encode(), *mixed]) + b"\n"


def one_row_proves_the_month(world: World) -> None:
    spend = world.rows("spend")
    for at, row in enumerate(spend):
        day = date.fromisoformat(row["date"])
        row["date"] = f"{day.day if at == 9 else day.day % 12 + 1:02d}/{day.month:02d}/{day.year}"
    spend[9]["date"] = "25/07/2022"


def exported_twice(world: World) -> None:
    world.tables["exports/orders again.csv"] = world.rows("orders")[:600]


def numbers_start_again(world: World) -> None:
    orders = world.rows("orders")
    half = len(orders) // 2
    renumbered = [{**row, "order": orders[at]["order"]} for at, row in enumerate(orders[half:])]
    world.tables["exports/orders.csv"], world.tables["exports/orders later.csv"] = orders[:half], renumbered


def a_state_that_nobody_knows(world: World) -> None:
    for row in world.rows("orders")[::30]:
        row["status"] = "zugestellt an nachbarn"


def deals_that_the_shop_does_not_know(world: World) -> None:
    payments = [
        {"id": f"ch_{at}", "Created date (UTC)": row["date"], "Amount": row["amount"], "Amount Refunded": "0.00",
         "Currency": "eur", "Status": "Paid", "Customer Email": f"{row['customer']}@example.com"}
        for at, row in enumerate(world.rows("orders"))
    ]  # fmt: skip
    for row in payments[::6]:
        row["Customer Email"], row["Amount"] = "", "1.11"
    world.tables["exports/payments.csv"] = payments


def ads_beside_the_books(world: World) -> None:
    days = [FIRST + timedelta(days=7 * week) for week in range(150)]
    ads = [{"Day": day.isoformat(), "Campaign": "Brand", "Currency code": "EUR", "Cost": "41.50"} for day in days]
    world.tables["exports/ads.csv"] = ads


def a_misspelt_category(world: World) -> None:
    for row in world.rows("spend")[:4]:
        row["category"] = "acquistion"


def no_date_given(world: World) -> None:
    world.split()
    world.options["go_live"] = None


def windows_are(before: tuple[str, str], later: tuple[str, str]) -> Callable[[World], None]:
    def spoil(world: World) -> None:
        spans = "".join(
            f"  {name}: {{from: {start}, to: {end}}}\n" for name, (start, end) in (("before", before), ("after", later))
        )
        world.config = f"go_live: {LIVE}\nwindows:\n{spans}"

    return spoil


def ten_weeks_only(world: World) -> None:
    end = (GO_LIVE + timedelta(weeks=10)).isoformat()
    for name in ("orders", "tickets", "campaigns", "spend"):
        rows = world.rows(name)
        rows[:] = [row for row in rows if row.get("date", row.get("created", "")) < end]


def after_starts_late(world: World) -> None:
    world.split()
    late = (GO_LIVE + timedelta(days=50)).isoformat()
    orders = world.tables["after/orders.csv"]
    orders[:] = [row for row in orders if row["date"] >= late]


def tickets_start_late(world: World) -> None:
    start = (GO_LIVE - timedelta(days=250)).isoformat()
    tickets = world.rows("tickets")
    tickets[:] = [row for row in tickets if row["created"] >= start]


def eight_weeks_without_orders(world: World) -> None:
    first, end = ((GO_LIVE + timedelta(weeks=weeks)).isoformat() for weeks in (20, 28))
    orders = world.rows("orders")
    orders[:] = [row for row in orders if not first <= row["date"] < end]


def tickets_since_go_live(world: World) -> None:
    tickets = world.rows("tickets")
    tickets[:] = [row for row in tickets if after(row)]


def no_zone_given(world: World) -> None:
    world.options["timezone"] = None


def stamps_that_berlin_has_not(world: World) -> None:
    for row in world.rows("orders")[:5]:
        row["date"] = "2024-03-31 02:30:00"


def two_currencies(world: World) -> None:
    for row in world.rows("orders")[::2]:
        row["currency"] = "USD"


def cents_since_go_live(world: World) -> None:
    for row in world.rows("orders"):
        if after(row):
            row["amount"] = f"{float(row['amount']) * 100:.2f}"


def clicks_of_the_same_people(world: World) -> None:
    for row in world.rows("campaigns"):
        row["clicked"] = "420"


def customers_filtered(world: World) -> None:
    customers = world.rows("customers")
    customers[:] = [row for at, row in enumerate(customers) if at % 5]


def sold_at_the_counter(world: World) -> None:
    for row in world.rows("orders")[::5]:
        row["customer"] = ""


def opened_in_a_spreadsheet(world: World) -> None:
    for row in world.rows("orders")[::200]:
        row["customer"] = "1.05E+11"


def all_ids_as_numbers(world: World) -> None:
    for row in world.rows("orders"):
        row["customer"] = f"1.0{int(row['customer'][-4:]) % 10}E+11"


def ids_of_two_lengths(world: World) -> None:
    short = {f"customer{number:04d}": f"003Aa00000{number:04d}X" for number in range(400)}
    for row in world.rows("orders"):
        row["customer"] = short[row["customer"]]
    for row in world.rows("customers")[:400]:
        row["customer"] = f"{short[row['customer']]}AAQ"


def a_till_for_many(world: World) -> None:
    for row in world.rows("customers")[10:22]:
        row["email"] = "till@example.com"


def merged_into_nobody(world: World) -> None:
    world.rows("customers")[-1]["merged_into"] = "customer9999"


def new_ids_since_go_live(world: World) -> None:
    world.tables.pop("exports/customers.csv")
    for row in world.rows("orders"):
        if after(row):
            row["customer"] = row["customer"].replace("customer", "new-")


def all_created_at_migration(world: World) -> None:
    for row in world.rows("customers"):
        row["acquired"] = (GO_LIVE - timedelta(days=3)).isoformat()


def nobody_has_ended(world: World) -> None:
    for row in world.rows("customers"):
        row["ended"] = ""


def an_event_away(days: int, *, is_break: bool = False) -> Callable[[World], None]:
    """A known event so many days after go-live (before it when negative)."""

    def known_event(world: World) -> None:
        day = GO_LIVE + timedelta(days=days)
        world.config = f"events:\n  - date: {day}\n    what: new price list\n    break: {str(is_break).lower()}\n"

    return known_event


def dollars_beside_euros(world: World) -> None:
    for row in world.rows("orders"):
        row["amount"] = f"${row['amount']}"
        del row["currency"]


def orders_with_two_signs(world: World) -> None:
    dollars_beside_euros(world)
    rows = world.rows("orders")
    world.tables["exports/more orders.csv"] = [{**row, "amount": row["amount"].replace("$", "€")} for row in rows[::2]]
    del rows[::2]


def given_back_in_part(world: World) -> None:
    for row in world.rows("orders")[::40]:
        row["status"] = "partially refunded"


def todays_customers_only(world: World) -> None:
    recent = (LAST - timedelta(days=300)).isoformat()
    there = {row["customer"] for row in world.rows("orders") if row["date"] >= recent}
    for name in ("orders", "customers"):
        rows = world.rows(name)
        rows[:] = [row for row in rows if row["customer"] in there]


def one_season_of_customers(world: World) -> None:
    first: dict[str, str] = {}
    for row in world.rows("orders"):
        first.setdefault(row["customer"], row["date"])
    early = {name for name, day in first.items() if day < (FIRST + timedelta(weeks=12)).isoformat()}
    for name in ("orders", "customers"):
        rows = world.rows(name)
        rows[:] = [row for row in rows if row["customer"] in early]


def a_single_huge_order(world: World) -> None:
    next(row for row in world.rows("orders") if after(row))["amount"] = "40000.00"


def one_large_customer(world: World) -> None:
    names = [row["customer"] for row in world.rows("orders")]
    often = max(sorted(set(names)), key=names.count)
    for row in world.rows("orders"):
        if row["customer"] == often:
            row["amount"] = f"{float(row['amount']) * 60:.2f}"


def no_stages(world: World) -> None:
    world.tables.pop("exports/stages.csv")


def stages_of_today(world: World) -> None:
    no_stages(world)
    for row in world.rows("customers"):
        row["stage"] = "customer"


def stages_in_other_words(world: World) -> None:
    for at, row in enumerate(world.rows("stages")):
        row["stage"] = "Anwärter" if at % 10 == 0 else row["stage"]


def stages_written_by_an_import(world: World) -> None:
    for row in world.rows("stages")[::3]:
        row["entered"] = LIVE


def stages_since_go_live(world: World) -> None:
    rows = world.rows("stages")
    rows[:] = [row for row in rows if row["entered"] >= LIVE]


WORLDS: tuple[Spoilt, ...] = (
    Spoilt("rejects", dates_missing, "fail", "rejects_over"),
    Spoilt("rejects", everything_broken, "fail", "rejects_over"),
    Spoilt("repairs", stray_quotes, "warn", "repairs_many"),
    Spoilt("cut_short", cut_in_a_quote, "fail", "end_cut"),
    Spoilt("row_cap", two_thousand_tickets, "warn", "row_cap_common"),
    Spoilt("missing_part", second_part_only, "warn", "parts_missing"),
    Spoilt("stale_export", tickets_end_early, "warn", "export_ends_early"),
    Spoilt("unknown_files", unknown_table, "warn", "files_unknown"),
    Spoilt("encoding", two_encodings, "warn", "encoding_mixed"),
    Spoilt("day_month", one_row_proves_the_month, "warn", "day_month_few"),
    Spoilt("duplicates", exported_twice, "warn", "duplicates_many"),
    Spoilt("order_numbers", numbers_start_again, "warn", "numbers_anew"),
    Spoilt("order_states", a_state_that_nobody_knows, "warn", "states_unknown"),
    Spoilt("refunds", given_back_in_part, "warn", "refunds_partly_unsaid"),
    Spoilt("sale_twice", deals_that_the_shop_does_not_know, "warn", "sales_unmatched"),
    Spoilt("spend_twice", ads_beside_the_books, "warn", "spend_twice"),
    Spoilt("spend_words", a_misspelt_category, "warn", "spend_words_near"),
    Spoilt("go_live", no_date_given, "warn", "go_live_derived"),
    Spoilt("windows", windows_are(("2023-07-01", LIVE), (LIVE, "2025-01-01")), "warn", "windows_unequal"),
    Spoilt("season", windows_are(("2024-01-01", LIVE), (LIVE, "2025-01-01")), "warn", "season_differs"),
    Spoilt("after_length", ten_weeks_only, "warn", "after_short"),
    Spoilt("events", an_event_away(20), "unknown", "events_near"),
    Spoilt("events", an_event_away(-55), "unknown", "events_near"),
    Spoilt("events", an_event_away(-3, is_break=True), "unknown", "breaks_near"),
    Spoilt("sides", after_starts_late, "fail", "sides_start_late"),
    Spoilt("coverage", tickets_start_late, "warn", "coverage_partial"),
    Spoilt("missing_weeks", eight_weeks_without_orders, "warn", "weeks_missing"),
    Spoilt("tracking_start", tickets_since_go_live, "fail", "one_side_only"),
    Spoilt("timezone", no_zone_given, "warn", "timezone_assumed"),
    Spoilt("clock_changes", stamps_that_berlin_has_not, "warn", "clock_skips"),
    Spoilt("currency", two_currencies, "fail", "currency_mixed"),
    Spoilt("currency", dollars_beside_euros, "warn", "currency_apart"),
    Spoilt("currency", orders_with_two_signs, "fail", "currency_mixed"),
    Spoilt("minor_units", cents_since_go_live, "fail", "units_jump"),
    Spoilt("responses", clicks_of_the_same_people, "fail", "responses_mostly_over"),
    Spoilt("unknown_customers", customers_filtered, "warn", "customers_unknown"),
    Spoilt("anonymous", sold_at_the_counter, "warn", "anonymous_many"),
    Spoilt("ids", opened_in_a_spreadsheet, "warn", "ids_damaged"),
    Spoilt("ids", all_ids_as_numbers, "fail", "ids_lost"),
    Spoilt("id_lengths", ids_of_two_lengths, "warn", "lengths_two"),
    Spoilt("shared_address", a_till_for_many, "warn", "addresses_shared"),
    Spoilt("merges", merged_into_nobody, "warn", "merges_nowhere"),
    Spoilt("identity", new_ids_since_go_live, "fail", "ids_change_at_go_live"),
    Spoilt("import_day", all_created_at_migration, "warn", "import_day_replaced"),
    Spoilt("left_records", nobody_has_ended, "warn", "left_missing"),
    Spoilt("lifecycle_stages", no_stages, "unknown", "stages_nowhere"),
    Spoilt("lifecycle_stages", stages_of_today, "warn", "stages_today_only"),
    Spoilt("lifecycle_stages", stages_in_other_words, "warn", "stages_unnamed"),
    Spoilt("lifecycle_stages", stages_written_by_an_import, "warn", "stages_of_one_day"),
    Spoilt("lifecycle_stages", stages_since_go_live, "warn", "stages_too_late"),
    Spoilt("survivors", todays_customers_only, "warn", "leavers_none"),
    Spoilt("one_cohort", one_season_of_customers, "fail", "one_cohort_melts"),
    Spoilt("one_order", a_single_huge_order, "fail", "one_order_carries"),
    Spoilt("one_customer", one_large_customer, "warn", "few_customers_carry"),
)
