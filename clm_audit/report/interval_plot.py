"""A 95 % interval drawn in characters, for a terminal wide enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clm_audit.report.model import Adjusted, Unknown

if TYPE_CHECKING:
    from clm_audit.report.model_history import HistoryEffect

WIDTH = 33
_MOST = 0.5  # beyond ±50 % the plot is cut; the numbers beside it are not


def plot_reach(effects: Iterable[Adjusted | HistoryEffect | Unknown]) -> float:
    """The change, as a share, that both ends of the common axis stand for (at least 10 %)."""
    known = [effect for effect in effects if not isinstance(effect, Unknown)]
    return min(_MOST, max([0.1, *(max(abs(effect.low), abs(effect.high)) for effect in known)]))


def interval_plot(effect: Adjusted | HistoryEffect | Unknown, reach: float) -> str:
    """``├──●──┤`` on an axis from -reach to +reach with zero at its middle.

    >>> from clm_audit.report.model import Adjusted
    >>> effect = Adjusted(effect=.1, low=.05, high=.15, p=.01, p_holm=.01, detectable=.1, years_before=2,
    ...                   season_seen=True, placebo_z=())
    >>> interval_plot(effect, 0.2)
    '                │   ├───●───┤    '
    """
    cells = [" "] * WIDTH
    cells[WIDTH // 2] = "│"
    if isinstance(effect, Unknown):
        return "".join(cells)
    low, high, point = (_cell(share, reach) for share in (effect.low, effect.high, effect.effect))
    for cell in range(low, high + 1):
        cells[cell] = "┼" if cell == WIDTH // 2 else "─"
    cells[low] = "├" if effect.low >= -reach else "◂"
    cells[high] = "┤" if effect.high <= reach else "▸"
    cells[point] = "●"
    return "".join(cells)


def _cell(share: float, reach: float) -> int:
    inside = min(max(share, -reach), reach)
    return round((inside + reach) / (2 * reach) * (WIDTH - 1))
