"""Words for the verdict and the plain reading: what, why, why they differ, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.config.plan import FindingValue
from clm_audit.inference.model import Finding
from clm_audit.report.words_checks import title
from clm_audit.report.words_metrics import in_text, metric_in_text
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
    "good fit": "{better} of {of} better: looks like a good fit.",
    "mixed": "{better} of {of} better: a mixed picture.",
    "switch": "{better} of {of} better: looks like time to switch.",
    "no data": "None of the questions has data on both sides of go-live.",
}
ANSWERS: Mapping[str, str] = {
    "yes": "The observed number moved in the better direction by more than the materiality.",
    "no": "The observed number moved in the worse direction by more than the materiality.",
    "about the same": "The observed number moved by no more than the materiality.",
    "no data": "There is no number on both sides of go-live.",
}
# row of the truth table -> (sentence, next step)
ROWS: Mapping[str, tuple[str, str]] = {
    "nothing assessable": (
        "Not assessable: none of the metrics can be judged.",
        "Read the reason of each metric: it names the export or the time that is missing.",
    ),
    "required metric missing": (
        "Not assessable: a required metric cannot be judged ({missing}).",
        "Add the export that carries it, or take it off policy.require in the config.",
    ),
    "required metric missing, others decided": (
        "Not assessable: a required metric cannot be judged ({missing}).",
        "Add the export that carries it, or take it off policy.require in the config.",
    ),
    "nothing decided": (
        "Inconclusive: no metric is decided yet.",
        "Read the remedy of each metric: how many weeks to wait, or a control group.",
    ),
    "required metric undecided": (
        "Inconclusive: a required metric is not decided ({undecided}).",
        "Read its remedy: how many weeks to wait, or a control group.",
    ),
    "one decided": (
        "Inconclusive: only one metric is decided ({decided}), too few to judge a CRM by.",
        "Read the remedies of the other metrics: weeks to wait, a control group, or a missing export.",
    ),
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
        "Wait for the open metrics: each one says how many weeks, or a control group.",
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
        "Look at what worsened now; for the open metrics, each one says how many weeks to wait.",
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
        "Add the exports that the metrics not assessable name.",
    ),
    "unchanged, some open": (
        "Inconclusive: {unchanged} did not change, and {undecided} is not decided yet.",
        "Wait for the open metrics: each one says how many weeks, or a control group.",
    ),
    WITHHELD_ROW: (
        "Inconclusive: without the findings that a failed data check touches, the answer would be another one.",
        "Mend the data that the failed check names, then audit again.",
    ),
    UNKNOWN_ROW: (
        "Inconclusive: a data check on which the answer depends could not be made.",
        "Give the check what it needs (see its remedy), then audit again.",
    ),
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
    text = READINGS[plain.reading].format(better=plain.better, of=plain.of)
    return f"{text} Only {_questions(plain.of)} data." if 0 < plain.of < 3 else text


def verdict(value: Verdict, findings: Sequence[Finding]) -> str:
    """The verdict in one or two sentences, with what capped it and where it leans."""
    parts = [ROWS[value.row][0].format_map(_names(value, findings))]
    if value.capped_by:
        checks = _listed(
            [f"\N{LEFT DOUBLE QUOTATION MARK}{title(item)}\N{RIGHT DOUBLE QUOTATION MARK}" for item in value.capped_by]
        )
        parts.append(
            f"Held back by the data {'check' if len(value.capped_by) == 1 else 'checks'} {checks};"
            f" otherwise it would be: {value.uncapped}."
        )
    if value.value in DECIDED and (open_ := _listed(_in_text(findings, "inconclusive"))):
        parts.append(f"Not decided: {open_}.")
    if LEANS[value.lean]:
        parts.append(LEANS[value.lean])
    return " ".join(parts)


def next_step(value: Verdict) -> str:
    """What to do next."""
    return ROWS[value.row][1]


def difference(plain: PlainReading, value: Verdict, findings: Sequence[Finding]) -> str:
    """Why the plain and the defended reading differ; empty when they agree or there is no plain one."""
    if plain.reading in (value.value, "no data"):
        return ""
    head = f"The plain numbers read as {READ_AS[plain.reading]} ({plain.better} of {plain.of} better)"
    if value.capped_by:
        return f"{head}, but a data check that failed or could not be made touches the findings they stand on."
    counted = [(_FOUND[found], [item.metric for item in findings if item.value == found]) for found in _FOUND]
    said = ", ".join(f"{len(metrics)} {words}" for words, metrics in counted if metrics)
    proven = (
        " The plain reading stands, but is not proven." if value.value in ("inconclusive", "not assessable") else ""
    )
    metrics_said = "1 metric" if len(findings) == 1 else f"{len(findings)} metrics"
    return f"{head}; with season, trend and chance taken out, of {metrics_said} {said}.{proven}"


def gate(result: Gate) -> str:
    """The gate's result in one sentence."""
    return GATES[result.result].format(because=", ".join(gate_reason(code) for code in result.because))


def gate_reason(code: str) -> str:
    """A gate code (``verdict:switch``, ``service_cost:worsened``) in words.

    >>> gate_reason("verdict:switch"), gate_reason("service_cost:worsened")
    ('the verdict is switch', 'cost of customer service is worsened')
    """
    what, _, found = code.partition(":")
    return f"the verdict is {found}" if what == "verdict" else f"{metric_in_text(what)} is {found}"


DECIDED = ("good fit", "mixed", "switch")
READ_AS: Mapping[str, str] = {"good fit": "a good fit", "mixed": "a mixed picture", "switch": "time to switch"}
_FOUND: Mapping[FindingValue, str] = {
    "improved": "improved",
    "worsened": "worsened",
    "no material change": "did not change materially",
    "inconclusive": "cannot be told from chance",
    "not assessable": "cannot be assessed",
}


def _names(value: Verdict, findings: Sequence[Finding]) -> dict[str, str]:
    def of(*values: FindingValue) -> str:
        return _listed(_in_text(findings, *values)) or "none"

    missing = [in_text(metric) for metric in value.because]
    return {
        "improved": of("improved"),
        "worsened": of("worsened"),
        "unchanged": of("no material change"),
        "undecided": of("inconclusive"),
        "decided": of("improved", "worsened", "no material change"),
        "missing": _listed(missing) or "none",
    }


def _in_text(findings: Sequence[Finding], *values: FindingValue) -> list[str]:
    return [in_text(item.metric) for item in findings if item.value in values]


def _listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def _questions(number: int) -> str:
    return "one question has" if number == 1 else f"{number} questions have"
