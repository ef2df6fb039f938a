"""Strict YAML: the small language, every value with its place, and nothing constructed that was not asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.config.strict_yaml import MAX_BYTES, dotted, load, parse
from clm_audit.exits import UsageError


def test_scalars_are_those_of_yaml_1_2() -> None:
    data = parse(
        "plain: [no, yes, on, off, 12:30, 2024-07-01, 0o17, .inf, 1_000, 3%]\n"
        "typed: [true, False, 7, -2, 1.50, 1e3]\n"
        "quoted: ['true', \"7\", '', 'null']\n"
    ).data
    assert data["plain"] == ["no", "yes", "on", "off", "12:30", "2024-07-01", "0o17", ".inf", "1_000", "3%"]
    assert data["typed"] == [True, False, 7, -2, 1.5, 1000.0]
    assert data["quoted"] == ["true", "7", "", "null"]


def test_numbers_remember_how_they_were_written() -> None:
    account, rate = parse("a: [0610, 1.0800]").data["a"]
    assert (account.text, rate.text) == ("0610", "1.0800")


def test_every_value_and_key_has_its_place() -> None:
    document = parse("windows:\n  before: {from: 2023-07-01,\n           to: x}\nlist:\n  - a\n  - b: 1\n", "c.yaml")
    assert document.where(("windows", "before", "to")) == "c.yaml:3:16"
    assert document.where(("windows", "before", "to"), True) == "c.yaml:3:12"
    assert document.where(("list", 1, "b")) == "c.yaml:6:8"
    assert document.where(("list", 1, "missing")) == "c.yaml:6:5"


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("", "f:1:1", "empty"),
        ("# only a comment\n", "f:1:1", "empty"),
        ("- a\n- b\n", "f:1:1", "mapping"),
        ("just text", "f:1:1", "mapping"),
        ("a: &x 1\n", "f:1:4", "anchor"),
        ("a: 1\nb: *x\n", "f:2:4", "alias"),
        ("<<: {a: 1}\n", "f:1:1", "merge"),
        ("a: !!python/object/apply:os.system [ls]\n", "f:1:4", "tag"),
        ("a: !x 1\n", "f:1:4", "tag"),
        ("a: 1\n---\nb: 2\n", "f:2:1", "second document"),
        ("a:\n\tb: 1\n", "f:2:1", "tab"),
        ("? [a, b]\n: 1\n", "f:1:3", "key must be text"),
        ("a: 'open\n", "f:2:1", "not valid YAML"),
        ("a: b: c\n", "f:1:5", "not valid YAML"),
        ("a: " + "[" * 30 + "]" * 30, "f:1:23", "levels deep"),
        ('a: "\\ud800"\n', "f:1:4", "lone surrogate"),
        ("a: 1\nb: \x07\n", "f:2", "control character"),
    ],
)
def test_what_is_not_the_small_language_is_refused_with_its_place(text: str, where: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, "f")
    [problem] = caught.value.problems
    assert (problem.where, says in problem.what) == (where, True), str(problem)


def test_milder_mistakes_are_collected() -> None:
    document = parse("a: 1\na: 2\nb:\nc: {d: ~, d: 3}\n", "f")
    assert [str(problem) for problem in document.problems] == [
        "f:2:1: a: duplicate key (first given in line 1)",
        "f:3:3: b: has no value (give one, or remove it)",
        "f:4:8: c.d: has no value (give one, or remove it)",
        "f:4:11: c.d: duplicate key (first given in line 4)",
    ]
    assert document.data["a"] == 1, "the first one stays, so that later checks speak of one value"


@pytest.mark.parametrize(
    ("content", "where", "says"),
    [
        (b"a: ok\nb: \xff\n", "name:2:4", "not UTF-8"),
        ("a: é\n".encode("utf-16"), "name:1:1", "not UTF-8"),
        (b"a: 1\n" + b"#" * MAX_BYTES, "name", "larger than 1 MB"),
    ],
)
def test_files_that_are_no_configuration(tmp_path: Path, content: bytes, where: str, says: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load(path, "name")
    assert caught.value.problems[0].where == where
    assert says in caught.value.problems[0].what


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes("\ufeffa: é\r\nb: 2\r\n".encode())
    document = load(path, "c.yaml")
    assert document.data == {"a": "é", "b": 2}
    assert document.where(("b",), True) == "c.yaml:2:1"


def test_a_folder_or_nothing_is_no_file(tmp_path: Path) -> None:
    for path, says in ((tmp_path, "is a folder, not a configuration"), (tmp_path / "missing.yaml", "no such file")):
        with pytest.raises(UsageError, match=says):
            load(path, "x")


@pytest.mark.parametrize("text", ["- go_live: 2024-07-01\n- title: x\n", "[a, b]", "- - a\n", "just text", "3"])
def test_a_file_that_holds_no_mapping_says_so(text: str) -> None:
    with pytest.raises(UsageError, match=r"^c\.yaml:1:1: the file must hold a mapping \(key: value\)"):
        parse(text, "c.yaml")


WRITTEN = st.characters(categories=("L", "M", "N", "P", "S", "Zs"))
KEYS = st.text(WRITTEN, min_size=1, max_size=6)
LEAVES = st.booleans() | st.integers(-(10**9), 10**9) | st.text(WRITTEN, max_size=12)
TREES = st.dictionaries(
    KEYS.filter(lambda key: key != "<<"),
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
    ),
    min_size=1,
    max_size=4,
)


def _has_merge(node: object) -> bool:
    if isinstance(node, dict):
        return "<<" in node or any(map(_has_merge, node.values()))
    return isinstance(node, list) and any(map(_has_merge, node))


@given(TREES.filter(lambda tree: not _has_merge(tree)))
def test_json_is_read_as_json(tree: dict[str, object]) -> None:
    assert parse(json.dumps(tree, ensure_ascii=False)).data == tree


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t<", max_size=40))
def test_any_text_is_read_or_refused_and_agrees_with_a_loader(text: str) -> None:
    try:
        document = parse(text)
    except UsageError:
        return
    reference = yaml.load(text, Loader=yaml.BaseLoader)
    assert _texts(document.data) == _texts(reference) or document.problems


def _texts(node: object) -> object:
    if isinstance(node, dict):
        return {key: _texts(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_texts(value) for value in node]
    return "" if node is None or node == "~" else str(getattr(node, "text", node))


def test_dotted() -> None:
    assert dotted(()) == ""
    assert dotted(("events", 2, "break")) == "events[2].break"
