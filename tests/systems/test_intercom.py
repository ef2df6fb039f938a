"""Intercom's exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.exits import DataError
from systems import intercom_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


@pytest.mark.parametrize("rated", [True, False])
def test_conversations_are_dated_on_the_clock_of_their_header(tmp_path: Path, rated: bool) -> None:
    expected = intercom_world.write(make_company(), tmp_path, rated=rated)
    assert_world(tmp_path, expected, timezone="UTC")


def test_the_clock_of_the_header_decides_on_which_day_a_late_conversation_falls(tmp_path: Path) -> None:
    header = ("Conversation ID", "Conversation started at (Asia/Tokyo)", "Handling time (seconds)")
    write_csv(tmp_path / "c.csv", header, [(1, "2024-01-06 03:00:00", 60)])
    expected = Expected({"c.csv": Rows(1)}, {"tickets.rows": 1, "tickets.day": 19727, "tickets.seconds": 60})
    assert_world(tmp_path, expected, timezone="UTC")  # 2024-01-05 18:00 in London


def test_a_note_on_a_changed_clock_names_that_of_the_header(tmp_path: Path) -> None:
    header = ("Conversation ID", "Conversation started at (Europe/Berlin)", "Handling time (seconds)")
    write_csv(tmp_path / "c.csv", header, [(1, "2024-10-27 02:30:00", 60)])
    facts = assert_world(tmp_path, Expected({"c.csv": Rows(1)}, {"tickets.rows": 1}), timezone="UTC")
    said = "stamps in an hour that the clock of Europe/Berlin repeats, kept on their day: 1"
    assert facts.files[0].notes == (said,)


def test_a_clock_that_nobody_knows_is_refused_with_its_column(tmp_path: Path) -> None:
    header = ("Conversation ID", "Conversation started at (Mars/Phobos)", "Handling time (seconds)")
    write_csv(tmp_path / "c.csv", header, [(1, "2024-01-06 03:00:00", 60)])
    with pytest.raises(DataError, match="no such time zone") as caught:
        assert_world(tmp_path, Expected({}, {}))
    assert "c.csv" in str(caught.value.problems[0])
