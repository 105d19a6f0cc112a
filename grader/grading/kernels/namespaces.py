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
"""What a kernel runs as when we were started as root."""

SIOCSIFFLAGS = 0x8914
IFF_UP_RUNNING = 0x1 | 0x40
HOST_NAME = "seeing-attention"


def started_as_root() -> bool:
    """Tell whether this process is the machine's root, who must become someone else first."""
    return os.geteuid() == 0


def kernel_user() -> tuple[int, int]:
    """Return the user and group id that a kernel will have, inside and outside."""
    return (NOBODY, NOBODY) if started_as_root() else (os.getuid(), os.getgid())


def fork() -> int:
    """Fork as ``os.fork``; the child is pid 1 of process ids of its own, and has to `arrive`.

    For an ordinary user it is also in a user namespace, which makes all the others possible.

    Raises:
        OSError: the machine does not let us.
    """
    users = 0 if started_as_root() else libc.CLONE_NEWUSER
    return libc.fork(users | libc.CLONE_NEWPID)


def arrive(uid: int, gid: int) -> None:
    """In what `fork` made: be `uid` and `gid`, as outside, where it has users of its own.

    Raises:
        OSError: the machine does not let us.
    """
    if os.geteuid() != 0:  # root stays root until `enter`
        _map_to_self(uid, gid)


def open_mounts() -> None:
    """Take mounts of our own; nothing mounted from here on is seen outside."""
    libc.unshare(libc.CLONE_NEWNS)
    libc.mount("none", "/", flags=libc.MS_REC | libc.MS_PRIVATE)


def enter(uid: int, gid: int) -> None:
    """Become the kernel's user and open the remaining namespaces; loopback is the only network.

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
        _map_to_self(uid, gid)
    else:
        libc.unshare(rest)
    socket.sethostname(HOST_NAME)
    _bring_up_loopback()


def _map_to_self(uid: int, gid: int) -> None:
    here = Path("/proc/self")
    with contextlib.suppress(FileNotFoundError):  # kernels before 3.19 have no such file
        (here / "setgroups").write_text("deny")
    (here / "uid_map").write_text(f"{uid} {uid} 1")
    (here / "gid_map").write_text(f"{gid} {gid} 1")


def _bring_up_loopback() -> None:
    """Switch `lo` on: ipykernel binds 127.0.0.1 even when it talks over ipc."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))
