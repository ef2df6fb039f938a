"""A known effect: seat belts became compulsory in Great Britain on 31 January 1983.

Monthly car drivers, and rear passengers, killed or seriously injured, 1969-1984: Harvey & Durbin 1986
(doi 10.2307/2981553), the data set ``Seatbelts`` of R. The law bound drivers and front passengers only.
"""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.inference.assess import assess
from clm_audit.measures.model import Calendar, Measured, Totals

JANUARY_1983 = 168


@pytest.fixture(scope="module")
def casualties(data):
    lines = (data / "seatbelts.csv").read_text(encoding="utf-8").split()
    months = [line.split(",") for line in lines[1:]]
    assert months[JANUARY_1983][0] == "1983-01"
    return np.array([[float(x) for x in month[1:]] for month in months])


def test_the_series_is_complete(casualties):
    assert casualties.shape == (192, 2)
    drivers = casualties[:, 0]
    assert (drivers.min(), np.median(drivers), drivers.max()) == (1057, 1631, 2654)
    assert drivers.mean() == pytest.approx(1670.307, abs=1e-3)


def test_drivers_fell_by_a_fifth_and_rear_passengers_did_not(casualties, totals):
    counts = casualties.T
    metrics = [
        totals(
            num, np.ones(192), JANUARY_1983 + 1, 1.0 / num, metric=metric, ppy=12.0,
            start=np.arange(192, dtype=np.int64) * 30,
        )
        for num, metric in zip(counts, ["service_cost", "retention_cost"], strict=True)
    ]  # fmt: skip
    calendar = Calendar(0, (0, 1), (0, 1), (0, 1), 52, 0, {}, {}, True)
    drivers, rear = assess(AuditPlan(), Measured(calendar, Totals({}, {}), tuple(metrics), {}, {}))
    assert drivers.value == "improved"
    assert drivers.effect.effect == pytest.approx(-0.18, abs=0.015)
    assert drivers.effect.low == pytest.approx(-0.30, abs=0.02)
    assert drivers.effect.high == pytest.approx(-0.05, abs=0.02)
    assert rear.value == "inconclusive"
    assert rear.effect.p > 0.2
