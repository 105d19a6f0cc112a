"""What a student handed in: which files there are, and which of them is meant."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.course.course import LANGUAGES, Course
from grader.grading.intake.assignment import Assignment
from grader.grading.intake.changes import Change, changed
from grader.grading.intake.notebook_file import (
    SUFFIX,
    HandedIn,
    NotANotebook,
    is_plain_folder,
    other_files,
    parse_notebook,
    read_file,
)
from grader.grading.intake.restore import Restored, answered, restore
from grader.grading.intake.source import SourceNotebook
from grader.grading.limits import Limits
from grader.grading.sanitize.harmless_files import harmless
from grader.grading.sanitize.markdown import clean_text

MAX_NOTEBOOKS = 20
"""That are read to find the one that is meant."""


@dataclass
class Submission:
    """One student's submission, read and taken apart."""

    student: str
    notebooks: dict[str, dict]
    """Name of the assignment's notebook -> what `parse_notebook` made of it."""
    refused: dict[str, NotANotebook]
    """Name of the assignment's notebook -> why it is none."""
    names: dict[str, str]
    """Name of the assignment's notebook -> the file that was taken for it."""
    sources: Mapping[str, SourceNotebook] = field(default_factory=dict)
    """Name of the assignment's notebook -> as it was handed out."""
    origin: tuple[Change, ...] = ()
    """Where it comes from, if it is not this course's release."""
    beside: tuple[Change, ...] = ()
    """The other notebooks that were handed in with it."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What its cells can read, by path."""
    stored: dict[str, bytes] = field(default_factory=dict)
    """Those of them that lie beside the graded notebook, too."""
    left_out: list[str] = field(default_factory=list)
    """The paths of files that its cells cannot read."""
    timestamp: bytes | None = None
    sha256: str = ""
    """Of the notebooks' bytes; of one notebook, that file's own hash."""

    @cached_property
    def restored(self) -> dict[str, Restored]:
        """The notebooks as they are executed, by name."""
        return {name: restore(one, self.sources[name]) for name, one in self.notebooks.items()}

    @property
    def changes(self) -> list[Change]:
        """What is not as it was handed in."""
        found = [change for one in self.restored.values() for change in one.changes]
        if self.origin:  # its cells that start a notebook are others, and nobody edited them
            shared = {
                cell.grade_id
                for source in self.sources.values()
                for cell in source.cells
                if cell.locked and not cell.grade
            }
            found = [change for change in found if change.grade_id not in shared]
        for kind, names in (("unread", self.left_out), ("apart", self.files.keys() - self.stored)):
            if names:
                text = ", ".join(sorted(names))
                found.append(changed(kind, text=clean_text(text).replace("\x1b", "")))
        return [*self.origin, *self.beside, *found]

    @property
    def everything(self) -> str:
        """Hash of all that was handed in."""
        digest = hashlib.sha256(self.sha256.encode())
        for name, reason in sorted(self.refused.items()):
            digest.update(f"\0{name}\0{reason.reason}".encode())
        for name, data in sorted(self.files.items()):
            digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
        digest.update(b"\0" + (self.timestamp or b""))
        return digest.hexdigest()


def students_of(course: Course, slug: str) -> list[str]:
    """Return who handed in something for `slug`, in order."""
    root = course.path / "submitted"
    return sorted(path.parent.name for path in root.glob(f"*/{slug}") if path.name == slug)


def read_submission(
    course: Course, assignment: Assignment, student: str, limits: Limits
) -> Submission:
    """Read what `student` handed in; whatever it is, it is an answer and no error."""
    folder = course.folder("submitted", assignment.slug, student)
    read = Submission(student, {}, {}, {}, assignment.notebooks)
    hashes = []
    plain = is_plain_folder(folder, course.path / "submitted")
    for name in assignment.notebooks:
        try:
            if not plain:
                raise NotANotebook("not_a_file")
            path, handed, parsed, said = _choose(folder, name, assignment, limits)
        except _Refused as refused:
            read.refused[name] = refused.why
            read.names[name] = refused.path.name if refused.path else ""
            hashes.append(refused.sha256)
        except NotANotebook as why:
            read.refused[name], read.names[name] = why, ""
            hashes.append("")
        else:
            read.notebooks[name], read.names[name] = parsed, path.name
            read.beside += said
            hashes.append(handed.sha256)
    if plain:
        files, read.left_out = other_files(folder, limits)
        read.files = files | assignment.files
        read.stored = harmless(read.files, assignment.files)
        try:
            read.timestamp = read_file(folder / "timestamp.txt", 100).data
        except NotANotebook:
            read.timestamp = None
    many = hashlib.sha256("\0".join(hashes).encode()).hexdigest()
    read.sha256 = hashes[0] if len(hashes) == 1 else many
    return read


class _Refused(Exception):
    def __init__(self, path: Path | None, sha256: str, why: NotANotebook):
        self.path, self.sha256, self.why = path, sha256, why
        super().__init__(why.reason)


def _choose(
    folder: Path, name: str, assignment: Assignment, limits: Limits
) -> tuple[Path, HandedIn, dict, tuple[Change, ...]]:
    """Return the file that is meant by notebook `name`, and what is said of the others.

    The one with most cells filled in is meant: of both languages, and of a blank one beside the
    one that a browser saved as `road(1).ipynb`. Among equals it is the one with the right name.
    """
    source = assignment.notebooks[name]
    there, named = _notebooks(folder, name, assignment)
    if not there:
        raise NotANotebook("no_notebook")
    refused, read = {}, []
    for path in there:
        handed = None
        try:
            handed = read_file(path, limits.notebook_file)
            parsed = parse_notebook(handed.data)
            read.append((answered(parsed, source), path in named, path, handed, parsed))
        except NotANotebook as why:
            refused[path] = _Refused(path, handed.sha256 if handed else "", why)
    if not read and (named or len(there) == 1):
        raise refused[there[0]]
    read.sort(key=lambda one: one[:2], reverse=True)
    if not read or (len(read) > 1 and not named and read[0][:2] == read[1][:2]):
        raise NotANotebook("which_notebook")
    count, _, taken, handed, parsed = read[0]
    left = {path: filled for filled, _, path, *_ in read[1:]}
    doubtful = [path for path in there if path in refused or (count and left.get(path))]
    blank = [path for path in there if path in left and path not in doubtful]
    said = [
        changed(kind, text=clean_text(", ".join(path.name for path in paths)))
        for kind, paths in (("two_notebooks", doubtful), ("not_taken", blank))
        if paths
    ]
    return taken, handed, parsed, tuple(said)


def _notebooks(folder: Path, name: str, assignment: Assignment) -> tuple[list[Path], list[Path]]:
    """Return the notebooks in a folder that may be meant, and those with the right name."""

    def names(one: str) -> list[str]:
        return [f"{one}{SUFFIX}", *(f"{one}.{language}{SUFFIX}" for language in LANGUAGES)]

    others = {one for other in assignment.notebooks if other != name for one in names(other)}
    there = sorted(
        path
        for path in folder.iterdir()
        # macOS writes `._road.ipynb` beside a file.
        if path.name.lower().endswith(SUFFIX) and not path.name.startswith(".")
    )
    there = [path for path in there if path.name not in others]
    named = [folder / one for one in names(name) if folder / one in there]
    return [*named, *(path for path in there if path not in named)][:MAX_NOTEBOOKS], named
