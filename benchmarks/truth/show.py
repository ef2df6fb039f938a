"""The results as Markdown tables: what is printed, and what ``docs/methods.md`` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rates import ranked
from trial import OURS

METHODS = (
    OURS,
    "CausalImpact",
    "local level",
    "ARIMA(0,1,1)",
    "ITS, Newey-West",
    "year over year",
    "clustered ratio",
    "weekly Welch",
)
STEPS = ("step +3 %", "step +5 %", "step +10 %", "step +20 %", "step -10 %")
SHAPES = ("none", "step +10 %", "ramp +10 %", "fade +10 %", "late +10 %")
TABLES = ("simulated", "simulated first year", "complete journey", "online retail", "CDNOW")
Groups = Mapping[str, Mapping[str, Mapping[str, Any]]]


def percent(share: float | None, digits: int = 1) -> str:
    """A share for people.

    >>> percent(0.0345), percent(None)
    ('3.5 %', '–')
    """
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def between(rate: Mapping[str, Any]) -> str:
    """A share with its interval."""
    return "–" if not rate["tests"] else f"{percent(rate['share'])} [{percent(rate['low'])}, {percent(rate['high'])}]"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; numbers to the right."""
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(['---'] + ['---:'] * (len(head) - 1))}|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def order(groups: Groups) -> list[str]:
    """Groups in the order of reading: simulated, then table by table."""
    places = {name: place for place, name in enumerate(TABLES)}
    return sorted(groups, key=lambda name: (places[name.partition(", ")[0]], name.count(","), name))


def alarms(groups: Groups, names: Sequence[str], what: str = "false_alarms") -> str:
    """False alarms of every method, row by row of the results."""
    rows = []
    for name in names:
        of = groups[name]
        count = of[OURS][what]
        cells = [f"**{between(of[OURS][what])}**"]
        cells += [percent(of[each][what]["share"]) if each in of else "–" for each in METHODS[1:]]
        rows.append([f"{name} ({count['tests']:,} in {count['clusters']})", *cells])
    return grid(["tests in clusters", *METHODS], rows)


def covers(groups: Groups, names: Sequence[str]) -> str:
    """Coverage of the 95 % intervals by shape of the effect."""
    rows = []
    for name in names:
        for shape in SHAPES:
            cells = [groups[name][each]["coverage"].get(shape) if each in groups[name] else None for each in METHODS]
            told = [
                between(cells[0]) if cells[0] else "–",
                *(percent(cell["share"]) if cell else "–" for cell in cells[1:]),
            ]
            rows.append([f"{name}, {shape}", *told])
    return grid(["effect", *METHODS], rows)


def powers(groups: Groups, names: Sequence[str], kind: str) -> str:
    """Power by size of the effect; ``kind`` as_is or equal. The best of a row is bold where alarms are equal."""
    rows = []
    for name in names:
        for arm in STEPS:
            best = ranked(groups[name], arm)[:1] if kind == "equal" else []
            cells = []
            for method in METHODS:
                found = groups[name].get(method, {}).get("power", {}).get(arm, {}).get(kind)
                text = percent(found["share"], 0) if found and found["tests"] else "–"
                cells.append(f"**{text}**" if method in best else text)
            rows.append([f"{name}, {arm.removeprefix('step ')}", *cells])
    return grid(["effect", *METHODS], rows)


def widths(groups: Groups, names: Sequence[str]) -> str:
    """Median width, share inconclusive, median error, run time."""
    rows = []
    for name in names:
        for what, tell in (
            ("median_width", lambda value: f"{value:.1f}"),
            ("inconclusive", lambda value: percent(value, 0)),
            ("median_error", lambda value: f"{value:.1f}"),
            ("milliseconds", lambda value: f"{value:.1f}"),
        ):
            cells = [groups[name].get(method, {}).get(what) for method in METHODS]
            rows.append([f"{name}, {what.replace('_', ' ')}", *("–" if one is None else tell(one) for one in cells)])
    return grid(["", *METHODS], rows)


def said(statements: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> str:
    """What is said beyond the numbers, and how often it is wrong."""
    rows = []
    for label, pick in SENTENCES:
        cells = []
        for name in names:
            rate: Any = statements[name]
            for key in pick:
                rate = rate[key]
            cells.append(between(rate) if rate["tests"] else "–")
        rows.append([label, *cells])
    return grid(["sentence", *names], rows)


SENTENCES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("a metric is called improved or worsened, nothing happened", ("changes_said",)),
    ("the verdict is good fit, mixed or switch, nothing happened", ("verdict_decided",)),
    ("the verdict leans, nothing happened", ("lean", "none", "any")),
    ("the verdict leans the right way, all better by 10 %", ("lean", "all better", "good fit")),
    ("the verdict leans the wrong way, all better by 10 %", ("lean", "all better", "switch")),
    ("the verdict leans the right way, all worse by 10 %", ("lean", "all worse", "switch")),
    ("the verdict leans the wrong way, all worse by 10 %", ("lean", "all worse", "good fit")),
    ("a metric is 80 % sure or more, nothing happened", ("sure", "none")),
    ("of those 80 % sure, wrong way, all better by 10 %", ("sure", "all better")),
    ("of those 80 % sure, wrong way, all worse by 10 %", ("sure", "all worse")),
    ("of the changes found, course wrong, step +10 %", ("course", "step +10 %", "wrong")),
    ("of the changes found, course wrong, step +20 %", ("course", "step +20 %", "wrong")),
    ("of the changes found, course wrong, ramp", ("course", "ramp +10 %", "wrong")),
    ("of the changes found, course wrong, fade", ("course", "fade +10 %", "wrong")),
    ("of the changes found, course wrong, late", ("course", "late +10 %", "wrong")),
    ("of the changes found, course unclear, step +20 %", ("course", "step +20 %", "unclear")),
    ("a rerun would call a quiet metric changed", ("flips", "quiet metrics flipped to a change")),
    ("a rerun would call some metric of a quiet audit changed", ("flips", "quiet audits flipped to a change")),
    ("a rerun would no longer find a true +10 %", ("flips", "true findings flipped", "step +10 %")),
    ("a rerun would no longer find a true +20 %", ("flips", "true findings flipped", "step +20 %")),
    ("a rerun would turn a true +20 % round", ("flips", "true findings reversed", "step +20 %")),
)


def tables(found: Mapping[str, Any]) -> str:
    """Everything, in sections."""
    groups: Groups = found["groups"]
    every = order(groups)
    main = [name for name in TABLES if name in groups]
    wide = [name for name in every if not name.startswith("simulated, ")]
    parts = [
        ("False alarms of single tests at a nominal 5 %", alarms(groups, every)),
        ("At least one false alarm in an audit, Holm over its metrics", alarms(groups, wide, "family")),
        ("Coverage of the 95 % interval", covers(groups, main)),
        ("Power as they are", powers(groups, main, "as_is")),
        ("Power with every method rescaled to exactly 5 % false alarms", powers(groups, main, "equal")),
        ("The same by metric, simulated", powers(groups, [n for n in every if n.startswith("simulated, ")], "equal")),
        ("Width (log points × 100), inconclusive, median error (× 100), milliseconds", widths(groups, main)),
        ("What is said beyond the numbers", said(found["statements"], main)),
    ]
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts)
