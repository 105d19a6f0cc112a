import pytest

from grader.grading.intake.student_code import (
    binds,
    readable,
    sets_plainly,
    statements,
    unfenced,
    visible,
)


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "x: int = 1",
        "x, y = 1, 2",
        "[x, *y] = 1, 2",
        "y = x = 1",
        "print(x := 1)",
        "y = 2; x = 1",
        "if True:\n    x = 1",
        "for x in [1]:\n    pass",
        "with open('f') as x:\n    pass",
        "try:\n    x = 1\nexcept OSError:\n    pass",
        "def x():\n    pass",
        "class x:\n    pass",
        "import a as x",
        "def f():\n    global x\n    x = 1\nf()",
        "globals()['x'] = 1",
        "exec('x = 1')",
        "x = !ls",
        "x = %time 1",
        "%time x = 1",
        "%%time\nx = 1",
        "%%capture out\nx = 1",
        "    x = 1",
        "x = 1\ny?",
        "\ufeffx = 1",
    ],
)
def test_a_name_is_bound_wherever_and_however_a_cell_sets_it(source):
    assert "x" in binds(source)
    assert readable(source)


@pytest.mark.parametrize(
    "source",
    [
        "print(x)",
        "y = x",
        "x.real",
        "x[0] = 1",
        "# x = 1",
        "'x'",
        "def f(x):\n    x = 1",
        "[x for x in y]",
        "lambda x: 1",
    ],
)
def test_a_name_that_is_read_or_another_functions_own_is_not_bound(source):
    assert "x" not in binds(source)


@pytest.mark.parametrize("source", ["x = (", "%%bash\nx=1", "x = 1\n" * 600])
def test_in_code_that_cannot_be_read_each_name_counts(source):
    assert "x" in binds(source)
    assert not readable(source)
    assert sets_plainly(source, "x") is False


@pytest.mark.parametrize("source", ["(" * 30_000, "-" * 60_000 + "1", "\x00", "f(" * 3000])
def test_hostile_code_is_unreadable_and_no_error(source):
    assert not readable(source)
    assert binds(source) <= {"f"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("student = '7'", "7"),
        ("student = 7", 7),
        ("student = ''\nstudent = '7'", "7"),
        ("student = None", None),
    ],
)
def test_the_last_plain_value_of_a_name_is_read(source, expected):
    assert sets_plainly(source, "student").value == expected


def test_a_value_that_only_running_tells_is_some_value():
    assert sets_plainly("student = input()", "student") is True
    assert sets_plainly("language = 'en'", "student") is False


def test_code_is_taken_out_of_its_fences():
    assert unfenced("My answer:\n```python\nx = 1\n```\nand\n~~~\ny = 2\n~~~") == "x = 1\ny = 2"
    assert unfenced("x = 1") == "x = 1"
    assert unfenced("```\nx = 1") == "x = 1"
    assert unfenced("```x\n" * 300_000)  # in time that grows with its length alone


def test_signs_that_nobody_sees_are_no_part_of_a_source():
    assert visible("f(\u00a01)\u200b") == "f( 1)"


def test_statements_keep_their_text_and_the_comments_above_them():
    found = statements("# why\n%time x = 1\ny = 2; z = 3")
    assert [one.text for one in found] == ["# why\n%time x = 1", "y = 2", "z = 3"]
