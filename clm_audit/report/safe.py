"""Hostile text made harmless at the sink: one function for each kind of output.

Everything that came from an export, a file name or a configuration may hold escape sequences, bidi
overrides, markup or formulas. HTML is escaped by the templates (autoescape); :func:`html` is what every
expression passes through before that.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from markupsafe import Markup
from rich.text import Text

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_WIDE_FORMULA = "=+-@＝＋－＠\t\r\n"  # full-width forms start a formula, too
# A program of another country splits at semicolons, and a formula behind one, or behind a quote, would begin a cell.
_LATER_FORMULA = re.compile(rf"""([;,|"][\s"'\u00a0\ufeff]*)(?=[{re.escape(_WIDE_FORMULA)}])""")
_MARKUP = re.compile(r"([\\`*_{}\[\]#|~$])")
_BLOCK = re.compile(r"^([-+](?=[\s-]|$)|=|\d{1,9}[.)](?=\s|$))")  # what would open a list or underline a heading
_LINKS = re.compile(r"(?i)@|:(?=//)|(?<=www)\.|\\#(?=\d)|(?<=gh)-(?=\d)|(?<=mailto):|(?<=xmpp):|:(?=[a-z0-9_+\\-]+:)")
_ASCII = {
    "→": "->", "−": "-", "–": "-", "—": "-", "±": "+/-", "≥": ">=", "≤": "<=", "×": "x", "·": "-", "…": "...",
    "“": '"', "”": '"', "‘": "'", "’": "'", "•": "*", "≈": "~", "✔": "+", "✘": "x", "◐": "/", "○": "o", "●": "*",
    "◆": "#", "━": "=", "─": "-", "│": "|", "├": "|", "┤": "|", "┼": "+", "▲": "^", "▼": "v",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "€": "EUR", "£": "GBP", "½": "1/2", "²": "2",
}  # fmt: skip


def visible(text: str, keep: str = "") -> str:
    r"""Control, bidi, format, private and unassigned characters as ``\x1b`` or ``\u202e``.

    ``keep`` lists the control characters that stay. Lone surrogates, which no encoding can write, become
    visible, too.

    >>> visible("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_show(char) if _is_hidden(char) and char not in keep else char for char in text)


def terminal(text: str, encoding: str = "utf-8") -> str:
    r"""One line of text for a terminal: nothing in it moves the cursor or changes a colour.

    What ``encoding`` cannot write gets an ASCII stand-in.

    >>> terminal("−5 % → \x9b2J", "cp1252")
    '-5 % -> \\x9b2J'
    """
    shown = visible(text)
    if encoding.lower().startswith("utf"):
        return shown
    return "".join(char if _writes(char, encoding) else _ASCII.get(char, _show(char)) for char in shown)


def rich_text(text: str, style: str = "", encoding: str = "utf-8") -> Text:
    """A Rich text object, so that square brackets in data are never markup."""
    return Text(terminal(text, encoding), style=style)


def html(value: Any) -> Any:
    """What a template expression passes through before it is escaped: hidden characters made visible.

    >>> html("x" + chr(0x202e))
    'x\\\\u202e'
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value, keep="\t\n")
    return value


def csv_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, whichever separator it splits lines at.

    >>> csv_cell("=1+1"), csv_cell("plain"), csv_cell("x;=1+1")
    ("'=1+1", 'plain', "x;'=1+1")
    """
    shown = _LATER_FORMULA.sub(r"\1'", visible(text))
    start = text.lstrip(" \u00a0\u3000\ufeff")[:1]
    return f"'{shown}" if start and start in _WIDE_FORMULA else shown


def markdown(text: str) -> str:
    r"""Inline Markdown that renders as the text itself, also within a table cell.

    Markup is escaped; mentions, issue numbers and bare addresses are cut with a zero-width space, because
    the sites that link them do so after unescaping.

    >>> markdown("a|b <i> *c*")
    'a\\|b &lt;i&gt; \\*c\\*'
    """
    shown = " ".join(visible(text, keep="\t\n\r").split())
    escaped = _BLOCK.sub(lambda match: f"{match.group(0)[:-1]}\\{match.group(0)[-1]}", _MARKUP.sub(r"\\\1", shown))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS.sub(lambda match: match.group(0) + "&#8203;", escaped)


def json_text(text: str) -> str:
    r"""JSON text with hidden characters as ``\uXXXX``; they only occur inside strings, so nothing is lost.

    >>> json_text('"' + chr(0x9b) + '"')
    '"\\u009b"'
    """
    return "".join(_json_escape(char) if char != "\n" and _is_hidden(char) else char for char in text)


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN


def _show(char: str) -> str:
    point = ord(char)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _writes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
