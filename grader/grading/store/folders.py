"""autograded/<student>/<slug>/: graded notebooks, written atomically, as a whole folder."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.course import Course


def write_graded(
    course: Course,
    slug: str,
    student: str,
    notebooks: dict[str, bytes],
    files: dict[str, bytes],
    timestamp: bytes | None,
) -> None:
    """Write autograded/<student>/<slug>/ as a whole: the old folder stays until the new is there.

    Args:
        course: whose folder.
        slug: the assignment.
        student: the student's id.
        notebooks: name without suffix -> bytes.
        files: what lies beside them.
        timestamp: contents of timestamp.txt, by which nbgrader knows a newer submission.
    """
    target = course.folder("autograded", slug, student)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        everything = {f"{name}.ipynb": data for name, data in notebooks.items()} | files
        if timestamp is not None:
            everything["timestamp.txt"] = timestamp
        for name, data in everything.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o444)  # as nbgrader does: what was graded is not edited by accident
        fresh.chmod(0o755)
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
            target.rename(old / slug)
            fresh.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def replace_notebooks(course: Course, slug: str, student: str, notebooks: dict[str, bytes]) -> None:
    """Put other graded notebooks into a submission's folder; what lies beside them stays."""
    for name, data in notebooks.items():
        path = course.folder("autograded", slug, student) / f"{name}.ipynb"
        if write_atomically(path, data):
            path.chmod(0o444)


def clean_up(course: Course, slug: str) -> None:
    """Remove what a crash left of folders that were being written; put a lone old one back.

    The caller holds the course's lock.
    """
    for left in (course.path / "autograded").glob("*/.old-*"):
        if (left / slug).is_dir():
            if not (left.parent / slug).exists():
                (left / slug).rename(left.parent / slug)
            shutil.rmtree(left, ignore_errors=True)
    for left in (course.path / "autograded").glob("*/.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in (course.path / "kept").glob("*/.new-*"):
        left.unlink(missing_ok=True)


def read_graded(course: Course, slug: str, student: str, names: Iterable[str]) -> dict[str, bytes]:
    """Return the graded notebooks of a student, by name.

    Raises:
        OSError: one is not there.
    """
    folder = course.folder("autograded", slug, student)
    return {name: (folder / f"{name}.ipynb").read_bytes() for name in names}


def digest_of(notebooks: Mapping[str, bytes]) -> str:
    """Return one hash of graded notebooks; nbgrader may have written the same with other spaces."""
    plain = {name: json.loads(data) for name, data in notebooks.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
