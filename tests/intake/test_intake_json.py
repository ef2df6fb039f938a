"""JSON exports: lines, arrays, objects; every record read, rejected or repaired with its line and byte."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError
from clm_audit.intake.locate import locate
from clm_audit.intake.model import ROW, Exports, RawTable
from clm_audit.intake.read import read_exports


def preset(*required: str) -> dict[str, Preset]:
    one = ExportObject(
        recognise=Recognise(required=required),
        yields=(Yield(fact="customers", fields={name: (name,) for name in required}),),
    )
    return {"events": Preset(system="events", title="Events", objects={"event": one})}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    return tmp_path / "in"


def read(home: Path, *required: str) -> Exports:
    for old in (home.parent / "run").iterdir():
        old.unlink()
    plan = AuditPlan(sources=(Source(path=home),), root=home)
    return read_exports(plan, home.parent / "run", presets=preset(*(required or ("id",))))


def only(home: Path, content: bytes | str, name: str = "f.jsonl", *required: str) -> RawTable:
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (table,) = read(home, *required).tables
    return table


def rows(table: RawTable) -> list[dict[str, str]]:
    frame = table.frame.collect()
    assert frame[ROW].to_list() == list(range(table.height))
    return frame.drop(ROW).to_dicts()


def fates(table: RawTable) -> list[tuple[int, int, str, str, str]]:
    assert all(fault.file == table.name for fault in table.faults)
    return [(one.line, one.byte, one.column, one.code, one.action) for one in table.faults]


def test_nested_keys_are_dotted_columns_and_nothing_changes_its_digits(home: Path) -> None:
    text = (
        '{"id":1,"event_properties":{"revenue":10.10,"big":123456789012345678901234567890,"deep":{"x":1e400}},'
        '"tags":["a",1.50,{"b":null}],"ok":true,"none":null,"empty":{}}\n'
        '{"id":"007","event_properties":{"revenue":"10.1"},"late":-0.0}\n'
    )
    table = only(home, text)
    assert rows(table) == [
        {
            "id": "1",
            "event_properties.revenue": "10.10",
            "event_properties.big": "123456789012345678901234567890",
            "event_properties.deep.x": "1e400",
            "tags": '["a", 1.50, {"b": null}]',
            "ok": "true",
            "none": "",
            "late": "",
        },
        {
            "id": "007",
            "event_properties.revenue": "10.1",
            "event_properties.big": "",
            "event_properties.deep.x": "",
            "tags": "",
            "ok": "",
            "none": "",
            "late": "-0.0",
        },
    ]
    assert (table.read, table.height, table.header_line, table.dialect) == (2, 2, 0, "JSON lines")


def test_each_bad_line_is_a_reject_with_line_and_byte(home: Path) -> None:
    lines = [
        b'{"id": 1}',
        b'{"id": 2,}',
        b"",
        b'{"id": 3, "id": 4}',
        b'{"id": 5, "id": 5}',
        b"[1, 2]",
        b'{"id": 6, "a.b": 1, "a": {"b": 2}}',
        b'{"id": "\xff"}',
        b'{"id": "h\xc3\xa9"}',
        b'{"id": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"id": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b'{"id": 7} {"id": 8}',
        b'{"id": NaN}',
        b'{"id": "\\ud83d", "k\\udc00": 1}',
        b'{"id": 9',
    ]
    table = only(home, b"\r\n".join(lines))
    starts = [sum(len(line) + 2 for line in lines[:number]) for number in range(len(lines))]
    wanted = {
        2: ("", "json_bad", "rejected"),
        4: ("id", "json_key_twice", "rejected"),
        6: ("", "json_no_object", "rejected"),
        7: ("a.b", "json_key_twice", "rejected"),
        8: ("", "json_bad_bytes", "rejected"),
        10: ("", "json_too_deep", "rejected"),
        12: ("", "json_bad", "rejected"),
        14: ("id", "lone_surrogate", "repaired"),
        15: ("", "json_bad", "rejected"),
    }
    found = {line: rest for line, _, *rest in fates(table)}
    deep = found.pop(11)
    assert deep[0].startswith("id.a.a")
    assert deep[1:] == ["json_too_deep", "rejected"]
    assert found == {line: list(rest) for line, rest in wanted.items()}
    assert all(starts[line - 1] == byte for line, byte, *_ in fates(table))
    assert [row["id"] for row in rows(table)] == ["1", "5", "hé", "NaN", "\\ud83d"]
    assert [row["k\\udc00"] for row in rows(table)] == ["", "", "", "", "1"]
    assert (table.read, table.height, table.structure, table.lost) == (15, 5, 1, 9)
    assert locate(table, range(5)) == {n: (line, starts[line - 1]) for n, line in enumerate([1, 5, 9, 13, 14])}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("style", ["lines", "array", "objects"])
def test_encodings_and_line_ends(home: Path, encoding: str, end: str, style: str) -> None:
    lines = ['{"id": "Köln", "n": 1}', '{"id": "Zürich", "n": 2.50}', '{"id": "x"}']
    text = {
        "lines": end.join(lines),
        "array": f"[{end}{f',{end}'.join(lines)}]",
        "objects": end.join(line.replace(", ", f",{end}").replace("{", f"{{{end}") for line in lines),
    }[style]
    data = text.encode(encoding)
    table = only(home, data, "f.json")
    assert rows(table) == [{"id": "Köln", "n": "1"}, {"id": "Zürich", "n": "2.50"}, {"id": "x", "n": ""}]
    assert table.height == table.read == 3
    wide = {"utf-16": 2, "utf-16-le": 2, "utf-16-be": 2}.get(encoding, 1)
    for row, (_, byte) in locate(table, range(3)).items():
        left = data[byte:].decode("utf-16-le" if encoding == "utf-16" else encoding.removesuffix("-sig"))
        assert left.startswith("{")
        assert left.count('"id"') == 3 - row
        assert byte % wide == 0


def test_a_file_in_one_array(home: Path) -> None:
    text = '[\n {"id": 1, "t": "a,]}{[\\" "},\n {"id": 2,},\n 7, , {"id": 3}\n]\n'
    table = only(home, text, "f.json")
    assert [row["id"] for row in rows(table)] == ["1", "3"]
    assert [(line, code) for line, _, _, code, _ in fates(table)] == [
        (3, "json_bad"),
        (4, "json_no_object"),
        (4, "json_bad"),
    ]
    assert table.read == 5
    assert locate(table, [1]) == {1: (4, text.index('{"id": 3'))}


@pytest.mark.parametrize(
    ("text", "ids", "fault"),
    [
        ('[{"id": 1}, {"id": 2}, {"id', ["1", "2"], "json_cut"),
        ('[{"id": 1}, {"id": 2}', ["1", "2"], None),
        ('[{"id": 1}, ', ["1"], "json_cut"),
        ('[{"id": 1}] {"id": 2}', ["1"], "json_bad"),
        ('{\n"id": 1}\n{"id":\n2}\n{"id"\n:', ["1", "2"], "json_cut"),
    ],
)
def test_a_cut_file_says_so(home: Path, text: str, ids: list[str], fault: str | None) -> None:
    table = only(home, text, "f.json")
    assert [row["id"] for row in rows(table)] == ids
    assert [code for _, _, _, code, _ in fates(table)] == ([fault] if fault else [])
    assert table.read == len(ids) + bool(fault)
    assert bool(table.notes) == (not text.endswith("]") and fault is None)


def test_gzip_of_json_lines(home: Path) -> None:
    table = only(home, gzip.compress(b'{"id": 1}\n{"id": 2}\n'), "events_2024-01-01_0#1.json.gz")
    assert [row["id"] for row in rows(table)] == ["1", "2"]
    assert table.notes == ("unpacked from gzip",)


def test_many_batches_make_one_table(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clm_audit.intake.jsonfile._BATCH_CELLS", 10)
    lines = [json.dumps({"id": n} | ({f"k{n}": n} if n % 7 == 0 else {})) for n in range(100)]
    table = only(home, "\n".join(lines))
    assert [row["id"] for row in rows(table)] == [str(n) for n in range(100)]
    assert [row["k49"] for row in rows(table)] == ["49" if n == 49 else "" for n in range(100)]
    assert locate(table, [99])[99] == (100, sum(len(line) + 1 for line in lines[:99]))


def test_too_many_names_and_records_that_never_end_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "f.jsonl").write_text("".join(f'{{"id": {n}, "k{n}": 1}}\n' for n in range(6_000)))
    with pytest.raises(DataError, match=r"f\.jsonl: more than 5,000 columns"):
        read(home)
    monkeypatch.setattr("clm_audit.intake.jsontext.MAX_JSON_RECORD", 1_000)
    (home / "f.jsonl").write_text('{"id": 1}\n{"id": "' + "x" * 2_000 + '"}\n{"id": 3}\n')
    (table,) = read(home).tables
    assert [(line, byte, code) for line, byte, _, code, _ in fates(table)] == [(2, 10, "json_too_long")]
    assert locate(table, [1]) == {1: (3, 10 + 2_000 + 11)}


def test_what_is_no_table_is_listed(home: Path) -> None:
    (home / "a.jsonl").write_text('{"id": 1}\n')
    (home / "package.json").write_text('{\n  "name": "x",\n  "version": "1"\n}\n')
    (home / "none.json").write_text("[]")
    (home / "bad.json").write_text('{"name": oops}')
    exports = read(home)
    assert [table.name for table in exports.tables] == ["a.jsonl"]
    assert [name for name, _ in exports.unknown] == ["bad.json", "none.json", "package.json"]


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=False, places=3)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
objects = st.dictionaries(st.text("abc", min_size=1, max_size=2), values | st.dictionaries(st.text("xyz"), values))


def written(value: object) -> str:
    """An own writer, the other way round than the reader."""
    if isinstance(value, Decimal):
        return str(value) if "E" not in str(value) else format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(one) for one in value) + "]"
    return json.dumps(value)


def wanted(record: dict[str, object]) -> dict[str, str]:
    cells = {}
    for key, value in record.items():
        for name, one in (
            {f"{key}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {key: value}
        ).items():
            if isinstance(one, list):
                cells[name] = json.loads(written(one), parse_float=str, parse_int=str)
            else:
                cells[name] = "" if one is None else one if isinstance(one, str) else written(one)
    return cells


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(objects, min_size=1, max_size=5), st.sampled_from(["lines", "array", "objects"]))
def test_every_value_comes_back_as_it_was_written(home: Path, records: list[dict[str, object]], style: str) -> None:
    texts = [written({"id": "1"} | record) for record in records]
    text = {"lines": "\n".join(texts), "array": f"[{','.join(texts)}]", "objects": "\n\n".join(texts)}[style]
    table = only(home, text, "f.json")
    frame = table.frame.collect()
    for row, record in zip(frame.iter_rows(named=True), records, strict=True):
        cells = {header: row[column] for column, header in table.headers.items()}
        for name, value in wanted({"id": "1"} | record).items():
            got = cells.pop(name)
            assert (json.loads(got, parse_float=str, parse_int=str) if isinstance(value, list) else got) == value
        assert not any(cells.values())
    assert table.read == table.height + table.structure == frame.height + table.structure
