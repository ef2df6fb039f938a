"""The same sale in two systems: a shop's order that a payment, a deal or a mail event tells of again.

A yield says who tells of its orders (``sales`` in the preset), in the order of trust: the shop, the CRM, the
payment system, the books, the mail tool. On the days that more trusted orders cover, each order of a less
trusted system is looked for among them: by the order's number (``order`` or ``reference`` on either side, at most
a week apart), else by customer and amount within a day, each order once. What is found is a duplicate. If at least
one in twenty is found, the systems tell of the same sales: an order of the same customer within a day but with
another amount is a duplicate too, and the rest of those days is left out as ``unmatched``, since adding it could
count it twice. If hardly any is found though both sides know the addresses of their customers, the systems sell
apart and all other orders count. A mail tool never sells, and its refunds on the covered days are duplicates. Outside
the covered days what is not found counts, so that a migration counts on.

Of each order a byte is held, whatever their number: they are brought together part by part, by their numbers and then
by their customers, and what all parts come to decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.config.preset import Sales
from clm_audit.facts.candidates import Candidates, Twins
from clm_audit.facts.common import Context
from clm_audit.facts.fates import Fates, mark
from clm_audit.facts.same_sale import by_customer, by_number, near
from clm_audit.facts.told import TOLD, Told, tell

TRUST: Mapping[str, int] = {name: rank for rank, name in enumerate(get_args(Sales))}
APART = 0.05  # share of orders found elsewhere up to which two systems sell different things
KNOWN = 0.5  # share of orders whose customer has an address, without which nothing can be found
FOUND, UNMATCHED = 2, 4  # fates of orders that a more trusted system tells of, and of those that are left out
_BASE, _NAMED, _SAME, _NEAR, _COVERED = 8, 16, 32, 64, 128


@dataclass
class Retold:
    """Position of the file's candidates -> which of its orders are :data:`FOUND` elsewhere, or :data:`UNMATCHED`."""

    fates: dict[int, Fates] = field(default_factory=dict)


def find_retold(candidates: Sequence[Candidates], twins: Twins, context: Context) -> Retold:
    """Find the orders that count elsewhere. Costs nothing where all files are trusted alike."""
    retold = Retold()
    ranks = np.array([TRUST[candidate.one.source.sales] for candidate in candidates])
    if len(np.unique(ranks)) < 2:
        return retold
    told, fates = tell(candidates, twins, context)
    for rank in np.unique(ranks):
        sides = _Sides(told, fates, ranks == rank)
        own = {int(number): sides.of_file(int(number)) for number in np.flatnonzero(ranks == rank)}
        days = sides.days()
        if days is None:
            for each in own.values():
                each[(each & TOLD) > 0] |= np.uint8(_BASE)
            continue
        mail = bool(rank == TRUST["mail"])
        _settle(sides, own, days, context, mail=mail)
        retold.fates |= {number: each for number, each in own.items() if (each & TOLD).any()}
        if mail:
            _give_back_once(retold, candidates, twins, own, days)
    for number, each in retold.fates.items():
        if count := int(np.count_nonzero(each & FOUND)):
            note = f"orders that a more trusted system also tells of, counted there: {count:,}"
            context.books[candidates[number].one.table.index].notes.append(note)
    return retold


