"""Written answers as a table: question by question, no names, what is identical in one line.

A line is known by a key: a keyed hash of question and answer. So a mark goes to everybody who wrote
just that, and to nobody whose answer changed meanwhile. Marks are nbgrader's own manual scores:
formgrader shows and changes the same ones, and grading again leaves them.
"""

import hashlib
import hmac
import json
import math
from contextlib import suppress
from dataclasses import dataclass, field

from grader.course.folder import Course
from grader.course.gradebook import in_one_transaction, open_gradebook
from grader.course.sheets import Row, plain, read_sheet, write_rows
from grader.errors import CourseError
from grader.questions import load_exercise

HEAD = ("key", "question", "copies", "maximum", "points", "comment", "answer")


@dataclass
class Group:
    """One distinct answer."""

    question: str
    answer: str
    maximum: float
    students: list[str] = field(default_factory=list)
    marks: set[tuple[float | None, str]] = field(default_factory=set)
    """What stands in the gradebook: points and comment; more than one where copies differ."""


@dataclass
class Applied:
    """What came of putting marks in."""

    marked: dict[str, list[str]] = field(default_factory=dict)
    """Student -> questions that got a mark."""
    unchanged: int = 0
    """Marks that stood there already."""
    open: int = 0
    """Answers that the table leaves without points."""
    gone: list[str] = field(default_factory=list)
    """A sentence for each line whose answer nobody has any more."""


def write_sheet(course: Course, slug: str) -> bytes:
    """Return the table of written answers to `slug`.

    Raises:
        CourseError: nothing is graded, or the exercise asks for no written answer.
    """
    rows = [HEAD]
    stale = {(s, q) for s, questions in stale_marks(course, slug).items() for q in questions}
    for key, group in _groups(course, slug).items():
        sure = len(group.marks) == 1 and not any(
            (s, group.question) in stale for s in group.students
        )
        points, comment = next(iter(group.marks)) if sure else (None, "")
        rows.append(
            (
                key,
                group.question,
                str(len(group.students)),
                f"{group.maximum:g}",
                "" if points is None else f"{points:g}",
                comment,
                group.answer,
            )
        )
    return write_rows(rows)


def stale_marks(course: Course, slug: str) -> dict[str, list[str]]:
    """Return whose marks were given to an answer that has changed since: student -> questions."""
    latest: dict[tuple[str, str], str] = {}
    for line in _recorded(course):
        if line["exercise"] == slug:
            latest[line["student"], line["question"]] = line["key"]
    if not latest:
        return {}
    found: dict[str, list[str]] = {}
    for key, group in _groups(course, slug).items():
        for student in group.students:
            if latest.get((student, group.question), key) != key:
                found.setdefault(student, []).append(group.question)
    return found


def rubrics(course: Course, slug: str) -> dict[str, str]:
    """Return the rubric of each written question, in the course's language."""
    questions = load_exercise(course.exercise(slug)).questions.values()
    return {
        q.name: (q.parameters.rubric or {}).get(course.language, "").strip()
        for q in questions
        if q.written
    }


def apply_sheet(course: Course, slug: str, data: bytes, name: str) -> Applied:
    """Put the marks of a table into the gradebook; all of them, or none where a line is wrong.

    Args:
        course: whose.
        slug: the exercise.
        data: the table, with points and comments filled in.
        name: of the file, for messages and for marks.jsonl.

    Raises:
        CourseError: a line is wrong; names the line.
    """
    groups = _groups(course, slug)
    applied, wanted = Applied(), {}
    for line, key, points, comment in _marks(data, name, groups):
        if key not in groups:
            applied.gone.append(f"{name}:{line}: nobody has this answer any more; write it anew.")
        elif points is None:
            applied.open += len(groups[key].students)
        else:
            wanted[key] = (points, comment)
    lines = []
    with open_gradebook(course, writing=True) as gradebook:

        def work() -> None:
            lines.clear()
            for key, (points, comment) in wanted.items():
                for student in groups[key].students:
                    made = _mark(gradebook, slug, student, groups[key], points, comment)
                    lines.append(made and made | {"key": key})

        in_one_transaction(gradebook, work)
    for line in filter(None, lines):
        applied.marked.setdefault(line["student"], []).append(line["question"])
    applied.unchanged = sum(line is None for line in lines)
    with (course.path / "marks.jsonl").open("a", encoding="utf-8") as file:
        for line in filter(None, lines):
            told = line | {"from": name, "sha256": hashlib.sha256(data).hexdigest()}
            file.write(json.dumps(told, ensure_ascii=True) + "\n")
    return applied


