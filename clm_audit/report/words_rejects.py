"""Words for rows that were not taken, or understood and not counted: why, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping

_LEAVE = "Complete the cell, or leave the row out."
_MEND = "Correct the cell."
REJECTS: Mapping[str, tuple[str, str]] = {
    "backslash_escape": (
        "Backslashes stand before quotes; they were taken for what doubles them.",
        "Nothing to do; doubled quotes are the rule.",
    ),
    "bad_amount": ("The amount is not a number.", "Correct the cell; text, NaN and infinity are no amounts."),
    "bad_currency": ("The currency is not a known code, or it has no rate.", "Write it as USD, and set its rate."),
    "bad_date": ("The date cannot be read.", "Correct the cell, or export dates as 2024-07-01."),
    "bad_duration": ("The duration cannot be read.", "Export durations in one unit."),
    "bad_interval": ("The interval is none that is known.", "Write month, quarter, year, week or day."),
    "bad_number": ("The value is not a number.", _MEND),
    "bad_score": ("The score is none of its kind: NPS goes from 0 to 10, in whole points.", _MEND),
    "bare_quote": (
        "A quote stands inside a cell without quotes; it was kept as text.",
        "Nothing to do if the cell has that quote.",
    ),
    "broken_quotes": (
        "Quotes are missing or too many, and no single reading of the record is certain.",
        "Mend the quotes of that line.",
    ),
    "byte_order_mark": (
        "A byte order mark stands within the file; it was left out.",
        "Nothing to do: files were joined.",
    ),
    "conflicting_rows": ("Rows of the same id say different things.", "Correct the rows; one id has one truth."),
    "cut_character": (
        "The file ends within a character; what was left of it was left out.",
        "Export the file again; its end is missing.",
    ),
    "doubled_separators": ("Every separator of the record stands twice; they were read as one.", "Nothing to do."),
    "extra_columns": (
        "Below a second header the row has a column that the first header lacks; its cell was left out.",
        "Nothing to do, unless that column is needed: then export everything again in one file.",
    ),
    "extra_blank_cells": ("The record had blank cells beyond the header; they were left out.", "Nothing to do."),
    "header_names": (
        "The header has fewer names than the rows have cells, and may name the wrong columns, or be a row itself.",
        "Check the header: a name, or a separator between two of them, may be missing.",
    ),
    "header_quotes": (
        "The quotes of the header are broken; its names were read all the same.",
        "Check the names of the columns.",
    ),
    "huge_cell": (
        "A cell is larger than exports have: a quote that is never closed does this.",
        "Mend the quotes of that line.",
    ),
    "impossible_date": ("The date is impossible: far in the past or in the future.", _MEND),
    "json_bad": ("The record is not valid JSON.", "Mend that line, or export the file again."),
    "json_bad_bytes": ("The record is not UTF-8, which others of the same file are.", "Export the file again."),
    "json_cut": ("The file ends within this record.", "Export the file again; its end is missing."),
    "json_key_twice": ("The record gives one field two values.", "Mend the record; nobody can say which one holds."),
    "json_no_object": ("The record is no JSON object with named fields.", "Export one object a line."),
    "json_too_deep": ("The record is nested deeper than exports are.", "Export the fields that you need."),
    "json_too_long": ("The record is longer than exports are.", "Export the fields that you need."),
    "lone_surrogate": ("Half a character was kept as the escape it was written as.", "Nothing to do."),
    "missing_amount": ("The amount is blank.", _LEAVE),
    "missing_blank_cells": ("The record ended early; the blank cells at its end were added.", "Nothing to do."),
    "missing_campaign": ("The campaign is blank.", _LEAVE),
    "missing_closing_quote": (
        "A closing quote is missing; only one place for it fits.",
        "Nothing to do; check that line if in doubt.",
    ),
    "missing_date": ("The date is blank.", _LEAVE),
    "missing_event": ("The event has no name.", _LEAVE),
    "missing_id": ("The row has no id.", "Export the id column, or leave the row out."),
    "footer_perhaps": (
        "The last row may be a remark below the table; it was counted as it stands.",
        "Look at the end of the file.",
    ),
    "lines_within": (
        "A cell holds lines that may be records of their own; it was counted as one cell.",
        "Look at that line: a quote may be missing.",
    ),
    "missing_line_end": (
        "Two records stand in one line; each fits the columns.",
        "Nothing to do; check that line if in doubt.",
    ),
    "missing_number": ("The number is blank.", _LEAVE),
    "missing_opening_quote": (
        "An opening quote is missing; only one place for it fits.",
        "Nothing to do; check that line if in doubt.",
    ),
    "missing_recipient": ("The recipient is blank.", _LEAVE),
    "missing_score": ("The score is blank.", _LEAVE),
    "missing_separator": (
        "A separator is missing between two cells; only one place for it fits.",
        "Nothing to do; check that line if in doubt.",
    ),
    "missing_stage": ("The stage is blank.", _LEAVE),
    "negative_cost": ("The cost is below zero.", _MEND),
    "negative_duration": ("The duration is below zero.", _MEND),
    "negative_number": ("The number is below zero, which cannot be.", _MEND),
    "negative_refund": ("The refund is below zero.", "Export refunds as positive amounts."),
    "order_incomplete": ("Another line of the same order was rejected, so the order is not whole.", _MEND),
    "other_currency": (
        "The sign of the amount is of another currency than the one that its row states, which was taken.",
        "Check that line, and correct the sign or the currency.",
    ),
    "other_encoding": (
        "The record holds bytes of another encoding than the file; they were read as cp1252.",
        "Check that line.",
    ),
    "other_header": (
        "Another header begins here; the rows below were read by its names.",
        "Nothing to do; the file is two exports in one.",
    ),
    "other_line_end": ("The record ends with another kind of line end than the others.", "Nothing to do."),
    "other_quotes": ("The record uses quotes of another kind; they were read as quotes.", "Nothing to do."),
    "other_table": (
        "From here on the rows look like another table; they were counted as they stand.",
        "Look at that line: split the file there if another table begins.",
    ),
    "quoted_otherwise": (
        "A cell stands in quotes of another kind than those of the file; it was counted as it stands.",
        "Look at that line.",
    ),
    "other_separator": ("The record uses another separator; with it every cell fits its column.", "Nothing to do."),
    "period_crosses_go_live": (
        "The row covers days before and after go-live, so it belongs to neither.",
        "Export by day or by week, or in spans that end at go-live.",
    ),
    "period_is_empty": ("The row's span ends before it begins.", _MEND),
    "repeated": ("The same row is there twice; it was counted once.", "Nothing to do."),
    "retold": ("Another system tells of the same sale or cost; it was counted there.", "Nothing to do."),
    "same_file": ("The same file is there twice; it was counted once.", "Remove one of the two."),
    "stray_quote": (
        "A quote too many at the edge of a cell was left out.",
        "Nothing to do; check that line if in doubt.",
    ),
    "stray_separator": (
        "The record has a separator too many; without it every cell fits its column.",
        "Nothing to do; check that line if in doubt.",
    ),
    "superseded": (
        "A later export says something else about the same order; what it says was counted.",
        "Nothing to do, if the order was corrected or refunded in between.",
    ),
    "too_few_cells": (
        "The record has fewer cells than the header, and nobody can say which are missing.",
        "Mend that line, or export the file again.",
    ),
    "too_many_cells": (
        "The record has more cells than the header, and nobody can say which belong together.",
        "Mend that line, or export the file again.",
    ),
    "truncated": ("The file ends within this record: it is cut off.", "Export the file again; its end is missing."),
    "undoubled_quote": ("A quote within a quoted cell was not doubled; it was kept as text.", "Nothing to do."),
    "two_addresses": (
        "The cell holds two addresses; as one, they are the address of nobody.",
        "Give each record one address, or the customer's id beside it.",
    ),
    "unknown_kind": (
        "The kind of response or of survey is not known.",
        "Write responded, converted, clicked or opened; of a survey nps, csat, ces, rating or good_bad.",
    ),
    "unknown_metric": ("The metric of the series is not one of the five questions' metrics.", "Use a metric id."),
    "unlike_column": (
        "A cell is of another kind than all others of its column; the row was counted as it stands.",
        "Look at that line: a cell may have slipped into another column.",
    ),
    "unquoted_line_end": (
        "A line end stood in a text without quotes; the two lines were read as the one record that fits.",
        "Nothing to do; check that line if in doubt.",
    ),
    "unquoted_separator": (
        "A separator stood in a cell without quotes; the record was read in the one way that fits.",
        "Nothing to do; check that line if in doubt.",
    ),
    "unsure_encoding": (
        "The letters of this line may be of another encoding; it was counted as it stands.",
        "Export again as UTF-8, or as XLSX.",
    ),
    "wrapped_record": ("The record stands in quotes as a whole; it was read like the others.", "Nothing to do."),
}
LEFT_OUT: Mapping[str, str] = {
    "abandoned": "abandoned before payment",
    "authorized": "authorised, not paid",
    "cancelled": "cancelled",
    "credit_note": "a credit note: no order, but a refund on its own date",
    "deleted": "deleted",
    "disputed": "in dispute with the bank",
    "draft": "a draft",
    "expired": "expired",
    "failed": "failed",
    "income": "income, not spend",
    "incomplete": "never completed",
    "machine": "opened by a mail program, not by a person",
    "merged": "merged into another record",
    "no_cost": "without a cost",
    "not_won": "not won",
    "pending": "payment pending",
    "settlement": "the payment of what is booked already",
    "spam": "spam",
    "suspended": "suspended",
    "test": "a test record",
    "trial": "on trial",
    "unknown_state": "in a state that is not known",
    "unmatched": "on days that a more trusted system covers, which does not know them",
    "unpaid": "not paid",
    "voided": "voided",
}


def reject(code: str) -> str:
    """Why a row was not taken."""
    return REJECTS[code][0] if code in REJECTS else f"The row did not meet the rule {code.replace('_', ' ')}."


def reject_remedy(code: str) -> str:
    """What to do about a row that was not taken."""
    return REJECTS[code][1] if code in REJECTS else "Look at the row in the file, at the line given."


def left_out(reason_code: str) -> str:
    """Why a row was understood and still not counted.

    >>> left_out("not_won")
    'not won'
    """
    return LEFT_OUT.get(reason_code, reason_code.replace("_", " "))
