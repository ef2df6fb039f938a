"""Every page under docs/examples shows what its commands print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from real.pages import NAMES, Page, run, same

pytestmark = pytest.mark.real


def test_there_is_a_page_for_each_data_set() -> None:
    assert set(NAMES) >= {"cdnow", "complete_journey", "online_retail", "service_desk"}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_the_commands_print(name: str, example: Callable[[str], Path]) -> None:
    page = Page.read(name)
    assert page.commands
    for command, shown in page.commands:
        assert command.startswith("clm-audit ")
        assert shown.strip() not in ("", "...")
        printed = run(command, example(name))
        assert same(shown, printed), f"{command} printed\n{printed}\n---- the page shows\n{shown}"
