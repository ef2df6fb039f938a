"""Hand-built audits for the tests of the output formats: everything that ``compose`` takes, made by hand.

``full_report``: six metrics, all kinds of findings, segments, variants, rejects, checks of every status.
``inconclusive_report``: two metrics, nothing decided. ``bare_report``: nothing can be assessed.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import (
    METRIC_IDS,
    AuditPlan,
    CostLine,
    FindingValue,
    GateRules,
    KnownEvent,
    MetricId,
    MetricPolicy,
    MoneyRules,
    Policy,
    ReportStyle,
    Source,
    SpendRules,
)
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Effect, Finding, Mix, Parts, PathPoint, Share, Variation
from clm_audit.intake.model import ROW, Exports, FileRecord, RawTable, Reject, RowCounts
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import (
    Calendar,
    Cells,
    Measured,
    MetricTotals,
    Moments,
    Ratio,
    SegmentRatio,
    Shown,
    Totals,
    Variant,
    day_number,
)
from clm_audit.report.compose import compose
from clm_audit.report.compose_check import compose_check
from clm_audit.report.model import AuditReport
from clm_audit.report.model_check import CheckOnlyReport
from clm_audit.verdict.checks import intake_checks
from clm_audit.verdict.judge import judge

GO_LIVE = day_number(date(2024, 7, 1))
HOSTILE = "<script>alert(1)</script> & =1+1"
LEVELS: dict[MetricId, tuple[float, float]] = {  # value before, observed change
    "purchase_frequency": (0.412, 0.124),
    "transaction_size": (81.5, 0.004),
    "service_cost": (3.42, -0.18),
    "campaign_response": (0.031, 0.22),
    "acquisition_cost": (54.0, 0.09),
    "retention_cost": (6.1, 0.0),
}
EFFECTS: dict[MetricId, tuple[FindingValue, str, float, float]] = {  # finding, code, log effect, se
    "purchase_frequency": ("improved", "holm_significant", 0.081, 0.024),
    "transaction_size": ("no material change", "equivalent", 0.004, 0.011),
    "service_cost": ("improved", "holm_significant", -0.15, 0.045),
    "campaign_response": ("inconclusive", "too_little_information", 0.07, 0.09),
    "acquisition_cost": ("worsened", "holm_significant", 0.12, 0.035),
}


def plan(**changes: object) -> AuditPlan:
    settings: dict[str, object] = {
        "title": "Example Ltd, move to a new CRM",
        "go_live": date(2024, 7, 1),
        "timezone": "America/New_York",
        "currency": "USD",
        "rates": {"EUR": Decimal("1.08")},
        "sources": (Source(path=Path("exports/shop")), Source(path=Path("/home/me/audit/exports/desk"), side="after")),
        "spend": SpendRules(acquisition=("Google Ads", "Meta Ads"), service=("Customer Support",)),
        "hourly_rate": Decimal("32.00"),
        "events": (KnownEvent(date=date(2024, 9, 1), what="price list changed"),),
        "metrics": {"purchase_frequency": MetricPolicy(materiality=0.03)},
        "policy": Policy(),
        "gate": GateRules(),
        "report": ReportStyle(client="Example Ltd", author="The analysts"),
        "root": Path("/home/me/audit"),
        "money": MoneyRules(
            margin=0.4,
            attributable=0.75,
            costs=(
                CostLine(what="licences", yearly=Decimal(24_000)),
                CostLine(what=HOSTILE, initial=Decimal("60000.50")),
            ),
        ),
        "origins": {
            "go_live": "option --go-live",
            "currency": "/home/me/audit/clm-audit.yaml:4:1",
            "timezone": "/home/me/audit/clm-audit.yaml:3:1",
            "spend.acquisition": "/home/me/audit/clm-audit.yaml:9:3",
        },
    }
    return AuditPlan(**{**settings, **changes})


def calendar(**changes: object) -> Calendar:
    settings: dict[str, object] = {
        "go_live": GO_LIVE,
        "span": (GO_LIVE - 7 * 104, GO_LIVE + 7 * 52),
        "before": (GO_LIVE - 7 * 52, GO_LIVE),
        "after": (GO_LIVE, GO_LIVE + 7 * 52),
        "base_weeks": 52,
        "base_from": -52,
        "coverage": dict.fromkeys(
            ("orders", "tickets", "sends", "spend", "spend.acquisition"), (GO_LIVE - 7 * 104, GO_LIVE + 7 * 52)
        ),
        "merge": {"orders": 1, "tickets": 1, "sends": 4, "acquired": 2, "retained": 2},
        "season_aligned": True,
    }
    return Calendar(**{**settings, **changes})


def totals_of(metric: MetricId, when: Calendar, *, weeks: int = 4) -> MetricTotals:
    """A metric with a trend, a season and a step at go-live; one period is missing."""
    level, change = LEVELS[metric]
    start = np.arange(when.span[0], when.span[1], 7 * weeks, dtype=np.int64)
    years = (start - when.go_live) / 365.2425
    den = np.full(len(start), 4_000.0)
    value = level * np.exp(0.03 * np.sin(2 * math.pi * years)) * np.where(years >= 0, 1 + change, 1.0)
    num = value * den
    num[3] = den[3] = np.nan
    declared = CATALOGUE[metric]
    before = Ratio(level, level * 52_000.0, 52_000.0, 52.0)
    after = Ratio(level * (1 + change), level * (1 + change) * 54_000.0, 54_000.0, 52.0)
    return MetricTotals(
        metric=metric,
        start=start,
        num=num,
        den=den,
        s2=np.full(len(start), 0.001),
        n0=int((start < when.go_live).sum()),
        ppy=365.2425 / (7 * weeks),
        before=before,
        after=after,
        variants=tuple(
            Variant(
                item.id,
                item.unit,
                Ratio(level / 2, level * 100, 200.0, 52.0),
                Ratio(level / 2.1, level * 99, 207.9, 52.0),
            )
            for item in declared.variants
        ),
        segments=(
            SegmentRatio("region", "North", 1200, before, after),
            SegmentRatio(
                "region", HOSTILE, 80, before, NotAssessable(code="zero_denominator", detail={"side": "after"})
            ),
            SegmentRatio("region", "Tiny", 4, before, after),
        ),
        how={"base_weeks": 52, "cost_source": "handling_time", "response": "clicked"},
        shown=Shown(0.10, -0.082) if metric == "purchase_frequency" else None,
    )


def effect_of(item: MetricTotals, log_effect: float, se: float) -> Effect:
    """An effect with the bands of a report; plain normal arithmetic, not the model's."""
    level = LEVELS[item.metric][0]
    expected = np.where(np.isfinite(item.num), level, np.nan)
    up = 0.5 * (1 + math.erf(log_effect / se / math.sqrt(2)))
    return Effect(
        effect=math.expm1(log_effect),
        low=math.expm1(log_effect - 2 * se),
        high=math.expm1(log_effect + 2 * se),
        low90=math.expm1(log_effect - 1.7 * se),
        high90=math.expm1(log_effect + 1.7 * se),
        log_effect=log_effect,
        se=se,
        df=23,
        p=2 * min(up, 1 - up),
        probability_up=up,
        detectable=math.expm1(2.9 * se),
        placebo_z=(0.3, -1.1, 2.2),
        years_before=2.0,
        season_seen=True,
        expected=expected,
        low_band=expected * 0.93,
        high_band=expected * 1.07,
        path=tuple(
            PathPoint(months, math.expm1(size), math.expm1(size - 2.4 * se), math.expm1(size + 2.4 * se))
            for months, size in ((3, log_effect * 0.6), (6, log_effect), (12, log_effect * 1.3))
        ),
        course="rising",
        false_alarms=1,
    )


