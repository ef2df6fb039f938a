"""What must hold of any rows: order, files and threads do not show; money scales; customers add up."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.measures.calendar import resolve
from clm_audit.measures.daily import daily_frames
from clm_audit.measures.engines import POLARS
from clm_audit.measures.finish import finish
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Calendar, Measured, Ratio, Totals
from clm_audit.measures.reduction import total_frames
from clm_audit.measures.spread import log_change_error
from clm_audit.measures.totals import add, pooled
from measures.world import GO_LIVE, Row, World, company, credit, order, plan, segment_of

START, END = GO_LIVE - 120, GO_LIVE + 80
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def order_rows(draw: st.DrawFn) -> list[Row]:
    """Any orders and credit notes, with an order on each end so that go-live lies inside."""
    amount = st.integers(-10_000, 10**7)
    rows = draw(
        st.lists(
            st.tuples(st.none() | st.integers(0, 12), st.integers(START, END - 1), amount, st.integers(0, 500)),
            max_size=60,
        )
    )
    ends = [(1, START, 100, 0), (2, END - 1, 200, 0)]
    given = draw(st.lists(st.tuples(st.none() | st.integers(0, 14), st.integers(START, END - 1), amount), max_size=9))
    return [
        *(order(who, day, net, refunded) for who, day, net, refunded in [*rows, *ends]),
        *(credit(who, day, cents) for who, day, cents in given),
    ]


def fingerprint(totals: Totals) -> str:
    """A digest of every byte of the totals."""
    digest = hashlib.sha256()
    for name, cells in totals.cells.items():
        for group in (cells.keys, cells.values):
            for key in sorted(group):
                digest.update(f"{name}.{key}".encode() + np.ascontiguousarray(group[key]).tobytes())
    for segment, moments in totals.moments.items():
        digest.update(f"{segment}{moments.names}{moments.customers}".encode())
        digest.update(moments.sums.tobytes() + moments.products.tobytes())
    return digest.hexdigest()


@quick
@given(rows=order_rows(), data=st.data())
def test_row_order_and_files_do_not_show(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    files = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    split = [{**row, "file": file} for row, file in zip(shuffled, files, strict=True)]
    one = measure(plan(), World({"orders": rows}).facts())
    two = measure(plan(), World({"orders": split}).facts())
    assert fingerprint(one.totals) == fingerprint(two.totals)
    assert sum(one.outside.values()) == sum(two.outside.values())


def totals_of(rows: list[Row], calendar: Calendar, daily: Any, segments: int = 2) -> Totals:
    """The totals of some rows under the calendar of all of them."""
    with POLARS.open(World({"orders": rows}).facts().tables) as tables:
        return finish(POLARS.collect(total_frames(tables, daily, calendar, segments=segments)), {}, {}, calendar)[0]


@quick
@given(rows=order_rows())
def test_one_segment_is_no_split(rows: list[Row]) -> None:
    rows = [{**row, "segment": 0} for row in rows]
    with POLARS.open(World({"orders": rows}).facts().tables) as tables:
        daily = POLARS.collect(daily_frames(tables))
    calendar = resolve(plan(), daily)
    plain, split = (totals_of(rows, calendar, daily, segments) for segments in (1, 2))
    assert fingerprint(plain) == fingerprint(split)


@quick
@given(rows=order_rows(), group=st.sets(st.integers(0, 12)))
def test_totals_of_disjoint_customers_add_up(rows: list[Row], group: set[int]) -> None:
    with POLARS.open(World({"orders": rows}).facts().tables) as tables:
        daily = POLARS.collect(daily_frames(tables))
    calendar = resolve(plan(), daily)
    parts = [[row for row in rows if (row["customer"] in group) == inside] for inside in (True, False)]
    whole = totals_of(rows, calendar, daily)
    summed = add(*(totals_of(part, calendar, daily) for part in parts))
    assert set(whole.cells) == set(summed.cells)
    for name, cells in whole.cells.items():
        for key, column in cells.keys.items():
            np.testing.assert_array_equal(column, summed.cells[name].keys[key])
        for value, column in cells.values.items():
            np.testing.assert_allclose(column, summed.cells[name].values[value], rtol=1e-9)
    assert set(whole.moments) == set(summed.moments)
    for segment, moments in whole.moments.items():
        assert moments.customers == summed.moments[segment].customers
        np.testing.assert_array_equal(moments.sums, summed.moments[segment].sums)
        np.testing.assert_allclose(moments.products, summed.moments[segment].products, rtol=1e-9)


def values(measured: Measured) -> dict[str, tuple[Any, Any]]:
    return {found.metric: (found.before, found.after) for found in measured.metrics}


@pytest.mark.parametrize("factor", [2, 10, 1000])
def test_scaling_money_scales_money_and_nothing_else(factor: int) -> None:
    world, scaled = company(4), company(4)
    for table, names in (("orders", ("gross", "refunded", "net")), ("tickets", ("cost",)), ("spend", ("cents",))):
        for row in scaled.tables[table]:
            row.update({name: row[name] * factor for name in names if row[name] is not None})
    one, many = measure(plan(), world.facts()), measure(plan(), scaled.facts())
    money = {"transaction_size", "service_cost", "acquisition_cost", "retention_cost"}
    for name, sides in values(one).items():
        for before, after in zip(sides, values(many)[name], strict=True):
            assert isinstance(before, Ratio)
            # a row that covers several days is cut at a window's edge to the whole hundredth
            exact = 1e-4 if name == "retention_cost" else 1e-9
            assert after.value == pytest.approx(before.value * (factor if name in money else 1), rel=exact)
    for found, other in zip(one.metrics, many.metrics, strict=True):
        assert found.s2 is not None
        assert other.s2 is not None
        np.testing.assert_allclose(found.s2, other.s2, rtol=1e-6, atol=1e-12)


def test_the_same_rows_before_and_after_give_the_same_figures() -> None:
    year = 364
    rows = [order(day * 5 % 30, day, 500 + day * 37 % 900) for day in range(GO_LIVE - year, GO_LIVE)]
    again = [{**row, "day": row["day"] + shift} for row in rows for shift in (-year, 0, year)]
    found = measure(plan(), World({"orders": again}).facts())
    for metric in found.metrics[:2]:
        assert isinstance(metric.before, Ratio)
        assert isinstance(metric.after, Ratio)
        for variant in metric.variants:
            assert variant.before == variant.after
    size = found.metrics[1]
    assert size.before == size.after


def test_thread_count_and_hash_seed_do_not_show(tmp_path: Path) -> None:
    for name, table in company(6).facts().tables.items():
        table.sink_parquet(tmp_path / f"{name}.parquet")
    script = (
        "import sys; from pathlib import Path; import polars as pl;"
        "from measures.test_measures_properties import fingerprint;"
        "from measures.world import SEGMENTS, plan;"
        "from clm_audit.facts.model import Facts; from clm_audit.measures.measure import measure;"
        "tables = {p.stem: pl.scan_parquet(p) for p in sorted(Path(sys.argv[1]).iterdir())};"
        "print(fingerprint(measure(plan(), Facts(tables, (), (), SEGMENTS, 'USD')).totals))"
    )
    root = Path(__file__).parents[2]
    seen = set()
    for threads, seed in (("1", "0"), ("3", "1")):
        environment = {
            **os.environ,
            "POLARS_MAX_THREADS": threads,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}",
        }
        run = subprocess.run(  # the interpreter that runs the tests, with nothing from outside
            [sys.executable, "-c", script, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
        )
        seen.add(run.stdout.strip())
    assert len(seen) == 1


def _bootstrap(rows: list[Row], figure: str, draws: int = 1500) -> float:
    """Standard error of a log change by drawing whole customers with replacement."""
    customers = sorted({row["customer"] for row in rows})
    sums = np.zeros((len(customers), 4))
    for row in rows:
        side = int(row["day"] >= GO_LIVE)
        sums[customers.index(row["customer"]), [side, 2 + side]] += [1, row["net"]]
    random = np.random.default_rng(7)
    chosen = random.multinomial(len(customers), [1 / len(customers)] * len(customers), size=draws) @ sums
    logs = np.log(chosen)
    changes = logs[:, 1] - logs[:, 0]
    if figure == "transaction_size":
        changes = logs[:, 3] - logs[:, 2] - changes
    return float(changes.std())


@pytest.mark.parametrize("figure", ["purchase_frequency", "transaction_size"])
def test_the_closed_form_error_is_that_of_a_customer_bootstrap(figure: str) -> None:
    random = np.random.default_rng(3)
    taste, rate = random.lognormal(7, 0.6, 400), random.gamma(2.0, 4.0, 400)
    rows = [
        order(who, int(random.integers(GO_LIVE - 364, GO_LIVE + 364)), int(taste[who] * random.lognormal(0, 0.3)))
        for who in range(400)
        for _ in range(1 + random.poisson(rate[who]))
    ]
    found = next(each for each in measure(plan(), World({"orders": rows}).facts()).metrics if each.metric == figure)
    assert found.how["observed_se"] == pytest.approx(_bootstrap(rows, figure), rel=0.08)


def test_leaving_the_cross_products_out_would_overstate_the_error() -> None:
    rows = [order(who, GO_LIVE + sign * (1 + k), 1000) for who in range(30) for sign in (-1, 1) for k in range(who + 1)]
    moments = pooled(measure(plan(), World({"orders": rows}).facts()).totals.moments)
    assert moments is not None
    one = int(moments.sums[moments.names.index("orders_before")])
    both = log_change_error(moments, {"orders_before": -1 / one, "orders_after": 1 / one})
    alone = log_change_error(moments, {"orders_before": -1 / one})
    assert both is not None
    assert alone is not None
    assert both < 0.1 * alone


def test_anonymous_orders_are_clusters_of_their_own() -> None:
    random = np.random.default_rng(5)
    rows = [
        order(None, int(day), int(random.lognormal(7, 1)))
        for day in random.integers(GO_LIVE - 300, GO_LIVE + 300, 4000)
    ]
    alone = measure(plan(), World({"orders": [*rows, *_few()]}).facts())
    named = [{**row, "customer": 100 + i, "segment": segment_of(100 + i)} for i, row in enumerate(rows)]
    apart = measure(plan(), World({"orders": [*named, *_few()]}).facts())
    errors = [float(each.metrics[1].how["observed_se"]) for each in (alone, apart)]
    assert errors[0] == pytest.approx(errors[1], rel=0.02)


def _few() -> list[Row]:
    return [order(who, GO_LIVE + day, 1000 + who) for who in range(6) for day in (-50, 50)]


def test_frames_of_the_world_have_the_canonical_types() -> None:
    assert company().facts().tables["orders"].collect_schema()["net"] == pl.Int64()
