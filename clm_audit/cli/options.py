"""The options that commands share, each with the sentence that `--help` shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from clm_audit.cli.complete import columns, zones

CheckFormat = Literal["text", "json"]

Paths = Annotated[
    list[str] | None,  # as given: a Path would make `.` of an empty one and take a slash from an address
    typer.Argument(
        metavar="PATHS",
        help="Exports: files or folders. Two folders are before and after; otherwise rows are split by date.",
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Configuration; default: clm-audit.yaml here or above."),
]
GoLive = Annotated[str | None, typer.Option("--go-live", metavar="DATE", help="First day of after, as 2024-07-01.")]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="Zone of stamps without one; default: UTC.", autocompletion=zones),
]
Currency = Annotated[
    str | None,
    typer.Option("--currency", metavar="CODE", help="Currency of the audit, as USD; default: from the data."),
]
Materiality = Annotated[
    str | None, typer.Option("--materiality", metavar="SHARE", help="Smallest change that matters, as 3%; default: 5%.")
]
Washout = Annotated[
    str | None, typer.Option("--washout", metavar="TIME", help="Learning time left out after go-live, as '4 weeks'.")
]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title of the report.")]
Frozen = Annotated[
    str | None, typer.Option("--plan", metavar="FILE", help="Verify what `plan --freeze` settled beforehand.")
]
Presets = Annotated[
    str | None,
    typer.Option("--presets", metavar="FOLDER", help="Your own presets, one <system>.yaml each, beside the shipped."),
]
SegmentBy = Annotated[
    str | None,
    typer.Option(
        "--segment-by",
        metavar="COLUMN,…",
        help="Columns of the customer export to show the metrics by.",
        autocompletion=columns,
    ),
]
WithEngine = Annotated[
    Literal["duckdb"] | None,
    typer.Option(
        "--engine",
        help="Read the given Parquet and CSV files, or .duckdb database, with DuckDB; other engines: docs/engines.md.",
    ),
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        help="List the rows not taken and those repaired. (compare writes rejects.csv next to --html by itself.)",
    ),
]
Memory = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", help="Memory the run may take, as 1.5GB; default: half of what is free."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Nothing on stderr but errors.")]
ShowConfig = Annotated[bool, typer.Option("--show-config", help="Print every setting and its origin, then stop.")]
