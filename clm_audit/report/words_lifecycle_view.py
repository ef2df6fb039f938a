"""Words for the lifecycle section: what the metrics found, which cannot be told, how the curves are to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.config.plan import MetricId
from clm_audit.inference.model import Finding
from clm_audit.report import look, words_findings
from clm_audit.report.model import MetricReport, Unknown
from clm_audit.report.model_lifecycle import LifecycleView
from clm_audit.report.numbers import count, percent
from clm_audit.report.words_lifecycle import LOST, look_back
from clm_audit.report.words_metrics import in_text, listed, name

HEADING = "The customer lifecycle"
LEAD = "Where in a customer's life something changed. These metrics take no part in the verdict."
RETENTION = "Still customers, by months since they came"
ACTIVATION = "Active, by days since they came"
BANDS = "The bands are 95 % intervals; a curve ends where fewer than five customers were watched for longer."
BOTH = 2  # cohorts
HALF_YEAR = 6  # months
_COUNTED: Mapping[str, str] = {
    "subscriptions": "whoever has a subscription that runs",
    "customers": "whom the system has not ended",
    "orders": "whoever has ordered in the last {inactivity_weeks} weeks",
}
_BY_PASSING: Sequence[MetricId] = ("churn_rate", "retention_rate", "customer_lifetime_value")
_STARTS: Mapping[str, str] = {
    "subscriptions": "from the first subscription on",
    "customers": "from the day on which the system says they became a customer",
    "orders": "from the first order on",
}


def summary(told: Sequence[Finding], of: int) -> str:
    """How many metrics of the lifecycle can be told, and what they found."""
    if not told:
        return f"None of the {of} metrics of the lifecycle can be told from these exports."
    plain = [finding for finding in told if finding.value == "not assessable"]
    if len(plain) == len(told):
        return _numbers_only(plain, of)
    groups = {
        value: [in_text(finding.metric) for finding in told if finding.value == value]
        for value in ("improved", "worsened", "no material change")
    }
    said = [f"{listed(names)} {value}" for value, names in list(groups.items())[:2] if names]
    if groups["no material change"]:
        said.append(f"no material change in {listed(groups['no material change'])}")
    undecided = len(told) - len(plain) - sum(map(len, groups.values()))
    if undecided:
        said.append("none is decided" if undecided == len(told) else f"{count(undecided)} not decided")
    if plain:
        said.append(f"{count(len(plain))} with plain numbers only")
    return f"Of {of} metrics of the lifecycle {len(told)} can be told: {'; '.join(said)}."


def _numbers_only(plain: Sequence[Finding], of: int) -> str:
    """What can be said where no metric has an adjusted effect; the reason once where they share it."""
    reasons = {words_findings.reason(finding).rstrip(".") for finding in plain}
    why = f": {_continued(*reasons)}" if len(reasons) == 1 else ", for a reason that stands with each"
    have, none = ("has", "it allows no") if len(plain) == 1 else ("have", "none allows a")
    return f"Of {of} metrics of the lifecycle {len(plain)} {have} a number; {none} statement of change{why}."


def not_measured(missing: Sequence[tuple[str, str, str]]) -> str:
    """Metrics that cannot be told, in one line: ``missing`` holds name, what is lacking, and what would carry it.

    >>> not_measured([("Referral rate", "referrals", "a table of them"), ("Net promoter score", "answers", "")])
    'Not told: referral rate (no referrals; a table of them); net promoter score (no answers).'
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for metric, lacking, export in missing:
        groups.setdefault((lacking, export.strip().rstrip(".")), []).append(metric[:1].lower() + metric[1:])
    said = []
    for (lacking, export), names in groups.items():
        why = f"no {lacking}" if lacking[:1].islower() else _continued(lacking)
        said.append(f"{listed(names)} ({why}{f'; {export}' if export else ''})")
    return f"Not told: {'; '.join(said)}." if said else ""


def _continued(sentence: str) -> str:
    """A sentence that goes on within another one."""
    return sentence if sentence[1:2].isupper() else f"{sentence[:1].lower()}{sentence[1:]}"


def reading(told: Mapping[MetricId, Mapping[str, str | int | float]], *, curve: bool) -> str:
    """How the figures of those who stay and those who are lost hang together; ``told``: metric -> how it was counted.

    >>> reading({"churn_rate": {"lost_by": "subscriptions"}, "nps": {}}, curve=False)
    'Churn rate counts as a customer whoever has a subscription that runs.'
    """
    alike = [metric for metric in _BY_PASSING if metric in told]
    early = told.get("first_90_day_churn")
    how = next((told[metric] for metric in (*alike, "first_90_day_churn") if metric in told), {})
    source, gaps = str(how.get("lost_by", "")), {"inactivity_weeks": 26, **how}
    if source not in _COUNTED:
        return _revenue(told)
    if source != "orders" and early is not None:
        alike.insert(0, "first_90_day_churn")
    same = listed([*map(in_text, alike), *(["the curve"] if curve else [])])
    counts = "count" if len(alike) + curve > 1 else "counts"
    said = [f"{same[:1].upper()}{same[1:]} {counts} as a customer {_COUNTED[source].format_map(gaps)}."] if same else []
    if source == "orders" and early is not None:
        where = f": on the curve, as what is lost after {count(int(early['lost_after']))} days" if curve else ""
        said.append(
            f"Nobody can be lost sooner than that; {in_text('first_90_day_churn')} therefore counts those whose last"
            f" order came in these days, which shows {gaps['inactivity_weeks']} weeks later{where}."
            if same
            else f"{name('first_90_day_churn')} counts those whose last order came in these days."
        )
    if source == "orders" and ("nrr" in told or "grr" in told):
        said.append("Net and gross revenue retention count subscriptions alone.")
    return " ".join([*said, *filter(None, [_revenue(told)])])


