"""Compiled templates: kept for the very source and settings they were made from, and never in anybody's way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from clm_audit.report.compiled import Compiled


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def rendered(folder: Path, made_with: str = "1", *, compiles: bool = True) -> str:
    made = Environment(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled(folder, made_with))
    if not compiles:
        made.compile = None  # type: ignore[assignment] # to ask it for anything is an error
    return made.get_template("page.j2").render(value="<b>")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*")) if (folder / "__pycache__").is_dir() else []


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("a {{ value }}")
    assert rendered(tmp_path) == "a &lt;b&gt;"
    assert len(kept(tmp_path)) == 1
    assert rendered(tmp_path, compiles=False) == "a &lt;b&gt;"


def test_another_text_or_setting_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("a {{ value }}")
    rendered(tmp_path)
    (tmp_path / "page.j2").write_text("b {{ value }}")
    assert rendered(tmp_path) == "b &lt;b&gt;"
    with pytest.raises(TypeError):
        rendered(tmp_path, "2", compiles=False)
    assert len(kept(tmp_path)) == 1, "the one of before is replaced"


@pytest.mark.parametrize("content", [b"", b"short", bytes(32), None])
def test_what_is_damaged_is_compiled_anew(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "page.j2").write_text("a {{ value }}")
    rendered(tmp_path)
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:40] if content is None else content)
    assert rendered(tmp_path) == "a &lt;b&gt;"
    assert file.read_bytes() == whole


def test_a_place_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("a {{ value }}")
    (tmp_path / "__pycache__").write_text("a file, where the folder would be")
    assert rendered(tmp_path) == "a &lt;b&gt;"


def test_nothing_is_written_where_python_keeps_no_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.j2").write_text("a {{ value }}")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(tmp_path) == "a &lt;b&gt;"
    assert kept(tmp_path) == []
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    rendered(tmp_path)
    assert kept(tmp_path) == []
    assert list((tmp_path / "elsewhere").rglob("*.pyc"))
