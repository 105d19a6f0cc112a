import json

import pytest

from grader.course.sample import all_answers, make_sample, read_answers
from grader.errors import CourseError
from support.courses import cell_of, make_course

GOOD = """# about = "Half of it."
# [points]
# pick = 1

# %%
x = "an extra cell"

# %% grade_id="pick"
pick = "keys"

# %% [markdown] grade_id="essay"
# I looked.
"""


@pytest.fixture
def course(tmp_path):
    course = make_course(tmp_path)
    (course.exercise("mini") / "answers").mkdir()
    return course


def write(course, name, text):
    (course.exercise("mini") / "answers" / f"{name}.py").write_text(text)


def test_answers_take_the_place_of_their_cells(course):
    write(course, "half", GOOD)
    assert make_sample(course, "mini").changed == ["half"]
    path = course.folder("submitted", "mini", "half") / "mini.ipynb"
    notebook = json.loads(path.read_text())
    assert cell_of(notebook, "pick")["source"] == 'pick = "keys"'
    assert cell_of(notebook, "essay")["source"] == "I looked."
    assert 'student = "half"' in notebook["cells"][0]["source"]
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources.index('x = "an extra cell"') == sources.index('pick = "keys"') - 1


def test_a_second_sample_changes_only_what_changed(course):
    write(course, "half", GOOD)
    write(course, "none", "# [points]\n# pick = 0\n")
    make_sample(course, "mini")
    write(course, "none", '# [points]\n# pick = 0\n\n# %% grade_id="pick"\npick = "queries"\n')
    made = make_sample(course, "mini")
    assert made.students == ["half", "none"]
    assert made.changed == ["none"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pick = 1\n", "half.py:1: .*begin the cell"),
        ("# points = \n# %%\n1\n", "not TOML"),
        ("# [point]\n# a = 1\n# %%\n1\n", 'there is no "point"'),
        ("# %%\n1\n", r"\[points\] is missing"),
    ],
)
def test_a_wrong_header_names_the_file(course, text, said):
    write(course, "half", text)
    with pytest.raises(CourseError, match=said):
        read_answers(course.exercise("mini") / "answers" / "half.py")


def test_a_cell_that_the_notebook_lacks_is_told(course):
    write(course, "half", '# [points]\n# %% grade_id="pik"\npick = 1\n')
    with pytest.raises(CourseError, match=r'no cell "pik"; it has: .*pick'):
        make_sample(course, "mini")


def test_an_exercise_without_answers_is_told(course):
    with pytest.raises(CourseError, match="at least one"):
        all_answers(course.exercise("mini"))
