"""JSON Schema of `clm-audit.yaml` (draft 2020-12), for editors and for other tools."""

from __future__ import annotations

from typing import Any

from clm_audit.config.file import ConfigFile


def config_schema() -> dict[str, Any]:
    """The schema, from the same declaration that validates the file.

    >>> config_schema()["properties"]["go_live"]["format"]
    'date'
    """
    schema = _plain(ConfigFile.model_json_schema(by_alias=True, mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "clm-audit.yaml",
    }


def _plain(node: Any) -> Any:
    """Without null (a key without a value is an error) and without generated titles."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {name: _plain(value) for name, value in node.items() if not _noise(name, value)}
    options = out.get("anyOf")
    if isinstance(options, list):
        real = [option for option in options if option != {"type": "null"}]
        if len(real) == 1:
            out.pop("anyOf")
            return {**real[0], **out}
        out["anyOf"] = real
    return out


def _noise(name: str, value: object) -> bool:
    """Generated titles; defaults that say no more than the key's absence."""
    return (name == "title" and isinstance(value, str)) or (name == "default" and isinstance(value, dict | None))
