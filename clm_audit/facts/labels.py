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


def refuse_persons(each: pl.DataFrame, columns: Mapping[str, str]) -> None:
    """Raise :class:`UsageError` when a column tells nearly every customer from the others.

    ``each``: one row a customer, one column of labels a segment column; ``columns``: name -> the setting that asks.
    """
    for name, setting in columns.items():
        filled = each[name].drop_nulls()
        if filled.n_unique() > max(PERSONAL, len(filled) / 2):
            raise UsageError(
                f"{setting}: column {name!r} has {filled.n_unique():,} values for {len(filled):,} customers;"
                " its values would name persons",
                hint="choose a column that groups customers, such as region or industry",
            )


def shown(each: pl.DataFrame, name: str, most: int = LABELS) -> pl.Expr:
    """The labels of a column as they may be shown: addresses as ``value 1`` …, rare ones beyond the
    ``most`` frequent as :data:`OTHER`."""
    label = pl.col(name)
    sizes = each.filter(label.is_not_null()).group_by(name).len().sort("len", name, descending=[True, False])
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
