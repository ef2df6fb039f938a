"""The words of the report, explained: what ``clm-audit explain`` and a glossary say."""

from __future__ import annotations

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "accepted": "Rows that were understood. Cancelled orders and the like are accepted, too, but not counted.",
    "active customer": "A customer with at least one order in the weeks before (52; 26 or 13 with a short history).",
    "adjusted effect": (
        "What remains of a change once season, trend and drift are taken out: how far the metric lies from what its own"
        " history predicts for the time after go-live."
    ),
    "assumption": "A choice that the audit rests on, with its value, who made it, and what follows if it is wrong.",
    "attributable share": (
        "The share of the measured benefits that is taken to be the CRM's doing. The report prints the least with which"
        " the CRM would still pay."
    ),
    "check": "A test of the data for one threat to the conclusion. A failed check can only make a verdict weaker.",
    "contribution margin": "What is left of 100 of revenue after the costs that come with each order.",
    "control group": (
        "Customers or regions that did not get the CRM, to compare with: what happened to them would have happened to"
        " the others as well. Five values of a column or more, named under control in the config, make a finding rest"
        " on it. It cannot be made up afterwards: plan one for the next change."
    ),
    "course": (
        "Whether an effect that was found is still growing, holds steady or is fading: its last third against its"
        " first. Growing and fading are said when the model gives them 99 %, holds steady when the 95 % interval of the"
        " difference is small; else it cannot be told yet."
    ),
    "defended reading": (
        "What the CRM can take credit for once season, trend and chance are accounted for: findings and verdict."
    ),
    "detectable change": (
        "The smallest change that an audit of these data would have found in four of five cases. A smaller one may be"
        " there without being seen."
    ),
    "duplicate": "Rows that repeat another one. They count once.",
    "export": "A file from a system.",
    "fact": "One kind of record (orders, tickets, sends, spend ...), in the same columns whatever system it came from.",
    "finding": (
        "The answer for one metric: improved, worsened, no material change, inconclusive or not assessable. Each can"
        " be explained by its name."
    ),
    "flip": (
        "What would flip a finding: the same question asked a little differently (without the weeks around go-live, a"
        " known event, the largest customer ...) that would give another answer. Not having any is good news; one does"
        " not make the finding wrong, it says what it rests on."
    ),
    "gate": "A rule that makes the command exit with 1 when the verdict or a finding is one that was not wanted.",
    "go-live": "The day on which people began to work with the new CRM: what is earlier is before, the rest after.",
    "interval": (
        "The 95 % interval: the range of effects that the data do not rule out, built to hold the true effect in 95 of"
        " 100 audits."
    ),
    "lean": "Which way an undecided metric points, with how sure that is. A lean is no finding.",
    "ledger": "The account of every row of every file: read = accepted + rejected + duplicate + outside + structure.",
    "materiality": (
        "The smallest change that matters to the business, 5 % unless set. Set it before the results are seen:"
        " policy.materiality in the config, or --materiality 3%."
    ),
    "metric": "A number that answers one of the five questions, the same way before and after go-live.",
    "mix": (
        "Who buys: a change of the average that comes of other customers buying (segments, tenure), not of customers"
        " buying otherwise."
    ),
    "net present value": (
        "Benefits less costs over the horizon in today's money: each year's flow divided by (1 + discount) to the power"
        " of the year, initial costs in full. Above zero the CRM brings more than it costs."
    ),
    "observed change": "After / before - 1, plainly. Season, trend and chance are still in it.",
    "outside": "Rows that were understood but lie on the wrong side of go-live or outside the time of the audit.",
    "p-value": (
        "How often chance alone would give an effect this large if there were none. Holm's rule makes it larger, to"
        " allow for the number of metrics looked at."
    ),
    "payback": (
        "Months until the benefits have made up for the costs, not discounted, each year's flow spread evenly over it."
    ),
    "period": "The step in which the history is looked at: a week, or two or four where there are few events in one.",
    "plain reading": (
        "The five questions answered from the observed numbers. It says what was seen, not what the CRM caused."
    ),
    "preset": "The file that says how the exports of a system are read: which header holds what.",
    "quiet date": (
        "A date in the history before go-live at which nothing is known to have happened, taken for a go-live (a"
        " placebo). If the method cries wolf there, the interval is made wider."
    ),
    "rejected": "Rows that could not be understood: a broken date, amount or id. They are listed with file and line.",
    "segment": "A group of customers by a column of the exports. Groups under five customers are not shown.",
    "structure": "Rows that are no records: titles, headers, totals, footers and blank lines.",
    "synthetic control": (
        "A control group weighted so that it follows those with the CRM as closely as it can before go-live. Each unit"
        " without the CRM is then taken for one that got it; how the true one ranks among them is its p value."
    ),
    "system": "The product that an export came from.",
    "unseen season": (
        "Weeks after go-live that lie in a part of the year which the history before does not show. How the season"
        " moves them cannot be told from the CRM, so the interval is made wider by what seasons do in twelve kinds of"
        " shop."
    ),
    "verdict": (
        "The answer of the audit: good fit, mixed, switch, inconclusive or not assessable, from a fixed table over the"
        " findings, made weaker by failed checks. Each can be explained by its name."
    ),
    "washout": (
        "Weeks of learning right after go-live that are left out: windows.washout in the config, or --washout"
        " '4 weeks'."
    ),
    "window": "One of the two spans of time that the plain reading compares: before and after go-live.",
}

ALIASES: Mapping[str, str] = {
    "adjusted": "adjusted effect",
    "adjusted change": "adjusted effect",
    "assumptions": "assumption",
    "checks": "check",
    "confidence": "interval",
    "confidence interval": "interval",
    "control": "control group",
    "detectable": "detectable change",
    "effect": "adjusted effect",
    "fading": "course",
    "fake go-live": "quiet date",
    "findings": "finding",
    "flat": "course",
    "holm": "p-value",
    "intervals": "interval",
    "kitagawa": "mix",
    "leans": "lean",
    "material": "materiality",
    "metrics": "metric",
    "observed": "observed change",
    "p": "p-value",
    "periods": "period",
    "placebo": "quiet date",
    "placebos": "quiet date",
    "power": "detectable change",
    "quiet dates": "quiet date",
    "range": "interval",
    "rising": "course",
    "robustness": "flip",
    "season": "unseen season",
    "segments": "segment",
    "significant": "p-value",
    "verdicts": "verdict",
    "what would flip it": "flip",
    "who buys": "mix",
    "windows": "window",
}
"""What people call it -> the word that explains it."""
