import ast
import json
import sys

import pytest

from grader.course.carried import find_data
from grader.course.notebooks import CODE_STUB, build_notebook, notebook_bytes
from grader.errors import CourseError
from grader.questions import Exercise, decode_public
from support.courses import NOTEBOOK, write_exercise


@pytest.fixture
def mini(tmp_path):
    return write_exercise(tmp_path) / "mini"


def marks(notebook):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def test_two_builds_are_byte_identical(mini):
    first, second = (notebook_bytes(build_notebook(mini, "zh", "c")) for _ in range(2))
    assert first == second


def test_both_languages_ask_the_same_questions_in_the_same_locked_code(mini):
    chinese, english = (build_notebook(mini, language, "c") for language in ("zh", "en"))
    assert marks(chinese) == marks(english)
    for one, other in zip(chinese.cells, english.cells, strict=True):
        if one.metadata.get("nbgrader", {}).get("locked"):
            assert one.source == other.source
    assert any("小练习" in cell.source for cell in chinese.cells)
    assert not any("小练习" in cell.source for cell in english.cells if cell.cell_type != "code")


def cell(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


def test_one_cell_is_the_students_own_and_the_one_that_starts_is_locked(mini):
    notebook = build_notebook(mini, "en", "c")
    assert cell(notebook, "student").source.startswith('student = ""')
    assert "nbgrader" not in cell(notebook, "student").metadata
    assert 'start("mini"' in cell(notebook, "start").source
    assert cell(notebook, "start").metadata.nbgrader.locked


def test_the_notebook_carries_its_public_questions_without_keys(mini):
    notebook = build_notebook(mini, "en", "c")
    public = decode_public(find_data(cell(notebook, "notebook_data").source))
    assert Exercise.from_public(public).questions.keys() == {"pick", "soft", "essay"}
    text = json.dumps(public, ensure_ascii=False)
    assert '"key"' not in text
    assert "900" not in text
    assert "anything" not in text


def test_a_cell_that_is_not_well_begun_is_told_with_its_line(mini):
    (mini / "notebook.py").write_text(NOTEBOOK.replace('lang="zh"', 'language="zh"', 1), "utf-8")
    with pytest.raises(CourseError, match=r'notebook.py:3: there is no mark "language"; .*lang'):
        build_notebook(mini, "en", "c")


def test_points_come_from_the_questions_alone(mini):
    notebook = build_notebook(mini, "en", "c")
    points = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points
        for c in notebook.cells
        if "points" in c.metadata.get("nbgrader", {})
    }
    assert points == {"pick_check": 1, "soft_check": 2, "essay": 1}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('role="check" grade_id="pick_check"', 'role="chek" grade_id="pick_check"', "no role"),
        ('grade_id="pick_check"', "", "needs a grade_id"),
        ('grade_id="pick_check"', 'grade_id="pik_check"', r"add \[question.pik\]"),
        ('"mini.pick", pick', '"mini.soft", pick', r'write check\("mini.pick"'),
        ('grade_id="soft_check"', 'grade_id="pick_check"', "stands there twice"),
        ('lang="en"\n# The model', 'lang="fr"\n# The model', "no language"),
        ('# %% role="check" grade_id="soft_check"\ncheck("mini.soft", soft)\n', "", "no cell asks"),
        ("[markdown] role", "role", "is a .markdown. cell"),
    ],
)
def test_a_notebook_that_does_not_fit_its_questions_is_told_with_cell_and_repair(
    mini, before, after, said
):
    assert before in NOTEBOOK
    (mini / "notebook.py").write_text(NOTEBOOK.replace(before, after), encoding="utf-8")
    with pytest.raises(CourseError, match=said) as error:
        build_notebook(mini, "en", "c")
    assert "notebook.py" in str(error.value)


def test_a_cell_for_running_the_source_as_a_script_stays_outside(mini):
    script = '# %% role="script"\nsession = start("mini", questions=...)\n' + NOTEBOOK
    (mini / "notebook.py").write_text(script, encoding="utf-8")
    assert not any("..." in c.source for c in build_notebook(mini, "en", "c").cells)


def test_without_the_package_the_notebook_says_how_to_get_it(mini, monkeypatch):
    monkeypatch.setitem(sys.modules, "grader.check", None)
    source = cell(build_notebook(mini, "en", "c", "https://x.org/a.whl"), "start").source
    with pytest.raises(ImportError) as error:
        exec(source, {})
    said = str(error.value)
    for line in ("pip install https://x.org/a.whl", "-i https://pypi.tuna", "--no-index", "内核"):
        assert line in said


def test_only_the_sites_notebook_says_that_it_is_for_practice(mini):
    for language, word in (("zh", "练习用"), ("en", "For practice")):
        assert word in build_notebook(mini, language, "c", practice=True).cells[0].source
        assert all(word not in c.source for c in build_notebook(mini, language, "c").cells)


def test_the_first_screen_is_title_id_and_folded_set_up(mini):
    for language, title in (("zh", "# 小练习"), ("en", "# A small exercise")):
        cells = build_notebook(mini, language, "c", "https://x.org/a.whl").cells
        assert [c.id for c in cells[1:5]] == ["begin", "student", "notebook_data", "start"]
        assert cells[0].source == title
        assert "%pip install https://x.org/a.whl" in cells[1].source
        for hidden in cells[3:5]:
            assert hidden.metadata["jupyter"] == {"source_hidden": True}  # JupyterLab
            assert hidden.metadata["cellView"] == "form"  # Colab
            assert hidden.source.startswith("# @title ")


def test_what_stands_for_an_answer_shows_nothing_when_it_runs():
    *_, last = ast.parse(f"answer = None\n{CODE_STUB}").body
    assert isinstance(last, ast.Pass)
