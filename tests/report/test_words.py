"""Every code, metric, check and value has a sentence, and no sentence has a gap left open."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

import clm_audit
from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, FindingValue, MetricId, Response, VerdictValue
from clm_audit.config.preset import load_presets
from clm_audit.facts import fields
from clm_audit.facts.model import SCHEMAS
from clm_audit.inference import decide
from clm_audit.inference.model import Finding
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.measure import CODES as MEASURE_CODES
from clm_audit.report import (
    words,
    words_checks,
    words_findings,
    words_metrics,
    words_money,
    words_reasons,
    words_rejects,
    words_verdict,
)
from clm_audit.report.words_check_messages import MESSAGES
from clm_audit.report.words_glossary import GLOSSARY
from clm_audit.verdict import checks
from clm_audit.verdict.judge import UNKNOWN_ROW, WITHHELD_ROW
from clm_audit.verdict.model import Check, CheckStatus, PlainAnswer
from clm_audit.verdict.truth import TABLE

GAP = re.compile(r"\{\w*\}|\{\{|\}\}|\bNone\b|\bnan\b|  ")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "codes.md"
FLOORS = ("config", "intake", "facts", "measures", "inference", "verdict")
NO_FIGURE = {"currency_not_stated", "mixed_currencies", "disabled"}


def finished(text: str) -> bool:
    """A sentence: begins with a capital or a number, ends with a stop, has no gap and no double blank."""
    return bool(text) and not GAP.search(text) and text[0] in text[0].upper() and text.endswith((".", "?"))


def code_modules() -> Iterator[tuple[ModuleType, tuple[str, ...]]]:
    """Every module of the package that lists codes."""
    for found in pkgutil.walk_packages(clm_audit.__path__, "clm_audit."):
        if found.name.split(".")[1] not in FLOORS:
            continue
        module = importlib.import_module(found.name)
        codes = getattr(module, "CODES", None)
        if isinstance(codes, tuple):
            yield module, codes


def test_every_code_of_every_floor_has_a_sentence() -> None:
    known = {*MESSAGES, *words_reasons.REASONS, *words_rejects.REJECTS, *words_findings.CODES_SAID}
    known |= {*words_money.MISSING, *words_money.NO_MONEY}
    found = {module.__name__: codes for module, codes in code_modules()}
    assert {"clm_audit.facts.fields", "clm_audit.inference.decide", "clm_audit.verdict.checks"} <= set(found)
    missing = {f"{name}: {code}" for name, codes in found.items() for code in codes if code not in known}
    assert missing == set()


@pytest.mark.parametrize("code", sorted({*MEASURE_CODES, *NO_FIGURE, *words_reasons.REASONS}))
def test_reasons_are_finished_sentences(code: str) -> None:
    for detail in ({}, {"side": "before", "fact": "orders", "export": "the Shopify order export would carry it"}):
        missing = NotAssessable(code=code, detail=detail)
        assert finished(words_reasons.reason(missing)), words_reasons.reason(missing)
        assert finished(words_reasons.remedy(missing)), words_reasons.remedy(missing)


def test_a_missing_cost_of_service_counts_the_tickets_where_they_were_counted() -> None:
    """`check` without a go-live date asks before anything is counted; `compare` has counted."""
    asked = NotAssessable(code="no_cost_basis", detail={"fact": "tickets"})
    assert words_reasons.reason(asked).endswith("no handling time with an hourly rate.")
    counted = asked.model_copy(update={"detail": {**asked.detail, "tickets": 40, "timed": 12}})
    assert words_reasons.reason(counted).endswith(" Handling time is recorded for 12 of 40 tickets.")


def test_a_missing_fact_names_the_export_that_would_carry_it() -> None:
    sentence = "the Google Ads campaign report would carry it"
    missing = NotAssessable(
        code="missing_fact", detail={"fact": "spend", "category": "acquisition", "export": sentence}
    )
    assert words_reasons.reason(missing) == "The exports hold no acquisition spend."
    assert words_reasons.remedy(missing) == f"Add an export with acquisition spend: {sentence}."
    other = missing.model_copy(update={"detail": {**missing.detail, "rows": 9}})
    assert words_reasons.remedy(other).startswith(f"Add an export with acquisition spend: {sentence}. ")
    assert words_reasons.remedy(other).endswith("name its accounts under spend in clm-audit.yaml.")


def test_too_short_says_how_much_is_needed() -> None:
    detail = {"have": 9, "need": 13, "unit": "weeks"}
    said = words_reasons.reason(NotAssessable(code="too_short_before", detail=detail))
    assert said == "Before go-live 13 weeks are needed; the data hold 9."


@pytest.mark.parametrize("code", fields.CODES)
def test_rejects_are_finished_sentences(code: str) -> None:
    assert code in words_rejects.REJECTS
    assert finished(words_rejects.reject(code))
    assert finished(words_rejects.reject_remedy(code))


@pytest.mark.parametrize("code", fields.LEFT_OUT)
def test_left_out_reasons_have_words(code: str) -> None:
    assert code in words_rejects.LEFT_OUT


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_metrics_have_all_their_words(metric: MetricId) -> None:
    declared = CATALOGUE[metric]
    assert words_metrics.question(metric).endswith("?")
    assert words_metrics.name(metric)
    for currency in ("EUR", None):
        assert not GAP.search(words_metrics.unit(metric, currency))
    assert declared.label == f"metric.{metric}"
    for how in ({}, {"base_weeks": 26, "cost_source": "spend", "response": "clicked", "acquired_by": "system"}):
        assert finished(words_metrics.definition(metric, how))
    for variant in declared.variants:
        assert words_metrics.variant_label(metric, variant.id)
        assert not GAP.search(words_metrics.variant_unit(variant.unit, "EUR"))


def test_money_units_name_the_currency_or_say_that_it_is_not_stated() -> None:
    for metric, declared in CATALOGUE.items():
        if declared.unit == "money":
            assert words_metrics.unit(metric, "EUR").startswith("EUR ")
            assert "not stated" in words_metrics.unit(metric, None)


def test_the_unit_of_campaigns_says_what_a_response_is() -> None:
    said = {kind: words_metrics.unit("campaign_response", None, {"response": kind}) for kind in words_metrics.RESPONSES}
    assert said["clicked"] == "clicks per delivered message"
    assert len(set(said.values())) == len(said) == len(get_args(Response))
    assert "response in the config" in words_metrics.definition("campaign_response", {"response": "clicked"})


@pytest.mark.parametrize("table", SCHEMAS)
def test_facts_have_words(table: str) -> None:
    assert table in words_metrics.FACTS


def test_how_values_that_measuring_gives_have_words() -> None:
    from clm_audit.measures.service import Source

    assert set(get_args(Source)) == set(words_metrics.COST_SOURCES)


def test_checks_codes_and_messages_match_exactly() -> None:
    assert set(words_checks.CHECKS) == set(checks.CHECK_IDS)
    assert set(checks.CODES) == set(MESSAGES)
    for check_id in checks.CHECK_IDS:
        assert finished(words_checks.purpose(check_id))
    assert set(words_checks.STATUS) == set(get_args(CheckStatus))


def test_findings_verdicts_answers_and_rows_have_words() -> None:
    assert set(words_findings.FINDINGS) == set(words_findings.GLYPHS) == set(get_args(FindingValue))
    assert set(words_verdict.VERDICTS) == set(get_args(VerdictValue))
    assert set(words_verdict.ANSWERS) == set(get_args(PlainAnswer))
    assert set(words_verdict.ROWS) == {row.name for row in TABLE} | {WITHHELD_ROW, UNKNOWN_ROW}
    assert set(words_findings.CODES_SAID) == set(decide.CODES)


def test_documented_checks_are_the_checks() -> None:
    assert words_checks.as_markdown() in DOCS.read_text(encoding="utf-8")


def test_glyphs_are_told_apart_in_ascii() -> None:
    glyphs = list(words_findings.GLYPHS.values())
    assert len(set(glyphs)) == len(glyphs)
    assert all(glyph.isascii() for glyph in glyphs)


def test_everything_can_be_explained() -> None:
    names = words.explain_names()
    wanted = {*METRIC_IDS, *checks.CHECK_IDS, *checks.CODES, *fields.CODES, *MEASURE_CODES, *decide.CODES}
    wanted |= {*get_args(FindingValue), *get_args(VerdictValue), *get_args(PlainAnswer)}
    assert wanted <= set(names)
    for name in names:
        text = words.explain(name)
        assert text is not None
        assert name in load_presets() or not GAP.search(text.replace("  ", " ")), text
    assert words.explain("no such thing") is None


def test_explaining_is_forgiving_and_complete() -> None:
    assert words.explain("Purchase-Frequency") == words.explain("purchase_frequency")
    both = words.explain("inconclusive") or ""
    assert "(finding)" in both
    assert "(verdict)" in both
    metric = words.explain("service_cost") or ""
    for part in ("Question:", "Formula:", "Unit:", "Needs:", "Limits:"):
        assert part in metric


@pytest.mark.parametrize("code", sorted({*MEASURE_CODES, "too_short_before"}))
def test_a_finding_that_is_not_assessable_says_why(code: str) -> None:
    missing = NotAssessable(code=code)
    finding = Finding("service_cost", "not assessable", code, None, missing, 0.05, missing=missing)
    assert words_findings.sentence(finding).startswith("Cost of customer service: not assessable. ")
    assert finished(words_findings.reason(finding))
    assert finished(words_findings.remedy(finding))
    assert words_findings.why_different(finding) == ""  # it would be the reason again
    assert words_findings.method(finding) == ""


def test_the_words_of_the_report_are_explained() -> None:
    for word in (
        "materiality",
        "adjusted effect",
        "Adjusted-effect",
        "ledger",
        "structure",
        "wash-out",
        "gate",
        "period",
    ):
        assert words.explain(word), word
    assert "Data checks" not in (words.explain("window") or "")
    for name, text in GLOSSARY.items():
        assert finished(f"{text}"), name
    go_live = words.explain("go-live") or ""
    assert "began to work" in go_live
    assert "Go-live date" in go_live  # the check of that name as well


def test_the_list_is_grouped_and_whole() -> None:
    listed = words.explain_list()
    lines = [line for line in listed.splitlines() if line]
    assert {line for line in lines if not line.endswith(":")} == set(words.explain_names())
    assert listed.index("Metrics:") < listed.index("Words of the report:") < listed.index("Data checks:")


def test_explaining_a_metric_speaks_of_no_particular_audit() -> None:
    for metric in METRIC_IDS:
        said = words.explain(metric) or ""
        assert "not stated" not in said
        assert "weeks of the base" not in said


@pytest.mark.parametrize("code", MESSAGES)
@pytest.mark.parametrize("count", [1, 2])
def test_messages_agree_with_their_numbers(code: str, count: int) -> None:
    gaps = re.findall(r"\{(\w+)", "".join(MESSAGES[code]))
    evidence = {gap: count for gap in gaps if gap not in ("which", "currencies")}
    said = words_checks.message(Check(id="rejects", status="warn", code=code, evidence={**evidence, "file": "a.csv"}))
    nouns = "row|file|id|day|week|order|customer"
    wrong = rf"\b1 \w+s were\b|\b1 ({nouns})s\b|\b2 ({nouns})\b(?! (ids|numbers))"
    assert not re.search(wrong, re.sub(r"of [12] \w+", "", said)), said


def test_one_and_several_unknown_files() -> None:
    one = Check(id="unknown_files", status="warn", code="files_unknown", evidence={"files": 1, "file": "a.csv"})
    two = Check(id="unknown_files", status="warn", code="files_unknown", evidence={"files": 2, "file": "a.csv"})
    assert words_checks.message(one) == "1 file was not recognised and not counted: a.csv."
    assert words_checks.message(two) == "2 files were not recognised and not counted: a.csv and others."


def test_mixed_currencies_are_counted() -> None:
    evidence = {"orders.USD": 1, "orders.EUR": 3586}
    check = Check(id="currency", status="fail", code="currency_mixed", evidence=evidence)
    assert words_checks.message(check) == (
        "Amounts are in several currencies (3,586 rows of orders in EUR, 1 row of orders in USD), and not every rate is"
        " given."
    )
    assert "in several currencies, and not" in words_checks.message(check.model_copy(update={"evidence": {}}))


def test_ascii_text_covers_every_sentence() -> None:
    own = set(words.explain_names()) - set(load_presets())  # headers of exports are not the program's words
    texts = [words.explain(name) or "" for name in own]
    assert "?" not in "".join(words.ascii_text(text.replace("?", "")) for text in texts)
