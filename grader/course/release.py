"""Releasing an exercise: build its source, let nbgrader make the students' version of it."""

import io
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.course import Course, open_course
from grader.course.gradebook import find_alembic, open_gradebook
from grader.course.notebooks import build_notebook, notebook_bytes, stubs
from grader.course.wheel import FIRST_DAY, beside
from grader.errors import CourseError
from grader.questions import load_exercise
from grader.questions.samples import read_samples, sample_paths
from grader.setup_help import MIRROR

Told = Callable[[int, int, str], None]
STEPS = 4
"""Of a release, as it tells how far it is."""


@dataclass(frozen=True)
class Release:
    """What a release wrote."""

    assignment: Path
    """The students' notebook in the course's language."""
    other: Path
    """The same in the other language, beside it."""
    changed: bool
    zip: Path
    """All that a student needs, for a learning platform."""


def release(course: Course, slug: str, told: Told = lambda done, total, what: None) -> Release:
    """Release the exercise `slug` in both languages; a second time nothing changes.

    Args:
        course: whose.
        slug: the exercise.
        told: called after each step, with how many are done, how many there are, and which it was.

    Raises:
        CourseError: the exercise or a sample answer of it is wrong, or its cells changed after
            grading began.
    """
    folder = course.exercise(slug)
    if sample_paths(folder):  # what they declare is read here, so that a mistake is told early
        read_samples(folder, load_exercise(folder))
    told(1, STEPS, "questions and sample answers are read")
    mine, theirs = (
        notebook_bytes(
            build_notebook(folder, language, course.course_id, course.package, course.site)
        )
        for language in (course.language, course.other_language)
    )
    told(2, STEPS, "notebooks are built")
    source = course.folder("source", slug) / f"{slug}.ipynb"
    released = course.folder("release", slug) / f"{slug}.ipynb"
    other = released.with_name(f"{slug}.{course.other_language}.ipynb")
    other_bytes = _convert_apart(f"{slug}.{course.other_language}", theirs, course)
    told(3, STEPS, f"the students' notebook in {course.other_language} is made")
    if (
        source.is_file()
        and source.read_bytes() == mine
        and released.is_file()
        and other.is_file()
        and other.read_bytes() == other_bytes
        and is_released(course, slug)
    ):
        told(STEPS, STEPS, "nothing has changed")
        return Release(released, other, changed=False, zip=_hand_out(course, slug))
    source.parent.mkdir(parents=True, exist_ok=True)
    before = source.read_bytes() if source.is_file() else None
    write_atomically(source, mine)
    try:
        _convert(course.path, slug, load_config(course), database=True)
    except CourseError:
        if before is not None:  # the release and the gradebook still belong to what was there
            write_atomically(source, before)
        raise
    write_atomically(other, other_bytes)
    told(STEPS, STEPS, f"the students' notebook in {course.language} is made")
    return Release(released, other, changed=True, zip=_hand_out(course, slug))


def complete(assignment: str, student: str, notebooks: list[str]) -> None:
    """Put back what nbgrader's own `generate_assignment` removes: the other language's notebook.

    nbgrader calls it in the course folder (`post_convert_hook`). The notebook is the one that was
    given out, as the zip for platforms has it.
    """
    course = open_course(Path.cwd())
    name = f"{assignment}.{course.other_language}.ipynb"
    zipped = course.path / "handout" / f"{assignment}.zip"
    if not zipped.is_file():
        return
    with zipfile.ZipFile(zipped) as given_out:
        if f"{assignment}/{name}" in given_out.namelist():
            data = given_out.read(f"{assignment}/{name}")
            (course.folder("release", assignment) / name).write_bytes(data)
    _hand_out(course, assignment)


def _hand_out(course: Course, slug: str) -> Path:
    """Write handout/<slug>.zip: the notebooks in both languages, and what they need beside them."""
    folder = course.folder("release", slug)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(p for p in folder.rglob("*") if p.is_file())
    }
    if not course.package:
        files |= beside(slug, MIRROR, load_exercise(course.exercise(slug)).model)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            info = zipfile.ZipInfo(f"{slug}/{name}", FIRST_DAY)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            zipped.writestr(info, data)
    target = course.path / "handout" / f"{slug}.zip"
    write_atomically(target, made.getvalue())
    return target


