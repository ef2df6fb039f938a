"""The pages under docs/reference, written from the code itself; run this file (`make docs`) to write them anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from clm_audit.cli.main import app
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, MetricId
from clm_audit.config.settings import CONFIG_VARIABLE, SETTINGS
from clm_audit.exits import ExitCode
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import words, words_checks, words_metrics
from clm_audit.report.explain import LIMITS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
HEAD = "<!-- Written by `make docs` from the code. Do not edit. -->\n"


def markdown_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; what would end a cell or open a tag is escaped outside of code."""
    head = tuple(columns)
    lines = [head, ("---",) * len(head), *(tuple(map(cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """A text as a cell of a table.

    >>> cell("a | b\\nand <c>, `d <e>`")
    'a \\\\| b and &lt;c&gt;, `d <e>`'
    """
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()).replace("|", "\\|"))
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;").replace(">", "&gt;") for part in parts)


def cli() -> str:
    """Every command with its examples, arguments and options."""
    root = typer.main.get_command(app)
    parts = [
        "# Commands",
        "What `clm-audit COMMAND --help` says, all of it on one page. An option beats a variable, a variable beats the"
        " configuration, the configuration beats the default ([where a value comes from](../configuration.md)).",
        *(part for name, command in root.commands.items() for part in _command(name, command)),
        "## Variables",
        markdown_table(
            ("variable", "is", "in the configuration"),
            [
                (f"`{CONFIG_VARIABLE}`", "`--config`", ""),
                *((f"`{one.variable}`", f"`{one.option}`", f"[`{one.path}`](config.md)") for one in SETTINGS),
            ],
        ),
        "## Exit codes",
        markdown_table(("code", "meaning"), ((str(int(code)), EXITS[code]) for code in ExitCode)),
    ]
    return "\n\n".join(parts)


EXITS: Mapping[ExitCode, str] = {
    ExitCode.DONE: "done, and the gate passed if there was one",
    ExitCode.GATE_FAILED: "the gate failed; of `verify`, the saved audit is not what the files give",
    ExitCode.USAGE: "usage or configuration error",
    ExitCode.UNDECIDED: "the gate could not be decided",
    ExitCode.UNFIT: "the data are not fit to judge",
    ExitCode.INTERNAL: "internal error",
    ExitCode.INTERRUPTED: "interrupted",
}


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"## {name}"
    examples, *said = [part.strip() for part in command.help.replace("\b", "").split("\n\n")[1:]]
    yield from (" ".join(part.split()) for part in said)
    yield "```\n" + "\n".join(line.strip() for line in examples.splitlines()) + "\n```"
    context = command.make_context(f"clm-audit {name}", [], resilient_parsing=True)
    records = [(one, one.get_help_record(context)) for one in command.get_params(context) if not one.hidden]
    arguments = [(f"`{one.metavar or one.name.upper()}`", said[1]) for one, said in records if _positional(one)]
    options = [(f"`{said[0]}`", said[1]) for one, said in records if not _positional(one)]
    if arguments:
        yield markdown_table(("argument", "is"), arguments)
    yield markdown_table(("option", "does"), options)


def _positional(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def metrics() -> str:
    """Every metric of the catalogue."""
    parts = [
        "# Metrics",
        "Six metrics answer the five questions; they alone make the plain reading and the verdict. The metrics of the"
        " [customer lifecycle](../lifecycle.md) tell where a change happened. Each is a numerator over a denominator,"
        " both summed over whole weeks of a window, refunds and credit notes on their own dates. `clm-audit explain"
        " NAME` prints the same; how the effect of go-live is told from the observed change stands in"
        " [methods.md](../methods.md).",
    ]
    for title, ids in (("The five questions", METRIC_IDS), ("The customer lifecycle", LIFECYCLE_IDS)):
        parts += [f"## {title}", markdown_table(("metric", "unit", "better", "facts"), map(_short, ids))]
        parts += [part for one in ids for part in _metric(one)]
    return "\n\n".join(parts)


def _short(metric: MetricId) -> tuple[str, ...]:
    declared = CATALOGUE[metric]
    return (f"[`{metric}`](#{metric})", words_metrics.unit(metric, "money"), declared.better, _facts(metric))


def _facts(metric: MetricId) -> str:
    groups = (" or ".join(f"`{fact}`" for fact in group) for group in CATALOGUE[metric].facts)
    return ", ".join(groups)


def _metric(metric: MetricId) -> Iterator[str]:
    declared = CATALOGUE[metric]
    yield f"### {metric}"
    yield f"**{words_metrics.name(metric)}.** {words_metrics.question(metric)}"
    yield words_metrics.definition(metric, {})
    rows = [
        ("formula", words_metrics.FORMULAS[metric]),
        ("unit", words_metrics.unit(metric, "money")),
        ("better", declared.better),
        ("facts", _facts(metric)),
        ("repeats by", declared.cluster),
    ]
    if declared.horizon:
        rows.append(("watched for", f"{declared.horizon} days before somebody counts"))
    if declared.variants:
        shown = "; ".join(words_metrics.VARIANTS[one.label] for one in declared.variants)
        rows.append(("shown beside it", shown))
    yield markdown_table(("", ""), [*rows, ("limits", LIMITS[metric])])


def codes() -> str:
    """Data checks with their messages, reasons, and why rows are not taken."""
    parts = [
        "# Checks, reasons and codes",
        "Every check, reason and reject carries a code that stays the same from version to version: the audit JSON,"
        " `rejects.csv` and JUnit name it, and `clm-audit explain CODE` prints what stands here.",
        "## Data checks",
        "*Caps*: where such a check cannot tell and touches a metric that decided, the verdict is held at"
        " inconclusive ([what data checks may do](../verdict.md#what-data-checks-may-do)). How they work and which"
        " limits they use stands in [checks.md](../checks.md).",
        words_checks.as_markdown(),
        "## What a data check says",
        _pairs(words.MESSAGES),
        "## Why a finding is what it is",
        markdown_table(("code", "says"), ((f"`{code}`", gaps(text)) for code, text in words.CODES_SAID.items())),
        "## Why there is no figure",
        _pairs(words.REASONS),
        "## Why a row was not taken, or only after a repair",
        _pairs(words.REJECTS),
    ]
    return "\n\n".join(parts)


def _pairs(table: Mapping[str, tuple[str, str]]) -> str:
    rows = ((f"`{code}`", gaps(said), gaps(remedy)) for code, (said, remedy) in table.items())
    return markdown_table(("code", "says", "what to do"), rows)


def gaps(template: str) -> str:
    """A template with its gaps as code.

    >>> gaps("{rows} rows of {file!r}; EUR: {{1.08}}")
    '`rows` rows of `file`; EUR: {1.08}'
    """
    named = re.sub(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})", r"`\1`", template)
    return named.replace("{{", "{").replace("}}", "}")


def pages() -> Mapping[str, Callable[[], str]]:
    """File name -> what it must hold."""
    from docs.reference_schema import audit_json, config

    return {
        "cli.md": cli,
        "config.md": config,
        "metrics.md": metrics,
        "codes.md": codes,
        "audit-json.md": audit_json,
    }


def page(name: str) -> str:
    """One page as it stands in the repository."""
    title, rest = pages()[name]().split("\n", 1)
    return f"{title}\n\n{HEAD}{rest.rstrip()}\n"


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    for wanted in pages():
        (FOLDER / wanted).write_text(page(wanted), encoding="utf-8")