def finding_of(item: MetricTotals, value: FindingValue, code: str, log_effect: float, se: float) -> Finding:
    effect = effect_of(item, log_effect, se)
    higher = CATALOGUE[item.metric].better == "higher"
    return Finding(
        metric=item.metric,
        value=value,
        code=code,
        effect=effect,
        observed_change=LEVELS[item.metric][1],
        materiality=0.05,
        p_holm=min(1.0, effect.p * 3),
        p_equivalence=0.01 if value == "no material change" else 0.6,
        better_probability=effect.probability_up if higher else 1 - effect.probability_up,
        more_weeks=9 if value == "inconclusive" else None,
        parts=Parts(0.004, 0.012, 0.0, log_effect, math.log1p(LEVELS[item.metric][1]) - log_effect - 0.016),
        variations=(
            Variation("weeks_before_left_out", {"weeks": 4}, effect.effect, effect.low, effect.high, value),
            Variation("weeks_after_left_out", {"weeks": 4}, effect.effect / 2, -0.02, 0.06, "inconclusive"),
        ),
        mix=mix_of(item),
    )


def mix_of(item: MetricTotals) -> Mix | NotAssessable | None:
    """Of all customers for how often, of one in 25 for how much; the other metrics are not asked."""
    observed = LEVELS[item.metric][1]
    if item.metric not in ("purchase_frequency", "transaction_size"):
        return None
    who = Share(-0.011, -0.019, -0.003)
    how = Share(observed + 0.011, observed - 0.02, observed + 0.042)
    return Mix(who, how, 1 if item.metric == "purchase_frequency" else 25, 52)


