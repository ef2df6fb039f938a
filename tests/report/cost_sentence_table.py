"""The sentences about winning and keeping customers and when they may appear, over plain numbers of two windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Windows:
    """Spend, customers won and weeks of both windows; ``kept``: whether the break-even is known after go-live."""

    spend: tuple[float, float]
    won: tuple[float, float]
    weeks: tuple[float, float]
    kept: bool

    @property
    def shrank(self) -> bool:
        """Whether spend and customers a week, and the cost of one, all fell by more than half a per cent."""
        a, b = ((self.spend[side] / self.weeks[side], self.won[side] / self.weeks[side]) for side in (0, 1))
        pairs = ((a[0], b[0]), (a[1], b[1]), (a[0] / a[1], b[0] / b[1]))
        return all(after / before - 1 < -0.005 for before, after in pairs)


@dataclass(frozen=True)
class CostRow:
    """A sentence with … for its gaps, and its condition in words and in code."""

    words: str
    when: str
    holds: Callable[[Windows], bool]


COST_ROWS = (
    CostRow(
        "Keeping costs no more than winning anew as long as the retention spend keeps … of the customers a year who"
        " would else have left.",
        "after go-live the cost of a new customer, the retention spend and the active customers are all known",
        lambda case: case.kept,
    ),
    CostRow(
        "Acquisition got cheaper while it got smaller: a week, spend moved … and new customers …, so one cost …. A"
        " lower cost for fewer customers can come of leaving out the dearest ones; it does not show that as many as"
        " before would cost less.",
        "spend a week, new customers a week and the cost of one all fell by more than half a per cent",
        lambda case: case.shrank,
    ),
)


def as_markdown() -> str:
    """The table as it stands in docs/sentences.md."""
    rows = [f"| {row.words} | {row.when} |" for row in COST_ROWS]
    return "\n".join(
        ["## Winning and keeping a customer", "", "| sentence | appears exactly when |", "| --- | --- |", *rows]
    )
