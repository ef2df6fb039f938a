"""What is planted in the sample company, measured: ``python sample_data/truth.py [companies]``.

Each company is simulated twice with the same customers and the same luck, with and without the effects. The
ratio of a metric's twelve months after go-live in the two worlds is the true effect; the change over the twelve
months before is what a plain comparison shows. Both are means over the simulated companies.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping

from company import END, FIRST, GO_LIVE, NOTHING, Company, Effects, Market, simulate

BASE_WEEKS = 52
WINDOWS = {"before": (GO_LIVE - 364, GO_LIVE), "after": (GO_LIVE, END)}
Metrics = Mapping[str, float]


def active_base(company: Company) -> tuple[Counter[int], Counter[int]]:
    """By week since :data:`FIRST`: customers with an order in the 52 weeks ending with it; those of them who had
    bought in the 52 weeks before the week and bought again in it."""
    weeks: dict[int, set[int]] = defaultdict(set)
    for order in company.orders:
        if order.customer and order.fate not in ("voided", "cancelled", "pending"):
            weeks[order.customer.number].add(int(order.when - FIRST) // 7)
    active: Counter[int] = Counter()
    retained: Counter[int] = Counter()
    for own in weeks.values():
        active.update({week + ahead for week in own for ahead in range(BASE_WEEKS)})
        retained.update(week for week in own if any(0 < week - other <= BASE_WEEKS for other in own))
    return active, retained


def metrics(company: Company, start: int, end: int) -> Metrics:
    """The six metrics of one window, by their definitions; money in cents, service in seconds."""
    counted = [o for o in company.orders if start <= o.when < end and o.fate not in ("voided", "cancelled", "pending")]
    active, retained = active_base(company)
    weeks = range((start - FIRST) // 7, (end - FIRST) // 7)
    base = sum(active[week] for week in weeks)
    mails = [one for one in company.campaigns if start <= one.when < end]
    return {
        "purchase_frequency": sum(order.customer is not None for order in counted) / base,
        "transaction_size": sum(order.total - order.refunded for order in counted) / len(counted),
        "service_cost": sum(one.seconds for one in company.tickets if start <= one.when < end) / base,
        "campaign_response": sum(one.clicked for one in mails) / sum(one.delivered for one in mails),
        "acquisition_cost": sum(one.cents for one in company.spend if start <= one.day < end)
        / sum(start <= one.acquired < end for one in company.customers),
        "retention_cost": sum(
            one.cents * max(0, min(one.end, end) - max(one.start, start)) / (one.end - one.start)
            for one in company.loyalty
        )
        / sum(retained[week] for week in weeks),
    }


def truth(companies: int) -> Mapping[str, tuple[float, float]]:
    """Metric -> (plain change, true effect), as shares."""
    plain: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for seed in range(companies):
        changed, same = simulate(seed, Effects(), Market()), simulate(seed, NOTHING, Market())
        before, after, without = (
            metrics(changed, *WINDOWS["before"]), metrics(changed, *WINDOWS["after"]), metrics(same, *WINDOWS["after"])
        )  # fmt: skip
        for name, value in after.items():
            plain[name] += math.log(value / before[name]) / companies
            true[name] += math.log(value / without[name]) / companies
    return {name: (math.expm1(plain[name]), math.expm1(true[name])) for name in plain}


if __name__ == "__main__":
    print("| metric | plain change | true effect |\n|---|---|---|")
    for name, (plain, true) in truth(int(sys.argv[1]) if len(sys.argv) > 1 else 30).items():
        print(f"| `{name}` | {plain:+.1%} | {true:+.1%} |")