def missing_of(metric: MetricId, missing: NotAssessable) -> tuple[MetricTotals, Finding]:
    """A metric that cannot be assessed at all."""
    none = np.array([], dtype=np.float64)
    item = MetricTotals(metric, none.astype(np.int64), none, none, None, 0, 52.18, missing, missing, missing=missing)
    return item, Finding(metric, "not assessable", missing.code, None, missing, 0.05, missing=missing)


def exports() -> Exports:
    def table(index: int, name: str, system: str, height: int) -> RawTable:
        return RawTable(
            index=index,
            source=Source(path=Path("exports")),
            path=Path("/home/me/audit") / name,
            name=name,
            frame=pl.LazyFrame({ROW: []}),
            height=height,
            structure=1,
            headers={},
            header_line=1,
            sha256=f"{index:064x}",
            bytes=height * 80,
            encoding="utf-8",
            dialect="comma",
            system=system,
            object_name="orders",
            object=None,
        )

    tables = (
        table(0, "exports/shop/orders.csv", "shopify", 51_234),
        table(1, "exports/desk/tickets.csv", "zendesk", 9_811),
    )
    return Exports(tables, unknown=(("exports/notes.csv", "no preset knows its headers: Name, Remark"),))


def files() -> tuple[FileRecord, ...]:
    def record(path: str, system: str, kind: str, rows: RowCounts, notes: tuple[str, ...] = ()) -> FileRecord:
        return FileRecord(
            path=path,
            sha256="ab" * 32,
            bytes=4_098_720,
            system=system,
            object=kind,
            encoding="utf-8",
            dialect="comma",
            header_line=1,
            rows=rows,
            facts=(kind,),
            reasons={"bad_date": rows.rejected, "repeated": rows.duplicate} if rows.rejected else {},
            notes=notes,
        )

    orders = RowCounts(read=51_235, accepted=51_100, rejected=14, duplicate=120, structure=1)
    tickets = RowCounts(read=9_812, accepted=9_811, structure=1)
    return (
        record("exports/shop/orders.csv", "shopify", "orders", orders, ("412 cancelled orders are not counted",)),
        record("exports/desk/tickets.csv", "zendesk", "tickets", tickets),
    )


def facts(**changes: object) -> Facts:
    rejects = tuple(
        Reject(file="exports/shop/orders.csv", line=20 + n, byte=1_600 + 80 * n, column="Created at", code="bad_date")
        for n in range(14)
    )
    settings: dict[str, object] = {
        "tables": {},
        "files": files(),
        "rejects": rejects,
        "segments": ({"region": "not known"}, {"region": "North"}),
        "currency": "USD",
        "absent": {"spend": "the Google Ads campaign report would carry it"},
        "evidence": {
            "orders.rows": 51_100,
            "orders.without_customer": 310,
            "customers.email_case": 12,
            "customers.ids_with_several_emails": 0,
            "ids.excel_damage": 0,
            "dates.naive": 0,
        },
        "systems": ("shopify", "zendesk"),
    }
    return Facts(**{**settings, **changes})


