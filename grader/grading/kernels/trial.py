"""Build the sandbox once around a process with nothing to run, and name what this machine lacks.

Run as a program, since the steps cannot be undone: ``python -m grader.grading.kernels.trial``.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict

from grader.grading.kernels import namespaces, new_root, seccomp
from grader.grading.kernels.confinement import Problem, confine
from grader.grading.kernels.request import Request

USER_NAMESPACES = (
    "allow user namespaces: `sysctl user.max_user_namespaces=10000`; on Ubuntu 24.04 also "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`; on Debian 10 also "
    "`sysctl kernel.unprivileged_userns_clone=1`; in a container start it with "
    "`--security-opt seccomp=unconfined --security-opt apparmor=unconfined`, and "
    "`--security-opt unmask=ALL` (docker: `systempaths=unconfined`)"
)
LIBSECCOMP = "install it: `apt-get install libseccomp2` and `pip install pyseccomp==0.1.2`"
LANDLOCKPY = "install it: `pip install landlockpy==0.2.0`"
LANDLOCK = "use Linux 5.13 or newer with `landlock` in the boot option `lsm=`"


def problems() -> list[Problem]:
    """Return what this machine lacks, each with how to get it."""
    found = []
    try:
        from grader.grading.kernels import landlock
    except ImportError:
        found.append(Problem("the Python package landlockpy is not installed", LANDLOCKPY))
    else:
        if not landlock.supported():
            found.append(Problem("this kernel has no Landlock, which limits files", LANDLOCK))
    try:
        seccomp.build_filter()
    except seccomp.FilterMissing as error:
        found.append(Problem(f"system calls cannot be filtered: {error}", LIBSECCOMP))
    if found:
        return found
    user = namespaces.kernel_user()
    wrong = _in_child(lambda: namespaces.arrive(user))
    if wrong:
        return [Problem(f"no namespaces of our own can be opened ({wrong})", USER_NAMESPACES)]
    with tempfile.TemporaryDirectory(prefix="sa-trial-") as box:
        request = Request(connection={}, base=box, folder=None)
        readable = new_root.readable_folders()
        wrong = _in_child(lambda: confine(request, readable, user))
    return [Problem(f"the sandbox cannot be built ({wrong})", USER_NAMESPACES)] if wrong else []


def _in_child(step: Callable[[], object]) -> str:
    """Run a step in a fork with process ids of its own; return what went wrong, or nothing."""
    ours, theirs = os.pipe()
    try:
        pid = namespaces.fork()
    except OSError as error:
        return str(error)
    if pid == 0:
        try:
            step()
        except BaseException as error:
            os.write(theirs, str(error)[:500].encode() or b"?")
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as words:  # noqa: PTH123
        said = words.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return said or ("" if status == 0 else f"ended with status {status}")


def main() -> None:
    """Print the problems as JSON."""
    json.dump([asdict(problem) for problem in problems()], sys.stdout)


if __name__ == "__main__":
    main()
