"""`explain` and `schema` print what they promise, to people and to machines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import jsonschema
import pytest

from clm_audit.config.plan import METRIC_IDS
from clm_audit.exits import ExitCode

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("which", ["config", "audit", "check", "plan", "history"])
def test_a_schema_is_clean_json(clm_audit: Run, which: str) -> None:
    run = clm_audit("schema", which)
    assert (run.returncode, run.stderr) == (0, "")
    jsonschema.Draft202012Validator.check_schema(json.loads(run.stdout))


def test_every_name_in_the_list_is_explained() -> None:
    from clm_audit.report import words

    names = words.explain_names()
    assert set(METRIC_IDS) <= set(names)
    assert [name for name in names if not words.explain(name)] == []


@pytest.mark.parametrize("name", ["adjusted", "observed", "interval", "lean", "placebo", "robustness", "Kitagawa"])
def test_what_people_call_it_is_explained(name: str) -> None:
    from clm_audit.report import words

    assert words.explain(name)


def test_every_alias_leads_to_a_word_and_hides_none() -> None:
    from clm_audit.report import words
    from clm_audit.report.words_glossary import ALIASES, GLOSSARY

    assert set(ALIASES.values()) <= set(GLOSSARY)
    for name in words.explain_names():
        assert name in str(words.explain(name))


def test_explain_prints_on_stdout(clm_audit: Run) -> None:
    run = clm_audit("explain", "purchase_frequency")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("purchase_frequency")
    listed = clm_audit("explain", "--list").stdout.splitlines()
    assert "purchase_frequency" in listed


def test_an_unknown_name_is_a_usage_error_with_the_nearest(clm_audit: Run) -> None:
    run = clm_audit("explain", "purchase_freqency")
    assert run.returncode == ExitCode.USAGE
    assert "did you mean purchase_frequency?" in run.stderr
    assert run.stdout == ""
    assert "--list" in clm_audit("explain").stderr
