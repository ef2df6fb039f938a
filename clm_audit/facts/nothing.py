"""Why no row counts: the reason that took most of them, by name, so that nobody has to search for it."""

from __future__ import annotations

from collections import Counter

from clm_audit.config.plan import AuditPlan
from clm_audit.exits import DataError
from clm_audit.facts.model import Facts


class NothingDatedError(DataError):
    """No row with a date counts, so that there is nothing to measure."""


def nothing_dated(plan: AuditPlan, facts: Facts) -> NothingDatedError:
    """The error for facts without any dated row that counts: what became of most rows, and where to look."""
    where, why = "", ", because no file is recognised"
    rejected = sum(record.rows.rejected for record in facts.files)
    rows = sum(record.rows.read - record.rows.structure for record in facts.files)
    left = Counter({name: count for name, count in facts.evidence.items() if ".left_out." in name and count})
    if rejected and facts.rejects:
        seen = Counter((reject.code, reject.column, reject.file) for reject in facts.rejects)
        (code, column, where), _ = seen.most_common(1)[0]
        why = f": {rejected:,} of {rows:,} rows were rejected, mostly with {code} (column {column!r})"
        if code == "conflicting_rows" and facts.evidence.get("orders.ids_excel_float"):
            why += ", because a spreadsheet wrote their numbers with an exponent (1.05E+11): export them again"
    elif left:
        name, count = left.most_common(1)[0]
        fact, _, reason = name.split(".")
        why = f": {count:,} {fact} are understood and not counted ({reason.replace('_', ' ')})"
    elif facts.files and not rows:
        why = ": the tables hold no rows" if facts.session is not None else ": the files hold a header and no rows"
    elif facts.files:
        why = ": the files hold no orders, tickets, sends, campaigns or spend"
    paths = " ".join(str(source.path) for source in plan.sources if source.path)
    hint = f"run clm-audit check {paths} to see what became of every row".replace("  ", " ")
    return NothingDatedError(f"no row with a date that counts{why}", where=where, hint=hint)
