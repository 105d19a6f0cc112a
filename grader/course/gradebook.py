"""nbgrader's gradebook, opened so that it works from any environment."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.folder import Course


@contextmanager
def open_gradebook(course: Course) -> Iterator:
    """Open the gradebook of `course`; yields an ``nbgrader.api.Gradebook``."""
    find_alembic()
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    # nbgrader's way to make rows; harmless, and no news to an instructor.
    warnings.filterwarnings("ignore", category=SAWarning)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        yield gradebook


def find_alembic() -> None:
    """Put the folder of this Python's programs on PATH.

    On a fresh gradebook nbgrader runs `alembic` from PATH; without an activated environment it is
    not there.
    """
    programs = str(Path(sys.executable).parent)
    folders = os.environ.get("PATH", "").split(os.pathsep)
    if programs not in folders:
        os.environ["PATH"] = os.pathsep.join([programs, *folders])
