"""A whole term, as the people in it would type it: from `init` to `export`, kernels and all.

60 generated students hand in three exercises in both languages, through Moodle, Canvas and a plain
folder: in time and late, again, not at all, broken and hostile. What everyone must have at the end
is worked out here, from the sample answers' own declarations, before anything is graded.
"""

import io
import json
import random
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from grader.cli import main
from grader.course.course import open_course
from grader.course.sample import fill_in
from grader.questions import load_exercise
from grader.questions.samples import read_samples
from support.courses import own_cell
from support.handed_out import canvas_name, moodle_name, zip_of

EXERCISES = Path(__file__).parents[2] / "exercises"
SLUGS = ("telescope", "shapes-and-rows", "scaled-dot-product")
N = 60
ZONE = timezone(timedelta(hours=8))
DUE = {
    slug: datetime(2026, 10, 10 + 10 * i, 23, 59, tzinfo=ZONE)
    for i, slug in enumerate(SLUGS)
}  # fmt: skip
BEFORE = timedelta(hours=1)
"""What is handed in the first time comes so long before what replaces it."""

EXTENDED = 7
"""The student with more time for the first exercise."""

SETTINGS = """
[late]
policy = "per day"
per_day = 0.1
most = 0.5
grace_minutes = 10

[due]
{due}

[extension."{student}"]
telescope = 2026-10-14 23:59:00
"""

FORGING = """\
import builtins, os, pathlib
from IPython.display import HTML, display
display(HTML("<script>window.hits = 1</script>"))
for path in ("../gradebook.db", "../../gradebook.db", {course!r} + "/gradebook.db"):
    try:
        pathlib.Path(path).write_text("")
    except OSError:
        pass
import grader.check
grader.check.judge = lambda *a: 99
print(99)
"""

BROKEN = (b"{", b"", b"\x89PNG\r\n\x1a\n\x00", b'{"cells": [], "nbformat": 3}')


@dataclass
class Handed:
    """What one student does about one exercise, and what must come of it."""

    kind: str
    """``sample``, ``missing``, ``broken`` or ``hostile``."""
    sample: str = ""
    language: str = "zh"
    at: datetime | None = None
    points: dict[str, float] = field(default_factory=dict)
    """Question -> points, of those that a machine judges."""
    first: bytes | None = None
    """What was handed in before, and replaced."""


@dataclass
class Term:
    """The term: its course folder, what was handed in, what each command said."""

    folder: Path
    course: object
    handed: dict[tuple[str, str], Handed]
    """(student, slug) -> what was handed in."""
    said: dict[str, dict] = field(default_factory=dict)
    """Name of a step -> the object it printed."""
    essays: dict[tuple[str, str], float] = field(default_factory=dict)
    """(slug, key of an answer) -> the mark that it was given."""


def students() -> list[str]:
    return [f"00{2026000 + i}" for i in range(N)]