def totals() -> Totals:
    """An order histogram and a customer vector in which nothing sticks out."""
    cents = np.array([2_000, 6_000, 12_000, 40_000], dtype=np.int64)
    window = np.repeat(np.array([0, 1], dtype=np.int64), 4)
    values = Cells(
        {"window": window, "cents": np.tile(cents, 2)}, {"orders": np.array([900, 2000, 800, 90] * 2, dtype=np.int64)}
    )
    moments = Moments(
        ("orders_before", "orders_after", "revenue_before", "revenue_after"),
        8_000,
        np.array([21_000, 24_000, 2_700_000_00, 2_900_000_00], dtype=np.int64),
        np.array(
            [
                [1.1e5, 8.0e4, 9.0e8, 8.0e8],
                [8.0e4, 1.3e5, 8.0e8, 9.0e8],
                [9.0e8, 8.0e8, 2.5e13, 2.0e13],
                [8.0e8, 9.0e8, 2.0e13, 2.8e13],
            ]
        ),
    )
    return Totals({"values": values}, {0: moments})


def window_totals(*, known: bool = True) -> dict[str, tuple[float | NotAssessable, float | NotAssessable]]:
    no_spend = NotAssessable(
        code="missing_fact", detail={"fact": "spend", "export": "the Google Ads campaign report would carry it"}
    )
    if not known:
        return {"orders": (NotAssessable(code="missing_fact", detail={"fact": "orders"}),) * 2}
    return {
        "orders": (21_424.0, 24_101.0),
        "net_revenue": (174_605_600.0, 197_200_325.0),
        "active_customers": (4_312.0, 4_520.0),
        "handling_hours": (812.5, 700.25),
        "retention_spend": (no_spend, no_spend),
    }


def measured(items: tuple[MetricTotals, ...], when: Calendar, *, known: bool = True) -> Measured:
    return Measured(when, totals(), items, {0: 212}, window_totals(known=known))


def full_report(**changes: object) -> AuditReport:
    """Six metrics: improved, no material change, improved, inconclusive, worsened, not assessable."""
    when, settled = calendar(), plan(**changes)
    items = {metric: totals_of(metric, when) for metric in EFFECTS}
    findings = {metric: finding_of(items[metric], *EFFECTS[metric]) for metric in EFFECTS}
    missing = NotAssessable(
        code="missing_fact", detail={"fact": "spend", "export": "the Google Ads campaign report would carry it"}
    )
    items["retention_cost"], findings["retention_cost"] = missing_of("retention_cost", missing)
    found = tuple(findings[metric] for metric in METRIC_IDS)
    every = measured(tuple(items[metric] for metric in METRIC_IDS), when)
    judgement = judge(settled, exports(), facts(), every, found)
    return compose(settled, exports(), facts(), every, found, judgement)


def inconclusive_report() -> AuditReport:
    """Two metrics of orders alone, eleven weeks after go-live, nothing decided; no currency, no client."""
    when = calendar(
        after=(GO_LIVE, GO_LIVE + 77), before=(GO_LIVE - 77, GO_LIVE), season_aligned=False, derived_go_live=True
    )
    settled = plan(
        money=None, currency=None, go_live=None, report=ReportStyle(), title=None, events=(), origins={}, timezone="UTC"
    )
    metrics: tuple[MetricId, ...] = ("purchase_frequency", "transaction_size")
    items = tuple(totals_of(metric, when) for metric in metrics)
    found = tuple(finding_of(item, "inconclusive", "too_little_information", 0.05, 0.07) for item in items)
    told = facts(currency=NotAssessable(code="currency_not_stated"), evidence={"dates.naive": 51_100})
    every = measured(items, when)
    judgement = judge(settled, exports(), told, every, found)
    return compose(settled, exports(), told, every, found, judgement)


def bare_report() -> AuditReport:
    """Nothing can be assessed; no gate, no rejects, no unknown files."""
    when = calendar(coverage={})
    settled = plan(money=None, gate=None, title=None, report=ReportStyle(), events=())
    pairs = [missing_of(metric, NotAssessable(code="missing_fact", detail={"fact": "orders"})) for metric in METRIC_IDS]
    found = tuple(finding for _, finding in pairs)
    told = facts(rejects=(), evidence={})
    every = Measured(when, Totals({}, {}), tuple(item for item, _ in pairs), {}, window_totals(known=False))
    read = Exports(exports().tables)
    judgement = judge(settled, read, told, every, found)
    return compose(settled, read, told, every, found, judgement)


def check_report() -> CheckOnlyReport:
    """What ``clm-audit check`` prints."""
    settled, read, told = plan(), exports(), facts()
    return compose_check(settled, read, told, intake_checks(settled, read, told))
