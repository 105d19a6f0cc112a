"""A variant that no question can be built from is told before anybody gets it."""

import shutil
from pathlib import Path

import pytest

from grader.cli import main
from grader.course.notebooks import build_notebook
from grader.errors import CourseError
from grader.grading.again.rehearsal import unusable
from grader.questions import load_exercise
from grader.questions.authoring import Problems, Table
from grader.questions.facts import Facts
from grader.questions.kinds import KINDS
from grader.questions.kinds.base import Scope
from grader.questions.new import new_exercise
from support.courses import make_course
from support.fake_model import FakeModel

EXERCISES = Path(__file__).parents[2] / "exercises"


@pytest.fixture
def telescope(tmp_path):
    return Path(shutil.copytree(EXERCISES / "telescope", tmp_path / "telescope"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\tstranger\twith", "\tstranegr\twith", 'the word "stranegr", which stands not in'),
        ("the stranger with", "the stranger with the stranger with", "stands 2 times"),
        ("\tHe\tpushed", "\tShe\tpushed", 'the word "She", which stands not in'),
    ],
)
def test_a_row_of_a_bank_without_its_words_is_told_with_file_and_line(telescope, old, new, said):
    table = telescope / "variants.tsv"
    lines = table.read_text("utf-8").split("\n")
    lines[2] = lines[2].replace(old, new, 1)
    table.write_text("\n".join(lines), "utf-8")
    with pytest.raises(CourseError) as error:
        load_exercise(telescope)
    assert f"{table}:3: " in str(error.value)
    assert said in str(error.value)
    assert f"{table}:4: " not in str(error.value)


@pytest.mark.parametrize("name", sorted(path.name for path in EXERCISES.iterdir()))
def test_every_variant_of_ours_is_usable(name):
    assert load_exercise(EXERCISES / name).variants


def test_what_only_the_model_can_tell_is_told_by_test_exercise(tmp_path):
    new_exercise(tmp_path, "demo")
    exercise = load_exercise(tmp_path / "demo")

    class Broken(FakeModel):
        def attend(self, text, pair=None):
            raise ValueError("the text is too long")

    [first, *_] = unusable(tmp_path / "demo", exercise, Broken())
    assert "variant 0: [measure.noun]: the text is too long; change or remove" in first


@pytest.mark.parametrize(
    ("kind", "template", "variant", "said"),
    [
        ("ahead", {"texts": ["{one}", "{two}"]}, {"one": "I saw", "two": "I saw it"}, ["begin"]),
        ("ahead", {"texts": ["{one}", "{two}"]}, {"one": "I saw", "two": "I met"}, []),
        (
            "silenced",
            {"text": "{one}", "right": "{right}", "wrong": "saw", "at_least": 0.5},
            {"one": "I saw", "right": "Zanzibar"},
            ["Zanzibar"],
        ),
    ],
)
def test_a_kind_tells_which_variant_it_cannot_ask_about(kind, template, variant, said):
    class Words(FakeModel):
        def pieces(self, text, pair=None):
            return tuple(text.split())

    table = Table(template, ("question", "q"), Problems("questions.toml"))
    one = KINDS[kind]
    parameters = one.read(table, Scope(list(variant), {}, public=False))
    found = list(one.unusable(parameters, Facts(variant, Words(), {})))
    assert len(found) == len(said)
    assert all(word in sentence for word, sentence in zip(said, found, strict=True))


def test_text_in_one_language_alone_is_told_with_its_line(telescope):
    notebook = telescope / "notebook.py"
    text = notebook.read_text("utf-8")
    at = text.index('# %% [markdown] lang="en"')
    end = text.index("# %%", at + 5)
    notebook.write_text(text[:at] + text[end:], "utf-8")
    with pytest.raises(
        CourseError, match=r'notebook.py:\d+: .* zh alone; write a cell with lang="en"'
    ):
        build_notebook(telescope, "zh", "c")


def test_an_english_text_in_chinese_is_no_english_text(telescope):
    path = telescope / "questions.toml"
    text = path.read_text("utf-8")
    start = text.index("en = ", text.index("title = "))
    end = text.index('"', text.index('"', start) + 1) + 1
    path.write_text(text[:start] + 'en = "望远镜"' + text[end:], "utf-8")
    with pytest.raises(CourseError, match="the en text of 'title' in the file is Chinese"):
        load_exercise(telescope)


def test_the_scaffold_s_own_names_are_not_given_to_students(tmp_path, capsys):
    course = make_course(tmp_path)
    new_exercise(course.exercises, "mine")
    assert main(["release", "mine", "--course", str(course.path)]) == 2
    said = capsys.readouterr().err
    assert 'title is still "A new exercise"; write the name of your exercise' in said
    assert "questions.toml:4: " in said
    assert not (course.path / "release" / "mine").exists()
