"""The verdict's truth table over the findings, as data.

Every row states its whole condition, so the rows exclude one another and their order does not matter; a test
walks all combinations. ``docs/verdict.md`` is generated from this table and compared with it.
*No effect* (``unchanged``) and *don't know* (``undecided``) are separate columns and never stand in for each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clm_audit.config.plan import FindingValue, MetricId, VerdictValue
from clm_audit.inference.model import Finding
from clm_audit.inference.students import normal_quantile
from clm_audit.verdict.model import Verdict

Required = Literal["decided", "undecided", "not assessable"]
Range = tuple[int, int]
MANY = 99
ANY: Range = (0, MANY)
NONE: Range = (0, 0)
SOME: Range = (1, MANY)
FEW_WEEKS = 13  # under three months after go-live a worse number may be the learning dip
EARLY_WEEKS = 26  # results usually need three to six months; before that "nothing came" is not yet true
CLEAR_LEAN = 0.95  # how sure all metrics together must be of one way; measured, see docs/methods.md
SUREST = 1e-6  # one metric alone cannot be surer than this of its direction, however small its p


@dataclass(frozen=True)
class Tally:
    """The findings counted. ``required``: the worst state among the metrics that the policy requires
    (``decided`` when it requires none). ``weeks_after``: length of the after window."""

    improved: int
    worsened: int
    unchanged: int
    undecided: int
    required: Required
    weeks_after: float

    @property
    def decided(self) -> int:
        """Findings that say something: improved, worsened or no material change."""
        return self.improved + self.worsened + self.unchanged


@dataclass(frozen=True)
class Row:
    """One row: closed ranges of the counts, whether at least half of what can be assessed is decided
    (``mostly_decided``; None = either), the required metrics' states, and weeks after go-live [from, to)."""

    name: str
    value: VerdictValue
    because: tuple[FindingValue, ...]
    improved: Range = ANY
    worsened: Range = ANY
    unchanged: Range = ANY
    undecided: Range = ANY
    decided: Range = ANY
    mostly_decided: bool | None = None
    required: tuple[Required, ...] = ("decided",)
    weeks_after: tuple[float, float] = (0, float("inf"))

    def covers(self, tally: Tally) -> bool:
        """Whether this row applies to ``tally``."""
        counts = ("improved", "worsened", "unchanged", "undecided", "decided")
        inside = all(getattr(self, name)[0] <= getattr(tally, name) <= getattr(self, name)[1] for name in counts)
        mostly = self.mostly_decided is None or self.mostly_decided == (tally.decided >= tally.undecided)
        in_time = self.weeks_after[0] <= tally.weeks_after < self.weeks_after[1]
        return inside and mostly and in_time and tally.required in self.required


