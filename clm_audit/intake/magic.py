"""What a file is, by its first bytes; the name decides nothing."""

from __future__ import annotations

from typing import Literal

Kind = Literal["text", "gzip", "workbook", "parquet", "empty", "refused"]

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "export the table itself as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old or locked Excel workbook", "save it as .xlsx without a password, or as CSV"),
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
        return "workbook", "", ""
    return _text(head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK).lower())


def _text(start: bytes) -> tuple[Kind, str, str]:
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "refused", "a web page (HTML), not an export", "the download failed or needs a login; export it again"
    if start.startswith(b"<?xml"):
        return "refused", "an XML document", "export the table itself as CSV"
    if start.startswith((b'{"', b"[{", b"{\n", b"{\r\n")):
        return "refused", "JSON, which is not read yet", "export the table as CSV"
    return "text", "", ""
