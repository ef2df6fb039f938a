"""The stages of systems -> places in the lifecycle: 1 for the first stage, and so on; none for words nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import Preset
from clm_audit.config.vocabulary import STAGES
from clm_audit.facts.columns import one_of
from clm_audit.facts.common import Context
from clm_audit.facts.staged import Staged
from clm_audit.facts.statuses import words_among

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


def count_stages(parts: Sequence[pl.LazyFrame], context: Context, staged: Sequence[Staged]) -> None:
    """What the check of stages asks for, and a note in each file's book that names unknown words.

    ``parts``: the rows that count; those of a customer are in one part.
    ``stages.customers``, ``stages.first_day``, ``stages.top_day_rows`` (rows on the fullest day), ``stages.placed``
    and ``stages.unknown`` rows, and ``stages.unknown.<word>`` for the most frequent words.
    """
    days, words, customers = Counter[int](), Counter[tuple[int, str | None]](), 0
    for part in parts:
        rows = part.select("customer", "day", "file", "stage", "place").collect(engine="streaming")
        placed = rows.filter(pl.col("place").is_not_null())
        customers += placed["customer"].drop_nulls().n_unique()
        days.update(dict(placed.group_by("day").len().iter_rows()))
        unknown = rows.filter(pl.col("place").is_null()).group_by("file", "stage").len()
        words.update({(file, stage): count for file, stage, count in unknown.iter_rows()})
    context.count("stages.placed", days.total())
    context.count("stages.unknown", words.total())
    context.count("stages.customers", customers)
    if days:
        context.evidence["stages.first_day"] = min(days)
        context.evidence["stages.top_day_rows"] = max(days.values())
    for word, count in _most(words, {file for file, _ in words}):
        context.evidence[f"stages.unknown.{word}"] = count
    for index in dict.fromkeys(one.table.index for one in staged):
        if many := sum(count for (file, _), count in words.items() if file == index):
            told = ", ".join(f"{word} {count:,}" for word, count in _most(words, {index}))
            what = f"stages in words that mean no lifecycle stage: {many:,}"
            context.books[index].notes.append(f"{what} ({told})" if told else what)


def _most(words: Mapping[tuple[int, str | None], int], files: set[int]) -> list[tuple[str, int]]:
    """The most frequent words of some files."""
    counts = Counter[str]()
    for (file, word), count in words.items():
        if word is not None and file in files:
            counts[word] += count
    return words_among(counts)[:LISTED]
