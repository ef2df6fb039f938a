"""Set before anything imports numpy: linear algebra on one thread, as in the product, so that digits agree."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
