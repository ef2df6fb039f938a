"""Words for the verdict and the plain reading: what, why, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from clm_audit.config.plan import FindingValue
from clm_audit.inference.model import Finding
from clm_audit.report.numbers import percent
from clm_audit.report.words_checks import title
from clm_audit.report.words_metrics import in_text, listed, metric_in_text
from clm_audit.verdict.judge import UNKNOWN_ROW, WITHHELD_ROW
from clm_audit.verdict.model import Gate, PlainReading, Verdict

VERDICTS: Mapping[str, str] = {
    "good fit": "Something that was measured improved with the CRM, and nothing is shown to have got worse.",
    "mixed": "Something that was measured improved with the CRM, and something else got worse.",
    "switch": "What was measured got worse or did not change, and nothing got better: time to think about a switch.",
    "inconclusive": "The data do not decide it. That is not the same as no effect.",
    "not assessable": "The data are not fit to judge.",
}
READINGS: Mapping[str, str] = {
    "good fit": "{counts}: looks like a good fit.",
    "mixed": "{counts}: a mixed picture.",
    "switch": "{counts}: looks like time to switch.",
    "unclear": "No clear picture: {all_counts}.",
    "no data": "None of the questions has data on both sides of go-live.",
}
STILL = "No change beyond the materiality: {still}."
ANSWERS: Mapping[str, str] = {
    "yes": "The observed number moved in the better direction by more than the materiality.",
    "no": "The observed number moved in the worse direction by more than the materiality.",
    "about the same": "The observed number moved by no more than the materiality.",
    "no data": "There is no number on both sides of go-live.",
}
# row of the truth table -> (sentence, next step); without a next step, the open metrics and missing exports give one
ROWS: Mapping[str, tuple[str, str]] = {
    "nothing assessable": ("Not assessable: none of the metrics can be judged.", ""),
    "required metric missing": ("Not assessable: a required metric cannot be judged ({missing}).", ""),
    "required metric missing, others decided": ("Not assessable: a required metric cannot be judged ({missing}).", ""),
    "nothing decided": ("Inconclusive: no metric is decided.", ""),
    "required metric undecided": ("Inconclusive: a required metric is not decided ({undecided}).", ""),
    "one decided": ("Inconclusive: only one metric is decided ({decided}), too few to judge a CRM by.", ""),
    "improved and worsened": (
        "Mixed: {improved} improved, {worsened} worsened.",
        "Look first at what worsened, by segment; a switch would also give up what improved.",
    ),
    "improved, nothing worse": (
        "Good fit: {improved} improved, and nothing is shown to have got worse.",
        "Keep it, and audit again in six months to see whether it lasts.",
    ),
    "improved, mostly open": (
        "Inconclusive: {improved} improved and nothing is shown to be worse, but more metrics are open than decided.",
        "",
    ),
    "worsened, nothing better": (
        "Time to think about a switch: {worsened} worsened, and nothing is shown to have improved.",
        "Look at what worsened by segment and by date before you decide; then plan the change.",
    ),
    "worsened, too early": (
        "Inconclusive: {worsened} worsened, but less than three months have passed since go-live.",
        "Audit again three months after go-live: the first weeks are a time of learning.",
    ),
    "worsened, mostly open": (
        "Inconclusive: {worsened} worsened and nothing is shown to be better, but more metrics are open than decided.",
        "Look at what worsened, by segment and by date.",
    ),
    "no benefit": (
        "Time to think about a switch: everything that could be judged stayed the same, and nothing improved.",
        "Ask what the CRM was meant to change; if it was one of these metrics, it did not.",
    ),
    "no benefit yet": (
        "Inconclusive: nothing has changed so far, but less than six months have passed since go-live.",
        "Audit again six months after go-live: results usually need three to six months.",
    ),
    "unchanged, too few": (
        "Inconclusive: {unchanged} did not change, which is too little to judge a CRM by.",
        "",
    ),
    "unchanged, some open": ("Inconclusive: {unchanged} did not change, and {undecided} is not decided.", ""),
    WITHHELD_ROW: (
        "Inconclusive: without the findings that a failed data check touches, the answer would be another one.",
        "",
    ),
    UNKNOWN_ROW: ("Inconclusive: a data check on which the answer depends cannot tell.", ""),
}
LEANS: Mapping[str, str] = {
    "good fit": "So far the findings lean towards a good fit.",
    "switch": "So far the findings lean towards a switch.",
    "neither": "",
}
GATES: Mapping[str, str] = {
    "none": "No gate was asked for.",
    "passed": "The gate passed.",
    "failed": "The gate failed: {because}.",
    "undecided": "The gate could not be decided: {because}.",
}


def reading(plain: PlainReading) -> str:
    """What the plain rule makes of the observed numbers."""
    both = _both_ways(plain)
    same = plain.of - plain.better - plain.worse - both
    without = [f"{plain.without_data} without data"] if plain.without_data else []
    if plain.reading == "unclear" and same == plain.of:
        return STILL.format(still=", ".join([f"{same} about the same", *without]))
    parts = [f"{plain.better} better", f"{same} about the same", f"{plain.worse} worse"]
    parts += [f"{both} better and worse at once"] if both else []
    some = [f"{plain.better} of {plain.of} better", *([f"{plain.worse} worse"] if plain.worse else [])]
    return READINGS[plain.reading].format(counts=", ".join([*some, *without]), all_counts=", ".join([*parts, *without]))


def verdict(value: Verdict, findings: Sequence[Finding]) -> str:
    """The verdict in one or two sentences, with what capped it and where it leans."""
    counted = [finding for finding in findings if finding.metric not in value.withheld]
    parts = [ROWS[value.row][0].format_map(_names(value, counted))]
    if value.capped_by:
        held = "a data check" if len(value.capped_by) == 1 else f"{len(value.capped_by)} data checks"
        parts.append(f"Held back by {held}; the findings alone would give: {value.uncapped}.")
    if value.value in DECIDED:
        for words, found in (("Not decided", "inconclusive"), ("Not assessable", "not assessable")):
            if metrics := listed(in_text(item.metric) for item in counted if item.value == found):
                parts.append(f"{words}: {metrics}.")
        if value.withheld:
            parts.append(f"Left out because of a failed data check: {listed(map(in_text, value.withheld))}.")
    if LEANS[value.lean]:
        parts.append(LEANS[value.lean])
    return " ".join(parts)


def difference(plain: PlainReading, value: Verdict, findings: Sequence[Finding]) -> str:
    """Why the plain and the defended reading differ; empty when they agree or there is no plain one."""
    undecided = value.value not in DECIDED
    if plain.reading in (value.value, "no data") or (plain.reading == "unclear" and undecided):
        return ""
    head = f"The plain numbers {READ_AS[plain.reading]}"
    if value.capped_by:
        did = "cannot tell" if value.row == UNKNOWN_ROW else "failed"
        return f"{head}, but {_checks(value)} {did}, so they show nothing about the CRM."
    counted = [(words, sum(item.value == found for item in findings)) for found, words in _FOUND.items()]
    said = listed(f"{many} {words[many != 1]}" for words, many in counted if many)
    parts = [f"{head}. With season, trend and chance accounted for, of {_metrics(len(findings))} {said}."]
    if undecided:
        parts.append("Whether the CRM did this is not proven.")
    if {plain.reading, value.lean} == {"good fit", "switch"}:
        parts.append("The defended reading leans the other way.")
    return " ".join(parts)


def gate(result: Gate) -> str:
    """The gate's result in one sentence."""
    return GATES[result.result].format(because=", ".join(gate_reason(code) for code in result.because))


