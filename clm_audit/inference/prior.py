"""What is believed before the data: the six scales, and the fixed nodes at which they are integrated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DIFFUSE = 25.0
"""Variance of the level μ, of the effect θ and of a known break, on the log scale: next to nothing is assumed."""
PATH_SD = 0.20
"""The effect may move after go-live: standard deviation 0.20 per √year."""


@dataclass(frozen=True)
class ScalePrior:
    """Independent normals on the log of the six scales: ``centre`` [6] and ``spread`` [6]."""

    centre: Floats
    spread: Floats


SCALES = ("trend", "walk", "shocks", "season", "week_of_year", "noise")
"""Order of the scales everywhere: trend per year, walk per √year, the others plain; all log points."""
SCALE_PRIOR = ScalePrior(
    centre=np.log([0.045, 0.041, 0.025, 0.041, 0.026, 0.025]),
    spread=np.array([0.8, 0.9, 1.1, 1.0, 1.0, 1.2]),
)
"""Medians and log standard deviations, fitted to real order tables (``docs/methods.md``)."""


@cache
def fixed_nodes() -> Floats:
    """128 quasi-random points of a six-dimensional standard normal, [128, 6]: always the same ones.

    >>> fixed_nodes().shape
    (128, 6)
    """
    text = resources.files("clm_audit.inference").joinpath("nodes_128x6.json").read_text(encoding="utf-8")
    return np.array(json.loads(text), dtype=np.float64)
