"""Encodings, headers and names, each against what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import Source
from clm_audit.config.preset import load_presets
from clm_audit.exits import DataError
from clm_audit.intake import text as module
from clm_audit.intake.decode import decode
from clm_audit.intake.dialect import SEPARATORS, find_header, records
from clm_audit.intake.names import Names, column_of, normal, same
from clm_audit.intake.recognise import candidates, objects_for, winner
from clm_audit.intake.scan import unique_names


def text_of(path: Path, target: Path) -> tuple[str, str]:
    target.unlink(missing_ok=True)
    text = decode(path, target, path.name, lambda _: None)
    return text.path.read_bytes()[text.start :].decode(), text.encoding


@pytest.mark.parametrize("chunk", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(
    ("data", "content", "encoding"),
    [
        ("a,é😀\n".encode(), "a,é😀\n", "utf-8"),
        ("a,é\n".encode("utf-8-sig"), "a,é\n", "utf-8-sig"),
        ("a,é😀\n".encode("utf-16"), "a,é😀\n", "utf-16-le"),
        (b"\xfe\xff" + "a,é\n".encode("utf-16-be"), "a,é\n", "utf-16-be"),
        (b"\xff\xfe\0\0" + "a,é😀\n".encode("utf-32-le"), "a,é😀\n", "utf-32-le"),
        (b"\0\0\xfe\xff" + "a,é😀\n".encode("utf-32-be"), "a,é😀\n", "utf-32-be"),
        ("a,bcdefghé\nj,k\n".encode("utf-16-le"), "a,bcdefghé\nj,k\n", "utf-16-le"),
        (b"a,\xe9\x80\n", "a,é€\n", "cp1252"),
        (b"a,\xe9\x81\n", "a,é\x81\n", "iso-8859-1"),
        ("a,é".encode()[:-1], "a,Ã", "cp1252"),
        (b"a\0,b" + b"c" * 40, "a,b" + "c" * 40, "utf-8"),
        (b"\xef\xbb\xbfa,\xe9\n", "a,é\n", "cp1252"),
    ],
)
def test_encodings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, content: str, encoding: str, chunk: int
) -> None:
    monkeypatch.setattr(module, "WINDOW", chunk)
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    assert text_of(path, tmp_path / "copy") == (content, encoding)
    assert path.read_bytes() == data


@pytest.mark.parametrize("data", [b"\xff\xfea\0,", b"\xff\xfea\0\0\0", b"\xff\xfe\x00\xd8a\x00"])
def test_broken_utf16_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    with pytest.raises(DataError):
        decode(path, tmp_path / "copy", "f.csv", lambda _: None)


def test_the_reason_for_an_encoding_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"name\nJos\xe9\n")
    assert decode(path, tmp_path / "copy", "f.csv", lambda _: None).notes == (
        "not UTF-8 from byte 8 on: read as cp1252",
    )


NAMES = Names.of(["Day", "Cost", "Campaign", "re:amount \\((?P<currency>[a-z]{3})\\)"])


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("above", [0, 1, 2, 7, 49])
def test_the_header_is_found_below_title_lines(separator: str, above: int) -> None:
    titles = [f'Report {n}, "of"; the\tyear | part\n' for n in range(above)]
    head = "".join([*titles, separator.join(["Campaign", "Day", "Amount (EUR)"]) + "\n", separator.join("abc") + "\n"])
    header = find_header(head.encode(), NAMES)
    assert header is not None
    assert (header.separator, header.index, header.record.line, header.matches) == (separator, above, above + 1, 3)
    assert head.encode()[header.record.start : header.record.stop].startswith(b"Campaign")


def test_a_header_below_fifty_records_is_not_looked_for() -> None:
    header = find_header(b"title\n" * 50 + b"Campaign,Day\n", NAMES)
    assert header is not None
    assert header.matches == 0


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(SEPARATORS))
def test_records_cover_any_bytes_once(data: bytes, separator: str) -> None:
    found = records(data, separator, limit=100)
    assert b"".join(data[record.start : record.stop] for record in found) == data
    assert [record.line for record in found] == [
        1 + len(re.findall(rb"\r\n|\n|\r", data[: record.start])) for record in found
    ]


@given(st.lists(st.sampled_from(["a", " a", "a (2)", "", "column 2", "__row", "\ufeffa"]), max_size=12))
def test_frame_names_are_unique_and_keep_the_header(headers: list[str]) -> None:
    names = unique_names(headers)
    assert list(names.values()) == headers
    assert "__row" not in names
    assert "" not in names


def test_aliases() -> None:
    headers = {"Total": "Total ", "Total (2)": "total", "Spent": "Amount Spent (EUR)"}
    assert column_of(headers, ["TOTAL"]) == "Total"
    assert column_of(headers, ["nothing", "re:(?i)^amount spent( \\([a-z]{3}\\))?$"]) == "Spent"
    assert column_of(headers, ["amount spent"]) is None
    assert not same("re:amount", "amounts")


def test_every_shipped_export_is_recognised_by_its_own_headers() -> None:
    """Every object wins for a file that has its first aliases, whatever the other presets ask for."""
    objects = objects_for(Source(path=Path()), load_presets())
    samples = (
        *("Amount spent (EUR)", "Handling time (seconds)", "Total time spent (sec)"),
        *("Conversation started at (America/New_York)", "Updated at (America/New_York)", "Signed up (UTC)"),
    )
    assert len(objects) > 10
    for one in objects:
        entries = one.export.recognise.required
        aliases = [entry if isinstance(entry, str) else entry[0] for entry in entries]
        aliases += [fields[0] for rows in one.export.yields for fields in rows.fields.values()]
        aliases += one.export.recognise.nonblank
        absent = {normal(name) for name in one.export.recognise.absent}
        headers = {
            sample: sample
            for alias in aliases
            for sample in ((alias,) if not alias.startswith("re:") else [s for s in samples if same(alias, s)])
            if normal(sample) not in absent
        }
        assert str(winner(candidates(objects, headers), "f.csv")) == str(one)
