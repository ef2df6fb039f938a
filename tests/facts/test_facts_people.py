from __future__ import annotations

import pytest

from clm_audit.exits import UsageError

SHOP = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem name\n"
TICKETS = "Id,Requester id,Requester email,Status,Tags,Created at,Total time spent (sec)\n"


def test_one_person_in_four_systems_is_one_customer(build) -> None:
    files = {
        "shop.csv": SHOP
        + "#1,Ann@X.org,paid,USD,10,2024-01-05 10:00:00 +0000,a\n#2,,paid,USD,1,2024-01-05 10:00:00 +0000,a\n",
        "customers.csv": "Customer ID,First Name,Email,Total Spent,Total Orders\n'77,A,ann@x.org,1,1\n'78,B,,1,1\n",
        "contacts.csv": "Record ID,Email,Became a Customer Date\n501,ANN@x.org,2024-01-04\n502,,\n",
        "deals.csv": "Record ID,Deal Stage,Amount,Close Date,Associated Contact IDs\n9,Won,5,2024-02-01,501;502\n",
        "tickets.csv": TICKETS + "1,31,ann@x.org,Closed,,2024-01-07 10:00,600\n2,31,,Closed,,2024-01-08 10:00,\n",
    }
    built = build(files)
    orders = dict(built.rows("orders", "gross", "customer"))
    assert orders[1000] == orders[500] is not None
    assert orders[100] is None
    assert {customer for (customer,) in built.rows("tickets", "customer")} == {orders[1000]}
    customers = dict(built.rows("customers", "customer", "acquired"))
    assert len(customers) == 3
    assert customers[orders[1000]] == 19726
    assert built.facts.evidence["customers.email_case"] == 1
    assert built.facts.evidence["orders.unknown_customer"] == 0
    assert built.facts.evidence["customers.acquired_top_rows"] == 1


def test_codes_number_the_sorted_identities(build) -> None:
    header = "order,date,amount,customer\n"
    text = header + "1,2024-01-05,1,zoe\n2,2024-01-05,1,adam\n3,2024-01-05,1,B@x.org\n4,2024-01-05,1,007\n"
    built = build({"o.csv": text})
    keys = sorted(["plain:zoe", "plain:adam", "b@x.org", "plain:007"])
    names = ["plain:zoe", "plain:adam", "b@x.org", "plain:007"]
    assert [customer for (customer,) in built.rows("orders", "customer")] == [keys.index(name) for name in names]


def test_ids_stay_text(build) -> None:
    text = "order,date,amount,customer\n1,2024-01-05,1,007\n2,2024-01-05,1,7\n3,2024-01-05,1,1.05E+11\n"
    built = build({"o.csv": text})
    assert built.tables["orders"]["customer"].n_unique() == 3
    assert built.facts.evidence["ids.excel_float"] == 1


def test_merged_records_are_one_customer(build) -> None:
    customers = "customer,email,merged_into,deleted\nold,,mid,\nmid,,new,\nnew,n@x.org,,\ngone,,,yes\nx,,y,\ny,,x,\n"
    orders = "order,date,amount,customer\n1,2024-01-05,1,old\n2,2024-01-05,1,mid\n3,2024-01-05,1,n@x.org\n"
    built = build({"c.csv": customers, "o.csv": orders})
    assert built.tables["orders"]["customer"].n_unique() == 1
    assert built.tables["customers"].height == 1
    assert built.facts.evidence["customers.left_out.merged"] == 4
    assert built.file("c.csv").rows.accepted == 6


def test_the_address_of_a_customer_export_goes_before_that_of_an_order(build) -> None:
    orders = "order,date,amount,customer,email\n1,2024-01-05,1,a,b@y.org\n2,2024-01-05,1,,x@x.org\n"
    built = build({"c.csv": "customer,email\na,x@x.org\n", "o.csv": orders})
    assert built.tables["orders"]["customer"].n_unique() == 1


def test_a_long_chain_of_merges_is_followed_to_its_end(build) -> None:
    chain = "".join(f"c{n},,c{n + 1},\n" for n in range(9)) + "c9,n@x.org,,\n"
    orders = "".join(f"{n},2024-01-05,1,c{n}\n" for n in range(10))
    files = {"c.csv": "customer,email,merged_into,deleted\n" + chain, "o.csv": "order,date,amount,customer\n" + orders}
    assert build(files).tables["orders"]["customer"].n_unique() == 1


def test_hubspot_lists_what_was_merged_into_a_record(build) -> None:
    contacts = "Record ID,Email,Merged record IDs\n501,a@x.org,498;499\n"
    header = "Record ID,Deal Stage,Amount,Close Date,Associated Contact IDs\n"
    deals = header + "9,Won,5,2024-02-01,499\n8,Won,5,2024-02-01,501\n"
    assert build({"c.csv": contacts, "d.csv": deals}).tables["orders"]["customer"].n_unique() == 1


