"""The sandbox that a batch's kernels run in, and when they may run without one.

A notebook in a kernel without a sandbox can read and change what we can. So without one nothing is
graded: unless it is our own sample class, whose notebooks we wrote, or the instructor insists and
neither the secret nor the gradebook is within the kernels' reach.
"""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from grader.course.course import Course
from grader.errors import GraderError
from grader.grading.kernels import CONFINED, STOCK

if TYPE_CHECKING:
    from grader.grading.kernels.zygote import Warming


class NoSandbox(GraderError):
    """This machine cannot confine kernels, or the course lies open to unconfined ones."""


def choose_kernels(course: Course, slug: str, *, unconfined: bool) -> str:
    """Return the name of the provisioner that a batch's kernels come from.

    Args:
        course: whose submissions are graded.
        slug: the assignment.
        unconfined: whether the instructor asked to go on without a sandbox.

    Raises:
        NoSandbox: kernels cannot be confined here, or may not go unconfined; says what to do.
    """
    from grader.course.sample import is_sample

    if not unconfined:
        problems = _missing()
        if not problems:
            return CONFINED
        if is_sample(course, slug):
            return STOCK
        lines = [f"- {problem.what}; {problem.repair}" for problem in problems]
        raise NoSandbox(
            "This machine cannot confine kernels, so nothing was graded:\n"
            + "\n".join(lines)
            + "\n`grader doctor` looks again; --unconfined grades submissions that you trust."
        )
    if not is_sample(course, slug):
        open_to_all = [name for name in _private(course) if os.access(course.path / name, os.R_OK)]
        if open_to_all:
            raise NoSandbox(
                f"Unconfined kernels would run as you, and you can read {course.path}/"
                f"{open_to_all[0]}: a notebook could then take the secret or change every grade. "
                "Grade on a machine that confines kernels (`grader doctor` says what this one "
                "lacks), or in a Linux container or virtual machine."
            )
    return STOCK


@contextlib.contextmanager
def begin_kernels(provisioner: str) -> Iterator["Warming | None"]:
    """Begin with what `kernels` will need, and end it where that never came to be.

    Args:
        provisioner: where the kernels come from.
    """
    from grader.grading.kernels.zygote import warming

    with warming() if _ours(provisioner) else contextlib.nullcontext() as begun:
        yield begun


@contextlib.contextmanager
def kernels(
    provisioner: str,
    texts: Sequence[str] = (),
    libraries: Sequence[str] = (),
    begun: "Warming | None" = None,
) -> Iterator[Callable[[], None] | None]:
    """Hold what the kernels of a batch share: the warm process, when they are confined.

    Args:
        provisioner: where they come from.
        texts: what notebooks will ask the model for.
        libraries: of `zygote.LIBRARIES`, those that they import.
        begun: from `begin_kernels`, whose block ends after this one.

    Yields:
        A function that starts another one if the first was lost; None where none is ours.
    """
    from grader.grading.kernels.zygote import SOCKET_VARIABLE

    if not _ours(provisioner):
        yield None
        return
    with contextlib.ExitStack() as stack:
        stack.callback(os.environ.pop, SOCKET_VARIABLE, None)
        yield _Warmth(stack, texts, libraries, begun).mend


def _ours(provisioner: str) -> bool:
    """Tell whether kernels need a warm process, and none is shared with us."""
    from grader.grading.kernels.zygote import SOCKET_VARIABLE

    return provisioner == CONFINED and SOCKET_VARIABLE not in os.environ


class _Warmth:
    """A warm process, known to workers by the environment, and another when it is lost."""

    def __init__(
        self,
        stack: contextlib.ExitStack,
        texts: Sequence[str],
        libraries: Sequence[str],
        begun: "Warming | None" = None,
    ):
        self.stack, self.texts, self.libraries = stack, texts, libraries
        self._start(begun)

    def mend(self) -> None:
        """Start another warm process, unless the present one answers."""
        from grader.grading.kernels.zygote import SOCKET_VARIABLE

        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            if door.connect_ex(os.environ[SOCKET_VARIABLE]) == 0:
                return
        self._start()

    def _start(self, begun: "Warming | None" = None) -> None:
        from grader.grading.kernels.zygote import SOCKET_VARIABLE, warming

        begun = begun or self.stack.enter_context(warming())
        os.environ[SOCKET_VARIABLE] = str(begun.ready(self.texts, self.libraries).path)


def _missing() -> list:
    from grader.grading.kernels.confinement import missing

    return missing()


def _private(course: Course) -> list[str]:
    """The files in the course folder that no kernel may read."""
    return ["secret"] if course.database else ["secret", "gradebook.db"]
