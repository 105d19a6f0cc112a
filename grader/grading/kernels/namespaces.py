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


def started_as_root() -> bool:
    """Tell whether this process is the machine's root, who must become someone else first."""
    return os.geteuid() == 0


def kernel_user() -> tuple[int, int]:
    """Return the user and group id that a kernel will have inside."""
    return (NOBODY, NOBODY) if started_as_root() else (os.getuid(), os.getgid())


def fork() -> int:
    """Fork as ``os.fork``; the child is pid 1 of process ids of its own, and has to `arrive`.

    For an ordinary user it is also in a user namespace, which makes all the others possible.

    Raises:
        OSError: the machine does not let us.
    """
    users = 0 if started_as_root() else libc.CLONE_NEWUSER
    return libc.fork(users | libc.CLONE_NEWPID)


def arrive(uid: int, gid: int) -> tuple[int, int]:
    """In what `fork` made: return the user and group id outside, be them where it has users.

    Args:
        uid: of `kernel_user`, asked before the fork.
        gid: likewise.

    Raises:
        OSError: the machine does not let us.
    """
    if os.geteuid() != 0:  # root stays root until `enter`
        _map((uid, gid), (uid, gid))
        return uid, gid
    own = FIRST_UID + int(os.readlink("/proc/self"))  # noqa: PTH115, of no file
    return (own, own) if _is_mapped(own) else (uid, gid)


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
    if started_as_root():
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
