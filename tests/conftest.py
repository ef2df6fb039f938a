"""Set before anything imports numpy: linear algebra on one thread, as in the product, so that digits agree.

And no deadline for a single example: how long one takes says how busy the machine is.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")
