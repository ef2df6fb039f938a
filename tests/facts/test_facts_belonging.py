"""Persons who belong to a customer: who buys, who reads, and who is the same in another system."""

from __future__ import annotations

from clm_audit.config.plan import Source

ACCOUNTS = "Id,Name,Industry,IsDeleted\nA1,Firm 1,Retail,0\nA2,Firm 2,Public,0\n"
CONTACTS = (
    "Id,AccountId,LastName,Email\nC1,A1,Customer 0001,customer0001@example.com\n"
    "C2,A1,Customer 0002,Customer0002@example.com\nC3,A2,Customer 0003,customer0003@example.com\n"
)
SOLD = "Id,AccountId,StageName,CloseDate,Amount\nO1,A1,Closed Won,2024-02-01,10.00\nO2,A2,Closed Won,2024-02-02,10.00\n"


def customers(built) -> list[object]:
    return [who for (who,) in built.rows("orders", "customer")]


def test_the_account_buys_and_each_contact_reads(build) -> None:
    members = "CampaignId,ContactId,Status,CreatedDate\nM,C1,Sent,2024-02-01\nM,C2,Sent,2024-02-01\n"
    built = build({"a.csv": ACCOUNTS, "c.csv": CONTACTS, "o.csv": SOLD, "m.csv": members})
    assert len(built.rows("customers", "customer")) == 2
    assert len(set(customers(built))) == 2
    assert len({who for (who,) in built.rows("sends", "recipient")}) == 2
    assert built.facts.evidence["orders.unknown_customer"] == 0


def test_any_contact_of_an_account_is_the_account_in_another_system(build) -> None:
    """The later system knows persons: its deal of the second contact is the first account's."""
    people = "Record ID,Email,Lifecycle Stage\n71,customer0002@example.com,Customer\n"
    deals = "Record ID,Deal Stage,Close Date,Amount,Associated Contact IDs\n9,Won,2024-08-01 10:00,5.0,71\n"
    built = build({"c.csv": CONTACTS, "o.csv": SOLD, "h.csv": people, "d.csv": deals})
    by_day = dict(built.rows("orders", "day", "customer"))
    first, second, later = (by_day[day] for day in sorted(by_day))
    assert later == first != second


def test_an_address_of_two_accounts_joins_neither(build) -> None:
    contacts = "Id,AccountId,LastName,Email\nC1,A1,X,office@example.com\nC2,A2,X,office@example.com\n"
    built = build({"c.csv": contacts, "o.csv": SOLD})
    assert len(set(customers(built))) == 2


def test_a_merged_account_takes_its_contacts_along(build) -> None:
    accounts = "Id,Name,Industry,IsDeleted,MasterRecordId\nA1,Firm 1,Retail,1,A2\nA2,Firm 2,Retail,0,\n"
    cases = "CaseNumber,AccountId,ContactId,CreatedDate,Status\n1,,C1,2024-02-01,New\n"
    built = build({"a.csv": accounts, "c.csv": CONTACTS, "o.csv": SOLD, "t.csv": cases})
    assert len(set(customers(built))) == 1
    assert [who for (who,) in built.rows("tickets", "customer")] == [customers(built)[0]]


def test_readers_are_of_the_segment_of_their_account(build) -> None:
    members = "CampaignId,ContactId,Status,CreatedDate\nM,C2,Sent,2024-02-01\nM,C3,Sent,2024-02-01\n"
    built = build({"a.csv": ACCOUNTS, "c.csv": CONTACTS, "m.csv": members}, segment_by=("Industry",))
    labels = [built.facts.segments[code]["Industry"] for (code,) in built.rows("sends", "segment")]
    assert sorted(labels) == ["Public", "Retail"]


def test_a_table_of_ones_own_may_say_who_belongs_to_whom(build) -> None:
    mapping = {"fact": "customers", "customer": "Person", "belongs_to": "Firm", "email": "Mail"}
    files = {"p.csv": "Person,Firm,Mail\np1,f1,\np2,f1,\n", "o.csv": "order,date,amount,customer\n1,2024-01-05,1,p2\n"}
    built = build(files, sources=(Source(path="p.csv", map=mapping), Source(path="o.csv")))
    assert len(built.rows("customers", "customer")) == 1
    assert customers(built) == [built.rows("customers", "customer")[0][0]]


def test_a_stage_of_an_order_is_its_customers(build) -> None:
    """Of an order that nobody knows the stage is kept, of nobody; each order for itself."""
    history = (
        "OpportunityId,StageName,CreatedDate\nO1,Prospecting,2024-01-05 23:30:00\nO1,Prospecting,2024-01-05 23:40:00\n"
        "O8,Prospecting,2024-01-05 23:30:00\nO9,Prospecting,2024-01-05 23:30:00\n,Prospecting,2024-01-05 23:30:00\n"
    )
    built = build({"o.csv": SOLD, "h.csv": history}, timezone="Europe/Berlin")
    assert built.rows("stages", "customer", "day") == [(customers(built)[0], 19728), (None, 19728), (None, 19728)]
    counts = built.file("h.csv").rows
    assert (counts.accepted, counts.duplicate, counts.rejected) == (3, 1, 1)


def test_days_never_move_to_another_day(build) -> None:
    """Stamps of the Data Export are UTC; its days are written as midnights and are days all the same."""
    sold = "Id,StageName,CloseDate,Amount\nO1,Won,2024-02-01 00:00:00,1\nO2,Won,2024-02-02T00:00:00.000+0000,1\n"
    cases = "CaseNumber,CreatedDate,Status\n1,2024-02-01 00:10:00,New\n"
    for zone, moved in (("America/New_York", 1), ("Asia/Tokyo", 0)):
        built = build({"o.csv": sold, "t.csv": cases}, timezone=zone)
        assert sorted(built.rows("orders", "day")) == [(19754,), (19755,)]
        assert built.rows("tickets", "day") == [(19754 - moved,)]
