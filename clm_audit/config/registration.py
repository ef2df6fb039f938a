"""What was settled before the results were seen: frozen by `plan --freeze`, verified by `compare --plan`.

The file holds the settings that decide a finding, the last day that had been seen, and a hash over both, so that
a later change of either shows. It cannot prove when it was written; a commit or a mail with its hash can.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from clm_audit.config.plan import AuditPlan, Registration
from clm_audit.config.preset import Preset
from clm_audit.config.show import plan_values
from clm_audit.exits import UsageError

DECIDING = (
    "go_live",
    "windows.",
    "timezone",
    "currency",
    "rates",
    "spend.",
    "service.",
    "response",
    "activation",
    "inactivity",
    "segment_by",
    "control",
    "stages",
    "metrics.",
    "policy.",
    "events",
)
"""Settings that decide a finding; titles, paths, the gate and the looks of the report do not."""
HINT = "freeze it anew with: clm-audit plan --freeze FILE"


class Difference(NamedTuple):
    """A setting that is not as it was frozen, as a person reads both."""

    setting: str
    frozen: str
    now: str


def digest(registration: Registration) -> str:
    """SHA-256 over everything but the hash itself, in a form that does not depend on order or spacing."""
    content = registration.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def differences(registration: Registration, plan: AuditPlan) -> tuple[Difference, ...]:
    """The settings of ``plan`` that are not as they were frozen, by name."""
    frozen, now = registration.settings, deciding(plan)
    pairs = ((name, frozen.get(name, "not set"), now.get(name, "not set")) for name in sorted({*frozen, *now}))
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def deciding(plan: AuditPlan) -> dict[str, str]:
    """The settings that decide a finding, config path -> value as a person reads it; of the user's own presets, which
    say what counts as an order, the hash of what stands in each."""
    settings = {value.path: value.shown for value in plan_values(plan) if value.path.startswith(DECIDING)}
    own = {f"presets.{system}": content_hash(preset) for system, preset in sorted(plan.own_presets.items())}
    return settings | own


def content_hash(preset: Preset) -> str:
    """The first 16 digits of the SHA-256 of what a preset says; comments and the order of keys do not matter."""
    content = json.dumps(preset.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def freeze(plan: AuditPlan, data_until: date) -> Registration:
    """The registration of a plan, with its hash."""
    registration = Registration(data_until=data_until, settings=deciding(plan))
    return registration.model_copy(update={"hash": digest(registration)})


def registration_text(registration: Registration) -> str:
    """The file's text."""
    return json.dumps(registration.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def read_registration(path: Path, where: str) -> Registration:
    """The registration in a file.

    Raises :class:`UsageError` with ``where`` when there is none, or when it was changed after it was frozen.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        registration = Registration.model_validate(content)
    except OSError as error:
        raise UsageError("cannot be read", where=where, hint=error.strerror or HINT) from error
    except (ValueError, RecursionError, ValidationError) as error:
        raise UsageError("is no plan of this program", where=where, hint=HINT) from error
    if registration.hash != digest(registration):
        raise UsageError("was changed after it was frozen: its hash does not fit", where=where, hint=HINT)
    return registration
