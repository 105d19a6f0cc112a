import zipfile

import pytest

from grader.course.release import release, released_bytes
from grader.errors import CourseError
from grader.grading.batch import Settings, autograde
from support.courses import NOTEBOOK, NoModel, filled, hand_in, in_process, make_course, released

SECRETS = ["e.sum", "THE SECRET ESSAY", "参考答案", 'pick = "keys"', "900"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("release"))


def test_a_release_holds_no_solution_and_no_expected_value(course):
    files = [path.read_text() for path in course.folder("release", "mini").iterdir()]
    assert len(files) == 2
    source = (course.folder("source", "mini") / "mini.ipynb").read_text()
    for secret in SECRETS[:2]:
        assert secret in source  # the control: the source does hold them
    for text in files:
        assert not [secret for secret in SECRETS if secret in text]


def test_the_other_language_lies_beside_with_the_same_checksums(course):
    import json

    both = [
        json.loads((course.folder("release", "mini") / name).read_text())["cells"]
        for name in ("mini.ipynb", "mini.zh.ipynb")
    ]
    marks = [[cell["metadata"].get("nbgrader") for cell in cells] for cells in both]
    assert marks[0] == marks[1]


def test_a_second_release_changes_nothing(course):
    before = {p: p.stat().st_mtime_ns for p in course.path.rglob("*.ipynb")}
    assert not release(course, "mini").changed
    assert before == {p: p.stat().st_mtime_ns for p in course.path.rglob("*.ipynb")}


def test_a_notebook_for_the_site_is_the_released_one(course):
    folder = course.exercise("mini")
    mine = (course.folder("release", "mini") / "mini.ipynb").read_bytes()
    assert released_bytes(folder, "en", course.course_id).strip() == mine.strip()


def test_cells_do_not_change_under_graded_submissions(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, "ann", filled(released(course), {}))
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    before = (course.folder("release", "mini") / "mini.ipynb").read_bytes()
    source = NOTEBOOK + '# %% role="given" grade_id="more"\nmore = 1\n'
    (course.exercise("mini") / "notebook.py").write_text(source, encoding="utf-8")
    with pytest.raises(CourseError, match="give the new version a new slug"):
        release(course, "mini")
    assert (course.folder("release", "mini") / "mini.ipynb").read_bytes() == before


def test_a_corrected_text_can_be_released_again(tmp_path):
    course = make_course(tmp_path)
    source = NOTEBOOK.replace("# # A small exercise", "# # A small, corrected exercise")
    (course.exercise("mini") / "notebook.py").write_text(source, encoding="utf-8")
    assert release(course, "mini").changed
    assert "corrected" in (course.folder("release", "mini") / "mini.ipynb").read_text()


def test_the_zip_to_hand_out_holds_both_languages_and_keeps_its_bytes(course):
    path = release(course, "mini").zip
    before = path.read_bytes()
    with zipfile.ZipFile(path) as zipped:
        assert zipped.namelist()[:2] == ["mini/mini.ipynb", "mini/mini.zh.ipynb"]
        released = course.folder("release", "mini") / "mini.ipynb"
        assert zipped.read("mini/mini.ipynb") == released.read_bytes()
    path.unlink()
    assert release(course, "mini").zip.read_bytes() == before
