"""What the name of a file says: the names that Moodle, Canvas and plain folders give.

Moodle ("Download all submissions"; mod/assign, download_submissions): a folder or a prefix
``Full name_123_assignsubmission_file_``, where 123 counts participants of that assignment and the
name has no "_"; blind marking writes ``Participant``, and group work the group before the name.
Canvas ("Download submissions"; lib/content_zipper.rb): ``sortablename_LATE_userid_fileid_name``,
LATE only where it is, and ``..._userid_text.html`` for typed text; anonymous grading writes
``anon_x1y2z`` for name and id. A sortable name may hold "_" and digits, so that a file's name can
sometimes be read in two ways.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

MOODLE = re.compile(
    r"(?P<name>[^_/]*)_(?P<number>[0-9]{1,12})_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
TYPED = ("text.html", "link.html")


@dataclass(frozen=True)
class Place:
    """What the name of a file says."""

    person: str
    """Files of one submission have the same: the platform's own words, or a folder's name."""
    file: str
    """The file's path in the submission."""
    name: str = ""
    """The person's name, as the platform writes it."""
    number: str = ""
    """Canvas: the user's id. Moodle: the participant's number."""
    order: int = 0
    """Canvas: the file's id; a later upload has a larger one."""
    late: bool | None = None
    """Canvas: whether it says LATE."""
    typed: bool = False
    """Whether it is text typed into the platform, and no file."""
    loose: bool = False
    """Plain names: whether it lies in no folder."""


Reading = dict[str, list[Place]]
"""Name -> each way to read it; none where the platform gives no such names."""


def read_names(
    names: Iterable[str],
    is_person: Callable[[str], bool],
    ids: Collection[str] = (),
    platform: str | None = None,
) -> tuple[str, Reading]:
    """Return the platform and what each name says.

    A platform is seen by what lies at the top, where no student chooses the names: a folder of
    somebody's may be full of imitations.

    Args:
        names: paths in the archive.
        is_person: whether a plain folder's name is somebody's.
        ids: of students, for plain names that look like Canvas's.
        platform: ``moodle``, ``canvas`` or ``plain``; None to see it from the names.
    """
    names = list(names)
    top = _common_top(names, lambda name: bool(MOODLE.fullmatch(name) or _canvas(name)))
    inside = {name: name.removeprefix(top) for name in names}
    if platform is None:
        platform = _platform(set(inside.values()), ids)
    if platform == "moodle":
        return platform, {name: _moodle(inside[name]) for name in names}
    if platform == "canvas":
        return platform, {name: _canvas(inside[name]) for name in names}
    top = _common_top(names, is_person)
    return platform, {name: [_plain(name.removeprefix(top))] for name in names}


def _platform(names: Collection[str], ids: Collection[str]) -> str:
    tops = {name.split("/", 1)[0] for name in names}
    if 2 * sum(MOODLE.fullmatch(top) is not None for top in tops) > len(tops):
        return "moodle"
    read = [places for name in names if "/" not in name and (places := _canvas(name))]
    users = [places[0].number for places in read]
    if 2 * sum(user in ids for user in users if user) > len(users):
        return "plain"  # name_id_attempt_file, as some schools ask for it
    return "canvas" if 2 * len(read) > len(tops) else "plain"


def _moodle(name: str) -> list[Place]:
    top, _, rest = name.partition("/")
    found = MOODLE.fullmatch(top)
    if not found:
        return []
    file = "/".join(p for p in (found["file"], rest) if p)
    person = f"{found['name']}_{found['number']}"
    typed = found["kind"] != "file"
    file = file or (f"{found['kind']}.html" if typed else "")
    return [Place(person, file, found["name"], found["number"], typed=typed)] if file else []


def _canvas(name: str) -> list[Place]:
    """Return every way to read a name of Canvas's; the first has the shortest name of a person."""
    if "/" in name:
        return []
    parts = name.split("_")
    return [
        place for at in range(len(parts) - 1) if (place := _canvas_at(parts, at, name)) is not None
    ]


def _canvas_at(parts: list[str], at: int, name: str) -> Place | None:
    """Return what a name says if its part `at` is the user's number."""
    before, user, after = parts[:at], parts[at], parts[at + 1 :]
    anonymous = before == ["anon"] and user.isascii() and user.isalnum()
    if not anonymous and not _is_number(user):
        return None
    typed = after[0] in TYPED and len(after) == 1
    if not typed and not (len(after) > 1 and _is_number(after[0])):
        return None
    late = bool(before) and before[-1] == "LATE"
    who = "" if anonymous else "_".join(before[:-1] if late else before)
    return Place(
        person=f"anon_{user}" if anonymous else f"{who}_{user}".strip("_"),
        file=after[0] if typed else "_".join(after[1:]),
        name=who,
        number="" if anonymous else user,
        order=0 if typed else int(after[0]),
        late=late,
        typed=typed,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 20


def _plain(name: str) -> Place:
    person, _, file = name.partition("/")
    if file:
        return Place(person, file, name=person)
    return Place(person, person, name=person.rsplit(".", 1)[0], loose=True)


def _common_top(names: list[str], is_person: Callable[[str], bool]) -> str:
    """Return the folder that all lie in, where it is nobody's and holds somebody's."""
    top = ""
    while names:
        inside = [name.removeprefix(top).partition("/") for name in names]
        first = inside[0][0]
        if is_person(first) or not all(folder == first and file for folder, _, file in inside):
            break
        loose = [file.rsplit(".", 1)[0] for _, _, file in inside if "/" not in file]
        if loose and not any(is_person(name) for name in loose):
            break
        top += f"{first}/"
    return top
