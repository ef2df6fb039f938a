"""Labels of segments: they group customers and never name one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count

import polars as pl

from clm_audit.exits import UsageError

LABELS = 50  # values of a segment column that are told apart; the rest is one segment
UNITS = 400  # the same for the column of a control group, where more of them make a better comparison
OTHER = "(other)"
PERSONAL = 20  # labels from which a column with one for every second customer is taken to name persons
_ADDRESS = r"\S@\S"


def refuse_persons(each: pl.DataFrame, columns: Mapping[str, str], weight: str | None = None) -> None:
    """Raise :class:`UsageError` when a column tells nearly every customer from the others.

    ``each``: one row a customer, one column of labels a segment column; ``columns``: name -> the setting that asks.
    ``weight``: a column that says for how many customers a row stands.
    """
    for name, setting in columns.items():
        filled = each.filter(pl.col(name).is_not_null())
        values, customers = filled[name].n_unique(), filled.height if weight is None else int(filled[weight].sum())
        if values > max(PERSONAL, customers / 2):
            raise UsageError(
                f"{setting}: column {name!r} has {values:,} values for {customers:,} customers;"
                " its values would name persons",
                hint="choose a column that groups customers, such as region or industry",
            )


def shown(each: pl.DataFrame, name: str, most: int = LABELS, weight: str | None = None) -> pl.Expr:
    """The labels of a column as they may be shown: addresses as ``value 1`` …, rare ones beyond the
    ``most`` frequent as :data:`OTHER`. ``weight`` as in :func:`refuse_persons`."""
    label = pl.col(name)
    size = pl.len() if weight is None else pl.col(weight).sum()
    sizes = each.filter(label.is_not_null()).group_by(name).agg(size.alias("len"))
    sizes = sizes.sort("len", name, descending=[True, False])
    kept = sizes[name].to_list()[:most]
    rest = pl.when(label.is_null() | label.is_in(kept)).then(label).otherwise(pl.lit(OTHER))
    if not sizes.select(label.str.contains(_ADDRESS).any()).item():
        return label if sizes.height <= most else rest.alias(name)
    masked = without_addresses(kept)
    return rest.replace(dict(zip(kept, masked, strict=True))).alias(name)


def without_addresses(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels with ``value 1`` … in place of those that hold an address.

    >>> without_addresses(["North", "ann@x.org", "bob@x.org"])
    ('North', 'value 1', 'value 2')
    """
    numbers = count(1)
    return tuple(f"value {next(numbers)}" if re.search(_ADDRESS, label) else label for label in labels)
