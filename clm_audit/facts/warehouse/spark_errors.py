"""What goes wrong in Spark, in plain words: its own messages hold values of cells, addresses and plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from clm_audit.exits import DataError

_TOO_LARGE = ("an amount or a sum is larger than 9.2e18", "look for amounts in the wrong unit")
_NO_RIGHT = (
    "Spark may not read a table or file: permission was refused",
    "ask for the right to read it, or name a view that may be read",
)
_GONE = (
    "a table, file or column is gone from where Spark read it, or the right to look there",
    "nothing was reported of what was read before; run again when it is back",
)
_LOST = ("the Spark session was lost", "is the server still running? nothing was reported; run again")
_WORKERS = (
    "Spark lost workers, or their memory, and gave up",
    "nothing was reported; run again, with more memory a worker (spark.executor.memory) if it happens twice",
)
_NO_DISK = ("a disk of Spark is full", "free some, or set spark.local.dir to a larger one")
_UNREADABLE = (
    "Spark cannot read a file as it is",
    "a CSV file must have as many fields in every row; give it as a path, where every row is proved",
)
_UNTOLD = (
    "Spark cannot read a file as what its name says it is",
    "is it whole, is it Parquet, and may Spark read it? nothing was reported",
)
_NO_VALUE = (
    "a cell holds what its column cannot be read as",
    "cast it in a view, where you can say what such cells mean",
)
_MEANINGS: tuple[tuple[tuple[str, ...], tuple[str, str]], ...] = (
    (("ARITHMETIC_OVERFLOW", "CAST_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE"), _TOO_LARGE),
    (("Permission denied", "AccessControlException", "INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED"), _NO_RIGHT),
    (("No space left on device",), _NO_DISK),
    (("UNAVAILABLE", "RetriesExceeded", "INVALID_HANDLE", "SESSION_CHANGED", "SESSION_CLOSED"), _LOST),
    (("SparkContext was shut down", "stopped SparkContext", "Answer from Java side is empty"), _LOST),
    (("Connection refused", "Connection reset"), _LOST),
    (("ExecutorLostFailure", "FetchFailed", "OutOfMemoryError", "All masters are unresponsive"), _WORKERS),
    (("Master removed our application", "CHECKPOINT_RDD", "Checkpoint block"), _WORKERS),
    (("TABLE_OR_VIEW_NOT_FOUND", "UNRESOLVED_COLUMN", "PATH_NOT_FOUND", "FILE_NOT_EXIST"), _GONE),
    (("CAST_INVALID_INPUT", "CANNOT_PARSE", "DIVIDE_BY_ZERO"), _NO_VALUE),
    (("FileNotFoundException", "does not exist"), _GONE),
    (("MALFORMED_RECORD", "MALFORMED_CSV", "CANNOT_READ_FILE_FOOTER"), _UNREADABLE),
    (("UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY",), _UNTOLD),
    (("FAILED_READ_FILE", "is not a Parquet"), _UNREADABLE),
)
"""Marks in a message of Spark -> what it means and the next thing to do; the first that fits."""


@contextmanager
def told(what: str = "") -> Iterator[None]:
    """Whatever Spark raises inside as a :class:`~clm_audit.exits.DataError` without a word of Spark's own message.

    ``what`` names the sum that is taken, for one that does not fit.
    """
    try:
        yield
    except other_errors() as error:
        raise meaning(f"{type(error).__name__}: {error}", type(error).__name__, what) from None


def other_errors() -> tuple[type[Exception], ...]:
    """What Spark, and the way to it, raise."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError, ConnectionError


def meaning(message: str, kind: str, what: str = "") -> DataError:
    """The error that a message of Spark stands for.

    >>> str(meaning("[ARITHMETIC_OVERFLOW] long overflow", "ArithmeticException", "a sum of orders"))
    'a sum of orders is larger than 9.2e18 (look for amounts in the wrong unit)'
    >>> str(meaning("Py4JNetworkError: Answer from Java side is empty", "Py4JNetworkError"))
    'the Spark session was lost (is the server still running? nothing was reported; run again)'
    """
    for marks, (said, hint) in _MEANINGS:
        if any(mark in message for mark in marks):
            if what and (said, hint) == _TOO_LARGE:
                said = f"{what} is larger than 9.2e18"
            return DataError(said, hint=hint)
    if kind in ("Py4JNetworkError", "ConnectionError", "ConnectionRefusedError", "SparkConnectGrpcException"):
        return DataError(_LOST[0], hint=_LOST[1])
    return DataError(f"Spark refused a statement ({kind})", hint="see it with --explain-sql")
