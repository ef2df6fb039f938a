"""Stages, surveys, events and referrals of an engine: what happens to customers on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import polars as pl

from clm_audit.facts import scores
from clm_audit.facts.places import place
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.people import customer
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.facts.warehouse.words import Words

Moments = Literal["stages", "surveys", "events", "referrals"]
OWNERS = f"{PREFIX}order_owners"
_COUNTS = "s.reason = 0 AND s.left_out IS NULL"


@dataclass(frozen=True)
class _Kind:
    """As in ``facts/moments.py``: ``day`` and ``who`` are fields, ``unique`` the record's own id, ``once`` whether the
    same values on one day are one moment. ``values``: column -> SQL over the staged rows."""

    day: str
    who: tuple[str, ...]
    values: Callable[[Making, Selection], Mapping[str, str]]
    unique: str = ""
    once: bool = False


def _stages(making: Making, one: Selection) -> Mapping[str, str]:
    presets = making.plan.presets
    preset = presets.get(one.table.space, presets.get("plain"))
    words = Words(making.session, one.table.staged, one.table.where)
    header = one.columns["stage"].name if "stage" in one.columns else ""
    meaning = partial(_place, making=making, preset=preset)
    return {"stage": "s.stage", "place": words.translated("stage", header, meaning, "s.stage")}


def _place(cells: pl.Expr, making: Making, preset: object) -> pl.Expr:
    return place(cells, making.plan, preset)  # type: ignore[arg-type]  # a preset or none, by the plan's own mapping


def _surveys(making: Making, one: Selection) -> Mapping[str, str]:
    sql = making.sql
    header = scores.kind_of_header(one.columns["score"].name)
    unsaid = sql.literal(header) if header else f"CAST(NULL AS {sql.text})"
    if "kind" not in one.fields:
        return {"score": "s.score", "kind": unsaid, "stated": f"CAST(NULL AS {sql.text})"}
    kinds: dict[str, list[str]] = {}
    for word, kind in scores.KINDS.items():
        kinds.setdefault(kind, []).append(word)
    cases = " ".join(
        f"WHEN LOWER(s.kind) IN ({', '.join(map(sql.literal, words))}) THEN {sql.literal(kind)}"
        for kind, words in sorted(kinds.items())
    )
    return {"score": "s.score", "kind": f"CASE WHEN s.kind IS NULL THEN {unsaid} {cases} END", "stated": "s.kind"}


def _events(making: Making, one: Selection) -> Mapping[str, str]:
    return {"event": making.column(one, "event", pl.String())}


def _referrals(_: Making, one: Selection) -> Mapping[str, str]:
    return {"referred": customer(one, ("referred",))[0]}


_KINDS: Mapping[Moments, _Kind] = {
    "stages": _Kind("entered", ("customer", "email"), _stages, once=True),
    "surveys": _Kind("date", ("customer", "email"), _surveys, unique="survey"),
    "events": _Kind("date", ("customer", "email"), _events, unique="event_id"),
    "referrals": _Kind("date", ("referrer",), _referrals, once=True),
}
_COLUMNS: Mapping[Moments, tuple[str, ...]] = {
    "stages": ("stage", "place"),
    "surveys": ("kind", "score"),
    "events": ("event",),
    "referrals": ("referred",),
}


def keep_moments(fact: Moments, making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make one of these tables. A record with an id of its own is known by it; others are the same when customer, day
    and values agree, and what one table says several times is kept that often (stages and referrals once)."""
    kind = _KINDS[fact]
    _keep_owners(making, parts)
    rows, selects = f"{PREFIX}{fact}_rows", []
    for one in parts:
        unique = making.column(one, kind.unique, pl.String()) if kind.unique else f"CAST(NULL AS {making.sql.text})"
        stamp = "s.stamp" if fact == "events" else "''"
        columns = {"unique_id": unique, "stamp": stamp, "day": f"s.{making.sql.name_of(kind.day)}"}
        also = ("referred",) if fact == "referrals" else ()
        columns |= {"order_number": making.column(one, "order", pl.String()), **kind.values(making, one)}
        selects.append(_owned(making, one, making.rows(one, kind.who, columns, _COUNTS, also), tuple(columns)))
    wrong = _wrong(fact)
    keys = ", ".join(
        ["space", "customer", "nobodys", "day", "stamp", *(name for name in _COLUMNS[fact] if name != "place")]
    )
    said = "ROW_NUMBER() OVER (PARTITION BY space, unique_id ORDER BY part, day, customer)"
    if kind.once:
        again = f"ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY part)"
    elif len(parts) == 1:
        again = f"CASE WHEN unique_id IS NULL THEN 1 ELSE {said} END"
    else:
        nth = f"ROW_NUMBER() OVER (PARTITION BY part, {keys}, unique_id ORDER BY day)"
        anew = f"ROW_NUMBER() OVER (PARTITION BY {keys}, nth ORDER BY part)"
        again = f"CASE WHEN unique_id IS NULL THEN {anew} ELSE {said} END"
        selects = [f"SELECT *, {nth} AS nth FROM ({each}) AS counted" for each in selects]
    every = " UNION ALL ".join(selects)
    making.session.keep(rows, f"SELECT *, {wrong} AS wrong, {again} AS again FROM ({every}) AS told")
    kept = f"SELECT * FROM {rows} WHERE wrong = 0 AND again = 1"
    names = ("customer", "day", *_COLUMNS[fact])
    making.keep(fact, kept, {name: f"f.{name}" for name in names}, parts)
    return {one.table.index: _tallies(fact, one, rows) for one in parts}


