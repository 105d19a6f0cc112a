import pytest

from grader.grading.intake.locked_cells import cut
from grader.grading.intake.source import SourceCell


def cell(source, *, grade=True):
    return SourceCell(
        "q_check" if grade else "start",
        "code",
        source,
        None,
        True,
        grade,
        False,
        False,
        1.0 if grade else None,
    )


CHECK = cell('check("x.q", q_answer)')
START = cell('from grader.check import check\nsession = start("x", student=student)', grade=False)


def pieces(source, locked=CHECK, wanted=None):
    return [p.text or p.known.grade_id for p in cut(source, wanted or {}, locked).pieces]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('check("x.q", 5)', ["q_answer = (5)", "q_check"]),
        ('check("x.q", mine)', ["q_answer = mine", "q_check"]),
        ('q_answer = 5\ncheck("x.q", q_answer)', ["q_answer = 5", "q_check"]),
        ('q_answer = 5; check("x.q", q_answer)', ["q_answer = 5", "q_check"]),
        ('check("x.q", q_answer)\nq_answer = 6', ["q_check", "q_answer = 6"]),
        ('# why\nq_answer = 5\ncheck("x.q", q_answer)', ["# why\nq_answer = 5", "q_check"]),
        ('%matplotlib inline\ncheck("x.q", q_answer)', ["%matplotlib inline", "q_check"]),
        ('q_answer = 5\ncheck（"x.q"，q_answer）', ["q_answer = 5", "q_check"]),
        ("", ["q_check"]),
        ("1", ["1", "q_check"]),
    ],
)
def test_what_a_student_wrote_in_a_check_stands_before_or_behind_it(source, expected):
    assert pieces(source) == expected


def test_code_around_the_statements_of_a_locked_cell_keeps_its_place():
    source = f"import a\n{START.source}\nimport b"
    assert pieces(source, START) == ["import a", "start", "import b"]


def test_another_version_of_a_locked_statement_is_not_run():
    found = cut(START.source.replace("student=student", 'student="7"'), {}, START)
    assert [piece.known for piece in found.pieces] == [START]
    assert found.dropped == 'session = start("x", student="7")'


def test_a_cell_is_taken_apart_at_each_question_that_is_wanted():
    wanted = {"x.q": CHECK}
    source = 'q_answer = 1\ncheck("x.q", q_answer)\nrest = 2'
    assert pieces(source, None, wanted) == ["q_answer = 1", "q_check", "rest = 2"]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 30_000,
        "[" * 5_000 + "]" * 5_000,
        "-" * 60_000 + "1",
        "x = 1\n" * 200_000,
        "check" * 10_000,
        "\x00",
        "x = '\\ud800'",
        '\x0c\u2028check("x.q", 1)\u2029\r',
        'check("x.q", ' + "-" * 20_000 + "1)",
    ],
)
def test_hostile_sources_end_as_pieces_and_the_cell_is_put_back_once(source):
    found = cut(source, {}, CHECK)
    assert [piece.known for piece in found.pieces].count(CHECK) == 1
