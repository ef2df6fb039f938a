"""The audit currency, and money of other currencies turned into it by the plan's rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.facts import marks
from clm_audit.facts.model import OF_LIFECYCLE
from clm_audit.facts.money import rated
from clm_audit.facts.pools import Pools
from clm_audit.facts.staged import Staged

CODES = ("mixed_currencies", "currency_not_stated")
_MONEY = ("amount", "cost", "unit_price")


@dataclass(frozen=True)
class Currency:
    """``audit``: the audit currency or why there is none. ``rates``: currency -> exact factor.

    ``seen``: rows that state a currency; ``by_fact``: the same by fact.
    """

    audit: str | NotAssessable
    rates: Mapping[str, Decimal]
    names: tuple[str, ...]
    seen: Mapping[str, int]
    by_fact: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def convert(self, cents: pl.Expr, one: Staged) -> pl.Expr:
        """Hundredths in the audit currency; as they are where no rate applies."""
        stated = header_currency(one)
        if stated:
            return rated(cents, self.rates[stated]) if stated in self.rates else cents
        if "currency" not in one.columns:
            return cents
        converted = cents
        for code, name in enumerate(self.names):
            if name in self.rates:
                exchanged = pl.when(pl.col("currency") == code).then(rated(cents, self.rates[name]))
                converted = exchanged.otherwise(converted)
        return converted

    def after_conversion(self, one: Staged) -> pl.Expr:
        """The currency (text) of amounts after :meth:`convert`: the audit's, or their own where no rate applies."""
        audit = self.audit if isinstance(self.audit, str) else None
        stated = header_currency(one)
        if stated:
            return pl.lit(audit if stated in self.rates else stated)
        if "currency" not in one.columns:
            return pl.lit(audit, dtype=pl.String)
        own = pl.lit(audit, dtype=pl.String)
        for code, name in enumerate(self.names):
            own = pl.when(pl.col("currency") == code).then(pl.lit(audit if name in self.rates else name)).otherwise(own)
        return own


def header_currency(one: Staged) -> str | None:
    """The currency that stands in the header of the file's amount column."""
    for name in _MONEY:
        column = one.columns.get(name)
        if column and "currency" in column.captured:
            return column.captured["currency"].upper()
    return None


def decide(plan: AuditPlan, pools: Pools, staged: Sequence[Staged]) -> Currency:
    """The currency of the audit: as declared, or the only one that counted rows of the metrics' facts state.

    A sign that several currencies share (``$``) states none, but it can contradict one: beside EUR it is another one.
    """
    names = tuple(pools.texts("currency").to_list())
    seen: Counter[str] = Counter()
    by_fact: Counter[tuple[str, str]] = Counter()
    signs: Counter[tuple[str, str]] = Counter()
    for one in (one for one in staged if one.fact not in OF_LIFECYCLE):
        if any(name in one.columns for name in _MONEY):
            fact = "orders" if one.fact == "order_lines" else one.fact
            stated = _stated(one, names)
            seen.update(stated)
            by_fact.update({(fact, code): count for code, count in stated.items()})
            if one.sign:
                signs[fact, one.sign] += _counted(one).select(pl.len()).collect(engine="streaming").item()
    found = decided(plan, names, seen, {sign for (_, sign), count in signs.items() if count})
    return replace(found, by_fact=by_fact + signs if _is_mixed(found) else by_fact)


def _is_mixed(currency: Currency) -> bool:
    return isinstance(currency.audit, NotAssessable) and currency.audit.code == "mixed_currencies"


def decided(plan: AuditPlan, names: tuple[str, ...], seen: Mapping[str, int], signs: Set[str]) -> Currency:
    """The currency by the rows that state each one (``seen``) and the shared ``signs``; ``names``: all that stand."""
    audit = plan.currency or _only(seen, plan.rates)
    if audit is None and not seen and len({marks.OPEN.get(sign, sign) for sign in signs}) > 1:
        return Currency(_mixed(signs), {}, names, seen)
    if audit is not None and not all(marks.could_be(sign, audit) for sign in signs):
        return Currency(_mixed({*seen, audit, *signs}), {}, names, seen)
    if audit is None:
        reason = _mixed(seen) if seen else NotAssessable(code="currency_not_stated")
        return Currency(reason, {}, names, seen)
    foreign = [name for name in sorted(seen) if name != audit]
    if any(name not in plan.rates for name in foreign):
        return Currency(_mixed({*seen, audit}), {}, names, seen)
    return Currency(audit, {name: rate for name, rate in plan.rates.items() if name != audit}, names, seen)


def _only(seen: Mapping[str, int], rates: Mapping[str, Decimal]) -> str | None:
    unrated = [name for name in sorted(seen) if name not in rates]
    return unrated[0] if len(unrated) == 1 else None


def _mixed(seen: Iterable[str]) -> NotAssessable:
    return NotAssessable(code="mixed_currencies", detail={"currencies": ", ".join(sorted(seen))})


def _counted(one: Staged) -> pl.LazyFrame:
    return one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))


def _stated(one: Staged, names: Sequence[str]) -> Mapping[str, int]:
    counted = _counted(one)
    stated = header_currency(one)
    if stated:
        return {stated: counted.select(pl.len()).collect(engine="streaming").item()}
    if "currency" not in one.columns:
        return {}
    rows = counted.filter(pl.col("currency").is_not_null()).group_by("currency").len().collect(engine="streaming")
    return {names[code]: count for code, count in rows.iter_rows()}