_RULES: Mapping[Moments, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "stages": (("missing_id", "customer IS NULL AND nobodys IS NULL", ("customer", "email")),),
    "surveys": (
        ("unknown_kind", "stated IS NOT NULL AND kind IS NULL", ("kind", "score")),
        ("bad_score", "NOT (score >= 0 AND (kind IS NULL OR kind NOT IN ('nps', 'good_bad')"
         " OR score <= CASE kind WHEN 'nps' THEN 10 ELSE 1 END))", ("score",)),
    ),
    "events": (),
    "referrals": (),
}  # fmt: skip


def _owned(making: Making, one: Selection, rows: str, columns: Sequence[str]) -> str:
    """The rows with the customer of their order where they name no other, and its number (``nobodys``) where nobody is
    known to be that customer."""
    listed = ", ".join(f"r.{name}" for name in columns)
    whose, join = "r.customer", ""
    if "order" in one.fields and any(each.table.space == one.table.space for each in making.orders):
        whose = "COALESCE(r.customer, b.customer)"
        join = f" LEFT JOIN {OWNERS} AS b ON r.space = b.space AND r.order_number = b.number"
    nobodys = f"CASE WHEN {whose} IS NULL THEN r.order_number END AS nobodys"
    return f"SELECT r.part, r.space, {whose} AS customer, {nobodys}, {listed} FROM ({rows}) AS r{join}"


def _keep_owners(making: Making, parts: Sequence[Selection]) -> None:
    """Order of a system -> who it belongs to, whatever became of it; orders of nobody known are not listed."""
    if not making.orders or not any("order" in one.fields for one in parts):
        return
    number = f"s.{making.sql.name_of('order')}"
    told = [making.rows(one, ("customer", "email"), {"number": number}, "TRUE") for one in making.orders]
    nth = "ROW_NUMBER() OVER (PARTITION BY space, number ORDER BY part, customer)"
    known = f"({' UNION ALL '.join(told)}) AS told WHERE number IS NOT NULL AND customer IS NOT NULL"
    making.session.keep(
        OWNERS,
        f"SELECT space, number, customer FROM (SELECT *, {nth} AS nth FROM {known}) AS ranked WHERE nth = 1",
    )


def _wrong(fact: Moments) -> str:
    """1 + the place of the rule that a row's values together break, else 0."""
    cases = " ".join(f"WHEN {test} THEN {number}" for number, (_, test, _) in enumerate(_RULES[fact], start=1))
    return f"CASE {cases} ELSE 0 END" if cases else "0"


def _tallies(fact: Moments, one: Selection, rows: str) -> tuple[Tally, ...]:
    here = f"CASE WHEN part = {one.table.index}"
    found = []
    for number, (code, _, fields) in enumerate(_RULES[fact], start=1):
        header = next((one.columns[name].name for name in fields if name in one.columns), "")
        found.append(Tally(code, header, rows, f"{here} AND wrong = {number} THEN 1 ELSE 0 END"))
    again = f"{here} AND wrong = 0 AND again > 1 THEN 1 ELSE 0 END"
    return (*own_rules(one), *found, Tally("repeated", one.columns[_KINDS[fact].day].name, rows, again, repeated=True))
