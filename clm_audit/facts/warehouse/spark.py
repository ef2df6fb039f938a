"""Spark as the engine of facts: tables of its catalog, or Parquet and CSV files where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from clm_audit.config.plan import EngineName, EngineSource
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import UsageError
from clm_audit.facts.warehouse.dialect import SPARK, Dialect
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.names import parts_of, quoted
from clm_audit.facts.warehouse.spark_errors import meaning, other_errors, told
from clm_audit.facts.warehouse.spark_start import started

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_FILES = re.compile(r"/|[.](parquet|csv|tsv)([.]gz)?$", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PLACE_BITS = 33  # of the numbers of monotonically_increasing_id that count within a partition
_CSV = {
    "header": "true",
    "mode": "FAILFAST",
    "enforceSchema": "false",
    "multiLine": "true",
    "quote": '"',
    "escape": '"',
    "encoding": "UTF-8",
}


class SparkWarehouse:
    """A session and what it keeps: temporary views over rows that are computed once and given back at the end.

    What is kept has no history, as the plan of a table made of tables would otherwise hold all of theirs several
    times over. Where Spark runs here it is written as Parquet to ``folder``; elsewhere it stays on the workers, in
    memory and beyond it on their disks, each part on two of them, so that one may be lost.
    """

    name: EngineName = "spark"
    dialect: Dialect = SPARK

    def __init__(self, session: SparkSession, root: Path, folder: Path | None) -> None:
        self.native, self._root, self._folder = session, root, folder
        self.statements: list[str] = []
        self.samples: list[str] = []
        self._kept: dict[str, DataFrame] = {}
        self._views: list[str] = []

    def listed(self, found: Sequence[str]) -> Sequence[str]:
        """Tables and files as they are named; ``*`` and ``schema.*`` are the tables of a schema."""
        names: list[str] = []
        for name in found:
            if name != "*" and not name.endswith(".*"):
                names.append(name)
                continue
            place = "".join(f"{SPARK.name_of(part)}." for part in parts_of(name)[:-1])
            shown = self.rows(f"SHOW TABLES{f' IN {place[:-1]}' if place else ''}")
            names += [f"{place}{SPARK.name_of(str(row[1]))}" for row in sorted(shown, key=lambda row: str(row[1]))]
        return names

    def source(self, table: str) -> str:
        """The quoted name of a table of the catalog, or of the view that reads the files."""
        if not _FILES.search(table):
            return quoted(SPARK, table)
        path = table if _SCHEME.match(table) or table.startswith("/") else f"file://{self._root / table}"
        if not re.search(r"[.](csv|tsv)([.]gz)?$", table, re.IGNORECASE):
            return f"parquet.{SPARK.name_of(path)}"
        view = f"{PREFIX}file_{table.encode().hex()}"
        if view not in self._views:
            with told():
                self.native.read.options(**_CSV).csv(path).createOrReplaceTempView(view)
            self._views.append(view)
        return view

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and type of each column."""
        from pyspark.errors import AnalysisException

        try:
            schema = self.native.sql(self._noted(f"SELECT * FROM {self.source(table)}")).schema
        except AnalysisException as error:
            if not any(mark in str(error) for mark in ("NOT_FOUND", "SINGLE_PART_NAMESPACE")):
                raise meaning(str(error), type(error).__name__) from None
            if _FILES.search(table):
                what = f"there is no file {table}, or Spark may not look into its folder"
                raise UsageError(
                    what, hint="look at the path, at the right to read it, and whether Spark can reach it"
                ) from None
            raise UsageError(f"there is no table {table}", hint=self._near(table)) from None
        except other_errors() as error:
            raise meaning(str(error), type(error).__name__) from None
        return [(field.name, field.dataType.simpleString()) for field in schema.fields]

    def _near(self, table: str) -> str:
        """The most similar name of the catalog, else some names of it."""
        *place, name = parts_of(table)
        at = f" IN {'.'.join(map(SPARK.name_of, place))}" if place else ""
        with told():
            try:
                known = [str(row[1]) for row in self.native.sql(self._noted(f"SHOW TABLES{at}")).collect()]
            except other_errors():
                return f"there is no schema {'.'.join(place)}"
        return did_you_mean(name, tuple(known)) or f"tables: {', '.join(sorted(known)[:12])}"

    def keep(self, name: str, query: str) -> None:
        """Computed at once, under a temporary view."""
        self._hold(name, self._sql(query, f"kept as {name}"))

    def view(self, name: str, query: str) -> None:
        """Not computed."""
        self._shown(name, self._sql(query, f"called {name}"))

    def keep_codes(self, name: str, query: str) -> None:
        """``query`` gives distinct texts ``name``; they are kept with ``code``, their place (from 0) in their order.

        A window over all of them would put them on one worker. So they are sorted, which leaves a range of them on each
        worker, and numbered there (Spark's own number: that of the range above 33 bits of places in it). A range begins
        where the ranges before it end. The numbers are fixed before the ranges are counted.
        """
        from pyspark.sql import functions as sql

        names = self._sql(query, f"sorted, numbered range by range and kept as {name}")
        with told():
            placed = names.orderBy("name").select("name", sql.monotonically_increasing_id().alias("place"))
            fixed = self._fixed(f"{name}_places", placed)
            part = sql.shiftright("place", _PLACE_BITS).cast("int")
            sizes = dict(sorted((row[0], row[1]) for row in fixed.groupBy(part.alias("part")).count().collect()))
            begins = dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))
            starts = sql.lit([begins.get(at, 0) for at in range(max(sizes, default=0) + 1)])
            within = sql.col("place").bitwiseAND(2**_PLACE_BITS - 1)
            coded = fixed.select("name", (sql.get(starts.cast("array<bigint>"), part) + within).alias("code"))
        self._shown(name, coded)

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Fetched whole."""
        with told():
            return [tuple(row) for row in self._sql(query).collect()]

    def save(self, query: str, path: Path) -> None:
        """Written here, not by the workers."""
        with told():
            found = self._sql(query).toArrow()
        pl.DataFrame(found).write_parquet(path)

    def table(self, name: str) -> DataFrame:
        """The frame of a kept table."""
        return self._kept[name]

    def close(self) -> None:
        """Let go of all rows: a server of Spark Connect outlives the session."""
        for view in (*self._kept, *self._views):
            self.native.catalog.dropTempView(view)
        self._kept.clear()

    def _sql(self, query: str, remark: str = "") -> DataFrame:
        with told():
            return self.native.sql(self._noted(query, remark))

    def _noted(self, query: str, remark: str = "") -> str:
        """The query; it stands among the statements with a remark on what becomes of its rows."""
        self.statements.append(f"-- {remark}\n{query}" if remark else query)
        return query

    def _hold(self, name: str, frame: DataFrame) -> None:
        with told():
            fixed = self._fixed(name, frame)
        self._shown(name, fixed)

    def _shown(self, name: str, frame: DataFrame) -> None:
        with told():
            self._kept[name] = frame
            frame.createOrReplaceTempView(name)

    def _fixed(self, name: str, frame: DataFrame) -> DataFrame:
        """The rows of a frame, computed once, without its history."""
        from pyspark.storagelevel import StorageLevel

        if self._folder is None:
            return frame.localCheckpoint(True, StorageLevel.MEMORY_AND_DISK_2)
        path = f"file://{self._folder}/{name}"
        frame.write.mode("overwrite").parquet(path)
        return self.native.read.schema(frame.schema).parquet(path)


@contextmanager
def open_spark(source: EngineSource, root: Path, folder: Path) -> Iterator[SparkWarehouse]:
    """A session for as long as the context lives; what the JVM says goes to ``folder``."""
    with started(source, folder) as session:
        connected = type(session).__module__.startswith("pyspark.sql.connect")
        here = not connected and session.sparkContext.master.startswith("local")
        opened = SparkWarehouse(session, root, folder.resolve() / "spark" if here else None)
        try:
            yield opened
        finally:
            with suppress(*other_errors()):
                opened.close()
