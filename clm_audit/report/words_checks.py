"""Words for the data checks: title and purpose of each check, message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.report.numbers import count, number, percent
from clm_audit.report.words_metrics import fact
from clm_audit.verdict.checks import RULES
from clm_audit.verdict.model import Check

# id -> (title, what it looks for and why that matters)
CHECKS: Mapping[str, tuple[str, str]] = {
    "rejects": (
        "Rows that could not be read",
        "Rows with a broken date, amount or id are left out; too many of them and the rest is not the whole.",
    ),
    "row_cap": (
        "Export cut off at a limit",
        "Many systems stop an export at a fixed number of rows without saying so.",
    ),
    "missing_part": ("Parts of an export missing", "Large exports come in numbered parts; each one is needed."),
    "stale_export": (
        "Export ends early",
        "When the newest record is much older than the files, a filter may have cut the export.",
    ),
    "unknown_files": ("Files not recognised", "A file that nobody can place is not counted at all."),
    "duplicates": (
        "Rows seen twice",
        "Overlapping exports repeat rows. They are counted once, but many of them ask for a look.",
    ),
    "spend_twice": (
        "Spend reported twice",
        "The same money may be in the ad platform's export and in the books.",
    ),
    "go_live": ("Go-live inside the data", "There must be data before go-live and after it."),
    "windows": ("Length of the windows", "Before and after should not overlap and should be about equally long."),
    "season": ("Same months in both windows", "December is not July: windows with other months differ by season."),
    "after_length": (
        "Time since go-live",
        "Results usually need three to six months; the full return takes nine to twelve.",
    ),
    "coverage": (
        "Facts over the whole windows",
        "Each fact should reach from the start of before to the end of after.",
    ),
    "missing_weeks": ("Weeks without any row", "A hole in the data looks like a collapse in business."),
    "tracking_start": (
        "Tracking starts at go-live",
        "What was only recorded from go-live on cannot be compared with before.",
    ),
    "timezone": ("Time zone", "Stamps without a zone may fall on the wrong day."),
    "currency": ("One currency", "Amounts in different currencies cannot be added."),
    "unknown_customers": (
        "Orders of unknown customers",
        "Orders whose customer is missing in the customer export hint at a filtered export.",
    ),
    "anonymous": (
        "Orders without a customer",
        "They count in revenue, but nobody can say how often their buyers come back.",
    ),
    "ids": (
        "Ids as they were",
        "Ids that a program has changed join the wrong people, or fail to join the right ones.",
    ),
    "identity": (
        "Same customer, same identity",
        "When ids change at go-live, every old customer looks lost and every one of them looks new.",
    ),
    "import_day": (
        "Customers created on one day",
        "A migration gives all customers one created date; that is not when they were acquired.",
    ),
    "survivors": (
        "Customers who left are there",
        "An export of today's customers hides those who left, and so flatters the past.",
    ),
    "one_order": ("One order carries the change", "A single large order can move an average all alone."),
    "one_customer": ("One customer carries the change", "When a few customers are most of the revenue, chance rules."),
}
# code -> (message, remedy); gaps are filled from Check.evidence
MESSAGES: Mapping[str, tuple[str, str]] = {
    "rejects_few": ("{rejected} of {rows} rows could not be read.", ""),
    "rejects_over": (
        "{rejected} of {rows} rows ({share}) could not be read; the limit is {limit}.",
        "Read rejects.csv: it names file, line and column. Mend the export, or raise policy.max_rejected knowingly.",
    ),
    "rejects_over_in_export": (
        "In {export}, {rejected} of {rows} rows ({share}) could not be read; the limit is {limit}.",
        "Read rejects.csv: it names file, line and column. Mend the export, or raise policy.max_rejected knowingly.",
    ),
    "rejects_unknown": ("No data rows were read.", "Check the paths: the files hold headers only."),
    "row_cap_clear": ("No export ends exactly at a known limit.", ""),
    "row_cap_of_system": (
        "{file} has {rows} rows; its system stops at {cap}. Rows are probably missing.",
        "Export in smaller spans (a month at a time) into the same folder; rows seen twice are counted once.",
    ),
    "row_cap_common": (
        "{file} has {rows} rows, and {cap} is a limit of several tools. Rows may be missing.",
        "Compare the number of rows with the number that the system shows.",
    ),
    "parts_whole": ("No numbered part is missing.", ""),
    "parts_missing": (
        "{file} is a part of a larger export, and part {part} is not there.",
        "Add the missing part to the folder, or rename the file if it is whole.",
    ),
    "export_fresh": ("The newest record is from {last}.", ""),
    "export_ends_early": (
        "The newest record is from {last}, long before the files were written.",
        "Check that no date filter was set when the export was made.",
    ),
    "export_age_unknown": (
        "The age of the files is not known.",
        "Compare the newest record with the date of the export.",
    ),
    "files_all_known": ("Every file was recognised ({files}).", ""),
    "files_unknown": (
        "{files} files were not recognised and not counted, among them {file}.",
        "Name the system in the config, map the columns under sources, or move the file away.",
    ),
    "duplicates_none": ("No row is there twice.", ""),
    "duplicates_few": ("{duplicates} of {rows} rows were there twice and were counted once.", ""),
    "duplicates_many": (
        "{duplicates} of {rows} rows ({share}) were there twice and were counted once.",
        "Check for overlapping exports of the same system; leave only one of them in the folder.",
    ),
    "duplicates_unknown": ("No data rows were read.", "Check the paths: the files hold headers only."),
    "spend_once": ("Spend comes from one kind of source.", ""),
    "spend_twice": (
        "Spend comes both from an ad platform ({platform}) and from the books ({books}); some may be counted twice.",
        "Under spend in the config, list only the accounts that the ad platforms do not report.",
    ),
    "go_live_inside": ("Go-live {go_live} lies inside the data ({first} to {last}).", ""),
    "go_live_derived": (
        "No date was given; go-live is taken as {go_live}, the first day of the second folder.",
        "Give --go-live with the day on which people began to work with the CRM.",
    ),
    "go_live_outside": (
        "Go-live {go_live} does not lie inside the data ({first} to {last}).",
        "Check the date, or add the exports from the other side of it.",
    ),
    "windows_equal": ("The windows are equally long: {before} weeks before, {after} weeks after.", ""),
    "windows_unequal": (
        "The windows are not equally long: {before} weeks before, {after} weeks after.",
        "Leave windows out of the config for equal spans, or set equal ones.",
    ),
    "windows_overlap": (
        "The windows overlap by {days} days.",
        "Set windows.before.to no later than windows.after.from.",
    ),
    "windows_unknown": ("There are no windows yet.", "Give --go-live."),
    "season_matches": ("Both windows hold the same months, or nearly ({share} apart).", ""),
    "season_differs": (
        "The windows hold different months ({share} of the days). The plain numbers mix season with change.",
        "Trust the adjusted effect more than the plain change, or add a full year before go-live.",
    ),
    "after_long": ("{weeks} weeks have passed since go-live.", ""),
    "after_early": (
        "{weeks} weeks have passed since go-live; the full return usually takes nine to twelve months.",
        "",
    ),
    "after_short": (
        "Only {weeks} weeks have passed since go-live; results usually need three to six months.",
        "Audit again three months after go-live.",
    ),
    "coverage_full": ("Every fact reaches over both windows.", ""),
    "coverage_partial": (
        "{fact} do not reach over the whole windows: {days} days are not covered.",
        "Export the missing span; until then only the covered weeks count.",
    ),
    "coverage_unknown": ("No dated fact was found.", "Add exports with dates."),
    "weeks_whole": ("No period in the windows is empty, or hardly any.", ""),
    "weeks_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}).",
        "Check whether the export was made in parts and one is missing.",
    ),
    "weeks_mostly_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}): too many to compare.",
        "Add the export for that time, or set the windows to the time that is covered.",
    ),
    "weeks_unknown": ("There is no series to look at.", "See the reason of each metric."),
    "tracking_both_sides": ("What was tracked, was tracked on both sides of go-live.", ""),
    "tracking_starts_at_go_live": (
        "{fact} are recorded on one side of go-live only (from {first}).",
        "Add the old system's export with {fact}; a number from one side proves nothing.",
    ),
    "handling_time_one_side": (
        "Handling time was recorded on one side of go-live only.",
        "Use recorded costs, or service spend from the books, on both sides.",
    ),
    "one_side_only": (
        "What a metric needs was recorded on one side of go-live only.",
        "Add the old system's export; a number from one side proves nothing.",
    ),
    "tracking_unknown": ("There is no tracked fact to look at.", "Add tickets, campaigns or spend if you have them."),
    "timezone_stated": ("Day limits follow {zone}.", ""),
    "timezone_assumed": (
        "{stamps} stamps carry no time zone and were read as {zone}.",
        "Set timezone in the config to that of the exporting account.",
    ),
    "timezone_unknown": ("Nobody counted stamps without a zone; days follow {zone}.", "Set timezone in the config."),
    "currency_one": ("All amounts are in {currency}.", ""),
    "currency_mixed": (
        "Amounts are in several currencies and no rates are given.",
        "Set rates in the config, e.g. rates: {{EUR: 1.08}}.",
    ),
    "currency_not_stated": (
        "No export states its currency; all amounts are taken to be in the same one.",
        "Set currency in the config.",
    ),
    "currency_unknown": ("The currency could not be told.", "Set currency in the config."),
    "customers_known": ("{unknown} of {orders} orders are from customers who are not in the customer export.", ""),
    "customers_unknown": (
        "{unknown} of {orders} orders ({share}) are from customers who are not in the customer export.",
        "Export all customers, also archived, deleted and inactive ones.",
    ),
    "customers_not_checked": (
        "There is no customer export to compare the orders with.",
        "Add the customer export, also with inactive ones.",
    ),
    "anonymous_few": ("{without} of {orders} orders have no customer.", ""),
    "anonymous_many": (
        "{without} of {orders} orders ({share}) have no customer; they count in revenue only.",
        "Export orders with the customer's id or e-mail address.",
    ),
    "anonymous_mostly": (
        "{without} of {orders} orders ({share}) have no customer; the rest is not the whole.",
        "Export orders with the customer's id or e-mail address.",
    ),
    "anonymous_unknown": ("There are no orders to look at.", "Add the order export."),
    "ids_joined": ("Customers from before go-live are seen again after it.", ""),
    "ids_change_at_go_live": (
        "Hardly any customer from before go-live is seen again after it: ids probably changed.",
        "Add a customer export that holds the old id or the e-mail address on both sides.",
    ),
    "ids_clean": ("No id looks changed.", ""),
    "ids_email_case": ("{customers} customers wrote their address in several ways; they were joined.", ""),
    "ids_unknown": ("There are no customer ids to look at.", "Add exports with the customer's id."),
    "ids_damaged": (
        "{ids} ids look as if a spreadsheet had turned them into numbers.",
        "Export again, and do not open the file in a spreadsheet in between.",
    ),
    "ids_several_addresses": (
        "{ids} customer ids come with several e-mail addresses; they may join people who are not the same.",
        "Look at merged records in the CRM; if they are right, nothing needs to be done.",
    ),
    "ids_not_compared": (
        "It cannot be told whether customers keep their identity over go-live.",
        "Add customer exports with the e-mail address from both systems.",
    ),
    "import_day_none": ("The dates on which {of} customers were acquired do not bunch.", ""),
    "import_day_seen": (
        "{customers} of {of} customers became customers within {weeks} weeks from {first}: probably an import.",
        "Map the true date (first purchase) instead of the created date.",
    ),
    "import_day_near_go_live": (
        "{customers} of {of} customers became customers within {weeks} weeks from {first}, near go-live: an import.",
        "Add the order export, so that first orders can be used, or map the true date.",
    ),
    "import_day_replaced": (
        "The dates on which customers were acquired bunch near go-live or are on one side of it only.",
        "The first order seen is used instead. Map the true date if the system has one.",
    ),
    "import_day_unknown": ("No export says when customers were acquired.", "The first order seen is used instead."),
    "leavers_seen": (
        "{left} of {old} older customers have not ordered in the last {weeks} weeks: leavers are there.",
        "",
    ),
    "leavers_none": (
        "Of {old} older customers, only {left} have not ordered in the last {weeks} weeks: leavers may be missing.",
        "Export all customers and their orders, also archived and deleted ones.",
    ),
    "leavers_unknown": (
        "It cannot be told whether customers who left are in the exports.",
        "Make sure that archived, deleted and inactive customers were exported too.",
    ),
    "orders_spread": ("The largest order is {share} of its window's revenue.", ""),
    "one_order_large": (
        "The largest order is {share} of its window's revenue.",
        "Look at the median and the capped figure beside the metric.",
    ),
    "one_order_carries": (
        "Transaction size changed by {change}; without the largest order of each window, by {without}.",
        "Judge by the median and the capped figure; check whether that order belongs here.",
    ),
    "orders_not_listed": ("Order values were not listed.", "Add an order export with amounts."),
    "customers_spread": ("No customer can be more than {share} of a window's revenue.", ""),
    "few_customers_carry": (
        "Revenue is as uneven as if {like} equal customers shared it; one of them may be up to {share}.",
        "Look at the segments, and ask whether the largest customers changed for reasons of their own.",
    ),
    "customers_not_listed": ("Revenue per customer was not listed.", "Add an order export with customers."),
}
STATUS: Mapping[str, str] = {"pass": "pass", "warn": "warning", "fail": "failed", "unknown": "cannot tell"}
_SHARES = frozenset({"share", "limit", "change", "without"})


def title(check_id: str) -> str:
    """The check's name."""
    return CHECKS[check_id][0]


