"""A proposal as the text of a commented clm-audit.yaml: what was found is set, what could be set is a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from clm_audit.config.vocabulary import FACTS
from clm_audit.report.numbers import Counted, count
from clm_audit.report.proposal import Proposal, SourceFound, UnknownFile
from clm_audit.report.safe import visible

MARK = "# clm-audit configuration"  # how a later run tells its own file
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_SPEND = ("acquisition", "retention", "service")
_MOST_STARTS = 3


def config_text(found: Proposal) -> str:
    """The whole file. Every line that is no comment is a value that was found or given."""
    parts = (
        _head(found), _go_live(found), _windows(), _zone(found), _currency(found), _sources(found), _spend(found),
        _service(found), _response(), _segments(found), _events(), _money(), _policy(), _report(),
    )  # fmt: skip
    return "\n".join("\n".join(part) + "\n" for part in parts)


def quoted(text: str) -> str:
    r"""A text as a YAML scalar: bare where nothing could be misread, else in double quotes.

    >>> quoted("Google Ads"), quoted("no"), quoted("a: b"), quoted("x\n")
    ('Google Ads', '"no"', '"a: b"', '"x\\n"')
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=visible(text) != text)


def comment(text: str) -> str:
    r"""A text within a comment: one line, nothing hidden.

    >>> comment("a\nb")
    'a b'
    """
    return visible(" ".join(text.split()))


def _head(found: Proposal) -> Iterator[str]:
    yield f"{MARK}, proposed from the exports below. Lines with a # in front are suggestions."
    yield "# clm-audit compare -c THIS_FILE                  the audit"
    yield "# clm-audit compare -c THIS_FILE --show-config    every value, and where it came from"
    if found.first:
        yield f"# The dated records reach from {found.first} to {found.last}."
    if found.problem:
        yield f"# Not everything could be read: {comment(found.problem)}"
    yield ""
    yield "# title: Example Ltd, move to a new CRM"


def _go_live(found: Proposal) -> Iterator[str]:
    yield "# The first day on which people worked with the new CRM. The one thing that no export says for sure."
    for start in found.starts[:_MOST_STARTS]:
        yield f"# {start.day}: the records of {comment(start.path)} begin here"
    if found.go_live:
        yield f"go_live: {found.go_live}"
    elif found.two_sides:
        yield "# Without it, the first day of the after side is taken."
        yield "# go_live: 2024-07-01"
    else:
        yield "# FILL IN (or give --go-live):"
        yield "# go_live: 2024-07-01"


def _windows() -> Iterator[str]:
    yield "# What is compared. Default: as long as the data allow, whole weeks, equal seasons. `to` is the day after."
    yield "# windows:"
    yield "#   before: {from: 2023-07-01, to: 2024-07-01}"
    yield "#   after: {from: 2024-07-01, to: 2025-07-01}"
    yield "#   washout: 4 weeks          # learning time after go-live, left out"


def _zone(found: Proposal) -> Iterator[str]:
    yield "# Zone of dates with a time that name none, and of the limits of days."
    if found.timezone:
        yield f"timezone: {quoted(found.timezone)}"
        return
    if found.naive:
        stamps = Counted(count(found.naive))
        yield f"# Without one: {stamps:date|dates}, read as UTC until you set the zone of the exporting account:"
    yield "# timezone: Europe/Berlin"


def _currency(found: Proposal) -> Iterator[str]:
    seen = found.currencies or {}
    if len(seen) > 1:
        rows = ", ".join(f"{code} {count(number)}" for code, number in seen.items())
        yield f"# The exports state several currencies (rows: {rows}): name the audit's, and a rate for each other."
    elif not seen:
        yield "# No export states its currency."
    if found.currency and len(seen) <= 1:
        yield f"currency: {found.currency}"
    elif found.currency:
        yield f"# currency: {found.currency}"
    else:
        yield "# currency: EUR"
    others = [code for code in seen if code != found.currency] if len(seen) > 1 else []
    others = others or ["USD" if found.currency == "EUR" else "EUR"]
    yield f"# rates: {{{', '.join(f'{code}: 1.00' for code in others)}}}"


def _sources(found: Proposal) -> Iterator[str]:
    if found.presets:
        yield "# Your own presets, beside the ones that ship."
        yield f"presets: {quoted(found.presets)}"
    yield "# What is read. Paths are relative to this file; `side` is before, after or both (split by date)."
    yield "sources:"
    for source in found.sources:
        yield from _source(source)
    for unknown in found.unknown:
        yield from _unknown(unknown)


