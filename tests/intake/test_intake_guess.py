"""Why a file was taken for what it is, what it nearly is, and what an unknown one might be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import load_presets
from clm_audit.config.vocabulary import FACTS
from clm_audit.intake.guess import guess_file, guess_map
from clm_audit.intake.read import read_exports
from clm_audit.intake.recognise import Recognised, recognition


def recognised(folder: Path, header: str) -> Recognised:
    (folder / "in").mkdir()
    (folder / "run").mkdir()
    (folder / "in/a.csv").write_text(f"{header}\n{','.join('1' for _ in header.split(','))}\n")
    plan = AuditPlan(sources=(Source(path=folder / "in"),), root=folder, go_live=date(2024, 7, 1))
    return recognition(read_exports(plan, folder / "run").tables[0], load_presets())


def test_the_deciding_headers_are_those_that_had_to_be_there(tmp_path: Path) -> None:
    found = recognised(tmp_path, "Order ID,date,Amount,status,Colour")
    assert found.deciding == ("Order ID", "date", "Amount")
    assert set(found.known) == {"Order ID", "date", "Amount", "status"}
    assert found.headers == 5


def test_the_next_nearest_export_says_what_it_lacks(tmp_path: Path) -> None:
    found = recognised(tmp_path, "order,date,amount,customer")
    assert found.nearest == "plain.order_lines"
    assert found.lacks == ("item",)


GERMAN_TICKETS = {"ticket": "Ticket-ID", "created": "Erstellt am", "customer": "Kunde", "status": "Status"}


@pytest.mark.parametrize(
    ("headers", "fact", "fields"),
    [
        (["Rechnung Nr", "Datum", "Betrag"], "orders", {"order": "Rechnung Nr", "date": "Datum", "amount": "Betrag"}),
        (["ticket", "created", "x"], "tickets", {"ticket": "ticket", "created": "created"}),
        (["metric", "date", "numerator", "denominator"], "series", {"metric": "metric", "numerator": "numerator"}),
        (["Ticket-ID", "Erstellt am", "Kunde", "Status", "Betreff"], "tickets", GERMAN_TICKETS),
        (["Ticket-ID", "Kunde", "Status", "Betreff"], "tickets", {"ticket": "Ticket-ID", "customer": "Kunde"}),
        (["Kunde", "Ort"], "customers", {"customer": "Kunde"}),
        (["Speed", "Oil"], "orders", {}),
    ],
)
def test_the_likeliest_fact_of_an_unknown_file(headers: list[str], fact: str, fields: dict[str, str]) -> None:
    found = guess_map(headers)
    assert found.fact == fact
    assert found.fields.items() >= fields.items()
    assert set(found.fields) <= set(FACTS[fact].names)
    assert len(set(found.fields.values())) == len(found.fields)
    assert found.headers == tuple(headers)


def test_what_is_no_delimited_text_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"PAR1" + bytes(range(200)))
    assert guess_file(path, tmp_path) is None
    assert guess_file(tmp_path / "gone.csv", tmp_path) is None
