from __future__ import annotations

import errno
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import numpy as np
import polars as pl
import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import FactName, load_presets
from clm_audit.exits import UsageError
from clm_audit.facts import fields
from clm_audit.facts.build import build_facts
from clm_audit.facts.ledger import Book, Entry, settle
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.store import run_folder
from clm_audit.intake.model import FileRecord, RowCounts
from clm_audit.intake.read import read_exports

HELPERS = {"account", "event", "status", "test", "deleted", "item", "closed", "stage", "merged_into"}


def test_presets_speak_of_known_fields_and_reasons() -> None:
    for preset in load_presets().values():
        assert preset.carries
        for export in preset.objects.values():
            for source in export.yields:
                known = set(fields.FIELDS[source.fact]) | HELPERS
                assert set(source.fields) | set(source.constants) <= known
                assert set(source.left_out) <= set(fields.LEFT_OUT)
                needed = {name for name, spec in fields.FIELDS[source.fact].items() if spec.missing}
                if source.fact != "order_lines":
                    assert needed <= set(source.fields) | set(source.constants)


def test_plain_carries_every_fact() -> None:
    plain = load_presets()["plain"]
    assert set(plain.carries) == set(get_args(FactName))
    assert {source.fact for export in plain.objects.values() for source in export.yields} == set(get_args(FactName))


def test_reject_codes_are_listed() -> None:
    used = {
        getattr(spec, name)
        for some in fields.FIELDS.values()
        for spec in some.values()
        for name in ("missing", "bad", "negative")
    }
    assert used - {""} <= set(fields.CODES)


def test_tables_have_exactly_their_schema_and_absent_facts_a_sentence(build) -> None:
    files = {
        "o.csv": "order,date,amount\n1,2024-01-05,1\n",
        "t.csv": "ticket,created\n1,2024-01-05\n",
        "c.csv": "customer\na\n",
        "s.csv": "campaign,recipient,sent\nS,a,2024-01-05\n",
        "r.csv": "campaign,recipient,date\nS,a,2024-01-05\n",
        "a.csv": "campaign,date,sent\nS,2024-01-05,4\n",
        "e.csv": "date,amount\n2024-01-05,1\n",
        "k.csv": "metric,date,numerator,denominator\nservice_cost,2024-01-05,1,1\n",
        "g.csv": "customer,stage,entered\na,Lead,2024-01-05\n",
        "q.csv": "customer,date,score\na,2024-01-05,9\n",
        "u.csv": "subscription,customer,start,amount\ns,a,2024-01-05,9\n",
        "v.csv": "customer,event,date\na,x,2024-01-05\n",
        "w.csv": "referrer,date\na,2024-01-05\n",
    }
    built = build(files)
    for name, schema in SCHEMAS.items():
        assert dict(built.tables[name].schema) == {**schema, **BOOKKEEPING}
    assert built.facts.absent == {}
    lone = build({"Z.csv": "Id,Requester id,Status,Created at\n1,2,Open,2024-01-05 10:00\n"})
    assert set(lone.facts.absent) == set(SCHEMAS) - {"tickets"}
    assert all(lone.facts.absent.values())


def test_every_fact_survives_files_without_a_row(build) -> None:
    headers = [
        "order,date,amount",
        "ticket,created",
        "customer,email",
        "campaign,recipient,sent",
        "campaign,recipient,date",
    ]
    headers += [
        "campaign,date,sent",
        "date,amount",
        "metric,date,numerator,denominator",
        "order,date,item,quantity,unit_price",
        "customer,stage,entered",
        "customer,date,score",
        "subscription,customer,start,amount",
        "customer,event,date",
        "referrer,date",
    ]
    built = build({f"f{n}.csv": header + "\n" for n, header in enumerate(headers)})
    assert all(frame.is_empty() for frame in built.tables.values())
    assert set(built.tables) == set(SCHEMAS)


