"""What is said of a metric beside its numbers, each thing once."""

from __future__ import annotations

from clm_audit.report.model import AuditReport, MetricReport, Unknown


def said(metric: MetricReport, *, brief: bool = False) -> list[tuple[str, str]]:
    """What there is to say about a metric beside its remedy, each sentence under the name of its field.

    ``brief`` leaves out the reason, which the finding already has in short.
    """
    told = [("finding_sentence", metric.finding_sentence)]
    why = "" if isinstance(metric.observed_change, Unknown) and metric.reason else metric.why_different
    for name, text in (("reason", "" if brief else metric.reason), ("why_different", why)):
        if text and text.lower() not in " ".join(one for _, one in told).lower():
            told.append((name, text))
    return told


def sentences(metric: MetricReport, *, brief: bool = False) -> list[str]:
    """The texts of :func:`said`."""
    return [text for _, text in said(metric, brief=brief)]


def moved(report: AuditReport) -> bool:
    """Whether a metric of the lifecycle is shown to have changed: then the summary says so."""
    return any(metric.finding in ("improved", "worsened") for metric in report.lifecycle)
