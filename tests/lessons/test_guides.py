"""What the guides tell to type works: every command, option, setting and example in them."""

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from grader.cli import COMMANDS, parser
from grader.course.course import init_course, open_course
from grader.grading.limits import DEFAULT
from grader.questions import KINDS, Outcome, load_exercise
from grader.questions.probes import DRAWS, MASKS
from grader.questions.references import REFERENCES
from grader.questions.samples import read_samples

LESSONS = Path(__file__).parents[2] / "lessons"
GUIDES = sorted(LESSONS.glob("*/guide/*.md"))
FENCE = re.compile(r"(?ms)^(`{3,})(\w*)\n(.*?)^\1$")


def named(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


def blocks(path: Path, language: str) -> list[str]:
    return [body for _, name, body in FENCE.findall(path.read_text("utf-8")) if name == language]


def inline(path: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", path.read_text("utf-8")))


def options() -> dict[str, set[str]]:
    """Return what `grader COMMAND --help` lists, for each command."""
    [subparsers] = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return {
        name: set(re.findall(r"--[a-z][a-z-]*", one.format_help()))
        for name, one in subparsers.choices.items()
    }


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_every_line_to_type_is_understood(path, capsys):
    """A whole line, its arguments included, goes through the command's own parser."""
    for line in "".join(blocks(path, "sh")).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] == "grader":
            try:
                parser().parse_args(words[1:])
            except SystemExit:
                pytest.fail(f"{line}: {capsys.readouterr().err}")


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_every_command_and_option_named_in_the_text_exists(path):
    there = options()
    for code in inline(path):
        command = re.match(r"grader ([a-z][a-z-]*)", code)
        if command:
            assert command[1] in COMMANDS, code
        known = there[command[1]] if command else set().union(*there.values())
        if command or code.startswith("--"):
            assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", code)) <= known, code


def test_a_wrong_option_would_be_found():
    assert "--force" in options()["autograde"]
    assert "--fast" not in options()["autograde"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_settings_shown_to_instructors_are_settings_of_a_course(language, tmp_path):
    [shown] = blocks(LESSONS / language / "guide" / "instructors.md", "toml")
    exercises = tmp_path / "exercises"
    (exercises / "telescope").mkdir(parents=True)
    (exercises / "telescope" / "questions.toml").write_text("")
    course, _ = init_course(tmp_path / "course", exercises=exercises)
    path = course.path / "course.toml"
    first = re.split(r"(?m)^\[", path.read_text("utf-8"))[0]
    path.write_text(first + shown, encoding="utf-8")
    course = open_course(course.path)
    assert course.late.policy == "per day"
    assert course.due_for("telescope", "2026001") > course.due_for("telescope", "2026002")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_exercise_shown_to_authors_is_one(language, tmp_path):
    path = LESSONS / language / "guide" / "authors.md"
    folder = tmp_path / "my-exercise"
    (folder / "answers").mkdir(parents=True)
    questions, _ = blocks(path, "toml")
    _, answer = blocks(path, "py")
    (folder / "questions.toml").write_text(questions, encoding="utf-8")
    (folder / "answers" / "one_head.py").write_text(answer, encoding="utf-8")
    (folder / "notebook.py").write_text(
        '# %% role="solution" grade_id="means"\nmeans = None\n'
        '# %% role="check" grade_id="means_check"\ncheck("my-exercise.means", means)\n',
        encoding="utf-8",
    )
    [sample] = read_samples(folder, load_exercise(folder))
    assert sample.points == {"means": 0}


FUNCTION = """
title = {zh = "熵", en = "Entropy"}
minutes = 5
route = "own"
points = 2

[question.entropy]
kind = "function"
points = 2
reference = "entropy"
tolerance = 1e-6
because = {zh = "浮点数误差", en = "floating point"}
title = {zh = "熵", en = "Entropy"}
criterion.plain = {points = 1, label = {zh = "普通", en = "plain"}}
criterion.sharp = {points = 1, label = {zh = "尖锐", en = "sharp"}}
hint.base = {zh = "底数", en = "the base"}
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_probes_and_references_shown_to_authors_are_read(language, tmp_path):
    path = LESSONS / language / "guide" / "authors.md"
    (tmp_path / "questions.toml").write_text(FUNCTION, encoding="utf-8")
    (tmp_path / "probes.toml").write_text(blocks(path, "toml")[1], encoding="utf-8")
    [references] = blocks(path, "python")
    (tmp_path / "references.py").write_text(references, encoding="utf-8")
    parameters = load_exercise(tmp_path).questions["entropy"].parameters
    assert [one.name for one in parameters.classes] == ["plain", "sharp"]
    assert parameters.truth([[0.5, 0.5]]) == pytest.approx(0.693147)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_draw_mask_reference_and_outcome_is_named_to_authors(language):
    text = (LESSONS / language / "guide" / "authors.md").read_text("utf-8")
    ended = [o for o in Outcome if o.costs_points and o is not Outcome.NOT_A_NOTEBOOK]
    for name in (*DRAWS, *MASKS, *REFERENCES, *ended):
        assert name in text, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_question_is_shown_to_authors_and_no_other(language):
    text = (LESSONS / language / "guide" / "authors.md").read_text("utf-8")
    table = text[text.index("grader/questions/kinds/") :].split("\n\n")[1]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", table)) == set(KINDS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_students_are_told_the_limits_and_outcomes_that_there_are(language):
    text = (LESSONS / language / "guide" / "students.md").read_text("utf-8")
    for number in (DEFAULT.cell_seconds, DEFAULT.notebook_seconds, DEFAULT.other_files >> 20):
        assert re.search(rf"\b{number:g}\b", text)
    if language == "en":
        assert [o for o in Outcome if o.value not in text] == []


def test_what_guides_call_settings_is_toml():
    for path in GUIDES:
        for block in blocks(path, "toml"):
            assert tomllib.loads(block)