def test_settle_moves_rows_and_refuses_what_does_not_add_up() -> None:
    rows = RowCounts(read=5, accepted=3, rejected=1, structure=1)
    one = FileRecord(
        path="a", sha256="", bytes=0, system=None, object=None, encoding="", dialect="", header_line=1, rows=rows
    )
    assert settle([one, one], {1: 3})[1].rows == rows.model_copy(update={"accepted": 0, "outside": 3})
    with pytest.raises(ArithmeticError):
        settle([one], {0: 4})
    with pytest.raises(ArithmeticError):
        settle([one.model_copy(update={"rows": RowCounts(read=2, accepted=1)})], {})


def test_the_run_folder_is_private_and_goes_away() -> None:
    with run_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "x").write_text("x")
    assert not folder.exists()
    with pytest.raises(RuntimeError), run_folder() as folder:
        raise RuntimeError
    assert not folder.exists()


def test_the_folder_of_a_killed_run_goes_at_the_next_start() -> None:
    code = "import os; from clm_audit.facts.store import run_folder\n"
    code += "with run_folder() as f: print(f, flush=True); os._exit(9)"
    left = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    assert Path(left).is_dir()
    with run_folder():
        assert not Path(left).exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (pl.exceptions.ComputeError("cannot write: No space left on device (os error 28)"), "the disk is full"),
        (pl.exceptions.ComputeError("Input/output error (os error 5)"), "the disk fails: input/output error"),
        (OSError(errno.EROFS, "any words"), "the disk fails: read-only file system"),
    ],
)
def test_a_disk_that_is_full_or_fails_is_no_error_of_the_program(error: Exception, said: str) -> None:
    with pytest.raises(UsageError, match=said), run_folder() as folder:
        raise error
    assert not folder.exists()


def test_faults_of_another_folder_stay_what_they_are() -> None:
    with pytest.raises(OSError, match="Errno 5"), run_folder():
        raise OSError(errno.EIO, "of an export", "/elsewhere/orders.csv")
    with pytest.raises(pl.exceptions.ComputeError), run_folder():
        raise pl.exceptions.ComputeError("no such column")


def test_a_folder_for_temporary_files_that_is_none_is_not_replaced_by_another(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=r"TMPDIR=.*nowhere: no folder that can be written"), run_folder():
        pass


def test_parquet_and_csv_of_the_same_rows_give_the_same_facts(build, tmp_path) -> None:
    frame = pl.DataFrame(
        {
            "order": [101, 102, 103],
            "date": [19727, 19728, 19729],
            "amount": [10.1, 0.07, 1234567.89],
            "customer": ["a", None, "b"],
        }
    ).with_columns(pl.col("date").cast(pl.Date))
    built = build({"o.csv": frame.write_csv()})
    stamps = frame.with_columns(pl.col("date").cast(pl.Datetime("ns", "UTC")), pl.col("amount").cast(pl.Decimal(12, 2)))
    for name, rows in (("typed", frame), ("stamped", stamps)):
        path = tmp_path / f"{name}.parquet"
        rows.write_parquet(path)
        plan = AuditPlan(sources=(Source(path=path),))
        with run_folder() as folder:
            orders = build_facts(plan, read_exports(plan, folder), folder).tables["orders"].collect()
        assert orders.equals(built.tables["orders"])


def test_of_several_fates_of_a_row_one_counts() -> None:
    """A sum is no data; taken by any fact is taken; not taken for its own cells says more than being repeated."""
    book = Book(SimpleNamespace(height=5, read=5, lost=0, structure=0, duplicate_of=None, faults=()))
    book.set_totals(np.array([0]))
    book.enter(None, [Entry(np.array([0, 1, 2]), "bad_date", "date"), Entry(np.array([3]), "repeated", "id", True)])
    book.enter(np.array([0, 1, 3]), [])
    book.enter(np.array([2]), [Entry(np.array([2]), "repeated", "id", True)])
    counts = book.counts()
    assert (counts.structure, counts.accepted, counts.rejected, counts.duplicate) == (1, 3, 1, 0)
