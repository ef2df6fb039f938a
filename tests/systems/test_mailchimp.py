"""Mailchimp's exports, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clm_audit.exits import DataError
from systems import mailchimp_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import zip_files

ZONE = mailchimp_world.ZONE


def test_the_audience_in_three_files_and_the_campaigns(tmp_path: Path) -> None:
    assert_world(tmp_path, mailchimp_world.write(make_company(), tmp_path), timezone=ZONE)


def test_the_zip_as_it_is_downloaded(tmp_path: Path) -> None:
    expected = mailchimp_world.write(make_company(), tmp_path)
    zip_files(tmp_path / "audience.zip", sorted(tmp_path.glob("*_segment_*.csv")))

    def inside(name: str) -> str:
        return name if name == "campaigns.csv" else f"audience.zip/{name}"

    files = {inside(name): rows for name, rows in expected.files.items()}
    systems = {inside(name): taken for name, taken in expected.systems.items()}
    assert_world(tmp_path, replace(expected, files=files, systems=systems), timezone=ZONE)


def test_a_report_of_one_campaign_is_one_row(tmp_path: Path) -> None:
    company = make_company()
    one, other = (mailchimp_world.write_report(company, tmp_path, number) for number in (3, 4))
    assert_world(tmp_path, one | other, timezone=ZONE)


def test_a_report_beside_the_list_of_campaigns_counts_once(tmp_path: Path) -> None:
    company = make_company()
    report = mailchimp_world.write_report(company, tmp_path / "z", 3)
    expected = mailchimp_world.write(company, tmp_path)
    [(name, rows)] = report.files.items()
    again = Rows(0, duplicate=1, structure=rows.structure)
    assert_world(tmp_path, expected | Expected({f"z/{name}": again}, {}), timezone=ZONE)


def test_a_report_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_text('"Email Campaign Report"\n"Title:","cut', encoding="utf-8")
    with pytest.raises(DataError, match=r"report\.csv"):
        assert_world(tmp_path, Expected({}, {}))
