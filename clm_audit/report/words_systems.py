"""A preset in words: which exports of a system are known, by which headers, what is read from them, and its notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from clm_audit.config.preset import ExportObject, Preset, Yield
from clm_audit.report.numbers import count
from clm_audit.report.words_metrics import fact

PATTERN = "re:"
_NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)")
_ESCAPED = re.compile(r"\\([^\w\s])")


def system(preset: Preset) -> str:
    """Everything that a user of this system's exports may want to know before making them."""
    lines = [f"{preset.system} (system): {preset.title}", ""]
    for name, export in preset.objects.items():
        lines += [f"{_plain(name)}:", *(f"  {line}" for line in _export(export)), ""]
    if preset.carries:
        lines += ["What would carry a missing fact:"]
        lines += [f"  {fact(name)}: {sentence}" for name, sentence in preset.carries.items()]
    return "\n".join(lines).rstrip()


def _export(export: ExportObject) -> Iterator[str]:
    recognise = export.recognise
    yield f"Recognised by: {'; '.join(_entry(entry) for entry in recognise.required)}"
    if recognise.absent:
        yield f"Not with: {'; '.join(map(_header, recognise.absent))}"
    if recognise.nonblank:
        yield f"Must hold something: {'; '.join(map(_header, recognise.nonblank))}"
    if not export.yields:
        yield "Gives nothing that is counted."
    for source in export.yields:
        yield f"Gives {_gives(source)}"
    if export.caps:
        yield f"Stops at: {', '.join(map(count, export.caps))} rows"
    for note in export.notes:
        yield f"Note: {note}"


def _gives(source: Yield) -> str:
    """The fact, and where its fields stand: the first of the headers that may hold each."""
    name = fact(f"{source.fact}.{source.category}" if source.category else source.fact)
    fields = ", ".join(f"{_plain(field)}: {_entry(headers)}" for field, headers in source.fields.items() if headers)
    return f"{name} ({fields}){_rows(source)}"


def _rows(source: Yield) -> str:
    """Which rows are taken and which are not counted."""
    parts = [f"rows with {_values(source.where)}"] if source.where else []
    parts += [f"counted are {_values(source.counted)}"] if source.counted else []
    reasons = ", ".join(_plain(reason) for reason in source.left_out)
    parts += [f"not counted: {reasons}"] if reasons else []
    return "".join(f"; {part}" for part in parts)


def _values(rules: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{_header(column)} {_entry([_value(one) for one in values])}" for column, values in rules.items())


def _value(written: str) -> str:
    return {"*": "(anything)", "": "(nothing)"}.get(written, written)


def _entry(headers: str | Sequence[str]) -> str:
    """One header, or several of which any one will do."""
    return _header(headers) if isinstance(headers, str) else " or ".join(map(_header, headers))


def _header(header: str) -> str:
    r"""A header as it is written; of a pattern, what is left of it without its technicalities.

    >>> _header("Order number"), _header(r"re:(?i)^Cost( \((?P<currency>[A-Z]{3})\))?$")
    ('Order number', 'like Cost( (CURRENCY))?')
    """
    if not header.startswith(PATTERN):
        return header
    bare = header.removeprefix(PATTERN).removeprefix("(?i)").removeprefix("^").removesuffix("$")
    bare = _NAMED.sub(lambda found: found[1].upper(), bare)
    return f"like {_ESCAPED.sub(lambda found: found[1], bare)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")
