"""The table of the next steps: each rule with its condition, the most urgent first (docs/recommendations.md).

A rule yields a step for each thing that asks for it, and none where its condition does not hold. Nothing else makes
sentences: those stand in ``words_steps``, in the checks' and in the reasons' remedies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Finding, Mix, Share
from clm_audit.report import words_checks, words_findings, words_money, words_reasons, words_rules_open, words_steps
from clm_audit.report.model_next import Recommendation, StepKind
from clm_audit.report.numbers import count, day, percent
from clm_audit.report.situation import SPECIAL, Situation
from clm_audit.report.words_carried import carried
from clm_audit.report.words_metrics import in_text, listed, name, shortly
from clm_audit.report.words_rules_where import Step, look, missed_goals, moved_segments, where
from clm_audit.report.words_verdict import ROWS
from clm_audit.verdict.model import Verdict
from clm_audit.verdict.money_model import Money

HALF_YEAR = 26  # weeks
SETTLING = ("again", "never", "break_near")
"""Rules that say what would settle an open metric."""
Steps = Iterator[Recommendation]


@dataclass(frozen=True)
class Rule:
    """``when`` says in words what ``steps`` does in code."""

    id: str
    kind: StepKind
    when: str
    steps: Callable[[Rule, Situation], Steps]

    def step(
        self, sentence: str, *found: Finding, checks: tuple[str, ...] = (), systems: tuple[str, ...] = ()
    ) -> Recommendation:
        """A step of this rule."""
        metrics = tuple(one.metric for one in found)
        return Recommendation(
            id=self.id, kind=self.kind, sentence=sentence, metrics=metrics, checks=checks, systems=systems
        )


def recommendations(situation: Situation) -> tuple[Recommendation, ...]:
    """Every step that the audit asks for, the most urgent first, each sentence once."""
    found: dict[str, Recommendation] = {}
    for rule in _by_urgency(situation.verdict):
        for step in rule.steps(rule, situation):
            found.setdefault(step.sentence, step)
    return tuple(found.values())


def _by_urgency(verdict: Verdict) -> tuple[Rule, ...]:
    """The rules in the order of the table; where nothing is decided, what settles the open metrics goes before what
    a further export would add."""
    if verdict.value != "inconclusive":
        return RULES
    at = next(place for place, rule in enumerate(RULES) if rule.id == "missing_export")
    settling = tuple(rule for rule in RULES if rule.id in SETTLING)
    return tuple(dict.fromkeys((*RULES[:at], *settling, *RULES[at:])))


def _checks(rule: Rule, at: Situation) -> Steps:
    for check in at.failed():
        did = "failed" if check.status == "fail" else "cannot tell"
        remedy = words_checks.remedy(check)
        sentence = words_steps.CHECK.format(check=words_checks.title(check.id), did=did, remedy=_lower(remedy))
        yield rule.step(sentence, checks=(check.id,))


def _repeated(rule: Rule, at: Situation) -> Steps:
    found = [one for one in at.findings if one.code == "after_repeats_before"]
    if found:
        yield rule.step(words_findings.remedy(found[0]), *found)


def _row(rule: Rule, at: Situation) -> Steps:
    sentence = ROWS[at.verdict.row][1]
    if sentence and not at.verdict.capped_by:
        yield rule.step(sentence, *(one for one in at.findings if one.metric in at.verdict.because))


def _worsened(rule: Rule, at: Situation) -> Steps:
    for one in at.of("worsened"):
        systems = at.systems.get(one.metric, ())
        yield rule.step(f"{name(one.metric)} worsened. {look(one.metric, systems)}", one, systems=systems)


def _tickets(rule: Rule, at: Situation) -> Steps:
    for one in at.of("worsened"):
        parts = at.parts.get(one.metric, {})
        more, dearer = parts.get("tickets_per_100"), parts.get("cost_per_ticket")
        if one.metric != "service_cost" or more is None or dearer is None or max(more, dearer) <= 0:
            continue
        systems = at.systems.get(one.metric, ())
        sentence = words_steps.SIDE["more_tickets" if more >= dearer else "dearer_tickets"].format(
            tickets=percent(more, sign=True), each=percent(dearer, sign=True), where=where(systems)
        )
        yield rule.step(sentence, one, systems=systems)


def _who(rule: Rule, at: Situation) -> Steps:
    yield from _mixed(rule, at, "who_buys", lambda mix: mix.who)


def _how(rule: Rule, at: Situation) -> Steps:
    yield from _mixed(rule, at, "how_they_buy", lambda mix: mix.how)


def _mixed(rule: Rule, at: Situation, which: str, part: Callable[[Mix], Share]) -> Steps:
    for one in at.of("worsened"):
        if isinstance(one.mix, Mix) and part(one.mix).high < 0:
            share, systems = part(one.mix), at.systems.get(one.metric, ())
            low, size, high = (percent(each, sign=True) for each in (share.low, share.value, share.high))
            said = words_steps.SIDE[which].format(
                size=size, low=low, high=high, metric=in_text(one.metric), where=where(systems)
            )
            yield rule.step(said, one, systems=systems)


def _goals(rule: Rule, at: Situation) -> Steps:
    yield from _told(rule, at, missed_goals(at))


def _segments(rule: Rule, at: Situation) -> Steps:
    yield from _told(rule, at, moved_segments(at))


def _told(rule: Rule, at: Situation, steps: Iterator[Step]) -> Steps:
    for said, metric, systems in steps:
        yield rule.step(said, *(one for one in at.findings if one.metric == metric), systems=systems)


def _absent(at: Situation) -> dict[str, list[Finding]]:
    """Fact -> the metrics of the five questions that lack it."""
    found: dict[str, list[Finding]] = {}
    for one in at.five:
        if one.missing is not None and one.missing.code == "missing_fact":
            found.setdefault(words_reasons.fact_of(one.missing), []).append(one)
    return found


def _missing(rule: Rule, at: Situation) -> Steps:
    for fact, found in _absent(at).items():
        why = found[0].missing
        export = carried(why.detail) if why else ""
        told = f" ({export})" if export else ""
        names = listed(in_text(one.metric) for one in found)
        rows = why.detail.get("rows") if why else None
        said = words_steps.UNNAMED if rows else words_steps.MISSING
        many = count(int(rows)) if rows else ""
        yield rule.step(said.format(fact=fact, export=told, metrics=names, rows=many), *found)


def _record(rule: Rule, at: Situation) -> Steps:
    for fact, found in _absent(at).items():
        why = found[0].missing
        if why is not None and not why.detail.get("rows"):
            yield rule.step(words_steps.RECORD.format(fact=fact), *found)


def _not_assessable(rule: Rule, at: Situation) -> Steps:
    for one in at.five:
        why = one.missing
        if why is not None and why.code not in ("missing_fact", "disabled") and (said := words_reasons.remedy(why)):
            yield rule.step(said, one)


def _break(rule: Rule, at: Situation) -> Steps:
    found = [one for one in at.findings if one.code == "break_near_go_live"]
    if found:
        yield rule.step(words_findings.remedy(found[0]), *found)


def _event(rule: Rule, at: Situation) -> Steps:
    found = [one for one in (*at.of("improved"), *at.of("worsened")) if one.event_near]
    if found:
        yield rule.step(words_steps.NOT_ALONE.format(metrics=_names(found)), *found)


def _again(rule: Rule, at: Situation) -> Steps:
    if at.sooner:
        yield rule.step(words_rules_open.again(at), *at.sooner)


def _never(rule: Rule, at: Situation) -> Steps:
    if at.never:
        yield rule.step(words_rules_open.never(at), *at.never)


def _control(rule: Rule, at: Situation) -> Steps:
    found = [one for one in at.never if one.metric in words_findings.DIVIDED]
    if found and not at.control:
        yield rule.step(words_steps.CONTROL, *found)


def _fading(rule: Rule, at: Situation) -> Steps:
    found = [one for one in at.of("improved") if one.effect is not None and one.effect.course == "fading"]
    if found:
        yield rule.step(words_steps.FADING.format(metrics=_names(found)), *found)


def _unchanged(rule: Rule, at: Situation) -> Steps:
    found = [one for one in at.of("no material change") if one.code not in SPECIAL]
    if found:
        yield rule.step(words_steps.UNCHANGED.format(metrics=_names(found)), *found)


def _open_money(rule: Rule, at: Situation) -> Steps:
    money = at.money
    if isinstance(money, Money) and money.npv.low < 0 < money.npv.high and money.tornado:
        top = money.tornado[0]
        low, high = (words_money.end(top.what, each) for each in top.ends)
        what = words_money.input_name(top.what)
        yield rule.step(words_steps.OPEN_MONEY.format(what=_lower(what), low=low, high=high))


def _costs(rule: Rule, at: Situation) -> Steps:
    decided = [*at.of("improved"), *at.of("worsened")]
    if decided and isinstance(at.money, NotAssessable) and at.money.code == "no_costs_given":
        yield rule.step(words_steps.COSTS)


def _warned(rule: Rule, at: Situation) -> Steps:
    for check in at.checks:
        remedy = words_checks.remedy(check)
        if check.status == "warn" and remedy:
            title = words_checks.title(check.id)
            yield rule.step(
                words_steps.CHECK.format(check=title, did="warns", remedy=_lower(remedy)), checks=(check.id,)
            )


def _freeze(rule: Rule, at: Situation) -> Steps:
    if not at.planned:
        yield rule.step(words_steps.FREEZE)


def _lasting(rule: Rule, at: Situation) -> Steps:
    if at.of("improved") and not at.sooner and "six months" not in ROWS[at.verdict.row][1]:
        yield rule.step(words_steps.LASTING.format(day=day(at.day_after(HALF_YEAR))), *at.of("improved"))


def _names(found: Sequence[Finding]) -> str:
    return shortly(in_text(one.metric) for one in found)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


RULES: tuple[Rule, ...] = (
    Rule("data_check", "mend", "A data check failed, or cannot tell and holds the verdict back.", _checks),
    Rule("same_export_twice", "mend", "The numbers after go-live are a copy of earlier ones.", _repeated),
    Rule("verdict", "look", "The row of the verdict's table has a step, and no check holds the verdict back.", _row),
    Rule("worsened", "look", "A metric worsened.", _worsened),
    Rule("tickets", "look", "Service cost worsened, and one of its two parts rose: the one that rose more.", _tickets),
    Rule("who_buys", "look", "A metric worsened, and the interval of who buys lies below zero.", _who),
    Rule("how_they_buy", "look", "A metric worsened, and the interval of how they buy lies below zero.", _how),
    Rule("segment", "look", "A segment moved otherwise than the others by more than a hunt explains.", _segments),
    Rule("goal_missed", "look", "A goal of a metric was missed.", _goals),
    Rule("missing_export", "record", "A metric of the five questions lacks a fact.", _missing),
    Rule(
        "not_assessable",
        "record",
        "A metric of the five questions cannot be judged for another reason.",
        _not_assessable,
    ),
    Rule("again", "again", "An open metric would be decided by more weeks.", _again),
    Rule("never", "record", "An open metric would not be decided by more weeks at this volume.", _never),
    Rule(
        "control_group", "record", "The same, it can be divided by customers, and there is no control group.", _control
    ),
    Rule("break_near", "record", "A break that the config names lies near go-live and leaves a metric open.", _break),
    Rule("event_near", "record", "A metric improved or worsened, and a known event lies near go-live.", _event),
    Rule("fading", "look", "A metric improved, and its effect gets smaller with time.", _fading),
    Rule("unchanged", "look", "A metric did not change by as much as matters.", _unchanged),
    Rule(
        "open_money",
        "set",
        "The costs are given, and the interval of the net present value includes zero.",
        _open_money,
    ),
    Rule("costs", "set", "A metric improved or worsened, and the costs of the CRM are not given.", _costs),
    Rule("record_now", "record", "A metric of the five questions lacks a fact.", _record),
    Rule("warning", "mend", "A data check warns.", _warned),
    Rule("freeze", "set", "Metrics and margins were not settled before the results were seen.", _freeze),
    Rule("lasting", "again", "A metric improved, nothing else says when to audit again.", _lasting),
)
"""The most urgent first; under an inconclusive verdict the rules of ``SETTLING`` go before ``missing_export``."""
