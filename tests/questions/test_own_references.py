"""An exercise's own references: named without being run, judged by, and never handed out."""

import pytest

from grader.course.notebooks import build_notebook
from grader.errors import CourseError
from grader.grading.batch import Settings, autograde
from grader.grading.store.standing import Held
from grader.questions import (
    Answer,
    Exercise,
    Outcome,
    draw_probes,
    judge,
    load_exercise,
    public_probes,
)
from grader.questions.parser import decode
from support.courses import (
    QUESTIONS,
    NoModel,
    filled,
    hand_in,
    in_process,
    make_course,
    released,
    write_exercise,
)

SOURCE = '''"""The course's own functions: THE SECRET REFERENCE."""
import numpy as np


def doubled(scores):
    """Return twice the scores."""
    return _twice(scores)


def _twice(scores):
    return 2 * scores


MISTAKES = {"doubled": {"squared": [lambda scores: np.square(scores)]}}
'''
OWN = QUESTIONS.replace('reference = "softmax"', 'reference = "doubled"').replace(
    "criterion.plain",
    'hint.squared = {zh = "不是平方", en = "Twice, not squared."}\ncriterion.plain',
)
DOUBLE = "def soft(scores):\n    return scores + scores"


def write(tmp_path, source=SOURCE, questions=OWN):
    folder = write_exercise(tmp_path, questions=questions) / "mini"
    (folder / "references.py").write_text(source, encoding="utf-8")
    return folder


def judged(exercise, function, probes):
    calls = {"calls": [{"ok": function(*map(decode, probe))} for probe in probes]}
    answer = Answer(exercise.questions["soft"].id, 0, "", calls, 0)
    return judge(exercise.questions["soft"], {"word": "cat"}, answer, NoModel(), probes)


def test_a_function_is_judged_by_the_reference_of_its_exercise(tmp_path):
    exercise = load_exercise(write(tmp_path))
    probes = draw_probes(exercise.questions["soft"], b"a")
    assert judged(exercise, lambda scores: 2 * scores, probes).points == 2
    wrong = judged(exercise, lambda scores: scores**2, probes)
    assert (wrong.points, wrong.hints) == (0, ("squared",))


def test_no_notebook_holds_the_reference_and_there_it_waits_to_be_judged(tmp_path):
    folder = write(tmp_path)
    for language in ("zh", "en"):
        notebook = str(build_notebook(folder, language, "course"))
        assert "SECRET REFERENCE" not in notebook
        assert "_twice" not in notebook
    public = Exercise.from_public(load_exercise(folder).public())
    probes = public_probes(public.questions["soft"])
    verdict = judged(public, lambda scores: scores, probes)
    assert {c.status for c in verdict.criteria} == {"unchecked"}


def test_reading_an_exercise_runs_none_of_its_code(tmp_path):
    exercise = load_exercise(write(tmp_path, SOURCE + "\nraise SystemExit('it ran')\n"))
    assert exercise.questions["soft"].parameters.reference == "doubled"


def test_a_reference_that_raises_leaves_the_answer_to_a_person(tmp_path):
    exercise = load_exercise(write(tmp_path, SOURCE.replace("2 * scores", "scores / undefined")))
    probes = draw_probes(exercise.questions["soft"], b"a")
    assert judged(exercise, lambda scores: 2 * scores, probes).outcome == Outcome.INTERNAL


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("def doubled(:\n", 1, "is not Python"),
        ("x = 1\n", 1, "defines no function"),
        (SOURCE.replace('"doubled": {', '"dubled": {'), 14, "speaks of 'dubled', which is no"),
        (SOURCE.replace("MISTAKES = {", "MISTAKES = {} | {"), 14, "MISTAKES is no dictionary"),
    ],
)
def test_a_wrong_reference_is_told_with_file_and_line(tmp_path, source, line, said):
    with pytest.raises(CourseError) as error:
        load_exercise(write(tmp_path, source))
    assert f"references.py:{line}: " in str(error.value)
    assert said in str(error.value)


def test_an_unknown_reference_lists_the_exercise_s_own_too(tmp_path):
    with pytest.raises(CourseError, match=r"'dobled' .* did you mean 'doubled'"):
        load_exercise(write(tmp_path, questions=OWN.replace('"doubled"', '"dobled"')))


def test_another_reference_is_another_assignment_and_the_old_one_is_kept(tmp_path):
    course = make_course(tmp_path)
    folder = course.exercise("mini")
    (folder / "questions.toml").write_text(OWN, encoding="utf-8")
    (folder / "references.py").write_text(SOURCE, encoding="utf-8")
    settings = Settings(run=in_process, load_model=NoModel)
    hand_in(course, "ann", filled(released(course), {"soft": DOUBLE}, "ann"))
    entry = autograde(course, "mini", settings).entries["ann"]
    assert entry.verdicts["soft_check"]["points"] == 2
    (folder / "references.py").write_text(SOURCE.replace("2 *", "3 *"), encoding="utf-8")
    with pytest.raises(Held, match="the questions"):
        autograde(course, "mini", settings)
