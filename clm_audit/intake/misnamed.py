"""A header with a name less than its rows have cells: whether a separator was lost between two of its names.

Rows that end with a separator more than the header are common and harmless. But where the last column of a table is
blank throughout, a header that lost one of its separators looks the same, and every name from there on stands a
column too far to the left. The names tell: `Price` above codes, `URL` above sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.intake.shapes import NUMBER, WHOLE, Column

_LEAST = 3  # filled cells that say what a column holds
_NEARLY_ALL, _NEXT_TO_NONE = 0.9, 0.1
_SAYS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("url", "link", "website"), ("link",)),
    (("mail",), ("mail",)),
    (("date", "datum", "fecha"), ("date",)),
    (("price", "amount", "qty", "quantity", "betrag", "preis", "menge", "importe", "montant"), (WHOLE, NUMBER)),
)


def misnamed(names: Sequence[str], columns: Sequence[Column], quote: str) -> bool:
    """Whether names, one fewer than the columns or more, seem to have lost a separator between two of them.

    Either a name holds the quote that stood there, or names that say something else than what stands below them all
    fit once a column is left out before them.
    """
    if quote and any(quote in name.strip(quote) for name in names):
        return True
    agreed, against = _agree(names, columns)
    moved = (_agree((*names[:at], "", *names[at:]), columns) for at in range(1, len(names)))
    return against > 0 and any(left == 0 and agree > agreed for agree, left in moved)


def numbered_apart(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a first column that counts up has no name, and the names are those of the columns behind it: not where
    they then say something else than what stands below them, and did not before."""
    columns = [Column(cells) for cells in zip(*rows, strict=True)]
    (agreed, _), (_, against) = _agree(names, columns), _agree(("", *names), columns)
    return not (agreed and against)


def _agree(names: Sequence[str], columns: Sequence[Column]) -> tuple[int, int]:
    """How many names say what stands below them, and how many say something else."""
    agree = against = 0
    for name, column in zip(names, columns, strict=False):
        kinds = next((kinds for parts, kinds in _SAYS if any(part in name.casefold() for part in parts)), ())
        if kinds and column.filled >= _LEAST:
            share = sum(count for kind, count in column.shapes.items() if kind.startswith(kinds))
            agree += share >= _NEARLY_ALL * column.filled
            against += share <= _NEXT_TO_NONE * column.filled
    return agree, against
