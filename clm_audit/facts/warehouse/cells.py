"""Cells of an engine's table -> typed values, as SQL that means the same as ``facts/readers.py``."""

from __future__ import annotations

from clm_audit.config.plan import Side
from clm_audit.facts.common import SIDES
from clm_audit.facts.durations import Unit
from clm_audit.facts.warehouse.dialect import Dialect

LARGEST = 10**17
_SAFE_WHOLE = 10**11  # as in readers.py: larger whole amounts could leave int64 in their sums
_SAFE_FLOAT = 10**13
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
_DAY = (
    "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP})"
)
_TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"
ISO = f"^{_DAY}([ T]+{_TIME}( ?[AaPp][.]?[Mm][.]?)?)?$"
_OFFSET = "(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)"
ZONED = f"^{_DAY}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)? ?{_OFFSET}$"
PLAIN = r"^[+-]?([0-9]{1,15}([.][0-9]{0,18})?|[.][0-9]{1,18})$"
COLON = "':'"
FALSE = ("0", "0.0", "false", "no", "n", "f", "never", "none")


def iso_day(sql: Dialect, cell: str, zone: str, stated: str | None) -> str:
    """The day of an ISO text: as it stands, or in the audit's zone where it names an offset."""
    date = sql.day.format(sql.attempt.format(f"substr({cell}, 1, 10)", "DATE"))
    written = f"substr({cell}, 1, 10) || ' ' || substr({cell}, 12, 5) || ':00'"
    moment = sql.attempt.format(written, "TIMESTAMP")
    shifted = sql.minus_minutes.format(moment, _offset(sql, cell))
    zoned = sql.day.format(sql.utc_local.format(shifted, sql.literal(zone)))
    naive = date
    if stated == "UTC" and zone != "UTC":
        timed = fits(sql, cell, f"^{_DAY}[ T]([01][0-9]|2[0-3]):")
        local = sql.day.format(sql.utc_local.format(moment, sql.literal(zone)))
        naive = f"CASE WHEN {timed} THEN {local} ELSE {date} END"
    return f"CASE WHEN {fits(sql, cell, ISO)} THEN {naive} WHEN {fits(sql, cell, ZONED)} THEN {zoned} END"


def _offset(sql: Dialect, cell: str) -> str:
    """Minutes ahead of UTC of a text that fits :data:`ZONED`."""

    def minutes(back: int, colon: int) -> str:
        start = f"length({cell}) - {back}"
        sign = f"CASE substr({cell}, {start}, 1) WHEN '-' THEN -1 ELSE 1 END"
        hours = sql.attempt.format(f"substr({cell}, {start} + 1, 2)", "INTEGER")
        rest = sql.attempt.format(f"substr({cell}, {start} + {3 + colon}, 2)", "INTEGER") if back > 2 else "0"
        return f"({sign}) * ({hours} * 60 + {rest})"

    return (
        f"CASE WHEN {fits(sql, cell, '[+-][0-9]{2}:[0-9]{2}$')} THEN {minutes(5, 1)}"
        f" WHEN {fits(sql, cell, '[+-][0-9]{4}$')} THEN {minutes(4, 0)}"
        f" WHEN {fits(sql, cell, ':[0-9.,]+ ?[+-][0-9]{2}$')} THEN {minutes(2, 0)} ELSE 0 END"
    )


def fits(sql: Dialect, cell: str, pattern: str) -> str:
    """Whether a text fits a pattern."""
    return sql.matches.format(cell, sql.literal(pattern))


def one_of(sql: Dialect, cell: str, values: tuple[str, ...]) -> str:
    """Whether a text is one of some values, exactly; false where there is none."""
    if not values:
        return "FALSE"
    return f"COALESCE({cell} IN ({', '.join(map(sql.literal, values))}), FALSE)"


def units_of_text(sql: Dialect, cell: str, places: int) -> str:
    """A plain decimal text as a whole number of its 10^-``places``, rounded half to even; no float, no decimal."""
    bare = f"CASE WHEN substr({cell}, 1, 1) IN ('+', '-') THEN substr({cell}, 2) ELSE {cell} END"
    behind = sql.part.format(f"({bare})", "'.'", 2)
    fraction = f"rpad({behind}, 18, '0')"
    digits = sql.part.format(f"({bare})", "'.'", 1)
    whole = sql.attempt.format(f"'0' || {digits}", "BIGINT")
    head = sql.attempt.format(f"'0' || substr({fraction}, 1, {places})", "BIGINT")
    size = f"({whole} * {10**places} + {head})"
    rest, half = f"substr({fraction}, {places + 1})", f"'{'5'.ljust(18 - places, '0')}'"
    up = f"CASE WHEN {rest} > {half} OR ({rest} = {half} AND MOD({size}, 2) = 1) THEN 1 ELSE 0 END"
    sign = f"CASE WHEN substr({cell}, 1, 1) = '-' THEN -1 ELSE 1 END"
    limit = f"length(CAST({whole} AS {sql.text})) <= {18 - places}"
    return within(f"CASE WHEN {fits(sql, cell, PLAIN)} THEN CASE WHEN {limit} THEN ({sign}) * ({size} + {up}) END END")


