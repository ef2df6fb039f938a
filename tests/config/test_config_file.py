"""clm-audit.yaml: every impossible value is refused in one pass, at its place, with the nearest right word."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from pathlib import Path

import pytest

from clm_audit.config.file import ConfigFile
from clm_audit.config.plan import METRIC_IDS, AuditPlan
from clm_audit.config.resolve import resolve
from clm_audit.config.vocabulary import FACTS
from clm_audit.exits import UsageError


def plan_of(folder: Path, text: str) -> AuditPlan:
    """The plan of a configuration whose exports exist."""
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "costs.csv").touch()
    path = folder / "c.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return resolve([], path, {}, {}, folder)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        plan_of(folder, text)
    return [str(problem) for problem in caught.value.problems]


BASE = "go_live: 2024-07-01\nsources: [{path: exports}]\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("timezon: UTC", "c.yaml:3:1: timezon: unknown key (did you mean timezone?)"),
        ("policy: {confidnce: 95%}", "c.yaml:3:10: policy.confidnce: unknown key (did you mean confidence?)"),
        ("zzz: 1", "c.yaml:3:1: zzz: unknown key (known: title, go_live, "),
        (
            "timezone: Europe/Berln",
            "c.yaml:3:11: timezone: there is no time zone Europe/Berln (did you mean Europe/Berlin",
        ),
        ("currency: usd", "c.yaml:3:11: currency: there is no currency usd (did you mean USD?)"),
        ("currency: XYZ", "c.yaml:3:11: currency: there is no currency XYZ"),
        ("title: [a]", "c.yaml:3:8: title: must be text"),
        ("title: ' '", "c.yaml:3:8: title: must not be empty"),
        (
            "policy: {materiality: 5}",
            "policy.materiality: must be from 0 to 1, or from 0% to 100% (5 would be 500%: write 5%",
        ),
        ("policy: {materiality: 0%}", "policy.materiality: must be more than 0% and at most 50%"),
        ("policy: {materiality: -3%}", "policy.materiality: must be from 0 to 1"),
        ("policy: {materiality: .inf}", "policy.materiality: must be a number"),
        ("policy: {materiality: true}", "policy.materiality: must be a number"),
        ("policy: {confidence: 20%}", "policy.confidence: must be from 50% to 99.9%"),
        ("policy: {require: [purchase_freqency]}", "policy.require[0]: must be one of purchase_frequency"),
        ("policy: {require: purchase_frequency}", "policy.require: must be a list"),
        ("policy: 3", "c.yaml:3:9: policy: must be a mapping (key: value)"),
        ("windows: {washout: 4}", "windows.washout: must be a length of time (write 4 weeks, 7 days or 3 years)"),
        ("windows: {washout: 10 days}", "windows.washout: must be whole weeks"),
        ("windows: {washout: 2 years}", "windows.washout: must be whole weeks"),
        ("windows: {washout: 60 weeks}", "windows.washout: must be at most 52 weeks"),
        ("windows: {before: {from: 2023-07-01}}", "windows.before.to: is missing"),
        ("rates: {EUR: 0}", "rates.EUR: must be more than 0"),
        ("rates: {EUR: 1.08}", "c.yaml:3:1: rates: need a currency to convert to"),
        ("currency: EUR\nrates: {EUR: 1.08}", "c.yaml:4:9: rates.EUR: is the currency of the audit itself"),
        ("service: {hourly_rate: -1}", "service.hourly_rate: must be more than 0"),
        ("response: click", "response: must be one of responded, converted, clicked, opened (did you mean clicked?)"),
        ("segment_by: industry", "segment_by: must be a list"),
        ("segment_by: [a, A]", "c.yaml:3:17: segment_by[1]: is already in segment_by"),
        ("events: [{date: 2024-02-30, what: x}]", "c.yaml:3:17: events[0].date: there is no day 2024-02-30"),
        ("events: [{date: 2024-02-03}]", "events[0].what: is missing"),
        ("events: [{date: 2024-02-03, what: x, break: yes}]", "events[0].break: must be true or false"),
        ("metrics: {purchase_freq: {}}", "metrics.purchase_freq: unknown key (did you mean purchase_frequency or "),
        ("metrics: {service_cost: {enabled: 'true'}}", "metrics.service_cost.enabled: must be true or false"),
        (
            "metrics: {service_cost: {enabled: false}}\npolicy: {require: [service_cost]}",
            "policy.require[0]: service_cost is required and not enabled",
        ),
        (
            "metrics: {service_cost: {enabled: false}}\ngate: {metrics: {service_cost: worsened}}",
            "gate.metrics.service_cost: service_cost is not enabled",
        ),
        ("gate: {fail_on: [swich]}", "gate.fail_on[0]: must be one of good fit, mixed, switch"),
        ("gate: {metrics: {service_cost: worse}}", "gate.metrics.service_cost: must be one of improved, worsened"),
        ("spend: {service: [Ads], retention: [ads]}", "spend.service[0]: is already in spend.retention"),
        ("report: {clent: x}", "report.clent: unknown key (did you mean client?)"),
    ],
)
def test_an_impossible_value_is_refused(tmp_path: Path, line: str, expected: str) -> None:
    problems = refused(tmp_path, BASE + line + "\n")
    assert len(problems) == 1, problems
    assert expected in problems[0]
    assert problems[0].startswith("c.yaml:")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Argentina/Ushuaia", "US/Pacific"])
def test_a_zone_that_exists_costs_no_look_through_all_zone_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    looks: list[str] = []
    monkeypatch.setattr("zoneinfo.available_timezones", lambda: looks.append("all") or {"Europe/Berlin"})
    assert plan_of(tmp_path, f"{BASE}timezone: {zone}\n").timezone == zone
    assert looks == []
    refused(tmp_path, f"{BASE}timezone: Europe/Berln\n")
    assert looks == ["all"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{}", "sources[0].path: is missing (a file or a folder)"),
        ("{path: export}", "sources[0].path: there is no such file or folder (did you mean exports?)"),
        ("{path: 'https://example.org/a.csv'}", "must be a path on this machine, not an address"),
        ("{path: exports, side: befor}", "sources[0].side: must be one of before, after, both (did you mean before?)"),
        (
            "{path: exports, system: hubspt}",
            "sources[0].system: there is no system of this name (did you mean hubspot?)",
        ),
        (
            "{engine: sparkle, tables: {orders: o}}",
            "sources[0].engine: must be one of duckdb, spark, ibis (did you mean spark?)",
        ),
        ("{engine: duckdb}", "sources[0].tables: is missing"),
        (
            "{engine: duckdb, tables: {oders: o}}",
            "sources[0].tables.oders: there is no fact oders (did you mean orders",
        ),
        ("{engine: duckdb, tables: {orders: o}, path: exports}", "an engine has tables, not files with path"),
        ("{engine: duckdb, tables: {orders: o}, master: local}", "sources[0].master: is a key of the engine spark"),
        ("{path: exports, database: x.duckdb}", "sources[0].database: is a key of an engine"),
        ("{engine: ibis, tables: {orders: o}}", "sources[0].url: is missing"),
        (
            "{engine: duckdb, tables: {orders: o}, map: {orders: {order: id, date: day}}}",
            "sources[0].map.orders.amount: is missing: orders needs it",
        ),
        (
            "{engine: duckdb, tables: {orders: o}, map: {order: id}}",
            "sources[0].map.order: must be a mapping of fields to columns",
        ),
        ("{path: costs.csv, map: {date: D}}", "sources[0].map.fact: is missing"),
        ("{path: costs.csv, map: {fact: spnd, date: D}}", "there is no fact spnd (did you mean spend"),
        ("{path: costs.csv, map: {fact: spend, date: D}}", "sources[0].map.amount: is missing: spend needs it"),
        (
            "{path: costs.csv, map: {fact: spend, date: D, amount: A, categry: C}}",
            "sources[0].map.categry: spend has no such field (did you mean category?)",
        ),
        (
            "{path: costs.csv, map: {fact: order_lines, order: O, date: D}}",
            "sources[0].map: order_lines needs amount or quantity + unit_price",
        ),
        (
            "{path: costs.csv, map: {fact: customers, customer: C, industry: I}}",
            "a segment column must stand in segment_by",
        ),
        ("{path: exports}, {path: ./exports}", "the same path is given twice"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(tmp_path: Path, entry: str, expected: str) -> None:
    problems = refused(tmp_path, f"go_live: 2024-07-01\nsources: [{entry}]\n")
    assert len(problems) == 1, problems
    assert expected in problems[0]
    assert problems[0].startswith("c.yaml:2:")


@pytest.mark.parametrize("fact", ["stages", "surveys", "subscriptions", "events", "referrals"])
def test_facts_that_no_metric_reads_are_checked_like_the_others(tmp_path: Path, fact: str) -> None:
    first, *rest = FACTS[fact].required
    fields = ", ".join(f"{name}: X" for name in rest)
    [problem] = refused(
        tmp_path, f"go_live: 2024-07-01\nsources: [{{path: costs.csv, map: {{fact: {fact}, {fields}}}}}]\n"
    )
    assert f"map.{first}: is missing: {fact} needs it" in problem


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ("{before: {from: 2024-01-01, to: 2023-01-01}, after: AFTER}", "windows.before: must end after it starts"),
        ("{before: {from: 2024-01-01, to: 2024-01-05}, after: AFTER}", "windows.before: must be at least a week long"),
        ("{before: BEFORE}", "windows.before: given without windows.after"),
        ("{before: {from: 2023-07-01, to: 2024-07-02}, after: AFTER}", "windows.before.to: is after go_live"),
        ("{before: BEFORE, after: {from: 2024-06-30, to: 2025-06-30}}", "windows.after.from: is before go_live"),
        ("{before: BEFORE, after: AFTER, washout: 4 weeks}", "windows.after.from: is before the end of the wash-out"),
    ],
)
def test_windows_that_contradict_each_other(tmp_path: Path, windows: str, expected: str) -> None:
    filled = windows.replace("BEFORE", "{from: 2023-07-01, to: 2024-07-01}").replace(
        "AFTER", "{from: 2024-07-01, to: 2025-07-01}"
    )
    [problem] = refused(tmp_path, f"{BASE}windows: {filled}\n")
    assert expected in problem


def test_all_mistakes_come_in_one_pass_in_the_order_of_the_file(tmp_path: Path) -> None:
    problems = refused(
        tmp_path,
        """\
        titel: x
        go_live: 2024-7-1
        timezone: Nowhere
        sources:
          - path: exprts
            sied: after
        policy: {confidence: 2}
        policy: {}
        report:
        money: {margin: 40%, costs: [{what: licences}]}
        """,
    )
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert lines == sorted(lines) == [1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_everything_that_is_said_reaches_the_plan(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """\
        title: 2024
        go_live: 2024-07-01
        windows:
          before: {from: 2023-07-01, to: 2024-07-01}
          after: {from: 2024-07-29, to: 2025-07-28}
          washout: 28 days
        timezone: America/New_York
        currency: USD
        rates: {EUR: 1.0800}
        sources:
          - {path: exports, system: hubspot, side: before}
          - {path: costs.csv, map: {fact: customers, customer: ID, industry: Branche}}
        spend: {acquisition: [0610, Google Ads]}
        service: {hourly_rate: 32.50}
        response: clicked
        segment_by: [industry]
        events: [{date: 2024-09-01, what: price list changed, break: true}]
        metrics: {purchase_frequency: {materiality: 3%}, service_cost: {enabled: false}}
        policy: {confidence: 90%, materiality: 0.04, require: [purchase_frequency], max_rejected: 2%}
        gate: {fail_on: [switch, inconclusive], metrics: {retention_cost: worsened}}
        report: {client: Example Ltd, author: A. Uditor}
        """,
    )
    assert plan.title == "2024"
    assert plan.before is not None
    assert plan.after is not None
    assert [str(day) for day in (plan.go_live, plan.before.end, plan.after.start)] == [
        "2024-07-01",
        "2024-07-01",
        "2024-07-29",
    ]
    assert (plan.washout_weeks, plan.timezone, plan.currency) == (4, "America/New_York", "USD")
    assert plan.rates == {"EUR": Decimal("1.0800")}
    assert plan.hourly_rate == Decimal("32.50")
    assert [(source.path, source.system, source.side) for source in plan.sources] == [
        (tmp_path / "exports", "hubspot", "before"),
        (tmp_path / "costs.csv", None, "both"),
    ]
    assert plan.sources[1].map == {"fact": "customers", "customer": "ID", "industry": "Branche"}
    assert plan.spend.acquisition == ("0610", "Google Ads"), "an account's name keeps its zero"
    assert (plan.response, plan.segment_by) == ("clicked", ("industry",))
    assert plan.events[0].is_break
    assert [plan.metric(metric).materiality for metric in METRIC_IDS] == [0.03, 0.04, 0.04, 0.04, 0.04, 0.04]
    assert not plan.metric("service_cost").enabled
    assert (plan.policy.confidence, plan.policy.max_rejected) == (0.9, 0.02)
    assert plan.gate is not None
    assert plan.gate.fail_on == ("switch", "inconclusive")
    assert plan.gate.metrics == {"retention_cost": "worsened"}
    assert (plan.report.client, plan.report.author) == ("Example Ltd", "A. Uditor")
    assert plan.root == tmp_path


def test_every_key_is_described() -> None:
    for name, field in ConfigFile.model_fields.items():
        assert field.description, name


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("{engine: ibis, tables: {orders: o}, url: 'postgres://ann:TopSecret@host/shop'}", "url"),
        ("{engine: ibis, tables: {orders: o}, url: 'snowflake://ann@host/shop?private_key=TopSecret'}", "url"),
        ("{engine: spark, tables: {orders: o}, remote: 'sc://host:15002/;token=TopSecret'}", "remote"),
        ("{engine: spark, tables: {orders: o}, conf: {spark.hadoop.fs.s3a.secret.key: TopSecret}}", "conf"),
        ("{engine: ibis, tables: {orders: o}, url: 'postgres://ann@host/shop', password: TopSecret}", "password"),
        ("{engine: ibis, tables: {orders: o}, url: 'postgres://ann@host/shop', token: TopSecret}", "token"),
        (
            "{engine: ibis, tables: {orders: o}, url: 'postgres://ann@host/shop', password_env: top-Secret}",
            "password_env",
        ),
    ],
)
def test_no_secret_stands_in_the_file(tmp_path: Path, entry: str, place: str) -> None:
    problems = refused(tmp_path, f"go_live: 2024-07-01\nsources:\n  - {entry}\n")
    assert len(problems) == 1, problems
    assert problems[0].startswith("c.yaml:3:")
    assert f"sources[0].{place}" in problems[0]
    assert "TopSecret" not in problems[0]