_SETTLED: tuple[Required, ...] = ("decided",)
_PRESENT: tuple[Required, ...] = ("decided", "undecided")
_ALL: tuple[Required, ...] = ("decided", "undecided", "not assessable")
TWO: Range = (2, MANY)
TABLE: tuple[Row, ...] = (
    Row("nothing assessable", "not assessable", ("not assessable",), decided=NONE, undecided=NONE, required=_ALL),
    Row("required metric missing", "not assessable", ("not assessable",), undecided=SOME, decided=NONE,
        required=("not assessable",)),
    Row("required metric missing, others decided", "not assessable", ("not assessable",), decided=SOME,
        required=("not assessable",)),
    Row("nothing decided", "inconclusive", ("inconclusive",), decided=NONE, undecided=SOME, required=_PRESENT),
    Row("required metric undecided", "inconclusive", ("inconclusive",), decided=SOME, required=("undecided",)),
    Row("one decided", "inconclusive", ("improved", "worsened", "no material change", "inconclusive"), decided=(1, 1)),
    Row("improved and worsened", "mixed", ("improved", "worsened"), improved=SOME, worsened=SOME),
    Row("improved, nothing worse", "good fit", ("improved",), improved=SOME, worsened=NONE, decided=TWO,
        mostly_decided=True),
    Row("improved, mostly open", "inconclusive", ("inconclusive",), improved=SOME, worsened=NONE, decided=TWO,
        mostly_decided=False),
    Row("worsened, nothing better", "switch", ("worsened",), improved=NONE, worsened=SOME, decided=TWO,
        mostly_decided=True, weeks_after=(FEW_WEEKS, float("inf"))),
    Row("worsened, too early", "inconclusive", ("worsened",), improved=NONE, worsened=SOME, decided=TWO,
        mostly_decided=True, weeks_after=(0, FEW_WEEKS)),
    Row("worsened, mostly open", "inconclusive", ("inconclusive",), improved=NONE, worsened=SOME, decided=TWO,
        mostly_decided=False),
    Row("no benefit", "switch", ("no material change",), improved=NONE, worsened=NONE, unchanged=(3, MANY),
        undecided=NONE, weeks_after=(EARLY_WEEKS, float("inf"))),
    Row("no benefit yet", "inconclusive", ("no material change",), improved=NONE, worsened=NONE, unchanged=(3, MANY),
        undecided=NONE, weeks_after=(0, EARLY_WEEKS)),
    Row("unchanged, too few", "inconclusive", ("no material change",), improved=NONE, worsened=NONE, unchanged=(2, 2),
        undecided=NONE),
    Row("unchanged, some open", "inconclusive", ("inconclusive",), improved=NONE, worsened=NONE, unchanged=TWO,
        undecided=SOME),
)  # fmt: skip


def row_for(tally: Tally) -> Row:
    """The row of :data:`TABLE` that covers ``tally``."""
    return next(row for row in TABLE if row.covers(tally))


def tally_of(findings: Sequence[Finding], require: Sequence[MetricId], weeks_after: float) -> Tally:
    """Count the findings. A required metric without a finding counts as not assessable."""
    values = [finding.value for finding in findings]
    by_metric = {finding.metric: finding.value for finding in findings}
    needed = [by_metric.get(metric, "not assessable") for metric in require]
    required: Required = "decided"
    if "not assessable" in needed:
        required = "not assessable"
    elif "inconclusive" in needed:
        required = "undecided"
    return Tally(
        improved=values.count("improved"),
        worsened=values.count("worsened"),
        unchanged=values.count("no material change"),
        undecided=values.count("inconclusive"),
        required=required,
        weeks_after=weeks_after,
    )


def decide(findings: Sequence[Finding], require: Sequence[MetricId], weeks_after: float) -> Verdict:
    """The verdict before any data check has its say."""
    row = row_for(tally_of(findings, require, weeks_after))
    return Verdict(
        value=row.value,
        row=row.name,
        because=tuple(finding.metric for finding in findings if finding.value in row.because),
        uncapped=row.value,
        lean=lean_of(findings) if row.value == "inconclusive" else "neither",
    )


def lean_of(findings: Sequence[Finding]) -> Literal["good fit", "switch", "neither"]:
    """Where the findings together point: P(better) of each as a normal z, summed and divided by √number.

    (Stouffer's sum.) Counting the metrics that are 80 % sure each would lean in nearly every audit, for of six
    metrics to which nothing happened two or three are that sure of something (``docs/methods.md``).
    """
    scores = [normal_quantile(_sureness(finding)) for finding in findings if finding.value != "not assessable"]
    together = sum(scores) / math.sqrt(len(scores)) if scores else 0.0
    if abs(together) < normal_quantile(CLEAR_LEAN):
        return "neither"
    return "good fit" if together > 0 else "switch"


def _sureness(finding: Finding) -> float:
    """P(better), within bounds; what is shown to be immaterial points nowhere, what is proven points its way."""
    proven = {"improved": 1.0, "worsened": 0.0, "no material change": 0.5}
    probability = finding.better_probability
    if probability is None or finding.value == "no material change":
        probability = proven.get(finding.value, 0.5)
    return min(max(probability, SUREST), 1.0 - SUREST)
