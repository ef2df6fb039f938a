"""What the proof pass knows of a delimited file."""

from __future__ import annotations

from dataclasses import dataclass

from clm_audit.intake.detour import Detour


@dataclass(frozen=True)
class Proof:
    """A proved span of a file, in bytes of the file that was proved.

    ``height`` counts data records, ``blank`` empty lines (nothing, spaces, or separators only),
    ``odd`` accepted totals and footers of another width. Data lie in ``[first, last)``; ``drops`` are
    what is no row within it as ``[start, stop)`` pairs; ``odd_after`` says that something of the kind
    follows the last data record. ``detours`` are the faulty regions, with what became of them. ``tight``: no cell
    begins or ends with a blank, and none of those regions is there.
    """

    height: int
    blank: int
    odd: int
    first: int
    last: int
    drops: tuple[tuple[int, int], ...]
    odd_after: bool
    detours: tuple[Detour, ...] = ()
    tight: bool = False

    @property
    def even(self) -> bool:
        """Whether it is proved that every line is one row; of files with quotes or blanks at edges nobody asks."""
        return self.tight and self.height > 0 and not (self.blank or self.odd or self.drops or self.odd_after)
