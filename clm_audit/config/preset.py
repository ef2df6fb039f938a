"""What a system preset (`configs/systems/<system>.yaml`) may say, and loading them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.beside import keep, kept
from clm_audit.config.scalars import Zone
from clm_audit.config.shipped import shipped
from clm_audit.config.strict_yaml import Document, load
from clm_audit.config.validate import validate
from clm_audit.exits import Problem, UsageError

_READERS = ("base", "preset", "scalars", "strict_yaml", "yaml_builder")  # modules that say what may stand in a preset
FactName = Literal[
    "customers",
    "orders",
    "order_lines",
    "tickets",
    "sends",
    "responses",
    "campaigns",
    "spend",
    "stages",
    "surveys",
    "subscriptions",
    "events",
    "referrals",
    "series",
]
Combine = Literal["first_nonblank", "sum"]
Sales = Literal["shop", "crm", "payments", "books", "mail"]
IdForm = Literal["salesforce", "guid"]
StageKey = Literal["awareness", "consideration", "purchase", "retention", "advocacy", "none"]


class Recognise(Frozen):
    """How an export is told by its headers (compared after NFC, trim, case-fold).

    ``required``: each entry must match one header; an entry may list alternatives. ``absent``: none
    of these may be there. ``nonblank``: columns that must hold a value in at least one row (tells
    Shopify orders from abandoned checkouts). A header entry that starts with ``re:`` is a regular
    expression; its named group ``currency`` or ``tz`` gives the column's currency or zone.
    """

    required: tuple[str | tuple[str, ...], ...]
    absent: tuple[str, ...] = ()
    nonblank: tuple[str, ...] = ()


class Yield(Frozen):
    """Rows of an export -> rows of one fact.

    ``fields``: fact field -> header aliases, likely first. ``optional`` ones may be missing.
    ``where``: only rows whose column holds one of these values (case-insensitive; ``"*"`` = any
    non-blank value, ``""`` = none) are of this fact; one row may serve several yields (delivered, opened, clicked).
    ``currency_of``: header of an amount -> the only headers that its currency may stand under (none: the export does
    not state it); other amounts take ``fields``. ``constants``: fact field -> fixed text.
    ``lines``: for one-row-per-item exports, how order-level fields are combined over the rows of one order.
    ``left_out``: rows understood but not counted:
    reason -> column -> values (case-insensitive; ``"*"`` = any non-blank value).
    ``counted``: column -> the only values that count (e.g. deal stage won); others are left out as
    ``not_won``. Of several columns the first that holds a value decides.
    ``known``: column -> further values that are understood: of a yield with ``counted`` those that do not
    count, of others those that do. A value that no list of its column holds is left out as
    ``unknown_state`` and reported with its count; columns without a ``known`` list are not asked.
    ``returned``: column -> states of orders that were given back whole; where no refund amount stands beside
    one, the whole amount counts as refunded. ``returned_partly``: the same of a part; where no amount says how
    much, the order counts in full and is reported. ``sales``: who tells of these orders, in the order of trust. Where
    two systems tell of the same days, a sale that both know counts once, as the more trusted one has it (see
    :mod:`clm_audit.facts.retold`); the field ``reference`` names the order number of the other system.
    In ``where``, ``left_out``, ``counted``, ``known`` and ``returned`` a column is named by a field of ``fields`` or
    by its header, and a value that starts with ``re:`` is a regular expression. ``fields`` may hold helper
    fields for this (``event``) that are no part of the fact.
    ``sign``: ``plus`` or ``minus`` -> column -> values: rows whose amount counts as its absolute value, or as
    that below zero, whatever sign the export writes (a vendor credit, a returned line).
    """

    fact: FactName
    fields: Mapping[str, tuple[str, ...]]
    where: Mapping[str, tuple[str, ...]] = {}
    constants: Mapping[str, str] = {}
    currency_of: Mapping[str, tuple[str, ...]] = {}
    lines: Mapping[str, Combine] = {}
    left_out: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    counted: Mapping[str, tuple[str, ...]] = {}
    known: Mapping[str, tuple[str, ...]] = {}
    sign: Mapping[Literal["plus", "minus"], Mapping[str, tuple[str, ...]]] = {}
    returned: Mapping[str, tuple[str, ...]] = {}
    returned_partly: Mapping[str, tuple[str, ...]] = {}
    sales: Sales = "shop"
    category: str | None = None


class ExportObject(Frozen):
    """One kind of export of a system (orders, contacts, tickets, …).

    ``id_separator``: a cell may hold several customer ids joined by it; the first one counts.
    ``period_above``: a line above the header says which days the rows cover; they become the columns
    ``(period from)`` and ``(period to)`` (the last day). A file without such a line is refused as undated.
    ``sections``: a row that fills only the leading columns without a header names what the rows below it belong
    to, until `Total for` that name; the names become the column ``(section)``, outer ones first, joined by ``:``.
    ``key_value``: not a table but lines of a key and its value below this title; the first value of each key
    becomes one row.
    ``id_form``: how ids are brought to one form before they are compared (``salesforce``: 15 characters become 18,
    ``guid``: no braces, small letters).
    ``days``: columns that hold days, whatever time of day (midnight) and zone the system writes behind them.
    ``timezone``: the clock of stamps that name no zone, where the system always writes the same one (``UTC``).
    """

    recognise: Recognise
    yields: tuple[Yield, ...]
    segments: tuple[str, ...] = ()
    totals: Mapping[str, str] = {}
    nulls: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    strip_prefix: str | None = None
    id_separator: str | None = None
    duration_unit: Literal["seconds", "minutes", "hours", "hms"] | None = None
    id_form: IdForm | None = None
    days: tuple[str, ...] = ()
    timezone: Zone | None = None
    caps: tuple[int, ...] = ()
    period_above: bool = False
    sections: bool = False
    key_value: str | None = None
    notes: tuple[str, ...] = ()


class Preset(Frozen):
    """One system. ``segments`` of an object lists columns offered to ``segment_by``; ``totals`` maps a
    column to a regular expression whose matching rows are totals (structure, not data), where ``"*"`` is the
    first column of the file;
    ``strip_prefix`` is removed from the front of every cell (Shopify's apostrophe). ``stages``: lifecycle stage ->
    the system's own stages that mean it, compared like the values of ``where``; ``none``: those of no stage."""

    system: str
    title: str
    nulls: tuple[str, ...] = ("",)
    objects: Mapping[str, ExportObject]
    stages: Mapping[StageKey, tuple[str, ...]] = {}
    carries: Mapping[FactName, str] = {}


@cache
def load_presets() -> Mapping[str, Preset]:
    """The presets that ship with the package, by system, in alphabetical order; read once, and
    kept beside their files for the next run.

    Raises :class:`~clm_audit.exits.UsageError` with every mistake of every file as file:line:column.
    """
    folder = shipped("configs") / "systems"
    made_from = _sources(folder)
    found = kept(folder / "presets", made_from)
    if found is not None:
        return MappingProxyType({system: Preset.model_validate(data) for system, data in json.loads(found).items()})
    presets = read_presets(folder, ours=True)
    plain = {system: preset.model_dump(mode="json", exclude_unset=True) for system, preset in presets.items()}
    keep(folder / "presets", made_from, json.dumps(plain).encode())
    return presets


def _sources(folder: Path) -> str:
    """All that the presets of a folder are made from: their files, and our own that say what may stand in one."""
    readers = [Path(__file__).with_name(f"{name}.py") for name in _READERS]
    return "\0".join(f"{path.name}\0{path.read_text('utf-8')}" for path in (*readers, *sorted(folder.glob("*.yaml"))))


def read_presets(
    folder: Path, more: Callable[[Preset, Document], Iterator[Problem]] | None = None, *, ours: bool = False
) -> Mapping[str, Preset]:
    """The presets of a folder, by system (the file is called `<system>.yaml`); ``more`` finds further mistakes.
    ``ours``: those that ship.

    Raises :class:`~clm_audit.exits.UsageError` with every mistake of every file as file:line:column.
    """
    presets: dict[str, Preset] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        document = load(path, f"{folder.name}/{path.name}", ours=ours)
        preset, found = validate(Preset, document.data, document.where)
        problems += (*document.problems, *(mistake.problem for mistake in found))
        if preset is not None:
            problems += _mistakes(preset, path.stem, document)
            problems += more(preset, document) if more else ()
            presets[preset.system] = preset
    if problems:
        raise UsageError(problems=tuple(problems))
    return MappingProxyType(presets)


def _mistakes(preset: Preset, stem: str, document: Document) -> Iterator[Problem]:
    """What the shape alone cannot say: the file's name, and regular expressions that do not compile."""
    if preset.system != stem:
        yield Problem(f"system: must be {stem}, as the file is called", document.where(("system",)))
    for name, export in preset.objects.items():
        headers = [
            alias
            for entry in export.recognise.required
            for alias in ((entry,) if isinstance(entry, str) else entry)
            if alias.startswith("re:")
        ]
        for pattern in (*export.totals.values(), *(header.removeprefix("re:") for header in headers)):
            try:
                re.compile(pattern)
            except re.error as error:
                at = document.where(("objects", name))
                yield Problem(f"objects.{name}: a regular expression is wrong: {error}", at)
