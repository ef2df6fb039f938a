"""Words for what the checks of windows, sides and time find: message and remedy of each code."""

from __future__ import annotations

from collections.abc import Mapping

# gaps are filled from Check.evidence; {n:row} is "1 row" or "2 rows", {n:is|are} picks
MESSAGES: Mapping[str, tuple[str, str]] = {
    "go_live_inside": ("Go-live {go_live} lies inside the data ({first} to {last}).", ""),
    "go_live_derived": (
        "No date was given; go-live is taken as {go_live}, the first day of the second folder.",
        "Give the day on which people began to work with the CRM, e.g. --go-live {go_live}.",
    ),
    "go_live_outside": (
        "Go-live {go_live} does not lie inside the data ({first} to {last}).",
        "Check the date, or add the exports from the other side of it.",
    ),
    "windows_equal": ("The windows are equally long: {before:week} before, {after:week} after.", ""),
    "windows_unequal": (
        "The windows are not equally long: {before:week} before, {after:week} after.",
        "Leave windows out of the config for equal spans, or set equal ones.",
    ),
    "windows_overlap": (
        "The windows overlap by {days:day}.",
        "Set windows.before.to no later than windows.after.from.",
    ),
    "windows_unknown": (
        "Without go-live and dated records there are no windows.",
        "Give --go-live, and exports with dates.",
    ),
    "season_matches": ("Both windows hold the same months, or nearly ({share} apart).", ""),
    "season_differs": (
        "The windows hold different months ({share} of the days). The plain numbers mix season with change.",
        "Choose windows with the same months, or add a full year before go-live: from that the adjusted effect learns"
        " the season.",
    ),
    "after_long": ("{weeks:week has|weeks have} passed since go-live.", ""),
    "after_early": (
        "{weeks:week has|weeks have} passed since go-live; the full return usually takes nine to twelve months.",
        "",
    ),
    "after_short": (
        "Only {weeks:week has|weeks have} passed since go-live; results usually need three to six months.",
        "Audit again three months after go-live.",
    ),
    "events_none": ("No event is named in the config.", ""),
    "events_clear": (
        "Known events and breaks: {count}. Not one lies within eight weeks of go-live, or a control group met it too.",
        "",
    ),
    "events_near": (
        "{what} ({date}) lies {days:day} from go-live. No before/after comparison can tell the two apart, so a change"
        " cannot be credited to the CRM alone.",
        "Compare with customers or regions that met it and not the CRM, if there are any; if not, report what changed"
        " without saying what did it.",
    ),
    "breaks_near": (
        "The break {what} ({date}) lies {days:day} from go-live. No before/after comparison can tell the two apart, so"
        " a change cannot be credited to the CRM alone.",
        "Compare with customers or regions that met it and not the CRM, if there are any; if not, report what changed"
        " without saying what did it.",
    ),
    "events_unknown": (
        "Without go-live nobody can say what lies near it.",
        "Give --go-live, and exports with dates.",
    ),
    "coverage_full": ("Every fact reaches over both windows.", ""),
    "coverage_partial": (
        "Not covered by {fact}: {days:day} of the windows.",
        "Export the missing span; until then only the covered weeks count.",
    ),
    "coverage_unknown": ("No dated fact was found.", "Add exports with dates."),
    "sides_clear": ("Rows on the wrong side of go-live for the folder or file they are in: {rows}.", ""),
    "sides_covered": (
        "On the wrong side of go-live for their folder, and left out: {rows:row} of {fact}."
        " The other folder has rows in those weeks.",
        "If they are a copy of what the other folder holds (imported history), nothing needs to be done; "
        "if not, give one folder with everything.",
    ),
    "sides_hole": (
        "On the wrong side of go-live for their folder, and left out: {lost:row} of {fact}."
        " The other folder has next to none in the same {weeks:week}.",
        "Give one folder with everything, or the right go-live date.",
    ),
    "sides_end_early": (
        "The rows of {fact} from before go-live end {days:day} before it.",
        "Give one folder with everything, or the right go-live date, or export the days in between.",
    ),
    "sides_start_late": (
        "The rows of {fact} from after go-live start {days:day} late.",
        "Give one folder with everything, or the right go-live date, or export the days in between.",
    ),
    "weeks_whole": ("No period in the windows is empty, or hardly any.", ""),
    "weeks_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}).",
        "Check whether the export was made in parts and one is missing.",
    ),
    "weeks_mostly_missing": (
        "{periods} of {of} periods in the windows have no event ({metric}): too many to compare.",
        "Add the export for that time, or set the windows to the time that is covered.",
    ),
    "weeks_not_positive": (
        "In {periods} of {of} periods in the windows nothing is left to compare ({metric}), mostly because refunds"
        " are as large as sales.",
        "Check that refunds are positive amounts, and that sales and refunds come from the same export.",
    ),
    "weeks_unknown": ("No series to check.", "See the reason of each metric."),
    "tracking_both_sides": ("What was tracked, was tracked on both sides of go-live.", ""),
    "tracking_starts_at_go_live": (
        "Recorded on one side of go-live only (from {first}): {fact}.",
        "Add the old system's export with {fact}; a number from one side proves nothing.",
    ),
    "handling_time_one_side": (
        "Handling time was recorded on one side of go-live only.",
        "Use recorded costs, or service spend from the books, on both sides.",
    ),
    "one_side_only": (
        "What a metric needs was recorded on one side of go-live only.",
        "Add the old system's export; a number from one side proves nothing.",
    ),
    "tracking_unknown": ("No tickets, campaigns or spend to check.", "Add their exports if you have them."),
    "timezone_stated": ("Day limits follow {zone}.", ""),
    "timezone_assumed": (
        "{stamps:date with a time carries|dates with a time carry} no time zone; read as {zone}.",
        "Give the exporting account's zone: timezone: Europe/Berlin in clm-audit.yaml, or --timezone Europe/Berlin.",
    ),
    "timezone_unknown": (
        "No dates with a time to check; days follow {zone}.",
        "Give the exporting account's zone: timezone: Europe/Berlin in clm-audit.yaml, or --timezone Europe/Berlin.",
    ),
}
