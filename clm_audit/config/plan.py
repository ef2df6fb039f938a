"""The frozen plan of an audit: what `clm-audit.yaml`, variables, options and defaults resolve to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import Field

from clm_audit.config.base import Frozen
from clm_audit.config.brand import Language, Logo
from clm_audit.config.preset import FactName, Preset, load_presets
from clm_audit.config.stages import Goal, Stage
from clm_audit.config.vocabulary import LifecycleId

Side = Literal["before", "after", "both"]
Response = Literal["responded", "converted", "clicked", "opened"]
VerdictValue = Literal["good fit", "mixed", "switch", "inconclusive", "not assessable"]
FindingValue = Literal["improved", "worsened", "no material change", "inconclusive", "not assessable"]
QuestionId = Literal[
    "purchase_frequency",
    "transaction_size",
    "service_cost",
    "campaign_response",
    "acquisition_cost",
    "retention_cost",
]
MetricId = Literal[QuestionId, LifecycleId]
METRIC_IDS: tuple[QuestionId, ...] = get_args(QuestionId)
"""The metrics that answer the five questions: they alone make the plain reading and the verdict."""
LIFECYCLE_IDS: tuple[LifecycleId, ...] = get_args(LifecycleId)
"""The metrics of the customer lifecycle: where a change happened, beside the five questions."""
ALL_METRIC_IDS: tuple[MetricId, ...] = (*METRIC_IDS, *LIFECYCLE_IDS)
INACTIVITY_WEEKS = 26


RatchetValue = Literal["better", "same", "worse", "undecided"]


class Window(Frozen):
    """Half-open ``[start, end)`` in the audit's zone (``from``/``to`` in the config)."""

    start: date
    end: date


class Source(Frozen):
    """One path to read: a file or a folder (every file below it).

    ``map`` is an ad-hoc mapping: the key ``fact`` names the fact, every other key is a field of that
    fact and its value the column header in the file. Constants are not allowed. ``dates`` says how its dates are
    written: ``day first``, ``month first``, ``excel``, ``excel 1904`` or a strptime pattern.
    """

    path: Path
    system: str | None = None
    side: Side = "both"
    map: Mapping[str, str] | None = None
    dates: str | None = None


EngineName = Literal["duckdb", "spark", "ibis"]


class EngineSource(Frozen):
    """Tables that stay where they are: ``tables`` (fact -> table, or file pattern) of one database or cluster.

    ``found``: tables or files to be recognised by their columns (``*``: every table of the database).
    ``map``: fact -> (field -> column). ``database``: a DuckDB file; ``master``, ``remote``, ``conf``: a Spark session;
    ``url``: a connection without a password, which stands in the environment variable ``password_env``.
    """

    engine: EngineName
    tables: Mapping[FactName, str] = {}
    found: tuple[str, ...] = ()
    map: Mapping[FactName, Mapping[str, str]] = {}
    system: str | None = None
    side: Side = "both"
    database: Path | None = None
    master: str | None = None
    remote: str | None = None
    conf: Mapping[str, str] = {}
    url: str | None = None
    password_env: str | None = None


class SpendRules(Frozen):
    """Ledger accounts, campaigns or platforms -> spend category; compared case-insensitively."""

    acquisition: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    service: tuple[str, ...] = ()


class KnownEvent(Frozen):
    """A dated thing that could explain a change; ``is_break`` gives it its own step in the model."""

    date: date
    what: str
    is_break: bool = False


class Control(Frozen):
    """Who did not get the CRM: ``untreated`` labels of the column ``segment``; ``go_live``: labels that got it later,
    each on its own day. Every other label got it at the audit's go-live."""

    segment: str
    untreated: tuple[str, ...] = ()
    go_live: Mapping[str, date] = {}


class Activation(Frozen):
    """The product event that makes a new customer active, and within how many days of the start it counts."""

    event: str
    within: int = 7


class MetricPolicy(Frozen):
    """Per-metric settings; ``materiality`` is a share (0.05 = 5 %)."""

    enabled: bool = True
    materiality: float = 0.05


class Policy(Frozen):
    """Audit-wide thresholds; shares (0.05 = 5 %)."""

    confidence: float = 0.95
    materiality: float = 0.05
    require: tuple[QuestionId, ...] = ()
    max_rejected: float = 0.01


class Bound(Frozen):
    """A metric fails the gate when the whole interval of its effect is worse than this share (0.05 = 5 %)."""

    worse_than: float


class GateRules(Frozen):
    """``fail_on``: verdicts that fail the gate; ``metrics``: the finding, or the bound on the interval, per metric that
    fails it; ``ratchet``: what no metric may be, compared with an earlier audit, where one is given."""

    fail_on: tuple[VerdictValue, ...] = ("switch",)
    metrics: Mapping[MetricId, FindingValue | Bound] = {}
    ratchet: tuple[RatchetValue, ...] = ("worse",)


class EarlierEffect(Frozen):
    """What an earlier audit had measured: the adjusted effect with its interval; shares."""

    effect: float
    low: float
    high: float


