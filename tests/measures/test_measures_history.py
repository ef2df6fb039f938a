"""A history without an *after*: every period lies before a go-live that is still to come."""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.exits import DataError
from clm_audit.measures.history import last_day, measure_history
from clm_audit.measures.measure import measure
from clm_audit.measures.model import to_date
from measures.world import World, company, plan


def test_every_period_lies_before() -> None:
    facts = company(3).facts()
    found = measure_history(plan(), facts)
    assert found.metrics
    for totals in found.metrics:
        assert totals.n0 == totals.num.size == totals.start.size
    end = last_day(plan(), facts)
    orders = next(one for one in found.metrics if one.metric == "transaction_size")
    days = int(orders.start[1] - orders.start[0])
    assert end - days <= orders.start[-1] + days - 1 < end + days


def test_the_periods_are_those_of_an_audit_at_the_mark() -> None:
    facts = company(3).facts()
    found = {one.metric: one for one in measure_history(plan(), facts).metrics}
    end = last_day(plan(), facts)
    given = plan().model_copy(update={"go_live": None, "before": None, "after": None, "washout_weeks": 0})
    for one in measure(given.model_copy(update={"go_live": to_date(end - 56)}), facts).metrics:
        np.testing.assert_array_equal(one.num, found[one.metric].num)
        np.testing.assert_array_equal(one.den, found[one.metric].den)


def test_nothing_dated_is_said() -> None:
    with pytest.raises(DataError):
        last_day(plan(), World({}).facts())
