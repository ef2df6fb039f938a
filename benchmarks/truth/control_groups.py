"""What a control group is worth where regions share shocks: ``python benchmarks/truth/control_groups.py``.

Each company (``tests/inference/regions.py``) is judged by the difference to its control group and by the history of
the treated alone. Prints the table, writes ``results/control_groups.json`` and the table of ``docs/methods.md``.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))  # the companies are those of the test suite

from clm_audit.config.plan import AuditPlan, Control  # noqa: E402
from clm_audit.inference.beside import comparison  # noqa: E402
from clm_audit.inference.control import Compared, compared  # noqa: E402
from inference.regions import company  # noqa: E402  (needs the path above)

RESULTS, PAGE = HERE / "results" / "control_groups.json", HERE.parents[1] / "docs" / "methods.md"
MARKS = "<!-- control groups -->\n", "<!-- end of control groups -->"
PLAN = AuditPlan(control=Control(segment="region"))
FIRST_SEED = 1_000
LATER = {4: 13, 5: 20}
WORLDS: dict[str, dict[str, Any]] = {
    "no effect": {},
    "no effect, own drift × 2": {"own": 2.0},
    "no effect, twelve control regions, half a year after": {"controls": 12, "after": 26},
    "no effect, thirty small regions": {"buyers": (25.0, 150.0), "treated": 10, "controls": 20},
    "no effect, three days of go-live": {"later": LATER},
    "no effect, three days of go-live, own drift × 2": {"later": LATER, "own": 2.0},
    "no effect, one treated, five control, own drift × 3": {"treated": 1, "controls": 5, "own": 3.0},
    "+5 %": {"effect": math.log(1.05)},
    "+10 %, own drift × 2": {"effect": math.log(1.1), "own": 2.0},
}


def trial(seed: int, world: dict[str, Any]) -> list[float]:
    """One company: found, covered, half-width and error, each with the control group and alone; synthetic p ≤ 0.1."""
    totals, calendar = company(seed, **world)
    found = compared(PLAN, totals)
    if not isinstance(found, Compared) or found.together is None or found.alone is None:
        raise RuntimeError("a company without an estimate")
    truth = float(world.get("effect", 0.0))
    row: list[float] = []
    for effect in (found.together.effect, found.alone.effect):
        low, high = math.log1p(effect.low), math.log1p(effect.high)
        row += [effect.p < 0.05, low <= truth <= high, (high - low) / 2, abs(effect.log_effect - truth)]
    synthetic = comparison(found, calendar).synthetic
    return [*row, math.nan if synthetic is None else float(synthetic.p <= 0.1)]


def measure(runs: int) -> dict[str, dict[str, float | None]]:
    """Shares and medians for each kind of company."""
    answers: dict[str, dict[str, float | None]] = {}
    for name, world in WORLDS.items():
        rows = np.array([trial(FIRST_SEED + run, world) for run in range(runs)])
        both = {}
        for side, at in (("with", 0), ("alone", 4)):
            both[f"found_{side}"] = round(float(rows[:, at].mean()), 3)
            both[f"covered_{side}"] = round(float(rows[:, at + 1].mean()), 3)
            both[f"half_width_{side}"] = round(float(np.median(rows[:, at + 2])), 3)
            both[f"error_{side}"] = round(float(np.median(rows[:, at + 3])), 3)
        strange = None if np.isnan(rows[:, 8]).all() else round(float(np.nanmean(rows[:, 8])), 3)
        answers[name] = {"runs": runs, **both, "synthetic_strange_at_10": strange}
        print(name, answers[name], flush=True)
    return answers


def table(answers: dict[str, dict[str, float | None]]) -> str:
    """The table of the page."""
    head = (
        "| companies | runs | found with | found alone | covered with | covered alone | half-width with | alone |"
        " median error with | alone | synthetic p ≤ 0.1 |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
    )
    lines = []
    for name, row in answers.items():
        shares = [
            f"{row[key]:.1%}".replace("%", " %")
            for key in ("found_with", "found_alone", "covered_with", "covered_alone")
        ]
        sizes = [f"{row[key]:.3f}" for key in ("half_width_with", "half_width_alone", "error_with", "error_alone")]
        strange = row["synthetic_strange_at_10"]
        last = "–" if strange is None else f"{strange:.1%}".replace("%", " %")
        lines.append(f"| {' | '.join([name, str(row['runs']), *shares, *sizes, last])} |")
    return head + "\n".join(lines) + "\n"


def written(text: str, answers: dict[str, dict[str, float | None]]) -> str:
    """The page with the table of these answers."""
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    return f"{before}{MARKS[0]}{table(answers)}{MARKS[1]}{after}"


def main() -> None:
    """Measure, save, and write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200, help="companies of each kind (default: 200)")
    with threadpool_limits(limits=1, user_api="blas"):
        answers = measure(options.parse_args().runs)
    RESULTS.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), answers), encoding="utf-8")


if __name__ == "__main__":
    main()
