import json

import pytest

from grader.cli import main
from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.grading.again.replay import (
    NotReplayable,
    check_chain,
    judge_again,
    open_judge,
    verify,
)
from grader.grading.again.rewrite import rewrite_grade
from grader.grading.batch import Settings, autograde
from grader.grading.pipeline import read
from grader.grading.store.blobs import kept_questions
from grader.grading.store.record import only_one, read_entries, read_record, record_path
from grader.grading.store.standing import grade_key
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

WRONG = RIGHT | {"pick": 'pick = "queries"'}


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


@pytest.fixture
def graded(course):
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    hand_in(course, "bob", filled(released(course), WRONG, "bob"))
    hand_in(course, "eve", b"{")
    grade(course)
    return course


def grade(course, **settings):
    return autograde(course, "mini", Settings(run=in_process, load_model=NoModel, **settings))


def verified(course):
    return verify(course, "mini", load_model=NoModel)


def swap_key(course):
    questions = course.exercise("mini") / "questions.toml"
    questions.write_text(questions.read_text().replace('key = "keys"', 'key = "queries"'))


def test_what_was_graded_verifies(graded):
    found = verified(graded)
    assert found.well
    assert found.replayed == ("ann", "bob")
    assert list(found.left) == ["eve"]
    assert check_chain(graded).well
    assert check_chain(graded).entries == 3


def test_a_head_that_was_noted_is_found_until_the_record_is_replaced(graded):
    noted = check_chain(graded).head
    hand_in(graded, "zoe", released(graded))
    grade(graded)
    assert check_chain(graded, noted).noted is True
    record_path(graded).unlink()
    hand_in(graded, "ann", released(graded))  # graded alike, it would be the same record again
    grade(graded)
    assert check_chain(graded, noted).noted is False
    assert not check_chain(graded, noted).well


def test_a_record_that_was_changed_is_named_with_the_entry(graded):
    data = record_path(graded).read_text()
    record_path(graded).write_text(data.replace('"points":0.0', '"points":1.0', 1))
    assert check_chain(graded).broken == (2, "changed")


def test_grades_changed_in_gradebook_notebook_or_record_are_named(graded):
    with open_gradebook(graded) as gradebook:
        gradebook.find_grade("pick_check", "mini", "mini", "bob").auto_score = 1.0
        gradebook.db.commit()
    path = graded.folder("autograded", "mini", "ann") / "mini.ipynb"
    path.chmod(0o644)
    path.write_text(path.read_text().replace("1.0", "0.5"))
    found = verified(graded)
    assert {
        (one.student, one.what.split(":")[0].split(" in ")[0]) for one in found.differences
    } == {
        ("ann", "the graded notebook"),
        ("bob", "pick_check"),
    }


def test_answers_that_are_kept_no_more_are_named(graded):
    answers = read_record(graded, "mini")["ann"].answers
    (graded.path / "kept" / answers[:2] / f"{answers}.z").unlink()
    (one,) = verified(graded).differences
    assert one.student == "ann"
    assert "missing or damaged" in one.what


def test_a_grade_is_replayed_by_the_questions_of_its_time(graded):
    swap_key(graded)
    assert verified(graded).well
    entry = read_record(graded, "mini")["ann"]
    assert b'key = "keys"' in kept_questions(graded, entry.questions)["questions.toml"]


def test_answers_are_judged_by_the_questions_of_today_without_running(graded):
    swap_key(graded)
    entry = read_record(graded, "mini")["ann"]
    with only_one(graded), open_judge(graded, "mini", NoModel) as (grading, book):
        verdicts = judge_again(grading, entry)
        assert {g: v.points for g, v in verdicts.items()} == {"pick_check": 0.0, "soft_check": 2.0}
        key = grade_key(grading, read(grading, "ann"))
        cause = {"kind": "regrade", "reason": "the key was wrong"}
        rewrite_grade(grading, book, entry, key, verdicts, cause)
    with open_gradebook(graded) as gradebook:
        assert gradebook.find_grade("pick_check", "mini", "mini", "ann").auto_score == 0.0
    assert verified(graded).well
    # A batch finds ann's as it would give it.
    assert grade(graded, regrade=True).graded == ["bob", "eve"]


def test_functions_called_with_other_inputs_have_to_run_again(graded):
    probes = graded.exercise("mini") / "probes.toml"
    probes.write_text(probes.read_text().replace("count = 2", "count = 3"))
    record = read_record(graded, "mini")
    with open_judge(graded, "mini", NoModel) as (grading, _):
        with pytest.raises(NotReplayable, match="runs them again"):
            judge_again(grading, record["ann"])
        with pytest.raises(NotReplayable, match="nothing was executed"):
            judge_again(grading, record["eve"])


def why(course, capsys, *arguments):
    code = main(["why", *arguments, "--course", str(course.path)])
    out, err = capsys.readouterr()
    assert code == 0, err
    return out


