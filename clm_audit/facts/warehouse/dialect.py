"""How each engine writes the little that engines write differently: one frozen row an engine.

This is the only place where the SQL of engines differs in parsing, zones and rounding. Everything else is built in
``cells.py`` of integers, CASE and substrings, which mean the same everywhere. ``{0}``, ``{1}`` stand for SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clm_audit.exits import DataError

BLANKS = (9, 10, 13, 160, 8199, 8239, 65279)  # beside the space: what is cut off around a cell


@dataclass(frozen=True)
class Dialect:
    """``kinds``: pattern of a type's name -> what it holds. ``matches``: whether a text fits a pattern of the common
    part of RE2, Java and POSIX. ``day``: a date as days since 1970. ``local``: the date that a stamp with a zone is in
    zone {1}; ``utc_local``: the same of a stamp without zone that is UTC. ``wide``: an integer of at least 100 bits,
    ``quotient``: the whole part of the quotient of two such. ``ordered``: text in the order of its bytes.
    ``hashed``: what texts are grouped by to find out which of them stand several times: equal ones have it in common,
    and others hardly ever do. ``first_word``: the first run of digits and small letters of ASCII, null or empty where
    there is none.
    ``fence``: what ends a subquery whose columns are to be computed once, and not again wherever they are named."""

    name: str
    kinds: tuple[tuple[str, str], ...]
    text: str = "VARCHAR"
    double: str = "DOUBLE"
    small: str = "SMALLINT"
    quote: str = '"'
    backslashes: bool = False
    matches: str = "regexp_matches({0}, {1})"
    trim: str = "trim({0}, {1})"
    blanks: str = " || ".join(["' '", *(f"chr({code})" for code in BLANKS)])
    position: str = "strpos({0}, {1})"
    part: str = "split_part({0}, {1}, {2})"
    first_word: str = "regexp_extract({0}, '[0-9a-z]+')"
    day: str = "date_diff('day', DATE '1970-01-01', {0})"
    date: str = "CAST({0} AS DATE)"
    local: str = "CAST(timezone({1}, {0}) AS DATE)"
    utc_local: str = "CAST(timezone({1}, timezone('UTC', {0})) AS DATE)"
    minus_minutes: str = "({0} - to_minutes(CAST({1} AS BIGINT)))"
    wide: str = "CAST({0} AS HUGEINT)"
    quotient: str = "({0} // {1})"
    attempt: str = "TRY_CAST({0} AS {1})"
    exact: str = "CAST({0} AS DECIMAL(38, 18))"
    ordered: str = "{0}"
    hashed: str = "{0}"
    fence: str = ""

    def name_of(self, identifier: str) -> str:
        """An identifier, quoted whatever it holds."""
        if "\0" in identifier:
            raise DataError("the name of a table or column holds a NUL character")
        return f"{self.quote}{identifier.replace(self.quote, self.quote * 2)}{self.quote}"

    def literal(self, text: str) -> str:
        """A text as a literal, whatever it holds."""
        if "\0" in text:
            raise DataError("a value to look for holds a NUL character")
        escaped = text.replace("\\", "\\\\") if self.backslashes else text
        quoted = escaped.replace("'", "\\'" if self.backslashes else "''")
        return f"'{quoted}'"

    def kind_of(self, kind: str) -> str:
        """What a column of a type holds, one of the kinds of ``model.py``."""
        written = kind.strip().casefold()
        return next((held for pattern, held in self.kinds if re.fullmatch(pattern, written)), "other")


_INTEGERS = r"u?(tiny|small|big|huge)?int(eger)?|u?int(2|4|8|16|32|64|128)|long|short|byte"
_COMMON = (
    (_INTEGERS, "integer"),
    (r"(decimal|numeric|number|bignumeric)(\(.*\))?", "decimal"),
    (r"float(4|8)?|real|double( precision)?|float64", "float"),
    (r"bool(ean)?", "boolean"),
    (r"date", "date"),
    (r"timestamp(_s|_ms|_ns)?|timestamp without time zone|timestamp_ntz|datetime|timestamp\(\d\)", "naive"),
    (r"timestamp with time zone|timestamptz|timestamp_ltz|timestamp_tz|timestamp\(\d\) with time zone", "zoned"),
    (r"(var)?char.*|character.*|text|string|uuid|enum.*|bpchar|citext|name", "text"),
)
DUCKDB = Dialect(
    "duckdb",
    _COMMON,
    # its trim by a list of characters is slow, and there is next to never anything to cut off
    trim="(CASE WHEN regexp_matches({0}, '[^!-~]') THEN trim({0}, {1}) ELSE {0} END)",
)
SPARK = Dialect(
    "spark",
    ((r"timestamp", "zoned"), *_COMMON),
    text="STRING",
    quote="`",
    backslashes=True,
    matches="({0} RLIKE {1})",
    trim="trim(BOTH {1} FROM {0})",
    blanks="'" + " " + "".join(f"\\u{code:04x}" for code in BLANKS) + "'",
    position="instr({0}, {1})",
    first_word="regexp_extract({0}, '[0-9a-z]+', 0)",
    day="unix_date({0})",
    local="CAST(convert_timezone('UTC', {1}, CAST({0} AS TIMESTAMP_NTZ)) AS DATE)",
    utc_local="CAST(convert_timezone('UTC', {1}, CAST({0} AS TIMESTAMP_NTZ)) AS DATE)",
    minus_minutes="timestampadd(MINUTE, -CAST({1} AS INT), {0})",
    wide="CAST({0} AS DECIMAL(38, 0))",
    quotient="CAST(({0}) DIV ({1}) AS DECIMAL(38, 0))",
    hashed="xxhash64({0})",
)
POSTGRES = Dialect(
    "postgres",
    _COMMON,
    text="TEXT",
    double="DOUBLE PRECISION",
    matches="({0} ~ {1})",
    trim="btrim({0}, {1})",
    first_word="substring({0} FROM '[0-9a-z]+')",
    day="(CASE WHEN isfinite({0}) THEN {0} - DATE '1970-01-01' END)",
    local="CAST(({0} AT TIME ZONE {1}) AS DATE)",
    utc_local="CAST((({0} AT TIME ZONE 'UTC') AT TIME ZONE {1}) AS DATE)",
    minus_minutes="({0} - make_interval(mins => CAST({1} AS INTEGER)))",
    wide="CAST({0} AS NUMERIC)",
    quotient="div({0}, {1})",
    attempt="CAST({0} AS {1})",
    exact="CAST({0} AS NUMERIC)",
    ordered='{0} COLLATE "C"',
    fence=" OFFSET 0",
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({one.name: one for one in (DUCKDB, SPARK, POSTGRES)})
