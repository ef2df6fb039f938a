"""Words for *cannot say* and for rows that were not taken: why, and the next thing to do."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.config.base import NotAssessable
from clm_audit.report import words_metrics

Detail = Mapping[str, str | int | float]
# code -> (why, what to do); gaps are filled from NotAssessable.detail
REASONS: Mapping[str, tuple[str, str]] = {
    "missing_fact": ("The exports hold no {fact}.", "Add an export with {fact}{export}."),
    "one_side_only": (
        "There are {fact} only {side} go-live, so there is nothing to compare with.",
        "Add the export with {fact} from the other side of go-live.",
    ),
    "empty_window": (
        "The {side} window holds no {fact}.",
        "Check the window's dates, or add the export for that time.",
    ),
    "zero_denominator": (
        "There is nothing to divide by in the {side} window.",
        "Check the window's dates, or add the export for that time.",
    ),
    "negative_total": (
        "Refunds are larger than sales in the {side} window.",
        "Check that refunds and sales come from the same export.",
    ),
    "too_few_customers": (
        "There are fewer than five customers, too few to show or to judge.",
        "Nothing to do at this size; read the plain numbers.",
    ),
    "too_short_before": (
        "There are {have} {unit} before go-live; {need} are needed.",
        "Add older exports: a year or more before go-live is best.",
    ),
    "too_short_after": (
        "There are {have} {unit} after go-live; {need} are needed.",
        "Wait and export again; results usually need three to six months.",
    ),
    "mixed_currencies": (
        "Amounts come in several currencies and no rates are given, so they cannot be added.",
        "Set rates in the config, e.g. rates: {{EUR: 1.08}}.",
    ),
    "currency_not_stated": (
        "No export states a currency.",
        "Set currency in the config, e.g. currency: USD.",
    ),
    "no_cost_basis": (
        "There are tickets, but no cost: no recorded cost, no service spend, no handling time with an hourly rate.",
        "Set service.hourly_rate, or map a ledger account to spend.service in the config.",
    ),
    "handling_time_one_side": (
        "Handling time was recorded only {side} go-live. Elapsed time is no substitute.",
        "Add a recorded cost, or service spend from the books, for both sides.",
    ),
    "no_base": (
        "The history is too short to tell which customers were active.",
        "Add older order exports: at least {need} weeks before go-live.",
    ),
    "disabled": (
        "The config switches this metric off.",
        "Set metrics.{metric}.enabled: true in the config to have it back.",
    ),
    "withheld": (
        "Fewer than five customers stand behind this figure, so it is not shown.",
        "Use larger segments.",
    ),
}
_GAPS: Mapping[str, str | int | float] = {
    "fact": "the fact that it needs",
    "side": "one",
    "export": "",
    "have": "too few",
    "need": "13",
    "unit": "weeks",
    "metric": "<name>",
}
REJECTS: Mapping[str, tuple[str, str]] = {
    "bad_date": ("The date is not one.", "Correct the cell, or export dates as 2024-07-01."),
    "ambiguous_date": (
        "Day and month cannot be told apart.",
        "Export dates as 2024-07-01, or name the format in the config.",
    ),
    "missing_date": ("The date is blank.", "Export the row's date, or leave the row out."),
    "bad_amount": ("The amount is not a number.", "Correct the cell; no text, no NaN, no infinity."),
    "amount_too_large": ("The amount is too large to be true.", "Correct the cell."),
    "missing_amount": ("The amount is blank.", "Export the row's amount, or leave the row out."),
    "missing_id": ("The row has no id.", "Export the id column, or leave the row out."),
    "bad_number": ("The value is not a number.", "Correct the cell."),
    "bad_duration": ("The duration is not one.", "Export durations in one unit."),
    "bad_boolean": ("The value is neither yes nor no.", "Correct the cell."),
    "no_rate": ("The currency of the row has no rate.", "Set the rate in the config under rates."),
    "missing_currency": ("The row states no currency, others do.", "Export the currency column."),
    "duplicate_row": ("The same row is there twice; it was counted once.", "Nothing to do."),
    "duplicate": ("The same row is there twice; it was counted once.", "Nothing to do."),
    "bad_width": ("The row has more or fewer cells than the header.", "Quote cells that hold the separator."),
    "bad_quote": ("A quotation mark stands where none may be.", "Double quotation marks inside quoted cells."),
    "excel_damage": ("A spreadsheet turned the id into a number.", "Export again, without opening it in between."),
}


def reason(missing: NotAssessable) -> str:
    """Why there is no number, as one sentence."""
    return _template(missing.code, 0).format_map(_filled(missing))


def remedy(missing: NotAssessable) -> str:
    """What would help, as one sentence."""
    return _template(missing.code, 1).format_map(_filled(missing))


def reject(code: str) -> str:
    """Why a row was not taken."""
    return REJECTS[code][0] if code in REJECTS else f"The row did not meet the rule {code.replace('_', ' ')}."


def reject_remedy(code: str) -> str:
    """What to do about a row that was not taken."""
    return REJECTS[code][1] if code in REJECTS else "Look at the row in the file, at the line given."


def _template(code: str, part: int) -> str:
    if code in REASONS:
        return REASONS[code][part]
    return (f"There is no figure: {code.replace('_', ' ')}.", "Look at the data checks and the ledger.")[part]


def _filled(missing: NotAssessable) -> dict[str, str | int | float]:
    detail = missing.detail
    filled: dict[str, str | int | float] = {**_GAPS, **detail}
    if "fact" in detail:
        filled["fact"] = words_metrics.fact(str(detail["fact"]))
    if export := str(detail.get("export", "")).strip().rstrip("."):
        filled["export"] = f": {export}"
    return filled
