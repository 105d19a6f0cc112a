"""Every number that goes out at the end of a term is explained by what went in."""

import csv
import io
import json
import math
import re
import sqlite3
from pathlib import Path

import pytest

from attention_views.bundle import build_engine
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.grading.store.blobs import kept_answers
from grader.grading.store.record import read_record
from grader.questions import Refusal, load_exercise, read_bundles
from support.axe import SOURCE, violations
from support.term import DUE, EXTENDED, SLUGS, hold_term, run, students

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    return hold_term(tmp_path_factory.mktemp("term"))


@pytest.fixture(scope="module")
def exported(term):
    text = Path(term.said["export"]["path"]).read_text("utf-8-sig")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def due(slug, student):
    extended = slug == SLUGS[0] and student == students()[EXTENDED]
    return DUE[slug].replace(day=14) if extended else DUE[slug]


def days_late(handed, slug, student):
    """Days begun after the due time, ten minutes of grace; None where nobody knows."""
    if handed.at is None:
        return None
    seconds = (handed.at - due(slug, student)).total_seconds()
    return 0 if seconds <= 600 else math.ceil(seconds / 86400)


def test_what_was_handed_in_came_to_its_student_and_what_was_no_name_was_refused(term):
    for slug in SLUGS:
        collected = term.said[f"collect {slug} 0"]
        wanted = {s for (s, x), one in term.handed.items() if x == slug and one.kind != "missing"}
        assert set(collected["students"]) == wanted
        assert set(collected["missing"]) == set(students()) - wanted
        assert collected["unmatched"] == []
    assert len(term.said[f"collect {SLUGS[2]} 0"]["refused"]) == 2
    again = term.said[f"collect {SLUGS[0]} 1"]["students"]
    assert len(again) >= 5
    assert {one["outcome"] for one in again.values()} == {"replaced"}


def test_the_term_has_all_kinds_of_submissions_in_both_languages(term):
    kinds = [(one.kind, one.language) for one in term.handed.values()]
    for kind in ("sample", "hostile"):
        assert {(kind, "zh"), (kind, "en")} <= set(kinds)
    assert min(sum(k == kind for k, _ in kinds) for kind in ("missing", "broken", "hostile")) >= 5
    assert sum(one.kind == "sample" for one in term.handed.values()) > 100


def test_every_number_of_the_export_is_explained_by_what_went_in(term, exported):
    """Points by the samples' own declarations and the table of marks, the rest by the clock."""
    assert list(exported) == students()
    for (student, slug), handed in term.handed.items():
        row = exported[student]
        if handed.kind == "missing":
            assert not any(v for k, v in row.items() if k.startswith(slug) and "maximum" not in k)
            continue
        entry = read_record(term.course, slug)[student]
        judged = {g.removesuffix("_check"): v["points"] for g, v in entry.verdicts.items()}
        assert judged == handed.points, (student, slug, handed)
        with open_gradebook(term.course) as gradebook:
            marks = read_marks(gradebook, slug, student)
        written = {g: marks.cells[g].points for g in entry.written}
        assert None not in written.values()
        points = round(sum(judged.values()) + sum(written.values()), 2)
        days = days_late(handed, slug, student)
        off = round(min(0.1 * (days or 0), 0.5) * points, 2)
        assert float(row[f"{slug}.points"]) == points
        assert float(row[f"{slug}.taken_off"]) == pytest.approx(off, abs=0.0051)
        counted = float(row[f"{slug}.points"]) - float(row[f"{slug}.taken_off"])
        assert float(row[slug]) == pytest.approx(counted, abs=1e-9)
        assert float(row[f"{slug}.maximum"]) == marks.maximum
        assert row[f"{slug}.open"] == ""
        if days is not None:
            assert int(row[f"{slug}.late_days"] or 0) == days
            assert row[f"{slug}.handed_in"]


def test_marks_of_written_answers_are_those_of_the_table(term):
    given = [mark for (slug, _), mark in term.essays.items() if slug == "telescope"]
    assert len(given) >= 2
    with open_gradebook(term.course) as gradebook:
        for student in read_record(term.course, "telescope"):
            mark = read_marks(gradebook, "telescope", student).cells["friend"]
            assert mark.points in given or (mark.manual is None and mark.auto == 0)


