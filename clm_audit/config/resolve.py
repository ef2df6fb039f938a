"""Options, variables, the configuration file and defaults -> one frozen plan that knows every origin."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clm_audit.config.brand import Logo, read_logo
from clm_audit.config.file import ConfigFile, WindowFile
from clm_audit.config.own_presets import own_presets
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
    Registration,
    ReportStyle,
    Source,
    SpendRules,
    Window,
)
from clm_audit.config.preset import Preset, load_presets
from clm_audit.config.registration import read_registration
from clm_audit.config.rules import broken_rules
from clm_audit.config.scalars import days_of
from clm_audit.config.seen_from import seen_from
from clm_audit.config.settings import CONFIG_VARIABLE, SETTINGS, from_environment
from clm_audit.config.show import plan_values
from clm_audit.config.sources import from_command_line, from_file
from clm_audit.config.stages import planned_goals, planned_stages
from clm_audit.config.strict_yaml import Document, Loc, load
from clm_audit.config.validate import validate, without
from clm_audit.exits import Problem, UsageError

FILE_NAME = "clm-audit.yaml"
COMMAND_LINE = "command line"


def resolve(
    paths: Sequence[Path | str],
    config: Path | None,
    options: Mapping[str, object],
    env: Mapping[str, str],
    cwd: Path,
    *,
    needs_go_live: bool = True,
) -> AuditPlan:
    """The plan of a run. Precedence: option, then ``CLM_AUDIT_*`` variable, then file, then default.

    ``options`` maps a config path (``policy.materiality``) to a value; None means not given. Without
    ``config`` (or ``CLM_AUDIT_CONFIG``) and without ``paths``, `clm-audit.yaml` is looked for from
    ``cwd`` upward. ``needs_go_live`` is False where no verdict is asked for.

    Raises :class:`~clm_audit.exits.UsageError` with everything that is wrong.
    """
    from_env, problems = from_environment(env)
    layers = _Layers(_document(paths, config, env, cwd), from_env, options, cwd)
    file, found = _validated(layers)
    problems = (*problems, *found)
    root = layers.path.parent if layers.path else cwd
    folder = _presets_folder(file, layers, root, cwd)
    own, found = _own_presets(file, folder, layers)
    problems += found
    systems = tuple(sorted({*load_presets(), *own}))
    sources, engines, found = from_file(file, root, layers.where, systems, replaced=bool(paths))
    problems += found
    if paths:
        sources, found = from_command_line(paths, cwd)
        engines = ()
        problems += found
    registration, found = _registration(file, layers, root, cwd)
    problems += found
    logo, found = _logo(file, layers, root)
    problems += found
    if not problems:
        problems = tuple(_nothing_to_do(file, (*sources, *engines), layers.path is not None, needs_go_live))
    if problems:
        raise UsageError(problems=_in_order(problems))
    plan = _plan(file, sources, engines, root, layers, given=bool(paths))
    if logo:
        plan = plan.model_copy(update={"report": plan.report.model_copy(update={"logo": logo})})
    return plan.model_copy(update={"registration": registration, "own_presets": own, "presets_folder": folder})


def mistakes(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a configuration by itself; its exports, presets and plans are not looked for."""
    try:
        layers = _Layers((path, load(path, str(path))), {}, {})
    except UsageError as error:
        return error.problems
    return _in_order(_validated(layers)[1])


def _presets_folder(file: ConfigFile, layers: _Layers, root: Path, cwd: Path) -> Path | None:
    """The folder of the user's presets: below the configuration's folder or, as an option, below this one."""
    return None if file.presets is None else (root if layers.in_file(("presets",)) else cwd) / file.presets


def _own_presets(
    file: ConfigFile, folder: Path | None, layers: _Layers
) -> tuple[Mapping[str, Preset], tuple[Problem, ...]]:
    """The presets in that folder, and what is wrong with them."""
    if file.presets is None or folder is None:
        return {}, ()
    try:
        return own_presets(folder, file.presets, layers.where(("presets",))), ()
    except UsageError as error:
        return {}, error.problems


def _logo(file: ConfigFile, layers: _Layers, root: Path) -> tuple[Logo | None, tuple[Problem, ...]]:
    """The checked picture that is named, from the folder of the configuration, or what is wrong with it."""
    if file.report.logo is None:
        return None, ()
    try:
        return read_logo(root / file.report.logo, file.report.logo, layers.where(("report", "logo"))), ()
    except UsageError as error:
        return None, error.problems


def _registration(
    file: ConfigFile, layers: _Layers, root: Path, cwd: Path
) -> tuple[Registration | None, tuple[Problem, ...]]:
    """The frozen plan that is named, from the configuration's folder or, as an option, from here."""
    if file.plan is None:
        return None, ()
    place = layers.where(("plan",))
    folder = root if layers.in_file(("plan",)) else cwd
    try:
        return read_registration(folder / file.plan, place).model_copy(update={"file": file.plan}), ()
    except UsageError as error:
        return None, error.problems


