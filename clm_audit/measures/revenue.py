"""Net and gross revenue retention: what the customers of some time ago pay now, by what they paid then.

That time is twelve months where the data have them on both sides of go-live, else as many times four weeks as both
sides have: a year that reaches back over go-live would mix both systems, and four weeks at their yearly pace would
count what happens once, such as a new price list, several times. The plain reading compares the last look of each
window with the look so long before it. The model reads the retention of each four weeks on its own, to the power of
how many of them that time has: the mean of the periods after go-live is then what they made together, no more.
Beside it stand the twelve months before the last look of each window, whichever system they met; goals are for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.measures.carried import Flow, Level
from clm_audit.measures.coverage import LONGEST_SILENCE
from clm_audit.measures.exposure import FEWEST_LOST
from clm_audit.measures.model import WEEKS_PER_YEAR, Cells, MetricTotals, Ratio, SegmentRatio, Variant
from clm_audit.measures.orders import CENTS
from clm_audit.measures.periods import Inputs, Segments, blank, codes_by_label, too_few
from clm_audit.measures.recurring import STEP, YEAR, first_look, last_look, look_day, looks
from clm_audit.measures.scheme import SIDES, Line, Side, ratio
from clm_audit.measures.totals import along, only

CODES = ("no_interval", "none_ended", "short_look_back")


def paid_days(inputs: Inputs) -> tuple[int, int]:
    """First day of any subscription, and the day after the last on which one began or ended (not in the future)."""
    found = inputs.totals.cells["subscription_days"].keys["day"]
    end = inputs.calendar.span[1]
    inside = found[found < end]
    last = int(inside.max()) + 1 if inside.size else end
    return int(found.min()), end if end - last <= LONGEST_SILENCE else last


def told_days(inputs: Inputs) -> tuple[int, int]:
    """The same from the first recorded loss of a customer on: what came before was only kept in the export if it
    stayed, and would show revenue that nobody ever took away. A few losses do not say since when they are recorded."""
    first, end = paid_days(inputs)
    found = inputs.totals.cells.get("spell_days")
    if found is None:
        return first, end
    day, ended = found.keys["day"], found.values["ended"]
    inside = (ended > 0) & (day < end)
    return (max(first, int(day[inside].min())), end) if ended[inside].sum() >= FEWEST_LOST else (first, end)


def paid_in(inputs: Inputs) -> tuple[str, ...]:
    """The currencies of the subscriptions, which may be others than those of the orders; none when nobody says."""
    prefix = "subscriptions.currency."
    return tuple(name.removeprefix(prefix) for name in sorted(inputs.facts.evidence) if name.startswith(prefix))


def refused(inputs: Inputs) -> NotAssessable | None:
    """Why subscriptions cannot tell how revenue is kept."""
    found = inputs.totals.cells.get("subscription_days")
    if found is None or not found.keys["day"].size:
        return inputs.absent("subscriptions")
    currencies = paid_in(inputs)
    if len(currencies) > 1:
        return NotAssessable(code="mixed_currencies", detail={"currencies": ", ".join(currencies)})
    if not inputs.totals.cells["recurring"].values["then"].any():
        return NotAssessable(code="no_interval", detail={"fact": "subscriptions"})
    if not found.values["ended"].any():
        return NotAssessable(code="none_ended", detail={"fact": "subscriptions"})
    return None


def nrr(inputs: Inputs) -> MetricTotals:
    """With expansion."""
    return _retention(inputs, "nrr", "now")


def grr(inputs: Inputs) -> MetricTotals:
    """Without expansion: nobody counts for more than then."""
    return _retention(inputs, "grr", "kept")


@dataclass(frozen=True)
class _Reach:
    """How far back the last look of each window may look, in looks: ``own`` meets one system alone, ``any`` is all
    that the exports tell."""

    last: Mapping[Side, int]
    own: Mapping[Side, int]
    any: Mapping[Side, int]

    @classmethod
    def of(cls, inputs: Inputs) -> _Reach:
        """As far as the days reach on which losses are recorded."""
        calendar, (first, end) = inputs.calendar, told_days(inputs)
        last = {side: last_look(calendar, side, end) for side in SIDES}
        told = {
            side: (look_day(calendar, at) - first) // (7 * STEP) if at in looks(calendar) else 0
            for side, at in last.items()
        }
        told = {side: max(0, back) for side, back in told.items()}
        own = {**told, "after": max(0, min(told["after"], last["after"] - first_look(calendar)))}
        return cls(last, own, told)

    def common(self, part: Cells) -> int:
        """The longest time that both windows have (or the one that has any), in looks; 0 when none has."""
        having = [side for side in SIDES if self.own[side]]
        for back in range(min([YEAR, *(self.own[side] for side in having)], default=0), 0, -1):
            if all(only(part, period=self.last[side], back=back).keys["back"].size for side in having):
                return back if having else 0
        return 0


def _retention(inputs: Inputs, metric: LifecycleId, what: str) -> MetricTotals:
    why = refused(inputs)
    if why:
        return blank(metric, why)
    calendar, (first, end) = inputs.calendar, told_days(inputs)
    usable = [at for at in looks(calendar) if look_day(calendar, at - 1) >= first and look_day(calendar, at) < end]
    if not usable:
        return blank(metric, NotAssessable(code="too_short_before", detail={"side": "before"}))
    periods = (usable[0], usable[-1] + 1)
    reach = _Reach.of(inputs)
    back = reach.common(inputs.totals.cells["recurring"])
    num, den, s2 = _pace(inputs, what, periods, max(1, back))
    starts = calendar.go_live + 7 * STEP * np.arange(*periods, dtype=np.int64)
    gone = (starts >= calendar.go_live) & (starts < calendar.go_live + 7 * calendar.washout_weeks)
    gone |= ~(num > 0) | ~(den > 0)
    sides = {side: _window(inputs, what, reach, side, back) for side in SIDES}
    return MetricTotals(
        metric=metric,
        start=starts,
        num=np.where(gone, np.nan, num),
        den=np.where(gone, np.nan, den),
        s2=np.where(gone, np.nan, s2),
        n0=max(0, min(-periods[0], periods[1] - periods[0])),
        ppy=WEEKS_PER_YEAR / STEP,
        before=sides["before"],
        after=sides["after"],
        variants=_twelve_months(inputs, what, reach) if back < YEAR else (),
        segments=_segments(inputs, what, reach, periods, back),
        how={"weeks_per_period": STEP, "look_back_weeks": STEP * back},
        missing=next((side for side in sides.values() if isinstance(side, NotAssessable)), None),
        units=NotAssessable(code="no_units", detail={"fact": "subscriptions"}) if inputs.plan.control else (),
        level=_level(inputs, what, periods),
        flow=Flow(*_looked(inputs, what, periods, 1)[1::-1], max(1, back)),
    )


def _pace(inputs: Inputs, what: str, periods: tuple[int, int], times: int) -> tuple[Line, Line, Line]:
    """Numerator, denominator and variance of the log of four weeks' retention, so many ``times`` in a row."""
    then, now, spread = _looked(inputs, what, periods, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return then * (now / then) ** times / CENTS, then / CENTS, times**2 * spread / now**2


def _looked(inputs: Inputs, what: str, periods: tuple[int, int], back: int) -> tuple[Line, Line, Line]:
    """Then, now, and the variance of now over the customers, at each look; cents."""
    part = only(inputs.totals.cells["recurring"], back=back)
    then, now = (along(part, name, "period", periods) for name in ("then", what))
    squares = {name: along(part, name, "period", periods) for name in ("then2", f"{what}2", f"{what}then")}
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = now / then
        spread = squares[f"{what}2"] - 2 * kept * squares[f"{what}then"] + kept**2 * squares["then2"]
    return then, now, np.maximum(spread, 0.0)


def _level(inputs: Inputs, what: str, periods: tuple[int, int]) -> Level:
    """Twelve months back from each look, where the exports reach so far."""
    then, now, spread = _looked(inputs, what, periods, YEAR)
    first = told_days(inputs)[0]
    told = np.array([look_day(inputs.calendar, at - YEAR) >= first for at in range(*periods)]) & (then > 0) & (now > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lines = (now / CENTS, then / CENTS, spread / now**2)
    return Level(*(np.where(told, line, np.nan) for line in lines))


def _window(
    inputs: Inputs, what: str, reach: _Reach, side: Side, back: int, segments: Segments = None
) -> Ratio | NotAssessable:
    """Now by then at the last look of a window, each customer met by one system alone."""
    at = reach.last[side]
    if at not in looks(inputs.calendar) or (side == "after" and at < 0):
        return NotAssessable(code="empty_window", detail={"side": side})
    if not reach.own[side]:
        return _short(side, 1, 0)
    return _ratio(inputs, what, side, (at, back), segments)


def _short(side: Side, wanted: int, longest: int) -> NotAssessable:
    return NotAssessable(
        code="short_look_back", detail={"side": side, "weeks": STEP * wanted, "longest": STEP * longest}
    )


def _ratio(
    inputs: Inputs, what: str, side: Side, look: tuple[int, int], segments: Segments = None
) -> Ratio | NotAssessable:
    """``look``: the period, and how many looks before it *then* was."""
    at, back = look
    part = only(inputs.totals.cells["recurring"], back=back)
    sums = {name: float(along(part, name, "period", (at, at + 1), segments)[0]) for name in ("customers", "then", what)}
    few = too_few(sums["customers"], side) if sums["customers"] else None
    return few or ratio(sums[what] / CENTS, sums["then"] / CENTS, float(STEP * back), side)


def _twelve_months(inputs: Inputs, what: str, reach: _Reach) -> tuple[Variant, ...]:
    """What a report on revenue calls retention: a year back, over go-live if need be."""
    sides: dict[Side, Ratio | NotAssessable] = {}
    for side in SIDES:
        sides[side] = _ratio(inputs, what, side, (reach.last[side], YEAR))
        if reach.any[side] < YEAR:
            sides[side] = _short(side, YEAR, reach.any[side])
    return (Variant("twelve_months", "share", sides["before"], sides["after"]),)


def _segments(
    inputs: Inputs, what: str, reach: _Reach, periods: tuple[int, int], back: int
) -> tuple[SegmentRatio, ...]:
    """By label of each column of ``segment_by``, with the sums of every four weeks; ``customers``: those of the look
    back from the end of the after window."""
    made = []
    part, pace = (only(inputs.totals.cells["recurring"], back=each) for each in (back, 1))
    at = reach.last["after"]
    for column in inputs.plan.segment_by:
        for label, codes in codes_by_label(inputs, column).items():
            behind = int(along(part, "customers", "period", (at, at + 1), codes)[0])
            sides = [_window(inputs, what, reach, side, back, codes) for side in SIDES]
            now, then = (along(pace, name, "period", periods, codes) for name in (what, "then"))
            made.append(SegmentRatio(column, label, behind, sides[0], sides[1], now, then))
    return tuple(made)
