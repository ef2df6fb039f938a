"""Spells as a customer: from subscriptions, or from the system's own dates of becoming and of ceasing to be one.

A customer's subscriptions are laid over one another: it is a customer as long as any of them runs; a gap ends a spell.
What became of newcomers is told by the first spell: coming back later does not undo a loss. Whoever is back by the
end of a month was not lost in it.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from clm_audit.measures.catalogue_lifecycle import HALF_YEAR, QUARTER
from clm_audit.measures.coverage import LONGEST_SILENCE, acquired_by, day_counts
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.grid import with_before
from clm_audit.measures.model import Calendar, Cells
from clm_audit.measures.runs import NEVER
from clm_audit.measures.totals import cells

Frame = nw.LazyFrame[Any]
WIDTH = 2**32  # days and months fit below: customer × width + day is one sorted key
AHEAD = 4096  # months by which counts from go-live are moved above zero: 341 years
MONTH = (487, 16)  # a month of 30.4375 days as a fraction
OUTCOMES = ("entrants", "lost", "active")


def spell_source(tables: Frames, daily: Collected, calendar: Calendar) -> str | None:
    """What says who is a customer and since when; None leaves it to the orders.

    Dates of ceasing must be recorded: without a single one nobody was ever lost, which no export proves.
    """
    if "subscriptions" in tables and daily.get("subscriptions", {}):
        return "subscriptions"
    found = daily.get("customers", {})
    if found and found["ended"].any():
        return "customers" if acquired_by(day_counts(daily, calendar.go_live), calendar.go_live) == "system" else None
    return None


def spell_frames(tables: Frames, daily: Collected, calendar: Calendar) -> Frames:
    """``spell_days`` on which spells began and ended, ``spell_months`` with who was there, ``spell_entrants`` by week
    and ``spell_lives`` of the windows; nothing where orders alone tell who is a customer."""
    source = spell_source(tables, daily, calendar) if calendar.inactivity_weeks else None
    if source is None:
        return {}
    spells = _subscribed(tables["subscriptions"]) if source == "subscriptions" else _dated(tables["customers"])
    days = daily[source]["day" if source == "subscriptions" else "acquired"]
    first = _placed(spells).filter(~nw.col("again"))
    money = {"spell_money": _money(tables["subscriptions"], calendar)} if source == "subscriptions" else {}
    return {
        **money,
        "spell_days": _days(spells),
        "spell_months": _months(spells, calendar),
        "spell_entrants": _entrants(first, calendar),
        "spell_lives": _lives(first, watched(calendar, reach(days, calendar)), calendar.go_live),
    }


def reach(days: Any, calendar: Calendar) -> int:
    """The day after the last one on which a spell began; a short silence before the end of the data is no end."""
    end = calendar.span[1]
    inside = days[days < end]
    last = int(inside.max()) + 1 if inside.size else end
    return end if end - last <= LONGEST_SILENCE else last


def watched(calendar: Calendar, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The windows, as far as the data reach: days on which those who came before, and after, can be watched."""
    after = calendar.after
    return calendar.before, (after[0], max(after[0], min(after[1], end)))


def _items(rows: Frame) -> Frame:
    """Items of subscriptions that recur, with ``start``, ``end`` (exclusive; :data:`NEVER` while it runs), cents a
    month. One of unknown interval recurs as well."""
    counted = rows.filter(nw.col("left_out").is_null(), nw.col("recurring").fill_null(True))
    return counted.filter(~nw.col("customer").is_null()).select(
        "customer",
        nw.col("segment").fill_null(0).cast(nw.Int64),
        start=nw.col("day").cast(nw.Int64),
        end=nw.col("until").fill_null(NEVER).cast(nw.Int64),
        cents=nw.col("monthly"),
    ).filter(nw.col("end") > nw.col("start"), nw.col("start") >= 0)  # fmt: skip


