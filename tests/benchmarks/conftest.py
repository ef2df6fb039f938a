"""The benchmarks are scripts, not a package: their folder is made importable here."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2] / "benchmarks" / "intake"
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))
