import json
import subprocess
import sys

import pytest

from grader.cli import COMMANDS, main
from grader.grading.again.local_check import SAYS
from grader.reports.texts import TEXTS
from support.courses import RIGHT, filled, hand_in, make_course, released


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_command_itself_is_light():
    code = (
        "import sys; from grader.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'nbgrader', 'mkdocs', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'{heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_no_command_and_a_wrong_option_exit_2(capsys):
    for arguments in ([], ["fly"], ["autograde"], ["autograde", "mini", "--workers", "0"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2


@pytest.mark.parametrize(
    ("data", "english", "chinese"),
    [
        (None, "there is no file", "没有这个文件"),
        (b"\xff\xfe\x00", "it is no UTF-8 text", "它不是 UTF-8 文本"),
        (b'{"cells": [', "it is no complete JSON", "它不是完整的 JSON"),
        (b'{"cells": []}', "it is no Jupyter notebook", "它不是 Jupyter 笔记本"),
    ],
)
def test_what_a_student_cannot_check_is_said_in_both_languages(
    capsys, tmp_path, data, english, chinese
):
    path = tmp_path / "mine.ipynb"
    if data is not None:
        path.write_bytes(data)
    code, out, err = run(capsys, "check", path)
    assert (code, out) == (2, "")
    assert english in err
    assert chinese in err
    assert str(path) in err
    code, _, err = run(capsys, "check", path, "--lang", "zh")
    assert code == 2
    assert chinese in err
    assert english not in err


def test_a_place_that_cannot_be_written_exits_2_and_is_named(capsys):
    code, out, err = run(capsys, "init", "/proc/course")
    assert (code, out) == (2, "")
    assert err.startswith("/proc/course: ")
    assert len(err.strip().splitlines()) == 1


def test_what_we_say_reaches_the_terminal_whole():
    """What is not printable is taken out there, an ideographic space, too."""
    said = [sentence for texts in SAYS.values() for sentence in texts.values()]
    said += [sentence for pair in TEXTS.values() for sentence in pair]
    assert [one for one in said if not one.replace("\n", "").isprintable()] == []


def test_a_folder_that_is_no_course_exits_2_with_one_sentence(capsys, tmp_path):
    code, out, err = run(capsys, "release", "mini", "--course", tmp_path)
    assert code == 2
    assert out == ""
    assert "grader init" in err
    assert len(err.strip().splitlines()) == 1


def test_a_malformed_questions_toml_exits_2_and_names_file_and_line(capsys, course):
    path = course.exercise("mini") / "questions.toml"
    path.write_text(path.read_text().replace('kind = "choice"', 'kind = "choise"'))
    code, _, err = run(capsys, "release", "mini", "--course", course.path)
    assert code == 2
    assert "questions.toml:" in err
    assert "choise" in err


def test_an_exercise_without_answers_exits_2(capsys, course):
    for arguments in (
        ("sample", "mini", "--course", course.path),
        ("test-exercise", "mini", "--exercises", course.exercises),
    ):
        code, _, err = run(capsys, *arguments)
        assert code == 2
        assert "at least one" in err


def test_a_wrong_answers_file_exits_2_and_names_file_line_and_repair(capsys, course):
    path = course.exercise("mini") / "answers" / "full.py"
    path.parent.mkdir()
    path.write_text("# [points]\n# pick = 1\n# sofd = 2\n")
    for arguments in (
        ("release", "mini", "--course", course.path),
        ("sample", "mini", "--course", course.path),
        ("test-exercise", "mini", "--exercises", course.exercises),
    ):
        code, out, err = run(capsys, *arguments)
        assert code == 2
        assert out == ""
        assert f"{path}:3: there is no question 'sofd'; did you mean 'soft'?" in err


def test_a_class_goes_from_init_to_feedback(capsys, course, tmp_path):
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    at = ("--course", course.path)
    code, out, err = run(capsys, "autograde", "mini", *at, "--workers", "1", "--json")
    assert code == 0
    assert "graded now: 1" in err
    assert json.loads(out)["students"][0] | {"why": ""} == {
        "student": "ann",
        "points": {"pick_check": 1.0, "soft_check": 2.0, "essay": None},
        "total": 3.0,
        "why": "",
        "late": "",
        "taken_off": 0.0,
        "counted": 3.0,
        "changes": [],
    }
    code, first, _ = run(capsys, "autograde", "mini", *at)
    code, second, err = run(capsys, "autograde", "mini", *at)
    assert first == second
    assert "graded now: 0" in err
    code, out, _ = run(capsys, "feedback", "mini", *at)
    assert code == 0
    assert "mini.html" in out


def test_what_is_no_notebook_exits_1_after_the_others_are_graded(capsys, course):
    hand_in(course, "eve", b"{")
    code, out, err = run(capsys, "autograde", "mini", "--course", course.path, "--workers", "1")
    assert code == 1
    assert "eve" in out
    assert "eve: not graded, or not wholly: it is no complete JSON" in err


def test_control_characters_of_a_students_name_stay_out_of_the_terminal(capsys, course):
    hand_in(course, "\x1b[31mred", b"{")
    _, out, err = run(capsys, "autograde", "mini", "--course", course.path, "--workers", "1")
    assert "\x1b" not in out + err


def test_feedback_before_grading_says_what_to_run(capsys, course):
    code, _, err = run(capsys, "feedback", "mini", "--course", course.path)
    assert code == 2
    assert "grader autograde mini" in err


def test_check_shows_cards_and_exits_1_while_something_is_missing(capsys, course, tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(filled(released(course), {"pick": RIGHT["pick"]})))
    code, out, _ = run(capsys, "check", path, "--language", "en")
    assert code == 1
    assert "Choose" in out
    assert "Write a function" in out


def test_the_doctor_names_a_repair_for_what_is_missing(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(tmp_path / "empty"))
    _, out, _ = run(capsys, "doctor", "--json", "--course", tmp_path)
    findings = json.loads(out)["findings"]
    assert all(f["repair"] for f in findings if not f["ok"])
    assert any("Python" in f["what"] for f in findings)


def test_init_twice_writes_once(capsys, course, tmp_path):
    arguments = ("init", tmp_path / "new", "--exercises", course.exercises, "--language", "en")
    assert "wrote course.toml" in run(capsys, *arguments)[1]
    assert "nothing to do" in run(capsys, *arguments)[1]


def test_init_takes_the_language_that_it_is_called_in_or_asked_for(
    capsys, course, tmp_path, monkeypatch
):
    monkeypatch.delenv("LANGUAGE", raising=False)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    at = ("--exercises", course.exercises, "--json")
    for folder, asked, language in (
        ("called", (), "en"),
        ("asked", ("--language", "zh"), "zh"),
        ("older", ("--lang", "zh"), "zh"),
    ):
        out = run(capsys, "init", tmp_path / folder, *asked, *at)[1]
        assert json.loads(out)["language"] == language


def test_release_says_how_far_it_is(capsys, course):
    err = run(capsys, "release", "mini", "--course", course.path)[2]
    assert [line.split()[0] for line in err.splitlines()] == ["1/4", "2/4", "3/4", "4/4"]


def test_release_prints_the_notebook_of_the_language_asked_for(capsys, course):
    at = ("--course", course.path)
    assert run(capsys, "release", "mini", *at)[1].split()[0].endswith("mini/mini.ipynb")
    chinese = run(capsys, "release", "mini", "--language", "zh", *at)[1]
    assert chinese.split()[0].endswith(".zh.ipynb")


def test_every_command_says_what_its_json_holds(capsys, course):
    hand_in(course, "eve", b"{")
    at = ("--course", course.path, "--json")
    for arguments in (("release", "mini"), ("autograde", "mini", "--workers", "1"),
                      ("table", "mini"), ("feedback", "mini"), ("doctor",)):  # fmt: skip
        found = json.loads(run(capsys, *arguments, *at)[1])
        for key in found:
            assert key in COMMANDS[arguments[0]].json


def test_a_check_where_nothing_runs_notebooks_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.delitem(sys.modules, "grader.grading.again.local_check", raising=False)
    monkeypatch.delitem(sys.modules, "grader.grading.run.execute", raising=False)
    monkeypatch.setitem(sys.modules, "nbclient.exceptions", None)
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    assert main(["check", str(path), "--language", "en"]) == 2
    assert "pip install jupyterlab brings it" in capsys.readouterr().err
