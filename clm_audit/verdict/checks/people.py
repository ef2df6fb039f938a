"""Are customers who they seem to be? Unknown and anonymous buyers, changed ids, import days, survivors."""

from __future__ import annotations

from clm_audit.measures.model import to_date
from clm_audit.verdict.checks.base import PER_CUSTOMER, Subject, Value, made
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
    "ids_by_email",
    "ids_email_case",
    "ids_not_compared",
    "ids_change_at_go_live",
    "import_day_none",
    "import_day_seen",
    "import_day_near_go_live",
    "import_day_unknown",
    "leavers_seen",
    "leavers_none",
    "leavers_unknown",
)
UNKNOWN_SHARE = 0.05
ANONYMOUS_WARN, ANONYMOUS_FAIL = 0.05, 0.5
BUNCH_SHARE, BUNCH_TIMES = 0.1, 10  # of all customers on one day, and times the mean of the other days
NEAR_DAYS = 56
RETURNED_ID_SHARE = 0.02  # of the customers before go-live seen again after; below it ids probably changed
LEAVERS_SHARE = 0.02
ENOUGH = 50  # customers from which a share means something


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


def identity(subject: Subject) -> Check:
    """The same customer must have the same identity on both sides of go-live."""
    before, both = subject.count("customers.seen_before"), subject.count("customers.seen_both_sides")
    if before is not None and both is not None and before >= ENOUGH and both < RETURNED_ID_SHARE * before:
        return made("identity", "fail", "ids_change_at_go_live", PER_CUSTOMER, before=before, both=both)
    if folded := subject.count("customers.email_case"):
        return made("identity", "pass", "ids_email_case", PER_CUSTOMER, customers=folded)
    if before is not None and both is not None and before >= ENOUGH:
        return made("identity", "pass", "ids_joined", PER_CUSTOMER, before=before, both=both)
    if by_email := subject.count("customers.by_email"):
        return made("identity", "pass", "ids_by_email", PER_CUSTOMER, customers=by_email)
    return made("identity", "unknown", "ids_not_compared")


def import_day(subject: Subject) -> Check:
    """Customers who all "became customers" on one day were imported, not acquired."""
    total, top = subject.count("customers.acquired_rows"), subject.count("customers.acquired_top_rows")
    day = subject.count("customers.acquired_top_day")
    days = subject.count("customers.acquired_days")
    if total is None or top is None or day is None or days is None:
        return made("import_day", "unknown", "import_day_unknown")
    rest = (total - top) / max(1, days - 1)
    evidence: dict[str, Value] = {
        "customers": top,
        "of": total,
        "share": top / max(1, total),
        "day": to_date(day).isoformat(),
    }
    if total < ENOUGH or top <= BUNCH_SHARE * total or top <= BUNCH_TIMES * rest:
        return made("import_day", "pass", "import_day_none", ("acquisition_cost",), of=total)
    if subject.measured is not None and abs(day - subject.measured.calendar.go_live) <= NEAR_DAYS:
        return made("import_day", "fail", "import_day_near_go_live", ("acquisition_cost",), **evidence)
    return made("import_day", "warn", "import_day_seen", ("acquisition_cost",), **evidence)


def survivors(subject: Subject) -> Check:
    """An export of today's customers only hides those who left, which flatters the past."""
    before, both = subject.count("customers.seen_before"), subject.count("customers.seen_both_sides")
    if before is None or both is None or before < ENOUGH:
        return made("survivors", "unknown", "leavers_unknown")
    left = before - both
    if left < LEAVERS_SHARE * before:
        return made("survivors", "warn", "leavers_none", PER_CUSTOMER, before=before, left=left)
    return made("survivors", "pass", "leavers_seen", PER_CUSTOMER, before=before, left=left)
