"""Which of a student's files count: one notebook, found whatever it is called; the rest beside it.

What a platform's own numbers settle (Canvas counts uploads) is settled. Every other choice between
two notebooks, and every notebook under a wrong name, is told.
"""

import io
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from grader.course.archive import OWN, Member, Refused, no_plain_name, read_zip
from grader.course.course import LANGUAGES
from grader.course.naming import Place
from grader.course.receipt import receipt
from grader.errors import CourseError

AGAIN = re.compile(
    r"(?:-(\d{1,6})| ?\((\d{1,6})\)|（(\d{1,6})）| - 副本| - copy| copy)(?=[.]ipynb$)"
)
"""What Canvas ("-1"), browsers (" (1)") and people add to a file that is there again."""
STAMP = "timestamp.txt"
CHECKPOINTS = ".ipynb_checkpoints"
SUBMISSION = 128 << 20
"""Bytes of all files of one submission."""
STARTS = re.compile(r'\bstart\(\\"([a-z0-9-]+)\\"')


@dataclass
class File:
    """One file of a submission, read."""

    name: str
    """Its path in the submission."""
    origin: str
    """Its name in the archive."""
    data: bytes
    order: int = 0
    """Canvas: a later upload has a larger one."""

    @property
    def checkpoint(self) -> bool:
        """Whether Jupyter put it there by itself."""
        return CHECKPOINTS in self.name.split("/")

    @property
    def base(self) -> str:
        """The file's own name as it was first, without folders and capitals."""
        return AGAIN.sub("", self.name.rsplit("/", 1)[-1].casefold().strip())

    @property
    def number(self) -> int:
        """The number that was added where it was there again."""
        found = AGAIN.search(self.name.casefold().strip())
        return int(next((g for g in found.groups() if g), 1)) if found else 0


@dataclass
class Choice:
    """What counts of one submission."""

    files: dict[str, File] = field(default_factory=dict)
    """Path in the submission -> file."""
    beside: list[File] = field(default_factory=list)
    """What was handed in too and does not count."""
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is good to know."""
    warnings: list[str] = field(default_factory=list)
    """What a person has to look at."""


def choose(
    slug: str, files: list[tuple[Place, Member]], blank: Collection[str | None] = ()
) -> Choice:
    """Return what counts of the files of one submission.

    Args:
        slug: the exercise.
        files: what each name says, and the file.
        blank: receipts of the notebooks as they were released.
    """
    choice = Choice()
    held = _read(choice, files)
    if not any(_is_named(file) for file in held):
        held = _open_zips(choice, held)
    held = _without_top(held)
    notebooks = _notebooks(choice, held)
    counted = _pick(choice, slug, notebooks, blank)
    for file in held:
        if file.checkpoint and not any(file is one for one in counted):
            choice.beside.append(file)
        elif not any(file is one for one in (*counted, *choice.beside)):
            choice.files[file.name] = file
    for file in counted:
        choice.files[file.name] = file
        if receipt(file.data) is None:
            choice.warnings.append(f"{file.origin} is no notebook: {_kind(file.data)}")
    return choice


def says(data: bytes) -> list[str]:
    """Return the exercises that a notebook starts."""
    return STARTS.findall(data.decode("utf-8", "replace"))


def _read(choice: Choice, files: list[tuple[Place, Member]]) -> list[File]:
    """Read files within the bounds, notebooks and small ones first; typed text is set apart."""
    held, left = [], SUBMISSION
    first = sorted(files, key=lambda one: (".ipynb" not in one[0].file.casefold(), one[1].size))
    for place, member in first:
        why = no_plain_name(place.file)  # a platform's prefix may hide what follows it
        if place.file.casefold() == STAMP:
            why = "only the platform's table says when something was handed in"
        if member.size > left:
            why = f"more than {SUBMISSION >> 20} MiB in one submission"
        try:
            data = member.read() if why is None else b""
        except (CourseError, OSError) as error:
            why = str(error)
        if why is not None:
            choice.refused.append(Refused(member.name, why))
            continue
        left -= len(data)
        file = File(place.file, member.name, data, place.order)
        if place.typed:
            choice.beside.append(file)
        else:
            held.append(file)
    if choice.beside and not held:
        choice.warnings.append("text typed into the platform, and no file")
    elif choice.beside:
        choice.notes.append("text typed into the platform is kept in earlier/")
    return sorted(held, key=lambda file: file.origin)


def _open_zips(choice: Choice, held: list[File]) -> list[File]:
    """Open a student's own zips."""
    made = []
    for file in held:
        if not file.name.casefold().rstrip().endswith(".zip"):
            made.append(file)
            continue
        try:
            archive = read_zip(io.BytesIO(file.data), file.name, OWN)
        except CourseError as error:
            choice.refused.append(Refused(file.origin, str(error)))
            continue
        inside = [
            (Place("", member.name, order=file.order), _renamed(member, file.origin))
            for member in archive.members
        ]
        choice.refused += [Refused(f"{file.origin}: {r.name}", r.why) for r in archive.refused]
        made += _read(choice, inside)
    return made


