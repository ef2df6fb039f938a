"""Every sentence of a verdict and when it may appear, over the counts of the findings; see ``sentence_table``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scipy import stats

from clm_audit.inference.model import Finding
from report.sentence_table import GAP

Required = Literal["decided", "undecided", "missing"]
MISSING = "not assessable"
STRENGTH = {"good fit": 2, "mixed": 2, "switch": 2, "inconclusive": 1, "not assessable": 0}


@dataclass(frozen=True)
class Audit:
    """``withheld``: metrics that a failed check touches; ``event_near``: an event that no control group met."""

    findings: tuple[Finding, ...]
    require: tuple[str, ...]
    weeks: float
    withheld: frozenset[str]
    event_near: bool

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The findings' values, those withheld as if not assessable."""
        return tuple("not assessable" if one.metric in self.withheld else one.value for one in self.findings)

    @cached_property
    def values(self) -> tuple[str, ...]:
        return tuple(one.value for one in self.findings)

    def read(self, values: Sequence[str]) -> tuple[str, str]:
        """The verdict and its row of docs/verdict.md, by the counts."""
        better, worse, same, open_ = (
            values.count(one) for one in ("improved", "worsened", "no material change", "inconclusive")
        )
        decided = better + worse + same
        required = [value for one, value in zip(self.findings, values, strict=True) if one.metric in self.require]
        if not decided and not open_:
            return "not assessable", "nothing assessable"
        if "not assessable" in required:
            return "not assessable", "required metric missing"
        if not decided:
            return "inconclusive", "nothing decided"
        if "inconclusive" in required:
            return "inconclusive", "required metric undecided"
        if decided == 1:
            return "inconclusive", "one decided"
        if better and worse:
            return "mixed", "improved and worsened"
        if better or worse:
            return self._one_way(better > 0, mostly=decided >= open_)
        if open_:
            return "inconclusive", "unchanged, some open"
        if same == 2:
            return "inconclusive", "unchanged, too few"
        return ("switch", "no benefit") if self.weeks >= 26 else ("inconclusive", "no benefit yet")

    def _one_way(self, better: bool, *, mostly: bool) -> tuple[str, str]:
        if not mostly:
            return "inconclusive", "improved, mostly open" if better else "worsened, mostly open"
        if better:
            return "good fit", "improved, nothing worse"
        return ("switch", "worsened, nothing better") if self.weeks >= 13 else ("inconclusive", "worsened, too early")

    @cached_property
    def outcome(self) -> tuple[str, str, str]:
        """Verdict, row, and what held it back (``check``, ``event`` or nothing)."""
        before, row_before = self.read(self.values)
        value, row = self.read(self.kept)
        held = ""
        if value != before and STRENGTH[value] < STRENGTH[before]:
            held = "check"
        elif value != before and STRENGTH[before] < 2:
            value, row = before, row_before
        elif value != before:
            value, row, held = "inconclusive", "withheld", "check"
        if STRENGTH[value] == 2 and self.event_near:
            value, row, held = "inconclusive", "event", "event"
        return value, row, held

    @property
    def row(self) -> str:
        return self.outcome[1]

    def has(self, value: str) -> bool:
        """Whether a verdict stands beside a finding of this value."""
        standing = (one.value for one in self.findings if one.metric not in self.withheld or one.value == MISSING)
        return STRENGTH[self.outcome[0]] == 2 and value in standing

    @property
    def left_out(self) -> bool:
        """Whether a failed check touches a finding that could be assessed."""
        return any(one.metric in self.withheld and one.value != MISSING for one in self.findings)

    def leans(self, way: Literal["good fit", "switch"]) -> bool:
        """Whether all that may be credited to the CRM points one way together, with 95 % or more."""
        if self.outcome[0] != "inconclusive" or self.event_near:
            return False
        sure = {"improved": 1.0, "worsened": 0.0, "no material change": 0.5}
        scores = []
        for one, value in zip(self.findings, self.kept, strict=True):
            if value != "not assessable":
                known = one.better_probability if value != "no material change" else None
                share = sure.get(value, 0.5) if known is None else known
                scores.append(float(stats.norm.ppf(min(max(share, 1e-6), 1 - 1e-6))))
        together = sum(scores) / math.sqrt(len(scores)) if scores else 0.0
        edge = float(stats.norm.ppf(0.95))
        return together >= edge if way == "good fit" else together <= -edge


