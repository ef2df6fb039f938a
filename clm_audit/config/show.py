"""Every value of a plan and where it came from: `compare --show-config`, and `plan` of the audit JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clm_audit.config.plan import (
    LIFECYCLE_IDS,
    METRIC_IDS,
    AuditPlan,
    Bound,
    EngineSource,
    FindingValue,
    MoneyRules,
    Source,
    Window,
)


class PlanValue(NamedTuple):
    """``value``: text, number, list or None as it goes into JSON; ``shown``: as a person reads it."""

    path: str
    value: str | int | float | bool | list[str] | dict[str, str] | None
    shown: str
    origin: str


def plan_values(plan: AuditPlan) -> tuple[PlanValue, ...]:
    """One entry a value, in the order of the file. Paths of sources are relative to the plan's folder."""
    return tuple(
        PlanValue(path, value, shown if shown else _shown(value), plan.origins.get(path, "default"))
        for path, value, shown in _rows(plan)
    )


def show_config(plan: AuditPlan) -> str:
    """The plan as aligned text: setting, where its value came from, value.

    >>> print(show_config(AuditPlan(title="Example")).splitlines()[0])
    title                                   default  Example
    """
    rows = plan_values(plan)
    width = max(len(row.path) for row in rows)
    middle = max(len(row.origin) for row in rows)
    return "\n".join(f"{row.path:<{width}}  {row.origin:<{middle}}  {row.shown}" for row in rows)


_Value = str | int | float | bool | list[str] | dict[str, str] | None


