"""submitted/, earlier/ and doubtful/: a submission is written whole, what it replaces is kept.

What is nobody's for now lies in doubtful/<slug>/<the platform's own words>/.
"""

import hashlib
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.archive import MEMBER
from grader.course.chosen import STAMP
from grader.course.course import Course
from grader.course.normalize import same_name
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
            write_atomically(target / STAMP, stamp(handed_in))
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


def misplaced(course: Course, slug: str) -> list[str]:
    """Return a sentence for what lies beside the place where submissions to `slug` are looked for.

    A folder with a capital, one level too many or too few: the grader would pass it over.
    """
    root, found = course.path / "submitted", []
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        right = f"put it into submitted/ID/{slug}/"
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            found.append(f"submitted/{path.name} lies in nobody's folder; {right}")
        elif _alike(path.name, slug):
            found.append(f"submitted/{path.name}/ is no student's folder; {right}")
        else:
            for inner in sorted(path.iterdir()):
                shown, own = f"submitted/{path.name}/{inner.name}", f"{path.name}/{slug}/"
                if inner.is_dir() and inner.name != slug and _alike(inner.name, slug):
                    found.append(f"{shown}/ is not graded; call it submitted/{own}")
                elif not inner.is_dir() and ".ipynb" in inner.name.casefold():
                    found.append(f"{shown} is not graded; put it into submitted/{own}")
    return found


def _alike(name: str, slug: str) -> bool:
    return same_name(name).rstrip("0123456789") == same_name(slug).rstrip("0123456789")


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
        _write_new(_earlier(course, slug, student), files)


def keep_doubtful(course: Course, slug: str, person: str, files: dict[str, bytes]) -> None:
    """Keep in doubtful/ what is nobody's for now, once."""
    root = doubtful(course, slug, person)
    if files and not any(present(path) == files for path in root.glob("*")):
        _write_new(_next(root), files)


def settle_doubtful(course: Course, slug: str, student: str, folder: Path) -> None:
    """Move what a folder of doubtful/ holds to earlier/, but for what is in submitted/ by now."""
    counted = set(present(course.folder("submitted", slug, student)).values())
    for path in sorted(folder.glob("*")):
        files = present(path)
        if not set(files.values()) <= counted:
            keep(course, slug, student, files)
    shutil.rmtree(folder, ignore_errors=True)


def doubtful(course: Course, slug: str, person: str) -> Path:
    """Return the folder of a person's words: what no folder is called in all systems is a hash."""
    words = "".join(c if c.isalnum() or c in " -_@+" else "_" for c in person)[:60].strip()
    if words != person:
        words += "-" + hashlib.sha256(person.encode("utf-8", "replace")).hexdigest()[:8]
    return course.path / "doubtful" / slug / words


def _write_new(folder: Path, files: dict[str, bytes]) -> None:
    """Write a folder in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as place:
        _write(Path(place) / "new", files)
        (Path(place) / "new").rename(folder)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _earlier(course: Course, slug: str, student: str) -> Path:
    return _next(course.path / "earlier" / student / slug)


def _next(root: Path) -> Path:
    taken = [int(p.name) for p in root.glob("*") if p.name.isdecimal()]
    return root / str(max(taken, default=0) + 1)
