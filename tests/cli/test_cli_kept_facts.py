"""What was read may be kept: an audit that starts from it says the same, and refuses what is not as it was kept."""

from __future__ import annotations

import json
import resource
import signal
from pathlib import Path

import pytest

from clm_audit.exits import ExitCode
from clm_audit.facts import room

ORDERS = "order_id,date,amount,customer_id,email\n" + "".join(
    f"{n},20{24 - n % 2}-{1 + n % 12:02}-{1 + n % 28:02},{10 + n % 7}.50,k{n % 17},k{n % 17}@x.org\n"
    for n in range(400)
)
WORDS = ("x.org", "k16", "secret word")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text(ORDERS)
    events = "customer_id,event,date\n" + "".join(f"k{n % 17},secret word,2024-0{1 + n % 9}-03\n" for n in range(30))
    (folder / "events.csv").write_text(events)
    return folder


def kept(clm_audit, exports: Path, *more: str):
    given = ("--go-live", "2024-01-01", "--currency", "EUR")
    return clm_audit("compare", exports, *given, "--json", "first.json", "--keep-facts", "facts", *more)


@pytest.mark.parametrize("held", [0, 2**24])
def test_the_report_of_kept_facts_is_the_same_to_the_byte(
    clm_audit, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(room, "HELD", held)
    first = kept(clm_audit, exports)
    assert "parts, one after the other" in first.stderr if held == 0 else "parts" not in first.stderr
    (exports / "orders.csv").unlink()
    second = clm_audit("compare", "facts", "--json", "second.json", "--quiet")
    assert first.returncode == second.returncode
    assert (tmp_path / "second.json").read_bytes() == (tmp_path / "first.json").read_bytes()
    assert first.stdout == second.stdout
    content = b"".join(path.read_bytes() for path in (tmp_path / "facts").iterdir())
    assert "events" in {path.stem.partition("-")[0] for path in (tmp_path / "facts").iterdir()}
    assert not [word for word in WORDS if word.encode() in content]
    check = clm_audit("check", "facts", "--quiet")
    assert check.returncode in (0, 4)
    assert "orders.csv" in check.stdout


def test_what_is_not_as_it_was_kept_is_refused(clm_audit, exports: Path, tmp_path: Path) -> None:
    kept(clm_audit, exports, "--quiet")
    facts = tmp_path / "facts"
    manifest, orders = facts / "clm-audit-facts.json", facts / "orders.parquet"
    text, rows = manifest.read_text(), orders.read_bytes()

    def refused(what: str) -> None:
        run = clm_audit("compare", "facts", "--quiet")
        assert (run.returncode, run.stdout) == (ExitCode.UNFIT, "")
        assert what in run.stderr

    orders.write_bytes(rows[:-9] + b"x" + rows[-8:])
    refused("facts/orders.parquet: was changed after it was written")
    orders.unlink()
    refused("facts/orders.parquet: a file of the kept facts is missing")
    orders.write_bytes(rows)
    (facts / "more.parquet").write_bytes(rows)
    refused("facts/more.parquet: is none of the kept facts")
    (facts / "more.parquet").unlink()
    manifest.write_text(text.replace('"EUR"', '"USD"'))
    refused("facts/clm-audit-facts.json: was changed after it was written")
    manifest.write_text(json.dumps({"clm_audit_facts": 2}))
    refused("facts/clm-audit-facts.json: no manifest of kept facts that this version reads")
    manifest.write_text(text)
    assert clm_audit("compare", "facts", "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--currency", "USD"), "currency: facts were kept with another value"),
        (("--go-live", "2024-02-01"), "go_live: facts were kept with another value"),
        (("--timezone", "Europe/Berlin"), "timezone: facts were kept with another value"),
    ],
)
def test_a_setting_that_the_facts_were_not_made_with_is_refused(
    clm_audit, exports: Path, options: tuple[str, str], said: str
) -> None:
    kept(clm_audit, exports, "--quiet")
    run = clm_audit("compare", "facts", *options)
    assert run.returncode == ExitCode.USAGE
    assert said in run.stderr
    same = clm_audit("compare", "facts", "--currency", "EUR", "--materiality", "3%", "--quiet")
    assert same.returncode != ExitCode.USAGE


def test_kept_facts_stand_alone_and_overwrite_nothing(clm_audit, exports: Path, tmp_path: Path) -> None:
    kept(clm_audit, exports, "--quiet")
    again = kept(clm_audit, exports)
    assert (again.returncode, "is not empty" in again.stderr) == (ExitCode.USAGE, True)
    both = clm_audit("compare", "facts", "exports", "--go-live", "2024-01-01")
    assert (both.returncode, "give no other path" in both.stderr) == (ExitCode.USAGE, True)
    assert not (tmp_path / "facts.part").exists()


@pytest.mark.parametrize("said", ["much", "1.5", "12MB", "-1GB"])
def test_a_memory_that_is_none_is_refused(clm_audit, exports: Path, said: str) -> None:
    run = clm_audit("check", exports, f"--memory={said}")
    assert run.returncode == ExitCode.USAGE
    assert f"option --memory {said}" in run.stderr


def test_a_full_disk_is_said_plainly(clm_audit, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "HELD", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        run = clm_audit("compare", exports, "--go-live", "2024-01-01", "--quiet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, usual)
    assert run.returncode == ExitCode.USAGE
    assert f"{tmp_path}: the disk is full (free some space" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list(tmp_path.glob("clm-audit-*"))
