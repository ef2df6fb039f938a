"""Ids that one system writes in several forms: an engine compares them as they are written, so they must be in one."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.exits import DataError
from clm_audit.facts.warehouse.model import Session
from clm_audit.facts.warehouse.select import Selection


def check_forms(session: Session, selections: Sequence[Selection], keys: str) -> None:
    """Raise :class:`DataError` where Salesforce ids stand with 15 characters, or in two spellings of their case.

    ``keys``: the table that holds every key (``system:id``) once. Ids of 18 characters in one spelling need no change.
    """
    sql = session.dialect
    for space, where in {
        one.table.space: one.table.where for one in selections if one.table.object.id_form == "salesforce"
    }.items():
        short, long = (
            sql.matches.format("key", sql.literal(f"^{space}:{shape}$"))
            for shape in ("[0-9A-Za-z]{15}", "[0-9A-Za-z]{15}[A-Za-z0-5]{3}")
        )
        ((shortened,),) = session.rows(f"SELECT COUNT(*) FROM {keys} WHERE {short}")
        ((twice,),) = session.rows(f"SELECT COUNT(*) - COUNT(DISTINCT LOWER(key)) FROM {keys} WHERE {long}")
        if shortened or twice:
            what = f"ids of {space} stand in several forms: {shortened:,} have 15 characters, {twice:,} another case"
            raise DataError(what, where=where, hint="give the ids of 18 characters as the system writes them")
