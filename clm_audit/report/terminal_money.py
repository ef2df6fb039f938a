"""The money on a terminal: what it comes to, the lines behind it, or what one per cent of each metric is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_audit.report import look, numbers
from clm_audit.report.costs_said import cost_figure
from clm_audit.report.ids_said import cost_ids, money_ids, sentence_ids
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_money import AmountRange, MoneyReport, WorthReport
from clm_audit.report.words_money import amount

if TYPE_CHECKING:
    from clm_audit.report.terminal_page import Page

NOTHING = "–"


def draw_money(page: Page, report: AuditReport) -> None:
    """The appraisal where costs are given, else the table of one per cent; nothing where neither can be said."""
    if isinstance(report.money, MoneyReport):
        page.heading("The money")
        _appraisal(page, report.money)
        page.ids(*money_ids(report), sentence_ids("money", ["sentence", "notes.1", "notes.2", "…"]))
    elif isinstance(report.worth, WorthReport):
        page.heading("What one per cent is worth")
        _worth(page, report.worth, report.money.reason)
        page.ids(*money_ids(report))


def draw_costs(page: Page, report: AuditReport) -> None:
    """Winning and keeping a customer side by side, where one of the two is known."""
    costs = report.customer_costs
    if isinstance(costs, Unknown):
        return
    page.heading("Winning and keeping a customer")
    table = page.table(("", "text"), ("before", "number"), ("after", "number"), ("change", "number"))
    for row in costs.rows:
        cells = (row.name, cost_figure(row.id, row.before), cost_figure(row.id, row.after), look.change(row.change))
        table.add_row(*map(page.text, cells))
    page.console.print(table)
    page.ids(cost_ids(report))
    for note in costs.notes:
        page.line(note)


def _appraisal(page: Page, money: MoneyReport) -> None:
    page.line(money.sentence, "bold")
    for note in money.notes:
        page.line(note)
    code = money.currency if isinstance(money.currency, str) else None
    table = page.table(("", "text"), ("a year", "number"), ("interval", "number"), ("in today's money", "number"))
    for benefit in money.benefits:
        if isinstance(benefit.yearly, AmountRange):
            name = benefit.name if benefit.proven else f"{benefit.name} (not proven)"
            table.add_row(
                *map(page.text, (name, _whole(benefit.yearly.value), _reach(benefit.yearly), _whole(benefit.present)))
            )
    for cost in money.costs:
        once = f" ({_whole(cost.initial)} once)" if float(cost.initial) else ""
        table.add_row(
            *map(page.text, (f"Cost: {cost.what}{once}", _whole(f"-{cost.yearly}"), "", _whole(f"-{cost.present}")))
        )
    npv = money.npv
    table.add_row(
        *map(page.text, (f"Net present value{f', {code}' if code else ''}", "", _reach(npv), _whole(npv.value)))
    )
    page.console.print(table)
    page.line(
        f"return on its costs {numbers.percent(money.roi.value, sign=True)}"
        f" {numbers.percent_range(money.roi.low, money.roi.high)} · chance that it pays"
        f" {numbers.probability(money.probability_npv_positive)}",
        "dim",
    )


def _worth(page: Page, worth: WorthReport, why: str) -> None:
    page.line(worth.sentence)
    table = page.table(
        ("metric", "text"), *((f"margin {numbers.percent(each, digits=0)}", "number") for each in worth.margins)
    )
    for row in worth.rows:
        table.add_row(page.text(row.name), *(page.text(_whole(each)) for each in row.yearly))
    page.console.print(table)
    page.line(why, "dim")


def _whole(text: str) -> str:
    return amount(text, None)


def _reach(found: AmountRange) -> str:
    return f"[{_whole(found.low)}, {_whole(found.high)}]"


def benefit_cells(yearly: AmountRange | Unknown) -> tuple[str, str]:
    """A yearly benefit and its interval; dashes where nothing is counted."""
    if isinstance(yearly, Unknown):
        return NOTHING, NOTHING
    return _whole(yearly.value), _reach(yearly)