def test_why_tells_points_criteria_and_what_the_grade_rests_on(graded, capsys):
    told = why(graded, capsys, "bob", "pick")
    entry = read_record(graded, "mini")["bob"]
    assert 'bob, mini, question "pick": 0 of 1 points.' in told
    assert "failed the right statement" in told
    assert "Read it again." in told
    for part in (entry.submission, entry.questions[:12], entry.answers[:12], entry.hash[:12]):
        assert part in told


def test_why_speaks_chinese(graded, capsys):
    told = why(graded, capsys, "bob", "mini.pick", "--language", "zh")
    assert "bob 的 mini 第「pick」题：0 / 1 分。" in told


def test_why_tells_what_changed_since_the_grade_before(graded, capsys):
    hand_in(graded, "bob", filled(released(graded), RIGHT, "bob"))
    grade(graded)
    told = why(graded, capsys, "bob", "pick")
    assert "1 of 1 points" in told
    assert "entry 2" in told
    assert "what changed then: the file handed in." in told


def test_why_tells_of_a_persons_marks_and_of_a_file_that_is_none(graded, capsys):
    with open_gradebook(graded) as gradebook:
        mark = gradebook.find_grade("pick_check", "mini", "mini", "bob")
        mark.manual_score = 0.5
        gradebook.db.commit()
    assert "A person gave 0.5 points, the grader 0" in why(graded, capsys, "bob", "pick")
    assert "no complete JSON" in why(graded, capsys, "eve", "soft")
    assert "has not yet" in why(graded, capsys, "ann", "essay")


@pytest.mark.parametrize(
    ("question", "told"), [("nothing", "there are: pick, soft, essay"), ("other.pick", "no one")]
)
def test_why_of_what_is_not_there_lists_what_is(graded, capsys, question, told):
    assert main(["why", "bob", question, "--course", str(graded.path)]) == 2
    assert told in capsys.readouterr().err


def test_verify_prints_one_object_and_fails_when_something_is_wrong(graded, capsys, monkeypatch):
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)
    assert main(["verify", "mini", "--course", str(graded.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["well"] is True
    (first, *_) = read_entries(graded)
    lines = record_path(graded).read_text().splitlines(keepends=True)
    record_path(graded).write_text("".join(lines[1:]))
    assert main(["verify", "--course", str(graded.path), "--head", first.hash]) == 1
    told = capsys.readouterr().out
    assert "entry 1 does not follow" in told
    assert "is not in it" in told


@pytest.fixture
def verify_command(graded, capsys, monkeypatch):
    """Return a function that runs the command; gives its exit code, and what it said."""
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)

    def run(*arguments):
        code = main(["verify", *arguments, "--course", str(graded.path)])
        out, err = capsys.readouterr()
        return code, out + err

    return run


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.replace(b"\n", b"\r\n"), ":1: entry 1 ends in CRLF"),
        (lambda data: data[:-5], ":3: entry 3 was not written to its end"),
        (lambda data: b"[]\n" + data, ":1: entry 1 cannot be read"),
    ],
)
def test_verify_names_the_line_of_the_record_that_was_changed(graded, verify_command, change, told):
    assert verify_command()[0] == 0
    record_path(graded).write_bytes(change(record_path(graded).read_bytes()))
    code, said = verify_command()
    assert code == 1
    assert f"{record_path(graded)}{told}" in said


def test_a_head_with_a_slip_of_the_hand_is_no_such_hash(graded, verify_command):
    noted = check_chain(graded).head
    assert verify_command("--head", f" {noted.upper()} ")[0] == 0
    slip = ("1" if noted[0] == "0" else "0") + noted[1:]
    code, said = verify_command("--head", slip)
    assert code == 1
    assert "no such hash; that of entry 3 differs" in said
    code, said = verify_command("--head", noted[:-1])
    assert code == 2
    assert "no such hash; a head is 64 characters" in said
    assert "63 long" in said


def test_verify_and_why_work_without_the_exercises(graded, capsys):
    graded.exercises.rename(graded.exercises.with_name("elsewhere"))
    course = open_course(graded.path)
    assert verified(course).well
    assert len(verified(course).replayed) == 2
    assert 'bob, mini, question "pick": 0 of 1 points.' in why(course, capsys, "bob", "pick")
    assert main(["feedback", "mini", "--course", str(graded.path)]) == 2
    assert "course.toml:4: " in capsys.readouterr().err


def test_with_another_secret_nothing_is_judged_again(graded):
    (graded.path / "secret").write_text("ab" * 32)
    record = read_record(graded, "mini")
    with (
        open_judge(graded, "mini", NoModel) as (grading, _),
        pytest.raises(NotReplayable, match="put the secret back"),
    ):
        judge_again(grading, record["ann"])
