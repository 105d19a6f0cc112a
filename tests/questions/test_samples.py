"""Sample submissions: what their headers may say, and what an author is told."""

import pytest

from grader.errors import CourseError
from grader.questions import Outcome, variant_index
from grader.questions.samples import read_sample, read_samples

HEADER = """# about = "A trial."
# [points]
# array = 1
# means = 2
# clear = 0
# best = 0
# own = 0
# claim = 0
# softmax = 0
# [hint]
# means = ["one_layer", "transposed"]
# [outcome]
# own = "no answer"
"""

CELLS = """
# %%
x = 1

# %% grade_id="means"
means_answer = {}

# %% [markdown] grade_id="why"
# Because **rows**
#
# sum to 1.
"""


@pytest.fixture
def written(tmp_path, exercise):
    def written(text):
        path = tmp_path / "one.py"
        path.write_text(text, "utf-8")
        return read_sample(path, exercise)

    return written


def test_a_sample_says_what_it_must_earn(written):
    sample = written(HEADER + CELLS)
    assert sample.points["means"] == 2
    assert sample.hints == {"means": ("one_layer", "transposed")}
    assert sample.outcomes == {"own": Outcome.NO_ANSWER}
    assert sample.sources == {
        "means": "x = 1\n\n\nmeans_answer = {}",
        "why": "Because **rows**\n\nsum to 1.",
    }
    assert [(cell.grade_id, cell.line) for cell in sample.cells] == [
        (None, 15),
        ("means", 18),
        ("why", 21),
    ]
    assert not sample.kernel


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("# means = 2\n", "", 2, "no points are declared for 'means'; add means = 0"),
        ("# means = 2", "# mean = 2", 4, "there is no question 'mean'; did you mean 'means'?"),
        ("# about", "# abut", 1, "'abut' is not known; did you mean 'about'?"),
        ('"one_layer"', '"one_laier"', 11, "no hint 'one_laier'; did you mean 'one_layer'?"),
        ('"no answer"', '"nothing"', 13, "no outcome 'nothing'; known are"),
        ("array = 1", "array = = 1", 3, "is not TOML"),
        ("array = 1", "array = true", 3, "True is no number"),
        ("array = 1", "array = 100", 3, "100 points are declared; write 0 to"),
        ("# [points]", "x = 1\n# [points]", 2, "before the first cell; begin the cell with # %%"),
        ('["one_layer", "transposed"]', "3", 11, 'write means = "KEY" or'),
        ('"no answer"', "[]", 13, "no outcome []; known are"),
    ],
)
def test_a_mistake_in_a_header_is_a_sentence_with_its_line(written, old, new, line, words):
    with pytest.raises(CourseError) as caught:
        written(HEADER.replace(old, new) + CELLS)
    hits = [said for said in str(caught.value).splitlines() if words in said]
    assert hits
    assert f"one.py:{line}:" in hits[0]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('# %% grade_id="mean"', "no cell \"mean\"; did you mean 'means'?"),
        ('# %% grade_id="means"\n1\n# %% grade_id="means"', "stands there twice"),
        ('# %% grad_id="means"', "no mark \"grad_id\"; did you mean 'grade_id'?"),
        ("# %% grade_id=means", '"grade_id=means" is no mark; write marks as grade_id="..."'),
        ("# %% [markdow]", "no [markdow] cell; did you mean 'markdown'?"),
        ("# %% [markdown]\ntext", 'a line of text begins with "# "'),
    ],
)
def test_a_mistake_in_a_cell_is_a_sentence_with_its_line(tmp_path, exercise, cell, words):
    (tmp_path / "notebook.py").write_text('# %% role="solution" grade_id="means"\n')
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "one.py").write_text(HEADER + cell + "\n1\n")
    with pytest.raises(CourseError) as caught:
        read_samples(tmp_path, exercise)
    assert words in str(caught.value)
    line = 14 + cell.count("\n")
    assert f"one.py:{line}: " in str(caught.value)


def test_all_wrong_files_are_told_at_once(tmp_path, exercise):
    (tmp_path / "answers").mkdir()
    for name in ("one", "two"):
        (tmp_path / "answers" / f"{name}.py").write_text(HEADER.replace("array = 1", "array = 9"))
    with pytest.raises(CourseError, match=r"(?s)one\.py:3: .*two\.py:3: "):
        read_samples(tmp_path, exercise)


def test_an_exercise_without_answers_is_told_to_write_one(tmp_path, exercise):
    with pytest.raises(CourseError, match=r"no sample answers; write at least one, .*full\.py"):
        read_samples(tmp_path, exercise)


def test_a_sample_for_one_variant_is_handed_in_by_a_student_who_has_it(written, exercise):
    for variant in (0, 1):
        sample = written(f"# variant = {variant}\n" + HEADER + CELLS)
        student = sample.student("a course", exercise)
        assert student == "one" or student.startswith("one-")
        assert variant_index("a course", exercise.slug, student, 2) == variant
    assert written(HEADER + CELLS).student("a course", exercise) == "one"


@pytest.mark.parametrize("value", ["2", "-1", '"zero"', "true", "0.0"])
def test_a_variant_that_does_not_exist_is_told(written, value):
    with pytest.raises(CourseError, match="write variant = 0 to 1") as raised:
        written(f"# variant = {value}\n" + HEADER + CELLS)
    assert "one.py:1: " in str(raised.value)
