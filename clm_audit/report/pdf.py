"""The report as a tagged PDF: the HTML page as it prints, laid out by WeasyPrint, which fetches nothing."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from clm_audit.report.html import to_html
from clm_audit.report.model import AuditReport
from clm_audit.report.write import TAILS

if TYPE_CHECKING:
    from weasyprint import Document

_STYLE = Path(__file__).parent / "templates" / "pdf.css"
_EMBEDDED = ("data",)  # a picture within the page: nothing is fetched from the network or from a disk


def to_pdf(report: AuditReport) -> bytes:
    """The report as PDF. Needs WeasyPrint (the extra ``pdf``) and the system's Pango.

    Title, author and language come from the report; no clock, so that the same report gives the same bytes.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings on style rules are not for users
    page = to_html(report).replace("</style>", f"{_STYLE.read_text(encoding='utf-8')}</style>", 1)
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=_EMBEDDED)).render(pdf_tags=True)
    _name(document, report)
    identifier = hashlib.sha256(page.encode("utf-8")).hexdigest()[:32].encode("ascii")
    made: bytes = document.write_pdf(pdf_tags=True, pdf_identifier=identifier)
    return made + TAILS["PDF"]


def _name(document: Document, report: AuditReport) -> None:
    data = document.metadata
    data.title = report.title
    data.authors = [report.author] if report.author else []
    data.description = report.verdict.sentence
    data.generator = f"{report.tool.name} {report.tool.version}"
    data.created = data.modified = None