@dataclass(frozen=True)
class VerdictRow:
    """A sentence with … for its gaps, and when it appears; ``holds`` is the same in code."""

    place: Literal["verdict", "next step"]
    words: str
    when: str
    holds: Callable[[Audit], bool]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the sentence in a text."""
        return re.compile(".+?".join(re.escape(part) for part in self.words.split(GAP)))


def _row(words: str, *rows: str, place: Literal["verdict", "next step"] = "verdict", when: str = "") -> VerdictRow:
    said = when or f"row of the truth table: {' or '.join(rows)}"
    return VerdictRow(place, words, said, lambda audit: audit.row in rows)


def _later(words: str, *rows: str) -> VerdictRow:
    when = f"row of the truth table: {' or '.join(rows)}"
    return VerdictRow("next step", words, when, lambda audit: audit.row in rows)


VERDICT_ROWS: tuple[VerdictRow, ...] = (
    _row("Not assessable: none of the metrics can be judged.", "nothing assessable"),
    _row("Not assessable: a required metric cannot be judged (…).", "required metric missing"),
    _row("Inconclusive: no metric is decided.", "nothing decided"),
    _row("Inconclusive: a required metric is not decided (…).", "required metric undecided"),
    _row("Inconclusive: only one metric is decided (…), too few to judge a CRM by.", "one decided"),
    _row("Mixed: … improved, … worsened.", "improved and worsened"),
    _row("Good fit: … improved, and nothing is shown to have got worse.", "improved, nothing worse"),
    _row(
        "Inconclusive: … improved and nothing is shown to be worse, but more metrics are open than decided.",
        "improved, mostly open",
    ),
    _row(
        "Time to think about a switch: … worsened, and nothing is shown to have improved.", "worsened, nothing better"
    ),
    _row("Inconclusive: … worsened, but less than three months have passed since go-live.", "worsened, too early"),
    _row(
        "Inconclusive: … worsened and nothing is shown to be better, but more metrics are open than decided.",
        "worsened, mostly open",
    ),
    _row(
        "Time to think about a switch: everything that could be judged stayed the same, and nothing improved.",
        "no benefit",
    ),
    _row(
        "Inconclusive: nothing has changed so far, but less than six months have passed since go-live.",
        "no benefit yet",
    ),
    _row("Inconclusive: … did not change, which is too little to judge a CRM by.", "unchanged, too few"),
    _row("Inconclusive: … did not change, and … is not decided.", "unchanged, some open"),
    _row(
        "Inconclusive: without the findings that a failed data check touches, the answer would be another one.",
        "withheld",
        when="without what a failed check touches the table gives another verdict of the same strength",
    ),
    _row(
        "Inconclusive: a data check on which the answer depends cannot tell.",
        "event",
        when="the table gives good fit, mixed or switch, and a check that caps cannot tell (here: a known event lies"
        " near go-live)",
    ),
    VerdictRow(
        "verdict",
        "Held back by a data check; the findings alone would give: ….",
        "a check made the verdict weaker",
        lambda audit: bool(audit.outcome[2]),
    ),
    VerdictRow(
        "verdict",
        "Not decided: ….",
        "good fit, mixed or switch, beside a metric that is not decided",
        lambda audit: audit.has("inconclusive"),
    ),
    VerdictRow(
        "verdict",
        "Not assessable: ….",
        "the verdict is not assessable; or good fit, mixed or switch, beside a metric that is not assessable",
        lambda audit: audit.has("not assessable") or audit.outcome[0] == "not assessable",
    ),
    VerdictRow(
        "verdict",
        "Left out because of a failed data check: ….",
        "good fit, mixed or switch, beside a finding that a failed check touches",
        lambda audit: STRENGTH[audit.outcome[0]] == 2 and audit.left_out,
    ),
    VerdictRow(
        "verdict",
        "So far the findings lean towards a good fit.",
        "inconclusive, and all metrics that no failed check touches and no event near go-live clouds are together"
        " better with 95 % or more",
        lambda audit: audit.leans("good fit"),
    ),
    VerdictRow(
        "verdict",
        "So far the findings lean towards a switch.",
        "so, worse with 95 % or more",
        lambda audit: audit.leans("switch"),
    ),
    _later(
        "Look first at what worsened, by segment; a switch would also give up what improved.", "improved and worsened"
    ),
    _later("Keep it, and audit again in six months to see whether it lasts.", "improved, nothing worse"),
    _later(
        "Look at what worsened by segment and by date before you decide; then plan the change.",
        "worsened, nothing better",
    ),
    _later("Audit again three months after go-live: the first weeks are a time of learning.", "worsened, too early"),
    _later("Look at what worsened, by segment and by date.", "worsened, mostly open"),
    _later("Ask what the CRM was meant to change; if it was one of these metrics, it did not.", "no benefit"),
    _later("Audit again six months after go-live: results usually need three to six months.", "no benefit yet"),
    VerdictRow(
        "next step",
        "The data check “Other events near go-live” cannot tell: …",
        "a known event near go-live holds the verdict back",
        lambda audit: audit.outcome[2] == "event",
    ),
    VerdictRow(
        "next step",
        "The data check “Export cut off at a limit” failed: …",
        "the check failed (here: an export at its limit)",
        lambda audit: bool(audit.withheld),
    ),
)
TITLES = {"verdict": "The verdict", "next step": "What to do next"}


def as_markdown() -> str:
    """The table as it stands in docs/sentences.md."""
    parts = []
    for place, title in TITLES.items():
        rows = [f"| {row.words} | {row.when} |" for row in VERDICT_ROWS if row.place == place]
        parts.append("\n".join([f"## {title}", "", "| sentence | appears exactly when |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)
