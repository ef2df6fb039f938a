"""Options, variables, the configuration file and defaults -> one frozen plan that knows every origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from clm_audit.config.brand import Logo, read_logo
from clm_audit.config.file import ConfigFile
from clm_audit.config.layers import Layers
from clm_audit.config.own_presets import own_presets
from clm_audit.config.plan import AuditPlan, EngineSource, Registration, Source
from clm_audit.config.planned import planned
from clm_audit.config.preset import Preset, load_presets
from clm_audit.config.registration import read_registration
from clm_audit.config.rules import broken_rules
from clm_audit.config.settings import CONFIG_VARIABLE, from_environment
from clm_audit.config.sources import from_command_line, from_file
from clm_audit.config.strict_yaml import Document, load
from clm_audit.config.validate import validate, without
from clm_audit.exits import Problem, UsageError

FILE_NAME = "clm-audit.yaml"


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
    layers = Layers(_document(paths, config, env, cwd), from_env, options, cwd)
    file, found = _validated(layers)
    problems = (*problems, *found)
    root = layers.path.parent if layers.path else cwd
    folder = _presets_folder(file, layers, root, cwd)
    own, unread = _own_presets(file, folder, layers)
    systems = tuple(sorted({*load_presets(), *own}))
    sources, engines, found = from_file(file, root, layers.where, systems, replaced=bool(paths))
    problems += unread + found
    if paths:
        (sources, found), engines = from_command_line(paths, cwd), ()
        problems += found
    registration, unsealed = _registration(file, layers, root, cwd)
    logo, undrawn = _logo(file, layers, root)
    problems += unsealed + undrawn
    if not problems:
        problems = tuple(_nothing_to_do(file, (*sources, *engines), layers.path is not None, needs_go_live))
    if problems:
        raise UsageError(problems=_in_order(problems))
    plan = planned(file, sources, engines, root, layers, given=bool(paths))
    named = {"registration": registration, "own_presets": own, "presets_folder": folder}
    return plan.model_copy(update={"report": plan.report.model_copy(update={"logo": logo}), **named})


def mistakes(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a configuration by itself; its exports, presets and plans are not looked for."""
    try:
        layers = Layers((path, load(path, str(path))), {}, {})
    except UsageError as error:
        return error.problems
    return _in_order(_validated(layers)[1])


def _presets_folder(file: ConfigFile, layers: Layers, root: Path, cwd: Path) -> Path | None:
    """The folder of the user's presets: below the configuration's folder or, as an option, below this one."""
    return None if file.presets is None else (root if layers.in_file(("presets",)) else cwd) / file.presets


def _own_presets(
    file: ConfigFile, folder: Path | None, layers: Layers
) -> tuple[Mapping[str, Preset], tuple[Problem, ...]]:
    """The presets in that folder, and what is wrong with them."""
    if file.presets is None or folder is None:
        return {}, ()
    try:
        return own_presets(folder, file.presets, layers.where(("presets",))), ()
    except UsageError as error:
        return {}, error.problems


def _logo(file: ConfigFile, layers: Layers, root: Path) -> tuple[Logo | None, tuple[Problem, ...]]:
    """The checked picture that is named, from the folder of the configuration, or what is wrong with it."""
    if file.report.logo is None:
        return None, ()
    try:
        return read_logo(root / file.report.logo, file.report.logo, layers.where(("report", "logo"))), ()
    except UsageError as error:
        return None, error.problems


def _registration(
    file: ConfigFile, layers: Layers, root: Path, cwd: Path
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


def _validated(layers: Layers) -> tuple[ConfigFile, tuple[Problem, ...]]:
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
