"""What an unknown file might be: the fact whose fields its headers resemble most, for a first `map:`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clm_audit.config.preset import Preset, load_presets
from clm_audit.config.vocabulary import FACTS
from clm_audit.exits import DataError
from clm_audit.intake.names import Names
from clm_audit.intake.table import read_table

PLAINEST = "orders"
# Parts of headers that no preset spells out, by what the field is; asked only where no alias fits.
_DAYS = ("date", "datum", "fecha", "data", "day")
_COMMON: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("date", "created", "sent", "start", "entered"), _DAYS),
    "created": (*_DAYS, "created", "opened", "erstellt", "angelegt", "eröffnet", "eingang", "creado", "créé", "creato"),
    "amount": ("amount", "betrag", "summe", "total", "umsatz", "importe", "montant", "price", "preis", "cost"),
    "order": ("order", "invoice", "rechnung", "bestell", "auftrag", "beleg", "pedido", "factura", "facture"),
    "customer": ("customer", "client", "kunde", "cliente", "account", "buyer"),
    "ticket": ("ticket", "case", "vorgang"),
    "campaign": ("campaign", "kampagne", "newsletter"),
    "category": ("category", "kategorie", "type", "konto"),
}


@dataclass(frozen=True)
class Guess:
    """A fact and the header for each of its fields; fields without one are missing from ``fields``."""

    fact: str
    fields: Mapping[str, str]
    headers: tuple[str, ...]


def guess_map(headers: Sequence[str]) -> Guess:
    """The fact with most of its required fields, then of all its fields, among the headers."""
    named = tuple(header for header in headers if header.strip())
    best = Guess(PLAINEST, {}, named)
    score = (0.0, 0)
    for fact, declared in FACTS.items():
        fields = _fields(fact, named)
        required = sum(name in fields for name in declared.required) / len(declared.required)
        if set(fields) == {"customer"}:  # nearly every export names its customer: alone it says little
            required /= 2
        if (required, len(fields)) > score and required > 0:
            best, score = Guess(fact, fields, named), (required, len(fields))
    return best


def guess_file(path: Path, folder: Path) -> Guess | None:
    """The same for a delimited text file; None for a file that is none, or has no header."""
    try:
        header = read_table(path, folder).header
    except (DataError, OSError):
        return None
    return guess_map(header) if header else None


def _fields(fact: str, headers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in FACTS[fact].names:
        names = _aliases(fact, name)
        header = next((one for one in headers if one not in found.values() and names.knows(one)), None)
        if header is not None:
            found[name] = header
    for name, parts in _COMMON.items():
        if name in FACTS[fact].names and name not in found:
            left = (one for one in headers if one not in found.values())
            header = next((one for one in left if any(part in one.casefold() for part in parts)), None)
            if header is not None:
                found[name] = header
    return found


@cache
def _aliases(fact: str, field: str) -> Names:
    """What the shipped presets call a field of a fact, and its own name."""
    presets: Mapping[str, Preset] = load_presets()
    aliases = {field, field.replace("_", " ")}
    for preset in presets.values():
        for export in preset.objects.values():
            for source in export.yields:
                if source.fact == fact:
                    aliases.update(source.fields.get(field, ()))
    return Names.of(aliases)