def test_a_customer_listed_twice_counts_once(build) -> None:
    built = build({"c.csv": "customer,acquired\na,2024-01-05\na,2024-01-05\n,2024-01-05\nb,soon\n"})
    assert built.tables["customers"].height == 1
    expected = [("bad_date", "rejected"), ("missing_id", "rejected"), ("repeated", "duplicate")]
    assert [(code, action) for code, _, action in built.codes()] == expected


def test_segments_are_joined_to_every_fact(build) -> None:
    files = {
        "c.csv": "customer,region,industry\na,North,Food\nb,South,\nc,North,Food\n",
        "o.csv": "order,date,amount,customer\n1,2024-01-05,1,a\n2,2024-01-05,1,b\n3,2024-01-05,1,zed\n",
        "t.csv": "ticket,created,customer\n1,2024-01-05,b\n2,2024-01-05,c\n",
    }
    built = build(files, segment_by=("region", "industry"))
    labels = built.facts.segments
    assert labels[0] == {}
    seen = [labels[code] for (code,) in built.rows("orders", "segment")]
    assert seen == [{"region": "North", "industry": "Food"}, {"region": "South"}, {}]
    assert [labels[code] for (code,) in built.rows("tickets", "segment")] == [seen[1], seen[0]]


def test_many_labels_end_in_one_segment(build) -> None:
    rows = "".join(f"c{n},r{n % 80:02}\n" for n in range(400))
    built = build({"c.csv": "customer,region\n" + rows}, segment_by=("region",))
    assert len(built.facts.segments) == 52
    assert {"region": "(other)"} in built.facts.segments


def test_a_segment_column_that_nobody_has(build) -> None:
    with pytest.raises(UsageError, match=r"no customer export has a column regoin.*did you mean region"):
        build({"c.csv": "customer,region\na,N\n"}, segment_by=("regoin",))


def test_customers_before_and_after_go_live(build) -> None:
    rows = ["1,2024-01-05,1,a", "2,2024-08-05,1,a", "3,2024-01-05,1,b", "4,2024-08-05,1,c", "5,2024-08-05,1,"]
    built = build({"o.csv": "order,date,amount,customer\n" + "\n".join(rows) + "\n"})
    evidence = built.facts.evidence
    assert (evidence["customers.seen_before"], evidence["customers.seen_both_sides"]) == (2, 1)
    assert (evidence["orders.with_customer"], evidence["orders.without_customer"]) == (4, 1)
    assert "orders.unknown_customer" not in evidence


def test_the_day_of_go_live_belongs_to_after(build) -> None:
    rows = ["1,2024-06-30,1,a", "2,2024-07-01,1,a", "3,2024-07-01,1,b", "4,2024-06-30,1,c"]
    evidence = build({"o.csv": "order,date,amount,customer\n" + "\n".join(rows) + "\n"}).facts.evidence
    assert (evidence["customers.seen_before"], evidence["customers.seen_both_sides"]) == (2, 1)


def test_tickets_of_zendesk(build) -> None:
    rows = [
        "1,31,a@x.org,Closed,x y,2024-01-05 10:00,600",
        "2,31,a@x.org,Closed,x closed_by_merge,2024-01-05 10:00,60",
        "3,31,a@x.org,Deleted,,2024-01-05 10:00,60",
        "4,32,b@x.org,Open,,2024-01-06 10:00,",
        "4,32,b@x.org,Solved,,2024-01-06 10:00,90",
        "5,32,b@x.org,Open,,2024-01-06 10:00,-5",
    ]
    built = build({"t.csv": TICKETS + "\n".join(rows) + "\n"})
    assert built.rows("tickets", "seconds", "left_out") == [(600, None), (60, "merged"), (60, "deleted"), (90, None)]
    assert [code for code, *_ in built.codes()] == ["negative_duration", "repeated"]
    assert built.facts.evidence["tickets.timed"] == 2


@pytest.mark.parametrize(
    ("header", "cell", "seconds"),
    [
        ("handling_time", "90", 90),
        ("handling_time", "1:30:05", 5405),
        ("handling_time_minutes", "2.5", 150),
        ("handling_time_hours", "0.25", 900),
    ],
)
def test_handling_time_says_its_unit(build, header, cell, seconds) -> None:
    built = build({"t.csv": f"ticket,created,{header}\n1,2024-01-05,{cell}\n"})
    assert built.rows("tickets", "seconds") == [(seconds,)]


def test_tickets_in_a_state_of_another_name_count_and_are_named(build) -> None:
    rows = [
        "1,31,a@x.org,Warten,,2024-01-05 10:00,600",
        "2,31,a@x.org,Warten,,2024-01-06 10:00,600",
        "3,31,a@x.org,Solved,,2024-01-07 10:00,60",
        "4,32,b@x.org,on-hold,,2024-01-08 10:00,60",
        "5,32,b@x.org,ann@x.org,,2024-01-08 10:00,60",
    ]
    built = build({"t.csv": TICKETS + "\n".join(rows) + "\n"})
    assert len(built.rows("tickets", "seconds")) == 5
    said = "tickets in a state that is not known: Warten 2, other values 1; they count like the others"
    assert said in built.file("t.csv").notes