def purpose(check_id: str) -> str:
    """What the check looks for and why it matters."""
    return CHECKS[check_id][1]


def message(check: Check) -> str:
    """What the check found."""
    return _capital(MESSAGES[check.code][0].format_map(_said(check)))


def remedy(check: Check) -> str:
    """The next thing to do; empty when there is nothing to do."""
    return MESSAGES[check.code][1].format_map(_said(check))


def _said(check: Check) -> dict[str, str]:
    return {key: _value(key, value) for key, value in check.evidence.items()}


def _value(key: str, value: str | int | float) -> str:
    if isinstance(value, str):
        return fact(value) if key in ("fact", "metric") else value
    if isinstance(value, float) and key in _SHARES:
        return percent(value)
    return count(value) if isinstance(value, int) else number(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_markdown() -> str:
    """The checks as the Markdown table of ``docs/checks.md``."""
    lines = ["| check | looks for | when | cannot tell |", "| --- | --- | --- | --- |"]
    for rule in RULES:
        when = "with go-live" if rule.needs_windows else "always"
        said = f"**{title(rule.id)}.** {purpose(rule.id)}"
        lines.append(f"| `{rule.id}` | {said} | {when} | {'caps' if rule.unknown_caps else 'open question'} |")
    return "\n".join(lines)
