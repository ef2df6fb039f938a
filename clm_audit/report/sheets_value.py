"""The sheets of lifecycle and money."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_money import AmountRange
from clm_audit.report.sheets import (
    EFFECT,
    ID,
    METRIC,
    RATIOS,
    SIDES,
    Cell,
    Column,
    Kind,
    Sheet,
    finding_cells,
    known,
    value_kind,
)
from clm_audit.report.trace import keys
from clm_audit.report.words_lifecycle_view import ACTIVATION, RETENTION

_NO_AMOUNTS = (None, None, None)


def _lifecycle(report: AuditReport) -> Sheet:
    """Metrics whose changes are points, which have no per cent, stand last: they are in no chart of shares."""
    metrics = sorted(report.lifecycle, key=lambda one: one.change_unit == "points")
    rows = []
    for item in metrics:
        cells = finding_cells(report, item)
        rows.append((*cells[1:3], *cells[4:-1], f"lifecycle.{item.id}.*"))
    kinds = tuple(value_kind(item.id) for item in metrics)
    changes: tuple[Kind, ...] = tuple("number" if one.change_unit == "points" else "share" for one in metrics)
    columns = (*METRIC, *RATIOS, *EFFECT, ID)
    return Sheet("Lifecycle", "The metrics of the customer lifecycle", columns, tuple(rows), kinds, changes)


def _curves(report: AuditReport) -> Sheet:
    """Points of both curves, each cohort in a run of its own."""
    columns = (Column("curve", "text", 44), Column("came", "text", 10), Column("since they came", "count", 12),
               Column("in", "text", 9), Column("share", "share", 10, "share"), Column("low", "share", 10, "low"),
               Column("high", "share", 10, "high"), Column("watched longer", "count", 12, "at_risk"), ID)  # fmt: skip
    view = report.lifecycle_view
    rows: list[tuple[Cell, ...]] = [
        (RETENTION, one.side, point.months, "months", point.share, point.low, point.high, point.at_risk,
         f"lifecycle_view.retention.{one.side}.points.{point.months}.*")
        for one in view.retention
        for point in one.points
    ]  # fmt: skip
    rows += [
        (ACTIVATION, one.side, point.days, "days", point.share, point.low, point.high, point.at_risk,
         f"lifecycle_view.activation.{one.side}.points.{point.days}.*")
        for one in view.activation
        for point in one.points
    ]  # fmt: skip
    return Sheet("Curves", "How long customers stay, and how soon they are active", columns, tuple(rows), fixed=2)


def _funnel(report: AuditReport) -> Sheet:
    columns = (Column("stage", "text", 30), Column("owner", "text", 20),
               Column("entered before", "count", 12, "before.entered"),
               Column("moved on before", "share", 12, "before.share"),
               Column("entered after", "count", 12, "after.entered"),
               Column("moved on after", "share", 12, "after.share"), ID)  # fmt: skip
    if isinstance(report.funnel, Unknown):
        return Sheet("Funnel", "", columns, ())
    rows = tuple(
        (one.name, one.owner, *(known(part) for side in (one.before, one.after) for part in (side.entered, side.share)),
         f"funnel.stages.{key}.*")
        for key, one in zip(keys(report.funnel.stages), report.funnel.stages, strict=True)
    )  # fmt: skip
    return Sheet("Funnel", report.funnel.sentence, columns, rows)


def _scores(report: AuditReport) -> Sheet:
    columns = (Column("score", "count", 9), Column("before", "share", 12, "before"),
               Column("after", "share", 12, "after"), ID)  # fmt: skip
    if isinstance(report.scores, Unknown):
        return Sheet("Scores", "", columns, ())
    both = zip(report.scores.before, report.scores.after, strict=True)
    rows = tuple((score, *shares, f"scores.*.{score + 1}") for score, shares in enumerate(both))
    return Sheet("Scores", report.scores.sentence, columns, rows)


def _goals(report: AuditReport) -> Sheet:
    columns = (Column("metric", "text", 30), Column("unit", "text", 26), Column("quarter", "text", 26),
               Column("owner", "text", 20), Column("target", "number", 12, "target"),
               Column("value", "number", 12, "value"), Column("low", "number", 12, "low"),
               Column("high", "number", 12, "high"), Column("result", "text", 14), Column("in words", "wide", 80),
               ID)  # fmt: skip
    rows = tuple(
        (one.name, one.unit, one.quarter, one.owner, one.target, known(one.value), known(one.low), known(one.high),
         one.result, one.sentence, f"goals.{key}.*")
        for key, one in zip(keys(report.goals), report.goals, strict=True)
    )  # fmt: skip
    kinds = tuple(value_kind(one.metric) for one in report.goals)
    return Sheet("Goals", "What was to be reached, and what the quarter says", columns, rows, kinds)


def _costs(report: AuditReport) -> Sheet:
    columns = (Column("figure", "text", 50), *SIDES, Column("change", "share", 12, "change"), ID)
    costs = report.customer_costs
    if isinstance(costs, Unknown):
        return Sheet("Customer costs", "", columns, ())
    rows = tuple(
        (one.name, known(one.before), known(one.after), known(one.change), f"customer_costs.rows.{one.id}.*")
        for one in costs.rows
    )
    kinds: tuple[Kind, ...] = tuple("share" if one.id in ("ratio", "breakeven") else "money" for one in costs.rows)
    return Sheet("Customer costs", "Winning and keeping a customer", columns, rows, kinds)


def _amounts(found: AmountRange | Unknown) -> tuple[float | None, ...]:
    return _NO_AMOUNTS if isinstance(found, Unknown) else (float(found.value), float(found.low), float(found.high))


def _money(report: AuditReport) -> Sheet:
    money = report.money
    columns = (Column("figure", "text", 46), Column("value", "number", 17, "value"), Column("low", "number", 17, "low"),
               Column("high", "number", 17, "high"), Column("why", "wide", 80), ID)  # fmt: skip
    if isinstance(money, Unknown):
        return Sheet("Money", "The money", columns, ())
    roi, back = money.roi, money.payback_months
    rows: list[tuple[Cell, ...]] = [
        ("net present value", *_amounts(money.npv), money.sentence, "money.npv.*"),
        ("of metrics shown to have changed", *_amounts(money.proven), None, "money.proven.*"),
        ("return on its costs", roi.value, roi.low, roi.high, None, "money.roi.*"),
        ("months until paid back", *map(known, (back.value, back.low, back.high)), None, "money.payback_months.*"),
        ("chance that it pays", money.probability_npv_positive, None, None, None, "money.probability_npv_positive"),
        ("share of the benefits that must be real", known(money.breakeven_attributable), None, None, None,
         "money.breakeven_attributable"),
    ]  # fmt: skip
    rows += [("note", None, None, None, note, None) for note in money.notes]
    kinds: list[Kind] = ["money", "money", "share", "money", "share", "share"]
    kinds += ["text" for _ in money.notes]
    return Sheet("Money", f"The money over {money.years} years{_currency(report)}", columns, tuple(rows), tuple(kinds))


def _currency(report: AuditReport) -> str:
    money = report.money
    return "" if isinstance(money, Unknown) or isinstance(money.currency, Unknown) else f", {money.currency}"


def _benefits(report: AuditReport) -> Sheet:
    columns = (Column("benefit", "text", 40), Column("a year", "money", 15, "yearly.value"),
               Column("low", "money", 15, "yearly.low"), Column("high", "money", 15, "yearly.high"),
               Column("in today's money", "money", 17, "present"), Column("proven", "text", 10),
               Column("why", "wide", 80), ID)  # fmt: skip
    if isinstance(report.money, Unknown):
        return Sheet("Money benefits", "", columns, ())
    rows = tuple(
        (one.name, *_amounts(one.yearly), float(one.present), "yes" if one.proven else "no",
         one.yearly.reason if isinstance(one.yearly, Unknown) else one.sentence, f"money.benefits.{one.id}.*")
        for one in report.money.benefits
    )  # fmt: skip
    return Sheet("Money benefits", f"What the CRM brings{_currency(report)}", columns, rows)


def _spent(report: AuditReport) -> Sheet:
    columns = (Column("cost", "text", 40), Column("at go-live", "money", 15, "initial"),
               Column("a year", "money", 15, "yearly"), Column("in today's money", "money", 17, "present"),
               ID)  # fmt: skip
    if isinstance(report.money, Unknown):
        return Sheet("Money costs", "", columns, ())
    rows = tuple(
        (one.what, float(one.initial), float(one.yearly), float(one.present), f"money.costs.{key}.*")
        for key, one in zip(keys(report.money.costs), report.money.costs, strict=True)
    )
    return Sheet("Money costs", f"What the CRM costs{_currency(report)}", columns, rows)


def _years(report: AuditReport) -> Sheet:
    names = (("costs", "costs"), ("benefits", "benefits"), ("net", "net"), ("discounted", "discounted"),
             ("sum so far", "cumulative"))  # fmt: skip
    columns = (Column("year", "count", 9), *(Column(head, "money", 15, key) for head, key in names), ID)
    if isinstance(report.money, Unknown):
        return Sheet("Money by year", "", columns, ())
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (flow.year, *(float(getattr(flow, key)) for _, key in names), f"money.flows.{place}.*")
        for place, flow in zip(keys(report.money.flows), report.money.flows, strict=True)
    )
    return Sheet("Money by year", "By year: 0 is go-live, each other one its end", columns, rows)


def _inputs(report: AuditReport) -> Sheet:
    columns = (Column("input", "text", 36), Column("from", "text", 16), Column("to", "text", 16),
               Column("net present value, from", "money", 17, "npv_low"),
               Column("net present value, to", "money", 17, "npv_high"), ID)  # fmt: skip
    if isinstance(report.money, Unknown):
        return Sheet("Money inputs", "", columns, ())
    rows = tuple(
        (one.name, one.low_end, one.high_end, float(one.npv_low), float(one.npv_high), f"money.tornado.{one.id}.*")
        for one in report.money.tornado
    )
    return Sheet("Money inputs", "One input at either end, all others as they are", columns, rows)


def _worth(report: AuditReport) -> Sheet:
    worth = report.worth
    margins = () if isinstance(worth, Unknown) else worth.margins
    columns = (Column("metric", "text", 36),
               *(Column(f"margin {margin:.0%}", "money", 14, str(at)) for at, margin in enumerate(margins, start=1)),
               ID)  # fmt: skip
    if isinstance(worth, Unknown):
        return Sheet("One per cent", "", columns, ())
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.name, *map(float, one.yearly), f"worth.rows.{one.metric}.yearly.*") for one in worth.rows
    )
    return Sheet("One per cent", worth.sentence, columns, rows)


VALUE: Sequence[Callable[[AuditReport], Sheet]] = (
    _lifecycle, _curves, _funnel, _scores, _goals, _costs, _money, _benefits, _spent, _years, _inputs,
    _worth,
)  # fmt: skip
