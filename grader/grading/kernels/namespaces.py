"""Own users, processes, network, mounts, shared memory and host name for one kernel.

In two steps: ``fork`` makes the process that is pid 1 there, since new process ids count for
children only; that one calls ``arrive`` and ``enter``, with the building of the new root between.

Left: bubblewrap does all of this and does it well, but by starting a program. A kernel must stay a
fork of the warm process.
"""

import contextlib
import fcntl
import os
import socket
import struct
from pathlib import Path
from typing import NamedTuple

from grader.grading.kernels import libc

NOBODY = 65534
"""What a kernel that root started is called inside; and outside, where there are few users."""
FIRST_UID = 0x70000000
"""Of the users that kernels are when root started them, each by its process id: what the machine
counts for a user (pipes, watches, descriptors on their way) a kernel shares with no other. No
system gives these numbers to anyone."""

SIOCSIFFLAGS = 0x8914
IFF_UP_RUNNING = 0x1 | 0x40
TCP_BUFFERS = "4096 65536 131072"
"""Least, usual and most bytes of what a TCP connection has on its way; up to 6 MB otherwise."""
HOST_NAME = "seeing-attention"
CAP_SYS_ADMIN = 21


class KernelUser(NamedTuple):
    """Who a kernel is: user and group id."""

    inside: tuple[int, int]
    ours: tuple[int, int]
    """Of the process that forks: who it stays outside, unless root becomes someone else."""


def started_as_root() -> bool:
    """Tell whether this process is the machine's root, who must become someone else first.

    A container's root as a rule is not: it lacks the right to open namespaces as it is, and takes
    a user namespace like an ordinary user.
    """
    return os.geteuid() == 0 and _has(CAP_SYS_ADMIN)


def kernel_user() -> KernelUser:
    """Return who a kernel will be; nobody where we are root, in a container or not."""
    ours = (os.geteuid(), os.getegid())
    return KernelUser((NOBODY, NOBODY) if os.geteuid() == 0 else ours, ours)


def fork() -> int:
    """Fork as ``os.fork``; the child is pid 1 of process ids of its own, and has to `arrive`.

    Where we are not root it is also in a user namespace, which makes all the others possible.

    Raises:
        OSError: the machine does not let us.
    """
    users = 0 if started_as_root() else libc.CLONE_NEWUSER
    return libc.fork(users | libc.CLONE_NEWPID)


def arrive(user: KernelUser) -> tuple[int, int]:
    """In what `fork` made: return the user and group id outside, be them where it has users.

    Args:
        user: from `kernel_user`, asked before the fork.

    Raises:
        OSError: the machine does not let us.
    """
    if os.geteuid() != 0:  # root stays root until `enter`; in a user namespace nobody is, yet
        _map(user.inside, user.ours)
        return user.inside
    own = FIRST_UID + int(os.readlink("/proc/self"))  # noqa: PTH115, of no file
    return (own, own) if _is_mapped(own) else user.inside


def open_mounts() -> None:
    """Take mounts of our own; nothing mounted from here on is seen outside."""
    libc.unshare(libc.CLONE_NEWNS)
    libc.mount("none", "/", flags=libc.MS_REC | libc.MS_PRIVATE)


def enter(uid: int, gid: int) -> None:
    """Become the kernel's user and open the remaining namespaces; loopback is the only network.

    Args:
        uid: outside.
        gid: outside.

    Raises:
        OSError: the machine does not let us.
    """
    rest = libc.CLONE_NEWNET | libc.CLONE_NEWIPC | libc.CLONE_NEWUTS
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        # Changing the user made this process undumpable: its own /proc entries are root's now,
        # and it could not write its map.
        libc.prctl(libc.PR_SET_DUMPABLE, 1)
        libc.unshare(libc.CLONE_NEWUSER | rest)
        _map((NOBODY, NOBODY), (uid, gid))
    else:
        libc.unshare(rest)
    socket.sethostname(HOST_NAME)
    _bring_up_loopback()
    for name in ("tcp_rmem", "tcp_wmem"):
        (Path("/proc/sys/net/ipv4") / name).write_text(TCP_BUFFERS)


def _has(capability: int) -> bool:
    """Tell whether this process has a capability; one that cannot look it up has what root has."""
    with contextlib.suppress(OSError, IndexError):
        status = (Path("/proc/self") / "status").read_text(errors="replace")
        effective = int(status.split("CapEff:")[1].split()[0], base=16)
        return bool(effective >> capability & 1)
    return True


def _is_mapped(uid: int) -> bool:
    """Tell whether there is such a user here; in a container of its own users there may not be."""
    lines = (Path("/proc/self") / "uid_map").read_text().splitlines()
    maps = (map(int, line.split()) for line in lines)
    return any(first <= uid < first + count for first, _, count in maps)


def _map(inside: tuple[int, int], outside: tuple[int, int]) -> None:
    here = Path("/proc/self")
    with contextlib.suppress(FileNotFoundError):  # kernels before 3.19 have no such file
        (here / "setgroups").write_text("deny")
    for name, one, other in zip(("uid_map", "gid_map"), inside, outside, strict=True):
        (here / name).write_text(f"{one} {other} 1")


def _bring_up_loopback() -> None:
    """Switch `lo` on: ipykernel binds 127.0.0.1 even when it talks over ipc."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))
