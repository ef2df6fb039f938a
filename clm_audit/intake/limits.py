"""What intake refuses to take, so that a hostile file costs seconds and a message, not the machine."""

from __future__ import annotations

from typing import Final

MIB: Final = 1 << 20
CHUNK: Final = 4 * MIB  # bytes read together
WINDOW: Final = MIB  # bytes looked at together: what is made of them stays in the processor's cache
HEAD_BYTES: Final = 4_096  # bytes that say what a file is
HEAD: Final = MIB  # bytes in which the header must be found
HEAD_RECORDS: Final = 50  # records in which the header must be found
MAX_COLUMNS: Final = 5_000
MAX_CELL: Final = 16 * MIB
MAX_RATIO: Final = 200  # decompressed : compressed, judged only past MAX_RATIO_FROM
MAX_RATIO_FROM: Final = 64 * MIB
MAX_DECOMPRESSED: Final = 64 * 1024 * MIB
MAX_MEMBERS: Final = 10_000  # of a zip archive
MAX_DIRECTORY: Final = 8 * MIB  # bytes of the list of its members
MAX_MEMBER_NAME: Final = 1_000
MAX_JSON_RECORD: Final = 2 * MAX_CELL
MAX_JSON_VALUES: Final = 500_000  # separators in one record: memory is a hundred times their number
MAX_JSON_DEPTH: Final = 32
MAX_FAULTS: Final = 100_000  # records of a file that are listed one by one; the counts hold all of them
MAX_PARQUET_FOOTER: Final = 4 * MIB  # what describes the columns of a Parquet file, unless it is a small …
PARQUET_FOOTER_SHARE: Final = 0.25  # … share of the file, as in a large file of many parts
READER_MEMORY: Final = 320 * MIB  # what a child that reads a workbook or Parquet may hold, with …
READER_MEMORY_PER_BYTE: Final = 32  # … so much more for each byte of the file, up to …
READER_MEMORY_MOST: Final = 3_072 * MIB
READER_SECONDS: Final = 4  # of processor time, and one more for each …
SHEET_BYTES_PER_SECOND: Final = MIB  # … of a workbook, and …
PARQUET_BYTES_PER_SECOND: Final = 8 * MIB
READER_PATIENCE: Final = 5  # seconds of a busy machine for one of processor time
PLAIN_CELLS: Final = 64 * MIB  # of Parquet, up to which they are rewritten without compression: 16 bytes each
MAX_ROWS_FROM: Final = 10_000_000  # of Parquet; beyond, more rows than MAX_ROWS_PER_BYTE are no data
MAX_ROWS_PER_BYTE: Final = 100
MAX_SHEETS: Final = 500
MAX_SHEET_NAME: Final = 40  # characters of it that the ledger repeats; a spreadsheet program allows 31
WATCH_SECONDS: Final = 0.02  # how often the memory of a reading child is looked at
ADDRESS_SPACE: Final = 16  # address space it may reserve, as a multiple of its memory: allocators reserve ahead
MAX_NULS: Final = 64 * MIB  # zero bytes in a text, wherever they stand
MAX_NUL_SHARE: Final = 0.05  # more zero bytes than this: not text
