"""Rules of ``money`` that the shape of the file cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from clm_audit.config.file import ConfigFile
from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.validate import Where
from clm_audit.exits import Problem


def money(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Shares that make sense, costs that add up to something, in a currency that can be converted."""
    rules = file.money
    if rules is None:
        return
    for name, size, least, most in (
        ("margin", rules.margin, 0.0, 1.0), ("attributable", rules.attributable, 0.0, 1.0),
        ("discount", rules.discount, -1.0, 0.5),
    ):  # fmt: skip
        if not least < size <= most:
            what = "must be more than 0%" if size <= least else f"must be at most {most * 100:g}%"
            yield Problem(f"money.{name}: {what}", where(("money", name), False))
    if not rules.costs:
        yield Problem("money.costs: must not be empty", where(("money", "costs"), False))
    for index, cost in enumerate(rules.costs):
        if not cost.initial and not cost.yearly:
            at: Loc = ("money", "costs", index)
            hint = "add initial:, yearly: or both; leave the line out where it costs nothing"
            yield Problem(f"{dotted(at)}: costs nothing", where(at, False), hint)
    yield from _paid_in(file, rules.currency, where)


def _paid_in(file: ConfigFile, currency: str | None, where: Where) -> Iterator[Problem]:
    if currency is None or file.currency is None or currency == file.currency or currency in file.rates:
        return
    what = f"money.currency: is not {file.currency}, the currency of the audit, and has no rate"
    yield Problem(what, where(("money", "currency"), False), f"add it to rates: what 1 {currency} is worth")
