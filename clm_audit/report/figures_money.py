"""The two drawings of the money: the flow of each year with its sum so far, and what moves the net present value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from clm_audit.report import numbers
from clm_audit.report.drawing import Chart
from clm_audit.report.effects import EffectPlan, Row, effect_chart
from clm_audit.report.model_money import MoneyReport

MOST_SWINGS = 8
SIZES = ((1e6, ", millions"), (1e3, ", thousands"))


def flows_figure(money: MoneyReport, width: int) -> Chart:
    """Benefits less costs of each year as bars from nothing, and the sum so far as a hollow diamond."""
    net, sums = ([float(getattr(flow, key)) for flow in money.flows] for key in ("net", "cumulative"))
    unit = _unit([*net, *sums])
    names = ["at go-live", *(f"year {flow.year}" for flow in money.flows[1:])]
    rows = [
        Row(
            title,
            numbers.count(round(Decimal(flow.net))),
            observed=total / unit,
            step=(0.0, each / unit),
            strong=each > 0,
        )
        for title, flow, each, total in zip(names, money.flows, net, sums, strict=True)
    ]
    words = "; ".join(f"{row.name} {row.text}" for row in rows)
    return _drawn("Benefits less costs by year", f"{words}. The table that follows holds them all.", rows, unit, width)


def tornado_figure(money: MoneyReport, width: int) -> Chart:
    """The net present value between the two ends of each input; the widest bar on top."""
    shown = money.tornado[:MOST_SWINGS]
    ends = [(float(one.npv_low), float(one.npv_high)) for one in shown]
    unit = _unit([*(value for pair in ends for value in pair), float(money.npv.value)])
    middle = float(money.npv.value) / unit
    rows = [
        Row(
            one.name, f"{one.low_end} to {one.high_end}", observed=middle, step=(low / unit, high / unit), strong=not at
        )
        for at, (one, (low, high)) in enumerate(zip(shown, ends, strict=True))
    ]
    words = "; ".join(
        f"{one.name} {one.low_end} to {one.high_end}: {_whole(one.npv_low)} to {_whole(one.npv_high)}" for one in shown
    )
    return _drawn("What moves the net present value", f"{words}.", rows, unit, width)


def _drawn(title: str, description: str, rows: Sequence[Row], unit: float, width: int) -> Chart:
    size, word = next(((size, word) for size, word in SIZES if unit > size), (1.0, ""))

    def value(tick: float) -> str:
        return numbers.number(round(tick * unit / size, 3))

    return effect_chart(EffectPlan(title, description, rows, None, value, (f"loss{word}", f"gain{word}")), width)


def _unit(amounts: Sequence[float]) -> float:
    """A power of ten that no amount exceeds, so that the axis has round numbers."""
    largest = max((abs(one) for one in amounts), default=0.0)
    return 10.0 ** math.ceil(math.log10(largest)) if largest > 1.0 else 1.0


def _whole(text: str) -> str:
    return numbers.count(round(Decimal(text)))
