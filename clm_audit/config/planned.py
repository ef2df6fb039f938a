"""A valid configuration file -> the frozen plan, with where each of its values came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clm_audit.config.file import ConfigFile, WindowFile
from clm_audit.config.layers import Layers
from clm_audit.config.plan import (
    INACTIVITY_WEEKS,
    Activation,
    AuditPlan,
    Control,
    EngineSource,
    GateRules,
    KnownEvent,
    MetricPolicy,
    MoneyRules,
    Policy,
    ReportStyle,
    Source,
    SpendRules,
    Window,
)
from clm_audit.config.scalars import days_of
from clm_audit.config.show import plan_values
from clm_audit.config.stages import planned_goals, planned_stages

COMMAND_LINE = "command line"


def planned(
    file: ConfigFile,
    sources: tuple[Source, ...],
    engines: tuple[EngineSource, ...],
    root: Path,
    layers: Layers,
    *,
    given: bool,
) -> AuditPlan:
    """The plan that a valid file asks for, with the origin of each value. ``given``: whether paths of the command line
    take the place of its sources; ``root``: the folder that its paths start from."""
    general = file.policy.materiality
    plan = AuditPlan(
        title=file.title,
        go_live=file.go_live,
        before=_window(file.windows.before),
        after=_window(file.windows.after),
        washout_weeks=file.windows.washout,
        timezone=file.timezone,
        currency=file.currency,
        rates=file.rates,
        sources=sources,
        engines=engines,
        spend=SpendRules(**file.spend.model_dump()),
        hourly_rate=file.service.hourly_rate,
        response=file.response,
        activation=Activation(event=file.activation.event, within=days_of(file.activation.within))
        if file.activation
        else None,
        inactivity_weeks=file.inactivity or INACTIVITY_WEEKS,
        stages=planned_stages(file.stages),
        goals=planned_goals(file.goals.items(), planned_stages(file.stages)),
        segment_by=file.segment_by,
        control=Control(**file.control.model_dump()) if file.control else None,
        events=tuple(KnownEvent(date=event.date, what=event.what, is_break=event.is_break) for event in file.events),
        metrics={
            name: MetricPolicy(enabled=metric.enabled, materiality=metric.materiality or general)
            for name, metric in file.metrics.items()
        },
        policy=Policy(**file.policy.model_dump()),
        gate=GateRules(**file.gate.model_dump()) if file.gate else None,
        money=MoneyRules(**file.money.model_dump()) if file.money else None,
        report=ReportStyle(**file.report.model_dump(exclude={"logo"})),
        root=root,
        config=layers.path,
    )
    return plan.model_copy(update={"origins": _origins(plan, file, layers, given=given)})


def _origins(plan: AuditPlan, file: ConfigFile, layers: Layers, *, given: bool) -> Mapping[str, str]:
    """Dotted path -> origin, for every value that is shown and for the lists as a whole."""
    replaced = layers.origin(("sources",))
    paths = COMMAND_LINE if replaced == "default" else f"{COMMAND_LINE}, instead of {replaced}"
    origins = {"metrics": layers.origin(("metrics",)), "sources": paths if given else replaced}
    origins["engines"] = origins["sources"]
    origins["config"] = layers.seen_from
    files, engines = (
        [at for at, one in enumerate(file.sources) if (one.engine is None) is own] for own in (True, False)
    )
    for path, *_ in plan_values(plan):
        if path.startswith("sources["):
            index = int(path.removeprefix("sources[").removesuffix("]"))
            origins[path] = paths if given else layers.origin(("sources", files[index]))
        elif path.startswith("engines["):
            index = int(path.removeprefix("engines[").removesuffix("]"))
            origins[path] = layers.origin(("sources", engines[index]))
            for fact in plan.engines[index].tables:
                origins[f"{path}.tables.{fact}"] = layers.origin(("sources", engines[index], "tables", fact))
            for fact, fields in plan.engines[index].map.items():
                for field in fields:
                    key = ("sources", engines[index], "map", fact, field)
                    origins[f"{path}.map.{fact}.{field}"] = layers.origin(key)
        else:
            origins[path] = layers.origin(tuple(path.split(".")))
        if path.endswith(".materiality") and origins[path] == "default":
            origins[path] = layers.origin(("policy", "materiality"))
    for name in plan.gate.metrics if plan.gate else ():
        origins[f"gate.metrics.{name}"] = layers.origin(("gate", "metrics", name))
    return origins


def _window(window: WindowFile | None) -> Window | None:
    return Window(start=window.start, end=window.end) if window else None
