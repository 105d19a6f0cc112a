"""Which of a student's files count: the latest of each, a notebook by its name, a zip opened."""

import io
import re
import zipfile
from dataclasses import dataclass, field

from grader.course.archive import Member, Refused, no_plain_name, read_zip
from grader.course.folder import LANGUAGES
from grader.course.naming import Place
from grader.errors import CourseError

AGAIN = re.compile(r"(?:-\d+| ?\(\d+\)|（\d+）)(?=[.]ipynb$)")
"""What Canvas ("-1") and browsers (" (1)") add to a file that is handed in again."""
STAMP = "timestamp.txt"
NESTED = 128 << 20
"""Bytes that a student's own zip may unpack to."""


@dataclass
class Choice:
    """What counts of one student's files."""

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Path in the submission -> (name in the archive, bytes)."""
    beside: dict[str, bytes] = field(default_factory=dict)
    """What was handed in too and does not count."""
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def choose(slug: str, platform: str, files: list[tuple[Place, Member]]) -> Choice:
    """Return what counts of the files of one student in one archive.

    Args:
        slug: the exercise.
        platform: whose names they are.
        files: what each name says, and the file.
    """
    choice = Choice()
    groups: dict[str, list[tuple[Place, Member]]] = {}
    for place, member in files:
        folder = member.name.removesuffix(place.file)
        key = "" if platform == "canvas" else folder if "/" in member.name else ""
        groups.setdefault(key, []).append((place, member))
    order = sorted(groups, key=lambda k: (max(m.packed for _, m in groups[k]), k))
    if len(order) > 1:
        choice.notes.append(f"{len(order)} submissions; the one packed last counts: {order[-1]}")
    for key in order[:-1]:
        for place, member in groups[key]:
            data = _bytes(choice, place.file, member)
            if data is not None:
                choice.beside[f"{key.strip('/').replace('/', '_')}/{place.file}"] = data
    expected = [f"{slug}.ipynb", *(f"{slug}.{language}.ipynb" for language in LANGUAGES)]
    found: dict[str, list[tuple[Place, Member, bytes]]] = {}
    for place, member in groups[order[-1]]:
        data = _bytes(choice, place.file, member)
        if data is not None:
            first = AGAIN.sub("", place.file)
            name = first if first in expected and place.file not in expected else place.file
            found.setdefault(name, []).append((place, member, data))
    orders = {}
    for name, several in found.items():
        several.sort(key=lambda one: (one[0].order, _number(one[0].file), one[1].packed))
        choice.beside |= {place.file: data for place, _, data in several[:-1]}
        place, member, data = several[-1]
        choice.files[name] = (member.name, data)
        orders[name] = place.order
    _open_zips(choice)
    _name_notebook(choice, slug, expected, orders)
    return choice


def says(data: bytes) -> list[str]:
    """Return the exercises that a notebook starts."""
    return re.findall(r'\bstart\(\\"([a-z0-9-]+)\\"', data.decode("utf-8", "replace"))


def _open_zips(choice: Choice) -> None:
    """Open a student's own zip where there is no notebook otherwise."""
    if _notebooks(choice):
        return
    for name in [n for n in choice.files if n.lower().endswith(".zip")]:
        original, data = choice.files.pop(name)
        for member in _nested(choice, original, data):
            content = _bytes(choice, member.name, member)
            if content is not None:
                choice.files[member.name] = (f"{original}: {member.name}", content)


def _name_notebook(choice: Choice, slug: str, expected: list[str], orders: dict) -> None:
    """Give the notebook that is meant the exercise's name, where none has it."""
    notebooks = _notebooks(choice)
    if not notebooks:
        if choice.files:
            choice.notes.append(f"no notebook among {', '.join(sorted(choice.files))[:200]}")
        return
    if set(expected) & set(notebooks):
        return
    meant = [n for n in notebooks if slug in says(choice.files[n][1])] or notebooks
    latest = max(orders.get(n, 0) for n in meant)
    if len(meant) > 1 and latest:  # Canvas counts uploads
        meant = [n for n in meant if orders.get(n, 0) == latest]
    if len(meant) == 1:
        choice.files[expected[0]] = choice.files.pop(meant[0])
    else:
        choice.notes.append(f"which notebook is meant? {', '.join(sorted(meant))[:200]}")


def _notebooks(choice: Choice) -> list[str]:
    return [name for name in choice.files if name.endswith(".ipynb")]


def _nested(choice: Choice, name: str, data: bytes) -> list[Member]:
    try:
        archive = read_zip(zipfile.ZipFile(io.BytesIO(data)), name, NESTED)
    except (CourseError, zipfile.BadZipFile, OSError, ValueError, RecursionError) as error:
        choice.refused.append(Refused(name, str(error)))
        return []
    choice.refused += [Refused(f"{name}: {r.name}", r.why) for r in archive.refused]
    tops = {m.name.split("/", 1)[0] for m in archive.members}
    if len(tops) == 1 and all("/" in m.name for m in archive.members):
        cut = len(next(iter(tops))) + 1
        return [Member(m.name[cut:], m.packed, m.read) for m in archive.members]
    return archive.members


def _bytes(choice: Choice, file: str, member: Member) -> bytes | None:
    """Return a file's bytes; None, with the reason kept, where it cannot be taken."""
    why = no_plain_name(file)  # a platform's prefix may hide what follows it
    if file.casefold() == STAMP:
        why = "only the platform's table says when something was handed in"
    if why is None:
        try:
            return member.read()
        except (CourseError, OSError) as error:
            why = str(error)
    choice.refused.append(Refused(member.name, why))
    return None


def _number(name: str) -> int:
    found = re.search(r"(\d+)[)）]?[.]ipynb$", name) if AGAIN.search(name) else None
    return int(found[1]) if found else 0
