"""Which submission is whose: files become submissions, and a student gets one or none.

Where two submissions claim one student, or a name could be several people's, nobody gets anything:
the submissions are listed and kept, and what the student handed in before stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.course.archive import Member
from grader.course.ids import clean_id
from grader.course.matching import Answer, Matcher
from grader.course.naming import Place, Reading


@dataclass
class Submission:
    """Files that came together."""

    person: str
    """The platform's or the folder's own words for who handed it in."""
    files: list[tuple[Place, Member]] = field(default_factory=list)

    @property
    def notebooks(self) -> int:
        """How many of the files have a notebook's name."""
        return sum(".ipynb" in place.file.casefold() for place, _ in self.files)


@dataclass
class Claims:
    """Whose everything is."""

    taken: dict[str, Submission] = field(default_factory=dict)
    """Student -> the one submission that is the student's."""
    left: list[tuple[Submission, str]] = field(default_factory=list)
    """What is nobody's for now, and why."""
    strange: list[tuple[str, str]] = field(default_factory=list)
    """Names that the platform does not give, and why they were left."""


def settle(
    platform: str, members: list[Member], reading: Reading, matcher: Matcher, notebook: str
) -> Claims:
    """Say whose each submission is.

    Args:
        platform: ``moodle``, ``canvas`` or ``plain``.
        members: the files.
        reading: what their names say.
        matcher: who is in the roster; with nobody in it, folders are ids.
        notebook: the exercise's name: a file called so is nobody's.
    """
    claims = Claims()
    answers: dict[str, Answer] = {}
    submissions: dict[str, Submission] = {}
    for member in members:
        places = reading[member.name]
        if not places:
            why = f"it is not named as {platform.capitalize()} names what is handed in"
            claims.strange.append((member.name, why))
            continue
        place, answer = _whose(platform, places, matcher, notebook)
        # Loose files of one student are one submission, as far as one of them is a notebook.
        key = f"\0{answer.student}" if place.loose and answer.student else place.person
        submissions.setdefault(key, Submission(place.person)).files.append((place, member))
        answers.setdefault(key, answer)
    claimed: dict[str, list[Submission]] = {}
    for key, submission in submissions.items():
        answer = answers[key]
        if answer.student is None:
            claims.left.append((submission, answer.why))
        elif key.startswith("\0") and submission.notebooks > 1:
            parts = [Submission(p.person, [(p, m)]) for p, m in submission.files]
            claimed.setdefault(answer.student, []).extend(parts)
        else:
            claimed.setdefault(answer.student, []).append(submission)
    same: dict[str, list[str]] = {}
    for student in claimed:
        same.setdefault(student.casefold(), []).append(student)
    for student, some in claimed.items():
        others = [s for s in same[student.casefold()] if s != student]
        if len(some) == 1 and not others:
            claims.taken[student] = some[0]
            continue
        told = ", ".join(s.person for of in (student, *others) for s in claimed[of])[:200]
        claims.left += [(s, f"more than one claims to be {student}: {told}") for s in some]
    return claims


def _whose(
    platform: str, places: list[Place], matcher: Matcher, notebook: str
) -> tuple[Place, Answer]:
    if platform == "plain" and not matcher.students:
        return places[0], _folder(places[0], notebook)
    if len(places) == 1:
        return places[0], matcher.find(places[0], platform)
    if not matcher.canvas:
        return places[0], matcher.find(places[0], platform)
    # "x_105_777_901_a.ipynb": user 105 with the file 901_a.ipynb, or x_105 with the number 777?
    sure = [p for p in places if p.number in matcher.canvas]
    agreeing = [p for p in sure if matcher.agrees(matcher.canvas[p.number], p.name)]
    if len(sure) == 1 and agreeing:
        return sure[0], matcher.find(sure[0], platform)
    people = " or ".join(f"{p.name} with the number {p.number}" for p in places[:3])
    return places[0], Answer(None, f"its name can be read as {people}", several=True)


def _folder(place: Place, notebook: str) -> Answer:
    """Return the id that a folder's name is, where the roster is empty."""
    name = place.person
    if place.loose:
        name = name[: -len(".ipynb")] if name.casefold().endswith(".ipynb") else ""
    try:
        student = clean_id(name)
    except ValueError as error:
        return Answer(None, str(error))
    if not student or student.casefold().split(".")[0].split(" ")[0] == notebook:
        return Answer(None, "it lies in nobody's folder: put it into one that is called by the id")
    return Answer(student)


def numbers_of(claims: Claims) -> Mapping[str, str]:
    """Return the platform's number under which each student's submission came."""
    return {student: submission.files[0][0].number for student, submission in claims.taken.items()}
