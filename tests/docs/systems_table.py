"""The table of docs/systems.md, from the presets themselves; run this file to write it anew."""

from __future__ import annotations

import re
from pathlib import Path

from clm_audit.config.preset import ExportObject, Preset, load_presets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "systems.md"
BLOCK = re.compile(r"(?<=<!-- systems -->\n).*?(?=<!-- /systems -->)", re.DOTALL)


def table() -> str:
    """One row a system: its page, exports, facts and row limits; the plain tables last."""
    presets = sorted(load_presets().values(), key=lambda one: (one.system == "plain", one.title.casefold()))
    rows = ["| system | exports | facts | cut at (rows) |", "|---|---|---|---|", *(_row(preset) for preset in presets)]
    return "\n".join(rows) + "\n"


def _row(preset: Preset) -> str:
    exports = ", ".join(_name(name, export) for name, export in preset.objects.items())
    facts = dict.fromkeys(rows.fact for export in preset.objects.values() for rows in export.yields)
    caps = sorted({cap for export in preset.objects.values() for cap in export.caps})
    said = ", ".join(f"{cap:,}" for cap in caps) or "–"
    named = ", ".join(fact.replace("_", " ") for fact in facts)
    return f"| [{preset.title}](systems/{preset.system}.md) | {exports} | {named} | {said} |"


def _name(name: str, export: ExportObject) -> str:
    words = name.replace("_", " ")
    return words if export.yields else f"({words})"


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