class Earlier(Frozen):
    """The earlier audit that this one is held against. ``sha256``: of its JSON; ``file``: as it was named for this
    run; ``before``, ``after``: its windows."""

    file: str
    sha256: str
    go_live: date
    before: Window
    after: Window
    effects: Mapping[MetricId, EarlierEffect] = {}


class CostLine(Frozen):
    """One line of what the CRM costs, in the currency of ``money``."""

    what: str
    initial: Decimal = Decimal(0)
    yearly: Decimal = Decimal(0)


class MoneyRules(Frozen):
    """By what the benefits are turned into money. Shares of 1; ``horizon`` in whole years; ``currency`` is that of
    the costs, None = the audit's."""

    currency: str | None = None
    margin: float
    horizon: int = 3
    discount: float = 0.1
    attributable: float = 1.0
    costs: tuple[CostLine, ...]


class Registration(Frozen):
    """What was settled before the results were seen (``config/registration.py``). ``settings``: config path -> value
    as a person reads it; ``data_until``: the last day that had been seen; ``hash``: over both. ``file``: as it was
    named for this run."""

    clm_audit_plan: Literal[1] = 1
    data_until: date
    settings: Mapping[str, str]
    hash: str = ""
    file: str = Field(default="", exclude=True)


class ReportStyle(Frozen):
    """Whose report it is, and how it looks. ``language``: the formats of numbers and dates, not of the sentences.
    ``redact``: tokens in place of names, and no output with a personal value of the exports in it."""

    client: str | None = None
    author: str | None = None
    logo: Logo | None = None
    colour: str | None = None
    language: Language = "en"
    redact: bool = False


class AuditPlan(Frozen):
    """Everything a run depends on. Built by ``clm_audit.config.resolve``; echoed in the report.

    ``origins`` maps a dotted config path (``policy.materiality``) to where its value came from:
    ``option --go-live``, ``CLM_AUDIT_GO_LIVE``, ``clm-audit.yaml:3:1`` or ``default``.
    ``go_live`` is None only when it is to be taken from the first day of the *after* sources.
    ``engines``: the sources that are tables of an engine; their places are ``engines[0].tables.orders`` and so on.
    ``own_presets`` are the user's, by system, out of ``presets_folder``.
    ``inactivity_weeks``: without an order for so long, a customer without a subscription counts as lost.
    ``config`` is the file that was read, if any: nothing is written over it. Its origin is its way from the folder of
    the run, where it lies below that, as annotations of its lines need it.
    """

    title: str | None = None
    go_live: date | None = None
    before: Window | None = None
    after: Window | None = None
    washout_weeks: int = 0
    timezone: str = "UTC"
    currency: str | None = None
    rates: Mapping[str, Decimal] = {}
    sources: tuple[Source, ...] = ()
    engines: tuple[EngineSource, ...] = ()
    spend: SpendRules = SpendRules()
    hourly_rate: Decimal | None = None
    response: Response | None = None
    activation: Activation | None = None
    inactivity_weeks: int = INACTIVITY_WEEKS
    stages: tuple[Stage, ...] = ()
    goals: tuple[Goal, ...] = ()
    segment_by: tuple[str, ...] = ()
    control: Control | None = None
    events: tuple[KnownEvent, ...] = ()
    metrics: Mapping[MetricId, MetricPolicy] = {}
    policy: Policy = Policy()
    gate: GateRules | None = None
    against: Earlier | None = None
    money: MoneyRules | None = None
    report: ReportStyle = ReportStyle()
    registration: Registration | None = None
    own_presets: Mapping[str, Preset] = {}
    presets_folder: Path | None = None
    root: Path = Path()
    config: Path | None = None
    origins: Mapping[str, str] = {}

    @property
    def presets(self) -> Mapping[str, Preset]:
        """Every preset that exports are recognised by: those that ship, and the user's own in their place."""
        return MappingProxyType({**load_presets(), **self.own_presets}) if self.own_presets else load_presets()

    @property
    def sides(self) -> frozenset[Side]:
        """The sides of go-live that the sources are for."""
        return frozenset([*(one.side for one in self.sources), *(one.side for one in self.engines)])

    @property
    def segment_columns(self) -> Mapping[str, str]:
        """Every column of the customer export that is read for its labels -> the setting that asks for it.

        >>> AuditPlan(segment_by=("size",), control=Control(segment="region")).segment_columns
        {'size': 'segment_by', 'region': 'control.segment'}
        """
        asked = dict.fromkeys(self.segment_by, "segment_by")
        return {**asked, self.control.segment: "control.segment"} if self.control else asked

    def metric(self, metric: MetricId) -> MetricPolicy:
        """The policy of one metric, the general materiality filled in.

        >>> AuditPlan(policy=Policy(materiality=0.03)).metric("service_cost").materiality
        0.03
        """
        return self.metrics.get(metric) or MetricPolicy(materiality=self.policy.materiality)
