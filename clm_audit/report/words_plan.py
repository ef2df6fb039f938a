"""Words for looking ahead: what could be found when, and whether an audit was planned before its results."""

from __future__ import annotations

from clm_audit.config.plan import AuditPlan
from clm_audit.config.registration import differences
from clm_audit.measures.model import Calendar, to_date
from clm_audit.report.model import Planned
from clm_audit.report.numbers import Counted, count, day

UNPLANNED = (
    "Metrics, margins and windows were chosen after seeing data: no plan was frozen before go-live"
    " (clm-audit plan --freeze plan.json)."
)
SHOWN = 8  # characters of a hash that are said; the JSON holds all of them


def planned(plan: AuditPlan, calendar: Calendar) -> Planned:
    """Whether this audit is the one that was planned, in words.

    It is when the plan was frozen on data that end before go-live, and no setting that decides a finding differs.
    """
    frozen = plan.registration
    if frozen is None:
        return Planned(status="chosen after seeing data", sentence=UNPLANNED)
    changed = tuple(f"{name} was {was}, is {now}" for name, was, now in differences(frozen, plan))
    go_live = to_date(calendar.go_live)
    mark = f"plan {frozen.hash[:SHOWN]}"
    if frozen.data_until >= go_live:
        said = (
            f"The {mark} was frozen when data up to {day(frozen.data_until)} had been seen, which is not before"
            f" go-live {day(go_live)}: chosen after seeing data."
        )
    elif changed:
        said = (
            f"Not as planned: {Counted(count(len(changed))):setting differs|settings differ} from the {mark}, frozen"
            f" on data up to {day(frozen.data_until)}: {'; '.join(changed)}."
        )
    else:
        said = (
            f"Planned: metrics, margins and windows were settled on data up to {day(frozen.data_until)}, before"
            f" go-live ({mark})."
        )
    on_time = not changed and frozen.data_until < go_live
    return Planned(
        status="planned" if on_time else "chosen after seeing data",
        sentence=said,
        differences=changed,
        data_until=frozen.data_until,
        hash=frozen.hash,
    )
