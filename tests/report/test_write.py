from __future__ import annotations

import os
from pathlib import Path

import pytest

from clm_audit.exits import UsageError
from clm_audit.report import write
from clm_audit.report.rejects import rejects_csv
from clm_audit.report.write import Target, check_target, kind_of, write_all, write_text

PAGE = '<!DOCTYPE html>\n<meta name="generator" content="clm-audit 9.9">\n<title>new</title>\n'
OLD = PAGE.replace("new", "old")
OTHERS = {
    "r.html": "<!DOCTYPE html>\n<title>our shop</title>\n",
    "package.json": '{"name": "clm-audit", "schema_version": "1"}',
    "list.json": '[{"schema_version": "1"}]',
    "README.md": "# clm-audit\n<!-- clm-audit report -->\n",
    "run.sh": "#!/bin/sh\nclm-audit compare\n",
    "clm-audit.yaml": "# clm-audit: the audit of a company\ngo_live: 2024-07-01\n",
    "data.xml": "<?xml version='1.0'?>",
    "orders.csv": "file,line,byte,column,code,action,mine\n1,2,3,4,5,6,7\n",
}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "r.html", PAGE + "→")
    assert (tmp_path / "r.html").read_bytes() == (PAGE + "→").encode()
    assert names(tmp_path) == ["r.html"]


def test_an_old_report_of_the_same_kind_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    target.write_text(OLD)
    write_text(target, PAGE)
    assert target.read_text() == PAGE


@pytest.mark.parametrize(
    "old",
    ["order,date\n1,2\n", '{"a": 1}', "PK\x03\x04", "# Notes\n", "%PDF-1.7", "file,line,byte,column,code,action\n"],
)
def test_a_file_of_another_kind_stays(tmp_path: Path, old: str) -> None:
    target = tmp_path / "r.html"
    target.write_text(old)
    with pytest.raises(UsageError, match=r"exists and (is a list|was not written)"):
        write_text(target, PAGE)
    assert target.read_text() == old
    assert names(tmp_path) == ["r.html"]


def test_an_export_is_not_taken_for_a_list_of_rejects(tmp_path: Path) -> None:
    target = tmp_path / "rejects.csv"
    target.write_text("order,date,amount\n1,2024-01-01,5\n")
    with pytest.raises(UsageError, match="was not written by clm-audit"):
        write_text(target, rejects_csv([]))
    target.write_text(rejects_csv([]))
    write_text(target, rejects_csv([]))


@pytest.mark.parametrize("name", OTHERS)
def test_only_what_this_program_wrote_is_ever_replaced(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_text(OTHERS[name])
    for kind, text in outputs().items():
        with pytest.raises(UsageError, match="was not written by clm-audit"):
            check_target(target, kind)
        with pytest.raises(UsageError, match="was not written by clm-audit"):
            write_text(target, text)
    assert target.read_text() == OTHERS[name]
    assert names(tmp_path) == [name]


def test_a_target_is_refused_before_there_is_a_text(tmp_path: Path) -> None:
    check_target(tmp_path / "new.html", "HTML")
    (tmp_path / "old.html").write_text(OLD)
    check_target(tmp_path / "old.html", "HTML")
    for path, kind in ((tmp_path / "no" / "r.html", "HTML"), (tmp_path / "old.html", "JSON"), (tmp_path, "HTML")):
        with pytest.raises(UsageError):
            check_target(path, kind)
    assert names(tmp_path) == ["old.html"]


def test_an_empty_file_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "r.html").touch()
    write_text(tmp_path / "r.html", PAGE)
    assert (tmp_path / "r.html").read_text() == PAGE


def test_links_are_never_followed(tmp_path: Path) -> None:
    (tmp_path / "real.html").write_text(OLD)
    for target in ("real.html", "nowhere.html"):
        link = tmp_path / "link.html"
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / target)
        with pytest.raises(UsageError, match="link"):
            write_text(link, PAGE)
    assert (tmp_path / "real.html").read_text() == OLD
    assert not (tmp_path / "nowhere.html").exists()


def test_an_input_is_never_overwritten_not_even_by_another_name(tmp_path: Path) -> None:
    source = tmp_path / "in.html"
    source.write_text(OLD)
    os.link(source, tmp_path / "other.html")
    for name in ("in.html", "other.html"):
        with pytest.raises(UsageError, match="were read"):
            write_text(tmp_path / name, PAGE, [tmp_path / "gone.csv", source])
    assert source.read_text() == OLD


def test_folders_and_devices_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(UsageError, match="regular file"):
            write_text(target, PAGE)


def test_a_missing_folder_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="create the folder"):
        write_text(tmp_path / "no" / "r.html", PAGE)


def test_a_failed_write_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.html"
    target.write_text(OLD)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write.os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_text(target, PAGE)
    assert target.read_text() == OLD
    assert names(tmp_path) == ["r.html"]


def test_everything_is_on_the_disk_before_any_file_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each fsync the whole file must have left the buffer, and no file may have its name before the last one."""
    pages = {tmp_path / name: (PAGE + name).encode() for name in ("a.html", "b.html", "c.html")}
    steps: list[object] = []
    synced, replaced = os.fsync, Path.replace
    monkeypatch.setattr(write.os, "fsync", lambda file: (steps.append(os.fstat(file).st_size), synced(file)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append(to.name), replaced(self, to)))
    write_all([Target(path, page) for path, page in pages.items()])
    assert steps == [*map(len, pages.values()), "a.html", "b.html", "c.html"]


def test_the_temporary_name_is_never_one_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write.secrets, "token_hex", lambda _: "0" * 12)
    taken = tmp_path / f".r.html.{'0' * 12}.part"
    taken.write_text("somebody else's")
    with pytest.raises(UsageError, match="cannot write"):
        write_text(tmp_path / "r.html", PAGE)
    assert taken.read_text() == "somebody else's"
    assert names(tmp_path) == [taken.name]


def outputs() -> dict[str, str]:
    """Every kind of output that the program writes."""
    from clm_audit.report.html import to_html
    from clm_audit.report.json_out import to_json
    from clm_audit.report.markdown import to_markdown
    from report import worlds

    report = worlds.bare_report()
    texts = {"HTML": to_html(report), "JSON": to_json(report), "Markdown": to_markdown(report)}
    return texts | {"a list of rejects": rejects_csv([])}


def test_every_output_of_the_program_has_a_kind() -> None:
    for kind, text in outputs().items():
        assert kind_of(text.encode()[:4096]) == kind
