"""docs/methods.md shows the saved results of the control groups, and only them."""

from __future__ import annotations

import json

from control_groups import PAGE, RESULTS, WORLDS, trial, written


def test_the_page_has_the_numbers_of_the_results() -> None:
    answers = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert set(answers) == set(WORLDS)
    text = PAGE.read_text(encoding="utf-8")
    assert written(text, answers) == text, "run benchmarks/truth/control_groups.py"


def test_a_trial_tells_with_from_without() -> None:
    found, covered, half, error, _, _, alone, _, strange = trial(1_000, {"effect": 0.2, "controls": 11})
    assert (found, covered) == (1.0, 1.0)
    assert half < alone
    assert error < 0.05
    assert strange in (0.0, 1.0)
