"""`clm-audit history`: the run of every metric over the audits that `compare --keep` has put into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from clm_audit.cli.options import Quiet
from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import Outputs
from clm_audit.cli.streams import print_drawn, say, say_written, write_stdout
from clm_audit.exits import ExitCode, UsageError

if TYPE_CHECKING:
    from clm_audit.report.model_history import HistoryReport

HELP = """Examples:

\b
  clm-audit history audits/
  clm-audit history audits/ --html history.html --pdf history.pdf
  clm-audit history audits/ --format json

Read every audit of a folder (compare --keep FOLDER puts them there) and draw the run of every metric, audit by audit:
value, adjusted effect with its interval, finding, where the verdict or a finding changed, and what became of goals.
Files that are no audit, or that are one of another go-live, currency or client, are named and left out.
"""


def history(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of compare --keep.", show_default=False)],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the history as one page.")] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write the history as a tagged PDF.")
    ] = None,
    form: Annotated[
        Literal["text", "json", "md", "html", "pdf"] | None,
        typer.Option("--format", help="Format of the result on stdout; default: text."),
    ] = None,
    quiet: Quiet = False,
) -> Outcome:
    """Read the audits back, compose their history, print and write it."""
    from clm_audit.report.history import compose_history
    from clm_audit.report.kept import read_kept
    from clm_audit.report.write import Target, write_all

    asked = {name: path for name, path in (("html", html), ("pdf", pdf)) if path is not None}
    outputs = Outputs(asked, form, lists_rejects=False)
    outputs.check()
    found = read_kept(folder)
    try:
        report = compose_history(*found)
        write_all([Target(path, rendered(report, name)) for name, path in outputs.written.items()])
        _print_as(report, outputs.shown)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Each was drawn once by the run that wrote it: whoever made one of these files did not have it from a run.
        what = "one of its audits holds what no audit of clm-audit holds, and cannot be drawn"
        raise UsageError(what, where=str(folder), hint="try each with clm-audit report") from error
    if not quiet:
        for one in report.left_out:
            say(f"left out: {folder / one.file}: {one.reason}")
        say_written(tuple(outputs.written.values()), ())
    return Outcome(ExitCode.DONE, said=not quiet)


def rendered(report: HistoryReport, form: str) -> bytes:
    """The history in one of its formats; texts are UTF-8."""
    if form == "pdf":
        from clm_audit.report.pdf import history_to_pdf

        return history_to_pdf(report)
    from clm_audit.report.html_history import to_html
    from clm_audit.report.json_out import to_json
    from clm_audit.report.markdown_history import to_markdown

    texts: Mapping[str, Callable[[HistoryReport], str]] = {"html": to_html, "json": to_json, "md": to_markdown}
    return texts[form](report).encode("utf-8")


def _print_as(report: HistoryReport, form: str) -> None:
    if form == "text":
        from clm_audit.report.terminal_history import print_history

        print_drawn(lambda console: print_history(report, console))
    else:
        write_stdout(rendered(report, form))