def gate_reason(code: str) -> str:
    """A gate code (``verdict:switch``, ``service_cost:worsened``) in words.

    >>> gate_reason("verdict:switch"), gate_reason("service_cost:worsened")
    ('the verdict is switch', 'cost of customer service worsened')
    """
    what, _, found = code.partition(":")
    kind, _, value = found.partition(":")
    if what == "verdict":
        return f"the verdict is {found}"
    if kind in _BOUNDS:
        return f"{metric_in_text(what)} {_BOUNDS[kind].format(bound=_bound(value))}"
    if kind == "since":
        return f"{metric_in_text(what)} is {value} since the earlier audit"
    return f"{metric_in_text(what)} {_GATED.get(found, found)}"


def gate_rule(subject: str, rule: str) -> str:
    """What a rule of the gate does not allow.

    >>> gate_rule("verdict", "switch or mixed"), gate_rule("service_cost", "beyond:0.05")
    ('the verdict must not be switch or mixed', 'cost of customer service must not be worse than 5 %')
    >>> gate_rule("service_cost", "since:worse")
    'cost of customer service must not be worse since the earlier audit'
    """
    kind, _, value = rule.partition(":")
    of = "the verdict" if subject == "verdict" else metric_in_text(subject)
    if kind == "beyond":
        return f"{of} must not be worse than {_bound(value)}"
    if kind == "since":
        return f"{of} must not be {value} since the earlier audit"
    return f"{of} must not {_REFUSED.get(rule, f'be {rule}')}"


