"""Two pages of docs/reference from the JSON Schemas: every key of clm-audit.yaml, every field of the audit JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from clm_audit.config.plan import ALL_METRIC_IDS
from clm_audit.config.schema import config_schema
from clm_audit.config.vocabulary import CURRENCIES
from clm_audit.report.model import AuditReport
from docs.reference import markdown_table

Schema = Mapping[str, Any]
MOST_CHOICES = 8
SHARE = "^([0-9]+(\\.[0-9]+)?%|(0?\\.[0-9]+|[01](\\.[0-9]+)?))$"


def config() -> str:
    """Every key of clm-audit.yaml."""
    schema = config_schema()
    parts = [
        "# clm-audit.yaml",
        "Every key, its type and its default. Only `go_live` is required, and it may come from the command line. A"
        " commented example of all of them is `configs/clm-audit.example.yaml`; what belongs together is explained in"
        " [configuration.md](../configuration.md), and `clm-audit schema config` prints the JSON Schema that this page"
        " is made from. Unknown keys are errors.",
        "`[]` after a key: a list, one item shown; `<metric>` and the like: any such name.",
    ]
    flat, nested = [], []
    for name, node in schema["properties"].items():
        rows = list(_keys(name, node, schema, required=False))
        (nested if len(rows) > 1 else flat).append((name, rows))
    head = ("key", "type", "default", "meaning")
    parts += ["## Single values", markdown_table(head, (row for _, rows in flat for row in rows))]
    for name, rows in nested:
        parts += [f"## {name}", _said(schema["properties"][name], schema), markdown_table(head, rows[1:])]
    return "\n\n".join(part for part in parts if part)


def _keys(path: str, node: Schema, schema: Schema, *, required: bool) -> Iterator[tuple[str, str, str, str]]:
    """The row of a key, and those of the keys below it."""
    target = _target(node, schema)
    yield f"`{path}`", kind(node, schema), _default(node, required), _said(node, schema)
    below, shape = _below(path, target, schema)
    if shape is None:
        return
    for name, child in shape.get("properties", {}).items():
        yield from _keys(f"{below}.{name}", child, schema, required=name in shape.get("required", ()))


def _below(path: str, node: Schema, schema: Schema) -> tuple[str, Schema | None]:
    """Where the keys below a node stand, and the mapping that declares them; None where there are none."""
    if "properties" in node:
        return path, node
    if node.get("type") == "array":
        return _below(f"{path}[]", _target(node["items"], schema), schema)
    values = node.get("additionalProperties")
    if isinstance(values, Mapping):
        return _below(f"{path}.<{_placeholder(path, node)}>", _target(values, schema), schema)
    shapes = [one for each in node.get("anyOf", ()) if "properties" in (one := _target(each, schema))]
    return path, shapes[0] if shapes else None


def _placeholder(path: str, node: Schema) -> str:
    names = tuple(node.get("propertyNames", {}).get("enum", ()))
    return "metric" if names == ALL_METRIC_IDS else {"stages": "stage", "rates": "currency"}.get(path, "name")


def kind(node: Schema, schema: Schema) -> str:
    """A type in words.

    >>> kind({"type": "string", "format": "date"}, {})
    'date'
    """
    node = _target(node, schema)
    if "enum" in node:
        return _choices(node["enum"])
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    for several in ("anyOf", "oneOf"):
        if several in node:
            return " or ".join(dict.fromkeys(kind(one, schema) for one in node[several]))
    if node.get("type") == "array":
        return f"list of {kind(node.get('items', {}), schema)}"
    if "properties" in node:
        return "mapping"
    if isinstance(node.get("additionalProperties"), Mapping):
        names = node.get("propertyNames", {}).get("enum")
        what = _choices(names) if names else "text"
        return f"mapping of {what} to {kind(node['additionalProperties'], schema)}"
    return _scalar(node)


def _choices(values: list[Any]) -> str:
    if tuple(values) == ALL_METRIC_IDS:
        return "[metric](metrics.md)"
    if set(values) == set(CURRENCIES):
        return "currency code"
    return ", ".join(f"`{value}`" for value in values[:MOST_CHOICES]) + (", …" if len(values) > MOST_CHOICES else "")


PATTERNS = {
    SHARE: "percent such as `5%`, or share from 0 to 1",
    "^[0-9]+ (day|week)s?$": "time such as `4 weeks`",
    "^[0-9]+ (day|week|month|year)s?$": "time such as `7 days`",
    "^[0-9]+ (month|year)s?$": "time such as `3 years`",
    "^#[0-9a-fA-F]{6}$": "colour such as `#0b5fff`",
}


def _scalar(node: Schema) -> str:
    if node.get("format") == "date":
        return "date"
    if "pattern" in node:
        return PATTERNS.get(node["pattern"], f"text like `{node['pattern']}`")
    if node.get("type") == "number" and "maximum" in node:
        return PATTERNS[SHARE]
    types = node.get("type", "anything")
    if types == ["string", "number"]:
        return "text"
    if isinstance(types, list):
        return "number above 0" if "exclusiveMinimum" in node else "number"
    names = {"string": "text", "boolean": "`true` or `false`", "integer": "whole number", "object": "mapping"}
    return names.get(types, types)


def _default(node: Schema, required: bool) -> str:
    if required:
        return "required"
    default = node.get("default")
    if default in (None, [], {}):
        return ""
    if isinstance(default, dict):
        return default.get("reason", "")
    if SHARE in json.dumps(node.get("oneOf", "")).replace("\\\\", "\\"):
        return f"`{default:.0%}`"
    if node.get("pattern", "").endswith("(month|year)s?$"):
        return f"`{default} years`"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _target(node: Schema, schema: Schema) -> Schema:
    """A node with what it refers to in its place."""
    if "$ref" not in node:
        return node
    return schema["$defs"][node["$ref"].rsplit("/", 1)[1]]


def _said(node: Schema, schema: Schema) -> str:
    said = node.get("description") or _target(node, schema).get("description", "")
    return said.replace("``", "`")


def audit_json() -> str:
    """Every field of the audit JSON."""
    schema = AuditReport.model_json_schema()
    parts = [
        "# The audit JSON",
        "What `compare --json` writes, and the only thing that all other formats are made from. Changes are shares"
        " (0.07 is +7 %), money is a decimal string, dates are ISO, windows are half-open. What cannot be said is an"
        " object with a `reason` and never a made-up number ([Unknown](#unknown)). `clm-audit schema audit` prints the"
        " JSON Schema that this page is made from; `schema check` and `schema plan` those of the other two commands."
        " How each number is named and traced: [trace.md](../trace.md).",
        "## The root",
        _fields(schema),
    ]
    for name, node in sorted(schema["$defs"].items()):
        parts += [f"## {name}", _said(node, schema)]
        if "properties" in node:
            parts.append(_fields(node))
    return "\n\n".join(part for part in parts if part)


def _fields(node: Schema) -> str:
    required = node.get("required", ())
    rows = (
        (f"`{name}`", linked(child), "" if name in required else _default(child, required=False) or "empty")
        for name, child in node["properties"].items()
    )
    return markdown_table(("field", "type", "default"), rows)


def linked(node: Schema) -> str:
    """A type in words, models as links to their own section.

    >>> linked({"anyOf": [{"$ref": "#/$defs/Lean"}, {"type": "null"}]})
    '[Lean](#lean) or null'
    """
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{re.sub(r'[^a-z0-9]', '', name.lower())})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in node:
            return " or ".join(dict.fromkeys(linked(one) for one in node[several]))
    if "enum" in node:
        return _choices(node["enum"])
    if node.get("type") == "array":
        items = node.get("items") or (node.get("prefixItems") or [{}])[0]
        return f"list of {linked(items)}"
    if isinstance(node.get("additionalProperties"), Mapping):
        return f"mapping of text to {linked(node['additionalProperties'])}"
    return _scalar(node)