def _revenue(told: Mapping[MetricId, Mapping[str, str | int | float]]) -> str:
    """Over which time revenue is kept, where that is not twelve months; empty where it is."""
    alike: list[MetricId] = [metric for metric in ("nrr", "grr") if metric in told]
    over = {look_back(told[metric]) for metric in alike} - {look_back({})}
    if not over:
        return ""
    names = listed([in_text(metric) for metric in alike])
    return f"{names[:1].upper()}{names[1:]} look back {listed(sorted(over))}: as long as both sides of go-live have."


def not_adjusted(metrics: Sequence[MetricReport]) -> str:
    """Why some of the metrics that are shown have no adjusted effect, each reason once; empty where all have one."""
    groups: dict[str, list[str]] = {}
    for metric in metrics:
        if isinstance(metric.adjusted, Unknown):
            groups.setdefault(metric.adjusted.reason.rstrip("."), []).append(in_text(metric.id))
    said = [f"{listed(names)} ({_continued(why)})" for why, names in groups.items()]
    return f"Without an adjusted effect: {'; '.join(said)}." if said else ""


def retention_note(how: Mapping[str, str | int | float]) -> str:
    """How the curve of retention is to be read; ``how`` as that of the churn rate."""
    source = str(how.get("lost_by", "orders"))
    gaps = {"inactivity_weeks": 26, **how}
    lost = LOST.get(source, LOST["orders"]).format_map(gaps)
    tail = " The loss counts when these weeks have passed, so nobody is lost before." if source == "orders" else ""
    return (
        f"Share of those who came within a window and are still customers, {_STARTS.get(source, _STARTS['orders'])}."
        f" Lost means {lost}.{tail} Each group is watched within its own window only, so that nobody who came before"
        f" go-live is judged by what happened after it. Who could be watched for a part of the time counts for that"
        f" part; in the rates, who was watched in full. {BANDS}"
    )


def activation_note(event: str) -> str:
    """How the curve of activation is to be read."""
    return (
        f"Share of those who came within a window and had done \N{LEFT DOUBLE QUOTATION MARK}{event}"
        f"\N{RIGHT DOUBLE QUOTATION MARK}, by days since they came, watched within that window only. {BANDS}"
    )


def half(days: int | None, first: int | None = None, last: int | None = None) -> str:
    """When half of a group was active, with the 95 % interval of that day as far as it was seen.

    >>> half(1, 0, 3), half(4, 2)
    ('half were active after 1 day [0 to 3]', 'half were active after 4 days [2 or more]')
    >>> half(None)
    'half of them were not seen to become active'
    """
    if days is None:
        return "half of them were not seen to become active"
    around = "" if first is None else f" [{count(first)} {'or more' if last is None else f'to {count(last)}'}]"
    if days == 0:
        return f"half were active on the first day{around}"
    return f"half were active after {count(days)} day{'' if days == 1 else 's'}{around}"


def group(side: str, customers: int) -> str:
    """Who a curve is of."""
    return f"came {side} go-live ({count(customers)} customers)"


def point(share: float, low: float, high: float) -> str:
    """A share with its interval.

    >>> point(0.512, 0.48, 0.549)
    '51 % [48 %, 55 %]'
    """
    return f"{percent(share)} [{percent(low)}, {percent(high)}]"


def told(metrics: Sequence[MetricReport]) -> list[MetricReport]:
    """The metrics that have anything to show."""
    return [
        metric
        for metric in metrics
        if not (
            isinstance(metric.before, Unknown)
            and isinstance(metric.after, Unknown)
            and isinstance(metric.adjusted, Unknown)
        )
    ]


def sides(metric: MetricReport) -> str:
    """Before and after in the metric's own format."""
    return f"{look.ratio(metric.id, metric.before)} → {look.ratio(metric.id, metric.after)}"


def change(metric: MetricReport) -> str:
    """The plain change; of a score in points."""
    return look.change(metric.observed_change, "points" if metric.id == "nps" else "share")


def curve_lines(view: LifecycleView) -> list[str]:
    """What the curves show after half a year and at their last common point, and when half of the new customers were
    active."""
    lines = []
    if len(view.retention) == BOTH:
        last = min(len(one.points) for one in view.retention)
        for months in sorted({min(HALF_YEAR, last), last}):
            ends = [(one.side, one.points[months - 1]) for one in view.retention]
            said = "; ".join(f"{point(end.share, end.low, end.high)} of those who came {side}" for side, end in ends)
            lines.append(f"Still customers after {months} month{'' if months == 1 else 's'}: {said} go-live.")
    if len(view.activation) == BOTH:
        said = "; ".join(
            f"of those who came {one.side} go-live {half(one.half, one.half_from, one.half_to)}"
            for one in view.activation
        )
        lines.append(f"Activation: {said}.")
    return lines
