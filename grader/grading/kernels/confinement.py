"""What the sandbox around a kernel is made of, in which order, and what a machine lacks for it.

The order, each step because of the next:

1. mounts of our own, the new root, the student's files: needs the rights we started with;
2. the new root is entered and sealed;
3. the kernel's user, and new network, shared memory and host name;
4. no capability, and none to be had again by any program;
5. Landlock, then seccomp, which takes the calls away that the steps before needed.

All of it stands before the kernel's process is forked, so no code of a student runs outside.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.grading.kernels import files, libc, namespaces, new_root, rlimits, seccomp
from grader.grading.kernels.kernel import CONNECTION_FILE
from grader.grading.kernels.request import SOCKET_PREFIX, Request

TRIAL_SECONDS = 60


@dataclass(frozen=True)
class Problem:
    """Something that this machine lacks for confining kernels."""

    what: str
    repair: str


def confine(request: Request, readable: tuple[str, ...], user: namespaces.KernelUser) -> None:
    """Build the sandbox around this process, which is pid 1 of new process ids, for good.

    Args:
        request: what will run here.
        readable: what it may read of this machine.
        user: who it will be, from `namespaces.kernel_user` before the fork.

    Raises:
        OSError: the machine does not let us.
        files.TooMuch: the student's folder does not fit.
    """
    from grader.grading.kernels import landlock  # its library is there on Linux only

    view = new_root.View(
        readable=readable,
        sockets=request.connection is not None,
        disk_bytes=request.limits.disk_bytes,
    )
    uid, gid = namespaces.arrive(user)
    namespaces.open_mounts()
    new_root.build(request.base, view, uid, gid, user.inside)
    if request.connection is not None:
        connection = Path(request.base + CONNECTION_FILE)
        connection.parent.mkdir(exist_ok=True)
        inside = request.connection | {"ip": f"{new_root.SOCKETS}/{SOCKET_PREFIX}"}
        connection.write_text(json.dumps(inside))
    if request.folder is not None:
        work = request.base + new_root.WORK
        files.copy_in(request.folder, work, request.limits.disk_bytes // 2, uid, gid)
    new_root.seal(request.base)
    new_root.enter(request.base)
    namespaces.enter(uid, gid)
    # A change of user clears this; from here on nothing does.
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.drop_capabilities()
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict_files(
        readable=("/",),
        writable=(new_root.HOME, "/tmp", "/dev/shm"),
        devices=("/dev/pts/", *(f"/dev/{name}" for name in new_root.DEVICES)),
        sockets=(new_root.SOCKETS,) if view.sockets else (),
    )
    rlimits.dump_no_core()
    seccomp.filter_calls()
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    os.chdir(new_root.WORK)


def missing() -> list[Problem]:
    """Return what this machine lacks for confining kernels; nothing: it can.

    The sandbox is built for real around a process of its own that has nothing to run.
    """
    if not sys.platform.startswith("linux"):
        return [
            Problem(
                f"kernels are confined by Linux, and this is {sys.platform}",
                "grade on Linux, or in a Linux container or virtual machine",
            )
        ]
    tried = subprocess.run(
        [sys.executable, "-P", "-m", "grader.grading.kernels.trial"],
        capture_output=True,
        text=True,
        timeout=TRIAL_SECONDS,
        check=False,
    )
    try:
        return [Problem(**problem) for problem in json.loads(tried.stdout)]
    except ValueError:
        last = (tried.stderr.strip().splitlines() or ["no output"])[-1]
        return [Problem(f"the trial of the confinement ended badly: {last[:300]}", "report this")]
