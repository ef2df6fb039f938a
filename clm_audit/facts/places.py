"""The stages of systems -> places in the lifecycle: 1 for the first stage, and so on; none for words nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import Preset
from clm_audit.config.vocabulary import STAGES
from clm_audit.facts.columns import one_of
from clm_audit.facts.common import Context
from clm_audit.facts.staged import Staged
from clm_audit.facts.statuses import words_of

NOWHERE = "none"  # words of a preset that are understood and mean no stage of the lifecycle
LISTED = 5  # unknown words that are named


def stage_names(plan: AuditPlan) -> tuple[str, ...]:
    """The lifecycle stages of an audit, from first to last.

    >>> stage_names(AuditPlan())[:2]
    ('awareness', 'consideration')
    """
    return tuple(stage.name for stage in plan.stages) or STAGES


def words_by_place(plan: AuditPlan, preset: Preset | None) -> Mapping[int, tuple[str, ...]]:
    """Place -> the words that mean it; 0: no stage. The configuration's words come before those of the preset."""
    names = stage_names(plan)
    found: dict[int, tuple[str, ...]] = {at: tuple(stage.of) for at, stage in enumerate(plan.stages, start=1)}
    own = {word.strip().casefold() for stage in plan.stages for word in stage.of}
    for key, words in preset.stages.items() if preset else ():
        name = str(key)
        if name != NOWHERE and name not in names:
            continue
        place = 0 if name == NOWHERE else names.index(name) + 1
        found[place] = (*found.get(place, ()), *(word for word in words if word.casefold() not in own))
    for at, name in enumerate(names, start=1):  # a stage's own name means it, whatever the system
        if name.casefold() not in own:
            found[at] = (*found.get(at, ()), name)
    return dict(sorted(found.items(), key=lambda item: (item[0] == 0, item[0])))


def place(cells: pl.Expr, plan: AuditPlan, preset: Preset | None) -> pl.Expr:
    """The place (int32) of a stage word: 0 for words of no stage, null for those that nobody knows.

    The words of the configuration decide before any pattern of a preset.
    """
    found = pl.lit(None, dtype=pl.Int32)
    for number, words in reversed(list(words_by_place(plan, preset).items())):
        if words:
            found = pl.when(one_of(cells, words)).then(pl.lit(number, dtype=pl.Int32)).otherwise(found)
    for at, stage in enumerate(plan.stages, start=1):
        if stage.of:
            found = pl.when(one_of(cells, stage.of)).then(pl.lit(at, dtype=pl.Int32)).otherwise(found)
    return found.alias("place")


def place_of(one: Staged, cells: pl.Expr, context: Context) -> pl.Expr:
    """The place of the words of one staged file; a file of no known system is read like a plain table."""
    presets = context.plan.presets
    return place(cells, context.plan, presets.get(one.system or "", presets.get("plain")))


def count_stages(table: pl.DataFrame, context: Context, staged: Sequence[Staged]) -> None:
    """What the check of stages asks for, and a note in each file's book that names unknown words.

    ``stages.customers``, ``stages.first_day``, ``stages.top_day_rows`` (rows on the fullest day), ``stages.placed``
    and ``stages.unknown`` rows, and ``stages.unknown.<word>`` for the most frequent words.
    """
    placed = table.filter(pl.col("place").is_not_null())
    unknown = table.filter(pl.col("place").is_null())
    context.count("stages.placed", placed.height)
    context.count("stages.unknown", unknown.height)
    context.count("stages.customers", placed["customer"].drop_nulls().n_unique())
    if placed.height:
        context.evidence["stages.first_day"] = int(placed["day"].to_numpy().min())
        context.evidence["stages.top_day_rows"] = int(placed.group_by("day").len()["len"].to_numpy().max())
    for word, count in words_of(unknown["stage"])[:LISTED]:
        context.evidence[f"stages.unknown.{word}"] = count
    for index in dict.fromkeys(one.table.index for one in staged):
        here = unknown.filter(pl.col("file") == index)
        if here.height:
            told = ", ".join(f"{word} {count:,}" for word, count in words_of(here["stage"])[:LISTED])
            what = f"stages in words that mean no lifecycle stage: {here.height:,}"
            context.books[index].notes.append(f"{what} ({told})" if told else what)
