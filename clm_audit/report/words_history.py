"""Words for the run of the metrics over several audits: what changed, and what to keep in mind when reading it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from clm_audit.config.plan import FindingValue
from clm_audit.report.model_base import ChangeUnit, Unknown
from clm_audit.report.model_history import HistoryEffect
from clm_audit.report.numbers import (
    Counted,
    count,
    day,
    percent,
    percent_range,
    plus_minus,
    points,
    points_range,
)
from clm_audit.report.words_metrics import listed

TITLE = "Audit by audit"
GLANCE = "Findings at a glance"
CHANGES = "Where the answer changed"
METRICS = "Every metric, audit by audit"
GOALS = "Goals"
NOTES = "Before you read it as one run"
LEFT_OUT = "Not part of the run"
METHOD = (
    "Each audit measures the effect of the same go-live with the data that it had then. The windows of such audits"
    " share most of their weeks, so their intervals are not independent of each other. A finding that changes says that"
    " more is known, not that something changed in between: compare --against tests that. A finding allows for the"
    " number of metrics, so one whose interval just clears zero may be inconclusive all the same."
)
CAPTION = (
    "The adjusted effect that each audit found, with its 95 % interval; above it the finding. Strip: under {size}, too"
    " small to matter."
)
KEY = "✔ improved, ✘ worsened, = no material change, ~ inconclusive, – not assessable"
NOTHING_CHANGED = "Neither the verdict nor a finding has changed from one audit to the next."
ONE_ALONE = "There is one audit so far, so nothing can have changed."
CHANGED = "changed"
NO_METRIC = "This audit does not have the metric."
MOST_SETTINGS = 5
MOST_LETTERS = 40


def quarter(last: date) -> str:
    """The quarter of a day.

    >>> quarter(date(2025, 6, 30))
    '2025-Q2'
    """
    return f"{last.year}-Q{(last.month + 2) // 3}"


def next_end(last: date) -> date:
    """The last day of the quarter after the one of ``last``.

    >>> next_end(date(2024, 12, 29)), next_end(date(2025, 6, 30))
    (datetime.date(2025, 3, 31), datetime.date(2025, 9, 30))
    """
    months = last.year * 12 + 3 * ((last.month + 2) // 3) + 3
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def until(end: date) -> str:
    """The last day of a half-open window.

    >>> until(date(2025, 7, 1))
    '2025-06-30'
    """
    return day(end - timedelta(days=1))


def sentence(labels: Sequence[str], verdicts: Sequence[str]) -> str:
    """What the verdict did over the audits.

    >>> sentence(["2024-Q4", "2025-Q1"], ["inconclusive", "good fit"])
    '2 audits, from 2024-Q4 to 2025-Q1: the verdict went from inconclusive to good fit.'
    >>> sentence(["2024-Q4"], ["mixed"])
    'One audit, of 2024-Q4: the verdict was mixed.'
    """
    if len(labels) == 1:
        return f"One audit, of {labels[0]}: the verdict was {verdicts[0]}."
    head = f"{len(labels)} audits, from {labels[0]} to {labels[-1]}: the verdict "
    steps = [one for at, one in enumerate(verdicts) if not at or one != verdicts[at - 1]]
    if len(steps) == 1:
        return f"{head}was {steps[0]} in each."
    if len(steps) == 2:
        return f"{head}went from {steps[0]} to {steps[1]}."
    return f"{head}changed {len(steps) - 1} times and is {steps[-1]} now."


def run(labels: Sequence[str], findings: Sequence[FindingValue]) -> str:
    """What became of one metric's finding.

    >>> run(["2024-Q4", "2025-Q1", "2025-Q2"], ["inconclusive", "improved", "improved"])
    'Improved since 2025-Q1, before that inconclusive.'
    >>> run(["2024-Q4", "2025-Q1"], ["improved", "improved"])
    'Improved in each of the 2 audits.'
    """
    now = findings[-1].capitalize()
    if len(findings) == 1:
        return f"{now}."
    places = [at for at in range(1, len(findings)) if findings[at] != findings[at - 1]]
    if not places:
        return f"{now} in each of the {len(findings)} audits."
    since = f"{now} since {labels[places[-1]]}" if places[-1] < len(findings) - 1 else f"{now} in {labels[-1]}"
    if len(places) == 1:
        return f"{since}, before that {findings[0]}."
    return f"{since}; the finding has changed {len(places)} times."


def change(label: str, subject: str, was: str, now: str) -> str:
    """One change of a verdict or a finding.

    >>> change("2025-Q1", "the verdict", "inconclusive", "good fit")
    '2025-Q1: the verdict went from inconclusive to good fit.'
    """
    return f"{label}: {subject} went from {was} to {now}."


def next_step(last: date) -> str:
    """When the next audit is due, by the data alone."""
    return f"Audit again with the exports up to {day(next_end(last))}, and keep that audit in the same folder."


def never(names: Sequence[str]) -> str:
    """The metrics that no audit could assess, in one line."""
    return f"Assessed by no audit: {', '.join(names)}." if names else ""


def effect(found: HistoryEffect | Unknown) -> str:
    """An adjusted effect, signed.

    >>> effect(HistoryEffect(effect=0.041, low=-0.02, high=0.1, unit="share")), effect(Unknown(reason="none"))
    ('+4.1 %', '–')
    """
    if isinstance(found, Unknown):
        return "–"
    return points(found.effect, sign=True) if found.unit == "points" else percent(found.effect, sign=True)


def interval(found: HistoryEffect | Unknown) -> str:
    """The 95 % interval of an effect."""
    if isinstance(found, Unknown):
        return "–"
    return (points_range if found.unit == "points" else percent_range)(found.low, found.high)


def size(materiality: float, unit: ChangeUnit) -> str:
    """A size without direction, in the unit of the changes."""
    return f"±{points(materiality)}" if unit == "points" else plus_minus(materiality)


def caption(materiality: float, unit: ChangeUnit, shown: int, of: int) -> str:
    """What stands above a chart; ``shown`` audits of ``of`` are drawn."""
    last = "" if shown == of else f" The last {shown} of {of} audits; the table has all."
    return CAPTION.format(size=size(materiality, unit)) + last


def other_settings(label: str, before: str, differing: Mapping[str, tuple[str, str]]) -> str:
    """Settings of an audit that are not those of the one before; ``differing``: path -> (was, is).

    >>> other_settings("2025-Q1", "2024-Q4", {"service.hourly_rate": ("28", "32")})
    '2025-Q1 was made with other settings than 2024-Q4: service.hourly_rate (28 → 32).'
    """
    said = [f"{path} ({_brief(was)} → {_brief(now)})" for path, (was, now) in differing.items()]
    more = len(said) - MOST_SETTINGS
    shown = ", ".join(said[:MOST_SETTINGS]) + (f" and {more} more" if more > 0 else "")
    return f"{label} was made with other settings than {before}: {shown}."


def other_unit(label: str, before: str, name: str, was: str, now: str) -> str:
    """A metric that is measured in something else since an audit."""
    return f"{name} is told in {now} since {label} and was in {was} in {before}: the values cannot be compared."


def other_version(label: str, before: str, was: str, now: str) -> str:
    """An audit by another version of the program."""
    return f"{label} was made by version {now}, {before} by version {was}: definitions may differ."


def same_day(labels: Sequence[str]) -> str:
    """Audits of one and the same window's end, which are no development over time."""
    return (
        f"The windows of {listed(labels)} end on the same day: what differs between them is not time, but exports or"
        " settings. A window of its own for each quarter stands under windows.after in clm-audit.yaml."
    )


def not_this(what: str, theirs: str, ours: str) -> str:
    """Why an audit is of something else.

    >>> not_this("go-live", "2023-01-01", "2024-07-01")
    'is of another go-live (2023-01-01; the others: 2024-07-01)'
    """
    return f"is of another {what} ({theirs}; the others: {ours})"


def left_out(number: int) -> str:
    """How many files were no part of the run.

    >>> left_out(1), left_out(2)
    ('1 file is not part of the run:', '2 files are not part of the run:')
    """
    return f"{Counted(count(number)):file is|files are} not part of the run:"


def _brief(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
