"""What nbgrader's exchange needs beside a feedback page, so that `release_feedback` takes it.

A released page is named by a hash of the submission's secret, which `nbgrader submit` made and
the student's machine keeps: by it `nbgrader fetch_feedback` finds the page. A submission from a
platform has none, so it gets one that nobody can guess; its student gets the page by the platform.
"""

import hashlib
import hmac
from datetime import datetime

from grader.atomic import write_atomically
from grader.course.chosen import STAMP
from grader.course.course import Course
from grader.course.times import stamp
from grader.grading.store.record import Entry

SECRET = "submission_secret.txt"
_LONGEST = 1000


def write_for_exchange(course: Course, entry: Entry) -> None:
    """Write secret and time beside a student's pages, where they are not there already."""
    folder = course.folder("feedback", entry.exercise, entry.student)
    write_atomically(folder / SECRET, _secret(course, entry))
    write_atomically(folder / STAMP, _time(course, entry))


def _secret(course: Course, entry: Entry) -> bytes:
    path = course.folder("submitted", entry.exercise, entry.student) / SECRET
    if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LONGEST:
        given = path.read_bytes()
        if given.strip() and given.isascii():
            return given
    about = f"feedback\0{entry.exercise}\0{entry.student}".encode()
    return hmac.new(course.secret(), about, hashlib.sha256).hexdigest().encode()


def _time(course: Course, entry: Entry) -> bytes:
    """Return when the submission was handed in, else when it was graded, as nbgrader writes it."""
    path = course.folder("autograded", entry.exercise, entry.student) / STAMP
    return path.read_bytes() if path.is_file() else stamp(datetime.fromisoformat(entry.at))
