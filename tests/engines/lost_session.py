"""Run on its own: opens a session behind Spark Connect, says so, and then asks until the session is lost."""

from __future__ import annotations

import sys
from pathlib import Path

from clm_audit.config.plan import EngineSource
from clm_audit.exits import AuditError
from clm_audit.facts.warehouse.spark import open_spark

if __name__ == "__main__":
    address = EngineSource(engine="spark", tables={}, remote=sys.argv[1])
    try:
        with open_spark(address, Path(), Path()) as session:
            session.keep("numbers", "SELECT id FROM range(1000)")
            print("opened", flush=True)
            while session.rows("SELECT SUM(id) FROM numbers") == [(499_500,)]:
                pass
            print("other numbers")
    except AuditError as error:
        print(error.problems[0].what)
