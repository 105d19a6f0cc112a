"""A new exercise is whole as it is written, and says in a sentence what an author breaks."""

import re

import pytest

from grader.cli import main
from grader.course.notebooks import build_notebook
from grader.errors import CourseError
from grader.questions import load_exercise
from grader.questions.new import new_exercise
from grader.questions.samples import read_samples

SENTENCE = re.compile(r".*questions\.toml:\d+: .+; .+\.")


@pytest.fixture
def folder(tmp_path):
    new_exercise(tmp_path, "demo-slug")
    return tmp_path / "demo-slug"


def test_a_new_exercise_is_whole(folder):
    exercise = load_exercise(folder)
    assert exercise.slug == "demo-slug"
    assert {sample.name for sample in read_samples(folder, exercise)} == {"full", "transposed"}
    for language in ("zh", "en"):
        notebook = build_notebook(folder, language, "c")
        assert any('check("demo-slug.means"' in cell.source for cell in notebook.cells)
        assert "@SLUG@" not in str(notebook)


def test_the_same_slug_is_not_written_over(folder):
    with pytest.raises(CourseError, match="is there already; choose another name"):
        new_exercise(folder.parent, "demo-slug")


@pytest.mark.parametrize("slug", ["Demo", "demo_slug", "-demo", "", "../demo", "演示", "demo-"])
def test_a_name_that_is_no_slug_is_refused(tmp_path, slug):
    with pytest.raises(CourseError, match="cannot be the name of an exercise; write small letters"):
        new_exercise(tmp_path, slug)


def test_the_command_says_what_it_wrote_and_what_comes_next(tmp_path, capsys):
    assert main(["new-exercise", "demo-slug", "--exercises", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "questions.toml" in said
    assert "now: grader test-exercise demo-slug" in said


BREAKS = {
    "a misspelt kind": ('kind = "values"', 'kind = "valeus"', "did you mean 'values'?"),
    "a misspelt key": ("minutes = 30", "minuets = 30", "'minuets' in the file is not known"),
    "points that do not add up": ("points = 5 ", "points = 6 ", "write points = 5"),
    "a criterion's points": (
        'points = 1\nlabel = {zh = "从',
        'points = 2\nlabel = {zh = "从',
        "add up to 3 points, not to 2",
    ),
    "a missing language": (', en = "A new exercise"', "", "has no en text; add en"),
    "an unknown word": ("“{noun}”的平均权重", "“{nuon}”的平均权重", "{nuon}"),
    "an unknown measure": ('mean = "noun"}\n', 'mean = "nonu"}\n', "names no measure"),
    "an unknown hint": ("hint.one_layer", "hint.one_layr", "cannot give the hint 'one_layr'"),
    "text for a number": ("minutes = 30", 'minutes = "30"', "has the wrong type"),
    "no TOML": ('kind = "head"', "kind = head", "is not TOML"),
    "a missing criterion": ("criterion.larger]", "criterion.bigger]", "has no 'larger'"),
    "a missing rubric": ("[question.why.rubric]", "[question.why.rubrik]", "'rubric'"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_told_with_file_line_and_repair(folder, name):
    before, after, said = BREAKS[name]
    path = folder / "questions.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(CourseError) as found:
        load_exercise(folder)
    sentences = str(found.value).splitlines()
    assert all(SENTENCE.fullmatch(one) for one in sentences), sentences
    assert any(said in one for one in sentences), sentences
    # The line is the one that was broken, or the table around it.
    line = text[: text.index(before)].count("\n") + 1
    told = [int(re.search(r"toml:(\d+):", one)[1]) for one in sentences if said in one]
    assert min(abs(number - line) for number in told) <= 16


@pytest.mark.long
def test_a_new_exercise_passes_its_own_tests_in_real_kernels(folder, capsys):
    status = main(["test-exercise", "demo-slug", "--exercises", str(folder.parent)])
    assert (status, capsys.readouterr().out.strip()) == (
        0,
        "2 sample answers earn what they declare.",
    )
