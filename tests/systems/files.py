"""Writing files as systems write them: dialects, encodings, title lines and footers, parts, gzip and zip."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

Quote = Literal["minimal", "all", "texts", "none"]
_STYLES: dict[Quote, Literal[0, 1, 2, 3]] = {
    "minimal": csv.QUOTE_MINIMAL,
    "all": csv.QUOTE_ALL,
    "texts": csv.QUOTE_NONNUMERIC,
    "none": csv.QUOTE_NONE,
}


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    delimiter: str = ",",
    quote: Quote = "minimal",
    encoding: str = "utf-8",
    bom: bool = False,
    end: str = "\n",
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> Path:
    """Write a table; None becomes a blank cell. ``before`` and ``after`` are whole lines, written as they are.

    ``quote="texts"`` quotes everything but numbers (ints, floats, Decimals). ``encoding="utf-16"`` has its own mark.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=_STYLES[quote], lineterminator=end)
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    lead = "".join(line + end for line in before)
    tail = "".join(line + end for line in after)
    text = ("\ufeff" if bom else "") + lead + out.getvalue() + tail
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_parts(
    folder: Path, name: str, header: Sequence[str], rows: Sequence[Sequence[object]], size: int
) -> tuple[Path, ...]:
    """Write a table in files of at most ``size`` rows; ``name`` holds ``{part}``, counted from 1."""
    numbers = count(1)
    pieces = [rows[at : at + size] for at in range(0, max(len(rows), 1), size)]
    return tuple(write_csv(folder / name.format(part=next(numbers)), header, piece) for piece in pieces)


def write_json_lines(path: Path, objects: Iterable[object]) -> Path:
    """Write one JSON object a line; gzip when the name ends so."""
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text, mtime=0) if path.name.endswith(".gz") else text)
    return path


def gzip_file(path: Path) -> Path:
    """Replace a file by its gzip (``name.csv`` -> ``name.csv.gz``)."""
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()
    return packed


def zip_files(archive: Path, files: Iterable[Path]) -> Path:
    """Move files into one zip, under their own names."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in files:
            out.write(path, path.name)
            path.unlink()
    return archive


def stamp(moment: datetime | None, form: str = "%Y-%m-%d %H:%M:%S", zone: str = "UTC") -> str:
    """A moment as text on the clock of a zone; blank for None."""
    return "" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime(form)


def money(amount: Decimal, thousands: str = "", point: str = ".", sign: str = "") -> str:
    """An amount with two places, in the spelling of an export.

    >>> money(Decimal("-1234.5"), thousands=",", sign="$")
    '-$1,234.50'
    """
    whole, _, places = f"{abs(amount):,.2f}".partition(".")
    minus = "-" if amount < 0 else ""
    return f"{minus}{sign}{whole.replace(',', thousands)}{point}{places}"
