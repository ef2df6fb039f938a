"""The variants of the method change what they say, and nothing stays changed."""

from __future__ import annotations

import numpy as np
import pytest
from product import Look
from simulated import go_lives, simulate
from variants import VARIANTS, WEEKLY, Asked

from clm_audit.inference import structural
from clm_audit.inference.effect import estimate_effect
from clm_audit.inference.unseen import no_allowance


@pytest.fixture(scope="module")
def asked() -> Asked:
    world = simulate(6, 1)
    live, end = go_lives(world, 6, 1)[0]
    totals, series = next(
        (totals, series) for totals, series in Look.at(world.until(end), live).assessable() if series.ppy > WEEKLY
    )
    return Asked(totals, series, [np.log([0.2, 0.2, 0.1, 0.1, 0.1, 0.1])])


def test_as_it_is_is_the_product_without_the_allowance(asked: Asked) -> None:
    ours = estimate_effect(asked.series, asked.totals.num.size, allowance=no_allowance).effect
    found = VARIANTS["as it is"](asked)
    assert (found.effect, found.se, found.df) == pytest.approx((ours.log_effect, ours.se, ours.df), rel=1e-8)
    assert found.p == pytest.approx(ours.p, rel=1e-6)


def test_each_variant_is_another_method_and_leaves_the_first_alone(asked: Asked) -> None:
    usual = VARIANTS["as it is"](asked)
    for name, variant in VARIANTS.items():
        found = variant(asked)
        assert (found == usual) == (name == "as it is"), name
        assert abs(found.effect - usual.effect) < 2 * usual.se, name
    assert structural.PATH_SD == 0.20
    assert VARIANTS["as it is"](asked) == usual
