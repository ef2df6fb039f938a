"""`clm-audit schema`: JSON Schema of the configuration, or of the JSON of `compare`, `check`, `plan` or `history`."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from clm_audit.cli.outcome import Outcome
from clm_audit.cli.streams import write_stdout
from clm_audit.exits import ExitCode

HELP = """Examples:

\b
  clm-audit schema config > clm-audit.schema.json
  clm-audit schema audit > audit.schema.json
  clm-audit schema check > check.schema.json

Print the JSON Schema (draft 2020-12) of clm-audit.yaml, or of the JSON of compare (audit), check, plan or history.
"""


def schema(
    which: Annotated[
        Literal["config", "audit", "check", "plan", "history"],
        typer.Argument(help="config, audit, check, plan or history.", show_default=False),
    ],
) -> Outcome:
    """Print one of the schemas."""
    if which == "config":
        from clm_audit.config.schema import config_schema

        tree = config_schema()
    else:
        from clm_audit.config.base import Frozen
        from clm_audit.report.model import AuditReport
        from clm_audit.report.model_ahead import AheadReport
        from clm_audit.report.model_check import CheckOnlyReport
        from clm_audit.report.model_history import HistoryReport

        models: dict[str, type[Frozen]] = {
            "audit": AuditReport,
            "check": CheckOnlyReport,
            "plan": AheadReport,
            "history": HistoryReport,
        }
        tree = models[which].model_json_schema()
    write_stdout(json.dumps(tree, indent=2, ensure_ascii=False) + "\n")
    return Outcome(ExitCode.DONE, said=False)