def _rows(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """Config path, value, and a sentence for values that are not there."""
    yield from _time(plan)
    yield from _data(plan)
    yield from _followed(plan)
    yield from _compared(plan)
    yield from _judged(plan)
    yield from _money(plan.money)
    yield from _looks(plan)


def _time(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """When: go-live, windows, time zone."""
    both = "" if plan.before else "as long as the data allow, whole weeks, same seasons"
    yield "title", plan.title, "" if plan.title else "none"
    yield "go_live", str(plan.go_live) if plan.go_live else None, "" if plan.go_live else "first day of the after side"
    yield "windows.before", _window(plan.before), both
    yield "windows.after", _window(plan.after), both
    yield "windows.washout", f"{plan.washout_weeks} weeks", ""
    yield "timezone", plan.timezone, ""


def _data(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """What is read, and what counts as what."""
    yield "currency", plan.currency, "" if plan.currency else "the only one in the data"
    yield "rates", {code: str(rate) for code, rate in sorted(plan.rates.items())}, ""
    for index, source in enumerate(plan.sources):
        yield f"sources[{index}]", _source(plan, source), ""
    for index, tables in enumerate(plan.engines):
        yield f"engines[{index}]", _engine(plan, tables), ""
    own = _relative(plan.presets_folder, plan.root) if plan.presets_folder else None
    yield "presets", own, "" if own else "those that ship"
    for category in ("acquisition", "retention", "service"):
        yield f"spend.{category}", list(getattr(plan.spend, category)), ""
    rate = None if plan.hourly_rate is None else str(plan.hourly_rate)
    yield "service.hourly_rate", rate, "" if rate else "none"
    yield "response", plan.response, "" if plan.response else "responded, converted or clicked, the first recorded"


def _followed(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """Whom the metrics follow, and how they are shown."""
    active = plan.activation
    if active is None:
        yield "activation", None, "none"
    else:
        yield "activation.event", active.event, ""
        yield "activation.within", f"{active.within} days", ""
    yield "inactivity", f"{plan.inactivity_weeks} weeks", ""
    owned = [f"{each.name} ({each.owner})" if each.owner else each.name for each in plan.stages]
    yield "stages", owned, "" if owned else "awareness, consideration, purchase, retention, advocacy"
    yield "goals", [f"{each.metric} {each.target} by {each.by or 'the last quarter'}" for each in plan.goals], ""
    yield "segment_by", list(plan.segment_by), ""


def _compared(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """Who did not get the CRM, and what else happened."""
    control = plan.control
    if control is None:
        yield "control", None, "none"
    else:
        yield "control.segment", control.segment, ""
        yield "control.untreated", list(control.untreated), ""
        yield "control.go_live", {label: str(day) for label, day in sorted(control.go_live.items())}, ""
    yield "events", [f"{event.date} {event.what}{' (break)' if event.is_break else ''}" for event in plan.events], ""


def _judged(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """Which metrics, how sure, and the gate."""
    for metric in (*METRIC_IDS, *(each for each in LIFECYCLE_IDS if each in plan.metrics)):
        yield f"metrics.{metric}.enabled", plan.metric(metric).enabled, ""
        yield f"metrics.{metric}.materiality", plan.metric(metric).materiality, _share(plan.metric(metric).materiality)
    yield "policy.confidence", plan.policy.confidence, _share(plan.policy.confidence)
    yield "policy.materiality", plan.policy.materiality, _share(plan.policy.materiality)
    yield "policy.require", list(plan.policy.require), ""
    yield "policy.max_rejected", plan.policy.max_rejected, _share(plan.policy.max_rejected)
    if plan.gate is None:
        yield "gate", None, "none"
    else:
        yield "gate.fail_on", list(plan.gate.fail_on), ""
        yield "gate.metrics", {str(metric): _rule(rule) for metric, rule in plan.gate.metrics.items()}, ""
        yield "gate.ratchet", list(plan.gate.ratchet), ""


def _looks(plan: AuditPlan) -> Iterator[tuple[str, _Value, str]]:
    """What the audit is held against, and what the report looks like."""
    yield "against", plan.against.file if plan.against else None, "" if plan.against else "no earlier audit"
    frozen = plan.registration
    yield "plan", frozen.file if frozen else None, "" if frozen else "none: chosen after seeing data"
    yield "report.client", plan.report.client, "" if plan.report.client else "none"
    yield "report.author", plan.report.author, "" if plan.report.author else "none"
    logo = plan.report.logo
    yield "report.logo", logo.file if logo else None, "" if logo else "none"
    yield "report.colour", plan.report.colour, "" if plan.report.colour else "clm-audit's own"
    yield "report.language", plan.report.language, ""
    yield "report.redact", plan.report.redact, ""


def _money(money: MoneyRules | None) -> Iterator[tuple[str, _Value, str]]:
    if money is None:
        yield "money", None, "none"
        return
    yield "money.currency", money.currency, "" if money.currency else "that of the audit"
    for name in ("margin", "discount", "attributable"):
        yield f"money.{name}", getattr(money, name), _share(getattr(money, name))
    yield "money.horizon", money.horizon, "1 year" if money.horizon == 1 else f"{money.horizon} years"
    costs = [f"{line.what}: {line.initial} once, {line.yearly} a year" for line in money.costs]
    yield "money.costs", costs, ""


def _rule(rule: FindingValue | Bound) -> str:
    """A rule of the gate as the file has it.

    >>> _rule("worsened"), _rule(Bound(worse_than=0.05))
    ('worsened', 'worse than 5%')
    """
    return f"worse than {_share(rule.worse_than)}" if isinstance(rule, Bound) else rule


def _window(window: Window | None) -> str | None:
    return f"{window.start} to {window.end}" if window else None


def _source(plan: AuditPlan, source: Source) -> dict[str, str]:
    """A path is shown from the plan's folder, so that it does not tell where that folder is."""
    out = {"path": _relative(source.path, plan.root), "side": source.side}
    if source.system:
        out["system"] = source.system
    if source.map:
        out["map"] = ", ".join(f"{name}: {header}" for name, header in source.map.items())
    return out


def _engine(plan: AuditPlan, source: EngineSource) -> dict[str, str]:
    """An engine with its tables; its settings are in the configuration."""
    out = {"engine": source.engine, "side": source.side, "tables": ""}
    out["tables"] = ", ".join(f"{fact}: {table}" for fact, table in source.tables.items())
    if source.database:
        out["database"] = _relative(source.database, plan.root)
    if source.system:
        out["system"] = source.system
    return out


def _relative(path: Path, root: Path) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _share(value: float) -> str:
    """A share as a percentage without noise.

    >>> _share(0.05), _share(0.125)
    ('5%', '12.5%')
    """
    return f"{round(value * 100, 6):g}%"


def _shown(value: _Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items()) or "none"
    return str(value)
