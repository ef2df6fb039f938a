"""What Spark costs through the audit's code, beside hand-written Spark SQL: ``python benchmarks/scale/spark_cost.py``.

For each size and master (``local[2]``, and a standalone cluster of one master and two workers of one core on loopback)
two programs, each in a process of its own: ``audit`` makes the facts of the Parquet table (``facts``: types, ledger,
exact codes) and reduces them to the totals of the five questions (``measure``); ``sql`` is what one would write by
hand for the same totals, without validation. CPU is that of Python and of every JVM; memory is the sum of their peaks.
They must find the same orders, revenue and buyers. Prints a table and writes ``benchmarks/results/scale_spark.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from contenders import AFTER, BASE_WEEKS, BEFORE, GO_LIVE, LIVE

from engines.spark_servers import Cluster, cluster

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "scale_spark.json"
CONF = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.memory": "2g",
    "spark.executor.memory": "1g",
    "spark.executor.cores": "1",
    "spark.cores.max": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
TICKS = os.sysconf("SC_CLK_TCK")
ORDERS = """
    SELECT any_value(customer) AS customer, unix_date(any_value(date)) AS day,
           CAST(any_value(amount) * 100 AS BIGINT) AS cents
    FROM parquet.`{path}` GROUP BY `order`"""
CELLS = """
    SELECT customer, CAST(FLOOR((day - {live}) / 7.0) AS INT) AS week, COUNT(*) AS n, SUM(cents) AS x
    FROM orders GROUP BY 1, 2"""
QUERIES = {
    "weekly": """
        SELECT week, COUNT(*), SUM(n), SUM(n * n), SUM(DOUBLE(x) * x), SUM(DOUBLE(x) * n)
        FROM cells GROUP BY week ORDER BY week""",
    "base": """
        WITH gaps AS (SELECT week, LEAD(week) OVER (PARTITION BY customer ORDER BY week) AS following FROM cells),
        steps AS (SELECT week AS spot, 1 AS step FROM gaps
                  UNION ALL SELECT week + LEAST(COALESCE(following - week, {base}), {base}), -1 FROM gaps)
        SELECT spot, SUM(SUM(step)) OVER (ORDER BY spot) FROM steps GROUP BY spot ORDER BY spot""",
    "retained": """
        WITH gaps AS (SELECT week, week - LAG(week) OVER (PARTITION BY customer ORDER BY week) AS gap FROM cells)
        SELECT week, COUNT(*) FILTER (WHERE gap IS NULL), COUNT(*) FILTER (WHERE gap <= {base}) FROM gaps
        GROUP BY week""",
    "windows": """
        SELECT day >= {live} AS after, COUNT(*), SUM(cents), COUNT(DISTINCT customer)
        FROM orders WHERE day >= {first} AND day < {last} GROUP BY 1 ORDER BY 1""",
    "wide": """
        WITH wide AS (
            SELECT COUNT(*) FILTER (WHERE day < {live}) AS n0, COUNT(*) FILTER (WHERE day >= {live}) AS n1,
                   DOUBLE(COALESCE(SUM(cents) FILTER (WHERE day < {live}), 0)) AS x0,
                   DOUBLE(COALESCE(SUM(cents) FILTER (WHERE day >= {live}), 0)) AS x1
            FROM orders WHERE day >= {first} AND day < {last} GROUP BY customer)
        SELECT COUNT(*), SUM(n0), SUM(x0), SUM(n1), SUM(x1), SUM(n0 * n0), SUM(n0 * x0), SUM(n0 * n1), SUM(n0 * x1),
               SUM(x0 * x0), SUM(x0 * n1), SUM(x0 * x1), SUM(n1 * n1), SUM(n1 * x1), SUM(x1 * x1) FROM wide""",
    "values": """
        SELECT day >= {live} AS after, cents, COUNT(*) FROM orders WHERE day >= {first} AND day < {last}
        GROUP BY 1, 2""",
}


def spent(roots: list[int]) -> tuple[float, float]:
    """CPU seconds and megabytes at most of these processes and all below them."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(entry.name)] = int(fields[1])
        used[int(entry.name)] = sum(map(int, fields[11:15])) / TICKS
    mine = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return sum(used.get(pid, 0.0) for pid in mine), sum(map(_peak, mine))


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


class Clock:
    """Wall and CPU seconds of one phase after the other."""

    def __init__(self, roots: list[int]) -> None:
        self._roots = [os.getpid(), *roots]
        self._last = (time.perf_counter(), spent(self._roots)[0])
        self.phases: dict[str, Mapping[str, float]] = {}
        self.peak = 0.0
        self.shuffled = 0

    def mark(self, name: str) -> None:
        """The end of a phase."""
        cpu, peak = spent(self._roots)
        now = (time.perf_counter(), cpu)
        spans = zip(("wall", "cpu"), now, self._last, strict=True)
        self.phases[name] = {kind: round(end - start, 2) for kind, end, start in spans}
        self._last, self.peak = now, max(self.peak, peak)


@contextmanager
def warehouse(master: str) -> Iterator[Any]:
    """The session, as the audit opens it."""
    from clm_audit.config.plan import EngineSource
    from clm_audit.facts.warehouse.spark import open_spark

    with tempfile.TemporaryDirectory() as folder:
        source = EngineSource(engine="spark", tables={}, master=master, conf=CONF)
        with open_spark(source, Path(folder), Path(folder)) as session:
            yield session.native


