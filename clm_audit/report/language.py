"""The report in the number and date formats of its reader. The JSON and the report object itself stay neutral.

What a renderer formats itself follows :func:`clm_audit.report.numbers.speaking`; the sentences were composed in the
neutral form and are rewritten here. Names, labels, paths and titles are the reader's own and are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from clm_audit.report import numbers
from clm_audit.report.model import Assumption, AuditReport

if TYPE_CHECKING:
    from clm_audit.report.model_ahead import AheadReport
    from clm_audit.report.model_check import CheckOnlyReport
    from clm_audit.report.model_history import HistoryReport

Report = TypeVar("Report", AuditReport, "CheckOnlyReport", "AheadReport", "HistoryReport")
SENTENCES = frozenset({
    "sentence", "finding_sentence", "reason", "remedy", "why_different", "definition", "how_sure", "method", "message",
    "difference", "differences", "next_step", "better", "consequence", "notes", "segment_notes", "summary",
    "low_end", "high_end",
})  # fmt: skip
_QUOTED = r"“[^”]*”|`[^`]*`|\S*[/\\]\S*"  # names and paths: not ours
_DATE = r"(?<![\w./-])\d{4}-\d\d-\d\d(?![\w/-]|\.\w)"
_NUMBER = r"(?<![\w.,:#-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-]|[.,]\d)|(?<![\w.,:#-])\d+\.\d+(?![\w-]|[.,]\d)"
_BETWEEN = r"(?<=%), (?=[+−]?\d[^\[]*\])|(?<=\d), (?=[+−]?[\d.,]+\] points)"  # the ends of an interval
_TOKEN = re.compile(f"(?P<quoted>{_QUOTED})|(?P<date>{_DATE})|(?P<number>{_NUMBER})|(?P<between>{_BETWEEN})")


@contextmanager
def spoken(report: Report) -> Iterator[Report]:
    """``report`` with its sentences in the formats of its language; within it, numbers are formatted so, too.

    Every format for people is rendered within this.
    """
    language = report.brand.language
    with numbers.speaking(language):
        yield report if language == "en" else _rewritten(report)


def rewritten(text: str) -> str:
    """A neutral sentence in the formats of the language in use.

    >>> with numbers.speaking("de"):
    ...     rewritten("From 2024-07-01: 1,204 rows, +0.5 % [−1.2 %, +2.2 %] of “v 1.5” in a/2024-07-01.csv")
    'From 01.07.2024: 1.204 rows, +0,5 % [−1,2 %; +2,2 %] of “v 1.5” in a/2024-07-01.csv'
    """
    return _TOKEN.sub(_token, text)


def _token(match: re.Match[str]) -> str:
    text = match.group(0)
    if match["number"]:
        return numbers.spelled(text)
    if match["between"]:
        return numbers.between()
    if match["date"]:
        try:
            return numbers.day(date.fromisoformat(text))
        except ValueError:
            return text
    return text


def _rewritten(model: Report) -> Report:
    done: Report = _walk(model)
    return done


def _walk(item: Any, *, said: bool = False) -> Any:
    """A value with the sentences in it rewritten; ``said``: whether it is one itself."""
    if isinstance(item, str):
        return rewritten(item) if said else item
    if isinstance(item, BaseModel):
        own = SENTENCES | {"value"} if isinstance(item, Assumption) else SENTENCES
        parts = {name: (value, _walk(value, said=name in own)) for name, value in item}
        changed = {name: new for name, (old, new) in parts.items() if new is not old}
        return item.model_copy(update=changed) if changed else item
    if isinstance(item, tuple):
        new = tuple(_walk(part, said=said) for part in item)
        return new if any(one is not other for one, other in zip(new, item, strict=True)) else item
    if isinstance(item, Mapping) and any(isinstance(part, BaseModel | Mapping) for part in item.values()):
        return {key: _walk(part) for key, part in item.items()}
    return item
