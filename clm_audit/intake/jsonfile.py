"""JSON exports -> a table of text: one object a row, nested keys as dotted columns, lists as JSON text.

Numbers stay as they are written. A record that is no object, is broken, or says two things under one
name is rejected with its line and byte; nothing else of the file is touched by it.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from clm_audit.intake.decode import decode, utf16_of
from clm_audit.intake.detour import Action
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.jsontext import BLANK, Raw, Style, records, style_of
from clm_audit.intake.limits import HEAD, MAX_COLUMNS, MAX_FAULTS, MAX_JSON_DEPTH, MAX_JSON_VALUES
from clm_audit.intake.model import ROW, Layout, Reject
from clm_audit.intake.scan import empty, unique_names
from clm_audit.intake.text import BOM, Text, original_offsets

_BATCH_CELLS = 2_000_000
_DIALECTS = {"lines": "JSON lines", "array": "JSON array", "objects": "JSON objects"}


class _Number(str):
    """The digits of a number, told apart from text where a list is written again."""

    __slots__ = ()


class _RefusedError(ValueError):
    """A record that is not taken: code and column."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; the same name twice is fine when both say the same."""
    found = dict(pairs)
    if len(found) != len(pairs):
        for name, value in pairs:
            if found[name] != value:
                raise _RefusedError("json_key_twice", name)
    return found


