"""Sample submissions: what their headers may say, and what an author is told."""

import pytest

from grader.errors import CourseError
from grader.questions import Outcome
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
    assert sample.cells == {
        "means": "means_answer = {}",
        "why": "Because **rows**\n\nsum to 1.",
    }
    assert not sample.kernel


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("# means = 2\n", "", 2, "no points are declared for 'means'; add means = 0"),
        ("# means = 2", "# mean = 2", 4, "there is no question 'mean'; did you mean 'means'?"),
        ("# about", "# abut", 1, "'abut' is not known; did you mean 'about'?"),
        ('"one_layer"', '"one_laier"', 11, "no hint 'one_laier'; did you mean 'one_layer'?"),
        ('"no answer"', '"nothing"', 13, "no outcome 'nothing'; known are"),
        ("array = 1", "array = = 1", 1, "is not TOML"),
    ],
)
def test_a_mistake_in_a_header_is_a_sentence_with_its_line(written, old, new, line, words):
    with pytest.raises(CourseError) as caught:
        written(HEADER.replace(old, new) + CELLS)
    hits = [said for said in str(caught.value).splitlines() if words in said]
    assert hits
    assert f"one.py:{line}:" in hits[0]


def test_an_exercise_without_answers_is_told_to_write_one(tmp_path, exercise):
    with pytest.raises(CourseError, match=r"no sample answers; write answers/full\.py"):
        read_samples(tmp_path, exercise)
