"""The benchmarks are scripts, not a package: their folders are made importable here (module names are unique)."""

from __future__ import annotations

import sys
from pathlib import Path

for HERE in (Path(__file__).resolve().parents[2] / "benchmarks" / name for name in ("intake", "truth")):
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
