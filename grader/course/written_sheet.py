"""Written answers as a table: question by question, no names, what is identical in one line.

A line is known by a key: a keyed hash of question and answer, so a mark goes to everybody who wrote
just that, and to nobody whose answer changed meanwhile. Identical answers with different marks are
lines of their own; their keys hold the mark, too. Marks are nbgrader's own manual scores:
formgrader shows and changes the same ones, and grading again leaves them.
"""

import hashlib
import hmac
import json
import math
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter

from grader.atomic import append_line
from grader.course.course import Course
from grader.course.gradebook import in_one_transaction, open_gradebook
from grader.course.marks import read_marks
from grader.course.sheets import Row, plain, read_sheet, write_rows
from grader.errors import CourseError
from grader.questions import load_exercise

HEAD = ("key", "question", "copies", "maximum", "points", "comment", "answer")


Standing = tuple[float | None, str]
"""A mark as the gradebook holds it: points, or None where there are none or they are for another
answer, and comment."""


@dataclass
class Group:
    """One distinct answer, or those of its copies that have the same mark."""

    question: str
    answer: str
    maximum: float
    standing: Standing
    students: list[str] = field(default_factory=list)


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
    elsewhere: list[str] = field(default_factory=list)
    """A sentence for each mark that was given elsewhere and is another here; while there is one,
    and `replace` is not asked for, nothing is written."""


def write_sheet(course: Course, slug: str) -> bytes:
    """Return the table of written answers to `slug`.

    Raises:
        CourseError: nothing is graded, or the exercise asks for no written answer.
    """
    rows = [HEAD]
    for key, group in _groups(course, slug).items():
        points, comment = group.standing
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


def rubrics(course: Course, slug: str) -> dict[str, str]:
    """Return the rubric of each written question, in the course's language."""
    questions = load_exercise(course.exercise(slug)).questions.values()
    return {
        q.name: (q.parameters.rubric or {}).get(course.language, "").strip()
        for q in questions
        if q.written
    }


def apply_sheet(
    course: Course, slug: str, data: bytes, name: str, *, replace: bool = False
) -> Applied:
    """Put the marks of a table into the gradebook; all of them, or none where a line is wrong.

    A mark that was given elsewhere (in formgrader, by `grader settle`, from another table) is shown
    before it is overwritten: then nothing is written.

    Args:
        course: whose.
        slug: the exercise.
        data: the table, with points and comments filled in.
        name: of the file, for messages and for marks.jsonl.
        replace: overwrite what was given elsewhere.

    Raises:
        CourseError: a line is wrong; names the line.
    """
    groups, last = _groups(course, slug), _last_marks(course, slug)
    applied, wanted = Applied(), []
    for line, key, points, comment in _marks(data, name, groups):
        found = _with_key(groups, key, last)
        if not found:
            applied.gone.append(f"{name}:{line}: nobody has this answer any more; write it anew.")
        elif points is None:
            applied.open += sum(len(group.students) for group in found)
        else:
            wanted += [(line, key, group, points, comment) for group in found]
    for line, _, group, points, comment in wanted:
        others = [s for s in group.students if _given_elsewhere(group, last.get(s, {}), name)]
        if others and group.standing != (points, comment):
            applied.elsewhere.append(
                f"{name}:{line}: {group.question}, {len(others)} of {len(group.students)}: "
                f"{_mark_text(group.standing)} was given elsewhere; the table has "
                f"{_mark_text((points, comment))}."
            )
    if applied.elsewhere and not replace:
        return applied
    lines: list[dict | None] = []
    with open_gradebook(course, writing=True) as gradebook:

        def work() -> None:
            lines.clear()
            for _, key, group, points, comment in wanted:
                for student in group.students:
                    made = _mark(gradebook, slug, student, group, points, comment)
                    lines.append(made and made | {"key": key})

        in_one_transaction(gradebook, work)
    for line in filter(None, lines):
        applied.marked.setdefault(line["student"], []).append(line["question"])
    applied.unchanged = sum(line is None for line in lines)
    for line in filter(None, lines):
        told = line | {"from": name, "sha256": hashlib.sha256(data).hexdigest()}
        append_line(course.path / "marks.jsonl", json.dumps(told, ensure_ascii=True))
    return applied