def _groups(course: Course, slug: str) -> dict[str, Group]:
    """Return the distinct answers by key: question by question, in an order that tells nothing."""
    questions = {
        q.grade_id: q for q in load_exercise(course.exercise(slug)).questions.values() if q.written
    }
    if not questions:
        raise CourseError(f'"{slug}" asks for no written answer.')
    secret = course.secret()
    found: dict[str, dict[str, Group]] = {name: {} for name in questions}
    graded = sorted(course.path.glob(f"autograded/*/{slug}/{slug}.ipynb"))
    if not graded:
        raise CourseError(f"Nothing is graded in {slug}; run `grader autograde {slug}` first.")
    with open_gradebook(course) as gradebook:
        for path in graded:
            student = path.parent.parent.name
            grades, comments = _standing(gradebook, slug, student)
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if name not in questions or name not in grades or grades[name][0]:
                    continue  # an answer as it was released has its points: none
                answer = "".join(cell["source"]).strip()
                text = "\0".join((slug, name, answer)).encode("utf-8", "replace")
                key = hmac.new(secret, text, hashlib.sha256).hexdigest()[:12]
                maximum = float(questions[name].points)
                group = found[name].setdefault(key, Group(questions[name].name, answer, maximum))
                group.students.append(student)
                group.marks.add((grades[name][1], comments.get(name, "")))
    return {key: group for of in found.values() for key, group in sorted(of.items())}


def _recorded(course: Course) -> list[dict]:
    try:
        lines = (course.path / "marks.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError):  # cut short by a crash
            found.append(json.loads(line))
    return found


def _standing(gradebook, slug: str, student: str) -> tuple[dict, dict]:
    """Return grade_id -> (whether the grader gave points, a person's points), and comments."""
    from nbgrader.api import MissingEntry

    try:
        notebook = gradebook.find_submission_notebook(slug, slug, student)
    except MissingEntry:
        return {}, {}
    grades = {g.name: (g.auto_score is not None, g.manual_score) for g in notebook.grades}
    return grades, {c.name: c.manual_comment or "" for c in notebook.comments}


def _mark(gradebook, slug, student, group: Group, points: float, comment: str) -> dict | None:
    """Set one mark; returns what is to be recorded, None where it stood there already."""
    notebook = gradebook.find_submission_notebook(slug, slug, student)
    grade = next(g for g in notebook.grades if g.name == group.question)
    said = next(c for c in notebook.comments if c.name == group.question)
    same = grade.manual_score == points and (said.manual_comment or "") == comment
    if same and not grade.needs_manual_grade:
        return None  # graded again, it is recorded again: perhaps the answer is another one
    line = {
        "exercise": slug,
        "question": group.question,
        "student": student,
        "before": grade.manual_score,
        "points": points,
        "comment": comment,
    }
    grade.manual_score, grade.needs_manual_grade = points, False
    said.manual_comment = comment or None
    return line


def _marks(data: bytes, name: str, groups: dict[str, Group]):
    """Yield line, key, points or None, and comment of each line of a table."""
    sheet = read_sheet(data, name)
    missing = [n for n in ("key", "points", "comment") if n not in sheet.header]
    if missing:
        raise CourseError(
            f'{name}: there is no column "{missing[0]}"; keep the first line as it is.'
        )
    seen: set[str] = set()
    for row in sheet.body:
        key, text, comment = (_field(row, sheet.header, n) for n in ("key", "points", "comment"))
        where = f"{name}:{row.line}"
        if key in seen:
            raise CourseError(f'{where}: the key "{key}" stands there twice; take one line out.')
        seen.add(key)
        points = None
        if text:
            maximum = groups[key].maximum if key in groups else math.inf
            try:
                points = float(text.replace(",", "."))
            except ValueError:
                points = math.nan
            if not 0 <= points <= maximum:
                raise CourseError(f'{where}: points "{text}" is no number from 0 to {maximum:g}.')
        yield row.line, key, points, plain(comment)


def _field(row: Row, header: list[str], name: str) -> str:
    at = header.index(name)
    return row.values[at].strip() if at < len(row.values) else ""
