"""nbgrader's gradebook, opened so that it works from any environment and beside other writers."""

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.course.course import Course
from grader.errors import CourseError
from grader.extras import install

BUSY_SECONDS = 60
"""How long we wait for another writer, such as formgrader, to be done."""
TRIES = 6


@contextmanager
def open_gradebook(course: Course, *, writing: bool = False) -> Iterator:
    """Open the gradebook of `course`; yields an ``nbgrader.api.Gradebook``.

    Args:
        course: whose.
        writing: for a batch's session: a transaction then holds SQLite's lock from its start, so
            that it cannot be refused half-way; the session must not rest within one.

    Raises:
        CourseError: there is no such database, or no driver for it.
    """
    find_alembic()
    from nbgrader.api import Gradebook
    from sqlalchemy import event
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    # nbgrader's way to make rows; harmless, and no news to an instructor.
    warnings.filterwarnings("ignore", category=SAWarning)
    try:
        gradebook = Gradebook(course.db_url, course.course_id)
    except (ImportError, SQLAlchemyError) as error:
        raise CourseError(_no_database(course, error)) from error
    with gradebook:
        if gradebook.engine.dialect.name == "sqlite":
            gradebook.db.rollback()
            gradebook.engine.dispose()
            event.listen(gradebook.engine, "connect", _at_our_word if writing else _patient)
            if writing:
                event.listen(gradebook.engine, "begin", _at_once)
        yield gradebook


def in_one_transaction(gradebook: Any, work: Callable[[], Any]) -> Any:
    """Do `work` and commit it, as a whole or not at all; again where another writer came between.

    Args:
        gradebook: an open ``nbgrader.api.Gradebook``.
        work: reads and writes rows; must do the same when it is called again.
    """
    from sqlalchemy.exc import DBAPIError

    for left in reversed(range(TRIES)):
        gradebook.db.rollback()  # nothing that was read before counts
        try:
            done = work()
            gradebook.db.commit()
            return done
        except DBAPIError as error:  # locked, a deadlock, a row that somebody made first
            gradebook.db.rollback()
            if not left:
                raise
            if error.connection_invalidated:
                gradebook.engine.dispose()
            time.sleep(0.1 * (TRIES - left))
        except BaseException:
            gradebook.db.rollback()
            raise


def find_alembic() -> None:
    """Put the folder of this Python's programs on PATH.

    On a fresh gradebook nbgrader runs `alembic` from PATH; without an activated environment it is
    not there.
    """
    programs = str(Path(sys.executable).parent)
    folders = os.environ.get("PATH", "").split(os.pathsep)
    if programs not in folders:
        os.environ["PATH"] = os.pathsep.join([programs, *folders])


def _patient(connection, _) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _at_our_word(connection, record) -> None:
    _patient(connection, record)
    connection.isolation_level = None  # Python's driver would begin by itself, and too late


def _at_once(connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _no_database(course: Course, error: Exception) -> str:
    where = f"{course.path / 'course.toml'}: db_url" if course.database else course.db_url
    if isinstance(error, ImportError):
        return (
            f"{where} needs a driver that is not installed ({error.name}); "
            f"{install('postgresql')}, and write postgresql+psycopg://..."
        )
    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{where}: the database does not answer: {words[0] if words else error}."
