"""Sends and responses of an engine: each recipient once a campaign (and kind)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.facts.messages import KINDS
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.selection import Selection

CAMPAIGNS = f"{PREFIX}campaign_codes"
_PARTS = 10_000  # more than there are tables: the part is the last digits of what rows are chosen by
_DAYS = 1_000_000
_COUNTS = "s.reason = 0 AND s.left_out IS NULL"


def keep_campaigns(session: Session, selections: Sequence[Selection]) -> None:
    """Keep the code of each campaign: the place of its name among all of them."""
    named = [
        f"SELECT campaign AS name FROM {one.table.staged} WHERE campaign IS NOT NULL"
        for one in selections
        if "campaign" in one.fields
    ]
    if named:
        session.keep_codes(CAMPAIGNS, f"SELECT DISTINCT name FROM ({' UNION ALL '.join(named)}) AS named")


def keep_sends(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_sends``: delivered if any row of a recipient and campaign says so, on the first such day."""
    selects = []
    for one in parts:
        delivered = "COALESCE(s.delivered, FALSE)" if "delivered" in one.fields else "TRUE"
        if "bounced" in one.fields:
            delivered = f"({delivered} AND NOT COALESCE(s.bounced, FALSE))"
        columns = {"campaign": "s.campaign", "day": "s.sent", "missed": f"CASE WHEN {delivered} THEN 0 ELSE 1 END"}
        selects.append(making.rows(one, ("recipient",), columns, _COUNTS))
    rows = f"{PREFIX}send_rows"
    _keep_rows(making, rows, selects)
    chosen = _once(making, rows, f"missed * {_DAYS * _PARTS} + day * {_PARTS} + part", ())
    values = {
        "campaign": "f.campaign",
        "recipient": "f.recipient",
        "day": _day(making),
        "delivered": _delivered(making),
    }
    making.keep("sends", _with_part(chosen), values, parts, "recipient")
    return {one.table.index: _tallies(one, rows, chosen) for one in parts}


def keep_responses(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_responses``: each kind once, on the first day; a kind of an unknown name is rejected."""
    day = f"s.{making.sql.name_of('date')}"
    selects = [
        making.rows(one, ("recipient",), {"campaign": "s.campaign", "day": day, "kind": _kind(making, one)}, _COUNTS)
        for one in parts
    ]
    rows = f"{PREFIX}response_rows"
    _keep_rows(making, rows, selects)
    chosen = _once(making, rows, f"day * {_PARTS} + part", ("kind",))
    values = {"campaign": "f.campaign", "recipient": "f.recipient", "day": _day(making), "kind": "f.kind"}
    making.keep("responses", _with_part(chosen), values, parts, "recipient")
    return {one.table.index: _tallies(one, rows, chosen, nameless=True) for one in parts}


def _kind(making: Making, one: Selection) -> str:
    """What kind of response it is; null for a word that nobody knows."""
    sql = making.sql
    if "kind" not in one.fields:
        return "'responded'"
    words: dict[str, list[str]] = {}
    for word, kind in KINDS.items():
        words.setdefault(kind, []).append(word)
    cases = " ".join(
        f"WHEN LOWER(s.kind) IN ({', '.join(map(sql.literal, some))}) THEN {sql.literal(kind)}"
        for kind, some in sorted(words.items())
    )
    return f"CASE WHEN s.kind IS NULL THEN 'responded' {cases} END"


def _keep_rows(making: Making, name: str, selects: Sequence[str]) -> None:
    """The rows with the code of their campaign; their ``customer`` is the recipient."""
    every = " UNION ALL ".join(selects)
    making.session.keep(
        name,
        f"SELECT r.*, c.code, r.customer AS recipient FROM ({every}) AS r JOIN {CAMPAIGNS} AS c ON r.campaign = c.name",
    )


def _once(making: Making, rows: str, first: str, more: tuple[str, ...]) -> str:
    """Keep one row a key, the smallest by a number whose last digits are its part; the name of that table."""
    chosen = f"{rows}_once"
    keys = ", ".join(("code", "recipient", *more))
    known = " AND ".join(f"{name} IS NOT NULL" for name in ("recipient", *more))
    wide = f"CAST({first} AS BIGINT)"
    making.session.keep(chosen, f"SELECT {keys}, MIN({wide}) AS chosen FROM {rows} WHERE {known} GROUP BY {keys}")
    return chosen


def _with_part(chosen: str) -> str:
    return f"SELECT *, code AS campaign, {_part()} AS part FROM {chosen}"


def _part() -> str:
    return f"MOD(chosen, {_PARTS})"


def _whole(making: Making, number: str, by: int) -> str:
    """The whole part of a quotient of int64."""
    wide = making.sql.wide.format
    return f"CAST({making.sql.quotient.format(wide(number), wide(by))} AS BIGINT)"


def _day(making: Making) -> str:
    days = _whole(making, "f.chosen", _PARTS)
    return f"({days} - {_whole(making, 'f.chosen', _PARTS * _DAYS)} * {_DAYS})"


def _delivered(making: Making) -> str:
    return f"({_whole(making, 'f.chosen', _PARTS * _DAYS)} = 0)"


def _tallies(one: Selection, rows: str, chosen: str, *, nameless: bool = False) -> tuple[Tally, ...]:
    """Rows of the same key beside the chosen one are repeated."""
    header = next(one.columns[name].name for name in ("kind", "recipient", "campaign") if name in one.columns)
    here = f"CASE WHEN part = {one.table.index} THEN"
    known = f"recipient IS NOT NULL{' AND kind IS NOT NULL' if nameless else ''}"
    kept = f"SELECT MOD(chosen, {_PARTS}) AS part, 0 AS told, 1 AS kept FROM {chosen}"
    told = f"SELECT part, CASE WHEN {known} THEN 1 ELSE 0 END AS told, 0 AS kept FROM {rows}"
    both = f"({kept} UNION ALL {told}) AS both_{one.table.index}"
    found = (Tally("repeated", header, both, f"{here} told - kept ELSE 0 END", repeated=True),)
    nobody = f"{here} CASE WHEN {known} THEN 0 ELSE 1 END ELSE 0 END"
    lost = (Tally("unknown_kind", header, rows, nobody),) if nameless else ()
    return (*own_rules(one), *lost, *found)
