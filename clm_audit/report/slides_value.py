"""The slides of lifecycle and money: a table and a chart beside it on each."""

from __future__ import annotations

from collections.abc import Iterator

from clm_audit.report import look
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.slide_parts import HEADLINES, MOST_ROWS, Columns, Grid, Slide, bars_of, brief
from clm_audit.report.trace import keys
from clm_audit.report.words_lifecycle_view import told
from clm_audit.report.words_money import amount

_SHOWN = tuple(part for part in HEADLINES if part != "observed_change")


def value_slides(report: AuditReport) -> Iterator[Slide]:
    """One slide each, where there is something to show."""
    yield from _lifecycle(report)
    yield from _money(report)


def _lifecycle(report: AuditReport) -> Iterator[Slide]:
    known = told(report.lifecycle)
    if not known:
        return
    rows = [("Metric", "Before → after", "Adjusted effect, 95 %", "Finding")]
    rows += [
        (
            item.name,
            look.together(f"{look.ratio(item.id, item.before)} → {look.ratio(item.id, item.after)}"),
            look.NOTHING
            if isinstance(item.adjusted, Unknown)
            else look.together(f"{look.effect(item.adjusted)} {look.interval(item.adjusted)}"),
            f"{look.FINDINGS[item.finding][0]} {item.finding}",
        )
        for item in known[:MOST_ROWS]
    ]
    left = len(report.lifecycle) - len(rows) + 1
    foot = f"{left} more in the report, with what could not be told" if left else ""
    ids = tuple(f"lifecycle.{item.id}.{part}" for item in known[:MOST_ROWS] for part in _SHOWN)
    grid = Grid(tuple(rows), (2.3, 1.9, 2.4, 1.5))
    yield Slide("The customer lifecycle", "", "open", (), grid, foot, bars_of(known[:MOST_ROWS]), ids)


def _money(report: AuditReport) -> Iterator[Slide]:
    money = report.money
    if isinstance(money, Unknown):
        return
    rows = [("Line", "A year", "In today's money")]
    rows += [
        (
            one.name if one.proven else f"{one.name} (not proven)",
            look.NOTHING if isinstance(one.yearly, Unknown) else amount(one.yearly.value, None),
            amount(one.present, None),
        )
        for one in money.benefits
    ]
    rows += [(f"Cost: {one.what}", amount(f"-{one.yearly}", None), amount(f"-{one.present}", None))
             for one in money.costs]  # fmt: skip
    kept = (*rows[: MOST_ROWS + 1], ("Net present value", "", amount(money.npv.value, None)))
    more = len(rows) - 1 - MOST_ROWS
    foot = f"The first {MOST_ROWS} of {len(rows) - 1} lines; the rest in the workbook" if more > 0 else ""
    names = ("go-live", *(f"year {flow.year}" for flow in money.flows[1:]))
    net, sums = (tuple(float(getattr(flow, key)) for flow in money.flows) for key in ("net", "cumulative"))
    said = "; ".join(f"{name} {amount(flow.net, None)}" for name, flow in zip(names, money.flows, strict=True))
    chart = Columns(names, (("benefits less costs", net), ("sum so far", sums)), "#,##0", f"By year: {said}")
    ids = (
        *(f"money.npv.{part}" for part in ("value", "low", "high")),
        "money.probability_npv_positive",
        *(f"money.benefits.{one.id}.{part}" for one in money.benefits for part in ("yearly.value", "present")),
        *(f"money.costs.{key}.{part}" for key in keys(money.costs) for part in ("yearly", "present")),
        *(f"money.flows.{key}.{part}" for key in keys(money.flows) for part in ("net", "cumulative")),
    )
    yield Slide("The money", brief(money.sentence, 260), "open", (), Grid(kept, (4.3, 1.5, 1.9)), foot, chart, ids)
