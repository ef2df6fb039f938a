"""The shape of `clm-audit.yaml`, declared once: the validator and the JSON Schema both come from here.

Field descriptions are what the schema, and so an editor, shows. Keys of capabilities that this
version does not have are declared too: they are checked like the others and then refused.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from clm_audit.config.brand import Language
from clm_audit.config.gate import GateRule
from clm_audit.config.plan import EngineName, MetricId, QuestionId, RatchetValue, Response, Side, VerdictValue
from clm_audit.config.scalars import (
    Amount,
    Colour,
    Confidence,
    Currency,
    DatesWritten,
    Day,
    EnvironmentName,
    Flag,
    Length,
    Materiality,
    Positive,
    Share,
    Text,
    Weeks,
    Years,
    Zone,
)
from clm_audit.config.stages import GoalEntry, StageEntry, StageName


class Shape(BaseModel):
    """A mapping of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class WindowFile(Shape):
    """A half-open window: the first day, and the first day that no longer belongs to it."""

    start: Day = Field(alias="from", description="First day of the window.")
    end: Day = Field(alias="to", description="The day after the last day of the window.")


class WindowsFile(Shape):
    """What is compared with what."""

    before: WindowFile | None = Field(
        default=None, description="Window before go-live; default: as long as the data allow."
    )
    after: WindowFile | None = Field(
        default=None, description="Window after go-live; default: as long as the data allow."
    )
    washout: Weeks = Field(default=0, description="Learning time after go-live, left out of the headline: `4 weeks`.")


class SourceFile(Shape):
    """One path with exports, or tables of an engine."""

    path: Text | None = Field(default=None, description="A file, or a folder with everything below it.")
    system: Text | None = Field(
        default=None, description="The product it came from; default: recognised by its headers."
    )
    side: Side = Field(default="both", description="Which side of go-live its rows are for; `both`: split by date.")
    map: dict[str, Text | dict[str, Text]] | None = Field(
        default=None,
        description="An ad-hoc mapping: `fact`, and the column header for each field of that fact. Of an engine: fact"
        " -> its fields and their columns.",
    )
    dates: DatesWritten | None = Field(
        default=None,
        description="How its dates are written, where the rows do not prove it: `day first`, `month first`, `excel`"
        " or `excel 1904` (numbers of days), or a pattern such as `%d.%m.%y`.",
    )
    engine: EngineName | None = Field(default=None, description="Where the facts live, in place of `path`.")
    tables: dict[str, Text] | None = Field(
        default=None, description="Of an engine: fact -> table, or pattern of Parquet or CSV files for `duckdb`."
    )
    database: Text | None = Field(default=None, description="`duckdb`: the database file; it is opened read-only.")
    master: Text | None = Field(default=None, description="`spark`: the master, as `local[4]` or `spark://host:7077`.")
    remote: Text | None = Field(default=None, description="`spark`: the address of Spark Connect, `sc://host:15002`.")
    conf: dict[str, Text] | None = Field(default=None, description="`spark`: settings of the session; no secrets.")
    url: Text | None = Field(
        default=None, description="`ibis`: the connection, without a password: `postgres://user@host/database`."
    )
    password_env: EnvironmentName | None = Field(
        default=None, description="`ibis`: the environment variable that holds the password."
    )


class SpendFile(Shape):
    """Ledger accounts, campaigns or platforms -> category of spend."""

    acquisition: tuple[Text, ...] = Field(default=(), description="What is spent on winning customers.")
    retention: tuple[Text, ...] = Field(default=(), description="What is spent on keeping customers.")
    service: tuple[Text, ...] = Field(default=(), description="What customer service costs.")


class ServiceFile(Shape):
    """Customer service."""

    hourly_rate: Positive | None = Field(
        default=None, description="What an hour of service costs, in the audit currency."
    )


class ActivationFile(Shape):
    """What makes a new customer an active one."""

    event: Text = Field(description="The product event, as its export names it.")
    within: Length = Field(default="7 days", description="How soon after the start it counts: `7 days`.")


class ControlFile(Shape):
    """Customers whom the CRM did not touch, or reached later, to compare with."""

    segment: Text = Field(description="The column of the customer export that tells the groups apart.")
    untreated: tuple[Text, ...] = Field(default=(), description="Its values that did not get the CRM.")
    go_live: dict[Text, Day] = Field(
        default={}, description="Its values that got the CRM later than `go_live`, and the day of each."
    )


class EventFile(Shape):
    """A dated thing that could explain a change."""

    date: Day = Field(description="The day it happened.")
    what: Text = Field(description="What happened.")
    is_break: Flag = Field(default=False, alias="break", description="Whether it gets a step of its own in the model.")


class MetricFile(Shape):
    """Settings of one metric."""

    enabled: Flag = Field(default=True, description="Whether it is measured.")
    materiality: Materiality | None = Field(
        default=None, description="Smallest change that matters; default: the policy's."
    )


