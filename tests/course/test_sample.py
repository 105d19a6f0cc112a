import json

import pytest

from grader.course.sample import fill_in, make_sample
from grader.errors import CourseError
from grader.questions import load_exercise
from grader.questions.samples import read_samples
from support.courses import cell_of, make_course, own_cell, released

GOOD = """# about = "Half of it."
# [points]
# pick = 1
# soft = 0

# %%
x = "an extra cell"

# %% grade_id="pick"
pick = "keys"

# %% [markdown] grade_id="essay"
# I looked.
"""

NONE = "# [points]\n# pick = 0\n# soft = 0\n"


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
    assert 'student = "half"' in own_cell(notebook)["source"]
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources.index('x = "an extra cell"') == sources.index('pick = "keys"') - 1


def test_a_second_sample_changes_only_what_changed(course):
    write(course, "half", GOOD)
    write(course, "none", NONE)
    make_sample(course, "mini")
    write(course, "none", NONE + '\n# %% grade_id="pick"\npick = "queries"\n')
    made = make_sample(course, "mini")
    assert made.students == ["half", "none"]
    assert made.changed == ["none"]


def test_an_older_release_without_the_cell_is_told_with_file_and_line(course):
    write(course, "half", GOOD)
    notebook = released(course)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "pick"]
    exercise = course.exercise("mini")
    [sample] = read_samples(exercise, load_exercise(exercise))
    with pytest.raises(CourseError, match=r'half.py:9: .*no cell "pick"; release .* again'):
        fill_in(notebook, sample, "half")
