"""What `clm-audit explain SYSTEM` says is what the preset says: nothing of it is left out."""

from __future__ import annotations

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.preset import load_presets
from clm_audit.report import words, words_reasons
from clm_audit.report.numbers import count
from clm_audit.report.words_carried import USUAL

PLAIN_TABLE = "a table with the columns a, b would carry it"


@pytest.mark.parametrize("name", load_presets())
def test_everything_that_a_user_should_know_is_printed(name: str) -> None:
    preset = load_presets()[name]
    text = words.explain(name) or ""
    assert f"{name} (system): {preset.title}" in text
    for kind, export in preset.objects.items():
        assert f"{kind.replace('_', ' ')}:" in text
        assert all(note in text for note in export.notes)
        assert all(count(cap) in text for cap in export.caps)
        for entry in export.recognise.required:
            headers = (entry,) if isinstance(entry, str) else entry
            assert all(header in text for header in headers if not header.startswith("re:"))
    assert all(sentence in text for sentence in preset.carries.values())


def test_systems_are_listed() -> None:
    listed = words.explain_list().split("Systems whose exports are known:")[1].split()
    assert set(load_presets()) <= set(listed)


@pytest.mark.parametrize("name", USUAL)
def test_a_system_that_is_named_for_a_missing_fact_has_an_export_with_it(name: str) -> None:
    fact = name.partition(".")[0]
    titles = {
        preset.title
        for preset in load_presets().values()
        if any(source.fact == fact for export in preset.objects.values() for source in export.yields)
    }
    assert set(USUAL[name]) <= titles
    told = words_reasons.remedy(NotAssessable(code="missing_fact", detail={"fact": fact, "export": PLAIN_TABLE}))
    assert all(title in told for title in USUAL[fact])
    assert told.endswith(f", or {PLAIN_TABLE}.")


def test_the_recognised_system_is_named_and_no_other() -> None:
    detail = {"fact": "orders", "export": "the Shopify orders export would carry it"}
    told = words_reasons.remedy(NotAssessable(code="missing_fact", detail=detail))
    assert told == "Add an export with orders: the Shopify orders export would carry it."


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (1, "8 weeks are needed"),
        (2, "8 periods of 2 weeks are"),
        (4, "8 periods of 4 weeks are"),
        (4.35, "8 months are"),
    ],
)
def test_a_period_is_told_by_its_length(weeks: float, said: str) -> None:
    detail = {"have": 6, "need": 8, "unit": "periods", "weeks": weeks}
    assert said in words_reasons.reason(NotAssessable(code="too_short_before", detail=detail))
