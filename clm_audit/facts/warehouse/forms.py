"""Ids that one system writes in several forms -> the one form in which they join, as SQL: ``facts/idforms.py``.

The last three characters of a Salesforce id of 18 say of five letters each which of them are capitals. So an id of 15
characters, whose case matters, gets them, and one of 18 whose case something changed gets its own case back.
"""

from __future__ import annotations

from clm_audit.config.preset import IdForm
from clm_audit.facts.warehouse.cells import fits
from clm_audit.facts.warehouse.dialect import Dialect

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABET = f"{_CAPITALS}012345"
_SHORT, _LONG = "^[0-9A-Za-z]{15}$", "^[0-9A-Za-z]{15}[A-Za-z0-5]{3}$"
_GUID = "^[{]?[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}[}]?$"
_PLACES = range(15)


def one_form(sql: Dialect, cell: str, form: IdForm) -> str:
    """The text of a cell (the name of a column) in the one form of its system; what is no such id stays as it is."""
    if form == "guid":
        bare = f"LOWER(replace(replace({cell}, '{{', ''), '}}', ''))"
        return f"CASE WHEN {fits(sql, cell, _GUID)} THEN {bare} ELSE {cell} END"
    lengthened = f"{cell} || {' || '.join(_ending(sql, cell, start) for start in (0, 5, 10))}"
    told = " || ".join([*(_letter(sql, cell, place) for place in _PLACES), f"UPPER(substr({cell}, 16))"])
    return (
        f"CASE WHEN {fits(sql, cell, _SHORT)} THEN {lengthened}"
        f" WHEN {fits(sql, cell, _LONG)} THEN CASE WHEN {_can_be(sql, cell)} THEN {told} ELSE {cell} END"
        f" ELSE {cell} END"
    )


def _at(sql: Dialect, letters: str, letter: str) -> str:
    """The place of a letter among some, from 1; 0 where it is none of them."""
    return sql.position.format(sql.literal(letters), letter)


def _ending(sql: Dialect, cell: str, start: int) -> str:
    """The character that says which of the five after ``start`` are capitals."""
    bits = (
        f"CASE WHEN {_at(sql, _CAPITALS, f'substr({cell}, {start + place + 1}, 1)')} > 0 THEN {2**place} ELSE 0 END"
        for place in range(5)
    )
    return f"substr({sql.literal(_ALPHABET)}, 1 + {' + '.join(bits)}, 1)"


def _capital(sql: Dialect, cell: str, place: int) -> str:
    """Whether the ending of an id of 18 characters says that the letter at a place is a capital."""
    number = f"({_at(sql, _ALPHABET, f'UPPER(substr({cell}, {16 + place // 5}, 1))')} - 1)"
    return f"MOD({number}, {2 ** (place % 5 + 1)}) >= {2 ** (place % 5)}"


def _letter(sql: Dialect, cell: str, place: int) -> str:
    letter = f"substr({cell}, {place + 1}, 1)"
    return f"CASE WHEN {_capital(sql, cell, place)} THEN UPPER({letter}) ELSE LOWER({letter}) END"


def _can_be(sql: Dialect, cell: str) -> str:
    """Whether the ending can be true: no digit is a capital."""
    digits = (
        f"({_capital(sql, cell, place)} AND {_at(sql, _CAPITALS, f'UPPER(substr({cell}, {place + 1}, 1))')} = 0)"
        for place in _PLACES
    )
    return f"NOT ({' OR '.join(digits)})"
