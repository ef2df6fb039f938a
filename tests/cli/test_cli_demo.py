"""`demo` audits the sample company, and never overwrites what is not its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from clm_audit.cli.demo import copy_sample
from clm_audit.config.shipped import shipped
from clm_audit.exits import ExitCode, UsageError

Demo = tuple[Path, "subprocess.CompletedProcess[str]"]


def test_demo_writes_and_audits_the_sample_company(demo: Demo) -> None:
    folder, run = demo
    assert run.returncode == ExitCode.DONE, run.stderr
    assert (folder / "report.html").read_bytes().lstrip().lower().startswith(b"<!doctype html")
    assert json.loads((folder / "audit.json").read_text(encoding="utf-8"))["schema_version"] == "1"
    assert run.stdout.strip()
    said = run.stderr.splitlines()
    assert said[-3] == "the report is clm-audit-demo/report.html"
    assert said[-2].startswith("next: clm-audit init ")
    assert said[-1] == "clm-audit: exit 0, done"


def test_the_files_of_the_demo_tell_nothing_of_this_machine(demo: Demo) -> None:
    folder, run = demo
    for text in (run.stdout, *((folder / name).read_text(encoding="utf-8") for name in ("report.html", "audit.json"))):
        assert str(folder.parent) not in text


def test_the_exports_are_copied_as_they_are(demo: Demo) -> None:
    sample, folder = shipped("sample_data"), demo[0]
    for part in ("before", "after"):
        names = sorted(path.name for path in (sample / part).iterdir())
        assert names == sorted(path.name for path in (folder / part).iterdir())
        assert all((sample / part / name).read_bytes() == (folder / part / name).read_bytes() for name in names)


def test_a_second_demo_in_the_same_folder_is_fine(tmp_path: Path) -> None:
    copy_sample(shipped("sample_data"), tmp_path)
    copy_sample(shipped("sample_data"), tmp_path)


@pytest.mark.parametrize(
    ("name", "says"),
    [("before/orders_export.csv", "exists, and is not"), ("after/mine.csv", "is not a file of the sample company")],
)
def test_foreign_files_are_left_alone(tmp_path: Path, name: str, says: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=says) as caught:
        copy_sample(shipped("sample_data"), tmp_path)
    assert "--output" in caught.value.problems[0].hint
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path], "nothing else was written"
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("at", range(3))
def test_a_copy_that_is_cut_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Killed while it wrote, it leaves whole files, and hidden ones that no next run stumbles over."""
    done = 0
    real = Path.replace

    def killed(self: Path, target: Path) -> Path:
        nonlocal done
        if done == at:
            raise KeyboardInterrupt
        done += 1
        return real(self, target)

    sample = shipped("sample_data")
    monkeypatch.setattr(Path, "replace", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # a kill removes nothing
    with pytest.raises(KeyboardInterrupt):
        copy_sample(sample, tmp_path)
    monkeypatch.undo()
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".part"]
    assert len(written) == at
    assert all(path.read_bytes() == (sample / path.relative_to(tmp_path)).read_bytes() for path in written)
    assert list(tmp_path.rglob(".*.part"))
    copy_sample(sample, tmp_path)
    (tmp_path / "after" / ".orders.csv.part").touch()  # not of a name that this program gives
    with pytest.raises(UsageError, match="is not a file of the sample company"):
        copy_sample(sample, tmp_path)


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="exists, and is not"):
        copy_sample(shipped("sample_data"), tmp_path)
    assert not (tmp_path / "elsewhere").exists()
