"""Comments and texts of a cell are the same whatever Python reads them, and however wrong it is."""

import ast
from pathlib import Path

import pytest

import grader
from grader.grading.intake.code_texts import COMMENT, TEXT, parts


def found(source, kinds=(COMMENT, TEXT)):
    return [part.string for part in parts(source) if part.kind in kinds]


@pytest.mark.parametrize(
    "texts",
    [
        ['f"The {word} looks at {words[0]!r:>{w}} here"'],
        ["""f"{d['a b']} words\""""],
        ['rf"""One line\n{x} and two"""'],
        ["Rb'a b'", 'uR"c d"', 't"e {f}"'],
        ['"a # b"'],
        ["'a\\'b'", '"c\\"d"', "'e\\\nf'"],
        ['""', '"a"'],
        ['"""a" b"""'],
    ],
)
def test_a_text_is_one_whatever_stands_in_its_braces(texts):
    assert found("x = 1 + " + " ".join(texts)) == texts


def test_what_is_no_python_hides_nothing_behind_it():
    source = "x = 5， # a\ny = 0777 $ ? # b\n  # c\nif x:\n      z\n   w # d\n) # e"
    assert found(source) == ["# a", "# b", "# c", "# d", "# e"]


def test_a_text_that_is_never_closed_goes_to_the_end_of_its_line_or_of_all():
    assert found("it's mine\nx = 1 # on") == ["'s mine", "# on"]
    assert found('x = """a\nb') == ['"""a\nb']
    assert found("x = 'a \\") == ["'a \\"]


def test_a_statements_end_is_no_line_within_brackets_or_behind_a_backslash():
    assert len(found('a = ("b"\n "c")\nd = \\\n 1\n)', kinds=("end",))) == 2


def test_a_part_says_its_row_and_all_lines_on_which_it_stands():
    source = 'a = 1\nb = """c\nd""" # e\nf = "g" + \'h\'\n'
    told = [(part.row, part.line) for part in parts(source) if part.kind in (COMMENT, TEXT)]
    long = 'b = """c\nd""" # e'
    last = "f = \"g\" + 'h'"
    assert told == [(2, long), (3, long), (4, last), (4, last)]


@pytest.mark.parametrize(
    "source", ['("看" ' * 16_000, "\n" * 60_000, '"\\"' * 20_000, "'" * 60_000, "(\n" * 30_000]
)
def test_many_signs_are_read_at_once_and_a_line_is_kept_once(source):
    """By the square of their number it would take minutes, or gigabytes for their lines."""
    found = list(parts(source))
    assert found
    assert len({id(part.line) for part in found}) <= source.count("\n") + 2


def test_no_grade_rests_on_the_tokenizer_of_the_python_that_grades():
    """From Python 3.12 on it splits f-strings and stops at the first sign that is no Python."""
    for path in sorted((Path(grader.__file__).parent / "grading").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {one.name for node in nodes for one in node.names}
        assert "tokenize" not in names | {getattr(node, "module", "") for node in nodes}, path
