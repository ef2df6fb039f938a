"""Words for what the checks of files, orders and spend find: message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

# gaps are filled from Check.evidence; {n:row} is "1 row" or "2 rows", {n:is|are} picks
MESSAGES: Mapping[str, tuple[str, str]] = {
    "rejects_few": ("Rows that could not be read: {rejected} of {rows}.", ""),
    "rejects_over": (
        "{rejected} of {rows} rows ({share}) could not be read; the limit is {limit}.",
        "List them with --rejects FILE.csv: file, line and column of each. Mend the export, or raise"
        " policy.max_rejected knowingly.",
    ),
    "rejects_over_in_export": (
        "In {export}, {rejected} of {rows} rows ({share}) could not be read; the limit is {limit}.",
        "List them with --rejects FILE.csv: file, line and column of each. Mend the export, or raise"
        " policy.max_rejected knowingly.",
    ),
    "rejects_unknown": ("No data rows were read.", "Check the paths: the files hold headers only."),
    "nothing_read": ("No data rows were read.", "Check the paths: the files hold headers only."),
    "repairs_none": ("No row had to be repaired.", ""),
    "repairs_few": ("Rows read after a repair that leaves no doubt: {rows}.", ""),
    "repairs_many": (
        "In {file}, {rows} of {of} rows ({share}) were read only after a repair; up to {limit} is usual.",
        "List the repairs with --rejects FILE.csv and look at some of them; export again, best as XLSX or with every"
        " field quoted.",
    ),
    "end_whole": ("No file ends in the middle of a row.", ""),
    "end_cut": (
        "{file} ends in the middle of a row (line {line}): what follows is missing.",
        "Export or download the file again; compare its number of rows with the number that the system shows.",
    ),
    "row_cap_clear": ("No export ends exactly at a known limit.", ""),
    "row_cap_of_system": (
        "{file} has {rows:row}; its system stops at {cap}. Rows are probably missing.",
        "Export in smaller spans (a month at a time) into the same folder; rows seen twice are counted once.",
    ),
    "row_cap_common": (
        "{file} has {rows:row}, and {cap} is a limit of several tools. Rows may be missing.",
        "Compare the number of rows with the number that the system shows.",
    ),
    "parts_whole": ("No numbered part is missing.", ""),
    "parts_missing": (
        "{file} is a part of a larger export, and part {part} is not there.",
        "Add the missing part to the folder, or rename the file if it is whole.",
    ),
    "export_fresh": ("Every kind of record reaches close to {newest}.", ""),
    "export_ends_early": (
        "The {fact} end on {last}, long before the newest record or the date in a file's name ({newest}).",
        "If that is on purpose, do nothing. Else check that no date filter was set when the export was made.",
    ),
    "export_age_unknown": (
        "No dated record was found, so nothing says where the exports end.",
        "Compare the newest record with the date of the export.",
    ),
    "files_all_known": ("Every file was recognised ({files}).", ""),
    "files_unknown": (
        "{files:file was|files were} not recognised and not counted: {which}.",
        "See the ledger for the reason. Name the system in the config, map the columns under sources, or move the"
        " file away.",
    ),
    "encoding_one": ("Every file is in one encoding.", ""),
    "encoding_several": (
        "Files of one export are in different encodings ({encodings}); each was read in its own.",
        "",
    ),
    "encoding_mixed": (
        "{file} is {encoding} in some places and UTF-8 in others ({count}): two files were joined.",
        "Export the file again in one go, as UTF-8; do not put exports together by hand.",
    ),
    "day_month_clear": ("No date can be read in two ways.", ""),
    "day_month_proved": (
        "In {columns:column|columns} the day and the month could change places; {rows:row proves|rows or more prove}"
        " which is which.",
        "",
    ),
    "day_month_few": (
        "In {columns:column|columns} only {rows:row proves|rows prove} whether the day or the month comes first.",
        "Check a date that you know in the ledger's file, or export dates as 2024-07-01.",
    ),
    "day_month_borrowed": (
        "In {columns:column|columns} nothing proves whether the day or the month comes first; another file of the same"
        " export does.",
        "Check a date that you know, or export dates as 2024-07-01.",
    ),
    "day_month_unknown": ("No dates to check.", "Add exports with dates."),
    "duplicates_none": ("No row is there twice.", ""),
    "duplicates_few": ("{duplicates} of {rows} rows repeat others and count once.", ""),
    "duplicates_many": (
        "{duplicates} of {rows} rows ({share}) repeat others and count once.",
        "Check for overlapping exports of the same system; leave only one of them in the folder.",
    ),
    "duplicates_unknown": ("No data rows were read.", "Check the paths: the files hold headers only."),
    "numbers_once": ("Every order number stands for one order.", ""),
    "numbers_revised": (
        "Corrected or refunded between two exports: {count} of {orders} orders. The later export counts.",
        "",
    ),
    "numbers_anew": (
        "{count:order number stands|order numbers stand} for other orders in another file: numbers start again."
        " All were counted.",
        "If that is not so, leave only one of the exports in the folder.",
    ),
    "numbers_unclear": (
        "{count:order number stands|order numbers stand} in two files with different orders; both were counted.",
        "Leave only the newer of the two exports in the folder, or name their sides in the config.",
    ),
    "numbers_mixed": (
        "{count:order has|orders have} lines of different days or customers; the first day and one customer count.",
        "Check that the order column holds the order's number, and not a number that starts again.",
    ),
    "numbers_unknown": ("No orders to check.", "Add the order export."),
    "states_known": ("Every state of an order is known.", ""),
    "states_unknown": (
        "In a state that nobody knows, and so not counted: {count} of {orders} orders ({share}).",
        "The file's notes list the states. Write them as paid, pending or cancelled; for deals, add Is Closed Won.",
    ),
    "states_mostly_unknown": (
        "In a state that nobody knows: {count} of {orders} orders ({share}). The rest is not the whole.",
        "The file's notes list the states. Write them as paid, pending or cancelled; for deals, add Is Closed Won.",
    ),
    "states_not_checked": ("No orders to check.", "Add the order export."),
    "refunds_said": ("Every refund has its amount.", ""),
    "refunds_by_state": (
        "Refunded by their state, without an amount, and taken as refunded whole: {count} of {orders} orders.",
        "",
    ),
    "refunds_partly_unsaid": (
        "Refunded in part by their state, without an amount, and counted in full: {count} of {orders} orders"
        " ({share}).",
        "Add the column with the refunded amount to the order export, or the export of the refunds.",
    ),
    "refunds_not_checked": ("No orders to check.", "Add the order export."),
    "spend_words_known": ("No category of spend looks misspelt.", ""),
    "spend_words_near": (
        "{count:row of spend has|rows of spend have} a category that looks misspelt, counted as other.",
        "Write acquisition, retention, service or other, or name the words under spend in the config.",
    ),
    "spend_words_unknown": ("No spend to check.", "Add the books or the ad platforms' exports."),
    "spend_once": ("Spend comes from one kind of source.", ""),
    "spend_retold": ("Spend that the books and an ad platform both report counts once: {count:row} of the books.", ""),
    "spend_apart": ("The books and the ad platforms report different spend.", ""),
    "spend_disagrees": (
        "In {count} of {of} months the books ({books}) and the ad platforms differ by a fifth or more; the platforms"
        " count.",
        "Check which of them is whole: a platform's account may be missing, or its invoices booked in other months.",
    ),
    "spend_twice": (
        "Acquisition spend of the books ({books}) in months that an ad platform ({platform}) reports, too: {count:row}."
        " Both were counted.",
        "Under spend in the config, list only the accounts that the ad platforms do not report.",
    ),
    "clock_clear": ("No stamp lies in an hour that the clock of {zone} skips or repeats.", ""),
    "clock_repeats": (
        "{stamps:stamp lies|stamps lie} in an hour that the clock of {zone} repeats or skips; no day is in doubt.",
        "",
    ),
    "clock_skips": (
        "{stamps:stamp lies|stamps lie} in an hour that the clock of {zone} skips, so the exports are in another zone.",
        "Give the exporting account's zone: timezone: UTC in clm-audit.yaml, or --timezone UTC.",
    ),
    "clock_no_stamps": ("Dates carry no time of day, or name their zone: no clock can be wrong.", ""),
    "clock_unknown": ("No dates to check.", "Add exports with dates."),
}
