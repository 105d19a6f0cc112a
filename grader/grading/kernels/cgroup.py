"""What all processes of a notebook use together, counted and limited by the machine: cgroups.

A cgroup counts what no look at processes can: memory that is shared and shown by none, page tables,
what lies in sockets and pipes, the time of children that nobody waits for. It can be had by root
where cgroups can be written (not in most containers), and by an ordinary user in a scope of their
own (``systemd-run --user --scope``). Elsewhere ``usage`` adds up what it sees.

One of them after the other holds many kernels: the machine is slow to forget one.
"""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

NAME = "seeing-attention"
PROC, MOUNTS = "/proc/self/cgroup", "/proc/self/mountinfo"
MOST_READ = 4096


@dataclass(frozen=True)
class _Version:
    """Names of files; "{}" stands for a number of bytes."""

    join: str
    """Where a process of one thread writes 0 to move here."""
    limits: tuple[tuple[str, str], ...]
    """What is written, in this order; what a machine lacks of it (swap) is left out."""
    limit: str
    """The one of them that must be there."""
    events: str
    """Holds ``oom_kill``, how many processes were killed at the limit."""
    time: str
    """Holds the processor time: in nanoseconds, or in microseconds after ``usage_usec``."""


V1 = _Version(
    join="tasks",
    limits=(
        ("memory.memsw.limit_in_bytes", "-1"),  # must never be less than the next
        ("memory.limit_in_bytes", "{}"),
        ("memory.memsw.limit_in_bytes", "{}"),
        ("memory.kmem.tcp.limit_in_bytes", str(64 << 20)),  # which is counted apart
    ),
    limit="memory.limit_in_bytes",
    events="memory.oom_control",
    time="cpuacct.usage",
)
V2 = _Version(
    join="cgroup.procs",
    limits=(("memory.max", "{}"), ("memory.swap.max", "0")),
    limit="memory.max",
    events="memory.events",
    time="cpu.stat",
)
V1_CONTROLLERS = ("memory", "cpuacct", "cpu")
"""The last one only shares the processor out: a kernel of a hundred processes gets one's share."""


@dataclass
class Group:
    """The cgroup of one kernel, a folder or, where controllers have one each, several."""

    folders: tuple[Path, ...]
    version: _Version
    _joins: list[int] = field(default_factory=list)
    _files: dict[str, int] = field(default_factory=dict)
    _before: tuple[float, int] = (0.0, 0)

    def limit(self, memory_bytes: int) -> None:
        """Set the limit and open what is needed inside the sandbox, from where none of it is seen.

        Raises:
            OSError: the machine does not let us.
        """
        for name, value in self.version.limits:
            with contextlib.suppress(FileNotFoundError):
                self._path(name).write_text(value.format(memory_bytes))
        self._path(self.version.limit).stat()
        self._joins = [os.open(folder / self.version.join, os.O_WRONLY) for folder in self.folders]
        for name in (self.version.events, self.version.time):
            self._files[name] = os.open(self._path(name), os.O_RDONLY)
        self._before = self._seconds(), self._killed()

    def join(self) -> None:
        """Move this process, which must have one thread, and all that it will start."""
        for fd in self._joins:
            os.write(fd, b"0")

    def cpu_seconds(self) -> float:
        """Return the processor time since `limit`, of the dead as well."""
        return self._seconds() - self._before[0]

    def out_of_memory(self, limit: int) -> bool:
        """Tell whether the machine killed a process because all held `limit` bytes together."""
        return self._killed() > self._before[1]

    def _seconds(self) -> float:
        words = self._words(self.version.time)
        return int(words[0]) / 1e9 if len(words) == 1 else _after("usage_usec", words) / 1e6

    def _killed(self) -> int:
        return _after("oom_kill", self._words(self.version.events))

    def _words(self, name: str) -> list[str]:
        return os.pread(self._files[name], MOST_READ, 0).decode().split()

    def _path(self, name: str) -> Path:
        """Return where a file is: in the folder that has it, or in the first, where none does."""
        return next((f / name for f in self.folders if (f / name).exists()), self.folders[0] / name)