def _renamed(member: Member, origin: str) -> Member:
    return Member(f"{origin}: {member.name}", member.size, member.read)


def _without_top(held: list[File]) -> list[File]:
    """Take off the folder in which all files lie: cells look for their data beside themselves."""
    while held and all("/" in file.name for file in held):
        tops = {file.name.split("/", 1)[0] for file in held}
        if len(tops) > 1 or CHECKPOINTS in tops:
            break
        for file in held:
            file.name = file.name.partition("/")[2]
    return held


def _is_named(file: File) -> bool:
    return file.name.casefold().rstrip().endswith(".ipynb") and not file.checkpoint


def _notebooks(choice: Choice, held: list[File]) -> list[File]:
    """Return the notebooks: by their names, else by what they hold, else Jupyter's own copies."""
    if named := [file for file in held if _is_named(file)]:
        return named
    held_as = [file for file in held if not file.checkpoint and _looks_like_one(file.data)]
    held_as = held_as or [file for file in held if file.checkpoint and _looks_like_one(file.data)]
    if not held_as and held:
        names = ", ".join(sorted(file.origin for file in held))[:200]
        choice.warnings.append(f"no notebook among {names}")
    choice.warnings += [
        f"{file.origin} holds a notebook and is not called one; it was taken" for file in held_as
    ]
    return held_as


def _pick(
    choice: Choice, slug: str, notebooks: list[File], blank: Collection[str | None]
) -> list[File]:
    """Return the notebook that is meant, called by the exercise; the others go beside it."""
    expected = [f"{slug}.ipynb", *(f"{slug}.{language}.ipynb" for language in LANGUAGES)]
    meant = _last_uploads(choice, notebooks)
    meant = _better(choice, meant, lambda f: slug in says(f.data) or f.base in expected, True)
    meant = _better(choice, meant, lambda f: receipt(f.data) not in blank)
    meant = _different(choice, meant)
    several = ", ".join(sorted(file.origin for file in meant))[:200]
    if len(meant) > 1:
        meant = _better(choice, meant, lambda f: f.base in expected)
    if len({file.base for file in meant}) == 1 and meant:
        last = max(meant, key=lambda f: (f.order, f.number))
        choice.beside += [file for file in meant if file is not last]
        meant = [last]
    if len(meant) == 1:
        [file] = meant
        if several != file.origin:
            choice.warnings.append(f"two notebooks or more: {several}; {file.origin} counts")
        other = set(says(file.data)) - {slug}
        if other and slug not in says(file.data):
            choice.warnings.append(f"{file.origin} is about {', '.join(sorted(other))[:80]}")
        file.name = file.base if file.base in expected else expected[0]
    elif meant and all(file.base in expected for file in meant):
        choice.warnings.append(f"two notebooks or more: {several}; the one filled in more counts")
        for file in meant:
            file.name = file.base
    elif meant:
        choice.warnings.append(f"which notebook is meant? {several}")
    return meant


def _last_uploads(choice: Choice, notebooks: list[File]) -> list[File]:
    """Return of each name the last upload, where a platform counts uploads."""
    last: dict[str, File] = {}
    for file in sorted(notebooks, key=lambda f: (f.order, f.number)):
        if file.order and file.base in last:
            choice.beside.append(last[file.base])
        last[file.base if file.order else file.name] = file
    return list(last.values())


def _better(
    choice: Choice, files: list[File], good: Callable[[File], bool], told: bool = False
) -> list[File]:
    """Return the files that are good, if some are and others are not; those go beside."""
    best = [file for file in files if good(file)]
    if not best or len(best) == len(files):
        return files
    others = [file for file in files if not good(file)]
    choice.beside += others
    names = ", ".join(file.origin for file in others)[:200]
    (choice.warnings if told else choice.notes).append(f"kept in earlier/, not graded: {names}")
    return best


def _different(choice: Choice, files: list[File]) -> list[File]:
    """Return the files without those that say just what another says."""
    found: dict[object, File] = {}
    for file in sorted(files, key=lambda f: (f.number, f.origin)):
        key = receipt(file.data) or file.data
        if key in found:
            choice.beside.append(file)
        else:
            found[key] = file
    return list(found.values())


def _looks_like_one(data: bytes) -> bool:
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and b'"cells"' in data and b'"nbformat"' in data


def _kind(data: bytes) -> str:
    start = data[:1024].lstrip().lower()
    if not start:
        return "it is empty"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a web page; ask for the file itself"
    return "it cannot be read as one; ask for it again"
