from __future__ import annotations

RECIPIENTS = "Recipient,Email Name,Sent,Delivered,Open,Click,Bounce\n"


def test_one_recipient_row_serves_sends_and_responses(build) -> None:
    rows = [
        "a@x.org,Spring,2024-01-05 10:00,2024-01-05 10:01,2024-01-06 09:00,2024-01-06 09:01,",
        "b@x.org,Spring,2024-01-05 10:00,,,,2024-01-05 10:02",
        "c@x.org,Spring,2024-01-05 10:00,2024-01-05 10:01,soon,,",
        ",Spring,2024-01-05 10:00,2024-01-05 10:01,,,",
        "d@x.org,Spring,,,,,",
    ]
    built = build({"mail.csv": RECIPIENTS + "\n".join(rows) + "\n"})
    assert sorted(built.rows("sends", "delivered", "rows")) == [(False, 1), (True, 1), (True, 1)]
    assert built.rows("responses", "kind", "rows") == [("opened", 0), ("clicked", 0)]
    assert built.codes() == [("bad_date", "Open", "left out"), ("missing_recipient", "Recipient", "rejected")]
    counts = built.file("mail.csv").rows
    assert (counts.read, counts.accepted, counts.rejected) == (6, 4, 1)
    assert "rows understood and not used: 1" in built.file("mail.csv").notes


def test_klaviyo_events_leave_attributed_orders_alone(build) -> None:
    header = "event_name,email,Timestamp,Campaign Name,$value\n"
    rows = [
        "Received Email,a@x.org,2024-01-05 10:00:00+00:00,Spring,",
        "Received Email,a@x.org,2024-01-05 12:00:00+00:00,Spring,",
        "Opened Email,a@x.org,2024-01-06 10:00:00+00:00,Spring,",
        "Opened Email,A@x.org,2024-01-05 11:00:00+00:00,Spring,",
        "Clicked Email,a@x.org,2024-01-06 10:00:00+00:00,Spring,",
        "Placed Order,a@x.org,2024-01-07 10:00:00+00:00,Spring,99.00",
    ]
    built = build({"events.csv": header + "\n".join(rows) + "\n"})
    assert built.tables["sends"].height == 1
    assert built.rows("responses", "kind", "day") == [("opened", 19727), ("clicked", 19728)]
    assert "orders" not in built.tables
    counts = built.file("events.csv").rows
    assert (counts.accepted, counts.duplicate) == (4, 2)


def test_hubspot_events(build) -> None:
    header = "Event Type,Recipient,Email Name,Timestamp\n"
    rows = [
        "DELIVERED,a@x.org,S,2024-01-05 10:00",
        "SENT,a@x.org,S,2024-01-05 10:00",
        "CLICK,a@x.org,S,2024-01-05 11:00",
    ]
    built = build({"e.csv": header + "\n".join(rows) + "\n"})
    assert built.tables["sends"].height == 1
    assert built.rows("responses", "kind") == [("clicked",)]


def test_plain_sends_and_responses_meet_on_recipient_and_campaign(build) -> None:
    sends = "campaign,recipient,sent,delivered\nS,a,2024-01-05,yes\nS,b,2024-01-05,no\nS,a,2024-01-06,yes\n"
    responses = "campaign,recipient,date,kind\nS,a,2024-01-06,Click\nS,a,2024-01-07,\nS,b,2024-01-06,sneezed\n"
    built = build({"s.csv": sends, "r.csv": responses})
    keys = set(built.rows("sends", "campaign", "recipient"))
    assert set(built.rows("responses", "campaign", "recipient")) < keys
    assert sorted(built.rows("sends", "day", "delivered")) == [(19727, False), (19727, True)]
    assert sorted(built.rows("responses", "kind")) == [("clicked",), ("responded",)]
    assert built.codes() == [("repeated", "recipient", "duplicate"), ("unknown_kind", "kind", "rejected")]


def test_sends_of_two_exports_count_once(build) -> None:
    text = "campaign,recipient,sent\nS,{},2024-01-05\nS,b,2024-01-05\n"
    built = build({"s1.csv": text.format("a"), "s2.csv": text.format("c")})
    assert built.tables["sends"].height == 3
    assert built.file("s2.csv").rows.duplicate == 1


def test_campaign_aggregates(build) -> None:
    header = "Campaign Name,Campaign ID,Send Time,Total Recipients,Unique Opens,Unique Clicks,"
    header += "Successful Deliveries,Revenue\n"
    rows = ['Spring,X1,2024-01-05 10:00:00,"1,000",400,50,990,"$5,000.00"', "Sale,X2,2024-02-05 10:00:00,10,x,1,9,"]
    built = build({"k1.csv": header + "\n".join(rows) + "\n", "k2.csv": header + rows[0] + "\n"})
    assert built.rows("campaigns", "sent", "delivered", "opened", "clicked", "responded") == [
        (1000, 990, 400, 50, None)
    ]
    assert sorted(code for code, *_ in built.codes()) == ["bad_number", "repeated"]
