"""What the reader of spreadsheets does not tell: where dates count from, and which cells hold an error value."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clm_audit.intake.limits import CHUNK

_HOME = PurePosixPath("xl")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_PART = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_ERROR = b' t="e"'
_OLD_FROM_1904 = b"\x22\x00\x02\x00\x01\x00"  # the record of an XLS that says so


@dataclass(frozen=True)
class WorkbookFacts:
    """``from_1904``: whether day 0 is 1904-01-01 (None: not sure). ``errors``: sheet -> cells with an error value."""

    from_1904: bool | None
    errors: Mapping[str, int]

    @classmethod
    def of(cls, path: Path) -> WorkbookFacts:
        """The facts of an XLSX or XLS that another reader could open."""
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                # The bytes may also stand there by chance: then nobody is sure.
                return cls(None if _OLD_FROM_1904 in file.read(CHUNK) else False, {})
        with zipfile.ZipFile(path) as archive:
            about = _head(archive, str(_HOME / "workbook.xml"))
            parts = _parts(_head(archive, str(_HOME / "_rels" / "workbook.xml.rels")))
            errors = {}
            for sheet in map(_attributes, _SHEET.findall(about)):
                part = parts.get(next((text for name, text in sheet.items() if name.endswith(":id")), ""))
                if part in archive.namelist():
                    errors[html.unescape(sheet.get("name", ""))] = _count(archive, part)
            return cls(_FROM_1904.search(about) is not None, errors)


def _head(archive: zipfile.ZipFile, member: str) -> bytes:
    """The first bytes of a member; nothing when it is not there."""
    if member not in archive.namelist():
        return b""
    with archive.open(member) as file:
        return file.read(CHUNK)


def _parts(relations: bytes) -> dict[str, str]:
    """Relation -> the member of the archive that it leads to."""
    found = map(_attributes, _PART.findall(relations))
    return {one["Id"]: str(_HOME / one["Target"]).lstrip("/") for one in found if {"Id", "Target"} <= one.keys()}


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): (a or b).decode("utf-8", "replace") for name, a, b in _ATTRIBUTE.findall(tag)}


def _count(archive: zipfile.ZipFile, member: str) -> int:
    """Cells of type *error*; a mark on the border of two pieces is kept in the overlap."""
    count, rest = 0, b""
    with archive.open(member) as file:
        while piece := file.read(CHUNK):
            piece = rest + piece
            count += piece.count(_ERROR)
            rest = piece[-(len(_ERROR) - 1) :]
    return count
