"""What the shape of the file alone cannot say: rules between keys, and what this version does not do.

Each rule names the top-level keys that it reads; it is left out when one of them is already wrong, so
that a mistake is reported once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from clm_audit.config import rules_money, rules_stages
from clm_audit.config.file import ConfigFile, WindowFile
from clm_audit.config.scalars import days_of
from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.validate import Where
from clm_audit.exits import Problem

LONGEST_ACTIVATION = 90  # days
SHORTEST_INACTIVITY = 4  # weeks
Rule = Callable[[ConfigFile, Where], Iterator[Problem]]


def broken_rules(file: ConfigFile, where: Where, wrong: frozenset[str]) -> Iterator[Problem]:
    """Every rule that ``file`` breaks; ``wrong`` are top-level keys that are already reported."""
    for keys, rule in _RULES:
        if not wrong.intersection(keys):
            yield from rule(file, where)


def _lengths(file: ConfigFile, where: Where) -> Iterator[Problem]:
    windows = file.windows
    for name, window in (("before", windows.before), ("after", windows.after)):
        if window and window.end - window.start < timedelta(weeks=1):
            at: Loc = ("windows", name)
            what = "must end after it starts" if window.end <= window.start else "must be at least a week long"
            yield Problem(
                f"{dotted(at)}: {what}", where(at, False), "`to` is the first day that no longer belongs to it"
            )


def _pair(file: ConfigFile, where: Where) -> Iterator[Problem]:
    windows = file.windows
    if not windows.before and not windows.after:
        return
    if not (windows.before and windows.after):
        given, other = ("before", "after") if windows.before else ("after", "before")
        at: Loc = ("windows", given)
        yield Problem(f"{dotted(at)}: given without windows.{other}", where(at, True), "give both windows, or neither")
        return
    yield from _around_go_live(file, windows.before, windows.after, where)


def _around_go_live(file: ConfigFile, before: WindowFile, after: WindowFile, where: Where) -> Iterator[Problem]:
    if file.go_live is None:
        yield Problem("windows: need a go_live", where(("windows",), True), "go_live: is the first day of *after*")
        return
    if before.end > file.go_live:
        at: Loc = ("windows", "before", "to")
        yield Problem(f"{dotted(at)}: is after go_live, {file.go_live}", where(at, False))
    first = file.go_live + timedelta(weeks=file.windows.washout)
    if after.start < first:
        at = ("windows", "after", "from")
        reason = f"go_live, {file.go_live}" if after.start < file.go_live else f"the end of the wash-out, {first}"
        yield Problem(f"{dotted(at)}: is before {reason}", where(at, False))


def _rates(file: ConfigFile, where: Where) -> Iterator[Problem]:
    if file.rates and file.currency is None:
        yield Problem("rates: need a currency to convert to", where(("rates",), True), "add currency:")
    if file.currency in file.rates:
        at: Loc = ("rates", file.currency)
        yield Problem(f"{dotted(at)}: is the currency of the audit itself", where(at, True), "remove it")


def _metrics(file: ConfigFile, where: Where) -> Iterator[Problem]:
    off = {name for name, metric in file.metrics.items() if not metric.enabled}
    for index, required in enumerate(file.policy.require):
        if required in off:
            at: Loc = ("policy", "require", index)
            yield Problem(f"{dotted(at)}: {required} is required and not enabled", where(at, False))
    for name in file.gate.metrics if file.gate else ():
        if name in off:
            at = ("gate", "metrics", name)
            yield Problem(f"{dotted(at)}: {name} is not enabled", where(at, True))


def _lifecycle(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Spans of the lifecycle metrics that could not be told from noise, or not within a customer's first months."""
    if file.activation and days_of(file.activation.within) > LONGEST_ACTIVATION:
        at: Loc = ("activation", "within")
        yield Problem(f"{dotted(at)}: must be at most {LONGEST_ACTIVATION} days", where(at, False))
    if file.inactivity is not None and file.inactivity < SHORTEST_INACTIVITY:
        at = ("inactivity",)
        yield Problem(f"{dotted(at)}: must be at least {SHORTEST_INACTIVITY} weeks", where(at, False))


def _twice(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Names that stand twice in a list, or in two categories of spend."""
    lists: list[tuple[Loc, tuple[str, ...]]] = [
        (("segment_by",), file.segment_by),
        (("control", "untreated"), file.control.untreated if file.control else ()),
        (("policy", "require"), file.policy.require),
        (("gate", "fail_on"), file.gate.fail_on if file.gate else ()),
    ]
    lists += [
        (("spend", category), getattr(file.spend, category)) for category in ("acquisition", "retention", "service")
    ]
    seen: dict[tuple[str | int, str], str] = {}
    for loc, names in lists:
        for index, name in enumerate(names):
            key = (loc[0], name.strip().casefold()) if loc[0] == "spend" else (dotted(loc), name.strip().casefold())
            at = (*loc, index)
            if key in seen:
                yield Problem(f"{dotted(at)}: is already in {seen[key]}", where(at, False), "name it once")
            seen.setdefault(key, dotted(loc))


def _control(file: ConfigFile, where: Where) -> Iterator[Problem]:
    """Somebody is untreated, or gets the CRM later; nobody is both."""
    control = file.control
    if control is None:
        return
    if not control.untreated and not control.go_live:
        yield Problem(
            "control: names nobody", where(("control",), True), "add untreated: [North], or go_live: per group"
        )
    for label, day in control.go_live.items():
        at: Loc = ("control", "go_live", label)
        if label in control.untreated:
            yield Problem(f"{dotted(at)}: is untreated as well", where(at, True), "name it once")
        if file.go_live is not None and day < file.go_live:
            hint = "go_live: is the day of the first group"
            yield Problem(f"{dotted(at)}: is before go_live, {file.go_live}", where(at, False), hint)


_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("windows",), _lengths),
    (("windows", "go_live"), _pair),
    (("rates", "currency"), _rates),
    (("metrics", "policy", "gate"), _metrics),
    (("activation", "inactivity"), _lifecycle),
    (("segment_by", "control", "policy", "gate", "spend"), _twice),
    (("control", "go_live"), _control),
    (("money", "currency", "rates"), rules_money.money),
    (("stages",), rules_stages.stages),
    (("goals", "metrics"), rules_stages.goals),
)
