"""The truth table as Markdown: what ``docs/verdict.md`` shows and a test compares."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.verdict.truth import MANY, Range, Row

HEAD = ("row", "improved", "worsened", "no material change", "inconclusive", "decided", "more", "verdict")


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; a blank cell means any number."""
    lines = [HEAD, ("---",) * len(HEAD), *(_cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.improved, row.worsened, row.unchanged, row.undecided, row.decided)
    return (row.name, *(_range(count) for count in counts), _more(row), f"**{row.value}**")


def _range(count: Range) -> str:
    """A closed range in words.

    >>> _range((0, 0)), _range((2, MANY)), _range((2, 2)), _range((0, MANY))
    ('0', '2 or more', '2', '')
    """
    low, high = count
    if high >= MANY:
        return f"{low} or more" if low else ""
    return str(low) if low == high else f"{low} to {high}"


def _more(row: Row) -> str:
    parts = []
    if row.mostly_decided is not None:
        parts.append(
            "decided at least as many as inconclusive" if row.mostly_decided else "more inconclusive than decided"
        )
    if len(row.required) == 1 and row.required != ("decided",):
        parts.append(f"a required metric is {'inconclusive' if row.required == ('undecided',) else row.required[0]}")
    start, end = row.weeks_after
    if start:
        parts.append(f"{start:g} weeks or more since go-live")
    if end != float("inf"):
        parts.append(f"under {end:g} weeks since go-live")
    return "; ".join(parts)
