"""`--format`, and one option for each format that can be a file: made from the table of formats."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

from clm_audit.cli.outcome import Outcome
from clm_audit.cli.outputs import Outputs
from clm_audit.report.formats import CHOICES, FORMATS, TEXT

_IDS_HELP = "Print below each part what `explain ID --from audit.json` knows its numbers by."
_FORMAT_HELP = f"Format of the result on stdout; default: {TEXT}."


def with_formats(command: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """The command with its parameter ``outputs`` filled from options: a new format gets its own without a new line."""

    @functools.wraps(command)
    def filled(**given: Any) -> Outcome:
        form = given.pop("form")
        files = {name: path for name in FORMATS if (path := given.pop(f"to_{name}")) is not None}
        ids = given.pop("ids")
        return command(**given, outputs=Outputs(files, form, ids=ids))

    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    kept = [
        one.replace(annotation=hints[name]) for name, one in signature.parameters.items() if name not in ("outputs",)
    ]
    options = [_option(name, annotation) for name, annotation in _options().items()]
    at = next((index for index, one in enumerate(kept) if one.name == "rejects"), len(kept))
    ordered = [*kept[:at], *options, *kept[at:]]
    filled.__signature__ = signature.replace(parameters=ordered)  # type: ignore[attr-defined]  # read by inspect
    filled.__annotations__ = {one.name: one.annotation for one in ordered} | {"return": Outcome}
    return filled


def _options() -> dict[str, Any]:
    """Parameter -> its annotation."""
    choice: Any = Literal.__getitem__(CHOICES)
    options: dict[str, Any] = {"form": Annotated[choice | None, typer.Option("--format", help=_FORMAT_HELP)]}
    for name, row in FORMATS.items():
        options[f"to_{name}"] = Annotated[Path | None, typer.Option(f"--{name}", metavar="FILE", help=row.help)]
    options["ids"] = Annotated[bool, typer.Option("--ids", help=_IDS_HELP)]
    return options


def _option(name: str, annotation: Any) -> inspect.Parameter:
    default = False if name == "ids" else None
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)