def name_of(i: int) -> str:
    return "王李张刘陈杨赵黄周吴"[i % 10] + "芳伟娜敏静强"[i // 10] + ("" if i % 3 else "华")


def run(course: Path | None, *words) -> dict:
    """Type a command; returns what it printed, and its exit code as ``exit``."""
    out = io.StringIO()
    at = ["--course", str(course)] if course else []
    with redirect_stdout(out), redirect_stderr(io.StringIO()) as talk:
        code = main([str(word) for word in words] + ["--json", *at])
    assert code != 2, talk.getvalue()
    return json.loads(out.getvalue()) | {"exit": code}


def plan(slug: str, samples: dict, questions: dict) -> dict[str, Handed]:
    """Decide what each student does; the same each time."""
    dice = random.Random(slug)
    found = {}
    for i, student in enumerate(students()):
        lot = dice.random()
        late = dice.choice([-30, -3, -0.5, 0.1, 5, 30, 75, 200])  # hours after the due time
        at = DUE[slug] + timedelta(hours=late)
        if slug == SLUGS[2] and lot > 0.95:
            at = None  # the table of times lacks a few
        language = ("zh", "en")[i % 2]
        if lot < 0.12:
            found[student] = Handed("missing")
        elif lot < 0.2:
            found[student] = Handed("broken", at=at, points=dict.fromkeys(questions, 0.0))
        elif lot < 0.25:
            nothing = dict.fromkeys(questions, 0.0)
            found[student] = Handed("hostile", language=language, at=at, points=nothing)
        else:
            name = dice.choice(sorted(samples))
            points = {q: float(p) for q, p in samples[name].points.items()}
            found[student] = Handed("sample", name, language, at, points)
    return found


def notebook_of(course, slug: str, student: str, handed: Handed, samples: dict) -> bytes:
    if handed.kind == "broken":
        return BROKEN[int(student) % len(BROKEN)]
    own = course.language == handed.language
    name = slug if own else f"{slug}.{handed.language}"
    path = course.folder("release", slug) / f"{name}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    if handed.kind == "hostile":
        cells = [dict(cell) for cell in notebook["cells"]]
        own = own_cell({"cells": cells})
        own["source"] = "".join(own["source"]).replace('""', f'"{student}"')
        code = {"cell_type": "code", "id": "forge", "metadata": {}, "outputs": []}
        code |= {"execution_count": None, "source": FORGING.format(course=str(course.path))}
        text = {"cell_type": "markdown", "id": "text", "metadata": {}}
        text |= {"source": "<script>window.hits = 1</script><img src=x onerror='window.hits=1'>"}
        notebook = {**notebook, "cells": [own, text, code, *(c for c in cells if c is not own)]}
        return json.dumps(notebook).encode()
    filled = fill_in(notebook, samples[handed.sample], student)
    for cell in filled["cells"] if int(student) % 3 == 1 else ():
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade") and marks.get("solution"):
            cell["source"] = f"我这样看 / my view: {'x' * (int(student) % 7)}"
    return json.dumps(filled).encode()


def hold_term(folder: Path) -> Term:
    """Hold the term in an empty folder; returns it when it is over."""
    shutil.copytree(EXERCISES, folder / "exercises")
    spoil(folder)
    path = folder / "course"
    said = {
        "init": run(None, "init", path, "--language", "zh", "--exercises", folder / "exercises")
    }
    settings = re.split(r"(?m)^\[late\]", (path / "course.toml").read_text("utf-8"))[0]
    due = "\n".join(f"{s} = {t.replace(tzinfo=None).isoformat(sep=' ')}" for s, t in DUE.items())
    settings += SETTINGS.format(due=due, student=students()[EXTENDED])
    (path / "course.toml").write_text(settings, encoding="utf-8")
    rows = [f"{s},{name_of(i)},{s}@x.edu,{5000 + i}" for i, s in enumerate(students())]
    roster = "\r\n".join(["学号,姓名,邮箱,canvas_id", *rows, ""])
    (folder / "students.csv").write_bytes(roster.encode("gbk"))
    said["roster"] = run(path, "roster", folder / "students.csv")
    course = open_course(path)
    made = Term(path, course, {}, said)
    for slug in SLUGS:
        said[f"release {slug}"] = run(path, "release", slug)
        exercise = load_exercise(folder / "exercises" / slug)
        samples = {
            s.name: s for s in read_samples(EXERCISES / slug, load_exercise(EXERCISES / slug))
        }
        samples = {name: one for name, one in samples.items() if one.variant is None}
        judged = [name for name, q in exercise.questions.items() if not q.written]
        handed = plan(slug, samples, judged)
        hand_in(made, slug, handed, samples)
        made.handed |= {(student, slug): one for student, one in handed.items()}
        said[f"autograde {slug}"] = run(path, "autograde", slug, "--workers", "2")
    mend(made)
    for slug in SLUGS:
        mark(made, slug)
        said[f"report {slug}"] = run(path, "report", slug)
        said[f"feedback {slug}"] = run(path, "feedback", slug)
    said["export"] = run(path, "export", "--to", "csv")
    return made


def spoil(folder: Path) -> None:
    """Make the mistake that is mended later: a wrong key."""
    path = folder / "exercises" / "telescope" / "questions.toml"
    text = path.read_text("utf-8")
    assert 'key = "does_not_tell"' in text
    path.write_text(text.replace('key = "does_not_tell"', 'key = "has_noun"'), encoding="utf-8")


def mend(made: Term) -> None:
    shutil.copy(EXERCISES / "telescope" / "questions.toml", made.course.exercises / "telescope")
    made.said["release again"] = run(made.folder, "release", "telescope")
    made.said["preview"] = run(made.folder, "regrade", "telescope")
    made.said["regrade"] = run(made.folder, "regrade", "telescope", "--apply")


def hand_in(made: Term, slug: str, handed: dict[str, Handed], samples: dict) -> None:
    """Pack what the platform would give out, and collect it; the first exercise twice."""
    files = {
        student: notebook_of(made.course, slug, student, one, samples)
        for student, one in handed.items()
        if one.kind != "missing"
    }
    times = {student: handed[student].at for student in files if handed[student].at}
    number = {student: 5000 + i for i, student in enumerate(students())}
    if slug == SLUGS[0]:
        again = [student for student in files if int(student) % 7 == 0]
        for student in again:
            handed[student].first = b"{"
        early = {s: handed[s].first if s in again else data for s, data in files.items()}
        rounds = [(early, times), ({s: files[s] for s in again}, times)]
        for student in set(files) - set(again):
            handed[student].at -= BEFORE
    else:
        rounds = [(files, times)]
    for turn, (some, when) in enumerate(rounds):
        if slug == SLUGS[0]:
            named = {
                moodle_name(name_of(number[s] - 5000), number[s], f"{slug}.ipynb"): d
                for s, d in some.items()
            }
            kind = {"encoding": "gbk"}
            first = "Identifier,Full name,ID number,Last modified (submission)"
            lines = [
                f'Participant {number[s]},{name_of(number[s] - 5000)},{s},"{_moodle(t, turn)}"'
                for s, t in when.items()
            ]
        elif slug == SLUGS[1]:
            named = {
                canvas_name(name_of(number[s] - 5000), number[s], 9, f"{slug}.ipynb"): d
                for s, d in some.items()
            }
            kind, first = {}, "id,submitted_at"
            lines = [f"{s},{t.isoformat()}" for s, t in when.items()]
        else:
            named = {f"作业/{s}/{slug}.ipynb": d for s, d in some.items()}
            named |= {"../../evil.ipynb": b"{}", "/etc/evil.ipynb": b"{}"}
            kind, first = {}, "学号,提交时间"
            lines = [f"{s},{t.replace(tzinfo=None).isoformat(sep=' ')}" for s, t in when.items()]
        archive = made.folder.parent / f"{slug}-{turn}.zip"
        archive.write_bytes(zip_of(named, **kind))
        table = archive.with_suffix(".csv")
        table.write_text("\n".join([first, *lines, ""]), encoding="utf-8")
        made.said[f"collect {slug} {turn}"] = run(
            made.folder, "collect", archive, "--slug", slug, "--times", table
        )


def _moodle(time: datetime, turn: int) -> str:
    """Return a time as Moodle writes it; what is replaced came an hour before."""
    time -= timedelta(0) if turn else BEFORE
    return time.strftime("%A, %-d %B %Y, %-I:%M %p")


def mark(made: Term, slug: str) -> None:
    """Mark the written answers in the table: by their length, so that everyone can tell."""
    table = made.folder.parent / f"{slug}-essays.csv"
    questions = load_exercise(made.course.exercises / slug).questions.values()
    if not any(question.written for question in questions):
        return
    run(made.folder, "written", slug, "--out", table)
    import csv

    rows = list(csv.reader(io.StringIO(table.read_text("utf-8-sig"))))
    head = rows[0]
    for row in rows[1:]:
        one = dict(zip(head, row, strict=True))
        points = min(float(one["maximum"]), (1 + len(one["answer"]) % 5) / 2)
        row[head.index("points")] = f"{points:g}"
        made.essays[slug, one["key"]] = points
    filled = io.StringIO()
    csv.writer(filled).writerows(rows)
    table.write_text(filled.getvalue(), encoding="utf-8-sig")
    made.said[f"written {slug}"] = run(made.folder, "written", slug, "--in", table)
