"""Are customers who they seem to be? Unknown and anonymous buyers, changed ids, import days, survivors."""

from __future__ import annotations

import math

import numpy as np

from clm_audit.config.plan import MetricId
from clm_audit.measures.mix import COHORT_SHARE, COHORT_WEEKS, cohort_share
from clm_audit.measures.model import Measured, to_date
from clm_audit.measures.totals import only, pooled, total
from clm_audit.verdict.checks.base import PER_CUSTOMER, Subject, Value, headers_only, made, touched
from clm_audit.verdict.model import Check

CODES = (
    "customers_known",
    "customers_unknown",
    "customers_not_checked",
    "anonymous_few",
    "anonymous_many",
    "anonymous_mostly",
    "anonymous_unknown",
    "ids_joined",
    "ids_not_compared",
    "ids_change_at_go_live",
    "ids_clean",
    "ids_damaged",
    "ids_lost",
    "ids_email_case",
    "ids_unknown",
    "ids_several_addresses",
    "import_day_none",
    "import_day_seen",
    "import_day_one",
    "import_day_near_go_live",
    "import_day_replaced",
    "import_day_unknown",
    "leavers_seen",
    "leavers_none",
    "leavers_not_one",
    "leavers_unknown",
    "cohorts_many",
    "cohort_unknown",
    "cohort_too_short",
    "one_cohort",
    "one_cohort_melts",
)
FIRST_ORDER = "first order seen"  # MetricTotals.how["acquired_by"]
UNKNOWN_SHARE = 0.05
ANONYMOUS_WARN, ANONYMOUS_FAIL = 0.05, 0.5
BUNCH_TIMES = 5  # times the median period
DAY_TIMES = 20  # times the mean of the other days
NEAR_DAYS = 56
CHANGED_IDS = 0.005  # likeness of orders before and after below which ids have probably changed
LEAVERS_SHARE = 0.02
MELTED = 0.7  # of the largest active base
ENOUGH = 50  # customers or orders from which a share means something


def unknown_customers(subject: Subject) -> Check:
    """Orders whose customer is not in the customer export: the export may be filtered."""
    orders, unknown = subject.count("orders.with_customer"), subject.count("orders.unknown_customer")
    if orders is None or unknown is None or not orders:
        return made("unknown_customers", "unknown", "customers_not_checked")
    share = unknown / orders
    evidence: dict[str, Value] = {"orders": orders, "unknown": unknown, "share": share}
    if share > UNKNOWN_SHARE:
        return made("unknown_customers", "warn", "customers_unknown", ("acquisition_cost",), **evidence)
    return made("unknown_customers", "pass", "customers_known", ("acquisition_cost",), **evidence)


def anonymous(subject: Subject) -> Check:
    """Orders without any customer count in totals, but not in metrics per customer."""
    without, orders = subject.count("orders.without_customer"), subject.count("orders.rows")
    if without is None or not orders:
        return made("anonymous", "unknown", "anonymous_unknown")
    share = without / orders
    evidence: dict[str, Value] = {"orders": orders, "without": without, "share": share}
    if share > ANONYMOUS_FAIL:
        return made("anonymous", "fail", "anonymous_mostly", PER_CUSTOMER, **evidence)
    if share > ANONYMOUS_WARN:
        return made("anonymous", "warn", "anonymous_many", PER_CUSTOMER, **evidence)
    return made("anonymous", "pass", "anonymous_few", PER_CUSTOMER, **evidence)


def ids(subject: Subject) -> Check:
    """Ids that a spreadsheet turned into numbers, or that stand for several addresses, join the wrong people."""
    if headers_only(subject):
        return made("ids", "unknown", "nothing_read")
    damaged, several = subject.count("ids.excel_damage"), subject.count("customers.ids_with_several_emails")
    if damaged is None or several is None:
        return made("ids", "unknown", "ids_unknown")
    blurred, orders = subject.count("orders.blurred_customer") or 0, subject.count("orders.with_customer") or 0
    if blurred > UNKNOWN_SHARE * orders:
        share = blurred / orders
        return made("ids", "fail", "ids_lost", PER_CUSTOMER, orders=orders, blurred=blurred, share=share)
    if damaged:
        return made("ids", "warn", "ids_damaged", PER_CUSTOMER, ids=damaged)
    if several:
        return made("ids", "warn", "ids_several_addresses", PER_CUSTOMER, ids=several)
    folded = subject.count("customers.email_case") or 0
    return made("ids", "pass", "ids_email_case" if folded else "ids_clean", PER_CUSTOMER, customers=folded)


def identity(subject: Subject) -> Check:
    """The same customer must have the same identity on both sides of go-live.

    The likeness is the cosine of orders before and orders after over all customers, from their sums of products:
    0 when nobody who bought before is seen again, 1 when everybody buys as before.
    """
    likeness = _likeness(subject.measured) if subject.measured else None
    if likeness is None:
        return made("identity", "unknown", "ids_not_compared")
    if likeness < CHANGED_IDS:
        return made("identity", "fail", "ids_change_at_go_live", PER_CUSTOMER, share=likeness)
    return made("identity", "pass", "ids_joined", PER_CUSTOMER, share=likeness)


