"""How much all processes of a notebook use together, added up from the warden's own /proc.

This is for machines where no cgroup can be had (see ``cgroup``). It sees each process a few times a
second, so it misses the time of one that is gone sooner and that nobody waits for, and what the
machine itself keeps for a process beyond its page tables: pipes, descriptors, the list of its maps.
"""

import contextlib
import os
import resource
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
PRIVATE = "/tmp"
"""Any folder on the tmpfs that holds home, /tmp and /dev/shm; what lies there is memory too."""
HELD = ("RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")
"""Of a process: its own pages, shared ones without a file, those in swap, the pages' tables."""
SOCKET_BYTES = 2 * 212_992
"""What a socket may hold that nobody reads: its size cannot be changed, and its last message may be
as long again."""


def too_many_processes(limit: int) -> bool:
    """Tell whether pid 1 sees more than `limit` processes and threads, itself included.

    RLIMIT_NPROC refuses them first, but Linux does not count those of uid 0, and a container's root
    is that outside of its user namespace.
    """
    pids = _pids()
    return len(pids) > limit or sum(one.threads for one in filter(None, map(_stat, pids))) > limit


class Usage:
    """What the processes that pid 1 can see, itself apart, use together."""

    def __init__(self) -> None:
        self._own = os.getpid()
        self._shared = _rough_bytes(self._own)
        """What a fork has before it does anything: the pages of the warm process."""
        self._seen: dict[tuple[int, int], int] = {}
        """Process id and start -> its own ticks when it was last seen."""
        self._gone = 0
        """Ticks of those that are not there any more, when they were last seen."""

    def cpu_seconds(self) -> float:
        """Return the processor time of the living and of the dead.

        The dead are known by who waited for them, or by having been seen alive: whichever is more.
        """
        stats = list(filter(None, map(_stat, self._others())))
        seen = {(one.pid, one.start): one.own for one in stats}
        self._gone += sum(ticks for one, ticks in self._seen.items() if one not in seen)
        self._seen = seen
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        waited_for = reaped.ru_utime + reaped.ru_stime + sum(one.all for one in stats) / TICK
        return max(waited_for, (self._gone + sum(seen.values())) / TICK)

    def out_of_memory(self, limit: int) -> bool:
        """Tell whether they use more memory than `limit` bytes."""
        return self.memory_bytes(limit) > limit

    def memory_bytes(self, limit: int) -> int:
        """Return the memory in use beyond the warm process's, files in tmpfs and sockets included.

        Counting shared pages once is slow (5 ms a process), so it is done only where counting
        them for each process could hide or feign more than `limit`.
        """
        others = self._others()
        disk = os.statvfs(PRIVATE)
        stored = (disk.f_blocks - disk.f_bfree) * disk.f_frsize + _sockets() * SOCKET_BYTES
        rough = stored + sum(_rough_bytes(pid) for pid in others)
        if rough <= limit:
            return max(0, rough - self._shared)
        return stored + sum(map(_exact_bytes, others)) - self._shared // 2

    def _others(self) -> list[int]:
        return [pid for pid in _pids() if pid != self._own]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdecimal()]  # noqa: PTH208


class _Stat(NamedTuple):
    """Of a process: ticks of its own, and with those of the children that it waited for."""

    pid: int
    start: int
    own: int
    all: int
    threads: int


def _stat(pid: int) -> _Stat | None:
    with contextlib.suppress(OSError, IndexError, ValueError):
        # The name stands in parentheses and may hold anything, a parenthesis too.
        after_name = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        ticks = list(map(int, after_name[11:15]))
        return _Stat(pid, int(after_name[19]), sum(ticks[:2]), sum(ticks), int(after_name[17]))
    return None


def _sockets() -> int:
    """Return how many sockets there are in the notebook's network, also those without a name."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int((PROC / "self/net/sockstat").read_text().split()[2])
    return 0


def _rough_bytes(pid: int, what: tuple[str, ...] = HELD) -> int:
    """Return what a process holds, as anyone may read it."""
    total = 0
    with contextlib.suppress(OSError, ValueError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(what):
                total += int(line.split()[1]) * 1024
    return total


def _exact_bytes(pid: int) -> int:
    """Return the same, a page shared by n processes counted as 1/n; where hidden, in full."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        shared = sum(
            int(line.split()[1]) * 1024
            for line in lines
            if line.startswith(("Pss_Anon:", "Pss_Shmem:"))
        )
    except (OSError, ValueError):
        return _rough_bytes(pid)
    return shared + _rough_bytes(pid, ("VmSwap:", "VmPTE:"))
