"""The output formats, one row each. A new format is a row here and a module that renders the frozen report.

Nothing heavy is imported before a format is used: the command line reads this table for its options.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from clm_audit.exits import Problem, UsageError

if TYPE_CHECKING:
    from clm_audit.report.model import AuditReport

# What a library of an extra needs from the system, by its name; said when the library is there but cannot load.
_SYSTEM = {"weasyprint": "WeasyPrint needs Pango, on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0"}


@dataclass(frozen=True, slots=True)
class Format:
    """One output format. ``name``: of ``--format`` and of the option that writes a file; ``kind``: the mark by which
    a file of it is known again (:func:`clm_audit.report.write.kind_of`); ``function`` of ``module`` renders it.
    ``shown``: the function for stdout, where that is another text than the file. ``extra``: what must be installed
    for it, and ``needs`` its libraries."""

    name: str
    kind: str
    help: str
    module: str
    function: str
    binary: bool = False
    extra: str = ""
    needs: tuple[str, ...] = ()
    shown: str = ""

    def render(self, report: AuditReport, *, stdout: bool = False) -> bytes:
        """The report in this format; texts are UTF-8."""
        module = importlib.import_module(f"clm_audit.report.{self.module}")
        made: str | bytes = getattr(module, self.shown if stdout and self.shown else self.function)(report)
        return made.encode("utf-8") if isinstance(made, str) else made


TEXT = "text"  # drawn on a console, for people; never a file
ROWS = (
    Format("html", "HTML", "Write the report as one page.", "html", "to_html"),
    Format("json", "JSON", "Write the audit as JSON.", "json_out", "to_json"),
    Format("md", "Markdown", "Write the report as Markdown.", "markdown", "to_markdown"),
    Format("junit", "JUnit", "Write a case per metric, check and rule of the gate.", "junit", "to_junit"),
    Format(
        "github",
        "a step summary",
        "Write the summary of a step; --format github prints annotations.",
        "github",
        "to_summary",
        shown="to_annotations",
    ),
    Format("pdf", "PDF", "Write the report as a tagged PDF.", "pdf", "to_pdf", True, "pdf", ("weasyprint",)),
    Format("xlsx", "XLSX", "Write the tables as a workbook.", "xlsx", "to_xlsx", True, "xlsx", ("xlsxwriter",)),
    Format("pptx", "PPTX", "Write the report as slides.", "pptx", "to_pptx", True, "pptx", ("pptx",)),
)
FORMATS: Mapping[str, Format] = MappingProxyType({row.name: row for row in ROWS})
CHOICES = (TEXT, *FORMATS)


def check_installed(names: Iterator[str] | list[str]) -> None:
    """Refuse formats whose libraries are not there, before any work is done for them.

    Raises :class:`UsageError` with the line that installs each.
    """
    problems = tuple(problem for name in dict.fromkeys(names) if name != TEXT for problem in _missing(FORMATS[name]))
    if problems:
        raise UsageError(problems=problems)


def _missing(form: Format) -> Iterator[Problem]:
    for library in form.needs:
        try:
            importlib.import_module(library)
        except ImportError:
            yield Problem(f"{form.kind} needs more than is installed", "", f"pip install 'clm-audit[{form.extra}]'")
            return
        except OSError:  # the library is there, and what it loads is not
            yield Problem(f"{form.kind} cannot be made: {library} does not load", "", _SYSTEM.get(library, ""))
            return
