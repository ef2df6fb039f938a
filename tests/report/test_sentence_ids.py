"""No number on the page is without an id, within sentences too: read back with a parser that knows only the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.html
import pytest

from clm_audit.report.html import to_html
from clm_audit.report.model import AuditReport
from clm_audit.report.said import sentences
from clm_audit.report.trace import leaves
from report import worlds
from report.shown_numbers import NOTHING, numbers_in

WORLDS = {"full": worlds.full_report, "inconclusive": worlds.inconclusive_report, "bare": worlds.bare_report}
QUIET = "//style|//head|//svg|//code|//nav|//footer" + "".join(
    f"|//*[contains(@class, '{name}')]" for name in ("hash", "digit", "event-key")
)
IN_TABLES = (
    "//table[@data-ids or @data-said]//td|//table[@data-ids or @data-said]//tr/th|//dl[@data-ids]//dd|//dd[@data-ids]"
)
OURS = re.compile(  # what the page says of any audit, and how much of a table it shows
    r"95 %|95 of 100|of 5 % \(Holm\)|from 0 to 10|0 is go-live|(first|last) [\d,]+ of [\d,]+"
    r"|^\d+ (passed|failed|warnings?|open questions?)|every \d+ weeks|\d+ reports?|under 5"
)


@pytest.fixture(params=WORLDS)
def report(request: pytest.FixtureRequest) -> AuditReport:
    found: AuditReport = WORLDS[request.param]()
    return found


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def said(page: lxml.html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Id and text of each sentence, after the rules that the page itself says."""
    for element in page.xpath("//*[@data-said]"):
        key = element.get("data-said")
        if element.tag == "table":  # settings: their names are in the table
            continue
        if element.tag == "dl":
            for row in element.xpath(".//dd[@data-row]"):
                cells = row.xpath(".//*[@data-col]") or [row]
                for cell in cells:
                    name = key.replace("ROW", row.get("data-row")).replace("COL", cell.get("data-col", ""))
                    yield name, plain(cell.text_content())
        elif element.tag in ("ul", "ol"):
            for place, item in enumerate(element.xpath("./li") if "*" in key else [], start=1):
                yield key.replace("*", str(place)), plain(item.text_content())
        elif "*" not in key:
            yield key, plain(element.text_content())


def test_every_sentence_of_the_page_is_the_one_that_its_id_names(report: AuditReport) -> None:
    known = leaves(report)
    found = list(said(lxml.html.fromstring(to_html(report))))
    assert len(found) > 10
    for key, text in found:
        if " " in key or ".variants." in key:  # several numbers
            continue
        assert key in known or any(name.startswith(f"{key}.") for name in known), key
        if isinstance(known.get(key), str):
            wanted = plain(str(known[key])).lower()
            assert wanted in text.lower() or wanted.endswith(text.lower()), key  # a verdict's word stands above it


def test_no_number_of_the_page_stands_outside_of_what_has_an_id(report: AuditReport) -> None:
    page = lxml.html.fromstring(to_html(report))
    own = {report.title, report.client, report.author} | {
        metric.unit for metric in (*report.metrics, *report.lifecycle)
    }
    own |= {metric.name for metric in (*report.metrics, *report.lifecycle)}
    own |= {event.what for event in report.events}
    for element in (*page.xpath(QUIET), *page.xpath("//*[@data-said]"), *page.xpath(IN_TABLES)):
        for child in list(element):
            element.remove(child)
        element.text = ""
    left = []
    for element in page.iter(lxml.etree.Element):
        for text in (element.text, element.tail):
            line = plain(text or "")
            for name in filter(None, own):
                line = line.replace(name, "")
            if [one for one in numbers_in(OURS.sub("", line)) if one != NOTHING]:
                left.append(line)
    assert left == [], "\n".join(left)


def test_the_sentences_of_the_headline_are_all_on_the_page(report: AuditReport) -> None:
    found = {key for key, _ in said(lxml.html.fromstring(to_html(report)))}
    wanted = {key for key in sentences(report) if key.endswith(".finding_sentence") and key.startswith("metrics.")}
    assert wanted | {"verdict.sentence", "plain.sentence"} <= found
