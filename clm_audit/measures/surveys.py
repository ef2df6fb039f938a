"""The net promoter score: promoters (9 and 10) less detractors (0 to 6), per hundred answers.

The score lies between -100 and 100 and can be zero or negative, so that it has no logarithm and no percent of change.
What is modelled is the mean of (class + 1) / 2, where a promoter's class is 1, a passive's 0 and a detractor's -1: a
share p between 0 and 1, and the score is 200 p - 100. An effect on p is told in points of the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells, MetricTotals, Ratio, Variant
from clm_audit.measures.periods import Inputs, Recipe, blank, cook, too_few
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side, ratio
from clm_audit.measures.stages import STEP, reaching
from clm_audit.measures.totals import along, cells, only

Frame = nw.LazyFrame[Any]
NPS = "nps"
PROMOTERS, DETRACTORS = 9, 6
SCORES = 11
_WIDTH = 16  # more than there are scores: day and score in one integer
CODES = ("no_nps",)


def survey_frames(tables: Frames, _: Collected, calendar: Calendar) -> Frames:
    """``survey_days``: answers per segment, day and score. ``survey_people``: second moments of what one customer
    answered in four weeks. ``survey_latest``: the latest answer of each customer in each window."""
    if "surveys" not in tables:
        return {}
    kind, score = nw.col("kind"), nw.col("score")
    asked = tables["surveys"].filter(kind == NPS, ~score.is_null())
    rows = asked.select(
        "customer",
        nw.col("segment").fill_null(0).cast(nw.Int64),
        nw.col("day").cast(nw.Int64),
        nw.col("score").cast(nw.Int64),
        twice=flag(score >= PROMOTERS) + flag(score > DETRACTORS),
    )
    inside = rows.filter(nw.col("day") >= calendar.span[0], nw.col("day") < calendar.span[1])
    return {
        "survey_days": rows.group_by("segment", "day", "score").agg(answers=nw.len()),
        "survey_people": _people(inside, Grid.of(calendar)),
        "survey_latest": _latest(inside, calendar),
    }


def _people(rows: Frame, grid: Grid) -> Frame:
    """Σ n², Σ s², Σ n s over the customers of a period; an answer without a customer stands alone."""
    placed = rows.with_columns(period=grid.week(nw.col("day")) // STEP)
    known = placed.filter(~nw.col("customer").is_null())
    names = ("segment", "period", "n", "s")
    one = known.group_by("customer", "period").agg(
        nw.col("segment").max(), n=nw.len().cast(nw.Int64), s=nw.col("twice").sum().cast(nw.Int64)
    )
    alone = placed.filter(nw.col("customer").is_null()).with_columns(n=nw.lit(1).cast(nw.Int64), s=nw.col("twice"))
    both = nw.concat([one.select(*names), alone.select(*names)], how="vertical")
    n, s = nw.col("n"), nw.col("s")
    squares = both.select("segment", "period", nn=n * n, ss=s * s, ns=n * s)
    return squares.group_by("segment", "period").agg(nw.col("nn").sum(), nw.col("ss").sum(), nw.col("ns").sum())


def _latest(rows: Frame, calendar: Calendar) -> Frame:
    """Customers per segment, window and the score of their latest answer in it (of one day, the best)."""
    at = nw.col("day") * _WIDTH + nw.col("score")
    known = rows.filter(~nw.col("customer").is_null()).select("customer", "segment", "day", at=at)
    parts = []
    for code, (start, end) in enumerate((calendar.before, calendar.after)):
        window = known.filter(nw.col("day") >= start, nw.col("day") < end)
        last = window.group_by("customer").agg(nw.col("segment").max(), nw.col("at").max())
        parts.append(last.select("segment", window=nw.lit(code).cast(nw.Int64), score=nw.col("at") % _WIDTH))
    return nw.concat(parts, how="vertical").group_by("segment", "window", "score").agg(customers=nw.len())


def survey_cells(collected: Collected, calendar: Calendar) -> Mapping[str, Cells]:
    """``survey_days`` (segment, day, score): answers; ``survey_people`` (segment, period): nn, ss, ns;
    ``survey_latest`` (segment, window, score): customers."""
    if "survey_days" not in collected:
        return {}
    days, people, latest = (collected[f"survey_{name}"] for name in ("days", "people", "latest"))
    period = people["period"] - Grid.of(calendar).shift // STEP
    return {
        "survey_days": cells({name: days[name] for name in ("segment", "day", "score")}, {"answers": days["answers"]}),
        "survey_people": cells(
            {"segment": people["segment"], "period": period}, {name: people[name] for name in ("nn", "ss", "ns")}
        ),
        "survey_latest": cells(
            {name: latest[name] for name in ("segment", "window", "score")}, {"customers": latest["customers"]}
        ),
    }


def score_counts(found: Cells, window: tuple[int, int]) -> Line:
    """Answers of a window by score, from 0 to 10."""
    day = found.keys["day"]
    kept = (day >= window[0]) & (day < window[1])
    scores = found.keys["score"][kept]
    return np.bincount(scores, weights=found.values["answers"][kept], minlength=SCORES).astype(np.float64)


def twice(scores: Line) -> float:
    """Σ (class + 1) of answers counted by score.

    >>> twice(np.array([0.0] * 9 + [3.0, 1.0])), twice(np.ones(11))
    (8.0, 6.0)
    """
    return float(2 * scores[PROMOTERS:].sum() + scores[DETRACTORS + 1 : PROMOTERS].sum())


def nps(inputs: Inputs) -> MetricTotals:
    """By response; by the latest answer of each customer as a variant. Satisfaction scores are never mixed in."""
    found = inputs.totals.cells.get("survey_days")
    if found is None:
        return blank("nps", inputs.absent("surveys"))
    if not found.keys["day"].size:
        return blank("nps", NotAssessable(code="no_nps", detail={"fact": "surveys"}))
    span = reaching(found, inputs.calendar)
    calendar = replace(inputs.calendar, coverage={**inputs.calendar.coverage, "surveys": span})
    scheme = Scheme.of(calendar, ["surveys"], STEP)
    weeks = _weekly(found, calendar.go_live)
    behind = {side: float(scheme.part(along(weeks, "answers", "week", scheme.units), side).sum()) for side in SIDES}
    recipe = Recipe(
        "nps",
        scheme,
        num=lambda segments: along(weeks, "twice", "week", scheme.units, segments),
        den=lambda segments: along(weeks, "answers", "week", scheme.units, segments),
        per=(2.0, 1.0),
        s2=_variance(inputs, scheme, weeks),
        variants=(_by_customer(inputs),),
        how={f"answers_{side}": behind[side] for side in SIDES},
        split=True,
        undivided="surveys",
        behind=behind,
    )
    return cook(inputs, recipe, _one_sided(scheme))


def _one_sided(scheme: Scheme) -> NotAssessable | None:
    live = scheme.calendar.go_live
    first, last = scheme.calendar.coverage["surveys"]
    if first < live < last:
        return None
    return NotAssessable(
        code="one_side_only", detail={"fact": "surveys", "side": "after" if first >= live else "before"}
    )


def _weekly(found: Cells, go_live: int) -> Cells:
    score, answers = found.keys["score"], found.values["answers"]
    class_of = (score >= PROMOTERS).astype(np.int64) + (score > DETRACTORS).astype(np.int64)
    keys = {"segment": found.keys["segment"], "week": (found.keys["day"] - go_live) // 7}
    return cells(keys, {"answers": answers, "twice": answers * class_of})


def _variance(inputs: Inputs, scheme: Scheme, weeks: Cells) -> Line:
    """Var log p, by customer: Σ (s − 2 p n)² / (Σ s)²; never less than if nobody had answered twice but one had
    another opinion, so that a period of equal answers does not pretend to certainty."""
    people = inputs.totals.cells["survey_people"]
    nn, ss, ns = (along(people, name, "period", scheme.periods) for name in ("nn", "ss", "ns"))
    s, n = (scheme.fold(along(weeks, name, "week", scheme.units)) for name in ("twice", "answers"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = s / n
        spread = ss - 2 * mean * ns + mean**2 * nn
        return np.asarray(np.maximum(spread, 1.0) / s**2)


def _by_customer(inputs: Inputs) -> Variant:
    """The latest answer of each customer in a window, one customer one voice."""
    latest = inputs.totals.cells["survey_latest"]
    sides: dict[Side, Ratio | NotAssessable] = {}
    for code, side in enumerate(SIDES):
        part = only(latest, window=code)
        scores = np.bincount(part.keys["score"], weights=part.values["customers"], minlength=SCORES).astype(np.float64)
        refused = too_few(float(scores.sum()), side)
        sides[side] = refused or ratio(twice(scores) / 2, float(scores.sum()), 0.0, side)
    return Variant("nps_by_customer", "points", sides["before"], sides["after"])