def import_day(subject: Subject) -> Check:
    """Customers who all "became customers" on one day were imported, not acquired.

    Measuring already passes over a date that bunches near go-live, or is there on one side only, when first
    orders can take its place; what is left to see here is a bunch that nothing could replace.
    """
    measured = subject.measured
    if measured is None:
        return _one_day(subject)
    cells = measured.totals.cells.get("acquired")
    item = next((each for each in measured.metrics if each.metric == "acquisition_cost"), None)
    if cells is None or item is None or "acquired" not in measured.calendar.coverage:
        return made("import_day", "unknown", "import_day_unknown")
    metrics: tuple[MetricId, ...] = ("acquisition_cost",)
    weeks = measured.calendar.merge["acquired"]
    periods, place = np.unique(cells.keys["period"], return_inverse=True)
    new = np.bincount(place, weights=cells.values["new"]).astype(np.int64)
    top = int(new.argmax()) if new.size else 0
    if item.how.get("acquired_by") == FIRST_ORDER:
        most = int(new[top]) if new.size else 0
        return made(
            "import_day", "warn", "import_day_replaced", metrics, customers=most, of=int(new.sum()), weeks=weeks
        )
    if not new.size or new[top] < ENOUGH or new[top] <= BUNCH_TIMES * np.median(new):
        return made("import_day", "pass", "import_day_none", metrics, of=int(new.sum()))
    first = to_date(measured.calendar.go_live + 7 * weeks * int(periods[top])).isoformat()
    evidence: dict[str, Value] = {"customers": int(new[top]), "of": int(new.sum()), "first": first, "weeks": weeks}
    if abs(7 * weeks * int(periods[top])) <= NEAR_DAYS:
        return made("import_day", "fail", "import_day_near_go_live", metrics, **evidence)
    return made("import_day", "warn", "import_day_seen", metrics, **evidence)


def _one_day(subject: Subject) -> Check:
    """The same without a go-live date: one day that holds far more customers than the others."""
    counted, top = subject.count("customers.acquired_rows"), subject.count("customers.acquired_top_rows")
    day, days = subject.count("customers.acquired_top_day"), subject.count("customers.acquired_days")
    if counted is None or top is None or day is None or days is None:
        return made("import_day", "unknown", "import_day_unknown")
    if top < ENOUGH or top * max(1, days - 1) <= DAY_TIMES * (counted - top):
        return made("import_day", "pass", "import_day_none", ("acquisition_cost",), of=counted)
    evidence: dict[str, Value] = {"customers": top, "of": counted, "day": to_date(day).isoformat()}
    return made("import_day", "warn", "import_day_one", ("acquisition_cost",), **evidence)


def survivors(subject: Subject) -> Check:
    """An export of today's customers only hides those who left, which flatters the past.

    Leavers are customers without an order in the weeks of the active base that end with the data; they are set
    against the customers who were there before those weeks.
    """
    measured = subject.measured
    cells = measured.totals.cells if measured else {}
    if measured is None or "gaps" not in cells or "base" not in cells:
        return made("survivors", "unknown", "leavers_unknown")
    firsts = only(cells["gaps"], gap=0)
    last = int(cells["base"].keys["week"].max(initial=0))
    old = int(firsts.values["customers"][firsts.keys["week"] <= last - measured.calendar.base_weeks].sum())
    left = int(firsts.values["customers"].sum()) - total(cells["base"], "active", week=last)
    if old < ENOUGH:
        return made("survivors", "unknown", "leavers_unknown")
    evidence: dict[str, Value] = {"old": old, "left": left, "weeks": measured.calendar.base_weeks}
    if not left:
        return made("survivors", "warn", "leavers_not_one", PER_CUSTOMER, **evidence)
    if left < LEAVERS_SHARE * old:
        return made("survivors", "warn", "leavers_none", PER_CUSTOMER, **evidence)
    return made("survivors", "pass", "leavers_seen", PER_CUSTOMER, **evidence)


def one_cohort(subject: Subject) -> Check:
    """When nearly all customers came at the same time, time since first order and time since go-live are one thing.

    With a base that melts away the natural decline of a cohort would be read as harm; with a stable one (the same
    customers all along) it is only worth a word.
    """
    cells = subject.measured.totals.cells if subject.measured else {}
    if "gaps" not in cells or "base" not in cells:
        return made("one_cohort", "unknown", "cohort_unknown")
    firsts = only(cells["gaps"], gap=0)
    if int(firsts.values["customers"].sum()) < ENOUGH:
        return made("one_cohort", "unknown", "cohort_unknown")
    metrics = touched(["orders"])
    weeks, place = np.unique(cells["base"].keys["week"], return_inverse=True)
    if not weeks.size:  # the history is shorter than any base
        return made("one_cohort", "unknown", "cohort_too_short")
    share = cohort_share(subject.measured.totals) if subject.measured else None
    if share is None or share < COHORT_SHARE:
        return made("one_cohort", "pass", "cohorts_many", metrics)
    active = np.bincount(place, weights=cells["base"].values["active"])
    evidence: dict[str, Value] = {"share": share, "weeks": COHORT_WEEKS}
    if active[-1] < MELTED * active.max():
        return made("one_cohort", "fail", "one_cohort_melts", metrics, **evidence)
    return made("one_cohort", "warn", "one_cohort", metrics, **evidence)


def _likeness(measured: Measured) -> float | None:
    """Cosine of orders before and after over the customers; None with too few of them."""
    vector = pooled(measured.totals.moments)
    if vector is None or not {"orders_before", "orders_after"} <= set(vector.names):
        return None
    at = [vector.names.index("orders_before"), vector.names.index("orders_after")]
    squares = vector.products[np.ix_(at, at)]
    if vector.sums[at].min() < ENOUGH:
        return None
    return float(squares[0, 1] / math.sqrt(squares[0, 0] * squares[1, 1]))