def shuffled(session: Any) -> int:
    """Megabytes that the workers wrote for one another, compressed."""
    executors = session.sparkContext._jsc.sc().statusStore().executorList(True)
    return round(sum(executors.apply(at).totalShuffleWrite() for at in range(executors.size())) / 1e6)


def sql(path: Path, master: str, clock: Clock) -> Mapping[str, int]:
    """Hand-written Spark SQL; what is read twice is cached."""
    gaps = {"path": path, "live": LIVE, "base": BASE_WEEKS, "first": BEFORE[0], "last": AFTER[1]}
    with warehouse(master) as session:
        clock.mark("start")
        for name, query in (("orders", ORDERS), ("cells", CELLS)):
            session.sql(f"CACHE TABLE {name} AS {query.format(**gaps)}")
        clock.mark("facts")
        rows = {name: session.sql(query.format(**gaps)).collect() for name, query in QUERIES.items()}
        clock.mark("measure")
        clock.shuffled = shuffled(session)
    found: dict[str, int] = {}
    for side, (_, orders, cents, buyers) in zip(("before", "after"), rows["windows"], strict=True):
        found |= {f"orders_{side}": orders, f"cents_{side}": cents, f"buyers_{side}": buyers}
    return found


def audit(path: Path, master: str, clock: Clock) -> Mapping[str, int]:
    """Facts and totals through the audit, without the metrics of the lifecycle."""
    from clm_audit.config.plan import LIFECYCLE_IDS, AuditPlan, EngineSource, MetricPolicy
    from clm_audit.facts.warehouse.build import exports_of, facts_of
    from clm_audit.measures.measure import measure

    columns = {"order": "order", "date": "date", "amount": "amount", "customer": "customer"}
    tables, own = {"orders": str(path)}, {"orders": columns}
    source = EngineSource(engine="spark", tables=tables, map=own, master=master, conf=CONF)
    off = {name: MetricPolicy(enabled=False) for name in LIFECYCLE_IDS}
    plan = AuditPlan(go_live=GO_LIVE, currency="USD", engines=(source,), root=path.parent, metrics=off)
    with tempfile.TemporaryDirectory() as folder, exports_of(plan, Path(folder)) as exports:
        clock.mark("start")
        facts = facts_of(plan, exports, Path(folder))
        clock.mark("facts")
        totals = measure(plan, facts).window_totals
        clock.mark("measure")
        clock.shuffled = shuffled(facts.session.native)
    names = {"orders": "orders", "cents": "net_revenue", "buyers": "purchasing_customers"}
    sides = enumerate(("before", "after"))
    return {f"{name}_{side}": int(totals[key][at]) for at, side in sides for name, key in names.items()}


PROGRAMS = {"audit": audit, "sql": sql}


def run(millions: int, where: str, program: str) -> dict[str, Any]:
    """One program in its own process; for a cluster, one that was started for it."""
    path = HERE.parent / "data" / f"orders_{millions}m.parquet"
    with ExitStack() as stack:
        master, roots = "local[2]", ""
        if where == "cluster":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            made: Cluster = stack.enter_context(cluster(folder, memory="1536m"))
            master = made.url
            roots = ",".join(str(one.process.pid) for one in (made.master, *made.workers))
        command = [sys.executable, __file__, "--one", program, "--path", str(path), "--master", master]
        done = subprocess.run([*command, "--roots", roots], stdout=subprocess.PIPE, text=True, check=True)
    return {"millions": millions, "where": where, "program": program, **json.loads(done.stdout)}


def one(program: str, path: Path, master: str, roots: list[int]) -> None:
    """What a child does: phases, peak and totals as one line of JSON."""
    clock = Clock(roots)
    found = PROGRAMS[program](path, master, clock)
    print(json.dumps({"phases": clock.phases, "peak": round(clock.peak), "shuffled": clock.shuffled, "found": found}))


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: one row a run."""
    heads = ("orders", "where", "program", "start", "facts", "measure", "CPU s", "wall s", "peak MB", "shuffled MB")
    lines = [f"| {' | '.join(heads)} |", "|---:|---|---|" + "---:|" * 7]
    for each in runs:
        cpu = [each["phases"][name]["cpu"] for name in ("start", "facts", "measure")]
        wall = sum(phase["wall"] for phase in each["phases"].values())
        numbers = " | ".join(f"{value:.0f}" for value in (*cpu, sum(cpu), wall, each["peak"], each["shuffled"]))
        lines.append(f"| {each['millions']} M | {each['where']} | {each['program']} | {numbers} |")
    return "\n".join(lines)


def main() -> None:
    """Run all, prove that they agree, print and write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="1", help="millions of orders, comma-separated")
    options.add_argument("--where", default="local,cluster")
    for name in ("one", "path", "master", "roots"):
        options.add_argument(f"--{name}", default="", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.one:
        one(asked.one, Path(asked.path), asked.master, [int(pid) for pid in asked.roots.split(",") if pid])
        return
    runs = [
        run(int(size), where, program)
        for size in asked.sizes.split(",")
        for where in asked.where.split(",")
        for program in PROGRAMS
    ]
    for size in {each["millions"] for each in runs}:
        answers = {json.dumps(each["found"], sort_keys=True) for each in runs if each["millions"] == size}
        if len(answers) > 1:
            raise SystemExit(f"the programs disagree on {size} M: {answers}")
    libraries = {name: version(name) for name in ("clm-audit", "narwhals", "pyspark")}
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), **libraries}
    RESULTS.write_text(json.dumps({"machine": machine, "runs": runs}, indent=1) + "\n", "utf-8")
    print(table(runs))


if __name__ == "__main__":
    main()
