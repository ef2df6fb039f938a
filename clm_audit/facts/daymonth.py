"""Which of its possible forms a column of dates has, and what settles it: every row is asked, none is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clm_audit.exits import DataError
from clm_audit.facts.dates import ISO, ZONED, DateFormat
from clm_audit.facts.model import How
from clm_audit.facts.shapes import Shape

DAY_FIRST, MONTH_FIRST, EXCEL, EXCEL_1904 = "day first", "month first", "excel", "excel 1904"
ZEROS = {EXCEL: date(1899, 12, 30), EXCEL_1904: date(1904, 1, 1)}
_REMEDY = (
    "say `dates: day first` or `dates: month first` for this path in `sources`, write the dates as YYYY-MM-DD,"
    " or add a file of the same export where a day is above 12"
)
_TWO_DIGITS = "say how they are written for this path in `sources`, as `dates: '%d/%m/%y'`, or export four digits"


@dataclass(frozen=True)
class Decision:
    """``form`` of a column (None while day and month are open, ``shape`` being what was seen), ``how`` it was
    settled and by how many ``rows``, and the ``note`` that says so."""

    form: DateFormat | None
    how: How = "form"
    rows: int = 0
    note: str = ""
    shape: Shape | None = None


def decide(header: str, shapes: Sequence[Shape], said: str | None, where: str) -> Decision:
    """Decide by the most frequent shape; ``said``: what the configuration says about the dates of the source.

    Raises :class:`DataError` when rows contradict each other or the configuration, or the year stays open.
    """
    if not shapes:
        return Decision(ISO)
    mixed = _mixed(header, shapes[:2], said, where)
    if mixed:
        return mixed
    best = shapes[0]
    if best.form.order not in ("dmy", "mdy"):
        note = "" if best.form.order == "iso" else f"{header}: dates read as {best.form.name}"
        if best.form.digits == 2:
            note += ", years below 70 as of this century"
        return Decision(best.form, note=note)
    decision = _day_or_month(header, best, said, where)
    if decision.form and best.form.digits == 2:
        first_is_month = decision.form.order == "mdy"
        if not (first_is_month and best.month_first) and not best.year_is_last:
            what = f"column {header!r} has years of two digits, and no row proves which of the three parts they are"
            raise DataError(what, where=where, hint=_TWO_DIGITS)
        return replace(decision, note=f"{decision.note}; years below 70 as of this century")
    return decision


def _mixed(header: str, shapes: Sequence[Shape], said: str | None, where: str) -> Decision | None:
    """Two forms of which no cell can have both: with and without an offset, or year first beside three parts.

    A spreadsheet that reads some days as months writes those dates in its own form, and none has a day above 12;
    so year-first dates are believed beside others only where one of them has.
    """
    by_form = {shape.form: shape for shape in shapes}
    iso = by_form.pop(ISO, None)
    if iso is None or not by_form:
        return None
    (other,) = by_form.values()
    if other.form == ZONED:
        form = replace(ISO, beside=ZONED)
        return Decision(form, note=f"{header}: dates read as {form.name}, each as it is written")
    if other.form.order != "dmy" or other.form.digits != 4 or not iso.day_first:
        return None
    decision = _day_or_month(header, other, said, where)
    if decision.form is None:
        return None
    note = f"{decision.note}; {iso.cells:,} as {ISO.name}"
    return replace(decision, form=replace(decision.form, beside=ISO), note=note)


def _day_or_month(header: str, shape: Shape, said: str | None, where: str) -> Decision:
    day = shape.form
    month = replace(day, order="mdy")
    if shape.day_first and shape.month_first:
        what = f"column {header!r} mixes dates with the day first ({shape.day_first:,} rows prove it) and dates with"
        what += f" the month first ({shape.month_first:,} rows)"
        raise DataError(what, where=where, hint="write the dates as YYYY-MM-DD in the export")
    rows, form = (shape.day_first, day) if shape.day_first else (shape.month_first, month)
    if said in (DAY_FIRST, MONTH_FIRST):
        wanted = day if said == DAY_FIRST else month
        if rows and form != wanted:
            place = "first" if shape.day_first else "second"
            what = f"column {header!r}: `dates: {said}` cannot be, because {rows:,} rows have a day above 12 in the"
            raise DataError(f"{what} {place} place", where=where, hint="correct or leave out `dates:` for this path")
        return Decision(wanted, "said", 0, f"{header}: dates read as {wanted.name}, as the configuration says")
    if rows:
        because = f"because {rows:,} {'row has' if rows == 1 else 'rows have'} a day above 12"
        return Decision(form, "proved", rows, f"{header}: dates read as {form.name}, {because}")
    if day.separator == "." and day.digits == 4:
        return Decision(day, note=f"{header}: dates read as {day.name}")
    return Decision(None, shape=shape)


def settle_open(header: str, shape: Shape, sibling: DateFormat | None, where: str) -> Decision:
    """Use what another file of the same export proved about day and month.

    Raises :class:`DataError` when there is none, or it writes its dates differently.
    """
    if sibling is None or (sibling.separator, sibling.digits) != (shape.form.separator, shape.form.digits):
        what = f"column {header!r}: every date can be read with the day first and with the month first"
        raise DataError(what, where=where, hint=_REMEDY)
    sibling = replace(sibling, beside=None)
    note = f"{header}: dates read as {sibling.name}, as another file of the same export proves"
    return Decision(sibling, "sibling", 0, note)
