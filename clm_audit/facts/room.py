"""How much memory a run may take, and into how many parts its rows are divided so that it does not take more."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HELD = 2**24  # rows of all files that are held in memory at most, whatever room there is
ROW_BYTES = 160  # what a row takes while everything is held: ids, hashes, typed cells, and the sums over them
PART_ROWS = 2**22  # rows of one part at most: beyond, the tables of a sum no longer lie close to the processor
BUSY = 3  # a part is reduced in a third of the memory; the rest is for libraries, dictionaries and streams
MOST = 256
LEAST_MEMORY = 512 * 2**20
_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
_LIMITS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


@dataclass(frozen=True)
class Room:
    """``memory``: bytes that the whole process may take at its peak."""

    memory: int

    @classmethod
    def of(cls, memory: int | None) -> Room:
        """As asked for, else half of what is free."""
        return cls(free_memory() // 2 if memory is None else memory)

    def parts(self, rows: int) -> int:
        """Into how many parts so many rows of all files are divided; 1: all of them are held in memory.

        >>> room = Room(1_500_000_000)
        >>> room.parts(50_000), room.parts(10_000_000), room.parts(132_000_000)
        (1, 4, 43)
        """
        if rows <= HELD and rows * ROW_BYTES <= self.memory:
            return 1
        wanted = max(-(-rows * ROW_BYTES * BUSY // max(self.memory, LEAST_MEMORY)), -(-rows // PART_ROWS), 2)
        return min(wanted, MOST)


def free_memory() -> int:
    """Bytes that are free for this process: of the machine, or of the group of processes that it may not leave."""
    free = [_available(), *(_left(*(_CGROUPS / name for name in names)) for names in _LIMITS)]
    return min(each for each in free if each is not None)


def _available() -> int:
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    if "SC_AVPHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 4 * 2**30  # nobody tells: what every machine of today has


def _left(limit: Path, used: Path) -> int | None:
    """What a limit leaves; None where there is no limit."""
    try:
        most, taken = limit.read_text(encoding="ascii").strip(), used.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return max(0, int(most) - int(taken)) if most.isdigit() and taken.isdigit() else None
