"""Saved audits -> the frozen HistoryReport. Nothing is measured here: every number stands in one of the audits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import clm_audit
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, MetricId
from clm_audit.report import look, words_history, words_metrics
from clm_audit.report.kept import Kept
from clm_audit.report.model import Adjusted, AuditReport, MetricReport, RatioReport, Tool, Unknown
from clm_audit.report.model_funnel import GoalReport
from clm_audit.report.model_history import (
    HistoryAudit,
    HistoryChange,
    HistoryEffect,
    HistoryGoal,
    HistoryGoalPoint,
    HistoryMetric,
    HistoryPoint,
    HistoryReport,
    LeftOut,
)
from clm_audit.report.numbers import day

# Settings that each audit has its own of, or that change no metric.
OWN = ("windows.before", "windows.after", "sources", "title", "goals", "gate", "against", "money", "report", "presets",
       "plan", "config", "go_live", "currency")  # fmt: skip


def compose_history(found: Sequence[Kept], left_out: Sequence[LeftOut]) -> HistoryReport:
    """The run over the audits of one company and go-live: those that most of ``found`` have, the latest on a tie.

    Audits of another go-live, currency or client are left out by name.
    """
    ordered = sorted(found, key=_place)
    anchor = _anchor(ordered)
    strangers = {one.file: why for one in ordered if (why := _stranger(one.report, anchor))}
    kept = [one for one in ordered if one.file not in strangers]
    reports = [one.report for one in kept]
    labels = _labels([_last(report) for report in reports])
    metrics = [metric for metric in (*METRIC_IDS, *LIFECYCLE_IDS) if any(_of(one, metric) for one in reports)]
    runs = [_run(metric, reports, labels) for metric in metrics]
    told = tuple(one for one in runs if any(point.finding != "not assessable" for point in one.points))
    latest = reports[-1]
    outside = (*left_out, *(LeftOut(file=name, reason=why) for name, why in strangers.items()))
    return HistoryReport(
        tool=Tool(version=clm_audit.__version__),
        title=latest.title,
        client=latest.client,
        brand=latest.brand,
        go_live=latest.windows.go_live,
        currency=next((one.currency for one in reversed(reports) if isinstance(one.currency, str)), latest.currency),
        sentence=words_history.sentence(labels, [one.verdict.value for one in reports]),
        next_step=words_history.next_step(_last(latest)),
        audits=tuple(_audits(kept, labels)),
        changes=tuple(_changes(reports, labels, told)),
        metrics=told,
        never=tuple(one.name for one in runs if one not in told),
        goals=tuple(_goals(reports)),
        notes=tuple(_notes(reports, labels)),
        left_out=tuple(sorted(outside, key=lambda one: one.file)),
    )


def _place(one: Kept) -> tuple[date, date, int, str]:
    """By the end of the window; of one day, the one that had read less comes first."""
    after = one.report.windows.after
    return after.end, after.start, sum(file.rows.read for file in one.report.files), one.sha256


def _anchor(ordered: Sequence[Kept]) -> AuditReport:
    """The latest of the audits whose go-live and currency most have."""
    keys = [(one.report.windows.go_live, _currency(one.report), one.report.client or "") for one in ordered]
    counts = Counter(keys)
    best = max(range(len(ordered)), key=lambda at: (counts[keys[at]], at))
    return ordered[best].report


def _stranger(report: AuditReport, anchor: AuditReport) -> str:
    """Why an audit is of something else than the others; empty when it is not. What is not stated is no difference."""
    pairs = {
        "go-live": (day(report.windows.go_live), day(anchor.windows.go_live)),
        "currency": (_currency(report), _currency(anchor)),
        "client": (report.client or "", anchor.client or ""),
    }
    for what, (theirs, ours) in pairs.items():
        if theirs and ours and theirs != ours:
            return words_history.not_this(what, theirs, ours)
    return ""


def _currency(report: AuditReport) -> str:
    return report.currency if isinstance(report.currency, str) else ""


def _last(report: AuditReport) -> date:
    return report.windows.after.end - timedelta(days=1)


def _labels(lasts: Sequence[date]) -> list[str]:
    """A name for each audit: its quarter; where that names two, its last day, numbered where that does, too."""
    quarters = Counter(map(words_history.quarter, lasts))
    names = [
        name if quarters[name] == 1 else last.isoformat()
        for last, name in zip(lasts, map(words_history.quarter, lasts), strict=True)
    ]
    several, seen = Counter(names), Counter[str]()
    for at, name in enumerate(names):
        seen[name] += 1
        names[at] = name if several[name] == 1 else f"{name} ({seen[name]})"
    return names


def _audits(kept: Sequence[Kept], labels: Sequence[str]) -> Iterator[HistoryAudit]:
    for at, (one, label) in enumerate(zip(kept, labels, strict=True)):
        report, after = one.report, one.report.windows.after
        yield HistoryAudit(
            file=one.file,
            sha256=one.sha256,
            version=report.tool.version,
            title=report.title,
            label=label,
            quarter=words_history.quarter(_last(report)),
            start=after.start,
            end=after.end,
            weeks=after.weeks,
            verdict=report.verdict.value,
            better=report.plain.better,
            of=report.plain.of,
            changed=at > 0 and report.verdict.value != kept[at - 1].report.verdict.value,
        )


def _of(report: AuditReport, metric: MetricId) -> MetricReport | None:
    return next((one for one in (*report.metrics, *report.lifecycle) if one.id == metric), None)


def _run(metric: MetricId, reports: Sequence[AuditReport], labels: Sequence[str]) -> HistoryMetric:
    found = [_of(report, metric) for report in reports]
    latest = next(one for one in reversed(found) if one is not None)
    points: list[HistoryPoint] = []
    for at, one in enumerate(found):
        was = points[-1].finding if points else None
        points.append(_point(at, one, was))
    return HistoryMetric(
        id=metric,
        question_number=latest.question_number,
        name=latest.name,
        unit=latest.unit,
        better=latest.better,
        materiality=latest.materiality,
        change_unit=latest.change_unit,
        sentence=words_history.run(labels, [point.finding for point in points]),
        points=tuple(points),
    )


def _point(at: int, one: MetricReport | None, was: str | None) -> HistoryPoint:
    if one is None:
        none = Unknown(reason=words_history.NO_METRIC)
        changed = was not in (None, "not assessable")
        return HistoryPoint(audit=at, before=none, after=none, adjusted=none, finding="not assessable", changed=changed)
    return HistoryPoint(
        audit=at,
        before=_value(one.before),
        after=_value(one.after),
        adjusted=_effect(one.adjusted),
        finding=one.finding,
        changed=was not in (None, one.finding),
    )


def _value(side: RatioReport | Unknown) -> float | Unknown:
    return side if isinstance(side, Unknown) else side.value


def _effect(adjusted: Adjusted | Unknown) -> HistoryEffect | Unknown:
    if isinstance(adjusted, Unknown):
        return adjusted
    return HistoryEffect(effect=adjusted.effect, low=adjusted.low, high=adjusted.high, unit=adjusted.unit)


def _changes(
    reports: Sequence[AuditReport], labels: Sequence[str], metrics: Sequence[HistoryMetric]
) -> Iterator[HistoryChange]:
    """Audit by audit: the verdict first, then the metrics."""
    for at in range(1, len(reports)):
        was, now = (reports[place].verdict.value for place in (at - 1, at))
        if was != now:
            said = words_history.change(labels[at], "the verdict", was, now)
            yield HistoryChange(audit=at, metric=None, was=was, now=now, sentence=said)
        for metric in metrics:
            old, new = (metric.points[place].finding for place in (at - 1, at))
            if old != new:
                said = words_history.change(labels[at], words_metrics.in_text(metric.id), old, new)
                yield HistoryChange(audit=at, metric=metric.id, was=old, now=new, sentence=said)


def _goals(reports: Sequence[AuditReport]) -> Iterator[HistoryGoal]:
    """Every goal that an audit had, by metric and quarter, in the order in which they were first set."""
    found: dict[tuple[str, str, float], list[tuple[int, GoalReport]]] = {}
    for at, report in enumerate(reports):
        for goal in report.goals:
            found.setdefault((goal.metric, goal.quarter, goal.target), []).append((at, goal))
    for held in found.values():
        latest = held[-1][1]
        yield HistoryGoal(
            metric=latest.metric,
            name=latest.name,
            unit=latest.unit,
            quarter=latest.quarter,
            target=latest.target,
            owner=latest.owner,
            sentence=latest.sentence,
            points=tuple(
                HistoryGoalPoint(audit=at, result=goal.result, value=goal.value, low=goal.low, high=goal.high)
                for at, goal in held
            ),
        )


def _notes(reports: Sequence[AuditReport], labels: Sequence[str]) -> Iterator[str]:
    """What stands in the way of reading the audits as one run."""
    yield from _same_days(reports, labels)
    for (old, before), (new, label) in pairwise(zip(reports, labels, strict=True)):
        if old.tool.version != new.tool.version:
            yield words_history.other_version(label, before, old.tool.version, new.tool.version)
        if differing := _settings(old.plan, new.plan):
            yield words_history.other_settings(label, before, differing)
        for metric in (*new.metrics, *new.lifecycle):
            was = _of(old, metric.id)
            both = was is not None and not any(isinstance(one.after, Unknown) for one in (was, metric))
            if both and was is not None and was.unit != metric.unit:
                yield words_history.other_unit(label, before, metric.name, was.unit, metric.unit)


def _same_days(reports: Iterable[AuditReport], labels: Sequence[str]) -> Iterator[str]:
    by_day: dict[date, list[str]] = {}
    for report, label in zip(reports, labels, strict=True):
        by_day.setdefault(_last(report), []).append(label)
    for names in by_day.values():
        if len(names) > 1:
            yield words_history.same_day(names)


def _settings(
    old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]
) -> dict[str, tuple[str, str]]:
    """Config path -> what it was and what it is, for all that changes what is measured or how it is judged."""
    paths = [path for path in dict.fromkeys((*old, *new)) if not any(_below(path, name) for name in OWN)]
    told = {path: (_setting(old, path), _setting(new, path)) for path in paths}
    return {path: (was, now) for path, (was, now) in told.items() if was != now}


def _below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _setting(plan: Mapping[str, Mapping[str, object]], path: str) -> str:
    return look.setting(plan[path].get("value") if path in plan else None)
