"""A roster where there is none: made from the names that Moodle or Canvas gives its files.

Moodle's participant numbers hold for one assignment, so the name is the id; Canvas's user numbers
stay. Whoever shares a name with somebody, or has none, is left to a person.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from grader.course.ids import clean_id
from grader.course.naming import Reading
from grader.course.normalize import same_name, visible
from grader.course.roster import Student
from grader.course.student_view import is_test_student

BLIND = ("participant", "参与者", "參與者", "参加者", "teilnehmer", "participante")
"""What Moodle writes for every name where marking is blind."""
TYPED = re.compile(rb"""\bstudent *= *(?:\\"([^"\\]{1,100})\\"|'([^'"\\]{1,100})')""")
"""The first cell of a notebook, in the file."""


def is_made(student: Student) -> bool:
    """Say whether a line of the roster is one that `enrol` makes, and nobody added to it."""
    if student.last_name or student.email or student.login or student.moodle_id:
        return False
    return student.id == (student.canvas_id or _id(student.first_name))


def enrol(platform: str, reading: Reading) -> dict[str, Student]:
    """Return a student for each person whom a platform's names tell from all others."""
    people: dict[str, set[tuple[str, str]]] = {}
    for places in reading.values():
        for place in places[:1]:
            key = place.number if platform == "canvas" else same_name(place.name)
            people.setdefault(key, set()).add((visible(place.name), place.number))
    made = {}
    for some in people.values():
        name, number = min(some)
        student = number if platform == "canvas" else _id(name)
        if len(some) > 1 or not student:
            continue
        if is_test_student(name) or (platform == "moodle" and name.casefold() in BLIND):
            continue
        canvas = number if platform == "canvas" else ""
        made[student] = Student(student, student, first_name=name, canvas_id=canvas)
    return made


def typed_id(notebook: bytes) -> str:
    """Return the id that a student wrote into a notebook's first cell; empty for none."""
    found = TYPED.search(notebook)
    return visible((found[1] or found[2]).decode("utf-8", "replace")) if found else ""


def with_typed_ids(students: Mapping[str, Student], typed: Mapping[str, str]) -> dict[str, Student]:
    """Return the students with the ids that they typed as what their sentence is drawn from.

    Nobody else knows them. An id that two typed is nobody's.

    Args:
        students: the roster.
        typed: student -> what `typed_id` found; of those whom `enrol` made alone.
    """
    owners = {s.variant_id.casefold() for i, s in students.items() if i not in typed}
    times = Counter(text.casefold() for text in typed.values())
    sure = {
        student: text
        for student, text in typed.items()
        if text and times[text.casefold()] == 1 and text.casefold() not in owners
    }
    return {i: replace(s, variant_id=sure[i]) if i in sure else s for i, s in students.items()}


def _id(name: str) -> str:
    try:
        return clean_id(name)
    except ValueError:
        return ""
