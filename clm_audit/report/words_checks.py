"""Words for the data checks: title and purpose of each check; its message and remedy with all gaps filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from clm_audit.report.numbers import Counted, count, number, percent
from clm_audit.report.words_check_messages import MESSAGES
from clm_audit.report.words_metrics import fact, metric_in_text
from clm_audit.verdict.checks import RULES
from clm_audit.verdict.model import Check

# id -> (title, what it looks for and why that matters)
CHECKS: Mapping[str, tuple[str, str]] = {
    "rejects": (
        "Rows that could not be read",
        "Rows with a broken date, amount or id are left out; too many of them and the rest is not the whole.",
    ),
    "repairs": (
        "Rows read after a repair",
        "A stray quote or a lost field can be mended with certainty; many of them mean that the export is broken.",
    ),
    "cut_short": (
        "File cut off at its end",
        "A file that ends in the middle of a row was not written, copied or downloaded to its end.",
    ),
    "row_cap": (
        "Export cut off at a limit",
        "Many systems stop an export at a fixed number of rows without saying so.",
    ),
    "missing_part": ("Parts of an export missing", "Large exports come in numbered parts; each one is needed."),
    "stale_export": (
        "Export ends early",
        "A kind of record that ends long before the others, or before a date in a file's name, may be cut.",
    ),
    "unknown_files": ("Files not recognised", "A file that nobody can place is not counted at all."),
    "encoding": (
        "One encoding in each file",
        "Rows in another encoding than the rest spell the same name in a second way, and the two do not join.",
    ),
    "day_month": (
        "Day and month told apart",
        "03/04 is March or April. A row with a day above 12 proves which; one such row alone may be a mistake.",
    ),
    "duplicates": (
        "Rows seen twice",
        "Overlapping exports repeat rows. They are counted once, but many of them ask for a look.",
    ),
    "order_numbers": (
        "One number, one order",
        "Numbers that start again, or stand for two orders, make orders vanish or flow into each other.",
    ),
    "order_states": (
        "States of orders",
        "A state that nobody knows is neither a sale nor none; such orders are not counted.",
    ),
    "refunds": (
        "Refunds with their amounts",
        "A state that says partly refunded and no amount leaves open how much was given back.",
    ),
    "sale_twice": (
        "Sales in two systems",
        "A sale that the shop and the CRM, or the shop and the payments, both report counts twice.",
    ),
    "spend_twice": (
        "Spend reported twice",
        "The same money may be in the ad platform's export and in the books.",
    ),
    "spend_words": (
        "Categories of spend",
        "A misspelt category is counted as other and missing where it belongs.",
    ),
    "go_live": ("Go-live date", "There must be data before go-live and after it."),
    "windows": ("Length of the windows", "Before and after should not overlap and should be about equally long."),
    "season": ("Same months in both windows", "December is not July: windows with other months differ by season."),
    "after_length": (
        "Time since go-live",
        "Results usually need three to six months; the full return takes nine to twelve.",
    ),
    "events": (
        "Other events near go-live",
        "A new price list or a new shop in the same weeks as the CRM changes the same numbers.",
    ),
    "sides": (
        "Rows on their folder's side",
        "Two folders mean before and after go-live. Rows on the wrong side are left out, which may leave a hole.",
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
    "clock_changes": (
        "Clock changes",
        "Nothing happens in the hour that the clock skips in spring: such stamps are in another time zone.",
    ),
    "currency": ("One currency", "Amounts in different currencies cannot be added."),
    "minor_units": (
        "Amounts in the same unit",
        "Pounds on one side of go-live and pence on the other look like a hundredfold change.",
    ),
    "responses": (
        "Responses and deliveries fit",
        "Nobody can respond to what was not delivered; such counts are of something else.",
    ),
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
    "id_lengths": (
        "Ids in one spelling",
        "The same record can have an id of 15 characters in one file and of 18 in another; as text they differ.",
    ),
    "shared_address": (
        "Addresses of one customer each",
        "An address that many records share (a till, a test inbox) makes one customer of many people.",
    ),
    "merges": (
        "Merged records",
        "What a merged record bought belongs to the record that it was merged into.",
    ),
    "identity": (
        "Same customer, same identity",
        "When ids change at go-live, every old customer looks lost and every one of them looks new.",
    ),
    "import_day": (
        "Customers created on one day",
        "A migration gives all customers one created date; that is not when they were acquired.",
    ),
    "left_records": (
        "Records of those who left",
        "A list of today's customers or subscriptions has lost those who went, on one side of go-live or on both.",
    ),
    "lifecycle_stages": (
        "Stages of the lifecycle",
        "Only a CRM that records when a customer entered which stage can show who moved on, and where people stay.",
    ),
    "survivors": (
        "Customers who left are there",
        "An export of today's customers hides those who left, and so flatters the past.",
    ),
    "one_cohort": (
        "Customers of one season only",
        "Customers who all came at the same time buy less and less anyway, CRM or no CRM.",
    ),
    "one_order": ("One order carries the change", "A single large order can move an average all alone."),
    "one_customer": ("One customer carries the change", "When a few customers are most of the revenue, chance rules."),
}
STATUS: Mapping[str, str] = {"pass": "pass", "warn": "warning", "fail": "failed", "unknown": "open question"}
_NAMES: Mapping[str, Callable[[str], str]] = {"fact": fact, "metric": metric_in_text}
_BY_CURRENCY = re.compile(r"[a-z_]+\.\S{1,3}")
_WEEKS = frozenset({"weeks", "before", "after"})
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


def _said(check: Check) -> dict[str, Counted]:
    said = {key: Counted(_value(key, value)) for key, value in check.evidence.items()}
    said["currencies"] = Counted(_currencies(check))
    if "files" in said and "file" in said:
        said["which"] = Counted(said["file"] if said["files"] == "1" else f"{said['file']} and others")
    return said


def _currencies(check: Check) -> str:
    """How many rows of which fact are in which currency: evidence like ``orders.EUR``."""
    rows = {key: int(value) for key, value in check.evidence.items() if _BY_CURRENCY.fullmatch(key)}
    counts = [
        f"{Counted(count(rows[key])):row} of {fact(key.partition('.')[0])} in {key.partition('.')[2]}"
        for key in sorted(rows, key=lambda key: (-rows[key], key))
    ]
    return f"several currencies ({', '.join(counts)})" if counts else "several currencies"


def _value(key: str, value: str | int | float) -> str:
    if isinstance(value, str):
        return _NAMES[key](value) if key in _NAMES else value
    if isinstance(value, float) and key in _SHARES:
        return percent(value)
    if isinstance(value, float) and key in _WEEKS:
        return f"{value:g}"
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
