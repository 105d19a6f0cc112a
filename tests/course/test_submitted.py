"""What lies in submitted/ where nobody looks for it."""

import pytest

from grader.course.submitted import misplaced
from support.courses import make_course


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bob/Mini/mini.ipynb", "submitted/bob/Mini/ is not graded; call it submitted/bob/mini/"),
        ("bob/mini (1)/x", "submitted/bob/mini (1)/ is not graded; call it submitted/bob/mini/"),
        ("bob/ｍｉｎｉ/x", "submitted/bob/ｍｉｎｉ/ is not graded; call it submitted/bob/mini/"),
        (
            "bob/mini.ipynb",
            "submitted/bob/mini.ipynb is not graded; put it into submitted/bob/mini/",
        ),
        (
            "bob/m.ipynb.txt",
            "submitted/bob/m.ipynb.txt is not graded; put it into submitted/bob/mini/",
        ),
        (
            "mini.ipynb",
            "submitted/mini.ipynb lies in nobody's folder; put it into submitted/ID/mini/",
        ),
        (
            "mini/mini.ipynb",
            "submitted/mini/ is no student's folder; put it into submitted/ID/mini/",
        ),
    ],
)
def test_what_lies_a_level_off_is_said(tmp_path, name, said):
    course = make_course(tmp_path)
    path = course.path / "submitted" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert misplaced(course, "mini") == [said]


def test_what_lies_right_and_other_exercises_are_not_mentioned(tmp_path):
    course = make_course(tmp_path)
    for name in ("bob/mini/mini.ipynb", "bob/other/other.ipynb", "ann/mini/mini.ipynb.txt"):
        path = course.path / "submitted" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    assert misplaced(course, "mini") == []