def _source(source: SourceFound) -> Iterator[str]:
    yield f"  - path: {quoted(source.path)}"
    if source.system:
        yield f"    system: {source.system}"
    if source.side != "both":
        yield f"    side: {source.side}"
    for text in source.files:
        yield f"    # {comment(text)}"


def _unknown(unknown: UnknownFile) -> Iterator[str]:
    """A file nobody knows: a map to fill in, with the fields that its headers resemble."""
    yield f"  # {comment(unknown.path)}: {comment(unknown.reason)}"
    if unknown.guess is None:
        return
    guess = unknown.guess
    declared = FACTS[guess.fact]
    yield f"  # Its headers: {comment(', '.join(guess.headers))}"
    yield f"  # - path: {quoted(unknown.path)}"
    yield "  #   map:"
    yield f"  #     # one of {', '.join(FACTS)}"
    yield f"  #     fact: {guess.fact}"
    for name in declared.names:
        if name in guess.fields:
            yield f"  #     {name}: {quoted(guess.fields[name])}"
        elif name in declared.required:
            yield f"  #     {name}: ...           # needed: the header that holds it"


def _spend(found: Proposal) -> Iterator[str]:
    yield "# Which spend counts as what: platforms, accounts or categories (capitals do not matter)."
    if not found.spend:
        yield "# No spend was found."
        yield "# spend: {acquisition: [Google Ads], retention: [Loyalty], service: [Support]}"
        return
    platforms = [word for word in found.spend if word.platform]
    guesses = [(kind, [one for one in found.spend if one.guess == kind]) for kind in _SPEND]
    yield "spend:" if platforms else "# spend:"
    if platforms:
        yield f"  acquisition: [{', '.join(quoted(word.word) for word in platforms)}]"
    for kind, words in guesses:
        if words:
            names = ", ".join(quoted(one.word) for one in words)
            mark = "  # " if platforms else "#   "
            yield f"{mark}{kind}: [{names}]          # a guess by the names, not in force"
    for word in found.spend:
        if not word.platform:
            rows = Counted(count(word.rows))
            yield f"  # found: {comment(word.word)}, {rows:row}, counted as {word.category}"


def _service(found: Proposal) -> Iterator[str]:
    yield "# What an hour of customer service costs: prices the handling time of tickets where they carry no cost."
    yield f"# Tickets with a handling time: {count(found.timed)}, with a cost: {count(found.costed)}."
    yield "# service: {hourly_rate: 32.00}"


def _response() -> Iterator[str]:
    yield "# What counts as a response: responded, converted, clicked or opened. Default: the first that is recorded."
    yield "# response: clicked"


def _segments(found: Proposal) -> Iterator[str]:
    yield "# Columns of the customer exports to show the metrics by."
    for column in found.segments:
        yield f"# {comment(column.header)}: {count(column.groups)} groups, filled in {Counted(count(column.rows)):row}"
    names: Sequence[str] = [column.header for column in found.segments[:2]] or ["industry", "region"]
    yield f"# segment_by: [{', '.join(quoted(name) for name in names)}]"


def _events() -> Iterator[str]:
    yield "# Dated things that could explain a change; `break: true` gives one a step of its own."
    yield "# events:"
    yield "#   - {date: 2024-09-01, what: price list changed, break: true}"


def _money() -> Iterator[str]:
    yield "# What the CRM costs: the report then says whether it was worth it. No export says it; the contracts do."
    yield "# money:"
    yield "#   margin: 40%                # what is left of 100 of revenue after variable costs"
    yield "#   horizon: 3 years"
    yield "#   discount: 10%              # a year"
    yield "#   attributable: 100%         # of the measured benefits, the share that is the CRM's doing"
    yield "#   costs:"
    yield "#     - {what: licences, initial: 0, yearly: 24000}"
    yield "#     - {what: implementation, initial: 60000}"


def _policy() -> Iterator[str]:
    yield "# metrics: {service_cost: {enabled: false}, purchase_frequency: {materiality: 3%}}"
    yield "# policy: {confidence: 95%, materiality: 5%, require: [purchase_frequency], max_rejected: 1%}"
    yield "# gate: {fail_on: [switch], metrics: {service_cost: worsened}}     # for compare --gate"


def _report() -> Iterator[str]:
    yield "# report: {client: Example Ltd, author: Example Consulting}"
