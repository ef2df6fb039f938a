"""The clock of stamps without a zone, where a header or the system says it."""

from __future__ import annotations

from clm_audit.exits import DataError
from clm_audit.facts.clocks import zone_named
from clm_audit.facts.columns import Column
from clm_audit.facts.warehouse.model import SourceTable


def zone_of(table: SourceTable, column: Column, audit: str) -> str | None:
    """``UTC`` or the ``audit``'s zone where it is stated; None where it is not.

    Raises :class:`DataError` for any other zone: stamps of it would have to be moved from clock to clock.
    """
    written = column.captured.get("tz")
    zone = (zone_named(written) or written) if written else table.object.timezone
    if zone not in (None, "UTC", audit):
        what = f"{table.name}: column {column.name} states a clock of its own, {zone}"
        raise DataError(what, where=table.where, hint="cast it to a stamp with a zone in a view")
    return zone
