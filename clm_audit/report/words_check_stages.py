"""Words for what the check of lifecycle stages finds: message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, tuple[str, str]] = {
    "stages_nowhere": (
        "No export says in which stage of the lifecycle a customer is.",
        "Record it in the CRM from now on: the stage, and the day on which a customer entered it.",
    ),
    "stages_today_only": (
        "The exports say in which stage {customers:customer is|customers are} today, and not since when, so that nobody"
        " can tell who moved on.",
        "Export the dates on which each stage was entered, or the history of the stage.",
    ),
    "stages_unnamed": (
        "Of {of:row|rows} with a stage, {rows} are in words that mean no lifecycle stage here: {words}.",
        "Say under stages in clm-audit.yaml which lifecycle stage each of these words means.",
    ),
    "stages_of_one_day": (
        "Of {rows:stage|stages}, {top} were entered on one day: that of an import, not of what customers did.",
        "Import the dates of the old system with its stages, or audit again once the new one has a history.",
    ),
    "stages_since": (
        "Lifecycle stages are recorded since {since}: {rows:entry|entries} of {customers:customer}.",
        "",
    ),
    "stages_too_late": (
        "Lifecycle stages are recorded only since {since}, after go-live, so there is nothing to compare with.",
        "Export the stages of the system that the CRM replaced, or audit again a year after go-live.",
    ),
}
