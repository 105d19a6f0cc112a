"""Canvas's student view: the test student that it puts into zips and gradebooks is no student."""

import re

from grader.course.normalize import same_name

LOGIN = re.compile(r"[0-9a-f]{40}")
"""Canvas gives it a hash for a login, in whatever language it has its name."""
NAMES = (
    *("test student", "student test", "测试 学生", "測試 學生", "テスト 学生", "테스트 학생"),
    *("estudiante de prueba", "aluno teste", "aluno de teste", "estudante de teste"),
    *("étudiant test", "étudiant de test", "élève test", "participant test", "teststudent"),
    *("studente di prova", "тестовый студент", "testowy student", "testelev", "teststuderende"),
)


def _orders(name: str) -> set[str]:
    """Return a name and what Canvas makes of it where it sorts: last word first."""
    first, _, last = name.rpartition(" ")
    return {same_name(name), same_name(last + first)}


KNOWN = frozenset().union(*map(_orders, NAMES))


def is_test_student(name: str, login: str = "", school_id: str = "") -> bool:
    """Say whether a name is the test student's, or a login is and no id of the school's is there.

    Args:
        name: in either order, as a gradebook or a zip has it.
        login: Canvas's "SIS Login ID".
        school_id: Canvas's "SIS User ID"; the test student has none.
    """
    if school_id.strip():
        return False
    return same_name(name) in KNOWN or bool(LOGIN.fullmatch(login.strip()))
