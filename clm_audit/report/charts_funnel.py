"""Two drawings of the lifecycle: who entered which stage before and after go-live, and the scores of the survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clm_audit.report import numbers
from clm_audit.report.drawing import ACCENT, GRID, INK, QUIET, Chart, Mark, Scale, label, line, rect, text_width
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_funnel import FunnelReport, ScoresReport, StageSide

ROW, BAR, GAP = 62, 16, 4  # of a stage: its height, that of a bar, and between its two bars
TOP, BOTTOM = 8, 26
PLOT = 190  # height of the columns of scores
NARROW_AT = 560  # drawings under this width leave words out
PROMOTERS_FROM, DETRACTORS_TO = 9, 6
_CSS = {"before": "step", "after": "strong"}
COLOURS = {"step": QUIET, "strong": ACCENT}


@dataclass(frozen=True)
class _Bar:
    """One bar of a stage: how many entered, and what is said beside it."""

    entered: int
    text: str
    css: str


def funnel_figure(funnel: FunnelReport, width: int) -> Chart:
    """A pair of bars a stage, before go-live above and after it below, as long as many entered."""
    rows = [(stage.name, _bar(stage.before, "before"), _bar(stage.after, "after"))
            for stage in funnel.stages]  # fmt: skip
    most = max((bar.entered for _, *bars in rows for bar in bars), default=1) or 1
    beside = max(text_width(bar.text) for _, *bars in rows for bar in bars)
    scale = Scale(0, most, 0, max(40.0, width - beside - 10))
    marks: list[Mark] = []
    for at, (name, before, after) in enumerate(rows):
        top = TOP + at * ROW
        marks.append(label(0, top + 12, name, css="t-ink"))
        for bar, y in ((before, top + 18), (after, top + 18 + BAR + GAP)):
            end = scale(bar.entered)
            marks.append(rect(0, y, max(end, 1), BAR, COLOURS[bar.css], bar.css))
            marks.append(label(max(end, 1) + 6, y + BAR - 4, bar.text))
    return Chart(
        width,
        TOP + len(rows) * ROW + 4,
        "Stages before and after go-live",
        f"Two bars for each stage, before go-live and after it. {funnel.sentence} The numbers are in the table that"
        " follows.",
        tuple(marks),
    )


def _bar(side: StageSide, window: str) -> _Bar:
    if isinstance(side.entered, Unknown):
        return _Bar(0, f"{window}: fewer than five", _CSS[window])
    moved = "" if isinstance(side.share, Unknown) else f", {numbers.percent(side.share)} moved on"
    return _Bar(side.entered, f"{window}: {numbers.count(side.entered)}{moved}", _CSS[window])


def scores_figure(scores: ScoresReport, width: int) -> Chart:
    """A pair of columns a score, as high as the share of answers; detractors, passives and promoters named below."""
    top = max((*scores.before, *scores.after))
    height = Scale(0, top, TOP + PLOT, TOP + 16)
    slot = width / len(scores.before)
    bar = min(24.0, slot / 2 - 3)
    marks: list[Mark] = [line(0, TOP + PLOT, width, TOP + PLOT, GRID, "grid")]
    for score, shares in enumerate(zip(scores.before, scores.after, strict=True)):
        middle = slot * (score + 0.5)
        for share, left, colour, css in (
            (shares[0], middle - bar - 1, QUIET, "step"),
            (shares[1], middle + 1, ACCENT, "strong"),
        ):
            marks.append(rect(left, height(share), bar, TOP + PLOT - height(share), colour, css))
            if width >= NARROW_AT:
                said = numbers.percent(share, digits=0).removesuffix(" %")
                marks.append(label(left + bar / 2, height(share) - 4, said, anchor="middle", size=11))
        marks.append(label(middle, TOP + PLOT + 16, str(score), anchor="middle"))
    groups = (("detractors", 0, DETRACTORS_TO), ("passives", DETRACTORS_TO + 1, PROMOTERS_FROM - 1),
              ("promoters", PROMOTERS_FROM, len(scores.before) - 1))  # fmt: skip
    marks += [mark for group in groups for mark in _group(group, slot, 12 if width >= NARROW_AT else 10)]
    marks.sort(key=lambda mark: mark.css)  # columns stand side by side: those of a window are told together
    return Chart(
        width,
        TOP + PLOT + BOTTOM + 26,
        "Answers by score",
        f"Two columns for each score from 0 to 10, before go-live and after it, in per cent of the answers."
        f" {scores.sentence} The numbers are in the table that follows.",
        tuple(marks),
    )


def _group(group: tuple[str, int, int], slot: float, size: int) -> Sequence[Mark]:
    """What the scores of a group are called, under a line over them."""
    name, first, last = group
    y = TOP + PLOT + 24
    left, right = slot * first + 4, slot * (last + 1) - 4
    return line(left, y, right, y, INK, "axis"), label(
        (left + right) / 2, y + 16, name, anchor="middle", css="t-ink", size=size
    )
