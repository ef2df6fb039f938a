"""The data checks: every threat to the conclusion is one small function with four answers.

*Pass*, *warn*, *fail*, or *unknown* (cannot tell). A failed check withholds the findings it touches from
the verdict; an unknown one caps the verdict where the rule says so (``unknown_caps``). A check never makes a
verdict stronger.
"""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Finding
from clm_audit.intake.model import Exports
from clm_audit.measures.model import Measured
from clm_audit.verdict.checks import (
    base,
    events,
    files,
    money,
    orders,
    people,
    plausible,
    reading,
    records,
    stages,
    windows,
)
from clm_audit.verdict.checks.base import Rule, Subject
from clm_audit.verdict.model import Check

RULES: tuple[Rule, ...] = (
    Rule("rejects", files.rejects, unknown_caps=True),
    Rule("repairs", reading.repairs),
    Rule("cut_short", reading.cut_short),
    Rule("row_cap", files.row_cap),
    Rule("missing_part", files.missing_part),
    Rule("stale_export", files.stale_export),
    Rule("unknown_files", files.unknown_files),
    Rule("encoding", reading.encoding),
    Rule("day_month", reading.day_month),
    Rule("duplicates", files.duplicates, unknown_caps=True),
    Rule("order_numbers", orders.order_numbers),
    Rule("order_states", orders.order_states),
    Rule("refunds", orders.refunds),
    Rule("sale_twice", records.sale_twice),
    Rule("spend_twice", files.spend_twice),
    Rule("spend_words", files.spend_words),
    Rule("go_live", windows.go_live, unknown_caps=True, needs_windows=True),
    Rule("windows", windows.windows, unknown_caps=True, needs_windows=True),
    Rule("season", windows.season, unknown_caps=True, needs_windows=True),
    Rule("after_length", windows.after_length, unknown_caps=True, needs_windows=True),
    Rule("events", events.events, unknown_caps=True, needs_windows=True),
    Rule("sides", windows.sides, needs_windows=True),
    Rule("coverage", windows.coverage, needs_windows=True),
    Rule("missing_weeks", windows.missing_weeks, needs_windows=True),
    Rule("tracking_start", windows.tracking_start, needs_windows=True),
    Rule("timezone", windows.timezone),
    Rule("clock_changes", reading.clock_changes),
    Rule("currency", money.currency, unknown_caps=True),
    Rule("minor_units", plausible.minor_units, needs_windows=True),
    Rule("responses", plausible.responses, needs_windows=True),
    Rule("unknown_customers", people.unknown_customers),
    Rule("anonymous", people.anonymous),
    Rule("ids", people.ids),
    Rule("id_lengths", records.id_lengths),
    Rule("shared_address", records.shared_address),
    Rule("merges", records.merges),
    Rule("identity", people.identity, needs_windows=True),
    Rule("import_day", people.import_day),
    Rule("left_records", records.left_records),
    Rule("lifecycle_stages", stages.lifecycle_stages),
    Rule("survivors", people.survivors, needs_windows=True),
    Rule("one_cohort", people.one_cohort, needs_windows=True),
    Rule("one_order", money.one_order, needs_windows=True),
    Rule("one_customer", money.one_customer, needs_windows=True),
)
CHECK_IDS: tuple[str, ...] = tuple(rule.id for rule in RULES)
CODES: tuple[str, ...] = tuple(
    code
    for part in (base, files, reading, orders, windows, events, people, records, stages, money, plausible)
    for code in part.CODES
)


def intake_checks(plan: AuditPlan, exports: Exports, facts: Facts) -> tuple[Check, ...]:
    """The checks that need no go-live date: what ``clm-audit check`` prints."""
    subject = Subject(plan, exports, facts)
    return tuple(rule.run(subject) for rule in RULES if not rule.needs_windows)


def all_checks(
    plan: AuditPlan, exports: Exports, facts: Facts, measured: Measured, findings: Sequence[Finding] = ()
) -> tuple[Check, ...]:
    """Every check, in the order of :data:`RULES`."""
    subject = Subject(plan, exports, facts, measured, findings)
    return tuple(rule.run(subject) for rule in RULES)
