"""The numbers within sentences: each sentence of an audit has an id, and its numbers are counted within it.

``metrics.purchase_frequency.finding_sentence`` is a sentence, ``metrics.purchase_frequency.finding_sentence.2`` its
second number. Which numbers of the audit these are is told from what is written: the nearest parts of the audit are
searched for those that are written so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clm_audit.report.model import AuditReport
from clm_audit.report.trace import leaves, numbers

_DAY = r"\d{4}-\d\d-\d\d|\d{4}-Q[1-4]|\bQ[1-4]\b"
_NUMBER = r"(?<![\w.])[+−±-]?\d[\d,]*(?:\.\d+)?(?: ?%)?(?!\w)"
_TOKEN = re.compile(f"(?:{_DAY})|(?P<number>{_NUMBER})")
_SAID = re.compile(r"\s")  # a name, a hash or a date has no blank in it
_REGISTERS = ("assumptions.", "money.assumptions.")  # what was assumed, be it one number alone
_NOT_SAID = ("label", "name", "path", "file", "what", "column", "question", "unit", "sha256", "hash", "dialect")
_PERIODS = (".series.", ".points.", ".stages.", ".placebo_z.")
_MOST = 3
_TELLING = 4  # digits of a number that nothing else is written like by chance
_ALMOST = 1e-9


@dataclass(frozen=True)
class SaidNumber:
    """A number of a sentence: its ``id``, how it is ``written``, and the numbers of the audit that are ``meant``,
    nearest first; none where it was worked out for the sentence alone."""

    id: str
    written: str
    meant: tuple[str, ...]


def sentences(report: AuditReport) -> dict[str, str]:
    """The sentences of the report that hold a number: id -> sentence."""
    return {
        key: text
        for key, text in leaves(report).items()
        if isinstance(text, str) and (_SAID.search(text) or key.startswith(_REGISTERS)) and not _named(key)
        if written(text)
    }


def _named(key: str) -> bool:
    """Whether a text is what something is called, not what is said of it."""
    return key.rpartition(".")[2] in _NOT_SAID


def written(text: str) -> list[str]:
    """The numbers of a sentence, in their order; dates are none.

    >>> written("From 2024-07-01: 3 months on +5.4 % [−8.6 %, +21 %], 1,204 rows; by 2025-Q1")
    ['3', '+5.4 %', '−8.6 %', '+21 %', '1,204']
    """
    return [found["number"] for found in _TOKEN.finditer(text) if found["number"]]


def said_numbers(key: str, report: AuditReport) -> list[SaidNumber]:
    """The numbers of the sentence ``key``."""
    values, text = numbers(report), sentences(report)[key]
    own = list(_scopes(key))
    parts = (*own[:1], *_named_in(text, own[0], report), *own[1:])
    scopes = [{name: value for name, value in values.items() if name.startswith(part)} for part in parts]
    scopes += [_settings(report), values]
    return [
        SaidNumber(f"{key}.{place}", shown, tuple(_meant(shown, scopes))[:_MOST])
        for place, shown in enumerate(written(text), start=1)
    ]


def _named_in(text: str, own: str, report: AuditReport) -> Iterator[str]:
    """The metrics that a sentence or its own part names."""
    for part, metrics in (("metrics", report.metrics), ("lifecycle", report.lifecycle)):
        for metric in metrics:
            if metric.name.lower() in text.lower() or f".{metric.id}." in own:
                yield f"{part}.{metric.id}."


def _scopes(key: str) -> Iterator[str]:
    """The parts of the audit that a sentence may speak of, nearest first."""
    parts = key.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:depth]) + "."


def _settings(report: AuditReport) -> dict[str, int | float | str]:
    found = {f"plan.{name}": entry.get("value") for name, entry in report.plan.items()}
    return {name: one for name, one in found.items() if isinstance(one, int | float) and not isinstance(one, bool)}


def _meant(shown: str, scopes: Sequence[Mapping[str, int | float | str]]) -> Iterator[str]:
    """The numbers that are written so, in the nearest part that has one."""
    for scope in scopes[:-1]:
        found = [name for name, exact in scope.items() if _fits(shown, name, float(exact))]
        if found:
            headlines = [name for name in found if not any(part in name for part in _PERIODS)]
            yield from sorted(headlines or found, key=lambda name: name.count("."))
            return
    if len(re.sub(r"\D", "", shown)) >= _TELLING:
        yield from (name for name, exact in scopes[-1].items() if _fits(shown, name, float(exact)))


def _fits(shown: str, name: str, exact: float) -> bool:
    """Whether ``exact`` is written ``shown`` once it is rounded to as many places.

    >>> _fits("27 %", "adjusted.effect", -0.2703), _fits("+27 %", "adjusted.effect", -0.2703), _fits("3", "months", 3.0)
    (True, False, True)
    """
    plain = shown.rstrip(" %").replace(",", "").replace("−", "-").lstrip("±+")
    share = math.expm1(exact) if ".parts." in name else exact
    scaled = share * (100 if shown.endswith("%") else 1)
    signed = shown[0] in "+−-"
    value, true = (float(plain), scaled) if signed else (abs(float(plain)), abs(scaled))
    half = 0.5 * 10.0 ** -len(plain.partition(".")[2])
    return abs(value - true) <= half * (1 + _ALMOST) + _ALMOST
