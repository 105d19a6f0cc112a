"""nbgrader's own notebooks, as assignments: which one is the source, and what is handed in to it.

The pairs are those of nbgrader's own tests. Neither the notebooks nor the scores that they earn
are ours.
"""

from dataclasses import dataclass
from pathlib import Path

import nbgrader.tests.apps

FILES = Path(nbgrader.tests.apps.__file__).parent / "files"
NOTEBOOK = "p1.ipynb"
RELEASED = "as released"
"""Handed in instead of a file: what nbgrader made of the source."""


@dataclass(frozen=True)
class Assignment:
    """A source, by name without suffix, and the submissions to it."""

    source: str
    handed_in: tuple[str, ...]
    cell_seconds: int | None = None
    """A time-out other than nbgrader's 30 seconds."""
    beside: tuple[str, ...] = ()
    """Files that come with the assignment."""
    update: bool = False
    """Of an older format: `nbgrader update` is run first, as nbgrader asks for it."""

    def options(self) -> list[str]:
        """Return the arguments for `nbgrader autograde`."""
        return [f"--Execute.timeout={self.cell_seconds}"] if self.cell_seconds else []


ASSIGNMENTS = {
    "submitted": Assignment(
        "submitted-unchanged",
        (
            "submitted-unchanged",
            "submitted-changed",
            "submitted-cheat-attempt",
            "submitted-cheat-attempt-alternative",
            "submitted-grade-cell-changed",
            "submitted-locked-cell-changed",
        ),
    ),
    "test": Assignment("test", ("test", "test-with-output", RELEASED), beside=("jupyter.png",)),
    "hidden": Assignment("test-hidden-tests", ("test-hidden-tests", RELEASED)),
    "autotest-simple": Assignment(
        "autotest-simple", ("autotest-simple-unchanged", "autotest-simple-changed", RELEASED)
    ),
    "autotest-hashed": Assignment(
        "autotest-hashed", ("autotest-hashed-unchanged", "autotest-hashed-changed", RELEASED)
    ),
    "autotest-hidden": Assignment(
        "autotest-hidden",
        (
            "autotest-hidden-unchanged",
            "autotest-hidden-changed-wrong",
            "autotest-hidden-changed-right",
        ),
    ),
    "autotest-multi": Assignment(
        "autotest-multi", ("autotest-multi-unchanged", "autotest-multi-changed")
    ),
    "timeout": Assignment("timeout", ("timeout",)),
    "timeout-2": Assignment("timeout", ("timeout",), cell_seconds=2),
    "infinite-loop": Assignment("infinite-loop", ("infinite-loop",), cell_seconds=1),
    "side-effects": Assignment("side-effects", ("side-effects",)),
    "relative-file": Assignment(
        "open_relative_file", ("open_relative_file",), beside=("data.txt",)
    ),
    "environment": Assignment(
        "validating-environment-variable", ("validating-environment-variable",)
    ),
    "zero-points": Assignment("validation-zero-points", ("validation-zero-points",)),
    "version-0": Assignment("test-v0", ("test-v0",), update=True),
    "version-1": Assignment("test-v1", ("test-v1",), update=True),
    "version-2": Assignment("test-v2", ("test-v2",), update=True),
}
"""Name of the assignment -> what it is made of."""

LEFT_OUT = {
    "infinite-loop-with-output": "grows until the memory is full: stock nbgrader would take the "
    "machine with it, its own test is skipped for that, and no cell of it is graded",
    "test-no-metadata": "no cell is marked, so there is nothing to grade",
    "test-no-metadata-autotest": "no cell is marked, so there is nothing to grade",
    "test-v0-invalid": "a graded cell has no name, so nbgrader refuses to make an assignment of it",
    "too-new": "of a later version than nbgrader knows; it refuses to make an assignment of it",
}
"""Notebook -> why no gradebook row can be compared."""
