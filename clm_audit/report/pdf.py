"""The report, or a history, as a tagged PDF: the HTML page on paper, laid out by WeasyPrint, which fetches nothing."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from clm_audit.report.html import to_html
from clm_audit.report.html_history import to_html as history_to_html
from clm_audit.report.model import AuditReport
from clm_audit.report.model_history import HistoryReport
from clm_audit.report.write import TAILS

_STYLE = Path(__file__).parent / "templates" / "pdf.css"
_EMBEDDED = ("data",)  # a picture within the page: nothing is fetched from the network or from a disk


def to_pdf(report: AuditReport) -> bytes:
    """The report as PDF. Needs WeasyPrint (the extra ``pdf``) and the system's Pango.

    Title, author and language come from the report; no clock, so that the same report gives the same bytes.
    """
    return _printed(to_html(report), report, report.verdict.sentence, report.author)


def history_to_pdf(report: HistoryReport) -> bytes:
    """The history of several audits as PDF, as :func:`to_pdf`."""
    return _printed(history_to_html(report), report, report.sentence)


def _printed(page: str, report: AuditReport | HistoryReport, said: str, author: str | None = None) -> bytes:
    """A page of HTML on paper; ``said`` becomes the description of the document."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings on style rules are not for users
    page = page.replace("</style>", f"{_STYLE.read_text(encoding='utf-8')}</style>", 1)
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=_EMBEDDED)).render(pdf_tags=True)
    data = document.metadata
    data.title, data.authors, data.description = report.title, [author] if author else [], said
    data.generator = f"{report.tool.name} {report.tool.version}"
    data.created = data.modified = None
    identifier = hashlib.sha256(page.encode("utf-8")).hexdigest()[:32].encode("ascii")
    made: bytes = document.write_pdf(pdf_tags=True, pdf_identifier=identifier)
    return made + TAILS["PDF"]
