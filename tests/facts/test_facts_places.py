"""The words of systems -> places in the lifecycle: by preset, by configuration, and unknown words by their counts."""

from __future__ import annotations

import polars as pl
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import load_presets
from clm_audit.config.stages import Stage
from clm_audit.facts.places import place, stage_names, words_by_place

PRESETS = load_presets()


def placed(words: list[str], plan: AuditPlan, system: str) -> list[int | None]:
    frame = pl.DataFrame({"word": words}, schema={"word": pl.String})
    return frame.select(place(pl.col("word"), plan, PRESETS[system]))["place"].to_list()


@pytest.mark.parametrize(
    ("system", "words", "places"),
    [
        ("hubspot", ["Subscriber", "lead", "marketingqualifiedlead", "Opportunity", "CUSTOMER", "evangelist"],
         [1, 2, 2, 3, 4, 5]),
        ("hubspot", ["appointmentscheduled", "Closed Won", "closedlost", "other", "Kunde im Ruhestand"],
         [3, 4, 0, 0, None]),
        ("salesforce", ["Open - Not Contacted", "Working - Contacted", "Needs Analysis", "Closed Won", "Unqualified"],
         [1, 2, 3, 4, 0]),
        ("zoho", ["Qualification", "Value Proposition", "Closed Won", "Closed-Lost to Competition"], [2, 3, 4, 0]),
        ("dynamics365", ["Qualify", "Propose", "Won", "Lost"], [2, 3, 4, 0]),
        ("pipedrive", ["Contact Made", "Negotiations Started", "won", "lost"], [2, 3, 4, 0]),
        ("plain", ["awareness", "lead", "retention", "?"], [1, 2, 4, None]),
    ],
)  # fmt: skip
def test_each_crm_has_its_words(system: str, words: list[str], places: list[int | None]) -> None:
    assert placed(words, AuditPlan(), system) == places


def test_the_configuration_comes_before_the_preset() -> None:
    plan = AuditPlan(
        stages=(
            Stage(name="awareness", of=("Visitor",)),
            Stage(name="consideration", of=("customer",)),  # a school: who pays for a trial is called a customer
            Stage(name="purchase"),
            Stage(name="retention", of=("Member",)),
        )
    )
    words = ["visitor", "Customer", "opportunity", "member", "closedwon", "evangelist", "subscriber"]
    # what the preset adds stays, but of the stage that the audit does not have
    assert placed(words, plan, "hubspot") == [1, 2, 3, 4, 4, None, 1]


def test_stages_of_ones_own_take_nothing_from_the_preset() -> None:
    plan = AuditPlan(stages=tuple(Stage(name=name, of=(word,)) for name, word in (
        ("visit", "Visitor"), ("trial", "Lead"), ("active", "Customer"), ("fan", "Evangelist"))))  # fmt: skip
    assert stage_names(plan) == ("visit", "trial", "active", "fan")
    assert placed(["lead", "Customer", "opportunity", "fan", "other"], plan, "hubspot") == [2, 3, None, 4, 0]


@pytest.mark.parametrize("system", sorted(PRESETS))
def test_no_word_of_a_preset_means_two_stages(system: str) -> None:
    words = [word.casefold() for some in PRESETS[system].stages.values() for word in some]
    assert len(words) == len(set(words))
    assert words_by_place(AuditPlan(), PRESETS[system])


def test_unknown_words_are_listed_and_counted(build) -> None:
    rows = "\n".join(f"c{at},{word},2024-01-0{at % 9 + 1}" for at, word in enumerate(["Lead"] * 6 + ["Prüfling"] * 3))
    built = build({"s.csv": f"customer,stage,entered\n{rows}\nx,ann@x.org,2024-02-02\n"})
    evidence = built.facts.evidence
    assert (evidence["stages.placed"], evidence["stages.unknown"]) == (6, 4)
    assert {name: count for name, count in evidence.items() if name.startswith("stages.unknown.")} == {
        "stages.unknown.Prüfling": 3
    }
    assert any(
        "stages in words that mean no lifecycle stage: 4 (Prüfling 3)" in note for note in built.file("s.csv").notes
    )


def test_the_dates_of_hubspot_contacts_are_a_history(build) -> None:
    text = (
        '"Record ID","Email","Lifecycle Stage","Became a Lead Date","Became a Customer Date","Last NPS survey date",'
        '"Last NPS survey rating"\n'
        '"1","c1@example.com","Customer","2024-01-05 10:00","2024-02-05 10:00","2024-03-01","9"\n'
        '"2","c2@example.com","Lead","2024-01-06 10:00","","",""\n'
    )
    built = build({"hubspot-crm-exports-contacts.csv": text})
    assert sorted(built.rows("stages", "stage", "place")) == [("customer", 4), ("lead", 2), ("lead", 2)]
    assert built.rows("surveys", "kind", "score") == [("nps", 9)]
    rows = built.file("hubspot-crm-exports-contacts.csv").rows
    assert (rows.read, rows.accepted, rows.structure) == (3, 2, 1)


def test_a_deal_of_pipedrive_is_created_and_won(build) -> None:
    text = (
        "Deal - ID,Deal - Value,Deal - Status,Deal - Organization ID,Deal - Deal created,Deal - Won time\n"
        "1,100,Won,7,2024-01-02 09:00:00,2024-01-20 09:00:00\n2,50,Open,8,2024-01-03 09:00:00,\n"
    )
    built = build({"deals-1.csv": text})
    assert sorted(built.rows("stages", "stage", "place")) == [
        ("deal created", 3),
        ("deal created", 3),
        ("deal won", 4),
    ]
