"""The scorer: what it must praise, and what it must not let pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from draft import Truth
from pollute import write
from readers import READERS, Read, answer
from score import SHORT_READERS, WEIGHTS, Child, Score, by_change, by_family, judge, run, summary, table, truths, worst

ROWS = [("1", "a"), ("2", "b"), ("3", "")]
NAMES = ("id", "note")


def truth(*more: Truth, regular: bool = False, strip: bool = False, trail: bool = False) -> dict[str, Any]:
    records = [asdict(Truth([row])) for row in ROWS] + [asdict(one) for one in more]
    return {
        "name": "0", "source": "s", "family": "quotes", "changes": [], "regular": regular, "header": [NAMES],
        "truth": records, "strip": strip, "trail": trail,
    }  # fmt: skip


def read(
    records: Sequence[Sequence[str]], header: Sequence[str] = NAMES, listed: int = 0, against: Any = None
) -> Score:
    found = {"header": header, "records": records, "listed": listed, "notes": []}
    return judge(truth() if against is None else against, found)


def test_the_right_answer_gets_ten() -> None:
    score = read(ROWS)
    assert score.points == pytest.approx(10)
    assert score.exact
    assert not score.silent
    assert not score.lost


@pytest.mark.parametrize(
    "records",
    [
        [("1", "a"), ("2", "B"), ("3", "")],  # another value
        [("2", "b"), ("1", "a"), ("3", "")],  # another order
        [("1", "a"), ("2", "b"), ("3", ""), ("4", "x")],  # one that is not there
        [("1", "a"), ("2", "b"), ("2", "b"), ("3", "")],  # one twice
        [("1", "a", ""), ("2", "b", ""), ("3", "", "")],  # a cell more
        [("1", " a"), ("2", "b"), ("3", "")],  # a blank more
        [("1,a",), ("2,b",), ("3,",)],  # one column
    ],
)
def test_a_wrong_reader_is_silently_wrong(records: list[tuple[str, ...]]) -> None:
    score = read(records)
    assert score.silent
    assert score.beyond
    assert not score.exact


def test_a_lossy_reader_loses_silently() -> None:
    score = read(ROWS[:1])
    assert (score.lost, score.quietly, score.silent) == (2, 2, True)
    assert score.records == pytest.approx(1 / 3)
    assert score.points < 10


def test_who_lists_too_little_is_not_excused_for_the_rest() -> None:
    score = read(ROWS[:1], listed=1)
    assert (score.lost, score.quietly, score.silent, score.beyond) == (2, 1, False, True)
    assert not read(ROWS[:2], listed=1).beyond


def test_a_wrong_header_is_silently_wrong_and_blanks_in_it_do_not_count() -> None:
    assert read(ROWS, header=("id", "remark")).silent
    assert read(ROWS, header=("note", "id")).silent
    assert read(ROWS, header=()).silent
    assert read(ROWS, header=(" id ", "note\n")).exact


def test_a_refusal_scores_nothing_and_is_not_silent() -> None:
    score = judge(truth(), {"error": "no", "clear": True})
    assert (score.points, score.refused, score.silent, score.lost, score.quietly) == (0, True, False, 3, 0)
    assert not score.unclear
    assert judge(truth(), {"error": "panic", "clear": False}).unclear


def test_a_complaint_about_a_clean_file_is_a_false_alarm() -> None:
    assert read(ROWS, listed=1, against=truth(regular=True)).alarm
    assert judge(truth(regular=True), {"error": "no", "clear": True}).alarm
    assert not read(ROWS, against=truth(regular=True)).alarm
    assert not read(ROWS, listed=1).alarm


def test_where_no_reading_is_right_any_is_but_something_must_be_said() -> None:
    against = truth(Truth(free=True))
    for more in ([], [("4", "x")]):
        assert read([*ROWS, *more], listed=1, against=against).exact
        assert read([*ROWS, *more], against=against).silent
    assert not read([*ROWS, ("4", "x"), ("5", "y")], listed=1, against=against).exact


def test_a_reading_that_must_be_listed() -> None:
    against = truth(Truth(listed=[("4", "x"), ("4", '"x')]))
    for more in ([("4", "x")], [("4", '"x')], []):
        assert read([*ROWS, *more], listed=1, against=against).exact
        assert read([*ROWS, *more], against=against).silent
    against = truth(Truth([("4", "x")], listed=[("4", '"x')]))
    assert read([*ROWS, ("4", "x")], against=against).exact
    assert read([*ROWS, ("4", '"x')], against=against).silent
    assert read([*ROWS, ("4", '"x')], listed=1, against=against).exact


def test_one_entry_may_speak_for_two_records_of_a_line() -> None:
    against = truth(Truth([("4", "x")]), Truth([("5", "y")], shared=True))
    score = read(ROWS, listed=1, against=against)
    assert (score.lost, score.quietly, score.beyond) == (2, 0, False)
    assert read(ROWS, against=against).quietly == 2
    assert read(ROWS[1:], listed=1, against=against).beyond


def test_what_became_of_a_spared_record_is_not_judged_but_of_its_neighbours_is() -> None:
    against = truth(Truth(spared=True, slack=2))
    for more in ([], [("4", "x")], [("4", "x"), ("5", "y")]):
        assert read([*ROWS, *more], against=against).exact
    assert read([*ROWS, ("4", "x"), ("5", "y"), ("6", "z")], against=against).silent
    assert read(ROWS[:2], against=against).quietly == 1


def test_junk_may_be_left_out_or_listed_but_not_taken_for_a_record() -> None:
    against = truth(Truth(junk=True))
    assert read(ROWS, against=against).exact
    assert read([*ROWS, ("Total", "9")], against=against).silent
    assert read([*ROWS, ("Total", "9")], listed=1, against=against).exact


def test_blanks_and_empty_ends_count_unless_the_truth_says_otherwise() -> None:
    assert read([("1", " a"), ("2", "b "), ("3", "")], against=truth(strip=True)).exact
    assert read([("1", "a", ""), ("2", "b", ""), ("3",)], (*NAMES, ""), against=truth(trail=True)).exact
    assert read([*ROWS, ("", "")]).exact  # an empty record is none


def test_every_reader_reads_an_ordinary_file(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("id,note,day\n1,a b,2024-01-01\n2,c,2024-01-02\n3,d,2024-01-03\n" * 1, encoding="utf-8")
    right = [["1", "a b", "2024-01-01"], ["2", "c", "2024-01-02"], ["3", "d", "2024-01-03"]]
    for name in ("clm-audit", "csv", "Polars", "Polars, lenient", "DuckDB", "DuckDB, rejects"):
        found = answer(READERS[name], path)
        assert "error" not in found, (name, found)
        assert [list(row) for row in found["records"]] == right, name
        assert found["header"] == ("id", "note", "day"), name


def test_a_reader_that_panics_or_hangs_is_refused_and_the_next_file_still_read(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("id,note\n1,a\n", encoding="utf-8")
    child = Child("csv", seconds=20)
    try:
        assert child.ask(path)["records"] == [["1", "a"]]
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        assert child.ask(path) == {"error": "crashed or took too long", "clear": False}
        assert child.ask(path)["records"] == [["1", "a"]]
        child.seconds = 0
        assert child.ask(path)["error"] == "crashed or took too long"
    finally:
        child.close()


def test_an_exception_of_any_kind_is_a_refusal(tmp_path: Path) -> None:
    class Panic(BaseException):
        pass

    def panics(_: Path) -> Read:
        raise Panic("pointer")

    assert answer(panics, tmp_path) == {"error": "Panic: pointer", "clear": False}


def test_a_run_and_its_tables(tmp_path: Path) -> None:
    write(tmp_path, 40, 3)
    rows = run("csv", tmp_path)
    assert len(rows) == len(list(truths(tmp_path))) == 40
    numbers = summary(rows)
    assert numbers["files"] == 40
    assert 0 < numbers["silent"] < 40
    assert 0 < numbers["simple"] < 10
    assert set(by_family(rows)) <= set(WEIGHTS)
    assert sum(one["files"] for one in by_family(rows).values()) == 40
    assert table({"csv": numbers}, "reader").count("\n") == 2
    assert "silent" in worst(rows, 5)
    assert by_change(rows).startswith("| change |")


def test_weights_are_hundredths_of_all_families() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert set(SHORT_READERS) < set(READERS)
