"""The money in Markdown: the sentence, the lines, what one per cent is worth."""

from __future__ import annotations

from clm_audit.report import look, numbers
from clm_audit.report.costs_said import cost_figure
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_money import MoneyReport, WorthReport
from clm_audit.report.safe import markdown
from clm_audit.report.terminal_money import benefit_cells
from clm_audit.report.words_money import amount


def money_lines(report: AuditReport) -> list[str]:
    """The block, or nothing where neither an appraisal nor a table can be made."""
    if isinstance(report.money, MoneyReport):
        return _appraisal(report.money)
    return _worth(report.worth) if isinstance(report.worth, WorthReport) else []


def _appraisal(money: MoneyReport) -> list[str]:
    rows: list[tuple[str, ...]] = [
        (
            markdown(one.name if one.proven else f"{one.name} (not proven)"),
            *benefit_cells(one.yearly),
            amount(one.present, None),
        )
        for one in money.benefits
    ]
    rows += [
        (f"Cost: {markdown(one.what)}", amount(f"-{one.yearly}", None), "", amount(f"-{one.present}", None))
        for one in money.costs
    ]
    rows.append(("**Net present value**", "", *reversed(benefit_cells(money.npv))))
    return [
        "### The money",
        "",
        f"**{markdown(money.sentence)}** {markdown(' '.join(money.notes))}".rstrip(),
        "",
        "| | A year | Interval | In today's money |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def cost_lines(report: AuditReport) -> list[str]:
    """What it costs to win a customer beside what it costs to keep one; nothing where neither is known."""
    costs = report.customer_costs
    if isinstance(costs, Unknown):
        return []
    rows = [
        (row.name, cost_figure(row.id, row.before), cost_figure(row.id, row.after), look.change(row.change))
        for row in costs.rows
    ]
    return [
        "### Winning and keeping a customer",
        "",
        "| | Before | After | Change |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {' | '.join(map(markdown, row))} |" for row in rows),
        *(line for note in costs.notes for line in ("", markdown(note))),
    ]


def _worth(worth: WorthReport) -> list[str]:
    heads = [f"Margin {numbers.percent(each, digits=0)}" for each in worth.margins]
    return [
        "### What one per cent is worth",
        "",
        markdown(worth.sentence),
        "",
        f"| Metric | {' | '.join(heads)} |",
        f"| --- |{' ---: |' * len(heads)}",
        *(f"| {markdown(row.name)} | {' | '.join(amount(each, None) for each in row.yearly)} |" for row in worth.rows),
    ]
