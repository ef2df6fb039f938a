"""Empty lines of every kind, in any number and place: counted, never read, never held one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.intake.marks import LF, Rules
from clm_audit.intake.proof import prove

RULES = Rules(ord(","), LF, 3)
EMPTY = ("", " ", "\t ", ",", ",,", " ,, ", ",,,,,,", ", ,", "\r")
ROWS = ("1,a,2", '"x",,', ",,3", '"a\n\nb",2,3')


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from((*EMPTY, *ROWS)), max_size=30), st.sampled_from([1, 2, 7, 16, 1_000]))
def test_every_empty_line_is_counted_and_no_row_is_lost(tmp_path: Path, lines: list[str], chunk: int) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b,c\n" + data)
    starts: list[int] = []
    proof = prove(path, "f.csv", RULES, 6, on_rows=lambda found: starts.extend(found.tolist()), chunk=chunk)
    wanted = [line for line in lines if line in ROWS]
    assert (proof.height, proof.blank) == (len(wanted), len(lines) - len(wanted))
    text = path.read_bytes()
    assert [text[at:].startswith(line.encode()) for at, line in zip(starts, wanted, strict=True)] == [True] * len(
        wanted
    )
    left = bytearray(text[proof.first : proof.last])
    for start, stop in reversed(proof.drops):
        del left[start - proof.first : stop - proof.first]
    assert left.decode() == "".join(line + "\n" for line in wanted)


@pytest.mark.parametrize("line", [b"\n", b" \n", b",\n", b",,\n", b",,,,\n", b"\r\n"])
def test_a_million_empty_lines_are_one_span(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b,c\n1,2,3\n" + line * 1_000_000 + b"4,5,6\n")
    proof = prove(path, "f.csv", RULES, 6)
    assert (proof.height, proof.blank) == (2, 1_000_000)
    assert len(proof.drops) < 10