def _subscribed(rows: Frame) -> Frame:
    """One row a spell: ``customer``, ``segment``, ``start``, ``end`` (exclusive; :data:`NEVER` while it runs)."""
    each = _items(rows)
    one = nw.lit(1).cast(nw.Int64)
    begun = each.select("customer", "segment", day=nw.col("start"), step=one)
    ended_rows = each.select("customer", "segment", day=nw.col("end"), step=0 - one)
    moves = nw.concat([begun, ended_rows], how="vertical").group_by("customer", "day")
    runs = moves.agg(nw.col("step").sum(), nw.col("segment").max()).filter(nw.col("step") != 0)
    runs = runs.with_columns(running=nw.col("step").cum_sum().over("customer", order_by="day"))
    edges = runs.filter((nw.col("running") == 0) | (nw.col("running") == nw.col("step")))
    key = nw.col("customer") * WIDTH + nw.col("day")
    keyed = edges.select("segment", "running", key=key)
    # every first edge of a spell is followed by its last one: an end that never comes is a day like any other
    paired = with_before(keyed, "key", nw.col("key"), nw.col("key") // WIDTH).filter(nw.col("running") == 0)
    return paired.select(
        "segment",
        customer=nw.col("key") // WIDTH,
        start=nw.col("before") % WIDTH,
        end=nw.col("key") % WIDTH,
    )


def _dated(rows: Frame) -> Frame:
    """The same from the dates of the customers' table."""
    each = rows.filter(~nw.col("acquired").is_null()).group_by("customer").agg(
        nw.col("acquired").min(), nw.col("ended").max(), segment=nw.col("segment").fill_null(0).max()
    )  # fmt: skip
    spells = each.select(
        nw.col("segment").cast(nw.Int64),
        "customer",
        start=nw.col("acquired").cast(nw.Int64),
        end=nw.col("ended").fill_null(NEVER).cast(nw.Int64),
    )
    return spells.filter(nw.col("end") > nw.col("start"), nw.col("start") >= 0)


def first_spells(subscriptions: Frame) -> Frame:
    """The first spell of each customer with a subscription: ``customer``, ``segment``, ``start``, ``end``."""
    return _placed(_subscribed(subscriptions)).filter(~nw.col("again"))


def _placed(spells: Frame) -> Frame:
    """Spells in the order of customers and days; ``again``: not the customer's first."""
    keyed = spells.with_columns(key=nw.col("customer") * WIDTH + nw.col("start"))
    before = with_before(keyed, "key", nw.col("customer"), nw.col("customer"))
    return before.with_columns(again=(~nw.col("before").is_null()) & (nw.col("before") == nw.col("customer")))


def _days(spells: Frame) -> Frame:
    """How many spells began, and how many ended, on each day."""
    one, zero = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    begun = spells.select(day=nw.col("start"), began=one, ended=zero)
    gone = spells.filter(nw.col("end") < NEVER).select(day=nw.col("end"), began=zero, ended=one)
    both = nw.concat([begun, gone], how="vertical").group_by("day")
    return both.agg(nw.col("began").sum(), nw.col("ended").sum())


def _boundary(day: nw.Expr, go_live: int) -> nw.Expr:
    """The first month (0 begins with go-live) that begins on or after a day, moved above zero.

    Month k begins on the last whole day not after go-live + k × 30.4375 days.
    """
    days, parts = MONTH
    since = (day - go_live) * parts + AHEAD * days
    return (since + days - 1) // days


def _months(spells: Frame, calendar: Calendar) -> Frame:
    """Per segment and month: ``came`` (there from its first day on), ``left`` (no more there on it), and ``back``:
    those of the leavers who were there again on that same day."""
    placed = spells.with_columns(
        came=_boundary(nw.col("start"), calendar.go_live), left=_boundary(nw.col("end"), calendar.go_live)
    ).filter(nw.col("left") > nw.col("came"))
    keyed = placed.with_columns(key=nw.col("customer") * WIDTH + nw.col("came"))
    paired = with_before(keyed, "key", nw.col("customer") * WIDTH + nw.col("left"), nw.col("customer"))
    rows = paired.with_columns(back=flag(nw.col("before") == nw.col("key")), gone=flag(nw.col("end") < NEVER))
    zero = nw.lit(0).cast(nw.Int64)
    begun = rows.select("segment", "back", month=nw.col("came"), came=nw.lit(1).cast(nw.Int64), left=zero)
    ended = rows.filter(nw.col("gone") == 1)
    ended = ended.select("segment", back=zero, month=nw.col("left"), came=zero, left=nw.lit(1).cast(nw.Int64))
    both = nw.concat(
        [each.select("segment", "month", "came", "left", "back") for each in (begun, ended)], how="vertical"
    )
    return both.group_by("segment", "month").agg(nw.col("came").sum(), nw.col("left").sum(), nw.col("back").sum())


def _money(rows: Frame, calendar: Calendar) -> Frame:
    """Recurring cents a month that ``came`` and ``left`` by segment and month, and items of unknown interval
    (``unpriced``)."""
    each = _items(rows).select(
        "segment",
        "cents",
        unpriced=flag(nw.col("cents").is_null()),
        came=_boundary(nw.col("start"), calendar.go_live),
        left=_boundary(nw.col("end"), calendar.go_live),
        gone=nw.col("end") < NEVER,
    ).filter(nw.col("left") > nw.col("came"))  # fmt: skip
    zero = nw.lit(0).cast(nw.Int64)
    paid = nw.col("cents").fill_null(0).cast(nw.Int64)
    begun = each.select("segment", "unpriced", month=nw.col("came"), came=paid, left=zero)
    ended = each.filter(nw.col("gone")).select("segment", unpriced=zero, month=nw.col("left"), came=zero, left=paid)
    names = ("segment", "month", "came", "left", "unpriced")
    both = nw.concat([each.select(*names) for each in (begun, ended)], how="vertical")
    return both.group_by("segment", "month").agg(nw.col("came").sum(), nw.col("left").sum(), nw.col("unpriced").sum())


def _entrants(first: Frame, calendar: Calendar) -> Frame:
    """Newcomers per segment and week, how many were lost within 90 days, and how many still there after 182."""
    stayed = nw.col("end") - nw.col("start")
    shift = 7 * (calendar.go_live // 7)
    typed = first.select(
        "segment",
        week=(nw.col("start") - calendar.go_live + shift) // 7,
        lost=flag(stayed <= QUARTER),
        active=flag(stayed > HALF_YEAR),
    ).filter(nw.col("week") >= 0)
    return typed.group_by("segment", "week").agg(
        entrants=nw.len(), lost=nw.col("lost").sum(), active=nw.col("active").sum()
    )


def _lives(first: Frame, windows: tuple[tuple[int, int], ...], go_live: int) -> Frame:
    """Days as a customer of those who came in a window, by week; seen from within it: ``lost`` in it, or watched to its
    end."""
    parts = []
    for cohort, (start, end) in enumerate(windows):
        mine = first.filter(nw.col("start") >= start, nw.col("start") < end)
        gone = nw.col("end") < end
        days = nw.when(gone).then(nw.col("end")).otherwise(nw.lit(end - 1)) - nw.col("start")
        week = (nw.col("start") - go_live + 7 * (go_live // 7)) // 7
        parts.append(mine.select(cohort=nw.lit(cohort).cast(nw.Int64), week=week, days=days, lost=flag(gone)))
    both = nw.concat(parts, how="vertical").filter(nw.col("week") >= 0).group_by("cohort", "week", "days")
    return both.agg(nw.col("lost").sum(), watched=nw.len())


def spell_cells(collected: Collected, calendar: Calendar) -> dict[str, Cells]:
    """``spell_days`` (day): began, ended. ``spell_months`` (segment, month): came, left, back. ``spell_entrants``
    (segment, week): :data:`OUTCOMES`. ``spell_lives`` (cohort, week, days): lost, watched."""
    if "spell_days" not in collected:
        return {}
    days, months, came, lives = (
        collected[name] for name in ("spell_days", "spell_months", "spell_entrants", "spell_lives")
    )
    week = came["week"] - calendar.go_live // 7
    money = collected.get("spell_money")
    paid = (
        {}
        if money is None
        else {
            "spell_money": cells(
                {"segment": money["segment"], "month": money["month"] - AHEAD},
                {name: money[name] for name in ("came", "left", "unpriced")},
            )
        }
    )
    return {
        **paid,
        "spell_days": cells({"day": days["day"]}, {name: days[name] for name in ("began", "ended")}),
        "spell_months": cells(
            {"segment": months["segment"], "month": months["month"] - AHEAD},
            {name: months[name] for name in ("came", "left", "back")},
        ),
        "spell_entrants": cells({"segment": came["segment"], "week": week}, {name: came[name] for name in OUTCOMES}),
        "spell_lives": cells(
            {"cohort": lives["cohort"], "week": lives["week"] - calendar.go_live // 7, "days": lives["days"]},
            {name: lives[name] for name in ("lost", "watched")},
        ),
    }
