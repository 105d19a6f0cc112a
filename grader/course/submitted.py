"""submitted/ and earlier/: a submission is written whole, and what it replaces is kept."""

import tempfile
from datetime import datetime
from pathlib import Path

from grader.course.archive import MEMBER
from grader.course.chosen import STAMP
from grader.course.folder import Course
from grader.course.times import read_stamp, stamp


def write_submission(
    course: Course, slug: str, student: str, files: dict[str, bytes], handed_in: datetime | None
) -> str:
    """Write what `student` handed in; what was there before moves to earlier/.

    Returns:
        ``new``, ``replaced``, ``unchanged``, or ``older``: what is there came later and stays.
    """
    target = course.folder("submitted", slug, student)
    before = present(target)
    was = read_stamp(before.pop(STAMP)) if STAMP in before else None
    if before == files:
        if handed_in and handed_in != was:
            (target / STAMP).write_bytes(stamp(handed_in))
        return "unchanged"
    if before and handed_in and was and handed_in < was:
        keep(course, slug, student, files | {STAMP: stamp(handed_in)})
        return "older"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as place:
        fresh = Path(place) / slug
        _write(fresh, files | ({STAMP: stamp(handed_in)} if handed_in else {}))
        if not (target.exists() or target.is_symlink()):
            fresh.rename(target)
            return "new"
        old = _earlier(course, slug, student)
        old.parent.mkdir(parents=True, exist_ok=True)
        target.rename(old)
        fresh.rename(target)
    return "replaced"


def present(folder: Path) -> dict[str, bytes]:
    """Return the files in a folder; one with anything but files and folders counts as empty."""
    if not folder.is_dir() or folder.is_symlink():
        return {}
    files = {}
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            return {}
        if path.is_file() and path.stat().st_size <= MEMBER:
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def keep(course: Course, slug: str, student: str, files: dict[str, bytes]) -> None:
    """Keep in earlier/ what does not count, once."""
    root = course.path / "earlier" / student / slug
    if not any(present(path) == files for path in root.glob("*")):
        _write(_earlier(course, slug, student), files)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _earlier(course: Course, slug: str, student: str) -> Path:
    root = course.path / "earlier" / student / slug
    taken = [int(p.name) for p in root.glob("*") if p.name.isdecimal()]
    return root / str(max(taken, default=0) + 1)