class _Layers:
    """The file with variables and options laid over it; knows where each value came from."""

    def __init__(
        self,
        found: tuple[Path, Document] | None,
        from_env: Mapping[str, tuple[object, str]],
        options: Mapping[str, object],
        cwd: Path = Path(),
    ) -> None:
        self.path = found[0] if found else None
        self.seen_from = seen_from(cwd, self.path) if self.path else "default"
        self.document = found[1] if found else Document("", {})
        self.data: dict[str, Any] = copy.deepcopy(self.document.data)
        self._over: dict[Loc, str] = {}
        named = {setting.path: setting for setting in SETTINGS}
        given = {
            path: (named[path].value(value), f"option {named[path].option}") if path in named else (value, path)
            for path, value in options.items()
            if value is not None
        }
        for path, (value, origin) in {**from_env, **given}.items():
            self._lay(tuple(path.split(".")), value, origin)

    def _lay(self, loc: tuple[str, ...], value: object, origin: str) -> None:
        here = self.data
        for part in loc[:-1]:
            if not isinstance(here.get(part), dict):
                if here.get(part) is not None:
                    return  # the file has something else in this place: that is reported instead
                here[part] = {}
            here = here[part]
        here[loc[-1]] = value
        self._over[loc] = origin

    def in_file(self, loc: Loc) -> bool:
        """Whether a value is the file's own, not laid over it."""
        return not any(loc[:end] in self._over for end in range(len(loc), 0, -1))

    def where(self, loc: Loc, key: bool = False) -> str:
        """Where a value stands: the option or variable, or file:line:column."""
        for end in range(len(loc), 0, -1):
            if loc[:end] in self._over:
                return self._over[loc[:end]]
        return self.document.where(loc, key)

    def origin(self, loc: Loc) -> str:
        """As in ``AuditPlan.origins``; names the file without its folder, so that reports can be compared."""
        for end in range(len(loc), 0, -1):
            if loc[:end] in self._over:
                return self._over[loc[:end]]
        mark = self.document.keys.get(loc) or self.document.values.get(loc)
        return f"{self.path.name}:{mark[0]}:{mark[1]}" if self.path and mark else "default"


def _document(
    paths: Sequence[Path | str], config: Path | None, env: Mapping[str, str], cwd: Path
) -> tuple[Path, Document] | None:
    named = config or (Path(env[CONFIG_VARIABLE]) if env.get(CONFIG_VARIABLE, "").strip() else None)
    if named is None and not paths:
        named = next((folder / FILE_NAME for folder in (cwd, *cwd.parents) if (folder / FILE_NAME).is_file()), None)
    if named is None:
        return None
    path = cwd / named
    return path, load(path, str(named.relative_to(cwd) if named.is_relative_to(cwd) else named))


def _validated(layers: _Layers) -> tuple[ConfigFile, tuple[Problem, ...]]:
    """The file's shape and rules. What is wrong is left out, so that the rest can still be checked."""
    flagged = {problem.where for problem in layers.document.problems}
    file, mistakes = validate(ConfigFile, layers.data, layers.where)
    wrong: frozenset[str] = frozenset()
    if file is None:
        sound, wrong = without(layers.data, mistakes)
        file = ConfigFile.model_validate(sound)
    problems = [mistake.problem for mistake in mistakes if mistake.problem.where not in flagged]
    problems += broken_rules(file, layers.where, wrong)
    return file, (*layers.document.problems, *problems)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once; those of the file by line and column, after those of options and variables."""

    def place(problem: Problem) -> tuple[int, int]:
        match = re.search(r":(\d+):(\d+)$", problem.where)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    return tuple(sorted(dict.fromkeys(problems), key=place))


def _nothing_to_do(
    file: ConfigFile, sources: Sequence[Source | EngineSource], has_file: bool, needs_go_live: bool
) -> Iterator[Problem]:
    if not sources:
        example = "compare exports/ --go-live 2024-07-01" if needs_go_live else "check exports/"
        yield Problem(
            "there are no exports to read" + (": the configuration has no sources" if has_file else ""),
            hint=f"give paths, as in: clm-audit {example}; or try: clm-audit demo",
        )
    sides = {source.side for source in sources}
    if needs_go_live and sources and file.go_live is None and not {"before", "after"} <= sides:
        together = f"; {len(sources)} paths are read together and split by that date" if len(sources) > 2 else ""
        yield Problem(
            "the go-live date is missing",
            hint="--go-live 2024-07-01, or go_live: in clm-audit.yaml, or one folder for before and one for after"
            + together,
        )


def _plan(
    file: ConfigFile,
    sources: tuple[Source, ...],
    engines: tuple[EngineSource, ...],
    root: Path,
    layers: _Layers,
    *,
    given: bool,
) -> AuditPlan:
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
        report=ReportStyle(
            client=file.report.client,
            author=file.report.author,
            colour=file.report.colour,
            language=file.report.language,
            redact=file.report.redact,
        ),
        root=root,
        config=layers.path,
    )
    return plan.model_copy(update={"origins": _origins(plan, file, layers, given=given)})


def _origins(plan: AuditPlan, file: ConfigFile, layers: _Layers, *, given: bool) -> Mapping[str, str]:
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
