"""The few folders that a kernel sees: the system's programs, Python, the model, and its own home.

Built on an empty tmpfs in mounts of our own and entered by pivot_root, so what is not listed here
does not exist inside: not the course, not other submissions, not this machine's /etc or /home.
The parents of the listed folders are ours too, so an interpreter in a folder that only root may
enter works as well.
"""

import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.grading.kernels import libc

HOME = "/home/student"
WORK = f"{HOME}/work"
"""The kernel's working folder: a copy of the folder of the student's notebook."""

SOCKETS = "/run/sockets"
"""Where a kernel is heard: a file system of its own, in memory, which a worker is handed to enter.

Not the one of home and /tmp: that is to be gone with the kernel, whoever still holds this one.
"""
SOCKETS_BYTES, SOCKETS_INODES = 64 * 1024, 64

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
DEVICES = ("null", "full", "random", "urandom", "tty")
FROM_ETC = ("ld.so.cache", "alternatives", "fonts", "localtime", "mime.types", "protocols")
FROM_SYS = ("/sys/devices/system/cpu", "/sys/devices/system/node")
NO_PROGRAMS = libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC
TERMINALS = 64
"""The machine has some thousand for all of its kernels."""
SKELETON_BYTES = 1024 * 1024
INODES = 20_000


@dataclass(frozen=True)
class View:
    """What a kernel sees of the machine."""

    readable: tuple[str, ...]
    """Folders, absolute, without symlinks, that appear read-only under their own names."""
    sockets: bool
    """Whether there is a folder SOCKETS."""
    disk_bytes: int
    """The size of home, /tmp and /dev/shm together."""


def readable_folders(extra: Iterable[Path] = ()) -> tuple[str, ...]:
    """Return the folders that Python needs here, and `extra`, without those inside another.

    Of an editable install only the package's own folder is taken, never its repository, which
    may hold exercises with their solutions.
    """
    import grader

    wanted = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    wanted |= {Path(grader.__file__).parent, *extra}
    # A virtual environment's python is a symlink; its target may lie under a name of its own.
    wanted.add(Path(os.path.realpath(sys.executable)).parent.parent)
    real = sorted({path.resolve() for path in wanted} | {path.absolute() for path in wanted})
    kept: list[Path] = []
    for path in real:
        if path == Path("/") or not path.is_dir():
            continue
        inside = any(path.is_relative_to(other) for other in [*kept, *map(Path, SYSTEM)])
        if not inside:
            kept.append(path)
    return tuple(str(path) for path in kept)


def build(base: str, view: View, uid: int, gid: int, inside: tuple[int, int]) -> None:
    """Build the new root on the folder `base`, any empty one; ``enter`` makes it the root.

    Args:
        base: see above.
        view: what there is to see.
        uid: who may write in home, /tmp and /dev/shm, by the numbers that hold now.
        gid: likewise.
        inside: the same user and group by the numbers that will hold, for /etc.

    Needs mounts of our own and the right to mount. Until ``seal``, files may be written to it.
    """
    libc.mount("root", base, "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, _tmpfs(SKELETON_BYTES, 0o755))
    root = Path(base)
    for path in SYSTEM:
        _show_system(root, path)
    # Before what is readable: Python, or the model, may itself lie below /tmp or /home/student.
    _fill_private(root, view, uid, gid)
    for path in view.readable:
        _bind(path, root)
    _fill_etc(root, inside)
    _fill_dev(root)
    for path in FROM_SYS:
        if Path(path).is_dir():
            _bind(path, root)
    if view.sockets:
        target = _folder(root / SOCKETS.lstrip("/"))
        options = _tmpfs(SOCKETS_BYTES, 0o700, SOCKETS_INODES) + f",uid={uid},gid={gid}"
        libc.mount("sockets", target, "tmpfs", NO_PROGRAMS, options)
    proc = _folder(root / "proc")
    libc.mount("proc", proc, "proc", NO_PROGRAMS)


def seal(base: str) -> None:
    """Make the root itself read-only; all that stays writable is a mount of its own by now."""
    read_only = libc.MS_RDONLY | libc.MS_NOSUID | libc.MS_NODEV
    libc.mount("none", base, flags=libc.MS_REMOUNT | libc.MS_BIND | read_only)


def enter(base: str) -> None:
    """Make `base` the root and forget the old one."""
    os.chdir(base)
    libc.pivot_root_here()


def _tmpfs(size: int, mode: int, inodes: int = INODES) -> str:
    return f"size={size},mode={mode:o},nr_inodes={inodes}"


def _folder(path: Path, mode: int = 0o755) -> str:
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    return str(path)


def _bind(source: str, root: Path) -> None:
    """Show `source`, and all that is mounted below it, under its own name, read-only."""
    target = _folder(root / source.lstrip("/"))
    libc.mount(source, target, flags=libc.MS_BIND | libc.MS_REC)
    attributes = libc.MOUNT_ATTR_NOSUID | libc.MOUNT_ATTR_NODEV | libc.MOUNT_ATTR_RDONLY
    libc.set_mount_attributes(target, attributes)


def _show_system(root: Path, path: str) -> None:
    """Show a folder of the system, or repeat the symlink that it is (/bin -> usr/bin)."""
    if Path(path).is_symlink():
        (root / path.lstrip("/")).symlink_to(Path(path).readlink())
    elif Path(path).is_dir():
        _bind(path, root)


def _fill_etc(root: Path, user: tuple[int, int]) -> None:
    """Write an /etc with one user and no secrets; of the machine's only what programs need."""
    uid, gid = user
    etc = Path(_folder(root / "etc"))
    (etc / "passwd").write_text(f"student:x:{uid}:{gid}:student:{HOME}:/bin/bash\n")
    (etc / "group").write_text(f"student:x:{gid}:\n")
    (etc / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    for name in FROM_ETC:
        source = Path("/etc") / name
        if source.is_symlink():
            (etc / name).symlink_to(source.readlink())
        elif source.is_dir():
            _bind(str(source), root)
        elif source.is_file() and source.stat().st_size < SKELETON_BYTES // 4:
            (etc / name).write_bytes(source.read_bytes())


def _fill_dev(root: Path) -> None:
    """Show the harmless devices and give the kernel terminals of its own (``!cmd`` needs one)."""
    dev = Path(_folder(root / "dev"))
    for name in DEVICES:
        source = Path("/dev") / name
        if source.exists() and stat.S_ISCHR(source.stat().st_mode):
            (dev / name).touch()
            libc.mount(str(source), str(dev / name), flags=libc.MS_BIND)
    libc.mount(
        "devpts",
        _folder(dev / "pts"),
        "devpts",
        libc.MS_NOSUID | libc.MS_NOEXEC,
        f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}",
    )
    (dev / "ptmx").symlink_to("pts/ptmx")
    (dev / "fd").symlink_to("/proc/self/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (dev / name).symlink_to(f"/proc/self/fd/{number}")


def _fill_private(root: Path, view: View, uid: int, gid: int) -> None:
    """Make home, /tmp and /dev/shm on one tmpfs, so that one size holds for all three."""
    base = _folder(root / "private")
    options = _tmpfs(view.disk_bytes, 0o700) + f",uid={uid},gid={gid}"
    libc.mount("private", base, "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, options)
    for name, target in (("home", HOME), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        source = _folder(Path(base) / name, 0o700)
        os.chown(source, uid, gid)
        libc.mount(source, _folder(root / target.lstrip("/")), flags=libc.MS_BIND)
    libc.unmount(base)
    Path(base).rmdir()
    work = _folder(root / WORK.lstrip("/"), 0o700)
    os.chown(work, uid, gid)