_PLAIN = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str)
_EXACT = json.JSONDecoder(object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def read_json(job: Job, path: Path, notes: tuple[str, ...] = ()) -> Content:
    """A JSON file: lines, one array, or objects one after the other.

    Raises :class:`DataError` or :class:`UnknownExportError` when no object is read or there are too many columns.
    """
    text, notes = _text(job, path, notes)
    with text.path.open("rb") as file:
        file.seek(text.start)
        style = style_of(file.read(HEAD))
    if style is None:
        raise job.refusal("it begins like JSON, and is none", "export it again")
    table = _Table(job, style)
    table.read(text)
    if table.mixed_bytes == "none":
        text = decode(path, job.copy("text"), job.name, lambda _: None)
        table, notes = _Table(job, style), (*notes, *text.notes)
        table.read(text)
    headers = unique_names([_sound(key) for key in table.keys])
    if not table.height:
        raise UnknownExportError("JSON without any record that can be read")
    fitting = job.fitting(headers)
    positions, faults = table.write_positions(text)
    frame = pl.scan_parquet(table.write_rows(), glob=False)
    renamed = [pl.col(f"c{number}").alias(name) for number, name in enumerate(headers)]
    return Content(
        frame=frame.select(renamed).with_row_index(ROW) if table.height else empty(headers),
        height=table.height,
        structure=table.blank,
        headers=headers,
        header_line=0,
        encoding=text.encoding,
        dialect=_DIALECTS[style],
        layout=Layout(positions=positions),
        fitting=fitting,
        notes=(*notes, *table.notes),
        lost=table.lost,
        faults=faults,
    )


def _text(job: Job, path: Path, notes: tuple[str, ...]) -> tuple[Text, tuple[str, ...]]:
    """The file as bytes to be cut into records: as it stands, unless it is UTF-16."""
    with path.open("rb") as file:
        head = file.read(4096)
    if utf16_of(head):
        text = decode(path, job.copy("text"), job.name, lambda _: None)
        return text, (*notes, *text.notes)
    bom = head.startswith(BOM)
    return Text(path, "utf-8-sig" if bom else "utf-8", len(BOM) if bom else 0), notes


class _Table:
    """The rows of one file while they are read; full batches go to disk."""

    def __init__(self, job: Job, style: Style) -> None:
        self.job, self.style = job, style
        self.keys: dict[str, int] = {}  # dotted name -> number of the column
        self.rows: list[dict[str, str]] = []
        self.parts: list[Path] = []
        self.height = self.blank = self.lost = self.repaired = 0
        self.lines, self.bytes = array("q"), array("q")
        self.faults: list[tuple[int, int, str, str, Action]] = []
        self.cut = False  # after its last record
        self._utf8: Counter[bool] = Counter()  # records with other than ASCII bytes: is it UTF-8?

    @property
    def mixed_bytes(self) -> str:
        """How many of the records with other than ASCII bytes are UTF-8: ``all``, ``some`` or ``none``."""
        if not self._utf8[False]:
            return "all"
        return "some" if self._utf8[True] else "none"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the report should know."""
        more = self.lost + self.repaired - len(self.faults)
        unlisted = (f"records rejected or repaired that are counted and not listed: {more:,}",) if more > 0 else ()
        return (*unlisted, *(("the list is not closed: the file may be cut",) if self.cut else ()))

    def read(self, text: Text) -> None:
        """Take every record of a file."""
        size = max(text.path.stat().st_size, 1)
        with text.path.open("rb") as file:
            for number, raw in enumerate(records(file, text.start, self.style, self.job.name)):
                if not number % 10_000:
                    self.job.progress(self.job.name, raw.byte, size)
                self._take(raw)

    def _take(self, raw: Raw) -> None:
        if not raw.text.strip(BLANK) and not raw.fault:
            self.blank += 1
            return
        try:
            row, mended = self._parsed(raw)
        except _RefusedError as refused:
            code, column = refused.args
            self.lost += 1
            self._fault(raw, code, column, "rejected")
            return
        self.height += 1
        self.cut |= raw.fault == "json_cut"
        self.lines.append(raw.line)
        self.bytes.append(raw.byte)
        if mended is not None:
            self.repaired += 1
            self._fault(raw, "lone_surrogate", mended, "repaired")
        self.rows.append(row)
        if len(self.rows) * len(self.keys) > _BATCH_CELLS:
            self._flush()

    def _fault(self, raw: Raw, code: str, column: str, action: Action) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append((raw.line, raw.byte, _sound(column), code, action))

    def _parsed(self, raw: Raw) -> tuple[dict[str, str], str | None]:
        """The cells of a record, and the name of one whose text no encoding can hold. Raises :class:`_RefusedError`."""
        if raw.fault and not (raw.fault == "json_cut" and raw.text):
            raise _RefusedError(raw.fault, "")
        if raw.text.count(b",") + raw.text.count(b"[") + raw.text.count(b"{") > MAX_JSON_VALUES:
            raise _RefusedError("json_too_long", "")
        value = self._loaded(raw)
        if not isinstance(value, dict):
            raise _RefusedError("json_no_object", "")
        row: dict[str, str] = {}
        _flatten(value, "", row, 0)
        if not self.keys.keys() >= row.keys():
            self._learn(row)
        if b"\\u" in raw.text:
            broken = [name for name, cell in row.items() if _sound(cell) != cell]
            row.update({name: _sound(row[name]) for name in broken})
            return row, broken[0] if broken else None
        return row, None

    def _loaded(self, raw: Raw) -> Any:
        try:
            text = raw.text.decode("utf-8")
        except UnicodeDecodeError as error:
            self._utf8[False] += 1
            raise _RefusedError("json_bad_bytes", "") from error
        self._utf8[True] += not raw.text.isascii()
        try:
            return (_EXACT if b"[" in raw.text else _PLAIN).decode(text)
        except _RefusedError:
            raise
        except RecursionError as error:
            raise _RefusedError("json_too_deep", "") from error
        except ValueError as error:
            raise _RefusedError(raw.fault or "json_bad", "") from error

    def _learn(self, row: Mapping[str, str]) -> None:
        for name in row:
            self.keys.setdefault(name, len(self.keys))
        if len(self.keys) > MAX_COLUMNS:
            raise self.job.refusal(f"more than {MAX_COLUMNS:,} columns are not read", "export fewer fields")

    def _flush(self) -> None:
        """Write the rows that are held; a column nobody has named yet is blank in them."""
        part = self.job.copy(f"json-{len(self.parts)}")
        cells = {f"c{number}": [row.get(key, "") for row in self.rows] for key, number in self.keys.items()}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        frame.write_parquet(part, compression="lz4", statistics=False)
        self.parts.append(part)
        self.rows = []

    def write_rows(self) -> Path:
        """All rows in one Parquet file of text."""
        if self.rows or not self.parts:
            self._flush()
        if len(self.parts) == 1:
            return self.parts[0]
        target = self.job.copy("json")
        scans = [pl.scan_parquet(part, glob=False) for part in self.parts]
        whole = pl.concat(scans, how="diagonal").with_columns(pl.all().fill_null(""))
        whole.sink_parquet(target, compression="lz4", statistics=False)
        for part in self.parts:
            part.unlink()
        return target

    def write_positions(self, text: Text) -> tuple[Path, tuple[Reject, ...]]:
        """Line and byte of every row in the original, on disk, and the records that are rejected or repaired."""
        path = self.job.copy("positions")
        starts = original_offsets(text, np.frombuffer(self.bytes, dtype=np.int64))
        places = pl.DataFrame({"line": np.frombuffer(self.lines, dtype=np.int64), "byte": starts})
        places.write_parquet(path, compression="lz4", statistics=False)
        found = original_offsets(text, np.array([byte for _, byte, *_ in self.faults], dtype=np.int64))
        return path, tuple(
            Reject(file=self.job.name, line=line, byte=int(at), column=column, code=code, action=action)
            for (line, _, column, code, action), at in zip(self.faults, found, strict=True)
        )


def _flatten(value: Mapping[str, Any], prefix: str, row: dict[str, str], depth: int) -> None:
    if depth > MAX_JSON_DEPTH:
        raise _RefusedError("json_too_deep", prefix.removesuffix("."))
    for key, inner in value.items():
        name = prefix + key
        if type(inner) is dict:
            _flatten(inner, f"{name}.", row, depth + 1)
            continue
        cell = inner if type(inner) is str else _cell(inner)
        if row.setdefault(name, cell) != cell:
            raise _RefusedError("json_key_twice", name)


def _cell(value: object) -> str:
    """Text of a value; null is a blank cell.

    >>> [_cell(value) for value in (None, True, ["a", _Number("1.50"), {"b": None}])]
    ['', 'true', '["a", 1.50, {"b": null}]']
    """
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else "".join(_written(value, 0))


def _written(value: object, depth: int) -> Iterator[str]:
    if depth > MAX_JSON_DEPTH:
        raise _RefusedError("json_too_deep", "")
    if isinstance(value, _Number):
        yield str(value)
    elif isinstance(value, dict):
        pairs = (chain((json.dumps(key, ensure_ascii=False), ": "), _written(v, depth + 1)) for key, v in value.items())
        yield f"{{{', '.join(map(''.join, pairs))}}}"
    elif isinstance(value, list):
        yield f"[{', '.join(''.join(_written(one, depth + 1)) for one in value)}]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def _sound(text: str) -> str:
    r"""The text, with halves of broken characters as the escapes that they were: no encoding can hold them.

    >>> _sound("a\ud83d") == "a\\ud83d"
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
