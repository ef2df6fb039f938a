"""What a person can read in an output, whatever its format: for the search of a redacted report."""

from __future__ import annotations

import html
import io
import re
import zipfile
from functools import cache
from pathlib import Path

import clm_audit
from clm_audit.config.shipped import shipped

_ZIP = b"PK\x03\x04"
_PDF = b"%PDF"
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_SOURCES = ("*.py", "*.j2", "*.css", "*.yaml")


def readable(content: bytes) -> str:
    """The text in an output: of a workbook or a deck that of all its parts, without markup.

    A PDF gives nothing: it is drawn from the HTML page, which is to be searched in its place.

    >>> readable(b"<b>Tom &amp; Ann</b>").split()
    ['<b>Tom', '&', 'Ann</b>']
    """
    if content.startswith(_PDF):
        return ""
    if not content.startswith(_ZIP):
        return html.unescape(content.decode("utf-8", errors="replace"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        texts = [parts.read(one).decode("utf-8", errors="replace") for one in parts.namelist()]
    return "\n".join(html.unescape(_TAG.sub("\n", text)) for text in texts)


@cache
def own_words() -> frozenset[str]:
    """Every word that the program itself may say, in small letters: those of its sources and presets."""
    folders = (Path(clm_audit.__file__).parent, shipped("configs"))
    texts = (path.read_text(encoding="utf-8") for root in folders for one in _SOURCES for path in root.rglob(one))
    return frozenset().union(*(words_in(text) for text in texts))


def words_in(text: str) -> frozenset[str]:
    """The different words of a text, in small letters.

    >>> sorted(words_in("The page, the report"))
    ['page', 'report', 'the']
    """
    return frozenset(word.lower() for word in _WORD.findall(text))
