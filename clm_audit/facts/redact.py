"""`report.redact`: names of segments and campaigns become tokens before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clm_audit.config.plan import AuditPlan, Control
from clm_audit.facts.labels import OTHER
from clm_audit.facts.model import Facts


def redacted(plan: AuditPlan, facts: Facts) -> tuple[AuditPlan, Facts]:
    """Plan and facts with tokens (``region 1``, ``region 2`` … in the order of the names) in place of the labels of
    every segment column, and without the names of campaigns, accounts and platforms among the spend rules.

    The same names get the same tokens, so that two audits of the same company can be compared.
    """
    tokens = _tokens(plan, facts)
    segments = tuple(
        {column: tokens[column].get(label, label) for column, label in labels.items()} for labels in facts.segments
    )
    control = plan.control and _control(plan.control, tokens.get(plan.control.segment, {}))
    spend = plan.spend.model_copy(
        update={
            kind: tuple(f"{kind} {number}" for number, _ in enumerate(names, start=1))
            for kind, names in plan.spend.model_dump().items()
        }
    )
    return plan.model_copy(update={"control": control, "spend": spend}), replace(facts, segments=segments)


def _tokens(plan: AuditPlan, facts: Facts) -> Mapping[str, Mapping[str, str]]:
    """Column -> label -> token. What no export names keeps a token of its own: the labels of the control group."""
    found: dict[str, set[str]] = {}
    for labels in facts.segments:
        for column, label in labels.items():
            found.setdefault(column, set()).add(label)
    if plan.control:
        found.setdefault(plan.control.segment, set()).update(plan.control.untreated, plan.control.go_live)
    return {
        column: {label: f"{column} {number}" for number, label in enumerate(sorted(labels - {OTHER, ""}), start=1)}
        for column, labels in found.items()
    }


def _control(control: Control, tokens: Mapping[str, str]) -> Control:
    return control.model_copy(
        update={
            "untreated": tuple(tokens[label] for label in control.untreated),
            "go_live": {tokens[label]: day for label, day in control.go_live.items()},
        }
    )
