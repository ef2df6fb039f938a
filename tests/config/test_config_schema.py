"""One declaration behind validator, schema and example: they agree."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from clm_audit.config.file import ConfigFile
from clm_audit.config.resolve import resolve
from clm_audit.config.schema import config_schema
from clm_audit.config.shipped import shipped
from clm_audit.config.strict_yaml import load, parse
from clm_audit.exits import UsageError

EXAMPLE = shipped("configs") / "clm-audit.example.yaml"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_example_satisfies_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(load(EXAMPLE, "example").data)


def test_the_example_resolves(tmp_path: Path) -> None:
    for name in ("exports/hubspot", "exports/salesforce", "books"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "books" / "costs.csv").touch()
    copy = tmp_path / "clm-audit.yaml"
    copy.write_bytes(EXAMPLE.read_bytes())
    plan = resolve([], None, {}, {}, tmp_path)
    defaults = sorted(path for path, origin in plan.origins.items() if origin == "default")
    assert all(re.fullmatch(r"metrics\.\w+\.enabled|plan|against|presets|report.logo", path) for path in defaults), (
        "the example sets everything else"
    )


def test_the_example_names_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for key in _keys(config_schema()):
        assert re.search(rf"\b{key}\b", text), f"{key} is not in the example"


def test_the_engines_of_the_example_resolve(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    start = text.index("#   - engine: duckdb")
    lines = [line[2:] for line in text[start:].split("\n\n")[0].splitlines()]
    (tmp_path / "c.yaml").write_text("go_live: 2024-07-01\nsources:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    plan = resolve([], tmp_path / "c.yaml", {}, {}, tmp_path)
    assert [one.engine for one in plan.engines] == ["duckdb", "spark", "ibis"]
    assert plan.engines[2].password_env == "SHOP_PASSWORD"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("go_live: 2024-07-01", True),
        ("go_live: 2024-02-30", False),
        ("currency: usd", False),
        ("timezon: UTC", False),
        ("title:", False),
        ("policy: {materiality: 3%}", True),
        ("policy: {materiality: 0.03}", True),
        ("policy: {materiality: 3}", False),
        ("windows: {washout: 4}", False),
        ("windows: {washout: 0}", True),
        ("events: [{date: 2024-09-01, what: x, break: true}]", True),
        ("events: [{date: 2024-09-01, what: x, break: no}]", False),
        ("metrics: {service_cost: {enabled: false}}", True),
        ("metrics: {service: {enabled: false}}", False),
        ("gate: {fail_on: [switch]}", True),
        ("gate: {fail_on: [fail]}", False),
        ("spend: {service: [6010]}", True),
        ("segment_by: industry", False),
    ],
)
def test_schema_and_validator_agree(
    tmp_path: Path, validator: jsonschema.Draft202012Validator, text: str, fits: bool
) -> None:
    (tmp_path / "c.yaml").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "x.csv").touch()
    assert validator.is_valid(parse(text).data) is fits
    try:
        resolve([tmp_path / "x.csv"], tmp_path / "c.yaml", {}, {}, tmp_path, needs_go_live=False)
    except UsageError:
        assert not fits
    else:
        assert fits


def test_every_key_of_the_schema_is_described() -> None:
    schema = config_schema()
    assert set(schema["properties"]) == set(ConfigFile.model_fields)
    for name, entry in schema["properties"].items():
        shape = schema["$defs"][entry["$ref"].rpartition("/")[2]] if "$ref" in entry else {}
        assert entry.get("description") or shape.get("description"), name


def _keys(schema: dict[str, object]) -> set[str]:
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    return found