def _with_key(groups: dict[str, Group], key: str, last: dict[str, dict]) -> list[Group]:
    """Return the answers that a line of a table is about.

    A key with a mark in it, whose copies have got one and the same mark since, is about those that
    were marked under it: putting a table in a second time changes nothing.
    """
    if key in groups:
        return [groups[key]]
    whole, _, mark = key.partition("-")
    copies = {k: group for k, group in groups.items() if k.partition("-")[0] == whole}
    if not mark:
        return list(copies.values())
    found = []
    for group in copies.values():
        mine = [
            s for s in group.students if last.get(s, {}).get(group.question, {}).get("key") == key
        ]
        if mine:
            found.append(Group(group.question, group.answer, group.maximum, group.standing, mine))
    return found


def _given_elsewhere(group: Group, last: dict[str, dict], name: str) -> bool:
    """Say whether a standing mark came by another way than a table of this name."""
    points, comment = group.standing
    mine = last.get(group.question, {})
    known = (mine.get("points"), mine.get("comment"), mine.get("from"))
    return points is not None and known != (points, comment, name)


def _mark_text(mark: Standing) -> str:
    points, comment = mark
    return f"{points:g}" + (f' ("{comment[:40]}")' if comment else "")


def _groups(course: Course, slug: str) -> dict[str, Group]:
    """Return the distinct answers by key: question by question, in an order that tells nothing."""
    exercise = course.questions(slug)
    questions = (
        {q.grade_id: q for q in exercise.questions.values() if q.written} if exercise else {}
    )
    if not questions:
        raise CourseError(f'"{slug}" asks for no written answer.')
    secret = course.secret()
    answers: dict[str, dict[str, dict[Standing, list[str]]]] = {name: {} for name in questions}
    graded = sorted(course.path.glob(f"autograded/*/{slug}/{slug}.ipynb"))
    if not graded:
        raise CourseError(f"Nothing is graded in {slug}; run `grader autograde {slug}` first.")
    with open_gradebook(course) as gradebook:
        for path in graded:
            student = path.parent.parent.name
            marks = read_marks(gradebook, slug, student)
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                mark = marks.cells.get(name)
                if name not in questions or mark is None or mark.auto is not None:
                    continue  # an answer as it was released has its points: none
                points = None if mark.open else mark.manual
                standing = points, marks.comments.get(name, "") if points is not None else ""
                of_answer = answers[name].setdefault("".join(cell["source"]).strip(), {})
                of_answer.setdefault(standing, []).append(student)
    return {
        key: Group(questions[name].name, answer, float(questions[name].points), standing, students)
        for name, of_question in answers.items()
        for key, answer, standing, students in sorted(
            _keyed(secret, slug, name, of_question), key=itemgetter(0)
        )
    }


def _keyed(secret: bytes, slug: str, name: str, answers: dict[str, dict[Standing, list[str]]]):
    """Yield key, answer, mark and students; the key holds the mark where copies differ in it."""

    def digest(*parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "replace")
        return hmac.new(secret, text, hashlib.sha256).hexdigest()

    for answer, marks in answers.items():
        key = digest(slug, name, answer)[:12]
        for standing, students in marks.items():
            mark = f"-{digest(key, *map(str, standing))[:8]}" if len(marks) > 1 else ""
            yield key + mark, answer, standing, students


def _last_marks(course: Course, slug: str) -> dict[str, dict[str, dict]]:
    """Return the last mark that came by table: student -> question -> line of marks.jsonl."""
    found: dict[str, dict[str, dict]] = {}
    for line in recorded_marks(course):
        if line["exercise"] == slug:
            found.setdefault(line["student"], {})[line["question"]] = line
    return found


def recorded_marks(course: Course) -> list[dict]:
    """Return what stands in marks.jsonl: every mark that came by table, oldest first."""
    try:
        lines = (course.path / "marks.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError):  # cut short by a crash
            found.append(json.loads(line))
    return found


def _mark(gradebook, slug, student, group: Group, points: float, comment: str) -> dict | None:
    """Set one mark; returns what is to be recorded, None where it stood there already."""
    notebook = gradebook.find_submission_notebook(slug, slug, student)
    grade = next(g for g in notebook.grades if g.name == group.question)
    said = next(c for c in notebook.comments if c.name == group.question)
    same = grade.manual_score == points and (said.manual_comment or "") == comment
    if same and not grade.needs_manual_grade:
        return None  # where a person has to look again, the mark is recorded again
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
