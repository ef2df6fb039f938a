"""What one table of an engine becomes: its typed rows as one SELECT, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clm_audit.config.preset import Yield
from clm_audit.facts.columns import Column
from clm_audit.facts.warehouse.model import SourceTable


@dataclass
class Selection:
    """``query`` gives its typed rows; ``columns``: field -> column of the table; ``reasons``: code and column of each
    rule, in the order of ``reason``; ``left``: why rows may be left out, the first rule that holds first;
    ``listing``: a query that nobody sends, of the rows that break a rule, with its code; ``texts``: the fields of
    customers that are texts in the table. ``capitals`` of its rows tells whether one of them is an address with
    capitals."""

    table: SourceTable
    source: Yield
    columns: Mapping[str, Column]
    segments: Mapping[str, Column]
    reasons: tuple[tuple[str, str], ...] = ()
    query: str = ""
    returned: bool = False
    fields: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    listing: str = ""
    texts: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every row of the table is among its typed rows."""
        return not self.source.where

    @property
    def by_line(self) -> bool:
        """Whether several rows make one order."""
        return bool(self.source.lines) or self.table.fact == "order_lines"