@dataclass(frozen=True)
class _Sides:
    """The orders of the files of one trust (``mine``: which files), and those that count before them."""

    told: Told
    fates: Fates
    mine: NDArray[np.bool_]

    def of_file(self, number: int) -> Fates:
        """The fates of the orders of one file."""
        return self.fates[self.told.starts[number] : self.told.starts[number + 1]]

    def days(self) -> tuple[int, int] | None:
        """The first and the last day of the orders that count before; None where there are none."""
        found: list[int] = []
        for rows in self.told.by_customer():
            days = rows.filter(self._with(rows, _BASE))["day"]
            found += [day for day in (days.min(), days.max()) if isinstance(day, int)]
        return (min(found), max(found)) if found else None

    def apart(self, rows: pl.DataFrame, mine: int = 0, base: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The orders of both sides among these rows, without those that met a fate already."""
        own = pl.Series(self.mine[np.searchsorted(self.told.starts, rows["at"].to_numpy(), side="right") - 1])
        others = rows.filter(self._with(rows, _BASE) & ~self._with(rows, base))
        return rows.filter(own & ~self._with(rows, mine)), others

    def note(self, rows: pl.DataFrame, fate: int) -> None:
        """Mark orders."""
        self.fates[rows["at"].to_numpy()] |= np.uint8(fate)

    def _with(self, rows: pl.DataFrame, fate: int) -> pl.Series:
        return pl.Series((self.fates[rows["at"].to_numpy()] & np.uint8(fate)) > 0)


def _settle(sides: _Sides, own: Mapping[int, Fates], days: tuple[int, int], context: Context, *, mail: bool) -> None:
    """Decide about the orders of one trust, and which of them count beside the more trusted ones."""
    np.bitwise_and(sides.fates, np.uint8(255 - _NAMED), out=sides.fates)
    for rows in sides.told.by_number():
        found, named = by_number(*sides.apart(rows))
        sides.note(found, _SAME)
        sides.note(named, _NAMED)
    sums = Counter[str]()
    for rows in sides.told.by_customer():
        sums.update(_compared(sides, rows, days, context))
    few = sums["compared"] - sums["others"] <= APART * sums["compared"]
    known = all(sums[side] and sums[f"{side} addressed"] >= KNOWN * sums[side] for side in ("mine", "base"))
    apart = not mail and few and known
    for each in own.values():
        _decide(each, apart=apart)
    context.count("orders.retold_compared", sums["compared"])
    context.count("orders.retold", sums["same"] if apart else sums["same"] + sums["near"])
    context.count("orders.retold_near", 0 if apart else sums["near"])
    context.count("orders.retold_unmatched", 0 if apart else sums["others"])
    context.count("orders.retold_unmatched_cents", 0 if apart else sums["cents"])
    context.count("orders.retold_apart", sums["others"] + sums["near covered"] if apart else 0)


def _compared(sides: _Sides, rows: pl.DataFrame, days: tuple[int, int], context: Context) -> dict[str, int]:
    """Mark the orders of some customers by who else tells of them; returns what there is to decide by.

    ``others`` are those of days that more trusted orders cover which nobody found there.
    """
    covered = pl.col("day").is_between(*days)
    mine, base = sides.apart(rows)
    rest, free = sides.apart(rows, _SAME, _NAMED)
    alike, free = by_customer(rest, free)
    rest = rest.join(alike.select("at"), on="at", how="anti")
    close = near(rest, free)
    others = rest.filter(covered).join(close.select("at"), on="at", how="anti")
    sides.note(alike, _SAME)
    sides.note(close, _NEAR)
    sides.note(mine.filter(covered), _COVERED)
    return {
        "mine": mine.height,
        "base": base.height,
        "mine addressed": _addressed(mine, context),
        "base addressed": _addressed(base, context),
        "compared": mine.filter(covered).height,
        "same": mine.height - rest.height,
        "near": close.height,
        "near covered": close.filter(covered).height,
        "others": others.height,
        "cents": int(others["cents"].sum()),
    }


def _addressed(rows: pl.DataFrame, context: Context) -> int:
    """How many orders belong to a customer with an e-mail address, by which two systems can meet."""
    return int(context.who.addressed[rows["customer"].drop_nulls().to_numpy()].sum())


def _decide(own: Fates, *, apart: bool) -> None:
    """The orders of one file that are found, those that are left out, and those that count beside the others."""
    told, same, close, covered = ((own & np.uint8(fate)) > 0 for fate in (TOLD, _SAME, _NEAR, _COVERED))
    found = same if apart else same | close
    counts = told & ~found if apart else told & ~found & ~covered
    own[found] |= np.uint8(FOUND)
    own[told & ~found & ~counts] |= np.uint8(UNMATCHED)
    own[counts] |= np.uint8(_BASE)


def _give_back_once(
    retold: Retold, candidates: Sequence[Candidates], twins: Twins, own: Mapping[int, Fates], days: tuple[int, int]
) -> None:
    """Refunds that a mail tool tells of, on days whose sales others know with their own refunds, are duplicates."""
    for number, fates in own.items():
        if number not in retold.fates:
            rows = pl.concat(twins.orders(number, candidates[number]))
            refunds = rows.filter((pl.col("gross") < 0) & pl.col("day").is_between(*days)).select("first")
            mark(fates, refunds.collect(engine="streaming"), FOUND)
            retold.fates[number] = fates
