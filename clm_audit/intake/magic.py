"""What a file is, by its first bytes; the name decides nothing."""

from __future__ import annotations

import re
from typing import Literal

from clm_audit.intake.decode import utf16_of

Kind = Literal["text", "json", "gzip", "zip", "xls", "parquet", "empty", "refused"]

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "export the table itself as CSV"),
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer, not the file itself", "run git lfs pull"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first"),
    (b"\x89PNG", "an image", "export the table itself as CSV"),
    (b"\xff\xd8\xff", "an image", "export the table itself as CSV"),
    (b"SQLite format 3", "an SQLite database", "export the table itself as CSV"),
)
# An object with a first name, alone or in a list: no delimited text begins like this.
_JSON = re.compile(rb'(?:\[\s*)?\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\]\s*\Z', re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|!--|(?:html|head|body|script|table|meta|style|title|div)\b)")
_DOWNLOAD = "the download failed, needs a login, or was saved for a spreadsheet program: export it again, as CSV"
_CSV = "export the table itself as CSV"
_BLANK = b" \t\r\n\0\x0b\x0c"


def kind_of(head: bytes) -> tuple[Kind, str, str]:
    """Kind of a file from its first bytes (4 kB do), and for what is refused: what it is, what to do.

    >>> kind_of(b"PAR1...")[0]
    'parquet'
    >>> kind_of(b"<!DOCTYPE html><html>")[:2]
    ('refused', 'a web page (HTML), not an export')
    """
    if not head.removeprefix(b"\xef\xbb\xbf").strip(_BLANK):
        return "empty", "an empty file", "export it again, or remove it"
    for magic, what, hint in _SIGNATURES:
        if head.startswith(magic):
            return "refused", what, hint
    if head.startswith(b"\x1f\x8b"):
        return "gzip", "", ""
    if head.startswith(b"PAR1"):
        return "parquet", "", ""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip", "", ""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls", "", ""
    encoding = utf16_of(head)
    if encoding is not None:
        head = head.decode(encoding, "ignore").removeprefix("\ufeff").encode("utf-8", "ignore")
    return _text(head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK))


def _text(head: bytes) -> tuple[Kind, str, str]:
    if _JSON.match(head):
        return "json", "", ""
    start = head[:256].lower()
    if _HTML.match(start):
        return "refused", "a web page (HTML), not an export", _DOWNLOAD
    if start.startswith(b"<?xml"):
        web = b"<html" in head.lower()
        return (
            ("refused", "a web page (HTML), not an export", _DOWNLOAD) if web else ("refused", "an XML document", _CSV)
        )
    return "text", "", ""