class Groups:
    """All cgroups of one zygote; they are taken, and given back when a kernel has ended."""

    def __init__(self, parents: tuple[Path, ...], version: _Version):
        self._parents, self._version = parents, version
        self._idle: list[Group] = []
        self._all: list[Group] = []
        _sweep(parents)

    def take(self) -> Group | None:
        """Return one with no process in it; None where none can be had."""
        if self._idle:
            return self._idle.pop()
        name = f"{NAME}-{os.getpid()}-{len(self._all)}"
        group = Group(tuple(parent / name for parent in self._parents), self._version)
        try:
            for folder in group.folders:
                folder.mkdir()
        except OSError:
            _remove(group.folders)
            return None
        if not group.folders:
            return None
        self._all.append(group)
        return group

    def give_back(self, group: Group | None) -> None:
        """Take back one that is empty again."""
        if group:
            self._idle.append(Group(group.folders, group.version))

    def remove(self) -> None:
        """Remove them all, when no kernel is left."""
        for group in self._all:
            _remove(group.folders)


def groups(proc: str = PROC, mounts: str = MOUNTS) -> Groups:
    """Return this process's cgroups; where none can be had there are none to take.

    Args:
        proc: says in which cgroups this process is.
        mounts: says where cgroups can be seen.
    """
    try:
        of_this = [line.split(":", 2) for line in Path(proc).read_text().splitlines()]
        trees = [_Tree.of(line) for line in Path(mounts).read_text().splitlines()]
    except OSError:
        return Groups((), V1)
    found: dict[str, Path] = {}
    above = None
    for _, controllers, path in of_this:
        for tree in filter(None, trees):
            if not controllers and tree.version == V2:
                above = _with_memory(tree, path)
            found |= {
                name: tree.folder(path)
                for name in V1_CONTROLLERS
                if name in controllers.split(",") and name in tree.controllers
            }
    if all(name in found for name in V1_CONTROLLERS):
        return Groups(tuple(dict.fromkeys(found[name] for name in V1_CONTROLLERS)), V1)
    return Groups((above,) if above else (), V2)


@dataclass(frozen=True)
class _Tree:
    """A place where cgroups can be seen."""

    root: str
    """The cgroup that is shown there."""
    mounted: Path
    controllers: tuple[str, ...]
    version: _Version

    @classmethod
    def of(cls, line: str) -> "_Tree | None":
        """Return the tree of a line of mountinfo, if it is one."""
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(maxsplit=2)
        if kind not in ("cgroup", "cgroup2"):
            return None
        root, mounted = before.split()[3:5]
        version = V1 if kind == "cgroup" else V2
        return cls(root, Path(mounted), tuple(options.split(",")), version)

    def folder(self, path: str) -> Path:
        """Return the folder of a cgroup."""
        return self.mounted / os.path.relpath(path, self.root)


def _with_memory(tree: _Tree, path: str) -> Path | None:
    """Return the nearest folder above a cgroup whose new children have their memory limited.

    Not the cgroup itself: one that has processes cannot have such children.
    """
    for parent in tree.folder(path).parents:
        with contextlib.suppress(OSError):
            if "memory" in (parent / "cgroup.subtree_control").read_text().split():
                return parent
        if parent == tree.mounted:
            return None
    return None


def _after(word: str, words: list[str]) -> int:
    return int(words[words.index(word) + 1]) if word in words else 0


def _remove(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _sweep(parents: tuple[Path, ...]) -> None:
    """Remove what zygotes left that were killed."""
    for parent in parents:
        for left in parent.glob(f"{NAME}-*-*"):
            owner = left.name.split("-")[-2]
            if owner == str(os.getpid()) or not Path(f"/proc/{owner}").exists():
                _remove((left,))