def test_the_regrade_did_what_its_preview_said_and_nothing_else(term):
    preview, done = term.said["preview"], term.said["regrade"]
    assert preview["changes"] == done["changes"] != []
    assert preview["totals"] == done["totals"]
    assert {change["question"] for change in done["changes"]} == {"claim_check"}
    moved = {s for (s, x), h in term.handed.items() if x == "telescope" and h.points.get("claim")}
    assert set(done["totals"]) >= moved


def test_the_record_is_whole_and_every_grade_judged_again_is_the_same(term):
    for slug in SLUGS:
        assert run(term.folder, "verify", slug)["exit"] == 0
        assert run(term.folder, "autograde", slug)["graded"] == []


def test_what_was_hostile_changed_nothing_and_earned_nothing(term):
    with sqlite3.connect(term.course.path / "gradebook.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    for (student, slug), handed in term.handed.items():
        if handed.kind == "hostile":
            verdicts = read_record(term.course, slug)[student].verdicts.values()
            assert {v["points"] for v in verdicts} == {0}


def test_no_page_holds_a_number_that_is_not_the_students_own_or_the_exercises(term):
    """Three decimals and more: weights, means, inputs. Points and tolerances have fewer."""
    for slug in SLUGS[:1]:  # the one whose right values are weights; elsewhere reasons count
        record = read_record(term.course, slug)
        known = numbers(public(term, slug))
        for student, path in term.said[f"feedback {slug}"]["pages"].items():
            page = re.sub(r'src="data:[^"]*"', "", Path(path).read_text("utf-8"))
            page = re.sub(r"(within|允许相差) [\d.]+", "", page)  # a tolerance
            own = known | numbers(own_text(term, slug, student))
            values = answered(term, record[student])
            for number in numbers(page) - own:
                size = len(number.split(".")[1])
                assert any(abs(v - float(number)) <= 10.0**-size for v in values), (path, number)
        report = Path(term.said[f"report {slug}"]["page"]).read_text("utf-8")
        assert numbers(re.sub(r"<style>.*?</style>", "", report)) <= known
        assert len(term.said[f"feedback {slug}"]["pages"]) > 40


def numbers(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])-?\d*\.\d{3,}(?![\w.])", text))


def public(term, slug) -> str:
    """What everybody may read: both releases and the questions that they carry."""
    folder = term.course.folder("release", slug)
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.ipynb"))]
    exercise = load_exercise(term.course.exercises / slug)
    return "\n".join([*texts, json.dumps(exercise.public(), ensure_ascii=False)])


def own_text(term, slug, student) -> str:
    """What the student wrote, and what the student's own cells showed."""
    stored = term.course.folder("autograded", slug, student) / f"{slug}.ipynb"
    cells = json.loads(stored.read_text("utf-8"))["cells"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    own = [
        cell
        for cell, one in zip(cells, marks, strict=True)
        if one.get("solution") or not one.get("grade")
    ]
    return json.dumps(own).replace("\\n", "\n")


def answered(term, entry) -> list[float]:
    """Every number in the student's answers."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, (int, float)):
            found.append(float(value))

    for notebook in kept_answers(term.course, entry.answers).values() if entry.answers else ():
        for grade_id, outputs in notebook.recorded.items():
            question = entry.verdicts.get(grade_id, {}).get("question")
            if question and '"display_data"' in outputs:
                try:
                    walk(read_bundles(outputs, question).value)
                except Refusal:
                    continue
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_the_term_are_accessible_and_run_no_script(chromium, term, language):
    if not SOURCE.is_file():
        build_engine()
    feedback = term.said["feedback telescope"]["pages"]
    hostile = next(
        s for (s, x), h in term.handed.items() if x == "telescope" and h.kind == "hostile"
    )
    full = next(
        s for (s, x), h in term.handed.items() if x == "telescope" and h.sample == "full_by_code"
    )
    for path in (term.said["report telescope"]["page"], feedback[hostile], feedback[full]):
        for width, scheme in ((1280, "light"), (390, "dark")):
            page = chromium.new_page(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            page.goto(f"file://{path}")
            page.check(f"#to-{language}")
            assert violations(page) == []
            assert page.evaluate("window.hits") is None
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.close()
