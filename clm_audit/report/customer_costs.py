"""The costs of winning and of keeping a customer in the report: rows of both windows, and what may be said of them."""

from __future__ import annotations

from clm_audit.config.base import NotAssessable
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_money import CostRow, CustomerCostsReport
from clm_audit.report.numbers import percent
from clm_audit.report.printable import known, unknown
from clm_audit.verdict.customer_costs import CostSide, CustomerCosts, Known

NAMES = {
    "cac": "Cost of a new customer (CAC)",
    "crc": "Cost of a retained customer, 4 weeks (CRC)",
    "ratio": "CRC : CAC",
    "spend": "Retention spend per active customer and year",
    "breakeven": "Break-even: customers that it must keep a year",
}
MONEY = ("cac", "crc", "spend")
BREAKEVEN = (
    "Keeping costs no more than winning anew as long as the retention spend keeps {share} of the customers a year who"
    " would else have left."
)
SMALLER = (
    "Acquisition got cheaper while it got smaller: a week, spend moved {spend} and new customers {customers}, so one"
    " cost {cost}. A lower cost for fewer customers can come of leaving out the dearest ones; it does not show that as"
    " many as before would cost less."
)


def customer_costs_report(found: CustomerCosts | NotAssessable) -> CustomerCostsReport | Unknown:
    """The rows and the sentences."""
    if isinstance(found, NotAssessable):
        return unknown(found)
    return CustomerCostsReport(rows=tuple(_row(found, key) for key in NAMES), notes=tuple(notes(found)))


def notes(found: CustomerCosts) -> list[str]:
    """The sentences, each under its condition."""
    said = []
    if not isinstance(found.after.breakeven, NotAssessable):
        said.append(BREAKEVEN.format(share=percent(found.after.breakeven)))
    if found.smaller is not None:
        spend, customers, cost = (
            percent(each, sign=True) for each in (found.smaller.spend, found.smaller.customers, found.smaller.cost)
        )
        said.append(SMALLER.format(spend=spend, customers=customers, cost=cost))
    return said


def _row(found: CustomerCosts, key: str) -> CostRow:
    before, after = _of(found.before, key), _of(found.after, key)
    return CostRow(id=key, name=NAMES[key], before=known(before), after=known(after), change=_change(before, after))


def _of(side: CostSide, key: str) -> Known:
    value: Known = getattr(side, key)
    return value


def _change(before: Known, after: Known) -> float | Unknown:
    if isinstance(before, NotAssessable):
        return unknown(before)
    if isinstance(after, NotAssessable):
        return unknown(after)
    if before == 0:
        return unknown(NotAssessable(code="zero_denominator", detail={"side": "before"}))
    return known(after / before - 1.0)