def within(units: str) -> str:
    """Null where a number is so large that sums could leave int64."""
    return f"CASE WHEN ABS({units}) < {LARGEST} THEN {units} END"


def units_of_float(number: str, places: int) -> str:
    """A float as a whole number of its 10^-``places``, rounded half to even by the product of the float."""
    scaled = f"({number} * {10**places}.0)"
    rest, down = f"({scaled} - FLOOR({scaled}))", f"FLOOR({scaled})"
    odd = f"FLOOR({down} / 2.0) * 2.0 <> {down}"
    rounded = f"{down} + CASE WHEN {rest} > 0.5 OR ({rest} = 0.5 AND {odd}) THEN 1 ELSE 0 END"
    limit = _SAFE_FLOAT // 10 ** (places - 2) if places > 2 else _SAFE_FLOAT
    return f"CASE WHEN ABS({number}) < {limit} THEN CAST({rounded} AS BIGINT) END"


def units_of_decimal(sql: Dialect, number: str, digits: int, places: int) -> str:
    """A decimal with ``digits`` after its point as a whole number of its 10^-``places``."""
    if digits <= places:
        limit = LARGEST // 10**places
        return f"CASE WHEN ABS({number}) < {limit} THEN CAST({number} * {10**places} AS BIGINT) END"
    return units_of_text(sql, f"CAST({number} AS {sql.text})", places)


def units_of_integer(number: str, places: int) -> str:
    """A whole number in units of 10^-``places``."""
    return f"CASE WHEN ABS({number}) < {_SAFE_WHOLE} THEN CAST({number} AS BIGINT) * {10**places} END"


def half_even(sql: Dialect, above: str, below: str) -> str:
    """The quotient of two wide whole numbers, rounded half to even, as int64; ``below`` > 0."""
    size = f"ABS({above})"
    whole = sql.quotient.format(size, below)
    twice = f"(({size} - {whole} * {below}) * 2)"
    up = f"CASE WHEN {twice} > {below} OR ({twice} = {below} AND MOD({whole}, 2) = 1) THEN 1 ELSE 0 END"
    return f"CAST((CASE WHEN {above} < 0 THEN -1 ELSE 1 END) * ({whole} + {up}) AS BIGINT)"


def points(sql: Dialect, text: str) -> str:
    """Whole points of a survey; *good* and *bad* are 1 and 0; what is neither is null."""
    whole = sql.part.format(f"replace({text}, ',', '.')", "'.'", 1)
    words = {1: "^(good|thumbs up)([^a-z0-9_]|$)", 0: "^(bad|thumbs down)([^a-z0-9_]|$)"}
    said = " ".join(f"WHEN {fits(sql, f'LOWER({text})', shape)} THEN {point}" for point, shape in words.items())
    number = fits(sql, text, "^[+-]?[0-9]{1,4}([.,]0+)?$")
    return f"CASE WHEN {number} THEN {sql.attempt.format(whole, 'INTEGER')} {said} END"


def seconds(sql: Dialect, text: str, unit: Unit) -> str:
    """Whole seconds of a duration: a number in a unit, or a clock (``H:MM``, ``H:MM:SS``)."""
    each = {"seconds": 1, "minutes": 60, "hours": 3600, "hms": 1}[unit]
    micros = units_of_text(sql, text, 6)
    plain = half_even(sql, f"({sql.wide.format(micros)} * {each})", sql.wide.format(10**6))
    if unit == "hms":
        plain = f"CASE WHEN ({micros}) = 0 THEN 0 END"
    hours, minutes, rest = (
        sql.attempt.format(f"NULLIF({sql.part.format(text, COLON, at)}, '')", "BIGINT") for at in (1, 2, 3)
    )
    is_clock = fits(sql, text, "^[0-9]{1,6}:[0-5][0-9](:[0-5][0-9])?$")
    return f"CASE WHEN {is_clock} THEN {hours} * 3600 + {minutes} * 60 + COALESCE({rest}, 0) ELSE {plain} END"


def side(sql: Dialect, given: Side) -> str:
    """The side of go-live that rows may count for."""
    return f"CAST({SIDES[given]} AS {sql.small})"
