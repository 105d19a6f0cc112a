import json

import pytest

from grader.grading.intake.changes import KINDS, MAX_TEXT, SHOWN, WAITING, Change, changed, sentence

every = pytest.mark.parametrize("kind", KINDS)


@every
def test_each_kind_is_said_in_both_languages_in_one_line(kind):
    change = changed(kind, 3, "pick_check", "one\ntwo {three}")
    for language in ("zh", "en"):
        said = sentence(change, language)
        assert "\n" not in said
        assert said == sentence(json.loads(json.dumps(change.to_json())), language)
    assert sentence(change, "zh") != sentence(change, "en")


def test_the_cell_is_counted_from_one_and_the_text_is_shown_short():
    said = sentence(changed("moved", 3, "pick_check", "x" * 5000), "en")
    assert said.startswith("Cell 4 (pick_check)")
    assert len(said) < SHOWN + 200


def test_a_students_text_is_bounded():
    assert len(changed("moved", 0, "a", "é" * 100_000).text) == MAX_TEXT


def test_a_kind_of_a_newer_grader_is_said_by_its_name():
    assert sentence({"kind": "new", "cell": None, "grade_id": "", "text": ""}, "en") == "new"


def test_what_waits_for_a_person_is_known_by_its_kind():
    assert KINDS.keys() > WAITING
    assert Change("found").waits
    assert not Change("missing").waits