def is_released(course: Course, slug: str) -> bool:
    """Say whether the gradebook knows the assignment and its notebook."""
    from nbgrader.api import MissingEntry

    with open_gradebook(course) as gradebook:
        try:
            gradebook.find_notebook(slug, slug)
        except MissingEntry:
            return False
    return True


def load_config(course: Course):
    """Return the traitlets config of the course's nbgrader_config.py."""
    from traitlets.config import PyFileConfigLoader

    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(course.path)).load_config()
    except FileNotFoundError:
        raise CourseError(
            f"{course.path / 'nbgrader_config.py'} is missing; "
            f"`grader init {course.path}` writes it again."
        ) from None
    except Exception as error:
        raise CourseError(
            f"{course.path / 'nbgrader_config.py'}: {type(error).__name__}: {error}; mend the file."
        ) from None


def released_bytes(
    folder: Path, language: str, course_id: str, package: str = "", *, practice: bool = False
) -> bytes:
    """Return a released notebook without a course folder: for the site, and for tests."""
    from traitlets.config import Config

    config = Config()
    stubs(config)
    built = build_notebook(folder, language, course_id, package, practice=practice)
    notebook = notebook_bytes(built)
    return _convert_apart(folder.name, notebook, config)


def _convert_apart(name: str, notebook: bytes, course) -> bytes:
    """Make the students' version of a notebook without touching course folder or gradebook."""
    config = load_config(course) if isinstance(course, Course) else course
    config = config.copy()
    config.CourseDirectory.root = ""
    with tempfile.TemporaryDirectory(prefix="seeing-attention-") as folder:
        root = Path(folder)
        (root / "source" / name).mkdir(parents=True)
        (root / "source" / name / f"{name}.ipynb").write_bytes(notebook)
        _convert(root, name, config, database=False)
        return (root / "release" / name / f"{name}.ipynb").read_bytes()


def _convert(root: Path, slug: str, config, *, database: bool) -> None:
    """Run nbgrader's own converter: its solution regions, its checksums."""
    find_alembic()
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells

    config = config.copy()
    config.CourseDirectory.root = str(root)
    config.GenerateAssignment.pop("post_convert_hook", None)  # `release` writes the rest itself
    folder = CourseDirectory(config=config, assignment_id=slug)
    messages = _Messages()
    logger = logging.Logger("release")  # not in the tree of loggers: nothing reaches a terminal
    logger.addHandler(messages)
    converter = GenerateAssignment(
        coursedir=folder, config=config, force=True, no_database=not database, log=logger
    )
    if not database:
        converter.preprocessors = [p for p in converter.preprocessors if p is not SaveCells]
    keep = tempfile.mkdtemp(prefix="seeing-attention-")
    released = root / "release" / slug
    try:
        if released.is_dir():
            shutil.copytree(released, keep, dirs_exist_ok=True)
        try:
            converter.start()
        except BaseException as error:
            if any(Path(keep).iterdir()) and not released.is_dir():
                shutil.copytree(keep, released)
            if not isinstance(error, Exception):
                raise
            raise CourseError(
                f"nbgrader could not release {slug}: {messages.reason() or error}"
            ) from error
    finally:
        shutil.rmtree(keep, ignore_errors=True)


class _Messages(logging.Handler):
    """Keeps nbgrader's errors, so that the real reason is told and not "see above"."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage().strip())

    def reason(self) -> str:
        tracebacks = [m.splitlines()[-1] for m in self.messages if m.startswith("Traceback")]
        if any("Cannot add or remove cells" in line for line in tracebacks):
            return (
                "cells were added or removed, but submissions are graded already; give the new "
                "version a new slug, or remove the submissions with "
                "`nbgrader db assignment remove`."
            )
        return (tracebacks or self.messages or [""])[-1]
