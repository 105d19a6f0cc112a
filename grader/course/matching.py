"""Whose a submission is: what a platform or a folder calls a person, matched with the roster.

A platform's own number decides where the roster or the platform's table knows it. A name or an id
in words that a student may choose decides only where it can be nobody else's; what could be two
people's is nobody's, and a person has to say whose it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grader.course.naming import Place
from grader.course.normalize import same_name, visible, words
from grader.course.roster import Student

RUN = re.compile(r"[A-Za-z0-9]+")
TOO_SHORT = 3
"""Ids shorter than this are not looked for inside other names."""
LONGEST = 8
"""Words that a name may have."""


@dataclass(frozen=True)
class Answer:
    """Who it is; or nobody, and why."""

    student: str | None
    why: str = ""
    several: bool = False
    """Whether it could be more than one, and is not just unknown."""


@dataclass
class Matcher:
    """Finds the student whom a platform or a folder means."""

    students: Mapping[str, Student]
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Moodle's participant number -> student, from its grading worksheet."""
    before: Mapping[str, str] = field(default_factory=dict)
    """Student -> the participant's number under which Moodle gave the same exercise before."""

    @cached_property
    def canvas(self) -> dict[str, str]:
        """Canvas's user number -> student."""
        return {s.canvas_id: i for i, s in self.students.items() if s.canvas_id}

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """A name as it is compared -> who has it."""
        found: dict[str, set[str]] = {}
        for student in self.students.values():
            for name in student.names:
                found.setdefault(same_name(name), set()).add(student.id)
        found.pop("", None)
        return found

    @cached_property
    def ids(self) -> dict[str, set[str]]:
        """An id, login or Moodle id -> who has it."""
        found: dict[str, set[str]] = {}
        for student in self.students.values():
            for known in {student.id, student.moodle_id, student.login} - {""}:
                found.setdefault(visible(known).casefold(), set()).add(student.id)
        return found

    @cached_property
    def odd(self) -> list[tuple[re.Pattern, set[str]]]:
        """Ids that are more than letters and digits, to be looked for in whole names."""
        return [
            (re.compile(rf"(?<![A-Za-z0-9]){re.escape(known)}(?![A-Za-z0-9])"), students)
            for known, students in self.ids.items()
            if not RUN.fullmatch(known) and len(known) >= TOO_SHORT
        ]

    def find(self, place: Place, platform: str) -> Answer:
        """Return the student whom a place means."""
        if platform == "plain":
            return self._plain(place)
        known = self.canvas if platform == "canvas" else self.numbers
        if place.number in known:
            return Answer(known[place.number])
        if platform == "canvas" and place.number == "":
            return Answer(None, "anonymous; download it with names shown")
        answer = self._named(place.name, platform)
        numbers = {student: number for number, student in known.items()}
        other = numbers.get(answer.student or "", "")
        if platform == "moodle" and not other and not known:
            other = self.before.get(answer.student or "", "")
        if other and other != place.number:
            return Answer(
                None,
                f"{answer.student} has the number {other} there, and this is {place.number}"
                + ("" if known else "; Moodle's grading worksheet tells who it is (--times)"),
                several=True,
            )
        return answer

    def knows(self, text: str) -> bool:
        """Say whether a text holds the whole name of somebody in the roster."""
        return bool(self._in_words(text)[0])

    def agrees(self, student: str, name: str) -> bool:
        """Say whether a platform's name of a person is the roster's."""
        return student in self.names.get(same_name(name), set())

    def _plain(self, place: Place) -> Answer:
        key = visible(place.person).casefold()
        if not place.loose and key in self.ids:
            return _one(self.ids[key])
        return self._named(place.name, "plain")

    def _named(self, name: str, platform: str) -> Answer:
        if whole := self.names.get(same_name(name)):
            return _one(whole)
        told, rest = self._in_words(name)
        ids = self._ids_in(rest)
        if not ids:  # group work: "Group 1-Ann Lee"
            last = same_name(name.rpartition("-")[2]) if platform == "moodle" else ""
            return _one(told if last in self.names else set())
        if not told and platform != "plain" and all(self._has_name(s) for s in ids):
            return Answer(
                None,
                f"the id of {', '.join(sorted(ids))} is in the name, and their name is not; "
                "the platform's own table tells who it is (--times)",
                several=True,
            )
        return _one(ids | {s for s in told if not self._namesakes(s, ids)})

    def _namesakes(self, student: str, ids: set[str]) -> bool:
        """Say whether those with these ids have the name of `student`: the id tells them apart."""
        names = {same_name(name) for name in self.students[student].names}
        return any(names & {same_name(n) for n in self.students[i].names} for i in ids)

    def _in_words(self, text: str) -> tuple[set[str], str]:
        """Return whose whole names stand in a text, and the words that are left."""
        parts, found, rest, at = words(text), set(), [], 0
        while at < len(parts):
            for end in range(min(len(parts), at + LONGEST), at, -1):
                if who := self.names.get("".join(parts[at:end])):
                    found |= who
                    at = end
                    break
            else:
                rest.append(parts[at])
                at += 1
        return found, " ".join(rest) if found else text

    def _ids_in(self, text: str) -> set[str]:
        """Return who has an id in `text` that nothing touches: 2023001 is not in 20230012."""
        text = visible(text).casefold()
        found = set(self.ids.get(text, ()))
        for pattern, students in self.odd:
            if pattern.search(text):
                found |= students
        for run in RUN.findall(text):
            if len(run) >= TOO_SHORT or run == text:
                found |= self.ids.get(run, set())
        return found

    def _has_name(self, student: str) -> bool:
        return any(same_name(name) for name in self.students[student].names)


def _one(found: set[str]) -> Answer:
    if len(found) == 1:
        return Answer(next(iter(found)))
    if found:
        return Answer(None, "could be any of " + ", ".join(sorted(found)), several=True)
    return Answer(None, "nobody in the roster has this name, and no id in it is known")