def _bound(share: str) -> str:
    """A bound as it was set.

    >>> _bound("0.05"), _bound("0.125")
    ('5 %', '12.5 %')
    """
    scaled = f"{Decimal(share) * 100:f}"
    places = len(scaled.partition(".")[2].rstrip("0"))
    return percent(float(share), digits=places)


DECIDED = ("good fit", "mixed", "switch")
READ_AS: Mapping[str, str] = {
    "good fit": "look like a good fit",
    "mixed": "give a mixed picture",
    "switch": "look like time to switch",
    "unclear": "give no clear picture",
}
_FOUND: Mapping[FindingValue, tuple[str, str]] = {
    "improved": ("improved", "improved"),
    "worsened": ("worsened", "worsened"),
    "no material change": ("did not change materially", "did not change materially"),
    "inconclusive": ("is not decided", "are not decided"),
    "not assessable": ("cannot be assessed", "cannot be assessed"),
}
_REFUSED: Mapping[str, str] = {
    "worsened": "have worsened",
    "improved": "have improved",
    "no material change": "be without a material change",
}
_BOUNDS: Mapping[str, str] = {
    "beyond": "is worse than {bound} with its whole interval",
    "across": "may be worse than {bound} or not: its interval holds both",
    "short": "is not worse than {bound}: its whole interval is better than that",
}
_GATED: Mapping[str, str] = {
    "no material change": "did not change materially",
    "inconclusive": "is inconclusive",
    "not assessable": "is not assessable",
}


def _names(value: Verdict, findings: Sequence[Finding]) -> dict[str, str]:
    def of(*values: FindingValue) -> str:
        return listed(_in_text(findings, *values)) or "none"

    missing = [in_text(metric) for metric in value.because]
    return {
        "improved": of("improved"),
        "worsened": of("worsened"),
        "unchanged": of("no material change"),
        "undecided": of("inconclusive"),
        "decided": of("improved", "worsened", "no material change"),
        "missing": listed(missing) or "none",
    }


def _in_text(findings: Sequence[Finding], *values: FindingValue) -> list[str]:
    return [in_text(item.metric) for item in findings if item.value in values]


def _both_ways(plain: PlainReading) -> int:
    """Questions of which one metric is better and the other worse."""
    yes, no = ({item.question for item in plain.answers if item.answer == answer} for answer in ("yes", "no"))
    return len(yes & no)


def _metrics(number: int) -> str:
    return "1 metric" if number == 1 else f"{number} metrics"


def _checks(value: Verdict) -> str:
    """The checks that hold a verdict back, by title."""
    titles = listed(quoted(item) for item in value.capped_by)
    return f"the data {'check' if len(value.capped_by) == 1 else 'checks'} {titles}"


def quoted(check_id: str) -> str:
    """A check's title in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{title(check_id)}\N{RIGHT DOUBLE QUOTATION MARK}"
