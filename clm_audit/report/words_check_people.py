"""Words for what the checks of customers and money find: message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

# gaps are filled from Check.evidence; {n:row} is "1 row" or "2 rows", {n:is|are} picks
MESSAGES: Mapping[str, tuple[str, str]] = {
    "sales_once": ("The orders come from one kind of system.", ""),
    "sales_retold": (
        "{count} of {of} orders are in a second system, too, and count once, where they are trusted more.",
        "",
    ),
    "sales_apart": ("Two systems tell of orders, and hardly any order is in both: all count.", ""),
    "sales_hardly_unmatched": (
        "{count} of {of} orders are in a second system, too, and count once; those found in one only: {unmatched}.",
        "",
    ),
    "sales_unmatched": (
        "Orders of a second system that the first does not know, on days that it covers, and so not counted:"
        " {unmatched} ({share}).",
        "If the second system sells on its own, audit it alone; else check that the first system's export is whole.",
    ),
    "sales_unknown": ("No orders to check.", "Add the order export."),
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
        "Add the rate of each other currency under rates in clm-audit.yaml, e.g. EUR: 1.08; where amounts carry only a"
        " sign such as $, export a column with their currency.",
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
    "ids_lost": (
        "{blurred} of {orders:order} ({share}) name their customer by a number such as 1.05E+11, which a spreadsheet"
        " made of many different ids.",
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
    "lengths_one": ("No id is written in two lengths.", ""),
    "lengths_two": (
        "Ids of 15 characters beside ids of 18, which do not join as text: {ids:id}.",
        "Set system: salesforce for these files under sources in the config, or export the ids with 18 characters.",
    ),
    "lengths_unknown": ("No customer ids to check.", "Add exports with the customer's id."),
    "addresses_own": ("No address stands for many records.", ""),
    "addresses_shared": (
        "{addresses:address stands|addresses stand} for {ids:id|ids} ({most} at most): each counts as one customer.",
        "Leave the address of tills, marketplaces and tests blank in the export.",
    ),
    "addresses_none": ("No address joins records; ids alone say who is who.", ""),
    "addresses_unknown": ("No customer ids to check.", "Add exports with the customer's id."),
    "merges_none": ("No record says that it was merged into another.", ""),
    "merges_followed": ("{records:merged record counts|merged records count} as what they were merged into.", ""),
    "merges_nowhere": (
        "For {nowhere} of {records} merged records the record that they were merged into is not in the exports.",
        "Export all customers; a filter or a view has left the surviving records out.",
    ),
    "merges_unknown": (
        "No customer export to compare the orders with.",
        "Add the customer export, also with inactive ones.",
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
    "left_listed": ("Among {rows:row} of {fact}, {ended:has|have} ended: those who left are there.", ""),
    "left_missing": (
        "Of {rows:row} of {fact} none has ended, although the export could say so: those who left may be missing.",
        "Export all of them, also cancelled, inactive and deleted ones; many lists hide these by default.",
    ),
    "left_by_orders": ("No export says when a customer ended; who left is read from the orders.", ""),
    "left_unknown": (
        "No export lists enough customers or subscriptions with an end.",
        "Export inactive and cancelled records, too, if the system keeps them.",
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
