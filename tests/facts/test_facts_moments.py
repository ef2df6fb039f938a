from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from clm_audit.config.plan import Source
from facts.parted import divided

EPOCH = date(1970, 1, 1)


def n(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def notes(built, name: str) -> str:
    return "\n".join(built.file(name).notes)


def test_stages_are_kept_once_a_day_and_have_a_place_in_the_lifecycle(build) -> None:
    text = (
        "customer,stage,entered\na,Lead,2024-01-05\na,Lead,2024-01-05\na,Customer,2024-02-05\n"
        ",Lead,2024-01-01\nb,,2024-01-02\n"
    )
    built = build({"s.csv": text})
    assert built.rows("stages", "day", "stage", "place") == [
        (n("2024-01-05"), "Lead", 2),
        (n("2024-02-05"), "Customer", 4),
    ]
    assert built.codes() == [
        ("missing_id", "customer", "rejected"),
        ("missing_stage", "stage", "rejected"),
        ("repeated", "entered", "duplicate"),
    ]
    rows = built.file("s.csv").rows
    assert (rows.read, rows.accepted, rows.rejected, rows.duplicate, rows.structure) == (6, 2, 2, 1, 1)


def test_scores_are_whole_and_kept_apart_by_kind(build) -> None:
    text = (
        "customer,date,score,kind\na,2024-01-05,10,NPS\nb,2024-01-05,0,nps\nc,2024-01-05,11,nps\nd,2024-01-05,-1,nps\n"
        "e,2024-01-05,4,csat\nf,2024-01-05,9.5,nps\ng,2024-01-05,9.0,nps\nh,2024-01-05,Good,good_bad\n"
        "i,2024-01-05,3,mood\nj,2024-01-05,,nps\nk,2024-01-05,40,csat\n,2024-01-05,8,nps\n"
    )
    built = build({"q.csv": text})
    assert built.rows("surveys", "kind", "score") == [
        ("nps", 10),
        ("nps", 0),
        ("csat", 4),
        ("nps", 9),
        ("good_bad", 1),
        ("csat", 40),
        ("nps", 8),
    ]
    assert [code for code, *_ in built.codes()] == [
        "bad_score",
        "bad_score",
        "bad_score",
        "missing_score",
        "unknown_kind",
    ]


@pytest.mark.parametrize(("header", "kind"), [("NPS score", "nps"), ("csat", "csat"), ("score", None)])
def test_the_header_says_what_was_asked_or_nobody_does(build, header: str, kind: str | None) -> None:
    built = build({"q.csv": f"customer,date,{header}\na,2024-01-05,4\n"})
    assert built.rows("surveys", "kind", "score") == [(kind, 4)]


def test_overlapping_survey_exports_count_an_answer_once_and_equal_answers_of_one_file_all(build) -> None:
    head = "customer,date,score,kind\n"
    one = head + "a,2024-01-05,9,nps\na,2024-01-05,9,nps\nb,2024-01-06,3,nps\n"
    two = head + "b,2024-01-06,3,nps\nc,2024-01-07,7,nps\n"
    built = build({"1.csv": one, "2.csv": two})
    assert sorted(row[0] for row in built.rows("surveys", "score")) == [3, 7, 9, 9]
    assert built.file("2.csv").rows.duplicate == 1


def test_events_are_known_by_their_id_or_by_customer_event_and_stamp(build) -> None:
    head = "customer,event,date,event_id\n"
    named = build(
        {
            "1.csv": head + "a,open,2024-01-05 10:00,x1\na,open,2024-01-05 10:00,x2\n",
            "2.csv": head + "a,open,2024-01-05 10:00,x2\na,open,2024-01-05 10:00,x3\n",
        }
    )
    assert named.tables["events"].height == 3
    head = "customer,event,date\n"
    hours = build(
        {
            "1.csv": head + "a,open,2024-01-05 10:00\na,open,2024-01-05 10:59\n",
            "2.csv": head + "a,open,2024-01-05 11:00\na,open,2024-01-05 10:59\n,open,2024-01-05 11:01\n",
        }
    )
    assert hours.tables["events"].height == 4
    assert hours.tables["events"]["customer"].null_count() == 1
    assert hours.facts.evidence["events.duplicate_rows"] == 1


def test_referrals_name_who_referred_whom(build) -> None:
    text = "referrer,referred,date\na,b,2024-01-05\na,b,2024-01-05\na,c,2024-01-06\na,,2024-01-07\n,d,2024-01-08\n"
    built = build({"r.csv": text, "c.csv": "customer\na\nb\nc\n"})
    referrals = built.tables["referrals"]
    assert referrals.height == 3
    assert referrals["customer"].n_unique() == 1
    assert referrals["referred"].drop_nulls().n_unique() == 2
    assert [code for code, *_ in built.codes()] == ["missing_id", "repeated"]


def test_subscriptions_are_exact_per_interval_and_month(build) -> None:
    text = (
        "subscription,customer,start,amount,quantity,interval,end,cancelled,status\n"
        "s1,a,2024-01-01,19.99,3,month,,,active\n"
        "s2,b,2024-01-01,100.00,1,year,2024-12-31,2024-11-01,canceled\n"
        "s3,c,2024-01-01,30,1,quarterly,,,active\n"
        "s4,d,2024-01-01,500,1,one-time,,,active\n"
        "s5,e,2024-01-01,7,1,,,,active\n"
        "s6,f,2024-01-01,7,1,sometimes,,,active\n"
        "s7,g,2024-02-01,7,1,month,2024-01-01,,active\n"
        "s8,h,2024-01-01,7,1,month,,,trialing\n"
    )
    built = build({"s.csv": text, "o.csv": "order,date,amount,currency\n1,2024-01-05,1,USD\n"})
    assert built.rows("subscriptions", "amount", "interval", "recurring", "monthly", "left_out") == [
        (5997, "month", True, 5997, None),
        (10000, "year", True, 833, None),
        (3000, "quarter", True, 1000, None),
        (50000, "once", False, 0, None),
        (700, None, None, None, None),
        (700, "month", True, 700, "trial"),
    ]
    assert built.rows("subscriptions", "until", "cancelled")[1] == (n("2024-12-31"), n("2024-11-01"))
    assert set(built.tables["subscriptions"]["currency"]) == {"USD"}
    assert [code for code, *_ in built.codes()] == ["bad_interval", "period_is_empty"]


ASKED = {  # file: start, end, cancelled of each row
    "both": [("2024-01-01", "2024-12-31", "2024-11-01"), ("2024-01-01", "", "2024-11-02"), ("2024-01-02", "", "")],
    "none": [("2024-01-01", "", "2024-11-01"), ("2024-01-02", "", "")],
    "early": [("2024-01-01", "2024-03-01", "2024-11-01")],
}


@pytest.mark.parametrize("parts", [1, 3])
def test_a_subscription_runs_to_its_end_and_not_to_the_day_on_which_it_was_asked_for(
    build, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    """The day of the request is the end only in a file that writes no end; asked for and not over yet is running."""
    head = "subscription,customer,start,amount,interval,end,cancelled\n"
    files = {
        f"{name}.csv": head
        + "".join(f"{name}{at},a{at},{one[0]},10,month,{one[1]},{one[2]}\n" for at, one in enumerate(rows))
        for name, rows in ASKED.items()
    }
    files["only.csv"] = "subscription,customer,start,amount,cancelled\no1,c,2024-01-01,10,2024-05-01\n"
    divided(monkeypatch, parts)
    built = build(files)
    ends = Counter({n("2024-12-31"): 1, None: 3, n("2024-11-01"): 1, n("2024-03-01"): 1, n("2024-05-01"): 1})
    assert Counter(until for (until,) in built.rows("subscriptions", "until")) == ends
    assert built.facts.evidence["subscriptions.ended"] == 4


def test_a_later_export_of_subscriptions_replaces_what_an_earlier_one_said(build) -> None:
    head = "subscription,customer,start,amount,interval,end\n"
    built = build(
        {
            "1.csv": head + "s1,a,2024-01-01,10,month,\ns1,a,2024-01-01,5,month,\ns2,b,2024-01-01,9,month,\n",
            "2.csv": head + "s1,a,2024-01-01,10,month,2024-06-01\ns1,a,2024-01-01,5,month,2024-06-01\n",
        }
    )
    assert built.rows("subscriptions", "amount", "until") == [
        (900, None),
        (1000, n("2024-06-01")),
        (500, n("2024-06-01")),
    ]
    assert built.codes() == [("superseded", "subscription", "duplicate")] * 2


def test_the_currency_of_subscriptions_is_theirs_unless_a_rate_says_otherwise(build) -> None:
    text = "subscription,customer,start,amount,currency\ns1,a,2024-01-01,10,EUR\ns2,b,2024-01-01,10,USD\n"
    orders = "order,date,amount,currency\n1,2024-01-05,1,USD\n"
    own = build({"s.csv": text, "o.csv": orders})
    assert own.facts.currency == "USD"
    assert own.rows("subscriptions", "amount", "currency") == [(1000, "EUR"), (1000, "USD")]
    rated = build({"s.csv": text, "o.csv": orders}, currency="USD", rates={"EUR": Decimal("1.1")})
    assert rated.rows("subscriptions", "amount", "currency") == [(1100, "USD"), (1000, "USD")]


def test_customers_carry_their_end_and_stage_and_merged_ones_lead_to_the_survivor(build) -> None:
    customers = (
        "customer,acquired,ended,stage,merged_into,deleted\na,2024-01-01,2024-08-01,Customer,,\n"
        "b,2024-01-02,,Lead,a,\nc,2024-01-03,,Lead,,yes\n"
    )
    orders = "order,date,amount,customer\n1,2024-02-01,5,a\n2,2024-02-02,6,b\n3,2024-02-03,7,c\n"
    built = build({"c.csv": customers, "o.csv": orders})
    assert built.rows("customers", "ended", "stage") == [(n("2024-08-01"), "Customer")]
    one, other, third = (row[0] for row in built.rows("orders", "customer"))
    assert one == other != third


@pytest.mark.parametrize(
    ("mapping", "header"),
    [
        (
            {"fact": "stages", "customer": "Who", "stage": "What", "entered": "When"},
            "Who,What,When\na,Lead,2024-01-05\n",
        ),
        ({"fact": "surveys", "date": "When", "score": "NPS"}, "When,NPS\n2024-01-05,9\n"),
        ({"fact": "events", "customer": "Who", "event": "What", "date": "When"}, "Who,What,When\na,x,2024-01-05\n"),
        ({"fact": "referrals", "referrer": "Who", "date": "When"}, "Who,When\na,2024-01-05\n"),
        (
            {"fact": "subscriptions", "subscription": "No", "customer": "Who", "start": "When", "amount": "Sum"},
            "No,Who,When,Sum\ns,a,2024-01-05,9\n",
        ),
    ],
)
def test_a_mapped_file_gives_each_of_these_facts(build, mapping, header: str) -> None:
    built = build({"x.csv": header}, sources=[Source(path="x.csv", map=mapping)])
    assert built.tables[mapping["fact"]].height == 1
