"""How much all processes of a notebook use together, read from the warden's own /proc."""

import contextlib
import os
import resource
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
PRIVATE = "/tmp"
"""Any folder on the tmpfs that holds home, /tmp and /dev/shm; what lies there is memory too."""


class Usage:
    """What the processes that pid 1 can see, itself apart, use together."""

    def __init__(self) -> None:
        self._own = os.getpid()
        self._shared = _rough_bytes(self._own)
        """What a fork has before it does anything: the pages of the warm process."""

    def cpu_seconds(self) -> float:
        """Return the processor time of the living and of those that have been waited for."""
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        ticks = sum(_ticks(pid) for pid in self._others())
        return reaped.ru_utime + reaped.ru_stime + ticks / TICK

    def memory_bytes(self, limit: int) -> int:
        """Return the memory in use beyond the warm process's, the files in tmpfs included.

        Counting shared pages once is slow (5 ms a process), so it is done only where counting
        them for each process could hide or feign more than `limit`.
        """
        others = self._others()
        disk = os.statvfs(PRIVATE)
        stored = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        rough = stored + sum(_rough_bytes(pid) for pid in others)
        if rough <= limit:
            return max(0, rough - self._shared)
        return stored + sum(map(_exact_bytes, others)) - self._shared // 2

    def _others(self) -> list[int]:
        pids = (int(name) for name in os.listdir(PROC) if name.isdecimal())  # noqa: PTH208
        return [pid for pid in pids if pid != self._own]


def _ticks(pid: int) -> int:
    """Return user, system, and waited-for children's time of a process in clock ticks."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        # The name stands in parentheses and may hold anything, a parenthesis too.
        after_name = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, after_name[11:15]))
    return 0


def _rough_bytes(pid: int) -> int:
    """Return anonymous and shared memory of a process; anyone may read it."""
    total = 0
    with contextlib.suppress(OSError, ValueError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                total += int(line.split()[1]) * 1024
    return total


def _exact_bytes(pid: int) -> int:
    """Return the same, a page shared by n processes counted as 1/n; where hidden, in full."""
    total = 0
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                total += int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return _rough_bytes(pid)
    return total
