"""The system calls that Python 3.11 has no name for, each raising OSError when it fails.

Called through ctypes and not through a library: they are few, stable, and must work in a process
that was forked from a warm one, where starting ``unshare`` or ``bwrap`` as a program would lose the
very imports that the fork is for.
"""

import ctypes
import os
import platform
import signal

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MS_RDONLY = 0x1
MNT_DETACH = 2
MADV_COLLAPSE = 25

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

SYS_MOUNT_SETATTR = 442
SYS_CLONE = {"x86_64": 56, "aarch64": 220, "riscv64": 220, "ppc64le": 120}
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
AT_RECURSIVE = 0x8000
AT_FDCWD = -100
LINUX_CAPABILITY_VERSION_3 = 0x20080522
HIGHEST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)
_held = ctypes.PyDLL(None, use_errno=True)
"""The same without letting go of Python's lock: a child could not take it again."""


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def collapse(start: int, length: int) -> None:
    """Join the pages of this range to large ones."""
    result = _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), MADV_COLLAPSE)
    _checked(result, "madvise")


def fork(flags: int) -> int:
    """Fork as ``os.fork``, the child in the new namespaces named by `flags`.

    Only for a process of one thread.
    """
    number = SYS_CLONE.get(platform.machine())
    if number is None:
        raise OSError(f"clone: its number on {platform.machine()} is not known here")
    _held.PyOS_BeforeFork()
    pid = _held.syscall(number, flags | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        _held.PyOS_AfterFork_Child()
    else:
        _held.PyOS_AfterFork_Parent()
    return _checked(pid, f"clone({flags:#x})")


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones."""
    _checked(_libc.unshare(flags), f"unshare({flags:#x})")


def mount(
    source: str, target: str, kind: str | None = None, flags: int = 0, data: str | None = None
) -> None:
    """Mount `source` on `target`."""
    _checked(
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"mount {kind or 'bind'} on {target}",
    )


def unmount(target: str) -> None:
    """Detach what is mounted on `target`; those who hold it open keep it."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def set_mount_attributes(target: str, attributes: int) -> None:
    """Add attributes (read-only, no devices ...) to `target` and all that is mounted below it."""

    class MountAttributes(ctypes.Structure):
        _fields_ = (
            ("attr_set", ctypes.c_uint64),
            ("attr_clr", ctypes.c_uint64),
            ("propagation", ctypes.c_uint64),
            ("userns_fd", ctypes.c_uint64),
        )

    wanted = MountAttributes(attr_set=attributes)
    _checked(
        _libc.syscall(
            SYS_MOUNT_SETATTR,
            AT_FDCWD,
            target.encode(),
            AT_RECURSIVE,
            ctypes.byref(wanted),
            ctypes.sizeof(wanted),
        ),
        f"mount_setattr {target}",
    )


def pivot_root_here() -> None:
    """Make the current folder the root, and detach the old root."""
    number = SYS_PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError(f"pivot_root: its number on {platform.machine()} is not known here")
    _checked(_libc.syscall(number, b".", b"."), "pivot_root")
    unmount(".")
    os.chdir("/")


def prctl(option: int, value: int = 0) -> int:
    """Call prctl with one value."""
    return _checked(
        _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl({option}, {value})"
    )


def drop_capabilities() -> None:
    """Give up every capability, for this process and for all that it will start."""
    for capability in range(HIGHEST_CAPABILITY + 1):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, none), "capset")
