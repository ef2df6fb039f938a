"""Words for what the data checks find: message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

# code -> (message, remedy); gaps are filled from Check.evidence; {n:row} is "1 row" or "2 rows", {n:is|are} picks
MESSAGES: Mapping[str, tuple[str, str]] = {
    "rejects_few": ("Rows that could not be read: {rejected} of {rows}.", ""),
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
    "spend_words_known": ("No category of spend looks misspelt.", ""),
    "spend_words_near": (
        "{count:row of spend has|rows of spend have} a category that looks misspelt, counted as other.",
        "Write acquisition, retention, service or other, or name the words under spend in the config.",
    ),
    "spend_words_unknown": ("No spend to check.", "Add the books or the ad platforms' exports."),
    "spend_once": ("Spend comes from one kind of source.", ""),
    "spend_twice": (
        "Spend comes both from an ad platform ({platform}) and from the books ({books}); some may be counted twice.",
        "Under spend in the config, list only the accounts that the ad platforms do not report.",
    ),
    "go_live_inside": ("Go-live {go_live} lies inside the data ({first} to {last}).", ""),
    "go_live_derived": (
        "No date was given; go-live is taken as {go_live}, the first day of the second folder.",
        "Give the day on which people began to work with the CRM, e.g. --go-live {go_live}.",
    ),
    "go_live_outside": (
        "Go-live {go_live} does not lie inside the data ({first} to {last}).",
        "Check the date, or add the exports from the other side of it.",
    ),
    "windows_equal": ("The windows are equally long: {before:week} before, {after:week} after.", ""),
    "windows_unequal": (
        "The windows are not equally long: {before:week} before, {after:week} after.",
        "Leave windows out of the config for equal spans, or set equal ones.",
    ),
    "windows_overlap": (
        "The windows overlap by {days:day}.",
        "Set windows.before.to no later than windows.after.from.",
    ),
    "windows_unknown": (
        "Without go-live and dated records there are no windows.",
        "Give --go-live, and exports with dates.",
    ),
    "season_matches": ("Both windows hold the same months, or nearly ({share} apart).", ""),
    "season_differs": (
        "The windows hold different months ({share} of the days). The plain numbers mix season with change.",
        "Choose windows with the same months, or add a full year before go-live: from that the adjusted effect learns"
        " the season.",
    ),
    "after_long": ("{weeks:week has|weeks have} passed since go-live.", ""),
    "after_early": (
        "{weeks:week has|weeks have} passed since go-live; the full return usually takes nine to twelve months.",
        "",
    ),
    "after_short": (
        "Only {weeks:week has|weeks have} passed since go-live; results usually need three to six months.",
        "Audit again three months after go-live.",
    ),
    "coverage_full": ("Every fact reaches over both windows.", ""),
    "coverage_partial": (
        "Not covered by {fact}: {days:day} of the windows.",
        "Export the missing span; until then only the covered weeks count.",
    ),
    "coverage_unknown": ("No dated fact was found.", "Add exports with dates."),
    "sides_clear": ("Rows on the wrong side of go-live for the folder or file they are in: {rows}.", ""),
    "sides_covered": (
        "On the wrong side of go-live for their folder, and left out: {rows:row} of {fact}."
        " The other folder has rows in those weeks.",
        "If they are a copy of what the other folder holds (imported history), nothing needs to be done; "
        "if not, give one folder with everything.",
    ),
    "sides_hole": (
        "On the wrong side of go-live for their folder, and left out: {lost:row} of {fact}."
        " The other folder has next to none in the same {weeks:week}.",
        "Give one folder with everything, or the right go-live date.",
    ),
    "sides_end_early": (
        "The rows of {fact} from before go-live end {days:day} before it.",
        "Give one folder with everything, or the right go-live date, or export the days in between.",
    ),
    "sides_start_late": (
        "The rows of {fact} from after go-live start {days:day} late.",
        "Give one folder with everything, or the right go-live date, or export the days in between.",
    ),
    "weeks_whole": ("No period in the windows is empty, or hardly any.", ""),
    "weeks_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}).",
        "Check whether the export was made in parts and one is missing.",
    ),
    "weeks_mostly_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}): too many to compare.",
        "Add the export for that time, or set the windows to the time that is covered.",
    ),
    "weeks_not_positive": (
        "In {periods} of {of} periods in the windows nothing is left to compare ({metric}), mostly because refunds"
        " are as large as sales.",
        "Check that refunds are positive amounts, and that sales and refunds come from the same export.",
    ),
    "weeks_unknown": ("No series to check.", "See the reason of each metric."),
    "tracking_both_sides": ("What was tracked, was tracked on both sides of go-live.", ""),
    "tracking_starts_at_go_live": (
        "Recorded on one side of go-live only (from {first}): {fact}.",
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
    "tracking_unknown": ("No tickets, campaigns or spend to check.", "Add their exports if you have them."),
    "timezone_stated": ("Day limits follow {zone}.", ""),
    "timezone_assumed": (
        "{stamps:date with a time carries|dates with a time carry} no time zone; read as {zone}.",
        "Give the exporting account's zone: timezone: Europe/Berlin in clm-audit.yaml, or --timezone Europe/Berlin.",
    ),
    "timezone_unknown": (
        "No dates with a time to check; days follow {zone}.",
        "Give the exporting account's zone: timezone: Europe/Berlin in clm-audit.yaml, or --timezone Europe/Berlin.",
    ),
    "currency_one": ("All amounts are in {currency}.", ""),
    "currency_from_config": ("No export names a currency; {currency} is taken from the config.", ""),
    "currency_converted": (
        "Amounts are in {currency}; {rows:row|rows} in other currencies converted ({converted}).",
        "",
    ),
    "units_alike": ("Amounts have the same order of size before and after go-live.", ""),
    "units_jump": (
        "After go-live the level of {metric} is {times} times {way}: probably another unit (pence, cents).",
        "Export both sides in the same unit.",
    ),
    "units_not_compared": ("There are no amounts on both sides to compare.", "Add exports with amounts."),
    "responses_fit": ("No campaign has more responses than deliveries.", ""),
    "responses_over": (
        "More responses than deliveries: {count} of {campaigns} campaigns.",
        "Look at these campaigns; their counts may be of clicks instead of people.",
    ),
    "responses_mostly_over": (
        "More responses than deliveries: {count} of {campaigns} campaigns. The counts are not of the same people.",
        "Map the columns that count each recipient once (unique clicks, delivered).",
    ),
    "responses_not_counted": ("No campaigns to check.", "Add the campaign export."),
    "currency_apart": (
        "Each kind of amount is in one currency of its own ({each}); nothing in different currencies is added up.",
        "Set a rate for each currency under rates in the config to see all amounts in one.",
    ),
    "currency_mixed": (
        "Amounts are in {currencies}, and not every rate is given.",
        "Add the rate of each other currency under rates in clm-audit.yaml, e.g. EUR: 1.08.",
    ),
    "currency_not_stated": (
        "No export states its currency; all amounts are taken to be in the same one.",
        "Name it: currency: GBP in clm-audit.yaml, or --currency GBP.",
    ),
    "currency_unknown": (
        "The currency could not be told.",
        "Name it: currency: GBP in clm-audit.yaml, or --currency GBP.",
    ),
    "customers_known": ("Orders from customers who are not in the customer export: {unknown} of {orders}.", ""),
    "customers_unknown": (
        "Orders from customers who are not in the customer export: {unknown} of {orders} ({share}).",
        "Export all customers, also archived, deleted and inactive ones.",
    ),
    "customers_not_checked": (
        "No customer export to compare the orders with.",
        "Add the customer export, also with inactive ones.",
    ),
    "anonymous_few": ("Orders without a customer: {without} of {orders}.", ""),
    "anonymous_many": (
        "Orders without a customer: {without} of {orders} ({share}). They count in revenue and transaction size only.",
        "Export orders with the customer's id or e-mail address.",
    ),
    "anonymous_mostly": (
        "Orders without a customer: {without} of {orders} ({share}). The rest is not the whole.",
        "Export orders with the customer's id or e-mail address.",
    ),
    "anonymous_unknown": ("No orders to check.", "Add the order export."),
    "ids_joined": ("Customers from before go-live are seen again after it.", ""),
    "ids_change_at_go_live": (
        "Hardly any customer from before go-live is seen again after it: ids probably changed.",
        "Add a customer export that holds the old id or the e-mail address on both sides.",
    ),
    "ids_clean": ("No id looks changed.", ""),
    "ids_email_case": ("{customers:customer} with an address written in several ways, joined.", ""),
    "ids_unknown": ("No customer ids to check.", "Add exports with the customer's id."),
    "ids_damaged": (
        "Changed to numbers by a spreadsheet, as it seems: {ids:id}.",
        "Export again, and do not open the file in a spreadsheet in between.",
    ),
    "ids_several_addresses": (
        "{ids:customer id comes|customer ids come} with several e-mail addresses, and may join different people.",
        "Look at merged records in the CRM; if they are right, nothing needs to be done.",
    ),
    "ids_not_compared": (
        "It cannot be told whether customers keep their identity over go-live.",
        "Add customer exports with the e-mail address from both systems.",
    ),
    "import_day_none": ("The dates on which customers were acquired do not bunch ({of:customer}).", ""),
    "import_day_seen": (
        "{customers} of {of} customers became customers within {weeks:week} from {first}: probably an import.",
        "Map the true date (first purchase) instead of the created date.",
    ),
    "import_day_one": (
        "{customers} of {of} customers became customers on one day, {day}: probably an import.",
        "Map the true date (first purchase) instead of the created date.",
    ),
    "import_day_near_go_live": (
        "{customers} of {of} customers became customers within {weeks:week} from {first}, near go-live: an import.",
        "Add the order export, so that first orders can be used, or map the true date.",
    ),
    "import_day_replaced": (
        "The dates on which customers were acquired bunch near go-live or are on one side of it only.",
        "The first order seen counts as the start instead. Map the true date if the system has one.",
    ),
    "import_day_unknown": (
        "No export says when customers were acquired.",
        "Not needed: the first order counts as the start. A customer export with a became-a-customer date is better.",
    ),
    "leavers_seen": (
        "Without an order in the last {weeks:week}: {left} of {old} older customers. Leavers are there.",
        "",
    ),
    "leavers_none": (
        "Without an order in the last {weeks:week}: only {left} of {old} older customers. Leavers may be missing.",
        "Export all customers and their orders, also archived and deleted ones.",
    ),
    "leavers_not_one": (
        "Every one of {old} older customers has ordered in the last {weeks:week}: leavers may be missing.",
        "Export all customers and their orders, also archived and deleted ones.",
    ),
    "leavers_unknown": (
        "It cannot be told whether customers who left are in the exports.",
        "Make sure that archived, deleted and inactive customers were exported too.",
    ),
    "cohorts_many": ("Customers came at different times.", ""),
    "cohort_unknown": ("There are too few customers to see when they came.", "Add the order export with customers."),
    "cohort_too_short": (
        "The history is too short to see when customers came.",
        "Add older order exports.",
    ),
    "one_cohort": (
        "{share} of the customers were first seen within the first {weeks:week} of the data; hardly any came later.",
        "Check that customers who came later were exported too.",
    ),
    "one_cohort_melts": (
        "{share} of the customers came within {weeks:week} and then left little by little: a decline of its own.",
        "Add the customers who came later; with one cohort alone, decline and change cannot be told apart.",
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
    "orders_not_listed": (
        "One of the windows has fewer than three orders with an amount: too few to tell.",
        "Check the windows, or add an order export with amounts.",
    ),
    "customers_spread": ("No customer can be more than {share} of a window's revenue.", ""),
    "few_customers_carry": (
        "A few customers bring much of the revenue: the largest up to {share}.",
        "Look at the segments, and ask whether the largest customers changed for reasons of their own.",
    ),
    "customers_not_listed": (
        "Revenue by customer is not known in both windows.",
        "Check the windows, or add an order export with customers and amounts.",
    ),
}
