"""Reading one record strictly, at any place of a text: the judge of what is beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clm_audit.intake.dialect import Dialect

_END = re.compile(r"\r{0,2}\n|\r|\Z")


@dataclass(frozen=True)
class Strict:
    """A record that keeps the rules: its cells, which of them were quoted, and where it and its line end stop."""

    cells: tuple[str, ...]
    quoted: tuple[bool, ...]
    stop: int
    end: str


class StrictReader:
    """Reads single records of one dialect; any line end outside quotes ends a record."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        mark, wrap = re.escape(dialect.separator), re.escape(dialect.quote)
        gap, tail = ("(?: ?| *(?=" + (wrap or "(?!)") + "))", " *") if dialect.spaced else ("", "")
        slash = r"\\" if dialect.escape else ""
        other = rf"[^{mark}{wrap}{slash}\r\n]" if len(dialect.separator) == 1 else rf"(?!{mark})[^{wrap}{slash}\r\n]"
        plain = rf"((?:{other}|\\.)*)" if dialect.escape else rf"((?:{other})*)"
        inner = rf"[^{wrap}{slash}]*"
        more = rf"(?:(?:{wrap}{wrap}|\\.){inner})*" if dialect.escape else rf"(?:{wrap}{wrap}{inner})*"
        quoted = rf"{wrap}({inner}{more}){wrap}{tail}|" if dialect.quote else "(?!)()|"
        self._cell = re.compile(rf"{gap}(?:{quoted}{plain})(?:({mark})|(?=[\r\n]|\Z))", re.DOTALL)
        self._unescape = re.compile(rf"\\([\\{wrap}{mark[-1]}])")
        self._outer = StrictReader(Dialect("\0", dialect.quote)) if dialect.wrapped else None
        self._inner = StrictReader(replace(dialect, wrapped=False)) if dialect.wrapped else None

    def record(self, text: str, at: int = 0) -> Strict | None:
        """The record that begins at ``at``, or None when it breaks a rule."""
        if self._outer is not None and self._inner is not None:
            outer = self._outer.record(text, at)
            return outer if outer is None or not outer.cells[0] else self._unwrapped(outer, self._inner)
        cells: list[str] = []
        quoted: list[bool] = []
        while True:
            match = self._cell.match(text, at)
            if match is None:
                return None
            wrapped, plain, more = match.groups()
            quoted.append(wrapped is not None)
            cells.append(plain if wrapped is None else wrapped.replace(self.dialect.quote * 2, self.dialect.quote))
            at = match.end()
            if more is None:
                break
        end = _END.match(text, at)
        if end is None:
            return None
        if self.dialect.escape:
            cells = [self._unescape.sub(r"\1", cell) for cell in cells]
        return Strict(tuple(cells), tuple(quoted), end.end(), end.group())

    def _unwrapped(self, outer: Strict, inner: StrictReader) -> Strict | None:
        """A record that stood in quotes as a whole."""
        body = outer.cells[0]
        found = inner.record(body)
        if found is None or found.stop != len(body) or found.end:
            return None
        return Strict(found.cells, found.quoted, outer.stop, outer.end)

    def records(self, text: str, limit: int, width: int = 0) -> list[Strict]:
        """The first records (of this width); a line that breaks a rule is passed over."""
        found: list[Strict] = []
        at = 0
        while at < len(text) and len(found) < limit:
            one = self.record(text, at)
            if one is not None:
                if not width or len(one.cells) == width:
                    found.append(one)
                at = one.stop
            else:
                line = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|\Z)").match(text, at)
                at = line.end() if line else len(text)
        return found


def written(cells: Sequence[str], separator: str, quote: str) -> str:
    """A record as the proof wants it, with a line feed.

    >>> written(["a", "b;c", 'd"e', ""], ";", '"')
    'a;"b;c";"d""e";\\n'
    """
    wrap = quote or '"'
    out = []
    for cell in cells:
        risky = any(mark in cell for mark in (separator, wrap, "\r", "\n"))
        out.append(f"{wrap}{cell.replace(wrap, wrap * 2)}{wrap}" if risky else cell)
    line = separator.join(out)
    return (line if line.strip(f"{separator} ") else separator.join(f"{wrap}{cell}{wrap}" for cell in cells)) + "\n"