class PolicyFile(Shape):
    """Thresholds of the whole audit."""

    confidence: Confidence = Field(default=0.95, description="Confidence of the intervals.")
    materiality: Materiality = Field(default=0.05, description="Smallest change that matters.")
    require: tuple[QuestionId, ...] = Field(default=(), description="Metrics without which there is no verdict.")
    max_rejected: Share = Field(
        default=0.01, description="Share of rejected rows above which the data are not fit to judge."
    )


class GateFile(Shape):
    """What makes `compare --gate` fail."""

    fail_on: tuple[VerdictValue, ...] = Field(default=("switch",), description="Verdicts that fail the gate.")
    metrics: dict[MetricId, GateRule] = Field(
        default={},
        description="What must not be, per metric: a finding that fails the gate, or a bound on the whole interval.",
    )
    ratchet: tuple[RatchetValue, ...] = Field(
        default=("worse",), description="What no metric may be against the audit of --against."
    )


class CostFile(Shape):
    """One line of what the CRM costs."""

    what: Text = Field(description="What is paid for: licences, implementation, training, internal labour …")
    initial: Amount = Field(default=Decimal(0), description="Paid once, before or at go-live.")
    yearly: Amount = Field(default=Decimal(0), description="Paid every year.")


class MoneyFile(Shape):
    """What the CRM costs, and by what its benefits are turned into money."""

    currency: Currency | None = Field(
        default=None, description="Currency of the costs; default: that of the audit. Another one needs a rate."
    )
    margin: Share = Field(description="Contribution margin: what is left of 100 of revenue after variable costs.")
    horizon: Years = Field(default=3, description="How many whole years are counted: `3 years`.")
    discount: Share = Field(default=0.1, description="Discount rate a year.")
    attributable: Share = Field(default=1.0, description="The share of the measured benefits that is the CRM's doing.")
    costs: tuple[CostFile, ...] = Field(
        description="What the CRM costs, line by line.", json_schema_extra={"minItems": 1}
    )


class ReportFile(Shape):
    """Whose report it is, and how it looks."""

    client: Text | None = Field(default=None, description="Whom the report is for.")
    author: Text | None = Field(default=None, description="Who made it.")
    logo: Text | None = Field(
        default=None, description="A PNG or JPEG for the cover, from the folder of this file; up to 24 kB."
    )
    colour: Colour | None = Field(
        default=None, description="The colour of headings, links and lines; made darker or lighter where need be."
    )
    language: Language = Field(
        default="en", description="How numbers and dates are written for people; sentences stay English."
    )
    redact: Flag = Field(
        default=False,
        description="Tokens in place of the names of segments, campaigns and accounts; then every output is searched"
        " for the personal values of the exports, and nothing is written where one is found.",
    )


class ConfigFile(Shape):
    """The configuration of an audit. Only `go_live` is required, and it may come from the command line."""

    title: Text | None = Field(default=None, description="Title of the report.")
    go_live: Day | None = Field(default=None, description="The first day of *after*.")
    windows: WindowsFile = Field(default=WindowsFile(), description="What is compared with what.")
    timezone: Zone = Field(default="UTC", description="Zone of stamps without one, and of the limits of days.")
    currency: Currency | None = Field(
        default=None, description="Currency of the audit; default: the only one in the data."
    )
    rates: dict[Currency, Positive] = Field(default={}, description="What one unit of another currency is worth in it.")
    sources: tuple[SourceFile, ...] = Field(
        default=(), description="What to read; paths of the command line replace it."
    )
    presets: Text | None = Field(
        default=None, description="A folder with your own presets, one <system>.yaml each; the same name replaces."
    )
    spend: SpendFile = Field(default=SpendFile(), description="Which spend counts as what.")
    service: ServiceFile = Field(default=ServiceFile(), description="Customer service.")
    response: Response | None = Field(
        default=None, description="What counts as a response, when a system records several."
    )
    activation: ActivationFile | None = Field(default=None, description="What makes a new customer active.")
    inactivity: Weeks | None = Field(
        default=None, description="Without an order for so long a customer counts as lost; default: `26 weeks`."
    )
    stages: dict[StageName, StageEntry] | None = Field(
        default=None, description="Four to six lifecycle stages, first to last: their words and owners."
    )
    segment_by: tuple[Text, ...] = Field(default=(), description="Columns to show the metrics by.")
    control: ControlFile | None = Field(default=None, description="Customers to compare with: an untreated group.")
    events: tuple[EventFile, ...] = Field(default=(), description="Dated things that could explain a change.")
    metrics: dict[MetricId, MetricFile] = Field(default={}, description="Settings per metric.")
    goals: dict[MetricId, GoalEntry] = Field(default={}, description="Targets per metric and quarter.")
    policy: PolicyFile = Field(default=PolicyFile(), description="Thresholds of the whole audit.")
    gate: GateFile | None = Field(default=None, description="What makes `compare --gate` fail.")
    money: MoneyFile | None = Field(default=None, description="What the CRM costs: needed for a return on investment.")
    plan: Text | None = Field(default=None, description="A plan that `clm-audit plan --freeze` wrote; it is verified.")
    report: ReportFile = Field(default=ReportFile(), description="Whose report it is, and how it looks.")
