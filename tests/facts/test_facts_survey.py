"""What a folder offers for a configuration: words of spend and columns that group."""

from __future__ import annotations

from pathlib import Path

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.facts.survey import SegmentColumn, SpendWord, segment_columns, spend_words
from clm_audit.intake.model import RawTable
from clm_audit.intake.read import read_exports


def tables(folder: Path, **files: str) -> tuple[RawTable, ...]:
    (folder / "in").mkdir()
    (folder / "run").mkdir()
    for name, text in files.items():
        (folder / "in" / f"{name}.csv").write_text(text)
    return read_exports(AuditPlan(sources=(Source(path=folder / "in"),), root=folder), folder / "run").tables


def test_words_of_spend_with_what_they_count_as(tmp_path: Path) -> None:
    books = "date,amount,account,category\n2024-01-01,5,Support tools,\n2024-01-02,5,Support tools,\n"
    books += "2024-01-03,5,Rent,\n2024-01-04,5,Club,retention\n2024-01-05,5,a@example.com,\n"
    ads = "Campaign,Cost,Day\nBrand,4.00,2024-01-01\n"
    assert spend_words(tables(tmp_path, books=books, ads=ads)) == (
        SpendWord("Support tools", 2, "other", "service", platform=False),
        SpendWord("Club", 1, "retention", "", platform=False),
        SpendWord("Google Ads", 1, "acquisition", "", platform=True),
        SpendWord("Rent", 1, "other", "", platform=False),
    )


def test_columns_that_group_customers_and_name_none(tmp_path: Path) -> None:
    rows = [f"c{n},{'North' if n % 2 else ''},{'one'},{n}" for n in range(60)]
    found = segment_columns(tables(tmp_path, people="customer,region,country,plan\n" + "\n".join(rows) + "\n"))
    assert found == ()  # one group, one group, one group each
    (tmp_path / "more").mkdir()
    rows = [f"c{n},{'North' if n % 2 else 'South'},one,{n}" for n in range(60)]
    found = segment_columns(tables(tmp_path / "more", people="customer,region,country,plan\n" + "\n".join(rows) + "\n"))
    assert found == (SegmentColumn("region", 2, 60),)
