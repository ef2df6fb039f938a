"""Does one record stand for one person and one sale? Merges, shared addresses, spellings of ids, who left, systems."""

from __future__ import annotations

from clm_audit.config.plan import MetricId
from clm_audit.verdict.checks.base import PER_CUSTOMER, Subject, Value, headers_only, made, touched
from clm_audit.verdict.model import Check, CheckStatus

CODES = (
    "merges_none",
    "merges_followed",
    "merges_nowhere",
    "merges_unknown",
    "addresses_none",
    "addresses_own",
    "addresses_shared",
    "addresses_unknown",
    "lengths_one",
    "lengths_two",
    "lengths_unknown",
    "left_listed",
    "left_missing",
    "left_by_orders",
    "left_unknown",
    "sales_once",
    "sales_retold",
    "sales_apart",
    "sales_unmatched",
    "sales_hardly_unmatched",
    "sales_unknown",
)
NOWHERE = 0.05  # of the merged records
ENOUGH = 50  # records from which it says something that none of them left
FEW_SALES, MANY_SALES = 0.01, 0.2  # of all orders


def merges(subject: Subject) -> Check:
    """A merged record's orders belong to the surviving one; without it one customer looks like two."""
    merged, nowhere = subject.count("customers.merged"), subject.count("customers.merged_nowhere")
    if merged is None or nowhere is None or not subject.count("customers.rows"):
        return made("merges", "unknown", "merges_unknown")
    if nowhere > NOWHERE * merged:
        return made("merges", "warn", "merges_nowhere", PER_CUSTOMER, records=merged, nowhere=nowhere)
    if merged:
        return made("merges", "pass", "merges_followed", PER_CUSTOMER, records=merged)
    return made("merges", "pass", "merges_none", PER_CUSTOMER)


def shared_address(subject: Subject) -> Check:
    """An address that stands for many ids (a till, a test inbox) joins the orders of many people into one customer."""
    shared, ids = subject.count("customers.shared_addresses"), subject.count("customers.ids_at_shared_addresses")
    if headers_only(subject) or shared is None or ids is None:
        return made("shared_address", "unknown", "addresses_unknown")
    if not subject.count("customers.by_email"):
        return made("shared_address", "pass", "addresses_none", PER_CUSTOMER)
    if shared:
        most = subject.count("customers.most_ids_at_one_address") or 0
        evidence: dict[str, Value] = {"addresses": shared, "ids": ids, "most": most}
        return made("shared_address", "warn", "addresses_shared", PER_CUSTOMER, **evidence)
    return made("shared_address", "pass", "addresses_own", PER_CUSTOMER)


def id_lengths(subject: Subject) -> Check:
    """Ids of 15 characters do not join the same ids written with 18, unless their system is known to do this.

    A preset that says so has made one of both before they get here: what is left is not joined.
    """
    if headers_only(subject):
        return made("id_lengths", "unknown", "nothing_read")
    both, alone = subject.count("ids.two_lengths"), subject.count("ids.short_alone")
    if both is None or alone is None:
        return made("id_lengths", "unknown", "lengths_unknown")
    if both or alone:
        return made("id_lengths", "warn", "lengths_two", PER_CUSTOMER, ids=both + alone, both=both)
    return made("id_lengths", "pass", "lengths_one", PER_CUSTOMER)


def left_records(subject: Subject) -> Check:
    """An export that could say who left and in which nobody did holds today's customers only."""
    seen = {
        name: (subject.count(f"{name}.ending_rows"), subject.count(f"{name}.ended"))
        for name in ("customers", "subscriptions")
    }
    known = {name: (rows, ended) for name, (rows, ended) in seen.items() if rows and rows >= ENOUGH}
    if not known and subject.count("orders.with_customer"):
        return made("left_records", "pass", "left_by_orders")
    if not known:
        return made("left_records", "unknown", "left_unknown")
    for fact, (rows, ended) in known.items():
        if not ended:
            return made("left_records", "warn", "left_missing", PER_CUSTOMER, fact=fact, rows=rows or 0)
    fact, (rows, ended) = next(iter(known.items()))
    return made("left_records", "pass", "left_listed", PER_CUSTOMER, fact=fact, rows=rows or 0, ended=ended or 0)


def sale_twice(subject: Subject) -> Check:
    """The same sale in two systems (the shop and the CRM, the shop and the payments) must count once.

    What a less trusted system tells of again was counted where it is trusted more; what could not be found there,
    on days that the more trusted system covers, was left out, because adding it could count it twice.
    """
    orders, compared = subject.count("orders.rows"), subject.count("orders.retold_compared")
    if not orders:
        return made("sale_twice", "unknown", "sales_unknown")
    metrics: tuple[MetricId, ...] = touched(["orders"])
    if not compared:
        return made("sale_twice", "pass", "sales_once", metrics)
    again, unmatched = subject.count("orders.retold") or 0, subject.count("orders.retold_unmatched") or 0
    evidence: dict[str, Value] = {"count": again, "of": compared}
    if unmatched:
        share = unmatched / (orders + unmatched)
        status: CheckStatus = "fail" if share > MANY_SALES else "warn" if share > FEW_SALES else "pass"
        code = "sales_unmatched" if status != "pass" else "sales_hardly_unmatched"
        return made("sale_twice", status, code, metrics, unmatched=unmatched, share=share, **evidence)
    if again:
        return made("sale_twice", "pass", "sales_retold", metrics, **evidence)
    return made("sale_twice", "pass", "sales_apart", metrics, **evidence)
