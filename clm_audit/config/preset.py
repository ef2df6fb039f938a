"""What a system preset (`configs/systems/<system>.yaml`) may say, and loading them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from clm_audit.config.base import Frozen

FactName = Literal[
    "customers",
    "orders",
    "order_lines",
    "tickets",
    "sends",
    "responses",
    "campaigns",
    "spend",
    "series",
]
Combine = Literal["first_nonblank", "sum"]


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
    non-blank value) are of this fact; one row may serve several yields (delivered, opened, clicked).
    ``constants``: fact field -> fixed text. ``lines``: for one-row-per-item exports, how order-level
    fields are combined over the rows of one order. ``left_out``: rows understood but not counted:
    reason -> column -> values (case-insensitive; ``"*"`` = any non-blank value).
    ``counted``: column -> the only values that count (e.g. deal stage won); others are left out as
    ``not_won``; values in neither list are reported with their counts. Of several columns the first
    that holds a value decides.
    In ``where``, ``left_out`` and ``counted`` a column is named by a field of ``fields`` or by its
    header, and a value that starts with ``re:`` is a regular expression. ``fields`` may hold helper
    fields for this (``event``) that are no part of the fact.
    """

    fact: FactName
    fields: Mapping[str, tuple[str, ...]]
    where: Mapping[str, tuple[str, ...]] = {}
    constants: Mapping[str, str] = {}
    lines: Mapping[str, Combine] = {}
    left_out: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    counted: Mapping[str, tuple[str, ...]] = {}
    category: str | None = None


class ExportObject(Frozen):
    """One kind of export of a system (orders, contacts, tickets, …).

    ``id_separator``: a cell may hold several customer ids joined by it; the first one counts.
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
    caps: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


class Preset(Frozen):
    """One system. ``segments`` of an object lists columns offered to ``segment_by``; ``totals`` maps a
    column to a regular expression whose matching rows are totals (structure, not data);
    ``strip_prefix`` is removed from the front of every cell (Shopify's apostrophe)."""

    system: str
    title: str
    nulls: tuple[str, ...] = ("",)
    objects: Mapping[str, ExportObject]
    carries: Mapping[FactName, str] = {}
